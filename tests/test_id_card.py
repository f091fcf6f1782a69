"""Identity cards: either side, one or many on a page, what looks like one and is none."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from extractors import id_card
from extractors.id_card import MATERIAL, IdCard, recognise
from pipeline.assemble import assemble
from pipeline.model import Document, Line, Sheet
from pipeline.record import need
from tests.lay import file, line, sheet, text, values

TALL = 270.0
"""The height of a card in units; its text is 14 units high."""
WIDE = TALL * 85.6 / 54

WANG: Mapping[str, str] = {
    "姓名": "王小明", "性别": "男", "民族": "汉", "出生": "1990年1月15日",
    "住址": "四川省成都市武侯区一环路|南一段24号3栋2单元", "公民身份号码": "510107199001150010",
}  # fmt: skip
LI: Mapping[str, str] = {
    "姓名": "李秀英", "性别": "女", "民族": "土家", "出生": "1988年12月3日",
    "住址": "湖北省恩施市舞阳坝街道", "公民身份号码": "422801198812030026",
}  # fmt: skip


def front(
    x: float = 40, y: float = 40, who: Mapping[str, str] = WANG, *, glued: bool = False, **changes: str
) -> list[Line]:
    """The front of a card whose upper left corner is here; a value of "" is not printed, `glued` puts it to its label."""
    printed = {**who, **changes}
    at = {"姓名": 0.13, "性别": 0.27, "出生": 0.40, "住址": 0.53, "公民身份号码": 0.85}
    out: list[Line] = []

    def put(label: str, value: str, left: float, top: float, gap: float = 12) -> None:
        if glued:
            out.append(line(label + value, left, top, high=14))
        else:
            named = line(label, left, top, high=14)
            out.append(named)
            out.extend([line(value, named.box[2] + gap, top + 1, high=14)] if value else [])

    left = x + 0.06 * WIDE
    for label, share in at.items():
        top = y + share * TALL
        first, *more = printed[label].split("|")
        put(label, first, left, top, 40 if label == "公民身份号码" else 12)
        for row, part in enumerate(more, 1):
            out.append(line(part, left + 40, top + 22 * row, high=14))
        if label == "性别":
            put("民族", printed["民族"], left + 110, top)
    return out


def back(
    x: float = 40, y: float = 40, authority: str = "成都市公安局武侯分局", term: str = "2019.05.20-2039.05.20", title: str = "居民身份证"
) -> list[Line]:  # fmt: skip
    """The back of a card whose upper left corner is here."""
    left = x + 0.30 * WIDE
    return [
        line("中华人民共和国", left, y + 0.18 * TALL, high=18),
        line(title, left, y + 0.34 * TALL, high=22),
        line("签发机关", left, y + 0.73 * TALL, high=13),
        line(authority, left + 66, y + 0.73 * TALL, high=13),
        line("有效期限", left, y + 0.85 * TALL, high=13),
        line(term, left + 66, y + 0.85 * TALL, high=13),
    ]


def read(*sheets: Sheet) -> list[Document]:
    """The cards on the pages of one file."""
    return assemble([file(*sheets)], [MATERIAL])[0]


FRONT = {
    "name": "王小明", "sex": "M", "ethnicity": "汉", "birth_date": "1990-01-15",
    "address": "四川省成都市武侯区一环路南一段24号3栋2单元", "id_number": "510107199001150010", "sides": ("front",),
}  # fmt: skip
BACK = {
    "issuing_authority": "成都市公安局武侯分局", "valid_from": "2019-05-20", "valid_until": "2039-05-20", "sides": ("back",)
}  # fmt: skip


# ---------------------------------------------------------------- one side


@pytest.mark.parametrize("glued", [False, True])
def test_a_front_is_read_with_labels_glued_to_their_values_or_apart(glued):
    """However the engine cut the lines, the fields are the same."""
    (card,) = read(sheet(*front(glued=glued)))
    assert values(card) == FRONT
    assert card.unread == ()


def test_a_back_is_read():
    """Authority and the two days of its term."""
    (card,) = read(sheet(*back()))
    assert values(card) == BACK


@pytest.mark.parametrize("term", ["2019.05.20-长期", "2019.05.20—长期", "20190520-長期"])
def test_a_card_for_ever_has_no_last_day(term):
    """长期 is a value of its own, and no day."""
    (card,) = read(sheet(*back(term=term)))
    assert (card.text("valid_from"), card.text("valid_until")) == ("2019-05-20", "long_term")
    assert IdCard(card).valid_until.value == "long_term"


def test_the_place_of_a_value_is_on_its_card():
    """The box holds the value and not its label, as fractions of the page."""
    (card,) = read(sheet(*front()))
    name = next(n for n in front() if n.text == "王小明")
    box = card.fields["name"].box
    assert box is not None
    assert box == pytest.approx(
        (name.box[0] / 600, name.box[1] / 800, name.box[2] / 600, name.box[3] / 800), abs=1e-4
    )


def test_an_address_ends_before_the_number():
    """Three lines of address are one; the number below is none of it."""
    (card,) = read(sheet(*front(住址="四川省成都市武侯区一环路|南一段24号|3栋2单元")))
    assert card.text("address") == "四川省成都市武侯区一环路南一段24号3栋2单元"


def test_a_name_of_a_minority_keeps_its_dot():
    """Any dot between the parts is the middle dot."""
    (card,) = read(sheet(*front(姓名="阿卜杜拉•买买提", 民族="维吾尔")))
    assert (card.text("name"), card.text("ethnicity")) == ("阿卜杜拉·买买提", "维吾尔")


@pytest.mark.parametrize("who", [WANG, LI])
def test_sex_is_what_is_printed_and_never_worked_out(who):
    """Where 男 or 女 was not read it is absent and named as unread, whatever the number says."""
    (card,) = read(sheet(*front(who=who, 性别="")))
    assert "sex" not in card.fields
    assert "sex" in [u.name for u in card.unread]
    (card,) = read(sheet(*front(who=who)))
    assert card.text("sex") == ("M" if who is WANG else "F")
    assert not card.fields["sex"].inferred


def test_an_empty_form_has_no_values():
    """A card without anything filled in gives none, and no unread ones with a value."""
    empty = dict.fromkeys(WANG, "")
    documents = read(sheet(*front(**empty)))
    assert all(set(values(d)) == {"sides"} for d in documents)


def test_a_blurred_value_is_unread():
    """A name of low confidence is not given but told."""
    lines = [n if n.text != "王小明" else line(n.text, n.box[0], n.box[1], 0.6, high=14) for n in front()]
    (card,) = read(sheet(*lines))
    assert "name" not in card.fields
    assert [u.name for u in card.unread] == ["name"]


def test_what_is_stamped_over_a_card_is_no_value():
    """仅供办理贷款使用 across the address is left out."""
    stamp = line("仅供办理房贷使用，他用无效", 90, 40 + 0.59 * TALL, high=14)
    (card,) = read(sheet(*front(), stamp))
    assert values(card) == FRONT


# ---------------------------------------------------------------- the number


def with_number(*doubts: tuple[int, str, float], number: str) -> Sheet:
    """A card whose number was read so, with what else the engine held possible."""
    lines = []
    for n in front(公民身份号码=number):
        lines.append(Line(n.text, n.box, 0.97, n.edges, n.probs, doubts) if n.text == number else n)
    return sheet(*lines)


def test_a_misread_digit_is_mended_only_where_one_way_is_right():
    """The doubt that makes the check digit right is taken and marked; two such doubts are none."""
    (card,) = read(with_number((3, "1", 0.2), number="510707199001150010"))
    assert (card.text("id_number"), card.fields["id_number"].inferred) == ("510107199001150010", True)
    (card,) = read(with_number((3, "4", 0.2), number="510707199001150010"))
    assert (card.text("id_number"), card.fields["id_number"].inferred) == ("510707199001150010", False)


def test_a_forged_number_is_given_as_it_is_printed():
    """A wrong check digit without any doubt is for a rule to hold against the card."""
    (card,) = read(with_number(number="510107199001150014"))
    assert (card.text("id_number"), card.fields["id_number"].inferred) == ("510107199001150014", False)


def test_a_number_is_found_without_its_label():
    """A stamp hides the words 公民身份号码; the number alone in its row is still the card's."""
    lines = [n for n in front() if n.text != "公民身份号码"]
    (card,) = read(sheet(*lines))
    assert (card.text("id_number"), card.text("name")) == (WANG["公民身份号码"], "王小明")


# ---------------------------------------------------------------- several sides, several cards


def test_both_sides_on_a_page_are_one_card():
    """One below the other, as officers copy them."""
    (card,) = read(sheet(*front(), *back(y=420)))
    assert values(card) == {**BACK, **FRONT, "sides": ("front", "back")}
    assert card.pages == (("a.pdf", 1),)


def test_sides_on_neighbouring_pages_are_one_card():
    """A scan of the front, then one of the back."""
    (card,) = read(sheet(*front()), sheet(*back()))
    assert card.pages == (("a.pdf", 1), ("a.pdf", 2))
    assert card.text("valid_until") == "2039-05-20"


def test_sides_in_different_files_are_one_card():
    """身份证正面.jpg and 反面.jpg of the only person of the case."""
    documents, _ = assemble(
        [file(sheet(*front()), key="正面.jpg"), file(sheet(*back()), key="反面.jpg")], [MATERIAL]
    )
    (card,) = documents
    assert card.pages == (("正面.jpg", 1), ("反面.jpg", 1))
    assert card.fields["valid_until"].file == "反面.jpg"


def test_two_persons_cards_on_a_page_stay_apart():
    """Husband and wife on one copy: each front has its own values."""
    cards = read(sheet(*front(), *front(y=420, who=LI)))
    assert [c.text("name") for c in cards] == ["王小明", "李秀英"]
    assert [c.text("id_number") for c in cards] == [WANG["公民身份号码"], LI["公民身份号码"]]


def test_two_fronts_beside_each_other_stay_apart():
    """On a landscape copy the rows of two cards run into each other; values do not."""
    cards = read(sheet(*front(), *front(x=40 + WIDE + 30, who=LI), width=1000))
    assert sorted(str(c.text("name")) for c in cards) == ["李秀英", "王小明"]
    assert {c.text("id_number") for c in cards} == {WANG["公民身份号码"], LI["公民身份号码"]}
    assert {c.text("address") for c in cards} == {FRONT["address"], LI["住址"]}


def test_backs_find_their_fronts_by_the_place_they_name():
    """Two fronts in one file, two backs in others: the issuing place stands in the address."""
    enshi = back(authority="恩施市公安局", term="2018.03.01-2038.03.01")
    documents, _ = assemble(
        [
            file(sheet(*front()), key="1.jpg"), file(sheet(*front(who=LI)), key="2.jpg"),
            file(sheet(*enshi), key="3.jpg"), file(sheet(*back()), key="4.jpg"),
        ],
        [MATERIAL],
    )  # fmt: skip
    assert {d.text("name"): d.text("valid_until") for d in documents} == {
        "王小明": "2039-05-20",
        "李秀英": "2038-03-01",
    }


def test_a_back_that_fits_two_fronts_stays_by_itself():
    """A wrong term is worse than none: it is nobody's until somebody looks."""
    other = {**LI, "住址": "四川省成都市武侯区科华路"}
    documents, _ = assemble(
        [
            file(sheet(*front()), key="1.jpg"),
            file(sheet(*front(who=other)), key="2.jpg"),
            file(sheet(*back()), key="3.jpg"),
        ],
        [MATERIAL],
    )
    assert sorted(d.fields["sides"].value for d in documents) == [("back",), ("front",), ("front",)]


# ---------------------------------------------------------------- what is no identity card


def test_other_papers_with_the_same_labels_are_not_claimed():
    """Residence permits, household registers, licences, applications and foreigners' cards print 姓名 and a number too."""
    others = {
        "居住证": [*front(), line("北京市居住证", 150, 20, high=14)],
        "户口": [
            line("常住人口登记卡", 150, 20, high=14),
            *front(),
            line("户主或与户主关系", 300, 60),
            line("籍贯", 300, 90),
        ],
        "驾驶证": [*front(), line("中华人民共和国机动车驾驶证", 100, 20), line("准驾车型", 300, 150)],
        "申请表": [line("个人住房贷款申请表", 150, 20, high=14), *front(), line("婚姻状况", 300, 60)],
        "永久居留": back(authority="公安部出入境管理局", title="外国人永久居留身份证"),
        "港澳": [line("港澳居民来往内地通行证", 100, 20), *front()],
    }
    claimed = [name for name, lines in others.items() if recognise(sheet(*lines))]
    assert claimed == []


def test_a_number_in_running_text_makes_no_card():
    """A certificate that names somebody and a number is not a card."""
    page = text("兹证明王小明（身份证号510107199001150010）", "系我单位员工，月收入25000元。")
    assert recognise(page) == []


def test_a_record_gives_typed_cells_of_a_card():
    """Days are days, an absent cell is false; a record of another type is refused."""
    (card,) = read(sheet(*front()))
    record = IdCard(card)
    assert need(record.birth_date).isoformat() == "1990-01-15"
    assert not record.valid_from
    with pytest.raises(ValueError, match="views a id_card"):
        IdCard(Document("other", (), 1.0))


def test_every_field_of_the_material_can_be_read():
    """The declaration names just the fields that a card with both sides gives."""
    (card,) = read(sheet(*front(), *back(y=420)))
    assert set(values(card)) == set(MATERIAL.fields)
    assert pytest.approx(1.585, abs=0.001) == id_card.CARD


def test_a_back_is_known_by_its_term_where_the_label_was_misread():
    """有效期限 came out as something else: the two days below 签发机关 are the term all the same."""
    lines = [n if n.text != "有效期限" else line("有双期报", n.box[0], n.box[1], high=13) for n in back()]
    (paper,) = read(sheet(*lines))
    assert paper.text("valid_from") == "2019-05-20"
    assert paper.text("valid_until") == "2039-05-20"


@pytest.mark.parametrize(("printed", "born"), [("1990年1月15日", "1990-01-15"), ("1990年1月16日", None)])
def test_a_day_without_its_label_is_the_birth_only_where_the_number_says_so(printed, born):
    """The label 出生 was not read: the day above the number is taken where both agree, else it is told as unread."""
    lines = [n for n in front(出生=printed) if n.text != "出生"]
    (paper,) = read(sheet(*lines))
    assert paper.text("birth_date") == born
    assert [u.name for u in paper.unread] == ([] if born else ["birth_date"])


def test_a_stamp_beside_an_address_takes_nothing_of_it():
    """仅供… is written across the card, at the height of a row: the row is read without it."""
    stamp = line("仅供中国银行", 2, 40 + 0.53 * TALL, high=14)
    (paper,) = read(sheet(*front(x=120), stamp, width=900))
    assert paper.text("address") == "四川省成都市武侯区一环路南一段24号3栋2单元"


def test_an_ethnicity_without_its_label_is_read_at_the_end_of_its_row():
    """性别 女 蒙古: the label between was not read."""
    lines = [n for n in front(who=LI, 民族="蒙古") if n.text != "民族"]
    (paper,) = read(sheet(*lines))
    assert paper.text("ethnicity") == "蒙古"


def test_a_card_whose_small_labels_were_lost_is_read():
    """姓名 unread, 性别 in its old form: the name is the only piece above, in the column in which the address begins."""
    lost = [n for n in front(**{"性别": ""}) if n.text not in ("姓名", "性别")]
    address = next(n for n in lost if n.text.startswith("四川"))
    lost = [n if n.text != "王小明" else line("王小明", address.box[0], n.box[1], high=14) for n in lost]
    sex = next(n for n in lost if n.text == "民族")
    (found,) = read(sheet(*lost, line("性別", 60, sex.box[1], high=14), line("男", 100, sex.box[1], high=14)))
    assert values(found)["name"] == "王小明"
    assert values(found)["sex"] == "M"
    assert values(found)["id_number"] == "510107199001150010"


def test_a_stamp_in_the_names_place_is_no_name():
    """The name and its label lie under 审核使用, which stands where a name would."""
    address = next(n for n in front() if n.text.startswith("四川"))
    kept = [n for n in front() if n.text not in ("姓名", "王小明")]
    sex = next(n for n in kept if n.text == "性别")
    stamp = line("审核使用", address.box[0], sex.box[1] - 36, high=14)
    (found,) = read(sheet(*kept, stamp))
    assert "name" not in found.fields


def test_a_number_without_its_label_keeps_the_card_whole():
    """The digits begin far to the right of the labels above them; these belong to the card all the same."""
    bare = [n for n in front(60, 60) if n.text != "公民身份号码"]
    other = back(60, 60 + TALL + 60)
    (found,) = read(sheet(*bare, *other))
    assert values(found)["name"] == "王小明"
    assert values(found)["sides"] == ("front", "back")


def test_a_temporary_card_has_both_sides_on_one_face():
    """签发机关 and 有效期限 stand right below the number: one face, both sides."""
    whole = front(40, 40)
    low, left = whole[-1].box[3], whole[0].box[0]
    office = [
        line("签发机关", left, low + 16, high=14),
        line("成都市公安局武侯分局", left + 90, low + 16, high=14),
    ]
    term = [
        line("有效期限", left, low + 44, high=14),
        line("2026.01.15-2026.04.15", left + 90, low + 44, high=14),
    ]
    head = line("临时居民身份证", 200, 10, high=22)
    (found,) = read(sheet(head, *whole, *office, *term))
    got = values(found)
    assert got["sides"] == ("front", "back")
    assert (got["name"], got["valid_until"]) == ("王小明", "2026-04-15")
    assert got["issuing_authority"] == "成都市公安局武侯分局"


def test_letters_that_an_engine_confuses_are_what_they_must_be():
    """漢 is 汉, and an O behind a digit of an address is a nought."""
    (card,) = read(sheet(*front(民族="漢", 住址="四川省成都市武侯区一环路|南一段24号3-1-121O")))
    assert card.text("ethnicity") == "汉"
    assert card.text("address") == "四川省成都市武侯区一环路南一段24号3-1-1210"


def test_sides_whose_estimated_faces_reach_into_each_other_are_both_read():
    """Front and back close beside each other: both faces are one card's."""
    (card,) = read(sheet(*front(), *back(40 + 0.84 * WIDE)))
    assert card.fields["sides"].value == ("front", "back")
