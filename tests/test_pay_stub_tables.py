"""Pay tables as scans show them: heads in several rows, glued or misread, masked colleagues, spaced labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.pay_stub import MATERIAL
from extractors.pay_stub.labels import meaning
from extractors.pay_stub.parts import split
from pipeline.model import Document, Sheet
from tests import lay
from tests.test_pay_stub import items, read, sheet, slips, values

HEAD = (
    ("工资月", 200, 92), ("代扣", 640, 92), ("其他扣", 710, 92),
    ("工号", 30, 97), ("姓名", 80, 97), ("部门", 130, 97), ("份", 210, 103), ("应发合计", 270, 97), ("养老保险", 350, 97),
    ("公积金", 430, 97), ("实发金额", 520, 97), ("个税", 640, 103), ("款", 720, 103),
)  # fmt: skip
ROW = (
    ("0426", 30, 120), ("白溪语", 80, 120), ("行政部", 130, 120), ("202509", 200, 120), ("5,200.00", 270, 120),
    ("416.00", 350, 120), ("260.00", 430, 120), ("4,470.00", 520, 120), ("34.00", 640, 120), ("20.00", 710, 120),
)  # fmt: skip


def scan(*lines: tuple[str, float, float]) -> Sheet:
    """A scanned sheet with a title above these lines."""
    return lay.sheet(("拉萨德诚医药股份有限公司工资明细", 200, 60), *lines, width=800)


def test_a_head_whose_rows_begin_with_wrapped_words_is_one_head() -> None:
    """The rows of a head are found from the values below them, though the words of wrapped cells look like pairs."""
    (document,) = read(scan(*HEAD, *ROW))
    assert values(document) == {"name": "白溪语", "employer": "拉萨德诚医药股份有限公司"}
    assert slips(document) == [
        {
            "period": "2025-09", "gross_pay": "5200.00", "pension": "416.00", "housing_fund": "260.00",
            "income_tax": "34.00", "other_deductions": "20.00", "net_pay": "4470.00",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("masked", ["***", "宗水宗", "★女★"])
def test_masked_colleagues_before_the_row_end_no_table(masked: str) -> None:
    """Cells of stars are read as anything; a head holds on over such rows to the one that can be read."""
    colleagues = [
        (masked if n else f"{k}号*", x, 120 + 16 * k) for k in range(4) for n, (_, x, _) in enumerate(ROW[1:])
    ]
    mine = [(text, x, 200) for text, x, _ in ROW]
    (document,) = read(scan(*HEAD, *colleagues, *mine))
    assert [slip["net_pay"] for slip in slips(document)] == ["4470.00"]
    assert slips(document)[0]["period"] == "2025-09"


def test_glued_wrapped_heads_are_cut_where_both_parts_are_labels() -> None:
    """Two heads read as one line are cut so that each part makes a label with the words wrapped below it."""
    heads = [h for h in HEAD if h[0] not in ("代扣", "其他扣", "个税", "款")]
    glued = [("代扣其他扣", 655.0, 92.0), ("个税", 655.0, 103.0), ("款", 685.0, 103.0)]
    amounts = [("34.00", 652.0, 120.0), ("20.00", 690.0, 120.0)]
    (document,) = read(scan(*glued, *heads, *ROW[:-2], *amounts))
    assert (slips(document)[0]["income_tax"], slips(document)[0]["other_deductions"]) == ("34.00", "20.00")


def test_a_group_that_stands_close_over_a_wrapped_label_is_no_part_of_it() -> None:
    """扣款项目 near above 公积金(个 | 人) is the head of a group, not the label's first line."""
    (document,) = read(
        scan(
            ("应发项目", 120, 84), ("扣款项目", 330, 84),
            ("姓名", 30, 100), ("月份", 80, 100), ("基本工资", 130, 100), ("应发工资", 200, 100), ("养老", 275, 100),
            ("公积金(个", 322, 94), ("人)", 335, 106), ("个税", 400, 100), ("实发工资", 460, 100),
            ("白溪语", 30, 124), ("202509", 75, 124), ("5,200.00", 130, 124), ("5,200.00", 200, 124), ("416.00", 270, 124),
            ("260.00", 328, 124), ("34.00", 400, 124), ("4,490.00", 460, 124),
        )
    )  # fmt: skip
    assert slips(document)[0]["housing_fund"] == "260.00"
    assert slips(document)[0]["net_pay"] == "4490.00"


def test_a_label_lost_in_one_month_is_told_by_the_others() -> None:
    """Strips of several months have the same head: what is misread in one is known from the others of the scan."""
    strip = """
        长沙云海科技有限公司2026年{n}月工资条
姓名      基本工资      工龄工资    应发工资      养老保险    公积金      实发工资
王小明    8,000.00      500.00      8,500.00      680.00      1,020.00    6,800.00
"""
    months = [strip.format(n=n) for n in (1, 2, 3, 4)]
    months[1] = months[1].replace("工龄工资", "工站工资").replace("公积金", "公☑☑")
    (document,) = read(sheet("".join(months), source="ocr", sure=0.99))
    assert [slip["housing_fund"] for slip in slips(document)] == ["1020.00"] * 4
    assert items(document).count(("工龄工资", "500.00", "earning")) == 4


def test_a_spaced_label_is_whole_again() -> None:
    """姓    名 comes as two pieces where blanks stand between its characters; the name behind it is read."""
    (document,) = read(
        sheet("""
        长沙云海科技有限公司2026年1月工资条
姓  名：王小明
应发工资：8,500.00
代扣公积金：1,020.00
实发工资：7,480.00
""")
    )
    assert values(document)["name"] == "王小明"


def test_the_year_stands_in_a_column_of_its_own() -> None:
    """Year and month in two columns are one month; a bare number under 月份 is none without it."""
    table = """
        长沙云海科技有限公司工资明细
姓名：王小明
年份      月份      应发工资      公积金      实发工资
2025      12        8,500.00      1,020.00    7,480.00
2026      1         8,600.00      1,020.00    7,580.00
"""
    (document,) = read(sheet(table))
    assert [slip["period"] for slip in slips(document)] == ["2025-12", "2026-01"]
    (document,) = read(
        sheet(table.replace("年份", "工号").replace("2025  ", "0142  ").replace("2026  ", "0142  "))
    )
    assert all("period" not in slip for slip in slips(document))


def test_a_further_card_of_a_screen_is_part_of_the_slip() -> None:
    """Where the cards of a screen are found as sheets of their own, the one with the deductions alone is claimed too."""
    card = sheet("""
扣除项
代扣社保      3,223.50
住房公积金    2,456.00
代扣个税      3,949.10
""")
    assert not MATERIAL.recognise(card)
    assert MATERIAL.recognise(replace(card, index=1))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("会计 底薪", ["会计", "底薪"]),
        ("严明☑通讯补贴", ["严明", "通讯补贴"]),
        ("岗位 工资", ["岗位 工资"]),
        ("住房 公积金", ["住房 公积金"]),
    ],
)
def test_a_label_behind_anothers_value_is_cut_off(text: str, parts: list[str]) -> None:
    """A blank or a stray mark before a known wording ends the value before it, and cuts no label in two."""
    assert [n.text for n in split([lay.line(text, 0, 0)])] == parts


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("公积金(个N", "housing_fund"), ("养老保险8%", "pension"), ("扣：医疗", "medical"), ("代扣税金", "income_tax"),
        ("个人所得税（工资）", "income_tax"), ("实际到账金额", "net_pay"), ("税前应发", "gross_pay"), ("应发净额", "net_pay"),
        ("公积金(补缴)", "item"), ("职务津贴", "item"), ("出勤奖", "item"), ("出勤天数", "skip"), ("扣项合计", "total"),
    ],
)  # fmt: skip
def test_wordings(label: str, role: str) -> None:
    """Labels mean what payroll programs mean by them, whatever stands around the word."""
    found = meaning(label)
    assert found is not None
    assert found.role == role


def test_nobody_is_lost_in_silence() -> None:
    """A document of a colleague's row is told apart from the applicant's, each with its own month."""
    documents: list[Document] = read(
        scan(*HEAD, *ROW, *((t if t != "白溪语" else "李雷", x, 140) for t, x, _ in ROW))
    )
    assert [values(d)["name"] for d in documents] == ["白溪语", "李雷"]
    assert [slips(d)[0]["net_pay"] for d in documents] == ["4470.00", "4470.00"]


def test_a_slip_whose_title_is_lost_takes_no_month_of_the_one_before() -> None:
    """A screen without its title is a slip of its own, without a month; what the page before says is not its."""
    page = """
{title}
实发合计
{net}
王小明  德诚软件有限公司
税前合计      8,500.00
公积金        1,020.00
发放日期      {day}
"""
    first = sheet(page.format(title="2026年2月工资条", net="7,480.00", day="2026年3月5日"), source="ocr")
    second = sheet(page.format(title="", net="7,482.00", day="2026年4月3日"), source="ocr", page=2)
    (document,) = MATERIAL.extract([first, second])
    one, two = slips(document)
    assert (one["period"], one["net_pay"], one["pay_date"]) == ("2026-02", "7480.00", "2026-03-05")
    assert (two.get("period"), two["net_pay"], two["pay_date"]) == (None, "7482.00", "2026-04-03")


def test_masked_colleagues_whose_stars_are_read_as_zeros_are_nobody() -> None:
    """A row of 王** beside a legible one is no person's pay, whatever its stars are read as."""
    masked = [
        ("0427" if n == 0 else "王**" if n == 1 else "000", x, 120.0) for n, (_, x, _) in enumerate(ROW)
    ]
    mine = [(text, x, 136.0) for text, x, _ in ROW]
    (document,) = read(scan(*HEAD, *masked, *mine))
    assert values(document)["name"] == "白溪语"
    assert [slip["net_pay"] for slip in slips(document)] == ["4470.00"]


def test_rows_of_pay_without_a_head_are_told() -> None:
    """A row of amounts under no head is not passed over in silence: the document says that rows are lost."""
    drawing = """
        长沙云海科技有限公司2026年1月工资条
姓名：王小明    应发工资：8,500.00    实发工资：7,480.00




☑☑☑☑    8,600.00    1,020.00    7,580.00    8,600.00    1,020.00
"""
    (document,) = read(sheet(drawing, source="ocr", sure=0.99))
    assert document.notes["rows_lost"] == 1
    assert "payslips" in {gap.name for gap in document.unread}


def test_a_faint_table_of_months_is_read() -> None:
    """A head that is no word over a column of months is the period's, a blank in the place of a point is one where the
    sum proves it, and a stray number in the head ends nothing."""
    head = [("月☑" if t == "工资月" else t, x, y) for t, x, y in HEAD if t != "份"]
    faint = [("5,200 00" if t == "5,200.00" else t, x, y) for t, x, y in ROW]
    (document,) = read(scan(*head, ("08", 590, 103), *faint))
    (slip,) = slips(document)
    assert (slip["period"], slip["gross_pay"], slip["net_pay"]) == ("2025-09", "5200.00", "4470.00")


@pytest.mark.parametrize(
    ("beside", "name", "sure"),
    [("付翔", "付翔", 0.99), ("扎西次仁", "扎西次仁", 0.9), ("研发二部", None, 0.0), ("查看明细", None, 0.0)],
)
def test_a_name_without_a_label_before_the_company(beside: str, name: str | None, sure: float) -> None:
    """What stands before the company in its line is the person's name; with no known surname it accuses nobody."""
    drawing = f"""
2026年2月工资条
{beside}  德诚软件有限公司
应发工资      8,500.00
公积金        1,020.00
实发工资      7,480.00
"""
    (document,) = MATERIAL.extract([sheet(drawing, source="ocr", sure=0.99)])
    found = document.fields.get("name")
    assert (found.value if found else None, found.confidence if found else 0.0) == (name, sure)


def test_a_lone_nought_read_as_a_letter_is_one() -> None:
    """O in the place of an amount is nought: in full where a sum proves it, else in doubt."""
    drawing = """
2026年2月工资条
姓名          王小明
应发工资      5,000.00
公积金        400.00
个人所得税    O
实发工资      {net}
"""
    (document,) = MATERIAL.extract([sheet(drawing.format(net="4,600.00"), source="ocr", sure=0.99)])
    tax = document.tables["payslips"][0]["income_tax"]
    assert (tax.value, tax.confidence) == ("0.00", 0.99)
    (document,) = MATERIAL.extract([sheet(drawing.format(net="4,500.00"), source="ocr", sure=0.99)])
    assert document.tables["payslips"][0]["income_tax"].confidence < 0.98
