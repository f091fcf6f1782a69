"""Cells that hold two values: on lines of their own (余额 over 对方户名), or glued over the edge of a column of amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.bank_statement.amounts import sign_of
from extractors.bank_statement.labels import COLUMNS
from extractors.bank_statement.values import currency
from pipeline.model import Line
from pipeline.table import Cell, Column, TableRow
from pipeline.table.kinds import kind_of, tokens

_DAY = re.compile(r"(?<=\d)\s?[年月日时分秒]")
_WORD = re.compile(r"[\u3400-\u9fff]{2}")


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


def part_glued(row: TableRow, columns: Sequence[Column]) -> None:
    """Gives a text behind (before) the amount or date of a cell to the empty cell of the column right (left) of it: the
    engine read both as one line, or the slant of a photo carried the text over the edge."""
    for index, column in enumerate(columns):
        cell = row.cells.get(column.role)
        if not column.typed or not column.role or cell is None:
            continue
        if len(cell.lines) == 1 and kind_of(cell.lines[0].text) == column.kind:
            continue
        left, own, right = _sides(cell.lines)
        moved: list[Line] = []
        for side, lines in ((-1, left), (1, right)):
            other = columns[index + side] if 0 <= index + side < len(columns) else None
            if own and lines and other and _free(row, other) and _foreign("".join(n.text for n in lines)):
                row.cells[other.role] = Cell(lines)
                moved += lines
        if moved:
            cell.lines = [n for n in (*left, *own, *right) if n not in moved]


def _sides(lines: Sequence[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """What stands left of a cell's amounts or dates in their printed line, these themselves, and what stands right."""
    left: list[Line] = []
    own: list[Line] = []
    right: list[Line] = []
    for line in lines:
        found = tokens(line.text)
        if not found:
            (right if own else left).append(line)
            continue
        start, end = found[0].start, found[-1].end
        if _foreign(line.text[:start]):
            left.append(line.cut(0, start))
        else:
            start = 0
        if _foreign(line.text[end:]):
            right.append(line.cut(end))
        else:
            end = len(line.text)
        own.append(line if (start, end) == (0, len(line.text)) else line.cut(start, end))
    return left, own, right


def _foreign(text: str) -> bool:
    """Whether a text beside an amount is none of its own: no currency, no word for its direction."""
    plain = text.strip()
    return bool(_WORD.search(plain)) and sign_of(plain) is None and currency(plain) is None


def _free(row: TableRow, column: Column) -> bool:
    return column.kind == "text" and bool(column.role) and column.role not in row.cells


def _by_kind(cell: Cell, column: Column) -> dict[str, list[Line]]:
    """Amounts (or dates and times) to the leading role, dates among amounts to a role of dates, text to the first of text."""
    kinds = {r: COLUMNS.kinds.get(r, "text") for r in column.more}
    text = next((r for r in column.more if kinds[r] == "text"), "")
    dated = next((r for r in column.more if kinds[r] in ("date", "time")), "")
    second = next((r for r in column.more if kinds[r] == "money"), "")
    found: dict[str, list[Line]] = {column.role: [], text: [], dated: [], second: []}
    for line in cell.lines:
        at = 0
        if column.kind == "date" and tokens(line.text) and not _foreign(_DAY.sub("", line.text)):
            found[column.role].append(line)
            continue
        for token in tokens(line.text):
            own = token.kind == "money" if column.kind == "money" else token.kind in ("date", "time")
            role = column.role if own else dated if token.kind in ("date", "time") else ""
            if role == column.role and column.kind == "money" and found[role]:
                role = second if not found[second] else ""
            if not role:
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
