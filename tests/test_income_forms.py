"""Income certificates without sentences: tables, headed columns, prints of systems, two languages; and what is no value there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.income_certificate import MATERIAL
from extractors.income_certificate.amounts import kind_of
from extractors.income_certificate.cells import is_label
from extractors.income_certificate.shapes import company_of, is_person, is_post
from pipeline.model import Document, Line, Sheet
from tests.lay import line, sheet, text, values

NUMBER = "510107199001150010"
COMPANY = "成都天府软件有限公司"


def table(
    rows: Sequence[Sequence[str]], *foot: str, xs: Sequence[float] = (60, 160, 320, 420), step: float = 24
) -> Sheet:
    """A certificate whose cells stand in columns that begin at `xs`, below its title; an empty cell is not printed."""
    out: list[Line] = [line("员工收入证明", 200, 40)]
    for index, row in enumerate(rows):
        out += [line(cell, x, 100 + step * index) for x, cell in zip(xs, row, strict=False) if cell]
    low = 130 + step * len(rows)
    return sheet(*out, *(line(said, 60, low + 24 * n) for n, said in enumerate(foot)))


def read(page: Sheet) -> Document:
    """The one certificate on a page."""
    (found,) = MATERIAL.extract([page])
    return found


def test_a_table_of_labels_and_values_is_read():
    """Each label's value stands beside it; parts of an income, terms of contracts and departments are none of the fields."""
    found = read(
        table(
            [
                ("姓名", "王小明", "性别", "男"), ("身份证号码", NUMBER, "民族", "汉族"), ("工作单位", COMPANY),
                ("部门", "研发中心", "岗位", "Java开发工程师"), ("入职时间", "2019年3月", "合同期限", "2019.03.01-2028.02.28"),
                ("月基本工资", "8,000.00", "月绩效工资", "6,000.00"), ("月均总收入（税前）", "14,000.00", "年终奖", "30,000.00"),
                ("金额大写", "壹万肆仟元整"), ("人事负责人", "刘芳", "联系电话", "028-85551234"),
            ],
            "单位（盖章）：", "2026年9月3日",
        )
    )  # fmt: skip
    assert values(found) == {
        "name": "王小明", "id_number": NUMBER, "employer": COMPANY, "position": "Java开发工程师", "employed_since": "2019-03",
        "monthly_income": "14000.00", "monthly_income_words": "壹万肆仟元整", "income_basis": "gross", "contact_person": "刘芳",
        "contact_phone": "028-85551234", "issue_date": "2026-09-03",
    }  # fmt: skip


def test_values_below_their_heads_are_read():
    """Heads beside each other with their values in the row below: what a personnel system prints."""
    found = read(
        table(
            [
                ("员工姓名", "证件号码"), ("王小明", NUMBER), ("入职日期", "岗位"), ("2023-06-16", "软件工程师"),
                ("月均收入(税后)", "年度收入(税后)"), ("38,100.00元", "457,200.00元"), ("联系人", "联系电话"), ("肖颖", "0731-89697112"),
            ],
            COMPANY, "2026-09-20", xs=(60, 320),
        )
    )  # fmt: skip
    got = values(found)
    assert (got["name"], got["position"], got["employed_since"]) == ("王小明", "软件工程师", "2023-06-16")
    assert (got["monthly_income"], got["annual_income"], got["income_basis"]) == (
        "38100.00",
        "457200.00",
        "net",
    )
    assert (got["contact_person"], got["contact_phone"]) == ("肖颖", "0731-89697112")


def test_labels_in_two_languages_end_where_the_value_begins():
    """English behind or before the Chinese label is none of the value."""
    found = read(
        table(
            [
                ("姓名 Name", "王小明"), ("身份证号 ID Number", NUMBER), ("Job Title 职位", "教师"), ("入职日期 Date of Employment", "2025-08-18"),
                ("月收入（税后）Monthly Income", "RMB 31,500.00"), ("联系人 Contact", "田霞涵"), ("电话 Telephone", "021-86034467"),
            ],
            f"公司 Company: {COMPANY}", "2026年10月2日", xs=(60, 320),
        )
    )  # fmt: skip
    got = values(found)
    assert (got["name"], got["position"], got["employer"]) == ("王小明", "教师", COMPANY)
    assert (got["monthly_income"], got["contact_person"]) == ("31500.00", "田霞涵")


def test_the_sum_of_listed_parts_is_the_income():
    """The parts stand above it, each an amount of a month too."""
    parts = [
        ("岗位工资", "5,049.00元"),
        ("司龄奖", "5,202.00元"),
        ("津贴补贴", "5,049.00元"),
        ("月收入合计（税前）", "15,300.00元"),
    ]
    page = table(parts, "月收入合计人民币大写：壹万伍仟叁佰元整。", xs=(60, 320))
    found = values(read(page))
    assert (found["monthly_income"], found["income_basis"]) == ("15300.00", "gross")


def test_a_label_broken_over_two_lines_is_one():
    """人事部门联系 / 人 in a narrow cell."""
    cell = [line("人事部门联系", 60, 100), line("人", 85, 110.5), line("肖英", 200, 101)]
    other = [line("联系电话", 320, 100), line("0731-85935698", 420, 100)]
    head = [line("收入证明", 200, 40), line("姓名", 60, 70), line("王小明", 200, 70)]
    found = values(read(sheet(*head, *cell, *other)))
    assert (found["contact_person"], found["contact_phone"]) == ("肖英", "0731-85935698")


def test_labels_that_nothing_parts_from_the_value_before_them_end_it():
    """OCR and plain prints run pairs together: 现任职务：会计本单位工龄：7年."""
    found = read(
        text(
            "收入证明", f"一、员工姓名：王小明证件号码：{NUMBER}", "四、现任职务：会计本单位工龄：7年", "六、月均收入（小写）：13500元",
            "七、我单位承诺以上所填内容真实、准确。", f"公司名称：{COMPANY}联系电话：0731-88479929", "2026年10月4日",
        )
    )  # fmt: skip
    got = values(found)
    assert (got["name"], got["position"], got["employer"]) == ("王小明", "会计", COMPANY)
    assert (got["monthly_income"], got["contact_phone"]) == ("13500.00", "0731-88479929")


@pytest.mark.parametrize("who", ["翟丽堃", "卓玛央金", "江犇"])
def test_a_name_behind_a_position_is_the_name_alone(who):
    """我司教师翟丽堃（身份证：…）: the employer's word for itself and the position are none of it."""
    found = read(
        text("收入证明", f"我司教师{who}（身份证：{NUMBER}）最近十二个月平均月薪为12,000.00元。", COMPANY)
    )
    assert (found.text("name"), found.text("position")) == (who, "教师")


def test_whom_to_ask_keeps_his_own_position():
    """职务 in the row of 证明人 is his, not the employee's."""
    found = read(
        text(
            "收入证明",
            f"我公司测试工程师王小明（身份证：{NUMBER}），月薪15000元。",
            "证明人：孙莉  职务：人事经理",
            COMPANY,
        )
    )
    assert found.text("position") == "测试工程师"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("月均税前收入为人民币", "month"), ("近六个月平均月工资", "month"), ("每月平均", "month"), ("工资、奖金等月均总收入", "month"),
        ("月均收入（含奖金、津贴）", "month"), ("上一年度税前年收入为", "year"), ("年薪", "year"), ("年终奖", "part"), ("月绩效工资", "part"),
        ("其中基本工资", "part"), ("近12个月收入合计", "year"), ("近6个月收入合计", "other"), ("该员工近一年月收入平均", "month"), ("家庭月收入合计", "other"), ("注册资本", "other"), ("合计", None),
    ],
)  # fmt: skip
def test_what_an_amount_is_the_words_before_it_say(said, kind):
    """A month's income, a year's, a part of either, something else, or nothing that tells."""
    assert kind_of(said) == kind


def test_amounts_that_contradict_each_other_are_unread():
    """Two months' incomes of which nothing singles one out: neither is given, and it is told."""
    found = read(text("收入证明", "兹证明王小明系我单位员工，月收入8000元，月收入9000元。"))
    assert "monthly_income" not in found.fields
    assert "monthly_income" in [u.name for u in found.unread]


def test_words_decide_among_amounts_and_their_marks():
    """大写 singles out one of two months' incomes, and says that 39.600.00 has full stops for commas."""
    two = read(text("收入证明", "兹证明王小明系我单位员工，月收入8000元，月收入9000元（大写：玖仟元整）。"))
    assert two.text("monthly_income") == "9000.00"
    dotted = read(text("收入证明", "王小明每月收入为人民币（大写）叁万玖仟陆佰元整，（小写）39.600.00元。"))
    assert dotted.text("monthly_income") == "39600.00"


def test_the_basis_of_another_amount_is_not_the_incomes():
    """月收入8000元，税后收入6500元 does not say that the 8000 are after tax."""
    found = read(text("收入证明", "兹证明王小明在我公司工作，月收入为人民币8000元，税后收入为人民币6500元。"))
    assert found.text("monthly_income") == "8000.00"
    assert found.text("income_basis") is None


@pytest.mark.parametrize("label", ["姓名", "岗位/职务", "月收入合计", "人事部门联系人", "电话", "单位性质"])
def test_a_label_is_no_value(label):
    """What only names a field is nobody's name, no position and no employer."""
    assert is_label(label)
    assert not any((is_person(label), is_post(label), company_of(label)))


@pytest.mark.parametrize(
    "words",
    [
        "承诺以上所",
        "性质为有限责任公司",
        "人力资源部",
        "星河武汉）网络科技有限公司",
        "德诚建筑有限公司天津公司",
    ],
)
def test_what_ends_like_an_employer_need_not_be_one(words):
    """Ends of sentences, departments, and names that a seal has eaten letters of."""
    assert company_of(words) is None


def test_a_seal_that_lost_letters_is_unread():
    """A ring that is the employer's name but for letters that are missing is no other company's; a faint one that agrees is read."""
    paper = text(
        "收入证明",
        "兹证明王小明系我单位员工，月收入8000元。",
        "特此证明。",
        "南京云帆精密制造有限公司",
        "2026年10月28日",
    )
    for ring, sure, value in (
        ("南京云精密制造有限公司", 0.99, None), ("南京云帆精密制造有限公司", 0.5, "南京云帆精密制造有限公司"),
        ("南京云帆精密制选有限公司", 0.9, None), ("成都恒达贸易有限公司", 0.97, "成都恒达贸易有限公司"),
    ):  # fmt: skip
        found = read(sheet(*paper.lines, line(ring, 300, 180, sure, kind="seal")))
        assert found.text("seal_company") == value


def test_a_name_ends_with_its_paragraph():
    """A short row ends its paragraph: what the next row begins with is no part of a name."""
    found = read(
        text(
            "收入证明",
            "乙方：王小明",
            f"乙方身份证号：{NUMBER}",
            "乙方近三个月月均工资为6,234.56元，由我公司发放并缴纳社会保险。",
            COMPANY,
        )
    )
    assert found.text("name") == "王小明"
    assert found.text("monthly_income") == "6234.56"


# ---------------------------------------------------------------- what stands beside, below, all over


def beside(left: Sequence[str], right: Sequence[str], step: float = 24) -> list[Line]:
    """Two columns of lines that share a sheet's rows."""
    out = [line(said, 40, 100 + step * n) for n, said in enumerate(left)]
    return out + [line(said, 220, 104 + step * n) for n, said in enumerate(right)]


def test_a_stub_beside_a_letter_is_read_on_its_own():
    """The paragraph on the right runs on from row to row; what the stub on the left says stands between none of them."""
    letter = (
        "王小明（身份证510107199001150010）系我单位职工，2021年2",
        "月进入本单位，工种（职务）税务会计，每月税前收入（大写）叁",
        "万肆仟零贰拾元整，小写¥34,020.00，本单位对此负责，特此证",
        "明。",
    )
    stub = ("字第：0004813号", "姓名：王小明", "用途：购房贷款", "日期：略")
    found = values(read(sheet(line("收入证明", 300, 40), *beside(stub, letter), line(COMPANY, 300, 240))))
    assert (found["name"], found["position"], found["employed_since"]) == ("王小明", "税务会计", "2021-02")
    assert (found["monthly_income"], found["monthly_income_words"]) == ("34020.00", "叁万肆仟零贰拾元整")


def test_digits_in_columns_of_units_are_an_amount():
    """万 千 百 十 元 角 分 above single digits; a column without its digit leaves the amount unread."""

    def form(digits: str) -> dict[str, object]:
        heads = [line(unit, 200 + 30 * n, 160) for n, unit in enumerate("万千百十元角分")]
        filled = [line(digit, 200 + 30 * n, 190) for n, digit in enumerate(digits) if digit != " "]
        said = [line("职工姓名：王小明", 40, 100), line("身份证号码：" + NUMBER, 40, 130)]
        money = [line("月收入金额", 40, 175)]
        return values(read(sheet(line("工资收入证明", 200, 40), *said, *heads, *money, *filled)))

    assert form("5750000")["monthly_income"] == "57500.00"
    assert "monthly_income" not in form("57 0000")


def test_unknown_heads_beside_a_known_one_are_no_value():
    """入职日期 and 合同性质 head a row each of whose values stands below."""
    found = values(
        read(
            table(
                [("员工姓名", "证件号码"), ("王小明", NUMBER), ("入职日期", "缴费去向"), ("2015-04", "本地")],
                COMPANY,
                xs=(60, 320),
            )
        )
    )
    assert found["employed_since"] == "2015-04"


def test_a_watermark_is_part_of_no_value():
    """Pieces of a name that is printed all over the sheet stand in the cells' rows and belong to none."""
    marks = [line(COMPANY, x, y) for x, y in ((300, 40), (300, 124), (40, 300), (300, 330), (20, 380))]
    own = [
        line("姓名：王小明", 60, 100),
        line("任职岗位：法务经理", 60, 124),
        line("身份证号码：" + NUMBER, 60, 148),
    ]
    signed = [line("单位名称（公章）：" + COMPANY, 60, 250), line("2026年9月3日", 60, 274)]
    found = values(
        read(sheet(line("收入证明", 200, 20), *own, *marks, line("月收入：19000元", 60, 172), *signed))
    )
    assert (found["position"], found["employer"]) == ("法务经理", COMPANY)


def test_a_persons_chop_is_part_of_no_employer():
    """The four letters of a chop beside the employer's name: two and two, one of them 印."""
    chop = [line("芳刘", 40, 166), line("印氏", 40, 182)]
    signed = [line(COMPANY, 90, 160), line("2026年9月3日", 90, 200)]
    said = [line("兹证明王小明系我单位员工，月收入19000元。", 40, 100)]
    assert values(read(sheet(line("收入证明", 200, 20), *said, *chop, *signed)))["employer"] == COMPANY


@pytest.mark.parametrize(
    ("told", "who", "phone"),
    [
        ("查证人：刘芳 查证电话：028-85551234", "刘芳", "028-85551234"),
        ("咨询人及电话：刘芳 028-85551234", "刘芳", "028-85551234"),
        ("HR：刘芳 028-85551234", "刘芳", "028-85551234"),
        ("核验联系人：刘芳核验电话：028-85551234", "刘芳", "028-85551234"),
        ("人事经办：刘芳", "刘芳", None),
        ("负责人（签章）：刘芳", None, None),
    ],
)
def test_who_answers_is_called_by_many_names(told: str, who: str | None, phone: str | None):
    """Whoever was asked to answer for the paper, with the number behind; the head who only signs is nobody to ask."""
    found = values(
        read(text("收入证明", "兹证明王小明系我单位员工，月收入25000元。", told, COMPANY, "2026年9月3日"))
    )
    assert (found.get("contact_person"), found.get("contact_phone")) == (who, phone)


def test_a_name_behind_a_request_to_ask_is_not_the_employees():
    """如有疑问，请与以下人员联系： and a name below its label: whom to ask."""
    found = values(
        read(
            text(
                "收入证明", f"我司谨此证明，王小明女士（身份证号码{NUMBER}）受雇于我司，月薪为14400元。",
                "如有疑问，请与以下人员联系：", "姓名：刘芳", "电话：028-85551234", COMPANY, "2026年9月3日",
            )
        )
    )  # fmt: skip
    assert (found["name"], found["contact_person"]) == ("王小明", "刘芳")


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("2015年6月份与本公司建立劳动关系，职位：区域销售总监。", "employed_since", "2015-06"),
        ("入司时间2024-02-19，岗位班组长，合同有效。", "employed_since", "2024-02-19"),
        ("入司时间2024-02-19，岗位班组长，合同有效。", "position", "班组长"),
        ("现任职务为班组长，月收入稳定。", "position", "班组长"),
        ("现于德育处部门任高级教师一职，月收入稳定。", "position", "高级教师"),
        ("每年发放13个月薪资，年薪合计187,200.00元。", "annual_income", "187200.00"),
    ],
)  # fmt: skip
def test_short_ways_to_say_it(said: str, name: str, value: str):
    """Labels without a colon within a sentence, and what ends a span of months."""
    found = values(
        read(
            text(
                "收入证明", f"兹证明王小明（身份证号码{NUMBER}）系我单位员工，{said}", COMPANY, "2026年9月3日"
            )
        )
    )
    assert found.get(name) == value


def test_a_year_without_its_ring_is_still_one():
    """二二六年 is 二〇二六年 whose ring was not seen."""
    found = values(
        read(text("收入证明", "兹证明王小明系我单位员工，月收入25000元。", COMPANY, "二 二六年九月十日"))
    )
    assert found["issue_date"] == "2026-09-10"


def test_words_that_go_on_in_the_next_row_are_whole():
    """大写 cut by the end of its row is read with the rest of it."""
    found = values(
        read(
            text(
                "收入及公积金缴存证明", f"王小明（性别：男，身份证号码：{NUMBER}）为我公司职工，",
                "该职工月均税前工资收入：33932.92元（大写：叁万叁仟玖佰叁拾贰圆", "玖角贰分）。", COMPANY, "2026年9月3日",
            )
        )
    )  # fmt: skip
    assert (found["name"], found["monthly_income_words"]) == ("王小明", "叁万叁仟玖佰叁拾贰圆玖角贰分")


def test_words_across_a_row_do_not_hide_its_value():
    """A watermark's words in a cell's row go alone, and the row stays."""
    stamp = line("仅限办理贷款使用", 320, 124)
    own = [
        line("姓名：王小明", 60, 100),
        line("任职岗位：法务经理", 60, 124),
        line("身份证号码：" + NUMBER, 60, 148),
    ]
    found = values(read(sheet(line("收入证明", 200, 20), *own, stamp, line("月收入：19000元", 60, 172))))
    assert (found["position"], found["monthly_income"]) == ("法务经理", "19000.00")


def test_a_reply_to_a_bank_is_a_certificate():
    """It need not be headed so: 关于收入的复函 with a person, a post and an income."""
    said = f"贵行客户王小明（身份证号码：{NUMBER}）为我公司员工，"
    whole = text("关于员工薪酬收入的复函", said, "税前月收入总额为8000.00元。", COMPANY, "2026年9月3日")
    assert MATERIAL.recognise(whole)
    assert not MATERIAL.recognise(text("收入情况说明", "本人另有房租收入。", "2026年9月3日"))


def test_the_sign_of_a_day_may_be_misread():
    """11月26旦 is the 26th."""
    found = values(
        read(
            text(
                "收入证明",
                f"王小明，身份证号{NUMBER}，2022年11月26",
                "旦到本单位工作，月收入22800元。",
                COMPANY,
            )
        )
    )
    assert found["employed_since"] == "2022-11-26"


def test_the_end_of_an_amount_in_words_is_not_all_of_it():
    """Words whose beginning stands elsewhere, as the figures tell, are unread."""
    found = read(
        text(
            "收入证明",
            f"王小明，身份证号{NUMBER}，月薪为人民币16,500.00元（壹万",
            "本页其余文字另有用途，",
            "陆仟伍佰圆整）。",
            COMPANY,
        )
    )
    assert (values(found)["monthly_income"], found.text("monthly_income_words")) == ("16500.00", None)


@pytest.mark.parametrize("post", ["人事专员", "财务主管", "人事经理", "劳资员"])
def test_what_names_a_contacts_office_is_a_position_all_the_same(post: str):
    """Who works in 人事 is certified like anybody."""
    found = values(
        read(
            table([("姓名", "王小明"), ("身份证号码", NUMBER), ("职务", post), ("月收入", "8000元")], COMPANY)
        )
    )
    assert found["position"] == post


def test_a_label_broken_round_its_value_is_whole() -> None:
    """A label in two lines whose value stands between their heights is one label; the telephone behind a person in brackets is
    read without its bracket."""
    found = read(
        sheet(
            line("职工收入证明", 200, 40), line("职工姓名", 60, 100), line("王小明", 160, 100), line("近12个月收入（税", 60, 130),
            line("138000.00元", 200, 137), line("前）", 60, 143), line("人事专员：刘芳（028-85551234）", 60, 190),
        )
    )  # fmt: skip
    assert values(found)["annual_income"] == "138000.00"
    assert (values(found)["contact_person"], values(found)["contact_phone"]) == ("刘芳", "028-85551234")


def test_a_name_that_lost_its_first_letter_accuses_nobody() -> None:
    """An employer's name read from a picture that begins as a city's end does is doubtful; a longer form on the paper wins."""
    foot = (line("姓名：王小明", 60, 100), line("月收入：8,900.00元", 60, 130))
    cut = line("单位（盖章）：波精工机械有限公司", 60, 400)
    scanned = [replace(n, confidence=0.999) for n in (line("收入证明", 200, 40), *foot, cut)]
    alone = read(replace(sheet(*scanned), source="ocr")).fields["employer"]
    assert (alone.value, alone.confidence < 0.98) == ("波精工机械有限公司", True)
    head = replace(line("宁波精工机械有限公司", 60, 20), confidence=0.999)
    whole = read(replace(sheet(head, *scanned), source="ocr")).fields["employer"]
    assert (whole.value, whole.confidence < 0.98) == ("宁波精工机械有限公司", True)
