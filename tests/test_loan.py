"""Loan payments against worked examples."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.loan import first_payment, instalment, principal_payment

D = Decimal


@pytest.mark.parametrize(("amount", "rate", "months", "payment"), [
    ("2100000", "0.0305", 360, "8910.41"), ("2100000", "0.0350", 360, "9429.94"),
    ("1000000", "0.0305", 360, "4243.05"), ("1000000", "0.0260", 360, "4003.40"),
    ("1500000", "0.0305", 300, "7152.24"), ("800000", "0.0260", 360, "3202.72"),
    ("1300000", "0.0305", 360, "5515.97"), ("4500000", "0.0305", 360, "19093.74"),
    ("1200000", "0", 12, "100000.00"),
])  # fmt: skip
def test_equal_instalments(amount: str, rate: str, months: int, payment: str) -> None:
    """等额本息 comes out to the cent, also at no interest."""
    assert instalment(D(amount), D(rate), months) == D(payment)


def test_equal_principal() -> None:
    """等额本金 begins at its highest payment and falls by the same step."""
    loan = (D(2100000), D("0.0305"), 360)
    assert principal_payment(*loan) == D("11170.83")
    assert principal_payment(*loan, month=360) == D("5848.16")
    step = principal_payment(*loan, month=2) - principal_payment(*loan)
    assert abs(step - D("-14.83")) <= D("0.01"), "each payment is rounded by itself"
    total = sum((principal_payment(*loan, month=month) for month in range(1, 361)), D(0))
    assert abs(total - 2100000 - D("963418.75")) < 1


def test_the_method_decides_the_payment() -> None:
    """An undeclared method is equal instalments; years may be broken."""
    assert first_payment(D(2100000), D("0.0305"), 30, "equal_principal") == D("11170.83")
    assert first_payment(D(2100000), D("0.0305"), 30, None) == D("8910.41")
    assert first_payment(D(12000), D(0), D("0.5"), None) == D("2000.00")


@given(st.integers(10_000, 9_000_000), st.integers(1, 900), st.integers(1, 360))
def test_a_loan_is_paid_off_by_its_payments(amount: int, basis_points: int, months: int) -> None:
    """Carried out month by month, the payments end at nothing owed, to the rounding of a cent a month."""
    rate = D(basis_points) / 10_000
    payment = instalment(D(amount), rate, months)
    owed = D(amount)
    for _ in range(months):
        owed += owed * rate / 12 - payment
    assert abs(owed) <= months * D("0.02") * (1 + rate) ** (months // 12 + 1)


def test_a_loan_of_no_months_is_a_mistake() -> None:
    """Nothing is divided by nothing."""
    with pytest.raises(ValueError, match="month"):
        instalment(D(1), D("0.03"), 0)
    with pytest.raises(ValueError, match="month"):
        principal_payment(D(1), D("0.03"), 12, month=13)
