"""Payslips and certificates against themselves: which sums accuse, and which say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.model import Document
from tests.build import at, case, checked, codes, outcome
from tests.papers import AS_OF, ME, certificate, slip, stub
from validators.certificate import amount_in_words
from validators.parameters import Parameters
from validators.payslip import paystub_arithmetic

PARAMETERS = [Parameters.load()]
BARE = {"pension": None, "medical": None, "unemployment": None, "housing_fund": None}


def judged(rule: Any, paper: Document) -> tuple[str, Any]:
    """The outcome and the findings of a rule on one paper."""
    result = checked(case(paper, as_of=AS_OF), rule, given=PARAMETERS)
    (check,) = result.checks
    return check.outcome, result.findings


def items(*rows: tuple[str, str, str], period: str | None = "2026-06") -> list[dict[str, Any]]:
    """Printed lines of a slip: (label, amount, kind)."""
    return [
        {"period": period, "label": label, "amount": amount, "kind": kind} for label, amount, kind in rows
    ]


def test_slips_that_add_up_pass() -> None:
    """Three months, each with its own tax; rounding to yuan is no difference."""
    slips = [
        slip("2026-05", net="18805.00"),
        slip("2026-06"),
        slip("2026-07", net="18088.00", income_tax="1287.50"),
    ]
    assert judged(paystub_arithmetic, stub(*slips))[0] == "passed"


def test_an_edited_net_pay_is_told_with_the_sum() -> None:
    """3,000 more than gross less deductions: one finding for that month, with every cell of the sum."""
    state, findings = judged(
        paystub_arithmetic, stub(slip("2026-05"), slip("2026-06", net="21087.50", income_tax="1287.50"))
    )
    assert state == "raised"
    assert codes(findings) == [("PAYSTUB_ARITHMETIC", "high")]
    params = findings[0].params
    assert (params["month"], params["rule"]) == ("2026-06", "net")
    assert (params["expected"], params["found"], params["difference"]) == ("18087.50", "21087.50", "3000.00")
    assert len(findings[0].evidence) == 7


def test_each_month_is_a_finding_of_its_own() -> None:
    """Two edited months are two findings with different ids."""
    slips = [slip(month, net="21087.50", income_tax="1287.50") for month in ("2026-05", "2026-06")]
    findings = judged(paystub_arithmetic, stub(*slips))[1]
    assert len({found.id for found in findings}) == 2


def test_special_deductions_are_no_deductions() -> None:
    """What lowers the tax base is not taken from the pay."""
    assert judged(paystub_arithmetic, stub(slip("2026-06", special_deductions="1500.00")))[0] == "passed"


def test_a_sum_of_insurance_stands_for_its_parts() -> None:
    """Where only 社保合计 is printed it counts; where the parts are printed beside it, it counts once."""
    single = slip("2026-06", pension=None, medical=None, unemployment=None, social_insurance="2625.00")
    assert judged(paystub_arithmetic, stub(single))[0] == "passed"
    assert judged(paystub_arithmetic, stub(slip("2026-06", social_insurance="2625.00")))[0] == "passed"


def test_items_below_the_gross_are_held_against_it() -> None:
    """应发 25,000 over lines that add to 24,200: the gross is told, with all the lines."""
    lines = items(
        ("基本工资", "15000.00", "earning"),
        ("绩效工资", "9200.00", "earning"),
        ("单位养老", "4000.00", "employer"),
    )
    state, findings = judged(paystub_arithmetic, stub(slip("2026-06"), items=lines))
    assert state == "raised"
    assert findings[0].params["rule"] == "gross"
    assert findings[0].params["expected"] == "24200.00"
    good = items(("基本工资", "15000.00", "earning"), ("绩效工资", "10000.00", "earning"))
    assert judged(paystub_arithmetic, stub(slip("2026-06"), items=good))[0] == "passed"


def test_lines_of_two_slips_taken_for_one_accuse_nobody() -> None:
    """Where a label stands twice among one month's earnings, their sum is not that of the month."""
    told = items(("基本工资", "15000.00", "earning"), ("岗位工资", "10000.00", "earning"))
    paper = stub(slip("2026-06", income_tax="1287.50"), items=[*told, *told])
    state, findings = judged(paystub_arithmetic, paper)
    assert (state, codes(findings)) == ("unsure", [])


def test_absences_come_off_before_or_after_the_gross() -> None:
    """病假扣款 may be taken above the sum of earnings or below it; either way the slip adds up."""
    above = items(
        ("基本工资", "25300.00", "earning"),
        ("餐补", "200.00", "earning"),
        ("病假扣款", "500.00", "deduction"),
    )
    assert judged(paystub_arithmetic, stub(slip("2026-06"), items=above))[0] == "passed"
    below = items(
        ("养老", "2000.00", "deduction"), ("医疗", "500.00", "deduction"), ("失业", "125.00", "deduction"),
        ("公积金", "3000.00", "deduction"), ("个税", "1287.50", "deduction"), ("企业年金", "800.00", "deduction"),
    )  # fmt: skip
    paper = stub(slip("2026-06", net="17287.50", income_tax="1287.50"), items=below)
    assert judged(paystub_arithmetic, paper)[0] == "passed", "an annuity of no column of its own"


def test_one_cause_is_one_finding() -> None:
    """A raised gross breaks both sums of its month and is told once."""
    lines = items(("基本工资", "15000.00", "earning"), ("绩效工资", "10000.00", "earning"))
    paper = stub(slip("2026-06", gross="28000.00", net="18087.50", income_tax="1287.50"), items=lines)
    assert len(judged(paystub_arithmetic, paper)[1]) == 1


def test_a_slip_that_prints_no_insurance_accuses_only_by_too_much() -> None:
    """Net below gross less tax may be insurance that no line prints; net above it can be nothing."""
    less = slip("2026-06", net="18087.50", income_tax="1287.50", **BARE)
    assert judged(paystub_arithmetic, stub(less))[0] == "unsure"
    more = slip("2026-06", net="24000.00", income_tax="1287.50", **BARE)
    assert judged(paystub_arithmetic, stub(more))[0] == "raised"


def test_unread_and_doubtful_cells_make_it_unsure() -> None:
    """An absent net, a column that was lost, a doubtful figure: no accusation; other months are still told."""
    assert judged(paystub_arithmetic, stub(slip("2026-06", net_pay=None)))[0] == "unsure"
    lost = stub(slip("2026-06", housing_fund=None), unread=["housing_fund"])
    assert judged(paystub_arithmetic, lost)[0] == "unsure"
    doubtful = stub(slip("2026-06", net_pay=at("21087.50", 0.9)))
    assert judged(paystub_arithmetic, doubtful) == ("unsure", [])
    both = stub(slip("2026-05", net_pay=None), slip("2026-06", net="21087.50", income_tax="1287.50"))
    assert judged(paystub_arithmetic, both)[0] == "raised"
    assert outcome(case(certificate()), paystub_arithmetic, ME, given=PARAMETERS) == "not_run"


@pytest.mark.parametrize(
    "words",
    ["贰万伍仟元整", "人民币贰万伍仟圆正", "贰万伍仟零佰零拾零元整", "贰万伍千元", "（大写）贰万伍仟元整"],
)
def test_words_of_the_same_value_pass(words: str) -> None:
    """Every way of writing 25,000 in words is 25,000."""
    assert judged(amount_in_words, certificate(monthly_income_words=words))[0] == "passed"


def test_other_words_are_told_with_both_values() -> None:
    """25,000 in figures and 贰万捌仟 in words: both are evidence."""
    state, findings = judged(amount_in_words, certificate(monthly_income_words="贰万捌仟元整"))
    assert state == "raised"
    assert codes(findings) == [("AMOUNT_WORDS_MISMATCH", "high")]
    assert findings[0].params["words"] == "贰万捌仟元整"
    assert (findings[0].params["figures"], findings[0].params["difference"]) == ("25000.00", "3000.00")
    assert {seen.field for seen in findings[0].evidence} == {"monthly_income", "monthly_income_words"}


def test_words_that_cannot_be_held_against_figures_say_nothing() -> None:
    """No words, words that are no amount, absent or doubtful figures, words of the year's income."""
    assert judged(amount_in_words, certificate())[0] == "not_run"
    assert judged(amount_in_words, certificate(monthly_income_words="贰万伍任元整"))[0] == "unsure"
    assert (
        judged(
            amount_in_words, certificate(None, monthly_income_words="贰万元整", unread=["monthly_income"])
        )[0]
        == "unsure"
    )
    assert (
        judged(amount_in_words, certificate(at("25000.00", 0.9), monthly_income_words="贰万元整"))[0]
        == "unsure"
    )
    year = certificate(annual_income="300000.00", monthly_income_words="叁拾万元整")
    assert judged(amount_in_words, year)[0] == "passed"
