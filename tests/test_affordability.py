"""What a loan costs against what a household earns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline.application import Applicant, Application, Loan, Part, Property
from pipeline.model import Document
from pipeline.result import Affordability, Person
from tests.build import case, checked, codes, document
from tests.papers import AS_OF, END, ME, certificate, chain, ordered, salaries, spread, statement
from validators.affordability import annual_rate, payment_to_income
from validators.case import Case
from validators.income import income_of
from validators.parameters import Parameters

PARAMETERS = Parameters.load()
VALUES = PARAMETERS.at(AS_OF)
D = Decimal
WIFE = "李思雨"
START = date(2025, 11, 1)
GOLDEN = ["18087.50", "17037.50", "18988.75", "18988.75", "18805.00", *["18087.50"] * 7]
HERS = ["13055.00", "13055.00", *["13681.50"] * 4, "13069.00", *["13055.00"] * 5]
LOAN = Loan(amount=D(2100000), years=30, lpr_bp=-45, existing_monthly_debt=D(2500))
HOME = Property(price=D(3000000), monthly_fee=D(300))
APPLICATION = Application(loan=LOAN, property=HOME)


def year(nets: list[str], name: str = ME, **more: Any) -> Document:
    """A year's statement of one person with these salaries."""
    rows = chain(*ordered(spread(START, END), salaries(nets, first="2025-11")))
    number = "6222000011112222" if name == ME else "6217999900001111"
    return statement(
        rows, period_start=START, account_holder=name, account_number=number, file=f"{name}.pdf", **more
    )


def golden(application: Application | None = APPLICATION, *papers: Document, **more: Any) -> Case:
    """The couple of the golden case."""
    people = [
        Person(ME, role="borrower", employment="salaried"),
        Person(WIFE, role="co_borrower", employment="salaried"),
    ]
    hers = certificate("18000.00", name=WIFE, employer="北京某某文化有限公司", file="b.jpg")
    every = papers or (certificate(), hers, year(GOLDEN), year(HERS, WIFE))
    return case(*every, people=more.pop("people", people), as_of=AS_OF, application=application, **more)


def judged(one: Case) -> tuple[str, Any]:
    """The outcome and the findings of the rule."""
    result = checked(one, payment_to_income, given=[PARAMETERS])
    (check,) = result.checks
    return check.outcome, result.findings


def numbers(one: Case) -> Affordability:
    """The ratios of the report."""
    return income_of(one, PARAMETERS)[2]


def test_the_golden_case_comes_out_to_the_cent() -> None:
    """8,910.41 and a fee of 300 against 31,475.00: 29.3 %, with the car loan 37.2 %, own money 30 %."""
    found = numbers(golden())
    assert found.payment == D("8910.41")
    assert found.recognised_income == D("31475.00")
    assert found.payment_to_income == D("0.2926")
    assert found.debt_to_income == D("0.3721")
    assert found.down_payment_ratio == D("0.3000")
    assert judged(golden()) == ("passed", [])


def test_a_loan_of_four_and_a_half_million_is_told_with_its_arithmetic() -> None:
    """19,093.74 and 300 against 31,475.00 are 61.6 % (discrepancy 39)."""
    big = replace(APPLICATION, loan=replace(LOAN, amount=D(4500000)))
    state, findings = judged(golden(big))
    assert state == "raised"
    assert codes(findings) == [("PAYMENT_TO_INCOME", "high")]
    params = findings[0].params
    assert (params["numerator"], params["denominator"], params["limit"]) == ("19393.74", "31475.00", "0.50")
    assert params["ratio"] == "0.6162"
    assert findings[0].evidence[0].file == "application.yaml"
    assert findings[0].person is None


@pytest.mark.parametrize(
    ("amount", "severity"), [("3267000", None), ("3300000", "low"), ("3630000", "low"), ("3640000", "high")]
)
def test_the_limits_are_inclusive(amount: str, severity: str | None) -> None:
    """45 % is a note, 50 % the limit; both count only when they are passed."""
    findings = judged(golden(replace(APPLICATION, loan=replace(LOAN, amount=D(amount)))))[1]
    assert [found.severity for found in findings] == ([severity] if severity else [])


def test_exactly_one_half_passes() -> None:
    """At the limit to the cent there is no more than a note."""
    loan = Loan(amount=D("5565375.00"), years=30, annual_rate=D(0))
    assert loan.amount is not None
    half = Application(loan=replace(loan, amount=D("15737.50") * 360), property=Property())
    assert [found.severity for found in judged(golden(half))[1]] == ["low"]
    over = Application(loan=replace(loan, amount=D("15737.51") * 360), property=Property())
    assert [found.severity for found in judged(golden(over))[1]] == ["high"]


def test_a_combined_loan_is_the_sum_of_its_parts() -> None:
    """800,000 of the fund and 1,300,000 of the bank cost 3,202.72 + 5,515.97."""
    parts = (
        Part(kind="provident_fund", amount=D(800000)),
        Part(kind="commercial", amount=D(1300000), lpr_bp=-45),
    )
    assert numbers(golden(replace(APPLICATION, loan=replace(LOAN, parts=parts)))).payment == D("8718.69")
    assert numbers(golden(replace(APPLICATION, loan=replace(LOAN, parts=parts)))).down_payment_ratio == D(
        "0.3000"
    )
    first = replace(APPLICATION, loan=replace(LOAN, method="equal_principal"))
    assert numbers(golden(first)).payment == D("11170.83")


def test_the_rate_is_the_declared_one_or_the_dated_lpr() -> None:
    """A declared rate wins; else the LPR of the day and term with the points; else none but for the fund."""
    assert annual_rate(D("0.0345"), -45, None, 30, VALUES) == D("0.0345")
    assert annual_rate(None, -45, None, 30, VALUES) == D("0.0305")
    assert annual_rate(None, 10, None, 5, VALUES) == D("0.0310")
    assert annual_rate(None, -30, None, 30, PARAMETERS.at(date(2025, 1, 1))) == D("0.0330")
    assert annual_rate(None, None, "provident_fund", 5, VALUES) == D("0.0210")
    assert annual_rate(None, None, "commercial", 30, VALUES) is None


def test_without_a_loan_or_an_income_nothing_is_said() -> None:
    """No application, a loan without amount or rate, no statement: not run, and the numbers are absent."""
    for application in (
        None,
        Application(),
        replace(APPLICATION, loan=replace(LOAN, amount=None)),
        replace(APPLICATION, loan=replace(LOAN, lpr_bp=None)),
        replace(APPLICATION, loan=replace(LOAN, parts=(Part(kind="commercial"),))),
    ):
        assert judged(golden(application))[0] == "not_run"
        assert numbers(golden(application)).payment is None
    assert judged(golden(APPLICATION, certificate()))[0] == "not_run"
    assert numbers(golden(APPLICATION, certificate())).payment_to_income is None


def test_an_income_that_no_statement_shows_yet_accuses_nobody() -> None:
    """Where the co-borrower's statement is missing, the ratio is not the household's."""
    big = replace(APPLICATION, loan=replace(LOAN, amount=D(3000000)))
    hers = certificate("18000.00", name=WIFE, file="b.jpg")
    assert judged(golden(big, certificate(), hers, year(GOLDEN)))[0] == "not_run"
    small = replace(APPLICATION, loan=replace(LOAN, amount=D(1800000)))
    assert judged(golden(small, certificate(), hers, year(GOLDEN)))[0] == "passed", "his alone carries it"
    assert (
        judged(golden(big, certificate(), year(GOLDEN, notes={"rows_lost": 2}), hers, year(HERS, WIFE)))[0]
        == "passed"
    )
    big = replace(APPLICATION, loan=replace(LOAN, amount=D(9000000)))
    assert (
        judged(golden(big, certificate(), year(GOLDEN, notes={"rows_lost": 2}), hers, year(HERS, WIFE)))[0]
        == "unsure"
    )


def test_a_filtered_statement_accuses_nobody() -> None:
    """What a filter may hide could be the rest of the income."""
    big = replace(APPLICATION, loan=replace(LOAN, amount=D(9000000)))
    assert judged(golden(big, certificate(), year(GOLDEN, filter="收入")))[0] == "unsure"


def test_a_spouse_counts_only_with_a_declared_income() -> None:
    """A spouse's salary is the household's where a certificate or the application says so."""
    people = [
        Person(ME, role="borrower", employment="salaried"),
        Person(WIFE, role="spouse", employment="salaried"),
    ]
    papers = (certificate(), year(GOLDEN), year(HERS, WIFE))
    assert numbers(golden(APPLICATION, *papers, people=people)).recognised_income == D("18210.00")
    declared = {WIFE: Applicant(name=WIFE, monthly_income=D("18000.00"))}
    both = golden(APPLICATION, *papers, people=people, declared=declared)
    assert numbers(both).recognised_income == D("31475.00")


def test_an_identity_paper_alone_makes_no_income() -> None:
    """A case with a loan and nothing of income has a payment and no ratio."""
    found = numbers(golden(APPLICATION, document("id_card", name=ME)))
    assert (found.payment, found.recognised_income, found.payment_to_income) == (D("8910.41"), None, None)
