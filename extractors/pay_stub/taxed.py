"""Amounts called 计税工资, 应税工资 and the like, which are the taxable income or what it is struck from: sums tell which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from extractors.pay_stub.amounts import INSURED, amount_of, text_of_cell
from extractors.pay_stub.cells import Cell
from extractors.pay_stub.parts import money
from extractors.pay_stub.proof import ALLOWANCE

RATES = tuple(Decimal(rate) for rate in ("0.03", "0.10", "0.20", "0.25", "0.30", "0.35", "0.45"))
"""The rates of the tax on pay (Individual Income Tax Law, table 1): a month within one bracket of the year is taxed by one of them."""
STEP, MOST = Decimal(100), Decimal(15000)
"""The special deductions of a month are whole hundreds, and no more than this."""
CENT = Decimal("0.01")


def is_taxable(value: Decimal, sums: Mapping[str, Decimal]) -> bool:
    """Whether an amount is the month's taxable income by the other amounts of the slip (by role): it is the gross less insurance,
    fund, special deductions and the basic deduction, or what the tax is a rate of."""
    gross = sums.get("gross_pay")
    if gross is None or value < 0 or value > gross - ALLOWANCE + CENT:
        return value == 0 and gross is not None and gross <= ALLOWANCE
    tax = sums.get("income_tax")
    if value and tax and any((value * rate).quantize(CENT, ROUND_HALF_UP) == abs(tax) for rate in RATES):
        return True
    insured = [sums[n] for n in INSURED if n in sums] or [sums[n] for n in ("social_insurance",) if n in sums]
    if not insured:
        return False
    over = gross - sum(map(abs, insured), Decimal(0)) - abs(sums.get("housing_fund", Decimal(0))) - ALLOWANCE
    special = sums.get("special_deductions")
    if special is not None:
        return max(over - abs(special), Decimal(0)) == value
    return 0 <= over - value <= MOST and (over - value) % STEP == 0 and value > 0


def taxable_among(cells: Sequence[Cell], sums: Mapping[str, Decimal]) -> Cell | None:
    """Of the cells under such labels the one that is the taxable income; None where the sums tell of none, or of different ones."""
    told = [
        c
        for c in cells
        if c.meaning.role == "taxed" and len(c.pieces) == 1 and money(text_of_cell(c)) is not None
    ]
    fitting = [c for c in told if is_taxable(amount_of(c), sums)]
    return fitting[0] if len({amount_of(c) for c in fitting}) == 1 else None
