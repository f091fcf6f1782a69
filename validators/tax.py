"""Individual income tax on wages: cumulative withholding forwards and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from validators.parameters import Bracket, Values

CENT = Decimal("0.01")
ZERO = Decimal(0)


def cents(amount: Decimal) -> Decimal:
    """Rounded to a hundredth, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def tax_on(taxable: Decimal, brackets: Sequence[Bracket]) -> Decimal:
    """The year's tax on a cumulative taxable income in yuan; nothing on nothing or less."""
    if taxable <= 0:
        return ZERO
    _, rate, quick = next(bracket for bracket in brackets if taxable <= bracket[0])
    return cents(taxable * rate - quick)


def taxable_of(tax: Decimal, brackets: Sequence[Bracket]) -> Decimal:
    """The cumulative taxable income on which a cumulative tax is due; zero for no tax, where only an upper end is known."""
    if tax <= 0:
        return ZERO
    for upper, rate, quick in brackets:
        if not upper.is_finite() or tax <= upper * rate - quick:
            return cents((tax + quick) / rate)
    raise ValueError("the last bracket has an upper end")


def bonus_tax(bonus: Decimal, brackets: Sequence[Bracket]) -> Decimal:
    """The tax on an annual bonus that is taxed apart: the bracket of its twelfth, the quick deduction once."""
    if bonus <= 0:
        return ZERO
    _, rate, quick = next(bracket for bracket in brackets if bonus / 12 <= bracket[0])
    return cents(bonus * rate - quick)


def withheld(
    incomes: Sequence[Decimal],
    deductions: Sequence[Decimal],
    values: Values,
    *,
    counted_before: int = 0,
) -> list[Decimal]:
    """The tax withheld in each month of one year at one employer, from the first month given on.

    `deductions` are insurance, fund and special deductions of each month; `counted_before` are months without pay whose
    basic deduction counts all the same (a first job of the year counts from January). Nothing is given back within a year.
    """
    brackets, basic = values.brackets("tax_brackets"), values.number("tax_basic_deduction")
    taxable, paid = -basic * counted_before, ZERO
    taxes = []
    for income, deduction in zip(incomes, deductions, strict=True):
        taxable += income - deduction - basic
        tax = max(ZERO, tax_on(taxable, brackets) - paid)
        paid += tax
        taxes.append(tax)
    return taxes


def net_pay(gross: Decimal, share: Decimal, special: Decimal, values: Values) -> list[Decimal]:
    """The net of January to December at a constant gross, `share` of it taken for insurance and fund."""
    own = cents(gross * share)
    taxes = withheld([gross] * 12, [own + special] * 12, values)
    return [gross - own - tax for tax in taxes]


def assumed_share(values: Values) -> Decimal:
    """The share of gross that insurance and fund take where no paper prints it: an upper bound."""
    return values.number("assumed_insurance") + values.number("assumed_housing_fund")


def _solve(reach: Callable[[Decimal], Decimal], goal: Decimal) -> Decimal:
    """The amount at which a rising function reaches `goal`, to the cent."""
    low, high = ZERO, Decimal(1000)
    while reach(high) < goal:
        low, high = high, high * 2
    while high - low > CENT / 2:
        middle = (low + high) / 2
        low, high = (middle, high) if reach(middle) < goal else (low, middle)
    return cents(high)


def gross_of_net(nets: Sequence[tuple[int, Decimal]], values: Values) -> Decimal:
    """The greatest constant gross that leaves, on the mean, these nets of (calendar month 1 to 12, yuan).

    Insurance and fund are taken at their assumed shares and no special deductions, whichever of them leave the most tax:
    an upper bound, so that nobody is accused by it. ValueError without a month.
    """
    if not nets:
        raise ValueError("no month")
    mean = sum((net for _, net in nets), ZERO) / len(nets)
    return _gross_of_mean(mean, tuple(month for month, _ in nets), values) if mean > 0 else ZERO


@lru_cache(256)
def _gross_of_mean(mean: Decimal, months: Sequence[int], values: Values) -> Decimal:
    share = assumed_share(values)

    def reach(gross: Decimal) -> Decimal:
        year = net_pay(gross, share, ZERO, values)
        return sum((year[month - 1] for month in months), ZERO) / len(months)

    return _solve(reach, mean)


def gross_of_bonus(net: Decimal, values: Values) -> Decimal:
    """The greatest bonus, taxed apart, that leaves this net."""
    low, found = ZERO, ZERO
    for upper, rate, quick in values.brackets("bonus_brackets"):
        bonus = (net - quick) / (1 - rate)
        if low < bonus / 12 <= upper:
            found = max(found, bonus)
        low = upper
    return cents(max(found, net)) if net > 0 else ZERO


def net_of_gross(gross: Decimal, months: Sequence[int], values: Values) -> Decimal:
    """The mean net that a gross leaves in these calendar months, with the assumed shares and special deductions."""
    year = net_pay(gross, assumed_share(values), values.number("assumed_special_deductions"), values)
    wanted = list(months) or list(range(1, 13))
    return cents(sum((year[month - 1] for month in wanted), ZERO) / len(wanted))


def gross_of_tax(tax: Decimal, months: int, values: Values, deductions: Decimal | None = None) -> Decimal:
    """The greatest monthly gross under which `tax` was withheld from January on in `months` months.

    `deductions` a month are insurance, fund and special deductions where papers print them; else the assumed ones.
    """
    taxable = taxable_of(tax, values.brackets("tax_brackets")) / months
    basic = values.number("tax_basic_deduction")
    if deductions is not None:
        return cents(taxable + basic + deductions)
    special = values.number("assumed_special_deductions")
    return cents((taxable + basic + special) / (1 - assumed_share(values)))
