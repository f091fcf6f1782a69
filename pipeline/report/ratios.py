"""The ratios of a case with their formulas filled in, so that a reviewer can work each of them out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.report.words import Pair, pair
from pipeline.result import CaseResult

CLOSE = Decimal("0.00006")
"""A formula is shown filled in only where its numbers give the ratio that was judged, to its four digits."""

LIMITS = {
    "PAYMENT_TO_INCOME": "payment_to_income_limit",
    "DEBT_TO_INCOME": "debt_to_income_limit",
    "DOWN_PAYMENT_RATIO": "down_payment_floor",
}
"""The parameter that each ratio is held against."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One ratio: its formula in words and, where the numbers of the case give it, filled in."""

    key: str
    title: Pair
    formula: Pair
    filled: str | None
    value: Decimal
    limit: str | None
    tone: str


def ratios(result: CaseResult) -> list[Ratio]:
    """The ratios that were worked out, in their usual order."""
    known, loan = result.judgement.affordability, _part(result.application, "loan")
    house, home = _part(result.application, "property"), result.judgement.household
    fee = _first(home.get("monthly_fee"), house.get("monthly_fee"))
    debts = _first(home.get("monthly_debt"), home.get("debts"), loan.get("existing_monthly_debt"))
    payment, income = known.payment, known.recognised_income
    price, amount = _first(house.get("price")), borrowed(loan)
    paid = None if price is None or amount is None else price - amount
    rows = (
        (
            "PAYMENT_TO_INCOME",
            pair("房贷支出收入比", "Payment to income"),
            pair("（月供 + 物业费）÷ 认定月收入", "(payment + fee) ÷ recognised income"),
            known.payment_to_income,
            _sum(payment, fee),
            income,
        ),
        (
            "DEBT_TO_INCOME",
            pair("全部债务收入比", "Debt to income"),
            pair("（月供 + 物业费 + 其他债务）÷ 认定月收入", "(payment + fee + debts) ÷ recognised income"),
            known.debt_to_income,
            _sum(payment, fee, debts),
            income,
        ),
        (
            "DOWN_PAYMENT_RATIO",
            pair("首付比例", "Down payment"),
            pair("（总价 − 贷款额）÷ 总价", "(price − loan) ÷ price"),
            known.down_payment_ratio,
            None if paid is None else (paid, f"({price:,.2f} − {amount:,.2f})"),
            price,
        ),
    )
    out = []
    for code, title, formula, value, top, bottom in rows:
        if value is None:
            continue
        raised = [found for found in result.judgement.findings if found.code == code]
        limit = next((str(f.params["limit"]) for f in raised if "limit" in f.params), None)
        limit = limit or _held(result.judgement.parameters, LIMITS[code])
        tone = raised[0].severity if raised else "fine"
        out.append(Ratio(code, title, formula, _filled(value, top, bottom), value, _percent(limit), tone))
    return out


def borrowed(loan: Mapping[str, Any]) -> Decimal | None:
    """The amount of the loan, of all its parts together where it has parts; None where one is not known."""
    parts = [number(part.get("amount")) for part in loan.get("parts") or () if isinstance(part, Mapping)]
    if not parts:
        return number(loan.get("amount"))
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def percent(value: Decimal) -> str:
    """A fraction as a percentage with one digit."""
    return f"{value * 100:.1f} %"


def number(value: object) -> Decimal | None:
    """The value as an exact number, or None where it is none."""
    try:
        return None if value is None or value == "" else Decimal(str(value))
    except InvalidOperation:
        return None


def _filled(value: Decimal, top: tuple[Decimal, str] | None, bottom: Decimal | None) -> str | None:
    if top is None or not bottom or abs(top[0] / bottom - value) > CLOSE:
        return None
    return f"{top[1]} ÷ {bottom:,.2f} = {percent(value)}"


def _sum(first: Decimal | None, *others: Decimal | None) -> tuple[Decimal, str] | None:
    if first is None:
        return None
    parts = [first, *(part for part in others if part)]
    told = " + ".join(f"{part:,.2f}" for part in parts)
    return sum(parts, Decimal(0)), f"({told})" if len(parts) > 1 else told


def _held(parameters: Mapping[str, Any], name: str) -> str | None:
    """The value of a parameter, plain or beside its day and source."""
    held = parameters.get(name)
    value = number(held.get("value") if isinstance(held, Mapping) else held)
    return None if value is None else str(value)


def _percent(limit: str | None) -> str | None:
    value = number(limit)
    return limit if value is None or value > 2 else percent(value)


def _part(application: Mapping[str, Any] | None, key: str) -> Mapping[str, Any]:
    part = (application or {}).get(key)
    return part if isinstance(part, Mapping) else {}


def _first(*values: object) -> Decimal | None:
    return next((found for value in values if (found := number(value)) is not None), None)
