"""Columns under two labels of words (摘要/备注, 交易类型 over 备注): what a row is, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.bank_statement.labels import COLUMNS
from extractors.bank_statement.raw import RawRow
from pipeline.model import Line
from pipeline.table import Cell, Column
from pipeline.table.header import bands
from pipeline.table.vocabulary import key

_WHAT = ("summary", "name")
_SAID = ("remark", "purpose")
_STROKE = re.compile(r"[/／|]")
SHARE = 0.5
"""The share of cells with a stroke (of those of two lines with room in the first) from which on they hold two values."""
ROOM = 1.2
"""A first line is so many of its heights shorter than the widest where a word of the second would have had room."""


def doubled(columns: Sequence[Column]) -> tuple[str, bool] | None:
    """The role of a column whose label names a summary and then a remark, and whether a stroke stands between the two;
    None where none does, or where one of these has a column of its own."""
    roles = {c.role for c in columns}
    for column in columns:
        if column.role not in _WHAT or roles & set(_SAID):
            continue
        if key(column.label) in COLUMNS.words and not _STROKE.search(column.label):
            continue
        halves = _STROKE.split(column.label)
        cuts = [halves] if len(halves) == 2 else []
        if not cuts and len(halves) == 1:
            cuts = [[column.label[:i], column.label[i:]] for i in range(2, len(column.label) - 1)]
        if any(_role(a) in _WHAT and _role(b) in _SAID for a, b in cuts):
            return column.role, len(halves) == 2
    return None


def _role(label: str) -> str | None:
    return COLUMNS.words.get(key(label))


def part_doubled(rows: Sequence[RawRow], role: str, stroke: bool) -> None:
    """Gives each row the remark that its cell of `role` holds behind the summary: behind the stroke, or on lines below it
    where these are no wrapped ends (the summary's line had room for more)."""
    cells = [row.cells[role] for row in rows if role in row.cells and row.text(role)]
    if not cells or any(set(_SAID) & row.cells.keys() for row in rows):
        return
    parted = [
        cell for cell in cells if len(cell.lines) == 1 and _STROKE.search(cell.lines[0].text.strip(" /／|"))
    ]
    if stroke and len(parted) >= SHARE * len(cells):
        for row in rows:
            if role in row.cells:
                _by_stroke(row, role)
        return
    tall = [above for cell in cells if len(above := bands(cell.lines)) > 1]
    widest = max(_width(band) for cell in cells for band in bands(cell.lines))
    roomy = [above for above in tall if _width(above[0]) < widest - ROOM * above[0][0].height]
    if not tall or len(roomy) < SHARE * len(tall):
        return
    for row in rows:
        if role in row.cells and len(above := bands(row.cells[role].lines)) > 1:
            row.cells["remark"] = Cell([n for band in above[1:] for n in band])
            row.cells[role] = Cell(list(above[0]))


def _width(band: Sequence[Line]) -> float:
    return max(n.box[2] for n in band) - min(n.box[0] for n in band)


def _by_stroke(row: RawRow, role: str) -> None:
    lines: list[Line] = row.cells[role].lines
    m = _STROKE.search(lines[0].text)
    if m is None:
        return
    before, rest = lines[0].cut(0, m.start()), lines[0].cut(m.end())
    said = [n for n in (rest, *lines[1:]) if n.text.strip(" /／|")]
    if said:
        row.cells["remark"] = Cell(said)
    if before.text.strip():
        row.cells[role] = Cell([before])
    else:
        del row.cells[role]
