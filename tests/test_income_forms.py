"""Income certificates without sentences: tables, headed columns, prints of systems, two languages; and what is no value there."""

from __future__ import annotations

from collections.abc import Sequence

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
        ("其中基本工资", "part"), ("近12个月收入合计", "other"), ("家庭月收入合计", "other"), ("注册资本", "other"), ("合计", None),
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
