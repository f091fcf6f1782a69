"""Statements, payslips and certificates for tests of the rules about money: rows that chain, months of pay."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipeline.model import Document, Field
from tests.build import document
from validators.months import payday, shift

ME = "欧阳文静"
EMPLOYER = "成都天府软件有限公司"
AS_OF = date(2026, 11, 2)
START, END = date(2026, 5, 1), date(2026, 10, 31)
MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")

Row = dict[str, Any]


def chain(
    *moves: tuple[date | str, str | Decimal] | Row, opening: str = "10000.00", **common: Any
) -> list[Row]:
    """Rows whose balances follow from their amounts: (day, amount) or a row with more cells."""
    balance = Decimal(opening)
    rows = []
    for move in moves:
        row: Row = dict(move) if isinstance(move, Mapping) else {"date": move[0], "amount": move[1]}
        amount = Decimal(row["amount"])
        balance += amount
        rows.append({**common, **row, "amount": amount, "balance": balance})
    return rows


def spread(start: date, end: date, step: int = 7, amount: str = "-20.00") -> list[Row]:
    """A payment every `step` days."""
    days = (end - start).days // step + 1
    return [
        {
            "date": start + timedelta(days=step * index),
            "amount": amount,
            "summary": "消费",
            "counterparty": "便利店",
        }
        for index in range(days)
    ]


def salaries(nets: Sequence[str], first: str = "2026-05", day: int = 15, **cells: Any) -> list[Row]:
    """A salary credit in each month, on the pay day as the calendar of working days moves it."""
    months = [shift(first, index) for index in range(len(nets))]
    base = {"summary": "代发工资", "counterparty": EMPLOYER}
    return [
        {**base, "date": payday(month, day), "amount": net, **cells}
        for month, net in zip(months, nets, strict=True)
    ]


def ordered(*groups: Iterable[Row]) -> list[Row]:
    """All rows by day, in the order given within a day."""
    return sorted((row for group in groups for row in group), key=lambda row: row["date"])


def statement(rows: Sequence[Row], **more: Any) -> Document:
    """A whole statement of half a year with these rows."""
    values: dict[str, Any] = {
        "bank": "ICBC", "account_holder": ME, "account_number": "6222000011112222", "currency": "CNY",
        "period_start": START, "period_end": END,
    }  # fmt: skip
    values.update(more)
    return document("bank_statement", file=values.pop("file", "流水.pdf"), transactions=list(rows), **values)


def on_pages(
    paper: Document, sizes: Sequence[int], numbers: Sequence[tuple[int, int]] | None = None
) -> Document:
    """The statement with its rows laid on pages of these sizes; `numbers` are the printed (n, N)."""
    rows, page, left = [], 1, list(sizes)
    for row in paper.tables["transactions"]:
        if not left[0]:
            left.pop(0)
            page += 1
        left[0] -= 1
        rows.append({name: replace(cell, page=page) for name, cell in row.items()})
    file = paper.pages[0][0]
    notes = dict(paper.notes) if numbers is None else {**paper.notes, "page_numbers": list(numbers)}
    return replace(
        paper,
        tables={"transactions": rows},
        pages=tuple((file, index + 1) for index in range(len(sizes))),
        notes=notes,
    )


def changed(paper: Document, table: str, index: int, **cells: Any) -> Document:
    """The paper with some cells of a row changed; None takes a cell away."""
    rows = [dict(row) for row in paper.tables[table]]
    for name, value in cells.items():
        if value is None:
            rows[index].pop(name, None)
        else:
            old = rows[index].get(name) or next(iter(rows[index].values()))
            rows[index][name] = value if isinstance(value, Field) else replace(old, value=value, text=value)
    return replace(paper, tables={**paper.tables, table: rows})


def slip(period: str, gross: str = "25000.00", net: str = "18087.50", **cells: Any) -> Row:
    """A month of pay that adds up: 2,625 insurance, 3,000 fund and the tax that is left over."""
    row: Row = {
        "period": period, "gross_pay": gross, "pension": "2000.00", "medical": "500.00", "unemployment": "125.00",
        "housing_fund": "3000.00", "net_pay": net,
    }  # fmt: skip
    row["income_tax"] = str(Decimal(gross) - Decimal("5625.00") - Decimal(net))
    row.update(cells)
    return row


def stub(*slips: Row, **more: Any) -> Document:
    """One person's payslips."""
    values: dict[str, Any] = {"name": ME, "employer": EMPLOYER, "payslips": list(slips), **more}
    return document("pay_stub", file=values.pop("file", "工资条.jpg"), **values)


def certificate(income: str | None = "25000.00", **more: Any) -> Document:
    """An income certificate of gross income."""
    values: dict[str, Any] = {
        "name": ME, "employer": EMPLOYER, "monthly_income": income, "income_basis": "gross",
        "employed_since": "2015-03-01", "issue_date": date(2026, 10, 28), **more,
    }  # fmt: skip
    return document("income_certificate", file=values.pop("file", "收入证明.jpg"), **values)


def steps(work: Callable[[], object]) -> int:
    """The lines of Python that `work` runs, each turn of a loop counted: its cost, the same on any machine."""
    count = 0

    def tracer(*_: Any) -> Any:
        nonlocal count
        count += 1
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def linear(work: Callable[[Any], object], once: Any, twice: Any, thrice: Any) -> bool:
    """Whether the third part of the rows costs no more (by a tenth) than the second: `work` is given one to three parts."""
    work(once)  # what is loaded or kept at a first call counts for none
    first, second, third = (steps(lambda given=given: work(given)) for given in (once, twice, thrice))
    return third - second <= 1.1 * (second - first)
