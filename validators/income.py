"""The income table of a case, and a certificate that says more than the papers show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from extractors.income_certificate import IncomeCertificate
from extractors.pay_stub import PayStub
from pipeline.model import Finding, Severity
from pipeline.result import Affordability, MonthIncome, PersonIncome
from pipeline.text import money
from validators.affordability import afford
from validators.earnings import Earnings, best_evidence, earnings_of, recognised_net
from validators.months import shift
from validators.parameters import Parameters, Values
from validators.pay import lag_of
from validators.rule import Case, Person, Unsure, finding, rule
from validators.tax import CENT

ZERO = Decimal(0)

# ---------------------------------------------------------------- the finding


@rule("INCOME_OVERSTATED", "high")
def income_overstated(case: Case, person: Person, parameters: Parameters) -> Iterator[Finding]:
    """The certificate, else the application, says more than the best evidence of the same basis allows."""
    if not case.earns(person):
        raise Unsure("not_applicable", "income_certificate")
    values = parameters.at(case.as_of)
    earnings = earnings_of(case, person, values)
    declared, verified = earnings.declared, best_evidence(earnings)
    if declared is None:
        _explain_no_declaration(case, person)
        return
    if verified is None or verified.amount <= 0:
        raise Unsure("missing", "pay_stub", "bank_statement")
    ratio = declared.amount / verified.amount
    severity = _weight(ratio, values)
    if severity is None:
        return
    if verified.source == "bank_statement" and earnings.payroll.lost:
        fields = tuple((document, "transactions") for document in earnings.payroll.lost)
        raise Unsure("unreadable", "bank_statement.transactions", fields=fields)
    if verified.source == "bank_statement" and earnings.payroll.hidden:
        raise Unsure("insufficient", "bank_statement.transactions")
    yield finding(
        "INCOME_OVERSTATED",
        severity,
        *declared.seen,
        *verified.seen,
        person=person.name,
        material=declared.source,
        field="monthly_income",
        declared=declared.amount,
        verified=verified.amount,
        basis=declared.basis,
        source=verified.source,
        method=verified.method,
        months=verified.months,
        difference=declared.amount - verified.amount,
        ratio=str(ratio.quantize(CENT)),
    )


def _weight(ratio: Decimal, values: Values) -> Severity | None:
    for severity, name in (("high", "income_overstated_high"), ("medium", "income_overstated_medium")):
        if ratio > values.number(name):
            return values.severity(severity, name)  # type: ignore[arg-type]  # a literal of the tuple above
    return None


def _explain_no_declaration(case: Case, person: Person) -> None:
    certificates = case.records(IncomeCertificate, person)
    if not certificates:
        raise Unsure("missing", "income_certificate")
    if len(certificates) > 1 and all(certificate.monthly_income for certificate in certificates):
        raise Unsure("insufficient", "income_certificate.income_basis")
    fields = tuple((certificate.document, "monthly_income") for certificate in certificates)
    raise Unsure("unreadable", "income_certificate.monthly_income", fields=fields)


# ---------------------------------------------------------------- the income table


def months_of(case: Case, earnings: Earnings, values: Values) -> tuple[MonthIncome, ...]:
    """The month-by-month table: slips by month of work, deposits moved to the month of work that they pay."""
    rows: dict[str, dict[str, Decimal]] = {}

    def add(period: str, column: str, amount: Decimal | None) -> None:
        if amount is not None:
            row = rows.setdefault(period, {})
            row[column] = row.get(column, ZERO) + amount

    lag = 0
    for stub in case.records(PayStub, earnings.person):
        lag = lag_of(stub, earnings.payroll, values) if earnings.payroll.credits else 0
        for slip in stub.payslips:
            if slip.period.value:
                add(slip.period.value, "payslip_gross", slip.gross_pay.value)
                add(slip.period.value, "payslip_net", slip.net_pay.value)
                add(slip.period.value, "tax", slip.income_tax.value)
    for credit in earnings.payroll.credits:
        add(shift(credit.month, -lag), "deposited", credit.amount)
    return tuple(MonthIncome(period=period, **rows[period]) for period in sorted(rows))


def person_income(case: Case, earnings: Earnings, values: Values) -> PersonIncome:
    """One person's part of the report's income table."""
    declared, best = earnings.declared, best_evidence(earnings)
    return PersonIncome(
        person=earnings.person.name,
        declared=None if declared is None else declared.amount,
        basis=declared.basis if declared is not None else (best.basis if best is not None else None),
        verified=None if best is None else best.amount,
        method=None if best is None else best.method,
        months=months_of(case, earnings, values),
    )


def income_of(
    case: Case, parameters: Parameters
) -> tuple[tuple[PersonIncome, ...], Mapping[str, Any], Affordability]:
    """The income table of everyone who earns, the household's sums (money as strings), and the ratios of the case."""
    values = parameters.at(case.as_of)
    earnings = [earnings_of(case, person, values) for person in case.applicants if case.earns(person)]
    people = tuple(person_income(case, one, values) for one in earnings)
    nets = {one.person.name: recognised_net(one, values) for one in earnings}
    known = [net for net in nets.values() if net is not None]
    household = {
        "verified_net": money(sum((one.net.amount for one in earnings if one.net is not None), ZERO))
        if known
        else None,
        "recognised_net": money(sum(known, ZERO)) if known else None,
        "by_person": {name: None if net is None else money(net) for name, net in nets.items()},
    }
    return people, household, afford(case, earnings, values)
