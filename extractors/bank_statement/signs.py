"""Dashes of scanned statements that are no minus: the mark of an empty column beside an amount, read as its sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.bank_statement.amounts import Money
from extractors.bank_statement.raw import RawRow
from pipeline.table.kinds import squeezed

_APART = re.compile(r"\s*[-—–−]\s+[\d¥￥]")
"""A dash with a blank before the amount."""
_DASH = re.compile(r"[-—–−]{1,3}")


def without_marks(rows: Sequence[RawRow]) -> None:
    """Takes the dashes off amounts in columns of in and out, and off balances where more sums close without them: where a
    blank parts them from the amount, or where the statement prints dashes for nothing."""
    marked = sum(
        bool(_DASH.fullmatch(squeezed(row.cells[r].text)))
        for row in rows
        for r in ("in", "out")
        if r in row.cells
    )
    for row in rows:
        for role in ("in", "out"):
            found = row.money.get(role)
            if found and _loose(found, marked > 1):
                found.value, found.doubtful = None if found.value is None else abs(found.value), True
    loose = [
        m for row in rows if (m := row.money.get("balance")) and _loose(m, marked > 1 or _columned(rows))
    ]
    if not loose:
        return
    before = _closing(rows)
    printed = [m.value for m in loose]
    for m in loose:
        m.value = abs(m.value) if m.value is not None else None
    if _closing(rows) < before:
        for m, value in zip(loose, printed, strict=True):
            m.value = value


def _columned(rows: Sequence[RawRow]) -> bool:
    return any("in" in row.money or "out" in row.money for row in rows)


def _loose(found: Money, marked: bool) -> bool:
    if found.value is None or found.value >= 0:
        return False
    return marked or bool(_APART.match(found.cell.text))


def _closing(rows: Sequence[RawRow]) -> int:
    """How many steps of the balance are the size of an amount of their row, whichever way the rows run."""
    return max(_steps(rows), _steps(rows[::-1]))


def _steps(rows: Sequence[RawRow]) -> int:
    return sum(
        before.balance is not None
        and row.balance is not None
        and any(
            (m := row.money.get(r)) and m.value and abs(m.value) == abs(row.balance - before.balance)
            for r in ("amount", "in", "out")
        )
        for before, row in pairwise(rows)
    )
