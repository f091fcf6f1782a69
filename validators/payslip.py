"""Payslips held against themselves: what is paid out is what was earned less what was taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from extractors.pay_stub import PayItem, Payslip, PayStub
from pipeline.model import Finding
from pipeline.record import Cell
from validators.parameters import Parameters
from validators.rule import Case, Unsure, finding, need, rule

INSURANCE = ("pension", "medical", "unemployment")
DEDUCTIONS = (*INSURANCE, "social_insurance", "housing_fund", "income_tax", "other_deductions")
USUAL = {
    "pension": Decimal("0.085"),
    "medical": Decimal("0.03"),
    "unemployment": Decimal("0.015"),
    "housing_fund": Decimal("0.125"),
    "income_tax": Decimal("0.30"),
}
"""The most that deductions of nearly every slip take of the gross: a slip that shows one of them less may just not show it."""
ABSENCE = re.compile(r"缺勤|事假|病假|旷工|迟到|早退|考勤|请假")
"""Deductions that are taken before the gross sum (应发) is struck."""
ZERO = Decimal(0)


@rule("PAYSTUB_ARITHMETIC", "high")
def paystub_arithmetic(case: Case, parameters: Parameters, stub: PayStub) -> Iterator[Finding]:
    """Gross less deductions is net, and the printed items are the gross, month by month; special deductions are none."""
    tolerance = parameters.at(case.as_of).number("paystub_tolerance")
    unsure: Unsure | None = None
    if not stub.payslips:
        raise Unsure("unreadable", "pay_stub.payslips", fields=((stub.document, "payslips"),))
    for slip in stub.payslips:
        try:
            found = _net(stub, slip, tolerance) or _gross(stub, slip, tolerance)
        except Unsure as doubt:
            unsure = doubt
            continue
        if found is not None:
            yield found
    if unsure is not None:
        raise unsure


def deductions(slip: Payslip) -> list[Cell[Decimal]]:
    """What the slip prints as taken from the gross: the single insurances where there are any, else their sum; fund, tax, others."""
    single = [cell for cell in (slip.pension, slip.medical, slip.unemployment) if cell]
    insurance = single or [slip.social_insurance]
    return [cell for cell in (*insurance, slip.housing_fund, slip.income_tax, slip.other_deductions) if cell]


def _sum(cells: Sequence[Cell[Decimal]]) -> Decimal:
    return sum((cell.value for cell in cells if cell.value is not None), ZERO)


def _items(stub: PayStub, slip: Payslip, kind: str) -> list[PayItem]:
    """The printed items of the slip's month; items without a month belong to the only slip there is."""
    month = slip.period.value
    return [
        item
        for item in stub.items
        if item.kind.value == kind
        and item.amount
        and (item.period.value == month or (not item.period and len(stub.payslips) == 1))
    ]


def _lost(stub: PayStub, *names: str) -> bool:
    """Whether one of these fields is printed but was not read, so that a sum over them says nothing."""
    return bool({gap.name for gap in stub.document.unread} & {*names, "payslips"}) or bool(
        stub.notes.get("rows_lost")
    )


def _holes(stub: PayStub, slip: Payslip) -> list[str]:
    """The deductions that other months of the same stub print and this one does not: maybe nothing, maybe passed over."""
    printed = {name for other in stub.payslips for name in DEDUCTIONS if name in other.cells}
    return [name for name in DEDUCTIONS if name in printed and name not in slip.cells]


def _unprinted(slip: Payslip, gross: Decimal, gap: Decimal) -> bool:
    """Whether usual deductions that the slip does not show could make up what is missing."""
    shown = set(slip.cells)
    if "social_insurance" in shown:
        shown |= {*INSURANCE}
    most = sum((share for name, share in USUAL.items() if name not in shown), ZERO)
    return gap <= most * gross


def _net(stub: PayStub, slip: Payslip, tolerance: Decimal) -> Finding | None:
    """Gross − deductions = net, by the slip's columns or by all its printed deductions."""
    gross, net = need(slip.gross_pay), need(slip.net_pay)
    taken = deductions(slip)
    expected = gross - _sum(taken)
    if abs(expected - net) <= tolerance:
        return None
    listed = [item.amount for item in _items(stub, slip, "deduction")]
    late = [
        item.amount for item in _items(stub, slip, "deduction") if not ABSENCE.search(item.label.value or "")
    ]
    if any(cells and abs(gross - _sum(cells) - net) <= tolerance for cells in (listed, late)):
        return None
    if _lost(stub, *DEDUCTIONS, "items") or (net < expected and _holes(stub, slip)):
        raise Unsure("unreadable", "pay_stub.payslips", fields=((stub.document, "payslips"),))
    if net < expected and _unprinted(slip, gross, expected - net):
        raise Unsure("insufficient", *(f"pay_stub.{name}" for name in USUAL if name not in slip.cells))
    return finding(
        "PAYSTUB_ARITHMETIC",
        "high",
        slip.net_pay,
        slip.gross_pay,
        *taken,
        document=stub.document,
        rule="net",
        month=slip.period.value,
        field="net_pay",
        expected=expected,
        found=net,
        difference=net - expected,
        gross=gross,
        deductions=gross - expected,
    )


def _partly_read(stub: PayStub, slip: Payslip) -> bool:
    """Whether an item that may be this month's lacks its month, its amount or its kind."""
    months = {None, slip.period.value}
    dated = any(item.period for item in stub.items)
    return any(
        item.period.value in months and not (item.amount and item.kind and (item.period or not dated))
        for item in stub.items
    )


def _mixed(lines: Sequence[PayItem]) -> bool:
    """Whether a label stands twice among one month's earnings: lines of another slip were taken for this one's."""
    labels = [line.label.value for line in lines if line.label]
    return len(labels) != len(set(labels))


def _gross(stub: PayStub, slip: Payslip, tolerance: Decimal) -> Finding | None:
    """Σ earnings = gross where they are printed, absences taken off or not."""
    lines = _items(stub, slip, "earning")
    earned = [item.amount for item in lines]
    if len(earned) < 2:
        return None
    gross = need(slip.gross_pay)
    absent = [
        item.amount for item in _items(stub, slip, "deduction") if ABSENCE.search(item.label.value or "")
    ]
    expected = _sum(earned) - _sum(absent)
    if min(abs(expected - gross), abs(_sum(earned) - gross)) <= tolerance:
        return None
    if _lost(stub, "items", "amount", "label", "kind", "period") or _partly_read(stub, slip) or _mixed(lines):
        raise Unsure("unreadable", "pay_stub.items", fields=((stub.document, "items"),))
    return finding(
        "PAYSTUB_ARITHMETIC",
        "high",
        slip.gross_pay,
        *earned,
        *absent,
        document=stub.document,
        rule="gross",
        month=slip.period.value,
        field="gross_pay",
        expected=expected,
        found=gross,
        difference=gross - expected,
    )
