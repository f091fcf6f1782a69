"""Rows of two printed lines under a header of two, each with columns of its own: a counter's print of a trade over its
other side."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.bank_statement.labels import COLUMNS, DATES, MONEY
from pipeline.model import Line
from pipeline.table import Cell, Column, Header, TableRow, learn
from pipeline.table.header import bands
from pipeline.table.kinds import tokens
from pipeline.table.place import place


def two_tiers(header: Header) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The columns of a header's upper and of its lower line, where these are two rows of labels with places of their own;
    else the header's columns and none."""
    rows = bands(header.lines)
    if len(rows) != 2:
        return header.columns, ()
    upper, lower = (_columns(band) for band in rows)
    above, below = ({c.role for c in columns} for columns in (upper, lower))
    whole = above & DATES and above & MONEY and "" not in below and len(below) > 1
    if not whole or below & (above | MONEY | DATES) or all(_over(c, upper) for c in lower):
        return header.columns, ()
    return upper, lower


def _columns(band: Sequence[Line]) -> tuple[Column, ...]:
    roles = [(n, COLUMNS.role(n.text) or "") for n in band]
    return tuple(Column(r, COLUMNS.kinds.get(r, "text"), n.box[0], n.box[2], n.text) for n, r in roles)


def _over(column: Column, others: Sequence[Column]) -> bool:
    """Whether a label stands under one of the upper line's: it is the second line of the same column."""
    return any(min(column.x1, o.x1) - max(column.x0, o.x0) > 0 for o in others)


def parted(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of rows' upper printed lines, which hold their dates and amounts, and those below them."""
    upper: list[Line] = []
    lower: list[Line] = []
    for band in bands(lines):
        typed = any(t.kind in ("money", "date") for n in band for t in tokens(n.text))
        (upper if typed else lower).extend(band)
    return upper, lower


def with_lower(rows: Sequence[TableRow], lines: Sequence[Line], columns: Sequence[Column]) -> None:
    """Gives each row the cells of the printed lines below its own, up to the next row."""
    fitted = learn(columns, list(lines))
    marks = [(row.middle, row) for row in rows if row.middle is not None]
    for column, placed in zip(fitted, place(lines, fitted), strict=True):
        for line in placed:
            above = [row for middle, row in marks if middle < line.middle[1]]
            if above and column.role:
                above[-1].cells.setdefault(column.role, Cell([])).lines.append(line)
