"""Income certificates: running text with blanks, ticks, words and figures, and what they do not say."""

from __future__ import annotations

import pytest

from extractors.income_certificate import MATERIAL, recognise
from pipeline.assemble import assemble
from pipeline.model import Document, Sheet
from tests.lay import file, line, sheet, text, values

HEAD = ("收入证明",)
FOOT = (
    "特此证明。",
    "联系人：陈静    联系电话：028-85551234",
    "单位名称（盖章）：成都天府软件有限公司",
    "2026年10月28日",
)


def paper(*body: str, head: tuple[str, ...] = HEAD, foot: tuple[str, ...] = FOOT, **more: object) -> Sheet:
    """A certificate with this body."""
    return text(*head, *body, *foot, **more)


def read(*pages: Sheet) -> Document:
    """The one certificate on the pages of a file."""
    (found,) = assemble([file(*pages)], [MATERIAL])[0]
    return found


WHOLE = paper(
    "兹证明王小明（身份证号码：510107199001150010）系我单位正式员工，",
    "自2015年3月1日起在我单位工作，现担任软件工程师职务，",
    "月均收入（税前）人民币25,000.00元（大写：贰万伍仟元整），",
    "年收入人民币300,000.00元。",
)


def test_a_whole_certificate_is_read():
    """Who, by which number, where, as what, since when, how much, said by whom and when."""
    found = values(read(WHOLE))
    assert found == {
        "name": "王小明", "id_number": "510107199001150010", "employer": "成都天府软件有限公司", "position": "软件工程师",
        "employed_since": "2015-03-01", "monthly_income": "25000.00", "monthly_income_words": "贰万伍仟元整",
        "annual_income": "300000.00", "income_basis": "gross", "issue_date": "2026-10-28", "contact_person": "陈静",
        "contact_phone": "028-85551234",
    }  # fmt: skip


def test_a_value_that_breaks_over_rows_is_whole():
    """The number and the amount are cut by the right margin and go on in the next row."""
    found = read(
        paper("兹证明王小明，身份证号码51010719", "9001150010，系我公司员工，月收入为25,", "000元。")
    )
    assert found.text("id_number") == "510107199001150010"
    assert found.text("monthly_income") == "25000.00"


@pytest.mark.parametrize(
    ("body", "income"),
    [
        ("月收入为人民币18088.75元", "18088.75"),
        ("月均收入¥18,088.75", "18088.75"),
        ("每月税后收入合计（小写）：18,088.75元", "18088.75"),
        ("月收入：1.5万元", "15000.00"),
        ("近12个月月均收入25000元", "25000.00"),
    ],
)
def test_monthly_income_in_every_way_of_writing(body, income):
    """Figures with and without separators, 万; a number of months is no income."""
    assert read(paper("兹证明王小明系我单位员工，", body + "。")).text("monthly_income") == income


def test_parts_of_an_income_are_not_the_income():
    """Total first, then 其中 wages and bonus: the total counts."""
    found = read(
        paper("兹证明王小明系我单位员工，", "月均总收入25000元，其中工资收入20000元，奖金收入5000元。")
    )
    assert found.text("monthly_income") == "25000.00"


def test_a_yearly_income_is_no_monthly_one():
    """A certificate of a year's income alone gives no month's."""
    found = values(read(paper("兹证明王小明系我单位员工，", "年收入为人民币300000元。")))
    assert found["annual_income"] == "300000.00"
    assert "monthly_income" not in found


@pytest.mark.parametrize(
    "words",
    ["贰万伍仟元整", "贰万伍仟零佰零拾零元整", "贰万伍仟圆正", "__贰__万__伍__仟__零__佰__零__拾__零__元整"],
)
def test_the_amount_in_words_is_kept_as_printed(words):
    """Slot forms too: what is compared is their value, what is shown is what the paper says."""
    from pipeline.text import parse_upper_amount

    found = read(paper("兹证明王小明系我单位员工，", f"月收入人民币（大写）{words}，（小写）25000.00元。"))
    shown = found.text("monthly_income_words")
    assert shown is not None
    assert parse_upper_amount(shown) == 25000
    assert found.text("monthly_income") == "25000.00"


def test_a_months_words_beside_a_years_figures_are_the_months():
    """The year in figures, the month in figures and in words: the words belong to what stands before them."""
    found = read(
        paper(
            "兹证明王小明系我单位员工，",
            "年收入为人民币300000元，平均每月25000元，月收入大写为贰万伍仟元整。",
        )
    )
    assert found.text("monthly_income_words") == "贰万伍仟元整"
    only = read(paper("兹证明王小明系我单位员工，", "年收入为人民币300000元（大写：叁拾万元整）。"))
    assert only.text("monthly_income_words") is None


def test_a_telephone_may_begin_in_the_row_after_its_cue():
    """咨询电话： stands at the end of a row, the number at the beginning of the next."""
    found = read(
        paper(
            "兹证明王小明系我单位员工，月收入25000元。咨询电话：",
            "0731-86940507，联系人：段颖。",
            foot=("特此证明。", "成都天府软件有限公司", "2026年10月28日"),
        )
    )
    assert found.text("contact_phone") == "0731-86940507"


@pytest.mark.parametrize(
    ("said", "position"),
    [
        ("市场营销部客户经理", "客户经理"),
        ("研发中心高级工程师岗", "高级工程师"),
        ("财务部部长", "部长"),
        ("主任医师", "主任医师"),
        ("室内设计师", "室内设计师"),
        ("科研人员", "科研人员"),
        ("处理专员", "处理专员"),
        ("部署工程师", "部署工程师"),
        ("行政文职", "行政文职"),
        ("办公室主任", "办公室主任"),
        ("总监", "总监"),
    ],
)
def test_a_position_is_named_without_its_department(said, position):
    """The department before it and the word for a post after it are none of it; offices that are named by one are whole."""
    found = read(paper(f"兹证明王小明系我单位员工，现任职务：{said}，", "月收入25000元。"))
    assert found.text("position") == position


def test_words_and_figures_that_differ_are_both_given():
    """Nothing is made to agree here: that is a rule's to see."""
    found = read(paper("兹证明王小明系我单位员工，", "月收入28000元（大写：贰万伍仟元整）。"))
    assert (found.text("monthly_income"), found.text("monthly_income_words")) == ("28000.00", "贰万伍仟元整")


# ---------------------------------------------------------------- before or after tax


@pytest.mark.parametrize(
    ("body", "basis"),
    [
        ("月收入（税前）25000元", "gross"),
        ("税后月收入25000元", "net"),
        ("月收入25000元（☑税前 □税后）", "gross"),
        ("月收入25000元（□税前 ☑税后）", "net"),
        ("月收入25000元（■税前□税后）", "gross"),
        ("月收入25000元（税前□ 税后√）", "net"),
        ("月收入25000元（□税前 □税后）", None),
        ("月收入25000元（☑税前 ☑税后）", None),
        ("月收入25000元（税前/税后）", None),
        ("月收入25000元", None),
    ],
)
def test_the_basis_is_what_is_printed_alone_or_ticked(body, basis):
    """Both printed and none or both ticked says nothing, and is not guessed at."""
    assert read(paper("兹证明王小明系我单位员工，", body + "。")).text("income_basis") == basis


# ---------------------------------------------------------------- since when


@pytest.mark.parametrize(
    ("body", "since"),
    [
        ("自2015年3月1日起在我单位工作", "2015-03-01"),
        ("于2015年3月入职我公司", "2015-03"),
        ("入职日期：2015-03-01", "2015-03-01"),
        ("自二〇一五年三月至今在我单位任职", "2015-03"),
        ("劳动合同期限自2024年1月1日起至2026年12月31日止", None),
        ("劳动合同期限为三年，自2024年1月1日起至2026年12月31日止", None),
        ("我单位成立于2001年5月", None),
    ],
)
def test_the_day_of_entry_and_no_other(body, since):
    """The term of a labour contract and other dates of the text say nothing about when somebody came."""
    assert (
        read(paper(f"兹证明王小明系我单位员工，{body}，", "月收入25000元。")).text("employed_since") == since
    )


# ---------------------------------------------------------------- who says it


def test_the_employer_is_found_without_a_label():
    """The last row that is a company's name, or whose employee the text says somebody is."""
    signed = read(
        paper(
            "兹证明王小明系我单位员工，月收入25000元。",
            foot=("特此证明。", "四川大学华西医院", "2026年10月28日"),
        )
    )
    assert signed.text("employer") == "四川大学华西医院"
    told = read(
        paper(
            "兹证明王小明系成都天府软件有限公司正式员工，",
            "月收入25000元。",
            foot=("特此证明", "2026年10月28日"),
        )
    )
    assert told.text("employer") == "成都天府软件有限公司"


def test_the_bank_that_is_written_to_is_not_the_employer():
    """中国工商银行成都分行： stands at the top and is whom the paper is for."""
    found = read(paper("中国工商银行股份有限公司成都分行：", "兹证明王小明系我公司员工，月收入25000元。"))
    assert found.text("employer") == "成都天府软件有限公司"


def test_the_seal_speaks_for_itself():
    """The name on the ring is a field of its own; it is not taken for the printed employer, nor the other way round."""
    ring = line("成都地府软件有限公司", 300, 180, 0.999, kind="seal")
    found = read(sheet(*WHOLE.lines, ring, seals=[(290, 170, 410, 290)]))
    assert (found.text("seal_company"), found.text("employer")) == (
        "成都地府软件有限公司",
        "成都天府软件有限公司",
    )
    assert found.notes["sealed"] is True
    assert read(WHOLE).notes["sealed"] is False
    unsure = line("成都地府软件有限公司", 300, 180, 0.98, kind="seal")
    assert read(sheet(*WHOLE.lines, unsure)).text("seal_company") is None


def test_a_mobile_phone_and_a_landline():
    """Either is taken as printed; the paper's other numbers are none."""
    found = read(
        paper(
            "兹证明王小明系我单位员工，月收入25000元。",
            foot=("联系人：陈静  电话：13800001234", "成都天府软件有限公司", "2026年10月28日"),
        )
    )
    assert found.text("contact_phone") == "13800001234"


# ---------------------------------------------------------------- forms, blanks, other papers


def test_an_empty_form_gives_no_values_of_a_person():
    """Blanks are no values: no name, no number, no income, no day."""
    blank = paper(
        "兹证明________（身份证号码：__________________）系我单位员工，",
        "自____年__月__日起在我单位工作，职务________，",
        "月收入（税前/税后）________元（大写：__万__仟__佰__拾__元整）。",
        foot=(
            "特此证明。",
            "联系人：________ 联系电话：________",
            "单位名称（盖章）：________________",
            "____年__月__日",
        ),
    )
    assert values(read(blank)) == {}


def test_a_second_page_adds_what_the_first_does_not_say():
    """A certificate that runs over two pages is one document; what the first says stands."""
    first = text("收入证明", "兹证明王小明系我单位员工，月收入25000元。")
    second = text(
        "收入证明（续）",
        "特此证明，我单位对月收入负责。",
        "单位名称（盖章）：成都天府软件有限公司",
        "2026年10月28日",
    )
    found = MATERIAL.extract([first, second])
    assert len(found) == 1
    assert values(found[0])["monthly_income"] == "25000.00"
    assert values(found[0])["employer"] == "成都天府软件有限公司"


def test_a_doubtful_income_is_unread():
    """An amount of low confidence is told and not given."""
    lines = [n if "月均" not in n.text else line(n.text, n.box[0], n.box[1], 0.7) for n in WHOLE.lines]
    found = read(sheet(*lines))
    assert "monthly_income" not in found.fields
    assert "monthly_income" in [u.name for u in found.unread]


def test_other_papers_that_speak_of_income_are_not_claimed():
    """Tax records, statements, deposits, declarations of no marriage and cards."""
    others = [
        text("个人所得税纳税记录", "收入证明", "纳税人名称：王小明", "月收入 25000"),
        text("中国工商银行借记账户历史明细", "交易明细", "工资收入 25000.00"),
        text("存款证明", "兹证明王小明在我行存款25000元"),
        text("姓名王小明", "公民身份号码510107199001150010"),
        text("劳动合同", "甲方：成都天府软件有限公司", "乙方月工资25000元"),
    ]
    assert [recognise(page) for page in others] == [[]] * len(others)


def test_a_position_that_ends_like_a_cue_is_whole():
    """车间主任 before 职务 is a workshop's head, though 任职 would be a cue."""
    found = read(paper("兹证明王小明系我单位工作人员，目前担任车间主任职务，月收入8000元。"))
    assert found.text("position") == "车间主任"


def test_a_name_before_a_blank_is_the_name():
    """A blank left over after the filled-in name is no part of it, and 先生/女士 is nobody's name."""
    found = read(paper("兹证明王小明_先生/女士，身份证号码510107199001150010，系我单位员工，月收入8000元。"))
    assert found.text("name") == "王小明"


@pytest.mark.parametrize("printed", ["202610-28", "2026-1028"])
def test_a_date_that_lost_a_mark_under_the_seal_is_read(printed: str):
    """Eight digits with one of their two marks are one day and no other."""
    foot = ("单位名称（盖章）：成都天府软件有限公司", f"日期：{printed}")
    assert (
        read(paper("兹证明王小明系我单位员工，月收入8000元。", foot=foot)).text("issue_date") == "2026-10-28"
    )
