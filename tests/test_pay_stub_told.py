"""What payslips tell otherwise than by a label beside an amount: letters, rows between rows, sums that decide whose an amount is."""

from __future__ import annotations

import pytest

from extractors.pay_stub.between import years_of
from extractors.pay_stub.parts import month, span_of_days
from tests.test_pay_stub import items, read, sheet, slips, values

LETTER = """
                         薪酬发放告知函
{name}（身份证号码：110101199001011237）：
    现将您{month}的薪酬发放情况告知如下：
    一、应发工资合计人民币12,000.00元，其中月度基薪9,000.00元，项
目奖金3,000.00元。
    二、由单位代扣代缴：养老保险金960.00元，医疗保险240.00元，失业保
险个人部分60.00元，住房公积金1,440.00元，应扣税额129.00元。
    三、扣除上述款项后，实际发放9,171.00元（大写：玖仟壹佰柒拾壹元整）。
    四、上述款项已于2026年10月9日转入您的工资账户6222021234567890123，请查收。
                                                  远大科技有限公司
"""


@pytest.mark.parametrize(
    ("name", "printed"), [("扎西次仁", "2026年9月"), ("张伟", "二〇二六年九月"), ("张伟", "二 二六年九月")]
)
def test_a_letter_of_several_paragraphs(name: str, printed: str) -> None:
    """A letter's paragraphs are one slip: whom it calls, which month it names, what each paragraph tells, when was paid."""
    (document,) = read(sheet(LETTER.format(name=name, month=printed)))
    assert values(document) == {
        "name": name,
        "id_number": "110101199001011237",
        "employer": "远大科技有限公司",
        "bank_account": "6222021234567890123",
    }
    assert slips(document) == [
        {
            "period": "2026-09",
            "pay_date": "2026-10-09",
            "gross_pay": "12000.00",
            "pension": "960.00",
            "medical": "240.00",
            "unemployment": "60.00",
            "housing_fund": "1440.00",
            "income_tax": "129.00",
            "net_pay": "9171.00",
        }
    ]
    assert ("月度基薪", "9000.00", "earning") in items(document)


def test_a_confirmation_in_the_first_person() -> None:
    """Who confirms is the person, whose employer the sentence names; what the employer pays is no deduction."""
    (document,) = read(
        sheet("""
                         工资确认书
本人张伟，身份证号110101199001011237，系远大科技有限公司员工，确认本人2026年9月
工资如下：应发工资12,000.00元，代扣养老保险960.00元，医疗保险240.00元，失业保险60.00元，
实发工资10,740.00元。公司另为本人缴纳：养老保险1,920.00元，公积金1,440.00元。
""")
    )
    assert (values(document)["name"], values(document)["employer"]) == ("张伟", "远大科技有限公司")
    (slip,) = slips(document)
    assert (slip["pension"], slip["net_pay"], "housing_fund" in slip) == ("960.00", "10740.00", False)
    assert ("公积金", "1440.00", "employer") in items(document)


HEAD = "月份        基本工资      餐补       应发工资    养老保险    公积金        个税        实发工资"


def test_names_between_the_rows() -> None:
    """A name alone between rows, or with its label, is whose the rows below it are."""
    for first, second in (("张伟", "李娜"), ("姓名：张伟   工号：1001", "姓名：李娜   工号：1002")):
        documents = read(
            sheet(f"""
                         远大科技有限公司工资明细表
{HEAD}
{first}
2026年8月   11,500.00     500.00     12,000.00   960.00      1,440.00      129.00      9,471.00
2026年9月   11,500.00     500.00     12,000.00   960.00      1,440.00      129.00      9,471.00
{second}
2026年8月   10,500.00     500.00     11,000.00   960.00      1,440.00      99.00       8,501.00
""")
        )
        assert [(values(d)["name"], len(slips(d))) for d in documents] == [("张伟", 2), ("李娜", 1)]


def test_years_between_the_rows() -> None:
    """A year between the rows is that of the months below it, up to the next one."""
    (document,) = read(
        sheet(f"""
                         远大科技有限公司个人薪酬台账
姓名：张伟   币种：人民币   单位：元
{HEAD}
2025年
12月        11,500.00     500.00     12,000.00   960.00      1,440.00      129.00      9,471.00
2026年
1月         11,500.00     500.00     12,000.00   960.00      1,440.00      129.00      9,471.00
2月         11,500.00     500.00     12,000.00   960.00      1,440.00      129.00      9,471.00
""")
    )
    assert values(document) == {"name": "张伟", "employer": "远大科技有限公司"}
    assert [slip["period"] for slip in slips(document)] == ["2025-12", "2026-01", "2026-02"]


def test_wrapped_labels_over_a_table_are_no_second_head() -> None:
    """Labels in two lines begin above those in one: the table has one head, not two rows of them to every slip."""
    (document,) = read(
        sheet(
            """
                         远大科技有限公司个人薪酬台账
姓名：张伟
                                     养老保险个人   医疗保险个人   补充养老（年
月份       基本工资      应发工资                                                   个税     实发工资
                                     部分           部分           金）
2026年
1月        12,000.00     12,000.00   960.00         240.00         120.00         129.00   10,551.00
2月        12,000.00     12,000.00   960.00         240.00         120.00         129.00   10,551.00
3月        12,000.00     12,000.00   960.00         240.00         120.00         129.00   10,551.00
""",
            step=9.0,
        )
    )
    assert [(s["period"], s["pension"], s["net_pay"]) for s in slips(document)] == [
        (f"2026-0{n}", "960.00", "10551.00") for n in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("texts", "bands", "told"),
    [
        (["2025年11月", "12月", "1月"], [None] * 3, [None, "2025-12", "2026-01"]),
        (["2025年11月", "1月", "2月"], [None] * 3, [None, "", ""]),
        (["11月", "12月", "1月"], [None] * 3, ["", "", ""]),
        (["1", "2", "3"], [None] * 3, [None, None, None]),
        (["12月", "1月"], [2025, 2026], ["2025-12", "2026-01"]),
    ],
)
def test_the_years_of_months_without_one(
    texts: list[str], bands: list[int | None], told: list[str | None]
) -> None:
    """Months run on over a year that the rows above name; where they turn and nothing names a year, none is told."""
    assert years_of(texts, bands) == told


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-08-26至2026-09-25", "2026-09"),
        ("2025年12月26日—1月25日", "2026-01"),
        ("2026.08.01-2026.09.25", None),
        ("2026年9月1日-9月30日", None),
    ],
)
def test_pay_months_from_day_to_day(text: str, value: str | None) -> None:
    """Days up to the day before those of the next month are the pay of the month in which they end; other days are not."""
    assert span_of_days(text) == value
    assert value is None or month(text) is None


def test_a_pay_month_from_day_to_day_accuses_nobody() -> None:
    """The month in which such days end is what employers mean, but none names it: it is given below full confidence."""
    (document,) = read(
        sheet("""
            远大科技有限公司工资条
           （2026年8月26日—9月25日）
姓名   张伟   部门   销售部
应发工资   12,000.00   养老保险   960.00
实发工资   11,040.00
""")
    )
    (slip,) = document.tables["payslips"]
    assert (slip["period"].value, slip["period"].confidence < 0.98) == ("2026-09", True)


def test_a_head_in_one_box() -> None:
    """Labels with single blanks between them, read as one line, are the heads of the columns all the same."""
    documents = read(
        sheet("""
                         远大科技有限公司2026年9月工资表
序号 姓名 部门 基本工资 餐补 应发工资 养老保险 公积金 个税 实发工资
1 张伟 销售部 11,500.00 500.00 12,000.00 960.00 1,440.00 129.00 9,471.00
2 李娜 财务部 10,500.00 500.00 11,000.00 960.00 1,440.00 99.00 8,501.00
""")
    )
    assert [(values(d)["name"], slips(d)[0]["net_pay"]) for d in documents] == [
        ("张伟", "9471.00"),
        ("李娜", "8501.00"),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "                                     个人部分                  单位部分\n"
        "姓名       基本工资      应发工资    养老       公积金        养老       公积金        个税        实发工资",
        "姓名       基本工资      应发工资    养老       公积金        养老       公积金        个税        实发工资",
    ],
)
def test_insurances_that_stand_twice(head: str) -> None:
    """The person's part is told by the heads above, else by the sum that it closes; the employer's is never a deduction."""
    (document,) = read(
        sheet(f"""
                         远大科技有限公司2026年9月工资表
{head}
张伟       12,000.00     12,000.00   960.00     1,440.00      1,920.00   1,450.00      129.00      9,471.00
""")
    )
    (slip,) = slips(document)
    assert (slip["pension"], slip["housing_fund"]) == ("960.00", "1440.00")
    taken = {amount for _, amount, kind in items(document) if kind == "deduction"}
    assert not taken & {"1920.00", "1450.00"}


def test_rest_is_a_line_of_the_kind_that_the_sum_tells() -> None:
    """其他 with an amount heads no group: it is taken where the net pay is so much less."""
    (document,) = read(
        sheet("""
            远大科技有限公司工资条
姓名：张伟
月份：2026年9月
应发工资   12,000.00
养老保险   960.00
个税   129.00
其他   50.00
工会费   20.00
实发工资   10,841.00
""")
    )
    assert items(document)[-2:] == [("其他", "50.00", "deduction"), ("工会费", "20.00", "deduction")]


def test_what_a_number_counts_is_no_label() -> None:
    """Under 数量, 单位 and 单价 stand hours and prices: the amount is the line's, and 单位 is not the employer."""
    (document,) = read(
        sheet("""
            远大科技有限公司计时工资单   2026-09
人员：张伟   工号：22874
项目         数量      单位     单价       金额
标准工资     21.75     天       400.00     8,700.00
平日加班费   22        小时     75.00      1,650.00
夜班津贴                                   1,650.00
应发工资                                   12,000.00
养老保险                                   960.00
实发工资                                   11,040.00
""")
    )
    assert values(document)["name"] == "张伟"
    assert items(document) == [
        ("标准工资", "8700.00", "earning"),
        ("平日加班费", "1650.00", "earning"),
        ("夜班津贴", "1650.00", "earning"),
        ("养老保险", "960.00", "deduction"),
    ]


def test_slips_beside_and_below_each_other_in_the_order_of_print() -> None:
    """Four slips on a sheet follow each other as they are read, row by row."""
    rows = [("2025-11", "2025-12"), ("2026-01", "2026-02")]
    drawn = "".join(
        f"""
   {a} 工资结算单                  {b} 工资结算单
姓名：        张伟                 姓名：        张伟
应发工资：    12,000.00            应发工资：    13,000.00
养老保险：    960.00               养老保险：    960.00
公积金：      1,440.00             公积金：      1,440.00
实发工资：    9,600.00             实发工资：    10,600.00


"""
        for a, b in rows
    )
    (document,) = read(sheet(drawn))
    assert [slip["period"] for slip in slips(document)] == ["2025-11", "2025-12", "2026-01", "2026-02"]
