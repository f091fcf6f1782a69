"""What a housing loan costs a month: equal instalments, equal principal, combined loans."""

from __future__ import annotations

from decimal import Decimal, localcontext

from validators.tax import cents


def instalment(amount: Decimal, annual_rate: Decimal, months: int) -> Decimal:
    """等额本息: the same payment every month, in yuan to the cent. ValueError for less than one month."""
    if months < 1:
        raise ValueError("a loan runs for at least one month")
    if not annual_rate:
        return cents(amount / months)
    with localcontext() as context:
        context.prec = 40
        rate = annual_rate / 12
        growth = (1 + rate) ** months
        return cents(amount * rate * growth / (growth - 1))


def principal_payment(amount: Decimal, annual_rate: Decimal, months: int, month: int = 1) -> Decimal:
    """等额本金: the payment of month 1 to `months`; the first is the largest and decides the ratio."""
    if not 1 <= month <= months:
        raise ValueError("no month of this loan")
    share = amount / months
    return cents(share + (amount - share * (month - 1)) * annual_rate / 12)


def first_payment(amount: Decimal, annual_rate: Decimal, years: Decimal | int, method: str | None) -> Decimal:
    """The payment that decides the ratio; `method` is equal_principal, else equal instalments."""
    months = max(1, int(Decimal(years) * 12))
    if method == "equal_principal":
        return principal_payment(amount, annual_rate, months)
    return instalment(amount, annual_rate, months)
