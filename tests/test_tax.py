"""Cumulative withholding, forwards and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.parameters import Parameters
from validators.tax import (
    bonus_tax,
    gross_of_net,
    gross_of_tax,
    net_of_gross,
    tax_on,
    taxable_of,
    withheld,
)

VALUES = Parameters.load().at(date(2026, 11, 2))
BRACKETS = VALUES.brackets("tax_brackets")
D = Decimal
amounts = st.decimals(min_value=1, max_value=3_000_000, places=2, allow_nan=False)


def test_the_first_worked_series_comes_out_to_the_cent() -> None:
    """A gross of 25,000 with 2,625 insurance, 3,000 fund and 1,500 special deductions pays what the rules say."""
    taxes = withheld([D(25000)] * 12, [D(7125)] * 12, VALUES)
    assert taxes == [
        D("386.25"), D("386.25"), D("570.00"), *[D("1287.50")] * 8, D("2337.50"),
    ]  # fmt: skip
    assert [D(25000) - D(5625) - tax for tax in taxes][:4] == [
        D("18988.75"), D("18988.75"), D("18805.00"), D("18087.50"),
    ]  # fmt: skip


def test_the_second_worked_series_comes_out_to_the_cent() -> None:
    """A gross of 18,000 without special deductions steps from 3 % to 10 % in May."""
    taxes = withheld([D(18000)] * 12, [D(4050)] * 12, VALUES)
    assert taxes == [*[D("268.50")] * 4, D("881.00"), *[D("895.00")] * 7]


def test_a_first_job_in_july_pays_nothing_for_months() -> None:
    """Where the basic deduction counts from January, a graduate's first months are free of tax."""
    taxes = withheld([D(9000)] * 6, [D(2000)] * 6, VALUES, counted_before=6)
    assert taxes == [D(0)] * 6
    assert withheld([D(9000)] * 6, [D(2000)] * 6, VALUES)[0] == D("60.00")


def test_tax_is_never_given_back_within_a_year() -> None:
    """A month with a low income after a high one withholds nothing, never less than nothing."""
    assert withheld([D(60000), D(1000)], [D(0), D(0)], VALUES)[1] == 0


@pytest.mark.parametrize(
    ("bonus", "tax"),
    [("36000", "1080.00"), ("36001", "3390.10"), ("60000", "5790.00"), ("144001", "27390.20"), ("0", "0")],
)
def test_a_bonus_taxed_apart_takes_the_quick_deduction_once(bonus: str, tax: str) -> None:
    """The bracket is that of a twelfth; one yuan more at an edge costs thousands."""
    assert bonus_tax(D(bonus), VALUES.brackets("bonus_brackets")) == D(tax)


@pytest.mark.parametrize(("end", "tax"), [
    ("36000", "1080"), ("144000", "11880"), ("300000", "43080"),
    ("420000", "73080"), ("660000", "145080"), ("960000", "250080"),
])  # fmt: skip
def test_the_break_points_of_the_table_meet_from_both_sides(end: str, tax: str) -> None:
    """At the end of each bracket the tax is that of the next one, and the inverse gives the end back."""
    assert tax_on(D(end), BRACKETS) == D(tax)
    assert taxable_of(D(tax), BRACKETS) == D(end)


def test_a_years_tax_gives_the_gross_back() -> None:
    """13,980.00 in a year is 12 × 12,875 taxable, with the printed deductions a gross of 25,000."""
    assert gross_of_tax(D("13980.00"), 12, VALUES, D(7125)) == D("25000.00")
    assert gross_of_tax(D("13980.00"), 12, VALUES) > D(25000), "without printed deductions an upper bound"


@given(amounts)
def test_taxable_income_survives_forwards_and_back(taxable: Decimal) -> None:
    """The inverse of the tax on an income is that income, to what a cent of tax can tell at 3 %."""
    assert abs(taxable_of(tax_on(taxable, BRACKETS), BRACKETS) - taxable) <= D("0.17")


@given(amounts, amounts)
def test_more_income_never_pays_less_tax(one: Decimal, other: Decimal) -> None:
    """The table rises without a step down."""
    low, high = sorted((one, other))
    assert tax_on(low, BRACKETS) <= tax_on(high, BRACKETS)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2_000, 90_000), st.integers(0, 225), st.integers(0, 10_000),
    st.lists(st.integers(1, 12), min_size=3, max_size=12, unique=True),
)  # fmt: skip
def test_grossing_up_is_an_upper_bound(gross: int, share: int, special: int, months: list[int]) -> None:
    """Whatever a person's own deductions within the assumed ones, grossing up never ends below the true gross."""
    own = D(gross) * share / 1000
    taxes = withheld([D(gross)] * 12, [own + special] * 12, VALUES)
    nets = [(month, gross - own - taxes[month - 1]) for month in months]
    assert gross_of_net(nets, VALUES) >= gross - D("0.05")


@settings(max_examples=60, deadline=None)
@given(st.integers(6_000, 90_000), st.integers(0, 225), st.integers(0, 10_000), st.integers(3, 12))
def test_inverting_the_tax_is_an_upper_bound(gross: int, share: int, special: int, months: int) -> None:
    """Where tax is paid, the gross that the inversion allows is never below the true one."""
    taxes = withheld([D(gross)] * months, [D(gross) * share / 1000 + special] * months, VALUES)
    if sum(taxes) > 0:
        assert gross_of_tax(sum(taxes, D(0)), months, VALUES) >= gross - D("0.30")


def test_nothing_has_a_gross_of_nothing() -> None:
    """No deposits give a gross of zero; no months at all are a mistake of the caller."""
    assert gross_of_net([(1, D(0))], VALUES) == 0
    with pytest.raises(ValueError, match="no month"):
        gross_of_net([], VALUES)


def test_a_gross_becomes_net_by_the_least_tax() -> None:
    """With the assumed special deductions a certified gross leaves no less than a person with fewer keeps."""
    assert net_of_gross(D(25000), [7, 8, 9], VALUES) > D("18087.50")
