"""Cells that hold two values on lines of their own (余额 over 对方户名), parted by what the lines are."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.bank_statement.labels import COLUMNS
from pipeline.model import Line
from pipeline.table import Cell, Column, TableRow
from pipeline.table.kinds import tokens


def part_cells(row: TableRow, columns: Sequence[Column]) -> None:
    """Gives each role of a column of several its own cell of the row."""
    for column in columns:
        cell = row.cells.get(column.role)
        if not column.more or cell is None:
            continue
        parts = _by_kind(cell, column) if column.kind != "text" else _by_line(cell, column)
        del row.cells[column.role]
        for role, lines in parts.items():
            if lines:
                row.cells.setdefault(role, Cell([])).lines.extend(lines)


def _by_kind(cell: Cell, column: Column) -> dict[str, list[Line]]:
    """Amounts (or dates and times) to the leading role, dates among amounts to a role of dates, text to the first of text."""
    kinds = {r: COLUMNS.kinds.get(r, "text") for r in column.more}
    text = next((r for r in column.more if kinds[r] == "text"), "")
    dated = next((r for r in column.more if kinds[r] in ("date", "time")), "")
    found: dict[str, list[Line]] = {column.role: [], text: [], dated: []}
    for line in cell.lines:
        at = 0
        for token in tokens(line.text):
            own = token.kind == "money" if column.kind == "money" else token.kind in ("date", "time")
            role = column.role if own else dated if token.kind in ("date", "time") else ""
            if not role or (found[column.role] and column.kind == "money" and own):
                continue
            _put(found, text, line, at, token.start)
            found[role].append(line.cut(token.start, token.end))
            at = token.end
        _put(found, text, line, at, len(line.text))
    return {role: lines for role, lines in found.items() if role}


def _put(found: dict[str, list[Line]], role: str, line: Line, start: int, end: int) -> None:
    if line.text[start:end].strip(" +-"):
        found[role].append(line if end - start == len(line.text) else line.cut(start, end))


def _by_line(cell: Cell, column: Column) -> dict[str, list[Line]]:
    """Of values that are all text the first printed line holds the first, the others the second."""
    top = cell.lines[0]
    first = [n for n in cell.lines if abs(n.middle[1] - top.middle[1]) <= 0.4 * top.height]
    return {column.role: first, column.more[0]: [n for n in cell.lines if n not in first]}
