"""Tables side by side: two or three of the same columns beside each other on a page, read one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.bank_statement.labels import DATES, MONEY
from pipeline.model import Line, union
from pipeline.table import Column, Header

MOST = 3
LEAST = 3
"""A table has so many columns at least."""


def side_by_side(header: Header, area: Sequence[Line]) -> list[tuple[Header, list[Line]]]:
    """The tables that stand beside each other under a header that repeats itself, from left to right, each with its own
    part of the area's lines; lines above the header go to the first. A header that does not repeat gives one table."""
    count = _times(header.columns)
    if count == 1:
        return [(header, list(area))]
    size = len(header.columns) // count
    body = [n for n in area if n.middle[1] > header.box[3]]
    cuts = [_cut(header.columns[size * k - 1].x1, header.columns[size * k].x0, body) for k in range(1, count)]
    edges = [float("-inf"), *cuts, float("inf")]
    found = []
    for k in range(count):
        left, right = edges[k], edges[k + 1]
        own = tuple(n for n in header.lines if left <= n.middle[0] < right)
        lines = [n for n in body if left <= n.middle[0] < right]
        if not k:
            lines = [n for n in area if n.middle[1] <= header.box[3]] + lines
        columns = tuple(
            c
            if {header.columns[i + size * j].role for j in range(count)} == {c.role}
            else replace(c, role="amount", kind="money")
            for i, c in enumerate(header.columns[size * k : size * (k + 1)])
        )
        found.append((Header(columns, union(n.box for n in own or header.lines), own), lines))
    return found


def _times(columns: Sequence[Column]) -> int:
    """How often a header holds the same roles one after the other; 1 where it does not, or where they make no table."""
    # Of labels wrapped in other places only a part may be known: 支取/存入 or 支取 alone.
    roles = [("amount" if c.role in ("in", "out") else c.role, c.more) for c in columns]
    if len({c.role for c in columns}) == len(columns):
        return 1
    for count in range(MOST, 1, -1):
        size, rest = divmod(len(roles), count)
        first = {role for role, _ in roles[:size]}
        if not rest and size >= LEAST and roles[:size] * count == roles and first & DATES and first & MONEY:
            return count
    return 1


def _cut(left: float, right: float, lines: Sequence[Line]) -> float:
    """The x between two labels that fewest lines cross, in the middle of its blank."""
    spots = sorted(x for n in lines for x in (n.box[0], n.box[2]) if left < x < right)
    marks = [left, *spots, right]
    best = ((len(lines) + 1, 0.0), (left + right) / 2)
    for a, b in pairwise(marks):
        x = (a + b) / 2
        crossed = sum(n.box[0] < x < n.box[2] for n in lines)
        best = min(best, ((crossed, a - b), x))
    return best[1]
