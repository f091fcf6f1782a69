"""Shapes in which pay is printed: tables on their side, amounts over labels, slips beside each other, running text."""

from __future__ import annotations

import pytest

from extractors.pay_stub import MATERIAL
from tests import lay
from tests.test_pay_stub import items, read, sheet, slips, values

SIDE = """
    武汉大江物流有限公司{title}工资明细表
员工姓名：韩梅梅
{head}
        基本工资      12,000.00   12,000.00   13,000.00   37,000.00
收入    奖励          500.00                  100.00      600.00
        应发合计      12,500.00   12,000.00   13,100.00   37,600.00
        社保          1,260.00    1,260.00    1,260.00    3,780.00
扣除    个税          129.00      129.00      159.00      417.00
        发放日期      2025-12-10  2026-01-10  2026-02-10
        实发合计      11,111.00   10,611.00   11,681.00   33,403.00
"""


@pytest.mark.parametrize(
    ("title", "head", "months"),
    [
        ("", "        所属期        2025/11     2025/12     2026/01     合计", ["2025-11", "2025-12", "2026-01"]),
        ("2025至2026年", "        项目          11月        12月        1月         合计", ["2025-11", "2025-12", "2026-01"]),
        ("2026年", "        项目          11月        12月        1月         合计", [None, None, None]),
    ],
)  # fmt: skip
def test_months_beside_each_other_under_any_head(title: str, head: str, months: list[str | None]) -> None:
    """A column is a month's slip, sums of all months are nobody's; months without a year run on over the years that the paper
    names, and are not told where these are too few."""
    (document,) = read(sheet(SIDE.format(title=title, head=head)))
    assert values(document) == {"employer": "武汉大江物流有限公司", "name": "韩梅梅"}
    assert [slip.get("period") for slip in slips(document)] == months
    assert [slip["net_pay"] for slip in slips(document)] == ["11111.00", "10611.00", "11681.00"]
    assert [slip["pay_date"] for slip in slips(document)] == ["2025-12-10", "2026-01-10", "2026-02-10"]


def test_people_beside_each_other() -> None:
    """A row of names over rows of parts is a table on its side: each column is that person's slip."""
    documents = read(
        sheet("""
        武汉大江物流有限公司2026年3月工资表
姓名          韩梅梅      李雷        古丽·买买提
部门          财务部      销售部      研发部
应发合计      12,500.00   9,000.00    13,100.00
社保          1,260.00    945.00      1,260.00
实发合计      11,240.00   8,055.00    11,840.00
""")
    )
    assert [(values(d)["name"], slips(d)[0]["net_pay"], slips(d)[0]["period"]) for d in documents] == [
        ("韩梅梅", "11240.00", "2026-03"),
        ("李雷", "8055.00", "2026-03"),
        ("古丽·买买提", "11840.00", "2026-03"),
    ]


def test_amounts_over_their_labels() -> None:
    """Where a row of amounts opens and a row of labels ends, each amount is its lower neighbour's."""
    (document,) = read(
        sheet("""
        武汉大江物流有限公司
        2026年3月工资条
9,171.00      12,000.00     960.00
实发工资      应发工资      养老保险
240.00        60.00         1,440.00
医疗保险      失业保险      公积金
""")
    )
    assert slips(document)[0]["net_pay"] == "9171.00"
    assert slips(document)[0]["housing_fund"] == "1440.00"
    assert slips(document)[0]["medical"] == "240.00"


def test_slips_beside_each_other_are_months_of_their_own() -> None:
    """Labels that stand again at the right, about as high, begin a second slip there."""
    (document,) = read(
        sheet("""
武汉大江物流有限公司                      武汉大江物流有限公司
2026年3月工资条                           2026年4月工资条
姓名：韩梅梅                              姓名：韩梅梅
应发工资            12,500.00             应发工资            12,000.00
社保                1,260.00              缺勤扣款            100.00
公积金              1,440.00              社保                1,260.00
实发工资            9,800.00              公积金              1,440.00
                                          实发工资            9,200.00
""")
    )
    assert [(slip["period"], slip["net_pay"]) for slip in slips(document)] == [
        ("2026-03", "9800.00"),
        ("2026-04", "9200.00"),
    ]


def test_a_message_goes_on_over_the_ends_of_its_lines() -> None:
    """An amount, a label and a month that break over a line's end are whole again."""
    (document,) = read(
        sheet("""
【武汉大江物流有限公司】尊敬的韩梅梅，您2026年0
3月工资已发放：基本工资12,000.00元，养老保
险960.00元，医疗保险240.00元，实发工资10,8
00.00元。
""")
    )
    assert values(document) == {"name": "韩梅梅", "employer": "武汉大江物流有限公司"}
    assert slips(document) == [
        {"period": "2026-03", "pension": "960.00", "medical": "240.00", "net_pay": "10800.00"}
    ]


def test_kinds_and_rates_between_a_label_and_its_amount() -> None:
    """A word that tells the kind of a line, or a rate, is no label; it tells the kind of a line that nobody knows."""
    (document,) = read(
        sheet("""
        武汉大江物流有限公司2026年3月工资条
姓名：韩梅梅
序号    工资项目      类型        金额(元)      备注
1       基本工资      发放        12,000.00
2       星火计划      发放        300.00
险种          缴费基数      个人比例    个人缴费    单位比例    单位缴费
养老保险      12,000.00     8%          960.00      16%         1,920.00
医疗保险      12,000.00     2%          240.00      9%          1,080.00
应发工资                                            12,300.00
实发工资                                            11,100.00
""")
    )
    assert slips(document) == [
        {
            "period": "2026-03",
            "gross_pay": "12300.00",
            "pension": "960.00",
            "medical": "240.00",
            "net_pay": "11100.00",
        }
    ]
    assert ("星火计划", "300.00", "earning") in items(document)
    assert ("养老保险", "1920.00", "employer") in items(document)


def test_the_month_paid_for_is_told_from_the_month_of_payment() -> None:
    """Of 发放月份 and 所属月份 the latter is the slip's month; a month from its first to its last day is that month."""
    for period in ("2026年2月", "2026-02-01 至 2026-02-28"):
        (document,) = read(
            sheet(f"""
        武汉大江物流有限公司工资条
姓名：韩梅梅
发放月份          2026年3月
工资所属月份      {period}
应发工资          12,300.00
社保              1,260.00
实发工资          11,040.00
""")
        )
        assert [slip["period"] for slip in slips(document)] == ["2026-02"]


def test_two_rows_of_labels_over_two_rows_of_values_to_each_person() -> None:
    """Each person has a row of values for each row of labels; a name between the two rows belongs to both."""
    rows = []
    for n, (name, net) in enumerate((("韩梅梅", "9,800.00"), ("李雷", "8,300.00"))):
        y = 120 + 36 * n
        rows += [("12,500.00", 120, y), ("300.00", 200, y), ("12,800.00", 280, y), (name, 30, y + 9)]
        rows += [("1,260.00", 120, y + 18), ("1,440.00", 200, y + 18), (net, 280, y + 18)]
    documents = read(
        lay.sheet(
            ("武汉大江物流有限公司2026年3月工资表", 100, 40),
            ("基本工资", 120, 84), ("餐补", 200, 84), ("应发合计", 280, 84), ("姓名", 30, 93),
            ("社保", 120, 102), ("公积金", 200, 102), ("实发合计", 280, 102), *rows,
        )
    )  # fmt: skip
    assert [(values(d)["name"], slips(d)[0]["social_insurance"], slips(d)[0]["net_pay"]) for d in documents] == [
        ("韩梅梅", "1260.00", "9800.00"),
        ("李雷", "1260.00", "8300.00"),
    ]  # fmt: skip


def test_labels_written_downwards() -> None:
    """Characters that stand close below each other are one label."""
    heads = {"姓名": 40, "应发工资": 100, "代扣社保": 180, "个税": 260, "实发工资": 340}
    down = [(char, float(x), 80.0 + 11 * n) for label, x in heads.items() for n, char in enumerate(label)]
    values_ = zip(("韩梅梅", "12,500.00", "1,260.00", "129.00", "11,111.00"), heads.values(), strict=True)
    (document,) = read(
        lay.sheet(
            ("武汉大江物流有限公司2026年3月工资条", 100, 40),
            *down,
            *((t, x - 10.0, 132.0) for t, x in values_),
        )
    )
    assert values(document)["name"] == "韩梅梅"
    assert slips(document)[0]["income_tax"] == "129.00"
    assert slips(document)[0]["net_pay"] == "11111.00"


def test_amounts_at_the_right_of_wide_cells_whose_labels_are_in_the_middle() -> None:
    """Amounts that all stand as far at the right of their labels belong to these, though others stand nearer."""
    labels = ("应发工资", "养老", "医疗", "失业", "公积金", "个税", "实发工资")
    amounts = ("12,500.00", "960.00", "240.00", "60.00", "1,440.00", "129.00", "9,671.00")
    heads = [(t, 100 + 120 * n - 5 * len(t), 80) for n, t in enumerate(labels)]
    row = [(t, 100 + 120 * n + 56 - 5 * len(t), 100) for n, t in enumerate(amounts)]
    (document,) = read(lay.sheet(("武汉大江物流有限公司2026年3月工资条", 300, 40), *heads, *row, width=900))
    assert list(slips(document)[0].values())[1:] == [a.replace(",", "") for a in amounts]


TEAM = """
        武汉大江物流有限公司2026年3月工资表
姓名      应发工资      养老      医疗      公积金      个税      实发工资
韩梅梅    12,500.00     960.00    240.00    1,440.00    129.00    9,731.00
李雷      9,000.00      720.00    180.00    1,080.00    30.00     6,990.00
"""
REST = """
王小明    8,000.00      640.00    160.00    960.00      0.00      6,240.00
古丽      7,000.00      560.00    140.00    840.00      0.00      5,460.00
"""


def test_a_table_goes_on_over_the_page_without_its_head() -> None:
    """Rows of amounts behind a page of payslips are read under its head; a picture, whose columns may have moved, is not
    claimed."""
    whole = [sheet(TEAM), sheet(REST, page=2)]
    assert [claim.alone for one in whole for claim in MATERIAL.recognise(one)] == [True, False]
    documents = read(*whole)
    assert [(values(d)["name"], slips(d)[0]["net_pay"]) for d in documents][2:] == [
        ("王小明", "6240.00"),
        ("古丽", "5460.00"),
    ]
    assert not MATERIAL.recognise(sheet(REST, source="ocr"))


def test_columns_of_the_year_beside_those_of_the_month() -> None:
    """Under 本年累计 stand no amounts of the month, whatever their labels."""
    (document,) = read(
        sheet("""
                    武汉大江物流有限公司2026年3月工资条
                        本月                                本年累计
姓名      应发工资      社保      实发工资      应发工资      社保      实发工资
韩梅梅    12,500.00     960.00    11,540.00     37,500.00     2,880.00  34,620.00
""")
    )
    assert [(slip["gross_pay"], slip["net_pay"]) for slip in slips(document)] == [("12500.00", "11540.00")]


def test_months_without_a_head_over_them() -> None:
    """A column of months under no head tells each row's month; 季度小计 is nobody's."""
    (document,) = read(
        sheet("""
        武汉大江物流有限公司
        韩梅梅工资明细表
              应发工资      社保      实发工资
2026/01       12,500.00     960.00    11,540.00
2026/02       12,000.00     960.00    11,040.00
一季度小计    24,500.00     1,920.00  22,580.00
2026/03       12,100.00     960.00    11,140.00
""")
    )
    assert [(s["period"], s["net_pay"]) for s in slips(document)] == [
        ("2026-01", "11540.00"),
        ("2026-02", "11040.00"),
        ("2026-03", "11140.00"),
    ]
    assert document.fields["name"].value == "韩梅梅"
    assert document.fields["name"].confidence < 0.98


def test_an_amount_under_a_standard_is_not_the_months() -> None:
    """Where 标准 and 本月 stand beside each other, an amount under 标准 alone is none of the month; points lead to an amount."""
    (document,) = read(
        sheet("""
        武汉大江物流有限公司2026年3月工资条
姓名：韩梅梅
项目          标准          本月发放
基本工资      12,000.00     12,000.00
高温补贴      300.00
应发工资                    12,000.00
社保..........................¥960.00元
实发工资                    11,040.00
""")
    )
    assert items(document) == [("基本工资", "12000.00", "earning")]
    assert slips(document)[0]["social_insurance"] == "960.00"


def test_heads_of_groups_that_are_labels_too() -> None:
    """应发 and 扣款 beside each other, over several labels each, are heads of groups: no column of their own, no part of the
    label below."""
    labels = (
        ("姓名", 40),
        ("基本工资", 100),
        ("满勤奖", 180),
        ("应发合计", 250),
        ("社保", 340),
        ("个税", 400),
        ("实发", 460),
    )
    row = ("韩梅梅", "9,000.00", "300.00", "9,300.00", "960.00", "30.00", "8,310.00")
    amounts = [(text, x - 5.0, 116.0) for text, (_, x) in zip(row, labels, strict=True)]
    heads = [(text, float(x), 96.0) for text, x in labels]
    (document,) = read(
        lay.sheet(
            ("武汉大江物流有限公司2026年3月工资条", 150, 40),
            ("应发", 185, 84),
            ("扣款", 375, 84),
            *heads,
            *amounts,
        )
    )
    assert ("满勤奖", "300.00", "earning") in items(document)
    assert slips(document)[0]["gross_pay"] == "9300.00"


def test_what_stands_in_one_line_is_told_apart() -> None:
    """Labels behind single blanks, a name's number, a unit of amounts, a label within a title: each is what it is."""
    (document,) = read(
        sheet("""
武汉大江物流有限公司姓名：韩梅梅工资条
2026年3月        单位：人民币元
部门：研发部 员工：韩梅梅（0032） 工号：0032 开户行：招商银行 卡号：6214 8301 2345 6789
应发合计        12,000.00
公积金        1,440.00
实发工资        10,560.00
""")
    )
    assert values(document) == {
        "employer": "武汉大江物流有限公司", "name": "韩梅梅", "bank_account": "6214830123456789",
    }  # fmt: skip
    assert slips(document) == [
        {"period": "2026-03", "gross_pay": "12000.00", "housing_fund": "1440.00", "net_pay": "10560.00"}
    ]


def test_a_sum_under_what_is_earned_is_the_gross_pay() -> None:
    """合计 in the column of what is earned is the gross, 合计 in that of what is taken is none of the slip; a month without a
    year is the last one before the pay was paid."""
    (document,) = read(
        sheet("""
        武汉大江物流有限公司工资条
姓名：韩梅梅        月份：12        发放日期：2026-01-10
收入              金额        扣除             金额
基本工资          8,000.00    养老             960.00
奖金              4,000.00    医疗             240.00
合计              12,000.00   合计             1,200.00
实发                          10,800.00
""")
    )
    assert slips(document) == [
        {
            "period": "2025-12", "pay_date": "2026-01-10", "gross_pay": "12000.00", "pension": "960.00", "medical": "240.00",
            "net_pay": "10800.00",
        }
    ]  # fmt: skip


def test_the_gross_below_the_net_of_a_screen_is_no_row_of_sums() -> None:
    """应发合计 below a screen's large net pay is a label, though rows of sums begin like it."""
    (document,) = read(
        sheet("""
工资条
武汉大江物流有限公司
2026年3月
实发工资(元)
10,740.00
已确认
应发合计          12,000.00
社保              1,260.00
""")
    )
    assert slips(document)[0]["gross_pay"] == "12000.00"


@pytest.mark.parametrize("offsets", [(30, 30, 50, 50), (30, 50, 50, 10), (30, 50, 70, 50)])
def test_sums_decide_between_the_nearest_label_and_the_next_in_order(offsets: tuple[int, ...]) -> None:
    """Amounts that stand unevenly beside as many labels are given to these in order where their sums close so, and where
    they do not nobody is given another's amount."""
    labels, amounts = ("应发工资", "社保", "个税", "实发工资"), ["12,500.00", "960.00", "129.00", "11,411.00"]
    for net, sure in (("11,411.00", True), ("9,000.00", False)):
        amounts[3] = net
        heads = [(t, 100 + 80 * n - 5 * len(t), 80) for n, t in enumerate(labels)]
        row = [(t, 100 + 80 * n + offsets[n] - 2.5 * len(t), 100) for n, t in enumerate(amounts)]
        (document,) = read(
            lay.sheet(("武汉大江物流有限公司2026年3月工资条", 100, 40), *heads, *row, width=700)
        )
        own = {"gross_pay": "12500.00", "social_insurance": "960.00", "income_tax": "129.00"}
        own |= {"net_pay": net.replace(",", "")}
        found = {k: v for k, v in slips(document)[0].items() if k != "period"}
        assert found == own if sure else found.items() < own.items()


def test_other_writings_of_money_and_one_title_over_two_people() -> None:
    """RMB and 人民币 before an amount are none of its label; the second person has the title's month and company; what an
    employer has no part in ends the employer's lines."""
    one, two = read(
        sheet("""
        武汉大江物流有限公司2026年3月工资条
姓名：韩梅梅
应发工资      RMB 12,000.00
养老保险      人民币960.00元
公司承担
养老保险      1,920.00
个税          CNY129.00
实发工资      10,911.00
姓名：李雷
应发工资      9,000.00
社保          760.00
实发工资      8,240.00
""")
    )
    assert slips(one)[0] == {
        "period": "2026-03", "gross_pay": "12000.00", "pension": "960.00", "income_tax": "129.00", "net_pay": "10911.00",
    }  # fmt: skip
    assert (values(two)["employer"], slips(two)[0]["period"]) == ("武汉大江物流有限公司", "2026-03")


def test_a_name_in_two_pieces_is_no_sure_name() -> None:
    """Where the point of a long name was not read its two parts are one name, which accuses nobody."""
    heads = [
        ("工号", 40, 80),
        ("姓名", 120, 80),
        ("部门", 240, 80),
        ("应发工资", 300, 80),
        ("社保", 380, 80),
        ("实发工资", 440, 80),
    ]
    row = [
        ("0018", 40, 100),
        ("买合木提", 100, 100),
        ("吐尔逊", 147, 100),
        ("研发部", 240, 100),
        ("9,000.00", 300, 100),
    ]
    row += [("960.00", 380, 100), ("8,040.00", 440, 100)]
    (document,) = read(lay.sheet(("武汉大江物流有限公司2026年3月工资条", 100, 40), *heads, *row))
    assert document.fields["name"].value == "买合木提·吐尔逊"
    assert document.fields["name"].confidence < 0.98


def test_lines_of_dashes_and_months_alone_part_slips() -> None:
    """A line of dashes is no row of a table; a month that stands alone over a person's lines is that slip's; 事假(2天) is a
    label."""
    (document,) = read(
        sheet("""
武汉大江物流有限公司工资条
2026年3月
姓名：韩梅梅
应发工资 12,000.00 社保 960.00 个税 129.00 实发工资 10,911.00
------------------------------------------
2026年4月
姓名：韩梅梅
应发工资 12,000.00 社保 960.00 个税 129.00 实发工资 10,911.00
事假(2天)     -727.27
""")
    )
    assert [slip["period"] for slip in slips(document)] == ["2026-03", "2026-04"]
    assert ("事假（2天）", "727.27", "deduction") in items(document)


def test_a_line_of_dashes_under_a_row_is_none_of_the_table() -> None:
    """Strips cut apart along a printed line have each their own row."""
    strip = """
武汉大江物流有限公司2026年{n}月工资条
姓名      应发工资      社保      实发工资
韩梅梅    12,{n}00.00     960.00    11,{n}40.00
------------------------------------------
"""
    (document,) = read(sheet("".join(strip.format(n=n) for n in (3, 4))))
    assert [(s["gross_pay"], s["social_insurance"]) for s in slips(document)] == [
        ("12300.00", "960.00"),
        ("12400.00", "960.00"),
    ]


def test_an_amount_beside_the_title() -> None:
    """The net pay under its label beside the title is the slip's, the words there are title and employer; what stands beside
    the head of a group is its sum and no deduction."""
    (document,) = read(
        sheet("""
武汉大江物流有限公司                    实发额（元）
2026年3月月薪明细                       11,240.00
姓名：韩梅梅 部门：财务部
收入项目                                应发合计 12,500.00
基本工资      12,000.00      奖励           500.00
代扣项                                  1,260.00
养老          1,000.00       医疗           250.00
失业          10.00
""")
    )
    assert values(document) == {"employer": "武汉大江物流有限公司", "name": "韩梅梅"}
    (slip,) = slips(document)
    assert (slip["period"], slip["net_pay"], slip.get("other_deductions")) == ("2026-03", "11240.00", None)


def test_a_sum_that_fails_by_what_no_line_took_is_a_reading_that_lost_a_line() -> None:
    """Where the difference of a slip's sum stands on it in no line that was read, lines are unread; where it does not, the slip
    is wrong and all of it was read."""
    paper = """
        武汉大江物流有限公司2026年3月工资单
姓名：韩梅梅
应发合计      12,500.00
养老          1,000.00
医疗          250.00
参考          {rest}
实发合计      11,125.00
"""
    (lost,) = read(sheet(paper.format(rest="125.00")))
    (other,) = read(sheet(paper.format(rest="300.00")))
    assert [gap.name for gap in lost.unread].count("items") > [gap.name for gap in other.unread].count(
        "items"
    )
