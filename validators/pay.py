"""Salary as the papers tell it: is there any in the statement, in every month, and is it what the payslips say?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from extractors.bank_statement import BankStatement
from extractors.pay_stub import Payslip, PayStub
from pipeline.model import Document, Evidence, Finding, Severity
from validators.ledger import Place, ledger_of
from validators.months import first_day, last_day, month_of, shift
from validators.parameters import Parameters, Values
from validators.rule import Case, Person, Unsure, finding, page_of, rule
from validators.salary import Credit, Payroll, likely_start, nearest_sum, payroll_of, window_of

APART = timedelta(days=10)
"""So far from its month a part of the pay may come."""


def _asks(case: Case, person: Person) -> None:
    """Raises Unsure where no salary is to be expected of a person."""
    if not case.earns(person) or person.employment not in ("salaried", None):
        raise Unsure("not_applicable", "employment")


def _span(months: Sequence[str]) -> dict[str, Any]:
    return {"from": months[0], "to": months[-1]}


def _rows_lost(documents: Sequence[Document]) -> Unsure:
    fields = tuple((document, "transactions") for document in documents)
    return Unsure("unreadable", "bank_statement.transactions", fields=fields)


@rule("SALARY_NOT_FOUND", "high")
def salary_not_found(
    case: Case, person: Person, parameters: Parameters, statements: list[BankStatement]
) -> Iterator[Finding]:
    """Salaried, three whole months covered, and no credit that could be pay."""
    _asks(case, person)
    values = parameters.at(case.as_of)
    payroll = payroll_of(case, person, values)
    if payroll.credits:
        return
    if person.employment is None:
        raise Unsure("not_applicable", "employment")
    months = [m for m in payroll.months if payroll.clear(first_day(m), last_day(m))]
    if len(months) < values.count("salary_min_covered_months"):
        raise Unsure("insufficient", "bank_statement")
    if payroll.lost or any(not ledger_of(statement).rows for statement in statements):
        raise _rows_lost([statement.document for statement in statements])
    blurred = {month_of(move.day) for move in payroll.doubtful if move.day} & set(months)
    if payroll.vague or 2 * len(blurred) >= len(months):
        raise Unsure("insufficient", "bank_statement.summary", "bank_statement.counterparty")
    yield finding(
        "SALARY_NOT_FOUND",
        values.severity("high", "salary_min_covered_months"),
        *(page_of(statement.document) for statement in statements),
        person=person.name,
        months=len(months),
        **_span(months),
    )


@rule("SALARY_MONTH_MISSING", "medium")
def salary_month_missing(
    case: Case, person: Person, parameters: Parameters, statements: list[BankStatement]
) -> Iterator[Finding]:
    """A whole covered month after hire without a salary round its pay day; one finding a month.

    Only months whose likely days of pay are wholly covered and not hidden by a missing page or a filter are told."""
    _asks(case, person)
    values = parameters.at(case.as_of)
    payroll = payroll_of(case, person, values)
    if not payroll.credits or payroll.day is None:
        raise Unsure("not_applicable", "bank_statement.salary")
    if not payroll.months:
        raise Unsure("insufficient", "bank_statement")
    missing = [month for month in payroll.months if _expected(payroll, month) and not payroll.has_pay(month)]
    clear = [month for month in missing if _watched(payroll, month, payroll.day, values)]
    torn = [statement.document for statement in statements if ledger_of(statement).torn]
    if clear and (payroll.lost or torn):
        raise _rows_lost([*payroll.lost, *torn])
    for month in clear:
        yield finding(
            "SALARY_MONTH_MISSING",
            "medium",
            *_places(statements, month),
            person=person.name,
            month=month,
            material="bank_statement",
            pay_day=payroll.day,
        )
    if len(clear) < len(missing):
        raise Unsure("insufficient", "bank_statement.transactions")


def _expected(payroll: Payroll, month: str) -> bool:
    """Whether pay is due: later than the first pay seen, or two months after hire (the first month's may come with the next)."""
    first = min(credit.month for credit in payroll.credits)
    if payroll.hired is None:
        return month > first
    return month >= shift(payroll.hired, 2) or month > max(first, payroll.hired)


def _watched(payroll: Payroll, month: str, day: int, values: Values) -> bool:
    """Whether statements cover the days on which the month's pay is likely, nothing hides rows there, none is blurred."""
    start, (_, end) = likely_start(month, day, values), window_of(month, day, values)
    inside = any(first <= start and end <= last for first, last in payroll.stretches)
    usual = median([credit.amount for credit in payroll.credits])
    blurred = any(
        move.day and start <= move.day <= end and 2 * (move.amount or Decimal(0)) >= usual
        for move in payroll.doubtful
    )
    return inside and payroll.clear(start, end) and not blurred


def _places(statements: Sequence[BankStatement], month: str) -> list[Evidence]:
    """The pages on which the month's rows stand."""
    found: dict[Place, Evidence] = {}
    for statement in statements:
        for move in ledger_of(statement).rows:
            if move.day is not None and month_of(move.day) == month and move.place not in found:
                file, page = move.place
                found[move.place] = Evidence(
                    file=file, page=page, document="bank_statement", document_id=statement.document.id or None
                )
    return list(found.values())


# ---------------------------------------------------------------- slips against credits


@dataclass(frozen=True, slots=True)
class Match:
    """A slip held against the credits of one pay month."""

    slip: Payslip
    month: str
    paid: Decimal
    credits: Sequence[Credit]

    def agrees(self, values: Values) -> bool:
        """Whether they are the same to the rounding of a slip."""
        return abs(self.off) <= values.number("salary_tolerance")

    @property
    def off(self) -> Decimal:
        return (self.slip.net_pay.value or Decimal(0)) - self.paid


@rule("SALARY_AMOUNT_MISMATCH", "high")
def salary_amount_mismatch(
    case: Case, person: Person, parameters: Parameters, slips: list[PayStub], statements: list[BankStatement]
) -> Iterator[Finding]:
    """A slip's net is a credit, or a sum of credits, of its pay month: the work month or the next, whichever fits more months."""
    values = parameters.at(case.as_of)
    payroll = payroll_of(case, person, values)
    if not payroll.credits:
        raise Unsure("not_applicable", "bank_statement.salary")
    unread = [
        (stub.document, "payslips")
        for stub in slips
        if not stub.payslips or any(not slip.net_pay for slip in stub.payslips)
    ]
    compared = 0
    lost = False
    for stub in slips:
        for match in _matches(stub, payroll, values):
            compared += 1
            severity = _severity(match, values)
            if severity is None:
                continue
            if payroll.lost:
                lost = True
                continue
            yield _mismatch(person, stub, match, severity)
    if lost:
        raise _rows_lost(payroll.lost)
    if unread:
        raise Unsure("unreadable", "pay_stub.net_pay", fields=tuple(unread))
    if not compared:
        raise Unsure("insufficient", "bank_statement.transactions", "pay_stub.payslips")


def lag_of(stub: PayStub, payroll: Payroll, values: Values) -> int:
    """0 where pay comes in the month of work, 1 where in the next: whichever fits more months, then the closer one."""
    return _lag(stub, payroll, values)[0]


def _lag(stub: PayStub, payroll: Payroll, values: Values) -> tuple[int, bool]:
    """The lag of pay, and whether it is certain: some month fits it, or both could be compared."""
    fits: list[tuple[int, Decimal, int]] = []
    for lag in (0, 1):
        found = [match for slip in stub.payslips if (match := _match(slip, lag, payroll, values)) is not None]
        agreeing = sum(match.agrees(values) for match in found)
        off = sum((abs(match.off) for match in found), Decimal(0)) / max(1, len(found))
        fits.append((-agreeing, off if found else Decimal("Infinity"), lag))
    best = min(fits)
    return best[2], best[0] < 0 or all(off.is_finite() for _, off, _ in fits)


def _match(slip: Payslip, lag: int, payroll: Payroll, values: Values) -> Match | None:
    """The credits that come closest to a slip's net in its pay month; None where there are none or the slip is not read.

    A part of the pay may come some days before or after the month."""
    period, net = slip.period.value, slip.net_pay.value
    if period is None or net is None:
        return None
    month = month_of(slip.pay_date.value) if slip.pay_date.value is not None else shift(period, lag)
    first, last = first_day(month), last_day(month)
    here, near = [], []
    for credit in payroll.credits:
        day = credit.move.day or first_day(credit.month)
        if credit.month == month or first <= day <= last:
            here.append(credit)
        elif first - APART <= day <= last + APART:
            near.append(credit)
    if not any(credit.regular for credit in here):
        return None
    match = Match(slip, month, *nearest_sum(here, net))
    if near and not match.agrees(values):
        wider = Match(slip, month, *nearest_sum([*here, *near], net))
        if wider.agrees(values):
            return wider
    return match


def _matches(stub: PayStub, payroll: Payroll, values: Values) -> Iterator[Match]:
    """The slips whose pay month is certain, covered whole and not hidden, or that agree with what is there."""
    lag, certain = _lag(stub, payroll, values)
    for slip in stub.payslips:
        match = _match(slip, lag, payroll, values)
        if match is None:
            continue
        covered = match.month in payroll.months and payroll.clear(
            first_day(match.month), last_day(match.month)
        )
        if match.agrees(values) or (covered and (certain or slip.pay_date)):
            yield match


def _severity(match: Match, values: Values) -> Severity | None:
    off, net = abs(match.off), match.slip.net_pay.value or Decimal(0)
    if off <= values.number("salary_tolerance"):
        return None
    names = ("salary_high_share", "salary_high_amount")
    share, amount = (values.number(name) for name in names)
    if off > share * max(abs(net), match.paid) and off > amount:
        return values.severity("high", *names)
    return "medium"


def _mismatch(person: Person, stub: PayStub, match: Match, severity: Severity) -> Finding:
    return finding(
        "SALARY_AMOUNT_MISMATCH",
        severity,
        match.slip.net_pay,
        *(credit.move.row.amount for credit in match.credits),
        document=stub.document,
        person=person.name,
        month=match.slip.period.value,
        pay_month=match.month,
        field="net_pay",
        expected=match.slip.net_pay.value,
        found=match.paid,
        difference=-match.off,
    )
