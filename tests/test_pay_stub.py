"""Payslips: recognised by their words, read in every layout by synonyms and geometry, never guessed."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.pay_stub import MATERIAL
from fixtures.papers import pay_stub as papers
from pipeline.cas import Cas
from pipeline.intake import open_file
from pipeline.model import Document, Line, Sheet
from pipeline.ocr import EngineSpec
from pipeline.reading import read_page
from pipeline.settings import Limits

WIDE = 6.0


def sheet(
    drawing: str, *, source: str = "text", page: int = 1, step: float = 18.0, sure: float = 1.0
) -> Sheet:
    """A sheet drawn with characters: a Latin one is 6 wide and a Chinese one 12; two blanks part the boxes."""
    lines = []
    for number, row in enumerate(drawing.strip("\n").split("\n")):
        edges = [0.0]
        for char in row:
            edges.append(edges[-1] + (2 * WIDE if ord(char) > 0x2E80 else WIDE))
        for m in re.finditer(r"\S+(?: \S+)*", row):
            box = (edges[m.start()], number * step, edges[m.end()], number * step + 12)
            lines.append(Line(m[0], box, sure))
    to_page = (1 / 900, 0, 0, 0, 1 / 1200, 0, 0, 0, 1)
    kind = "ocr" if source == "ocr" else "text"
    return Sheet("slip.pdf", page, 900, 1200, tuple(lines), kind, to_page)  # type: ignore[arg-type]


def read(*sheets: Sheet) -> list[Document]:
    """What the material makes of sheets that it claims."""
    assert all(MATERIAL.recognise(one) for one in sheets)
    return MATERIAL.gather(MATERIAL.extract(sheets))


def values(document: Document) -> dict[str, object]:
    """The plain fields of a document."""
    return {name: found.value for name, found in document.fields.items()}


def slips(document: Document) -> list[dict[str, object]]:
    """The payslips of a document, their cells' values."""
    return [{name: found.value for name, found in row.items()} for row in document.tables["payslips"]]


def items(document: Document) -> list[tuple[object, ...]]:
    """The printed lines of a document: label, amount, kind."""
    return [
        tuple(row[name].value for name in ("label", "amount", "kind")) for row in document.tables["items"]
    ]


COLUMNS = """
        南京云海科技有限公司
        二〇二六年九月工资条
姓名：王小明      工号：0032      部门：研发部
收入项目      金额        扣款项目        金额
基本工资      8,000.00    养老保险        960.00
岗位津贴      3,000.00    医疗保险        240.00
餐补          1,000.00    失业保险        60.00
                          住房公积金      1,440.00
                          个人所得税      129.00
应发合计      12,000.00   扣款合计        2,829.00
实发工资      9,171.00
"""

COLLEAGUES = """
                                 武汉大江物流有限公司2026年9月工资表
序号  工号    姓名      部门        基本工资      绩效       应发合计      社保       公积金       个税       实发合计      签字
1     0001    韩梅梅    财务部      10,000.00     2,000.00   12,000.00     1,260.00   1,440.00     129.00     9,171.00
2     0002    ***       研发部      8,000.00                 8,000.00      840.00     960.00       36.00      6,164.00
3     0003    李雷      研发部      8,000.00                 8,000.00      840.00     960.00       -          6,200.00
合计                                26,000.00     2,000.00   28,000.00     2,940.00   3,360.00     165.00     21,535.00
"""


def test_pairs_in_two_columns() -> None:
    """Labels and amounts in two columns of pairs are read, sums of deductions are no line, and the title names the month."""
    (document,) = read(sheet(COLUMNS))
    assert values(document) == {"employer": "南京云海科技有限公司", "name": "王小明"}
    assert slips(document) == [
        {
            "period": "2026-09", "gross_pay": "12000.00", "pension": "960.00", "medical": "240.00",
            "unemployment": "60.00", "housing_fund": "1440.00", "income_tax": "129.00", "net_pay": "9171.00",
        }
    ]  # fmt: skip
    assert ("餐补", "1000.00", "earning") in items(document)
    assert ("养老保险", "960.00", "deduction") in items(document)
    assert len(items(document)) == 8


def test_boxes_of_fields_are_their_places() -> None:
    """A field's box is that of its amount on the page, in fractions."""
    (document,) = read(sheet(COLUMNS))
    net = document.tables["payslips"][0]["net_pay"]
    assert net.box is not None
    x, y = (net.box[0] + net.box[2]) / 2 * 900, (net.box[1] + net.box[3]) / 2 * 1200
    assert 84 + 20 < x < 84 + 60
    assert 10 * 18 - 6 < y < 10 * 18 + 18


def test_colleagues_have_documents_of_their_own() -> None:
    """In a table of many employees each legible person is a document; masked rows and the sum are nobody's."""
    first, second = read(sheet(COLLEAGUES))
    assert values(first) == {"name": "韩梅梅", "employer": "武汉大江物流有限公司"}
    assert values(second)["name"] == "李雷"
    assert slips(first)[0]["net_pay"] == "9171.00"
    assert slips(second) == [
        {
            "period": "2026-09", "gross_pay": "8000.00", "social_insurance": "840.00", "housing_fund": "960.00",
            "net_pay": "6200.00",
        }
    ]  # fmt: skip


def test_masked_colleagues_are_never_the_applicant() -> None:
    """Where only one name is legible, the masked rows beside it are not taken for this person's months."""
    (document,) = read(sheet(COLLEAGUES.replace("李雷", "****")))
    assert len(slips(document)) == 1


def test_this_month_and_not_the_year() -> None:
    """Of the columns 本月 and 累计 the month's amounts are read, whatever the year's are."""
    (document,) = read(
        sheet("""
    工资单 2026年08月
员工姓名    李雷雷
公司        苏州远航机电有限公司
项目          本月          累计
应发工资      12,000.00     96,000.00
养老保险      960.00        7,680.00
公积金        1,440.00      11,520.00
个人所得税    129.00        1,032.00
累计应纳税所得额    37,368.00
实发工资      9,471.00      75,768.00
""")
    )
    (slip,) = slips(document)
    assert (slip["gross_pay"], slip["pension"], slip["net_pay"]) == ("12000.00", "960.00", "9471.00")
    assert "taxable_income" not in slip


def test_the_employers_part_is_no_deduction() -> None:
    """Columns 个人部分 and 单位部分 are told apart, and a base is no contribution."""
    (document,) = read(
        sheet("""
    薪资单
姓名  韩梅梅   月份  2026-08
应发工资      12,000.00
项目          基数        个人部分      单位部分
养老保险      12,000.00   960.00        1,920.00
住房公积金    12,000.00   1,440.00      1,440.00
失业保险      12,000.00
个人所得税    129.00
实发工资      9,471.00
""")
    )
    (slip,) = slips(document)
    assert (slip["pension"], slip["housing_fund"], slip["net_pay"]) == ("960.00", "1440.00", "9471.00")
    assert "unemployment" not in slip
    assert ("养老保险", "1920.00", "employer") in items(document)


def test_heads_over_heads() -> None:
    """个人 and 公司 below 养老保险 are the person's and the company's part of it."""
    (document,) = read(
        sheet(
            """
        2026年9月工资表
姓名     应发工资        养老保险                医疗保险              公积金               个税      实发工资
                       个人      公司         个人      公司        个人      公司
王五     12,000.00     960.00    1,920.00     240.00    1,020.00    1,440.00  1,440.00      129.00    9,231.00
""",
            step=24,
        )
    )
    assert slips(document) == [
        {
            "period": "2026-09", "gross_pay": "12000.00", "pension": "960.00", "medical": "240.00",
            "housing_fund": "1440.00", "income_tax": "129.00", "net_pay": "9231.00",
        }
    ]  # fmt: skip
    assert sum(kind == "employer" for _, _, kind in items(document)) == 3


def test_sections_of_a_screen() -> None:
    """Cards of a screen say whose lines they hold: insurance below 公司缴纳 is the company's, 累计信息 is none of the month."""
    (document,) = read(
        sheet("""
上海东方数码科技有限公司
2026年9月工资单
实发工资
9,171.00
收入明细
基本工资            12,000.00
应发工资            12,000.00
代扣明细
养老保险            960.00
公积金              1,440.00
个人所得税          129.00
其他扣款            300.00
公司缴纳
养老保险            1,920.00
公积金              1,440.00
累计信息
累计收入            96,000.00
""")
    )
    (slip,) = slips(document)
    assert (slip["pension"], slip["net_pay"], slip["other_deductions"]) == ("960.00", "9171.00", "300.00")
    assert [row for row in items(document) if row[2] == "employer"] == [
        ("养老保险", "1920.00", "employer"),
        ("公积金", "1440.00", "employer"),
    ]


def test_months_down_and_their_sum() -> None:
    """A table of months gives a slip a row; 小计 is none; a month without a year takes the title's."""
    (document,) = read(
        sheet("""
        成都锦绣食品有限公司2026年工资表
姓名：张三丰
月份      基本工资      奖金         应发          社保       公积金      个税       实发        发放日
1月       10,000.00     2,000.00     12,000.00     1,260.00   1,440.00    129.00     9,171.00    2026-02-10
2月       10,000.00     2,000.00     12,000.00     1,260.00   1,440.00    129.00     9,171.00    2026-03-10
三月      10,000.00                  10,000.00     1,260.00   1,440.00    69.00      7,231.00    2026-04-10
小计      30,000.00     4,000.00     34,000.00     3,780.00   4,320.00    327.00     25,573.00
""")
    )
    assert [row["period"] for row in slips(document)] == ["2026-01", "2026-02", "2026-03"]
    assert [row["pay_date"] for row in slips(document)] == ["2026-02-10", "2026-03-10", "2026-04-10"]
    assert slips(document)[2]["net_pay"] == "7231.00"
    assert len([row for row in items(document) if row[0] == "奖金"]) == 2


def test_months_across() -> None:
    """A table with a column for each month gives a slip a column."""
    (document,) = read(
        sheet("""
    武汉大江物流有限公司2026年工资明细表
姓名：韩梅梅
项目          7月         8月         9月
基本工资      12,000.00   12,000.00   13,000.00
应发合计      12,000.00   12,000.00   13,000.00
社保          1,260.00    1,260.00    1,260.00
个税          129.00      129.00      159.00
实发合计      10,611.00   10,611.00   11,581.00
""")
    )
    assert values(document) == {"employer": "武汉大江物流有限公司", "name": "韩梅梅"}
    assert [(row["period"], row["net_pay"]) for row in slips(document)] == [
        ("2026-07", "10611.00"),
        ("2026-08", "10611.00"),
        ("2026-09", "11581.00"),
    ]


def test_two_strips_of_one_slip() -> None:
    """A row that goes on in a second strip of heads and values is one slip."""
    (document,) = read(
        sheet("""
                   工资条
月份        姓名       部门       基本工资      岗位工资    餐补       应发工资
2026年9月   欧阳娜娜   销售部     10,000.00     1,500.00    500.00     12,000.00

养老保险    医疗保险   失业保险   公积金        个税        扣款合计   实发工资
960.00      240.00     60.00      1,440.00      129.00      2,829.00   9,171.00
""")
    )
    (slip,) = slips(document)
    assert (slip["period"], slip["gross_pay"], slip["net_pay"]) == ("2026-09", "12000.00", "9171.00")
    assert values(document)["name"] == "欧阳娜娜"


def test_a_letter() -> None:
    """A slip in an e-mail's sentences is read: the greeting names the person, the last line the company."""
    (document,) = read(
        sheet("""
张伟 您好：
您2026年9月的工资条如下，请查收。
应发工资：12,000.00元；养老保险：960.00元；医疗保险：240.00元；
失业保险：60.00元，住房公积金：1,440.00元，个人所得税：129.00元，
实发工资：9,171.00元，发放日期：2026年10月15日，账号：6222 0212 3456 7890 123。
北京远大科技有限公司人力资源部
""")
    )
    assert values(document) == {
        "employer": "北京远大科技有限公司",
        "name": "张伟",
        "bank_account": "6222021234567890123",
    }
    (slip,) = slips(document)
    assert (slip["period"], slip["pay_date"], slip["income_tax"]) == ("2026-09", "2026-10-15", "129.00")


def test_deductions_with_a_minus() -> None:
    """Deductions that are printed with a minus are positive in the slip."""
    (document,) = read(
        sheet("""
   工资条（2026年9月）
姓名: 李四    部门: 财务部
应发: 12000.00
社保代扣: -1260.00
公积金代扣: -1440.00
个税代扣: -129.00
实发: 9171.00
""")
    )
    (slip,) = slips(document)
    assert (slip["social_insurance"], slip["housing_fund"], slip["income_tax"]) == (
        "1260.00",
        "1440.00",
        "129.00",
    )


def test_english_slip() -> None:
    """An English slip is read by the same roles."""
    (document,) = read(
        sheet("""
        ABC Technology Co., Ltd.
        Pay Slip  September 2026
Employee Name:  Zhang San      Pay Date:  2026-10-10
Basic Salary       13,000.00      Pension            960.00
Gross Pay          13,000.00      Housing Fund       1,440.00
                                  Income Tax         129.00
Net Pay            10,471.00
""")
    )
    assert values(document) == {"employer": "ABC Technology Co., Ltd.", "name": "Zhang San"}
    (slip,) = slips(document)
    assert (slip["period"], slip["gross_pay"], slip["net_pay"]) == ("2026-09", "13000.00", "10471.00")


def test_arithmetic_chooses_between_two_columns() -> None:
    """Of two sums that may be the gross the one is taken with which gross − deductions = net; without proof neither."""
    drawing = """
2026年9月工资条   姓名：王小明
应发工资    12,500.00    应发合计    12,000.00
社保        1,260.00     公积金      1,440.00
个税        129.00       实发工资    9,171.00
"""
    (document,) = read(sheet(drawing))
    assert slips(document)[0]["gross_pay"] == "12000.00"
    (document,) = read(sheet(drawing.replace("9,171.00", "9,100.00")))
    assert "gross_pay" not in slips(document)[0]
    assert "gross_pay" in {gap.name for gap in document.unread}


def test_points_for_commas_need_a_proof() -> None:
    """An amount whose commas were read as points is given, and counts in full only where the sums close."""
    drawing = COLUMNS.replace("9,171.00", "9.171.00")
    (document,) = read(sheet(drawing, source="ocr", sure=0.995))
    net = document.tables["payslips"][0]["net_pay"]
    assert net.value == "9171.00"
    assert net.sure
    (document,) = read(sheet(drawing.replace("12,000.00", "12,100.00"), source="ocr", sure=0.995))
    assert not document.tables["payslips"][0]["net_pay"].sure


def test_a_lost_point_is_no_amount() -> None:
    """On OCR an amount without its point among amounts with points is unread, not a hundred times as much."""
    (document,) = read(sheet(COLUMNS.replace("9,171.00", "917100"), source="ocr"))
    assert "net_pay" not in slips(document)[0]
    assert "net_pay" in {gap.name for gap in document.unread}


def test_doubtful_lines_are_unread() -> None:
    """Below 0.80 an amount is noted as printed, not given, but where a sum of the slip closes with it to the cent."""
    page = sheet(COLUMNS.replace("9,171.00", "9,177.00"), source="ocr")
    lines = tuple(replace(n, confidence=0.5) if n.text == "9,177.00" else n for n in page.lines)
    (document,) = read(replace(page, lines=lines))
    assert "net_pay" not in slips(document)[0]
    assert "net_pay" in {gap.name for gap in document.unread}
    page = sheet(COLUMNS, source="ocr")
    lines = tuple(replace(n, confidence=0.5) if n.text in ("9,171.00", "1,000.00") else n for n in page.lines)
    (document,) = read(replace(page, lines=lines))
    net = document.tables["payslips"][0]["net_pay"]
    assert (net.value, net.confidence, net.inferred) == ("9171.00", 0.98, True)
    assert ("餐补", "1000.00", "earning") in items(document)
    assert not document.unread


def test_labels_glued_by_the_engine() -> None:
    """Labels in one box are cut at known words, also where a character is misread; where they can't be, two columns below
    one label are neither of it."""
    (document,) = read(
        sheet("""
2026年9月工资条
姓名      应发工资      养老保险医疗保险失业保险      个税        实发工资
王小明    12,000.00     960.00  240.00  60.00         129.00      10,611.00
""")
    )
    (slip,) = slips(document)
    assert (slip["pension"], slip["medical"], slip["unemployment"]) == ("960.00", "240.00", "60.00")
    (document,) = read(
        sheet("""
2026年9月工资条
姓名      应发工资      代扣个☑其他扣款      养老保险    公积金      实发工资
王小明    12,000.00     129.00    20.00      960.00      1,440.00    9,451.00
""")
    )
    (slip,) = slips(document)
    assert (slip["income_tax"], slip["other_deductions"]) == ("129.00", "20.00")
    (document,) = read(
        sheet("""
2026年9月工资条
姓名      应发工资      代☑☑☑其他扣☑      养老保险    公积金      实发工资
王小明    12,000.00     129.00    20.00      960.00      1,440.00    9,451.00
""")
    )
    (slip,) = slips(document)
    assert "income_tax" not in slip
    assert "other_deductions" not in slip
    assert (slip["pension"], slip["net_pay"]) == ("960.00", "9451.00")


def test_a_month_without_any_year_is_unread() -> None:
    """A month is given only where its year is printed, or follows from the printed day of payment."""
    drawing = """
工资条
姓名  王小明   月份  12月
应发工资  12,000.00   社保  1,260.00   个税  129.00   实发工资  10,611.00
"""
    (document,) = read(sheet(drawing))
    assert "period" not in slips(document)[0]
    (document,) = read(sheet(drawing + "发放日期  2027-01-10"))
    assert slips(document)[0]["period"] == "2026-12"


def test_slips_of_one_person_are_one_document() -> None:
    """Payslips in several files are one document of a person and employer; the same month sent twice stays apart."""
    one = sheet(COLUMNS)
    two = replace(sheet(COLUMNS.replace("九月", "十月")), file="other.pdf")
    again = replace(one, file="again.pdf")
    documents = [*MATERIAL.extract([one]), *MATERIAL.extract([two])]
    (document,) = MATERIAL.gather(documents)
    assert [row["period"] for row in slips(document)] == ["2026-09", "2026-10"]
    assert document.pages == (("slip.pdf", 1), ("other.pdf", 1))
    assert len(MATERIAL.gather([*documents, *MATERIAL.extract([again])])) == 2
    stranger = MATERIAL.extract([sheet(COLUMNS.replace("王小明", "李小明"))])
    assert len(MATERIAL.gather([*documents, *stranger])) == 2
    elsewhere = MATERIAL.extract([sheet(COLUMNS.replace("南京云海", "南京星海").replace("九月", "八月"))])
    assert len(MATERIAL.gather([*documents, *elsewhere])) == 2


@pytest.mark.parametrize(
    "drawing",
    [
        "中国农业银行账户活期交易明细清单\n户名：王小明   账户：6228480000033569617\n"
        "交易日期   交易摘要   交易金额   本次余额\n20260910   代发工资   9,171.00   10,000.00",
        "中华人民共和国个人所得税纳税记录\n纳税人名称：王小明\n申报日期   实缴金额   所得项目   税款所属期\n2026-09-10   129.00   工资薪金   2026-08",
        "收入证明\n兹证明王小明为我单位员工，月均税前收入 12,000.00 元，实发工资 9,171.00 元。\n特此证明\n南京云海科技有限公司",
        "社会保险参保缴费证明\n姓名   王小明\n月份   缴费基数   养老个人   养老单位   医疗个人\n2026-08   12,000.00   960.00   1,920.00   240.00",
    ],
    ids=["bank statement", "tax record", "income certificate", "social insurance"],
)
def test_other_papers_are_not_claimed(drawing: str) -> None:
    """Papers that speak of pay without being slips are not claimed."""
    assert MATERIAL.recognise(sheet(drawing)) == []


def text_sheets(data: bytes, folder: Path) -> Sequence[Sheet]:
    """The sheets of a PDF's text layer; no engine is needed for them."""
    path = folder / "slip.pdf"
    path.write_bytes(data)
    opened = open_file(path, path.name, Limits(), ())
    numbers = range(1, opened.page_count + 1)
    pages = [read_page(path, opened, n, EngineSpec("blank", "1"), Cas(folder / "kept")) for n in numbers]
    return [one for page in pages for one in page.sheets]


@pytest.mark.parametrize("layout", papers.LAYOUTS)
def test_drawn_papers_are_read_whole(layout: str, tmp_path: Path) -> None:
    """Every value that a drawn text PDF prints is read, and none besides."""
    for seed in range(2):
        paper = papers.draw(layout, papers.invent(random.Random(f"{layout}/{seed}")), seed, kind="pdf")
        assert isinstance(paper.pages, bytes)
        (document,) = read(*text_sheets(paper.pages, tmp_path))
        assert values(document) == paper.truth["fields"]
        assert slips(document) == [dict(row) for row in paper.truth["tables"]["payslips"]]
        told = [
            tuple(row[name] for name in ("label", "amount", "kind"))
            for row in paper.truth["tables"].get("items", ())
        ]
        assert [row for row in items(document) if row in told] == told
