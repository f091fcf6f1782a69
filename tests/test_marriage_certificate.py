"""Marriage certificates: three pages, two persons, two copies, and the papers that are none."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from extractors.marriage_certificate import MATERIAL, MarriageCertificate, recognise
from pipeline.assemble import assemble
from pipeline.model import Document, Line, Sheet
from tests.lay import file, line, sheet, text, values

HE = {
    "姓名": "王小明",
    "性别": "男",
    "国籍": "中国",
    "出生日期": "1990年01月15日",
    "身份证件号": "510107199001150010",
}
SHE = {
    "姓名": "李秀英",
    "性别": "女",
    "国籍": "中国",
    "出生日期": "1988年12月03日",
    "身份证件号": "422801198812030026",
}

FIELDS = {"holder": "王小明", "registration_date": "2015-06-18", "certificate_number": "J510107-2015-001234"}


def photo(x: float = 60, y: float = 60, *, apart: bool = True, **changes: str) -> list[Line]:
    """The page with the couple's picture: holder, day, number; values apart from their labels or glued to them."""
    printed = {
        "持证人": "王小明",
        "登记日期": "2015年06月18日",
        "结婚证字号": "J510107-2015-001234",
        "备注": "",
        **changes,
    }
    return _entries(printed, x, y, apart)


def _entries(printed: Mapping[str, str], x: float, y: float, apart: bool = True) -> list[Line]:
    out = []
    for row, (label, value) in enumerate(printed.items()):
        if apart:
            out.append(line(label, x, y + 30 * row))
            out += [line(value, x + 75, y + 30 * row)] if value else []
        else:
            out.append(line(f"{label}：{value}", x, y + 30 * row))
    return out


def persons(x: float = 60, y: float = 60, *couple: Mapping[str, str]) -> list[Line]:
    """The page of both persons, one below the other; each in two columns with the number across."""
    out: list[Line] = []
    for block, who in enumerate(couple or (HE, SHE)):
        top = y + 110 * block
        for label, dx, dy in (
            ("姓名", 0, 0),
            ("性别", 200, 0),
            ("国籍", 0, 30),
            ("出生日期", 200, 30),
            ("身份证件号", 0, 60),
        ):
            out.append(line(label, x + dx, top + dy))
            if who[label]:
                out.append(line(who[label], x + dx + 65, top + dy))
    return out


def law(x: float = 60, y: float = 60, name: str = "中华人民共和国婚姻法") -> list[Line]:
    """The page of words: the law breaks over two rows, the registry, the registrar."""
    return [
        line(f"结婚申请，符合《{name[:6]}", x, y), line(f"{name[6:]}》规定，予以登记，", x, y + 20), line("发给此证。", x, y + 40),
        line("登记机关", x, y + 100), line("成都市武侯区民政局", x + 60, y + 100), line("婚姻登记员", x, y + 140),
    ]  # fmt: skip


def read(*pages: Sheet) -> list[Document]:
    """The certificates on the pages of one file."""
    return assemble([file(*pages)], [MATERIAL])[0]


def people(document: Document) -> list[dict[str, object]]:
    return [{name: cell.value for name, cell in row.items()} for row in document.tables["persons"]]


BOTH = [
    {"name": "王小明", "sex": "M", "nationality": "中国", "birth_date": "1990-01-15", "id_number": "510107199001150010"},
    {"name": "李秀英", "sex": "F", "nationality": "中国", "birth_date": "1988-12-03", "id_number": "422801198812030026"},
]  # fmt: skip


@pytest.mark.parametrize("apart", [True, False])
def test_the_photo_page_is_read(apart):
    """Holder, day of registration, number: glued to their labels or apart."""
    (paper,) = read(sheet(*photo(apart=apart)))
    assert values(paper) == FIELDS


def test_both_persons_are_read_each_with_their_own_values():
    """Two columns of labels in each block, no value in the other person's row."""
    (paper,) = read(sheet(*persons()))
    assert people(paper) == BOTH


@pytest.mark.parametrize("lost", [0, 1])
def test_a_person_whose_name_was_lost_is_not_given_the_others_values(lost):
    """The label of one name was not read: that person's number is still theirs, and the other person is as printed."""
    lines = [
        n
        for n in persons()
        if not (n.text in ("姓名", (HE, SHE)[lost]["姓名"]) and (n.box[1] > 150) == bool(lost))
    ]
    (paper,) = read(sheet(*lines))
    kept = [{k: v for k, v in one.items() if k != "name" or who != lost} for who, one in enumerate(BOTH)]
    assert people(paper) == kept


def test_a_person_beside_the_other_keeps_their_own_values():
    """On a certificate across, the two persons stand side by side."""
    (paper,) = read(sheet(*persons(60, 60, HE), *persons(520, 60, SHE), width=1100))
    assert people(paper) == BOTH


def test_the_page_of_words_gives_law_and_registry():
    """The name of the law is whole although it breaks over two rows."""
    (paper,) = read(sheet(*law()))
    assert values(paper) == {"legal_basis": "中华人民共和国婚姻法", "authority": "成都市武侯区民政局"}


def test_three_pages_of_a_file_are_one_copy():
    """A booklet scanned page by page is one certificate."""
    (paper,) = read(sheet(*law()), sheet(*photo()), sheet(*persons()))
    assert values(paper) == {
        **FIELDS,
        "legal_basis": "中华人民共和国婚姻法",
        "authority": "成都市武侯区民政局",
    }
    assert people(paper) == BOTH
    assert [page for _, page in paper.pages] == [1, 2, 3]


def test_a_spread_on_one_page_is_one_copy():
    """Photo page above, persons below."""
    (paper,) = read(sheet(*photo(), *persons(y=220)))
    assert values(paper) == FIELDS
    assert people(paper) == BOTH


def test_the_spouses_two_copies_are_two_certificates():
    """His with his name as the holder, hers with hers: same day and number, two documents."""
    his, hers = sheet(*photo(), *persons(y=220)), sheet(*photo(持证人="李秀英"), *persons(y=220))
    found = read(his, hers)
    assert [d.text("holder") for d in found] == ["王小明", "李秀英"]
    assert len({d.text("certificate_number") for d in found}) == 1


def test_pages_in_different_files_join_by_the_holder():
    """The photo page of one file belongs to the persons' page of another where its holder is one of them."""
    documents, _ = assemble(
        [file(sheet(*photo()), key="1.jpg"), file(sheet(*persons()), key="2.jpg")], [MATERIAL]
    )
    (paper,) = documents
    assert paper.pages == (("1.jpg", 1), ("2.jpg", 1))
    documents, _ = assemble(
        [file(sheet(*photo(持证人="赵六")), key="1.jpg"), file(sheet(*persons()), key="2.jpg")], [MATERIAL]
    )
    assert len(documents) == 2


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("J510107-2015-001234", "J510107-2015-001234"),
        ("BJ110105-2022-000345", "BJ110105-2022-000345"),
        ("J510107－2015－001234", "J510107-2015-001234"),
        ("J510107一2015一001234", "J510107-2015-001234"),
        ("川成武结字010500123", "川成武结字010500123"),
        ("（1998）武政结字第0012号", "（1998）武政结字第0012号"),
    ],
)
def test_numbers_of_new_and_old_certificates(printed, number):
    """J with district, year and serial, BJ for one issued again, the registry's own before 2004; dashes of all kinds."""
    (paper,) = read(sheet(*photo(结婚证字号=printed)))
    assert paper.text("certificate_number") == number


def test_a_missing_sex_stays_absent():
    """Nothing is worked out from the number; who is the husband is no guess of ours."""
    (paper,) = read(sheet(*photo(), *persons(60, 220, {**HE, "性别": ""}, SHE)))
    assert "sex" not in people(paper)[0]
    assert people(paper)[1]["sex"] == "F"


def test_an_unreadable_number_of_a_person_is_told():
    """Ink where the number stands, and no number: the row lacks it and the table is named as unread."""
    (paper,) = read(sheet(*photo(), *persons(60, 220, HE, {**SHE, "身份证件号": "42280※※※"})))
    assert "id_number" not in people(paper)[1]
    assert [u.name for u in paper.unread] == ["persons"]


def test_a_foreign_spouse_has_a_name_in_latin_letters():
    """The passport's name and country are printed there."""
    smith = {
        "姓名": "John Smith",
        "性别": "男",
        "国籍": "美国",
        "出生日期": "1985年04月02日",
        "身份证件号": "",
    }
    (paper,) = read(sheet(*photo(持证人="李秀英"), *persons(60, 220, smith, SHE)))
    row = people(paper)[0]
    assert (row["name"], row["nationality"]) == ("John Smith", "美国")
    assert "id_number" not in row


def test_other_papers_about_marriages_are_not_claimed():
    """Divorce certificates, household registers, declarations and contracts name spouses too."""
    others = [
        sheet(line("离婚证", 60, 30), *photo()),
        sheet(line("离婚申请，符合《中华人民共和国民法典》规定", 60, 30), *persons()),
        sheet(line("户口簿", 60, 30), line("户主", 60, 45), *persons()),
        text("无婚姻登记记录声明", "本人王小明，未曾办理结婚登记。", "声明人：王小明"),
        text("姓名王小明", "性别男", "民族汉", "公民身份号码510107199001150010"),
    ]
    assert [recognise(page) for page in others] == [[]] * len(others)


def test_a_record_gives_typed_rows():
    """Days are days; both spouses are rows with cells of their own."""
    (paper,) = read(sheet(*photo(), *persons(y=220)))
    record = MarriageCertificate(paper)
    assert record.registration_date.value is not None
    assert record.registration_date.value.isoformat() == "2015-06-18"
    assert [spouse.name.value for spouse in record.persons] == ["王小明", "李秀英"]


def test_a_label_is_nobodys_name():
    """A holder's place that is empty over the next label gives no holder, and no person is called like a label."""
    lines = [line("持证人", 60, 60), line("登记日期", 60, 78), line("2015年06月18日", 135, 78)]
    number = [line("结婚证字号", 60, 96), line("J510107-2015-001234", 135, 96)]
    (found,) = MATERIAL.extract([sheet(*lines, *number)])
    assert "holder" not in found.fields
    glued = [line("姓名武文华性别", 60, 200), line("身份证件号510107199001150010", 60, 230)]
    (found,) = MATERIAL.extract([sheet(*lines, *number, *glued)])
    assert all("性" not in str(row["name"].value) for row in found.tables.get("persons", ()) if "name" in row)


def test_labels_in_traditional_characters_are_labels():
    """性別 and 國籍 end the name before them."""
    he = [line("姓名王小明", 60, 60), line("性別男", 250, 60), line("出生日期1990.01.15", 60, 90)]
    he += [line("國籍中国", 250, 90), line("身份证件号510107199001150010", 60, 120)]
    (found,) = MATERIAL.extract([sheet(*photo(60, 200), *he)])
    (row,) = found.tables["persons"]
    assert (row["name"].value, row["sex"].value, row["nationality"].value) == ("王小明", "M", "中国")


@pytest.mark.parametrize("number", ["政字第980123号", "婚字第030012号", "（1998）武政结字第0012号"])
def test_an_old_number_stands_in_a_row_of_its_own(number):
    """Books of before 2004 print it below the title, without a label."""
    lines = [line("结 婚 证", 200, 40, high=20), line(number, 300, 80), line("自愿结婚，经审查符合", 60, 110)]
    (found,) = MATERIAL.extract(
        [sheet(*lines, line("《中华人民共和国婚姻法》关于结婚的规定，发给此证。", 60, 130))]
    )
    assert found.text("certificate_number") == number


@pytest.mark.parametrize(("dx", "dy"), [(420, 0), (0, 420)])
def test_two_books_on_one_sheet_are_two_certificates(dx, dy):
    """Beside each other or one below the other: each has its own holder and its own persons."""
    first = [*photo(), *persons(60, 200)]
    second = [*photo(60 + dx, 60 + dy, 持证人="李秀英"), *persons(60 + dx, 200 + dy)]
    found = read(sheet(*first, *second, width=1000, height=1000))
    assert sorted(str(paper.text("holder")) for paper in found) == ["李秀英", "王小明"]
    assert [people(paper) for paper in found] == [BOTH, BOTH]


def test_a_nameless_person_is_not_given_the_others_birthday():
    """Without names the labels of two persons run together: a day of birth that the number denies is left out."""
    lines = [line("身份证件号210102197401219390", 60, 200), line("出生日期1961年12月15日", 60, 230)]
    (found,) = MATERIAL.extract([sheet(*photo(), *lines, line("国籍中国", 300, 200))])
    assert all("birth_date" not in row for row in found.tables["persons"])


@pytest.mark.parametrize(("printed", "number"), [("A97593665", "A97593665"), ("PASSPORT", None)])
def test_a_foreign_spouses_number_is_the_passports(printed, number):
    """Letters and digits that are all of the value; nothing else is a number."""
    (paper,) = read(sheet(*photo(), *persons(60, 220, HE, {**SHE, "国籍": "美国", "身份证件号": printed})))
    assert people(paper)[1].get("id_number") == number


def test_a_year_without_its_first_stroke_is_still_one():
    """九九四年 at the beginning of its row is 一九九四年."""
    told = (
        "姓名缪阳龙 性别男",
        "自愿结婚，经审查合于《中华人民共和国婚姻法》关于结婚的规定，发给此证。",
        "民结字第040号",
        "九九四年七月二十九日",
    )
    (paper,) = MATERIAL.extract([text("结婚证", *told)])
    assert paper.text("registration_date") == "1994-07-29"
