"""Salary in statements: what counts as pay, when it is due, and every odd month that is fine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline.model import Document
from pipeline.result import Person
from tests.build import at, case, checked, codes
from tests.papers import (
    AS_OF,
    EMPLOYER,
    END,
    ME,
    MONTHS,
    START,
    certificate,
    chain,
    changed,
    on_pages,
    ordered,
    salaries,
    slip,
    spread,
    statement,
    stub,
)
from tests.salaried import NETS, PARAMETERS, SPENT, paid
from validators.months import payday, working_days
from validators.pay import salary_amount_mismatch, salary_month_missing, salary_not_found
from validators.salary import Payroll, payroll_of


def payroll(*papers: Document, as_of: date = AS_OF, employment: str = "salaried") -> Payroll:
    """The pay that these papers show."""
    person = Person(ME, role="borrower", employment=employment)
    return payroll_of(case(*papers, people=[person], as_of=as_of), person, PARAMETERS.at(as_of))


def judged(rule: Any, *papers: Document, employment: str | None = "salaried", **more: Any) -> tuple[str, Any]:
    """The outcome and the findings of a rule on these papers."""
    people = [Person(ME, role="borrower", employment=employment)]
    result = checked(case(*papers, people=people, as_of=AS_OF, **more), rule, given=[PARAMETERS])
    (check,) = result.checks
    return check.outcome, result.findings


def months(findings: Any) -> list[str]:
    """The months that findings name."""
    return [found.params["month"] for found in findings]


# ---------------------------------------------------------------- what is pay


@pytest.mark.parametrize(("summary", "payer", "counts"), [
    ("工资", EMPLOYER, True), ("代发工资", "应付代发业务款项", True), ("批量代发", "", True), ("劳务报酬", "某某人力资源有限公司", True),
    ("转账", EMPLOYER, True), ("转账", "成都天府***限公司", True), ("转账存入", "成都天府软件有限公司高新分公司", True),
    ("薪金", "华夏基金管理有限公司", True), ("工资", "财付通支付科技有限公司", True),
    ("代发住房公积金", "成都住房公积金管理中心", False), ("银联跨行代发", "支付宝", False), ("银联代付", "财付通", False),
    ("代发报销", EMPLOYER, False), ("代发养老金", "社保中心", False), ("网上快捷提现", "支付宝（中国）网络技术有限公司", False),
    ("转账", ME, False), ("工资", ME, False), ("结息", "", False), ("退款", EMPLOYER, False), ("ATM存款", "", False),
    ("贷款发放", "某某银行", False), ("理财赎回", "", False), ("薪金煲转出", "中信银行", False), ("转账", "李四", False),
])  # fmt: skip
def test_which_credits_are_pay(summary: str, payer: str, counts: bool) -> None:
    """Words of pay, the employer's name and payroll accounts count; what only looks like it does not."""
    rows = salaries(NETS, summary=summary, counterparty=payer or None)
    found = payroll(paid(*rows), certificate())
    assert len(found.credits) == (6 if counts else 0)


def test_a_company_that_pays_monthly_without_a_word_is_found_by_recurrence() -> None:
    """Like amounts each month from one company are pay; amounts that leave again at once, or jump, are not."""
    rows = salaries(NETS, summary="转账", counterparty="某某科技有限公司")
    assert len(payroll(paid(*rows)).credits) == 6
    through = [{"date": row["date"], "amount": "-18000.00", "summary": "转账"} for row in rows]
    assert not payroll(paid(*rows, *through)).credits
    wild = salaries(
        ["500.00", "90000.00", "7.00", "31000.00", "2500.00", "12.00"],
        summary="转账",
        counterparty="某某科技有限公司",
    )
    assert not payroll(paid(*wild)).credits
    assert not payroll(paid(*rows[:3])).credits, "three of six months are no rhythm"


def test_overlapping_statements_count_a_credit_once() -> None:
    """A later print of the same account that repeats some months adds nothing to them."""
    rows = chain(*ordered(SPENT, salaries(NETS)))
    late = [row for row in rows if row["date"] >= date(2026, 8, 1)]
    again = statement(late, period_start=date(2026, 8, 1), file="b.pdf")
    found = payroll(statement(rows), again)
    assert [found.paid(month) for month in MONTHS] == [Decimal("18087.50")] * 6


def test_a_payslips_net_is_pay_whoever_sends_it() -> None:
    """A transfer of just what the slip says is the salary, though no word says so."""
    rows = salaries(["18087.50"] * 2, summary="转账", counterparty="王五")
    assert len(payroll(paid(*rows), stub(slip("2026-05"))).credits) == 2


def test_foreign_money_and_pensions_are_not_a_salary() -> None:
    """Only yuan count; a pension counts for the retired alone."""
    assert not payroll(paid(*salaries(NETS, currency="USD"))).credits
    pension = salaries(NETS, summary="代发养老金", counterparty="社保中心")
    assert not payroll(paid(*pension)).credits
    assert len(payroll(paid(*pension), employment="retired").credits) == 6


# ---------------------------------------------------------------- the pay day


def test_the_pay_day_of_the_golden_year() -> None:
    """Paid on the 15th or the working day before it: the day is found, and every shift is within the law's."""
    dates = ["2025-11-14", "2025-12-15", "2026-01-15", "2026-02-12", "2026-03-13", "2026-04-15",
             "2026-05-15", "2026-06-15", "2026-07-15", "2026-08-14", "2026-09-15", "2026-10-15"]  # fmt: skip
    rows = [{"date": date.fromisoformat(day), "amount": "18000.00", "summary": "工资"} for day in dates]
    paper = statement(chain(*ordered(spread(date(2025, 11, 1), END), rows)), period_start=date(2025, 11, 1))
    found = payroll(paper)
    assert found.day in (14, 15)
    state, findings = judged(salary_month_missing, paper)
    assert (state, findings) == ("passed", []), "before Spring Festival pay comes early (B2)"


def test_swapped_weekends_are_working_days() -> None:
    """Saturday 2026-02-28 and Sunday 2026-09-20 are days of pay (B3)."""
    assert payday("2026-02", 28) == date(2026, 2, 28)
    assert payday("2026-09", 20) == date(2026, 9, 20)
    assert payday("2026-02", 15) == date(2026, 2, 14)
    assert payday("2026-10", 1) == date(2026, 9, 30)
    assert working_days(date(2026, 9, 30), date(2026, 10, 8)) == 1


def test_pay_on_the_first_counts_for_its_own_month_when_it_comes_before() -> None:
    """Paid on the first, moved to the last working day of the month before by a holiday: no month is missing."""
    rows = salaries(["18000.00"] * 7, day=1)
    assert rows[0]["date"] == date(2026, 4, 30)
    assert rows[5]["date"] == date(2026, 9, 30)
    inside = [row for row in rows if START <= row["date"] <= END]
    state, findings = judged(salary_month_missing, paid(*inside))
    assert (state, findings) == ("passed", [])
    gone = [row for row in inside if row["date"] != date(2026, 7, 1)]
    assert months(judged(salary_month_missing, paid(*gone))[1]) == ["2026-07"]


# ---------------------------------------------------------------- missing months


def test_a_month_without_salary_is_one_finding() -> None:
    """Two months missing are two findings, each with its month."""
    rows = salaries(NETS)
    state, findings = judged(salary_month_missing, paid(*(rows[:2] + rows[3:4] + rows[5:])), certificate())
    assert state == "raised"
    assert codes(findings) == [("SALARY_MONTH_MISSING", "medium")] * 2
    assert months(findings) == ["2026-07", "2026-09"]
    assert len({found.id for found in findings}) == 2
    torn = paid(*(rows[:2] + rows[3:4] + rows[5:]), notes={"unclaimed": (9,)})
    state, findings = judged(salary_month_missing, torn, certificate())
    assert (state, findings) == ("unsure", []), "the rows may stand on the page that nobody claims"


def test_a_bonus_alone_is_no_salary_of_its_month() -> None:
    """Where only the 年终奖 came, the month's salary is missing, and its slip is not held against the bonus."""
    bonus = {"date": date(2026, 7, 28), "amount": "60000.00", "summary": "年终奖", "counterparty": EMPLOYER}
    rows = salaries(NETS)
    paper = paid(*(rows[:2] + rows[3:]), bonus)
    assert months(judged(salary_month_missing, paper)[1]) == ["2026-07"]
    assert judged(salary_amount_mismatch, paper, stub(*SLIPS))[0] == "passed"


def test_a_first_covered_month_without_pay_is_told_only_of_one_long_hired() -> None:
    """Hired in 2015 and no pay in May is missing; hired in April it may come with June's."""
    rows = salaries(NETS)[1:]
    assert months(judged(salary_month_missing, paid(*rows), certificate())[1]) == ["2026-05"]
    for since in ("2026-04-10", "2026-05"):
        assert judged(salary_month_missing, paid(*rows), certificate(employed_since=since))[0] == "passed"
    assert judged(salary_month_missing, paid(*rows))[0] == "passed", (
        "without a date of hire the first pay begins it"
    )


def test_two_credits_a_month_and_two_employers_miss_nothing() -> None:
    """Base on the 10th and performance on the 25th; a job left in July and a new one from August."""
    split = salaries(["12000.00"] * 6, day=10) + salaries(["6000.00"] * 6, day=25, summary="绩效")
    assert judged(salary_month_missing, paid(*split))[0] == "passed"
    found = payroll(paid(*split))
    assert [found.regular(month) for month in MONTHS] == [Decimal("18000.00")] * 6
    change = salaries(NETS[:3], day=10, counterparty="旧公司有限公司") + salaries(
        NETS[:3], first="2026-08", day=20
    )
    assert judged(salary_month_missing, paid(*change))[0] == "passed"


def test_what_may_hide_a_salary_accuses_nobody() -> None:
    """A missing page, a filter, lost rows and a half covered month make the month unsure, not missing."""
    rows = salaries(NETS)
    gone = rows[:2] + rows[3:]
    assert judged(salary_month_missing, paid(*gone))[0] == "raised"
    assert judged(salary_month_missing, paid(*gone, filter="支出"))[0] == "unsure"
    assert judged(salary_month_missing, paid(*gone, notes={"rows_lost": 1}))[0] == "unsure"
    every = chain(*ordered(SPENT, rows))
    before = sum(row["date"] < date(2026, 7, 10) for row in every)
    after = sum(row["date"] > date(2026, 7, 20) for row in every)
    torn = statement(every[:before] + every[-after:])
    assert judged(salary_month_missing, on_pages(torn, [before, after], [(1, 3), (3, 3)]))[0] == "unsure"
    assert judged(salary_month_missing, on_pages(torn, [before, after], [(1, 2), (2, 2)]))[0] == "raised"
    early = paid(*salaries(NETS[:5]), period_end=date(2026, 10, 14))
    assert judged(salary_month_missing, early)[0] == "passed"


def test_only_the_account_that_is_paid_into_is_asked_for_its_months() -> None:
    """A wallet or a second account that covers more months does not make the salary account's months missing."""
    year = {"period_start": date(2025, 11, 1), "account_number": "6217999900001111", "file": "b.pdf"}
    spent = chain(*spread(date(2025, 11, 1), END))
    salary = paid(*salaries(NETS))
    for more in ({"bank": "CCB"}, {"bank": "Alipay"}):
        assert judged(salary_month_missing, salary, statement(spent, **year, **more)) == ("passed", [])
    assert judged(salary_not_found, statement(spent, **year, bank="WeChatPay"))[0] == "unsure"
    first = paid(*salaries(NETS[:3]), period_end=date(2026, 7, 31))
    rest = statement(
        chain(*ordered(spread(date(2026, 8, 1), END), salaries(NETS[:2], first="2026-09"))), **year
    )
    assert months(judged(salary_month_missing, first, rest)[1]) == ["2026-08"], (
        "an account change hides nothing"
    )


def test_credits_that_were_not_read_surely_may_be_the_salary() -> None:
    """On a scan a credit of that size with doubtful words keeps its month, or all of them, from being missing."""
    rows = salaries(NETS)
    rows[2] |= {"summary": at("代友工质", 0.85), "counterparty": at("成都大府软件", 0.9)}
    assert judged(salary_month_missing, paid(*rows))[0] == "unsure"
    rows[2] |= {"summary": "转账", "counterparty": "李四"}
    assert judged(salary_month_missing, paid(*rows))[0] == "raised"
    blurred = salaries(NETS, summary=at("代友工质", 0.85), counterparty=None)
    assert judged(salary_not_found, paid(*blurred))[0] == "unsure"
    misread = salaries(NETS, summary="转账", counterparty="成都大府软件有限公司")
    assert judged(salary_not_found, paid(*misread), certificate())[0] == "passed"


def test_no_salary_is_asked_of_the_self_employed() -> None:
    """Who is not employed has no month to miss and no payroll to find."""
    paper = paid()
    for rule in (salary_not_found, salary_month_missing):
        assert judged(rule, paper, employment="self_employed")[0] == "not_run"


# ---------------------------------------------------------------- no salary at all


def test_no_payroll_in_a_salaried_persons_statement_is_told() -> None:
    """Six months of spending and transfers from friends: no salary was found."""
    friends = [
        {"date": date(2026, month, 3), "amount": "3000.00", "summary": "转账", "counterparty": "李四"}
        for month in (5, 7)
    ]
    state, findings = judged(salary_not_found, paid(*friends))
    assert state == "raised"
    assert codes(findings) == [("SALARY_NOT_FOUND", "high")]
    assert (findings[0].params["months"], findings[0].params["from"]) == (6, "2026-05")
    assert judged(salary_not_found, paid(*salaries(NETS)))[0] == "passed"


def test_no_salary_is_not_found_only_where_it_would_show() -> None:
    """Too few months, lost rows, a filter, rows without payer and purpose, or an unknown employment: nothing is said."""
    short = paid(period_start=date(2026, 9, 1))
    assert (
        judged(
            salary_not_found, statement(chain(*spread(date(2026, 9, 1), END)), period_start=date(2026, 9, 1))
        )[0]
        == "unsure"
    )
    assert judged(salary_not_found, short)[0] == "unsure"
    assert judged(salary_not_found, paid(notes={"rows_lost": 2}))[0] == "unsure"
    assert judged(salary_not_found, paid(filter="支出"))[0] == "unsure"
    assert judged(salary_not_found, paid(*salaries(NETS, summary=None, counterparty=None)))[0] == "unsure"
    often = salaries(NETS[:3], summary="转账", counterparty="某某科技有限公司")
    assert judged(salary_not_found, paid(*often))[0] == "unsure", (
        "a company that pays half of the months may be it"
    )
    assert judged(salary_not_found, paid(), employment=None)[0] == "not_run"
    assert judged(salary_not_found, certificate())[0] == "not_run"


# ---------------------------------------------------------------- slips against credits

SLIPS = [slip(month) for month in MONTHS[:5]]


def test_slips_equal_the_credits_of_the_same_month_or_the_next() -> None:
    """The lag that fits more months holds for all of them."""
    assert judged(salary_amount_mismatch, paid(*salaries(NETS)), stub(*SLIPS))[0] == "passed"
    nets = ["18988.75", "18805.00", "18087.50", "18087.50", "18087.50", "17037.50"]
    works = ["2026-04", *MONTHS[:5]]
    late = [slip(month, net=net) for month, net in zip(works, nets, strict=True)]
    assert judged(salary_amount_mismatch, paid(*salaries(nets)), stub(*late))[0] == "passed"


def test_net_pay_that_falls_late_in_the_year_and_jumps_in_january_is_fine() -> None:
    """Cumulative withholding restarts in January (B1)."""
    nets = ["18087.50", "17037.50", "18988.75", "18988.75", "18805.00", "18087.50"]
    works = ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"]
    start, end = date(2025, 11, 1), date(2026, 4, 30)
    rows = chain(*ordered(spread(start, end), salaries(nets, first="2025-11")))
    paper = statement(rows, period_start=start, period_end=end)
    slips = stub(*(slip(month, net=net) for month, net in zip(works, nets, strict=True)))
    for rule in (salary_amount_mismatch, salary_month_missing, salary_not_found):
        assert judged(rule, paper, slips)[0] == "passed"


def test_an_edited_slip_is_told_for_its_month() -> None:
    """3,000 more on one slip: high, with the credit beside it."""
    slips = [*SLIPS[:2], slip("2026-07", net="21087.50"), *SLIPS[3:]]
    state, findings = judged(salary_amount_mismatch, paid(*salaries(NETS)), stub(*slips))
    assert state == "raised"
    assert codes(findings) == [("SALARY_AMOUNT_MISMATCH", "high")]
    params = findings[0].params
    assert (params["month"], params["expected"], params["found"], params["difference"]) == (
        "2026-07", "21087.50", "18087.50", "-3000.00",
    )  # fmt: skip
    assert {seen.document for seen in findings[0].evidence} == {"pay_stub", "bank_statement"}


def test_an_edited_credit_is_told_for_its_month() -> None:
    """10,000 more in the statement than on the slip (discrepancy 21)."""
    paper = paid(*salaries([*NETS[:1], "28087.50", *NETS[2:]]))
    assert months(judged(salary_amount_mismatch, paper, stub(*SLIPS))[1]) == ["2026-06"]


@pytest.mark.parametrize(
    ("net", "severity"),
    [("18088.40", None), ("18090.00", "medium"), ("18180.00", "medium"), ("18280.00", "high")],
)
def test_small_differences_weigh_less(net: str, severity: str | None) -> None:
    """Up to a yuan nothing, then medium, high beyond one per cent and 100 yuan."""
    slips = [*SLIPS[:2], slip("2026-07", net=net), *SLIPS[3:]]
    findings = judged(salary_amount_mismatch, paid(*salaries(NETS)), stub(*slips))[1]
    assert [found.severity for found in findings] == ([severity] if severity else [])


def test_split_credits_and_bonuses_match_by_their_sum() -> None:
    """Base and performance in two credits equal one slip; a bonus credited apart does not disturb."""
    split = salaries(["12000.00"] * 6, day=10) + salaries(["6087.50"] * 6, day=25, summary="绩效")
    bonus = [{"date": date(2026, 7, 28), "amount": "60000.00", "summary": "年终奖", "counterparty": EMPLOYER}]
    assert judged(salary_amount_mismatch, paid(*split, *bonus), stub(*SLIPS))[0] == "passed"


def test_slips_that_cannot_be_compared_say_nothing() -> None:
    """No credit in the month, months not covered, lost rows, doubtful or absent net pay, no statement."""
    rows = salaries(NETS)
    assert judged(salary_amount_mismatch, paid(*(rows[:2] + rows[3:])), stub(*SLIPS))[0] == "passed"
    assert judged(salary_amount_mismatch, paid(*rows), stub(slip("2025-01")))[0] == "unsure"
    wrong = [*SLIPS[:2], slip("2026-07", net="21087.50"), *SLIPS[3:]]
    assert judged(salary_amount_mismatch, paid(*rows, notes={"rows_lost": 1}), stub(*wrong))[0] == "unsure"
    doubtful = [*SLIPS[:2], slip("2026-07", net_pay=at("21087.50", 0.9)), *SLIPS[3:]]
    assert judged(salary_amount_mismatch, paid(*rows), stub(*doubtful))[0] == "unsure"
    assert (
        judged(salary_amount_mismatch, paid(*rows), stub(*SLIPS[:2], slip("2026-07", net_pay=None)))[0]
        == "unsure"
    )
    assert judged(salary_amount_mismatch, stub(*SLIPS))[0] == "not_run"
    assert judged(salary_amount_mismatch, paid(*rows))[0] == "not_run"


# ---------------------------------------------------------------- bonuses


def test_bonuses_are_told_from_regular_pay() -> None:
    """By their word, by towering over the usual month, and as a 13th salary beside the usual one."""
    named = {"date": date(2026, 7, 15), "amount": "15000.00", "summary": "年终奖", "counterparty": EMPLOYER}
    found = payroll(paid(*salaries(NETS), named))
    assert found.regular("2026-07") == Decimal("18087.50")
    assert found.paid("2026-07") == Decimal("33087.50")
    big = [*NETS[:2], "78087.50", *NETS[3:]]
    found = payroll(paid(*salaries(big)))
    assert found.regular("2026-07") == Decimal("18087.50")
    second = {"date": date(2026, 7, 28), "amount": "18087.50", "summary": "工资", "counterparty": EMPLOYER}
    found = payroll(paid(*salaries(NETS), second))
    assert found.regular("2026-07") == Decimal("18087.50")


def test_a_bonus_that_comes_every_month_is_regular_pay() -> None:
    """奖金 on every line of pay is how this employer calls a part of it."""
    rows = salaries(["12000.00"] * 6) + salaries(["6000.00"] * 6, day=25, summary="奖金")
    assert payroll(paid(*rows)).regular("2026-08") == Decimal("18000.00")


def test_an_unread_amount_is_no_credit() -> None:
    """A row whose amount was not read counts for nothing, and its month is unsure by the lost row."""
    rows = chain(*ordered(SPENT, salaries(NETS)))
    index = next(index for index, row in enumerate(rows) if row.get("summary") == "代发工资")
    paper = changed(statement(rows), "transactions", index, amount=None)
    assert len(payroll(paper).credits) == 5
