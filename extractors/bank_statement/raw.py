"""A row of a statement as printed: its cells by role, its amounts, its date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from extractors.bank_statement.amounts import Money, empty, money_of
from extractors.bank_statement.labels import MONEY
from pipeline.model import Box, Sheet
from pipeline.table import Cell, TableRow
from pipeline.table.kinds import When, squeezed, when


@dataclass(slots=True)
class RawRow:
    """One printed row: the cells by role with their sheet, and its amounts."""

    sheet: Sheet
    cells: dict[str, Cell]
    money: dict[str, Money] = field(default_factory=dict)
    amount: Decimal | None = None
    proved: bool = False
    inferred: bool = False
    year: str = ""

    @property
    def box(self) -> Box:
        return TableRow(0.0, self.cells).box

    def text(self, role: str) -> str:
        cell = self.cells.get(role)
        text = cell.text if cell else ""
        return "" if empty(text) else text

    @property
    def flag(self) -> str:
        """The printed direction; a stroke is one (neither in nor out) where no balance could tell."""
        cell = self.cells.get("flag")
        if cell and "balance" not in self.cells and squeezed(cell.text) in ("/", "／"):
            return cell.text
        return self.text("flag")

    @property
    def balance(self) -> Decimal | None:
        found = self.money.get("balance")
        return found.value if found else None

    @property
    def group(self) -> tuple[str, str]:
        """The account and the currency whose chain the row belongs to."""
        return squeezed(self.text("account")), squeezed(self.text("currency"))


def values(rows: Sequence[RawRow]) -> None:
    """Reads the amounts of the rows' cells."""
    for row in rows:
        for role in MONEY & row.cells.keys():
            row.money[role] = money_of(row.cells[role])


def row_date(row: RawRow) -> tuple[str | None, str | None, tuple[int, int] | None, str]:
    """The row's date, its time, its day and month where the year is not printed, and the role of the date's column."""
    date, time, day, role = None, None, None, ""
    for candidate in ("date", "time", "booking"):
        text = row.text(candidate)
        if not text:
            continue
        found = when(text)
        if candidate != "time" and not found.date and not found.day:
            found = _short(text) or found
        if date is None and found.date:
            date, role = found.date, candidate
        if day is None and found.day and candidate != "time":
            day, role = found.day, role or candidate
        if time is None or candidate == "time":
            time = found.time or time
    return date, time, day, role


def _short(text: str) -> When | None:
    """A cell of a column of dates that is one only there: 260105, or 01.05 without its year."""
    plain = squeezed(text)
    m = re.fullmatch(r"(1[5-9]|[23]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", plain)
    if m:
        return When(f"20{m[1]}-{m[2]}-{m[3]}", None)
    m = re.fullmatch(r"(0?[1-9]|1[0-2])\.(0[1-9]|[12]\d|3[01])", plain)
    return When(None, None, (int(m[2]), int(m[1]))) if m else None
