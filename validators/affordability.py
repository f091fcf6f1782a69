"""What the loan costs a month against what the household earns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from pipeline.model import Evidence, Finding, Severity
from pipeline.result import Affordability
from pipeline.text import money
from validators.earnings import Earnings, earnings_of, recognised_net
from validators.loan import first_payment
from validators.parameters import Parameters, Values
from validators.rule import Case, Unsure, finding, rule

ZERO = Decimal(0)
PLACES = Decimal("0.0001")
POINT = Decimal("0.0001")
MOST_CREDITS = 24
"""The credits shown as evidence of the income."""


def annual_rate(
    rate: Decimal | None, points: int | None, kind: str | None, years: int, values: Values
) -> Decimal | None:
    """The yearly rate as a fraction: as declared, else the LPR of the term and day with its basis points, or the fund's rate."""
    if rate is not None:
        return rate
    if points is not None:
        lpr = values.number("lpr_over_five_years" if years > 5 else "lpr_one_year")
        return lpr + points * POINT
    if kind == "provident_fund":
        return values.number("fund_rate_over_five_years" if years > 5 else "fund_rate_up_to_five_years")
    return None


def payment_of(case: Case, values: Values) -> Decimal | None:
    """The first month's payment of the loan asked for, all parts together; None where it is not declared whole."""
    if case.application is None:
        return None
    loan = case.application.loan
    parts = [
        (part.kind, part.amount, part.years, part.annual_rate, part.lpr_bp, part.method)
        for part in loan.parts
    ]
    if not parts:
        parts = [(None, loan.amount, loan.years, loan.annual_rate, loan.lpr_bp, loan.method)]
    total = ZERO
    for kind, amount, own_years, rate, points, method in parts:
        years = own_years or loan.years
        if amount is None or years is None:
            return None
        yearly = annual_rate(rate, points, kind, years, values)
        if yearly is None and kind != "provident_fund":
            yearly = annual_rate(loan.annual_rate, loan.lpr_bp, kind, years, values)
        if yearly is None:
            return None
        total += first_payment(amount, yearly, years, method or loan.method)
    return total


def _borrowing(earnings: Sequence[Earnings]) -> list[Earnings]:
    """Whose income counts: borrowers and co-borrowers, a spouse who declares one."""
    return [
        one
        for one in earnings
        if one.person.role in ("borrower", "co_borrower")
        or (one.person.role == "spouse" and one.declared is not None)
    ]


def household_net(earnings: Sequence[Earnings], values: Values) -> Decimal | None:
    """The recognised income Y of the household a month; None without any verified income."""
    nets = [net for one in _borrowing(earnings) if (net := recognised_net(one, values)) is not None]
    return sum(nets, ZERO) if nets else None


def _ratio(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    if numerator is None or not denominator:
        return None
    return (numerator / denominator).quantize(PLACES, ROUND_HALF_UP)


def afford(case: Case, earnings: Sequence[Earnings], values: Values) -> Affordability:
    """The numbers of the report; None for each that cannot be worked out."""
    payment, income = payment_of(case, values), household_net(earnings, values)
    home = case.application.property if case.application is not None else None
    fee = home.monthly_fee if home is not None and home.monthly_fee is not None else ZERO
    debt = case.application.loan.existing_monthly_debt if case.application is not None else None
    housing = None if payment is None else payment + fee
    everything = None if housing is None else housing + (debt or ZERO)
    own = None
    if home is not None and home.price and case.application is not None:
        amounts = [part.amount for part in case.application.loan.parts] or [case.application.loan.amount]
        if all(amount is not None for amount in amounts):
            own = home.price - sum((amount for amount in amounts if amount is not None), ZERO)
    return Affordability(
        payment=payment,
        recognised_income=income,
        payment_to_income=_ratio(housing, income),
        debt_to_income=_ratio(everything, income),
        down_payment_ratio=_ratio(own, home.price if home is not None else None),
    )


@rule("PAYMENT_TO_INCOME", "high")
def payment_to_income(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """(Payment + monthly fee) / recognised income: at most one half; a note from 45 % on."""
    values = parameters.at(case.as_of)
    payment = payment_of(case, values)
    if payment is None or case.application is None:
        raise Unsure("missing", "application.loan")
    earnings = [earnings_of(case, person, values) for person in case.applicants if case.earns(person)]
    counted = _borrowing(earnings)
    income = household_net(earnings, values)
    if not income:
        raise Unsure("missing", "bank_statement.salary")
    fee = case.application.property.monthly_fee or ZERO
    severity, name = _weight((payment + fee) / income, values)
    if severity is None:
        return
    unverified = [one.person.name for one in counted if one.net is None and _has_income(case, one)]
    if unverified:
        raise Unsure("missing", "bank_statement.salary")
    lost = [document for one in counted for document in one.payroll.lost]
    if lost:
        fields = tuple((document, "transactions") for document in lost)
        raise Unsure("unreadable", "bank_statement.transactions", fields=fields)
    if any(one.payroll.hidden for one in counted):
        raise Unsure("insufficient", "bank_statement.transactions")
    yield finding(
        "PAYMENT_TO_INCOME",
        values.severity(severity, name),
        *_evidence(case, counted, values),
        numerator=payment + fee,
        denominator=income,
        limit=str(values.number(name)),
        ratio=str(_ratio(payment + fee, income)),
        payment=payment,
        monthly_fee=fee,
    )


def _weight(ratio: Decimal, values: Values) -> tuple[Severity | None, str]:
    if ratio > values.number("payment_to_income_limit"):
        return "high", "payment_to_income_limit"
    if ratio > values.number("payment_to_income_note"):
        return "low", "payment_to_income_note"
    return None, ""


def _has_income(case: Case, one: Earnings) -> bool:
    """Whether the person is said to earn something that no statement of the file shows yet."""
    return one.declared is not None or (one.person.role == "borrower" and one.person.employment is not None)


def _evidence(case: Case, counted: Sequence[Earnings], values: Values) -> Iterator[Evidence]:
    """The loan and the income that counts: what is certified only where it is less than what is verified, because doubt
    about a certificate that says more changes nothing."""
    loan = case.application.loan if case.application is not None else None
    amount = money(loan.amount) if loan is not None and loan.amount is not None else None
    yield Evidence(file="application.yaml", field="loan.amount", value=amount)
    for one in counted:
        counts = recognised_net(one, values)
        if one.declared is not None and (one.net is None or counts != one.net.amount):
            yield from one.declared.seen
        if one.net is not None:
            yield from one.net.seen[:MOST_CREDITS]
