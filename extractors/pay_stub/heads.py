"""Where on a sheet the heads of a pay table stand: found from the rows of amounts below them, wrapped cells taken whole."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from extractors.pay_stub.columns import columns_of
from extractors.pay_stub.glued import worth
from extractors.pay_stub.labels import TITLE, Meaning, meaning
from extractors.pay_stub.parts import is_value, known
from pipeline.layout import Row
from pipeline.model import Line
from pipeline.text import squeeze

FEWEST = 3
"""A row of a table has at least so many values, and its head so many labels."""
BETWEEN = 12
"""No more rows of masked colleagues stand between a head and the first row that can be read."""
LEVELS = 3
"""A head's cells are wrapped into at most so many rows above, and below, the one with the most labels."""
ENDS = 2.5
"""What a row below the core may cost in labels that are not known: ends of words may belong to glued ones above them."""
CLOSE = 0.9
"""Rows of one head stand less than so much of their height apart."""


def heads_of(table: Sequence[Row]) -> tuple[set[int], set[int]]:
    """The rows (their numbers) that are heads of tables, and those between a head and its first row of values: the rows of
    colleagues whose cells are masked, which an engine reads as anything."""
    heads: set[int] = set()
    masked: set[int] = set()
    for index, row in enumerate(table):
        if index in heads or index in masked or not valued(row) or (index and valued(table[index - 1])):
            continue
        core = _core(table, index)
        if core is None or core in heads:
            continue
        first, last = _whole(table, core, index)
        over = [line for r in table[first : last + 1] for line in r.lines]
        between = range(last + 1, index)
        if all(_below(table[i], over) for i in (*between, index)):
            heads |= set(range(first, last + 1))
            masked |= set(between)
    return heads, masked


def valued(row: Row) -> bool:
    """Whether a row is one of values: enough of them, and no label among them."""
    values = [n for n in row.lines if is_value(n.text)]
    telling = [n for n in row.lines if n not in values and meaning(n.text) not in (None, Meaning("skip"))]
    return not telling and len(values) >= max(FEWEST, 0.4 * len(row.lines))


def _core(table: Sequence[Row], below: int) -> int | None:
    """The nearest row above that is made of labels, if nothing but rows of masked cells or of a wrapped head lies between."""
    for index in range(below - 1, max(-1, below - 2 - BETWEEN - LEVELS), -1):
        row = table[index]
        if _stops(row):
            return None
        labels = sum(_label(n) for n in row.lines)
        if labels >= max(FEWEST, 0.5 * len(row.lines)):
            return max(
                range(max(0, index - LEVELS), index + 1),
                key=lambda i: (sum(_label(n) for n in table[i].lines) if _joins(table, i, index) else -1, i),
            )
    return None


def _label(line: Line) -> bool:
    return meaning(line.text) is not None


def _stops(row: Row) -> bool:
    """Whether a row can stand neither in a head nor between it and its values: a title, or labels with values beside them."""
    if any(TITLE.search(squeeze(n.text)) and meaning(n.text) is None for n in row.lines):
        return True
    labels = [n for n in row.lines if meaning(n.text) not in (None, Meaning("skip"))]
    return any(re.search(r"[:：]\s*$", n.text) for n in labels) or bool(
        labels and any(is_value(n.text) and len(squeeze(n.text)) > 2 for n in row.lines)
    )


def _joins(table: Sequence[Row], first: int, last: int) -> bool:
    """Whether the rows from `first` to `last` stand so close that they can be one head."""
    rows = table[first : last + 1]
    return not any(_stops(r) for r in rows) and all(
        b.top - a.bottom < CLOSE * max(a.height, b.height) for a, b in itertools.pairwise(rows)
    )


def _whole(table: Sequence[Row], core: int, below: int) -> tuple[int, int]:
    """The rows of the head around its core: as many as make the most labels that are known and the fewest that are not."""
    best, found = (float("-inf"), 0), (core, core)
    for first in range(max(0, core - LEVELS), core + 1):
        for last in range(core, min(below, core + LEVELS + 1)):
            if _joins(table, first, last):
                value = worth(columns_of(table[first : last + 1])) + ENDS * (last - core)
                rank = (value, last - first)
                if rank > best:
                    best, found = rank, (first, last)
    return found


def _below(row: Row, over: Sequence[Line]) -> bool:
    """Whether most of a row's pieces stand under one of the head's."""
    slack = row.height
    under = sum(
        any(o.box[0] - slack < n.box[2] and n.box[0] < o.box[2] + slack for o in over) for n in row.lines
    )
    return under >= 0.7 * len(row.lines) and not any(
        known(n.text) and not is_value(n.text) for n in row.lines[2:]
    )
