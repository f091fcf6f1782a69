"""Amounts that stand over their labels, as cards and dashboards print them."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.pay_stub.cells import Block, Cell
from extractors.pay_stub.labels import MONEY, TEXTS, meaning
from extractors.pay_stub.parts import is_value, known, money
from extractors.pay_stub.proof import Item, closing, sums_of
from pipeline.layout import Row
from pipeline.model import Line, Sheet

NEAR = 1.5
"""A label stands less than so many heights below its amount."""
NEARER = 1.25
"""Labels above the amounts stand so much further away, where both are possible."""


def captions(table: Sequence[Row], sheet: Sheet) -> list[Block]:
    """The runs of rows in which amounts and labels follow each other, each amount over its label."""
    kinds = [_kind(row) for row in table]
    found: list[Block] = []
    at = 0
    while at < len(table):
        end = at
        while end + 1 < len(table) and {kinds[end], kinds[end + 1]} == {"label", "value"}:
            end += 1
        first = at if kinds[at] == "value" else at + 1
        last = first + (end - first + 1) // 2 * 2 - 1
        pairs = [(table[i], table[i + 1]) for i in range(first, last, 2)]
        if last > first and _below(table, first, last, end) and all(_fits(v, n) for v, n in pairs):
            cells = [c for v, n in pairs for c in _cells(v, n, sheet)]
            if not (at < first and last < end) or _proved(cells):
                found.append(Block(first, last, [cells]))
        at = end + 1
    return found


def _kind(row: Row) -> str:
    """Whether a row is made of labels of amounts, or of values."""
    if all(is_value(n.text) for n in row.lines):
        return "value" if any(money(n.text) is not None for n in row.lines) else ""
    labels = [m for n in row.lines if not is_value(n.text) and (m := meaning(n.text)) and m.role not in TEXTS]
    told = any(m.role != "skip" for m in labels)
    return "label" if told and len(labels) == len(row.lines) else ""


def _below(table: Sequence[Row], first: int, last: int, end: int) -> bool:
    """Whether the labels of a run from `first` to `last` belong to the amounts above them: by their distances, and where these
    are equal because a row of amounts opens the run and a row of labels ends it."""
    down = [table[i + 1].top - table[i].bottom for i in range(first, last, 2)]
    up = [table[i].top - table[i - 1].bottom for i in range(first + 2, last + 1, 2)]
    over = table[first - 1] if first else None
    opens = over is None or not any(known(n.text) for n in over.lines)
    if not opens and over is not None:
        up.append(table[first].top - over.bottom)
    if any(gap > NEAR * table[first].height for gap in down):
        return False
    far = all(gap > NEARER * max([*down, 1.0]) for gap in up)
    alike = all(gap > 0.8 * max([*down, 1.0]) for gap in up)
    return (far and bool(up)) or (opens and end == last and alike)


def _proved(cells: Sequence[Cell]) -> bool:
    """Whether a sum of the slip closes. A run that begins with labels and ends with amounts has its labels above, unless one does."""
    worth = {id(c): v for c in cells if (v := money(c.pieces[0].text)) is not None}
    roles = {c.meaning.role: id(c) for c in cells if c.meaning.role in MONEY and id(c) in worth}
    items = [Item(id(c), c.label, c.meaning.kind) for c in cells if c.meaning.kind and id(c) in worth]
    return any(closing(ways, worth) for ways in sums_of(roles, items))


def _fits(values: Row, labels: Row) -> bool:
    """Whether each label stands under an amount of its own."""
    return len(values.lines) == len(labels.lines) and all(
        _under(v, n) for v, n in zip(values.lines, labels.lines, strict=True)
    )


def _under(value: Line, label: Line) -> bool:
    return min(value.box[2], label.box[2]) > max(value.box[0], label.box[0]) or (
        abs(value.box[0] - label.box[0]) < value.height
    )


def _cells(values: Row, labels: Row, sheet: Sheet) -> list[Cell]:
    return [
        Cell(label.text.strip(" :："), mean, (value,), sheet)
        for value, label in zip(values.lines, labels.lines, strict=True)
        if (mean := meaning(label.text)) is not None
    ]
