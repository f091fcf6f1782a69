"""Payslips of the fixtures: a worked series, to the cent."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest

from fixtures import payroll

D = Decimal


def _year(gross: str, special: str = "0") -> tuple[payroll.Payslip, ...]:
    return payroll.payslips(D(gross), "2026-01", 12, special=D(special))


def test_tax_of_25000_gross_steps_from_three_to_twenty_percent_over_the_year() -> None:
    """The first worked series: tax and net pay of twelve months, to the cent."""
    slips = _year("25000", "1500")
    assert [s.tax for s in slips] == [D("386.25")] * 2 + [D("570.00")] + [D("1287.50")] * 8 + [D("2337.50")]
    assert [s.net for s in slips] == [D("18988.75")] * 2 + [D("18805.00")] + [D("18087.50")] * 8 + [
        D("17037.50")
    ]


def test_tax_of_18000_gross_without_special_deductions() -> None:
    """The second worked series."""
    slips = _year("18000")
    assert [s.tax for s in slips] == [D("268.50")] * 4 + [D("881.00")] + [D("895.00")] * 7
    assert [s.net for s in slips] == [D("13681.50")] * 4 + [D("13069.00")] + [D("13055.00")] * 7


def test_months_asked_from_november_carry_the_tax_of_the_whole_year() -> None:
    """A series that begins in November knows what was earned from January on, and starts anew in the next January."""
    slips = payroll.payslips(D("25000"), "2025-11", 3, special=D("1500"))
    assert [s.net for s in slips] == [D("18087.50"), D("17037.50"), D("18988.75")]


def test_who_was_hired_in_july_starts_with_the_lowest_rate() -> None:
    """The cumulative sums begin with the month of hire."""
    slips = payroll.payslips(D("25000"), "2026-07", 1, special=D("1500"), employed_since="2026-07")
    assert slips[0].tax == D("386.25")


def test_pay_of_the_next_month_belongs_to_the_tax_year_in_which_it_is_paid() -> None:
    """December's work paid in January opens a tax year."""
    slips = payroll.payslips(D("18000"), "2025-11", 2, lag=1)
    assert [(s.period, s.tax) for s in slips] == [("2025-11", D("895.00")), ("2025-12", D("268.50"))]


@pytest.mark.parametrize(
    ("month", "paid"),
    [
        ("2025-11", date(2025, 11, 14)),
        ("2026-02", date(2026, 2, 14)),
        ("2026-03", date(2026, 3, 13)),
        ("2026-08", date(2026, 8, 14)),
        ("2026-10", date(2026, 10, 15)),
    ],
)
def test_payday_moves_to_the_nearest_earlier_working_day(month: str, paid: date) -> None:
    """The 15th on a weekend or a holiday is paid before; a swapped working Saturday counts as a working day."""
    assert payroll.payday(month, 15) == paid


@pytest.mark.parametrize(
    ("taxable", "tax"),
    [
        ("36000", "1080.00"),
        ("36001", "1080.10"),
        ("154500", "13980.00"),
        ("960001", "250080.45"),
        ("-1", "0.00"),
    ],
)
def test_tax_on_a_years_sum_follows_the_brackets(taxable: str, tax: str) -> None:
    """Breakpoints of the cumulative table, and the example of its inverse."""
    assert payroll.tax_on(D(taxable)) == D(tax)


def test_every_invented_slip_adds_up() -> None:
    """Lines make the gross, gross less deductions makes the net, whatever was drawn."""
    for seed in range(60):
        for slip in payroll.random_pay(random.Random(seed), "2026-03", 6):
            earned = sum(a for _, a, kind in slip.items if kind == "earning")
            missed = sum(a for _, a, kind in slip.items if kind == "deduction")
            assert earned - missed == slip.gross
            assert slip.net == slip.gross - slip.insurance - slip.housing_fund - slip.tax - slip.other
            assert slip.net > 0
