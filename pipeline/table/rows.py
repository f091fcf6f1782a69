"""The rows of a table: amounts are anchors, and the lines of wrapped cells belong to the anchor that they surround."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

from pipeline.model import Line
from pipeline.table.cells import Cell, TableRow
from pipeline.table.columns import Column
from pipeline.table.kinds import tokens
from pipeline.table.place import place

Align = Literal["top", "centre", "bottom"]

_DIGIT = re.compile(r"\d")
REACH = 1.15
"""A wrapped line belongs to a row where the blank above it is at most so many of its heights."""
FAR = 2.0
"""Below the last row a line further down than so many of its heights is no part of it, whatever stands between."""


@dataclass(slots=True)
class _Anchor:
    middle: float
    height: float


def read_rows(
    lines: Sequence[Line],
    columns: Sequence[Column],
    anchors: frozenset[str],
    dates: frozenset[str],
    usual: Align | None = None,
) -> tuple[list[TableRow], Align | None]:
    """The rows that the lines of a table's body make, from top to bottom, and how wrapped cells are aligned in them: as
    usual where none is wrapped.

    Every amount in a column of the roles `anchors` makes a row; a second full date within one row in a column of
    `dates` makes one too, a row that lost its amount. The page's own pattern decides the alignment; in doubt it is the `usual` one, that of the page before."""
    placed = place(lines, columns)
    marks = _anchors(
        [
            n
            for c, group in zip(columns, placed, strict=True)
            if c.role in anchors
            for n in group
            if _DIGIT.search(n.text) and (not c.more or any(t.kind == "money" for t in tokens(n.text)))
        ]
    )
    if not marks:
        return [], usual
    marks = _with_lost(
        marks, [n for c, group in zip(columns, placed, strict=True) if c.role in dates for n in group]
    )
    levels = [_levels(group) for group in placed]
    gaps = [_gaps(stack, marks) for stack in levels]
    chosen = _alignment(gaps, marks, usual)
    rows = _assign(columns, gaps, marks, chosen)
    lost = [_Anchor(line.middle[1], line.height) for row in rows for line in _second_dates(row, dates)]
    if lost:
        marks = sorted([*marks, *lost], key=lambda a: a.middle)
        rows = _assign(columns, [_gaps(stack, marks) for stack in levels], marks, chosen)
    return [row for row in rows if row.cells], chosen if any(any(g[1]) for g in gaps) else usual


def _with_lost(marks: list[_Anchor], lines: Sequence[Line]) -> list[_Anchor]:
    """The anchors and, for dates that stand far from all of them, those of the rows that lost their amounts."""
    dated = [n for n in lines if any(t.kind == "date" for t in tokens(n.text))]
    if len(marks) < 3 or not dated:
        return marks
    middles = [m.middle for m in marks]
    pitch = median(b.middle - a.middle for a, b in pairwise(marks))
    days = sorted(n.middle[1] for n in dated)
    if len(days) >= 3:
        # Where many rows lost their amounts, the dates tell how close the rows stand.
        pitch = min(pitch, max(median(b - a for a, b in pairwise(days)), 1.5 * dated[0].height))
    near = [(_nearest(marks, middles, n.middle[1]), n) for n in dated]
    shifts = [n.middle[1] - m.middle for m, n in near if abs(n.middle[1] - m.middle) <= 0.6 * pitch]
    shift = median(shifts) if shifts else 0.0
    lost = [
        _Anchor(n.middle[1] - shift, m.height) for m, n in near if abs(n.middle[1] - m.middle) > 0.6 * pitch
    ]
    lost = [a for a in lost if all(abs(a.middle - m.middle) > 0.5 * pitch for m in marks)]
    return sorted([*marks, *lost], key=lambda a: a.middle)


def _nearest(marks: Sequence[_Anchor], middles: Sequence[float], y: float) -> _Anchor:
    """The anchor nearest to a height; `middles` are those of the anchors, in order."""
    at = bisect_left(middles, y)
    return min(marks[max(0, at - 1) : at + 1], key=lambda m: abs(m.middle - y))


def _second_dates(row: TableRow, dates: frozenset[str]) -> list[Line]:
    """Full dates of a row in one column other than the one nearest to its anchor, at another height."""
    for role in dates:
        cell = row.cells.get(role)
        if cell is None:
            continue
        found = [n for n in cell.lines if any(t.kind == "date" for t in tokens(n.text))]
        if len(found) > 1:
            middle = row.middle or 0.0
            own = min(found, key=lambda n: abs(n.middle[1] - middle))
            twice = [n for n in found if n.text == own.text and abs(n.middle[1] - own.middle[1]) < own.height]
            return [
                n for n in found if abs(n.middle[1] - own.middle[1]) > 0.8 * own.height and n not in twice
            ]
    return []


def _anchors(lines: Iterable[Line]) -> list[_Anchor]:
    found: list[_Anchor] = []
    count = 0
    for line in sorted(lines, key=lambda n: n.middle[1]):
        middle = line.middle[1]
        if found and middle - found[-1].middle <= 0.55 * min(line.height, found[-1].height):
            count += 1
            found[-1].middle += (middle - found[-1].middle) / count
        else:
            found.append(_Anchor(middle, line.height))
            count = 1
    return found


Level = tuple[float, float, list[Line]]
"""The middle and the height of a printed line within one column, and its pieces from left to right."""


Gaps = tuple[list[list[Level]], list[list[Level]]]
"""A column's levels that stand on each anchor, and those in each gap (before the first, between, after the last)."""


def _levels(lines: Sequence[Line]) -> list[Level]:
    found: list[Level] = []
    for middle, _, line in sorted((n.middle[1], index, n) for index, n in enumerate(lines)):
        if found and middle - found[-1][0] <= 0.4 * min(line.height, found[-1][1]):
            found[-1][2].append(line)
        else:
            found.append((middle, line.height, [line]))
    for level in found:
        level[2].sort(key=lambda n: n.box[0])
    return found


def _alignment(gaps: Sequence[Gaps], marks: Sequence[_Anchor], usual: Align | None) -> Align:
    """The alignment under which the columns' stacks of lines fit the anchors best."""
    wrapped = [g for g in gaps if any(g[1])]
    costs: dict[Align, float] = {
        align: sum(_split(g, marks, align)[1] for g in wrapped) for align in ("top", "centre", "bottom")
    }
    if usual and costs[usual] <= 1.5 * min(costs.values()) + 1.0:
        return usual
    return min(costs, key=lambda a: (round(costs[a], 3), ("top", "centre", "bottom").index(a)))


def _gaps(column: Sequence[Level], marks: Sequence[_Anchor]) -> Gaps:
    """A column's levels that stand on an anchor, for each anchor, and those between, for each gap (before, between, after)."""
    column = _straight(column, marks)
    on: list[list[Level]] = [[] for _ in marks]
    off: list[list[Level]] = [[] for _ in range(len(marks) + 1)]
    at = 0
    for level in column:
        while at + 1 < len(marks) and abs(marks[at + 1].middle - level[0]) < abs(marks[at].middle - level[0]):
            at += 1
        mark = marks[at]
        if abs(level[0] - mark.middle) <= 0.3 * max(level[1], mark.height):
            on[at].append(level)
        else:
            off[at + 1 if level[0] > mark.middle else at].append(level)
    off[-1] = _near(off[-1], on[-1][-1:], marks[-1])
    return on, off


def _near(below: Sequence[Level], own: Sequence[Level], mark: _Anchor) -> list[Level]:
    """The levels below the last anchor that hang together with it: a seal or a sentence further down is no wrapped cell."""
    foot = max([mark.middle + mark.height / 2, *(level[0] + level[1] / 2 for level in own)])
    kept: list[Level] = []
    for level in below:
        if level[0] - level[1] / 2 - foot > FAR * level[1]:
            break
        kept.append(level)
        foot = level[0] + level[1] / 2
    return kept


def _straight(column: Sequence[Level], marks: Sequence[_Anchor]) -> list[Level]:
    """The levels of a column of one line a row, moved to the height of the anchors where all stand above or below them
    by as much: the rows of a photo slant. Columns of wrapped cells stay."""
    if len(marks) < 4 or not 2 < len(column) <= 1.1 * len(marks):
        return list(column)
    pitch = median(b.middle - a.middle for a, b in pairwise(marks))
    middles = [m.middle for m in marks]
    away: list[float] = []
    for y, _, _ in column:
        at = bisect_left(middles, y)
        near = min(middles[max(0, at - 1) : at + 1], key=lambda m: abs(m - y))
        away.append(y - near)
    if max(map(abs, away)) < 0.02 * pitch:
        return list(column)
    found: list[Level] = []
    for i, (y, height, lines) in enumerate(column):
        shift = median(away[max(0, i - 3) : i + 4])
        steady = abs(shift) < 0.4 * pitch and abs(away[i] - shift) < 0.3 * height
        found.append((y - away[i] if steady else y, height, lines))
    return found


def _split(gaps: Gaps, marks: Sequence[_Anchor], align: Align) -> tuple[list[int], float]:
    """For each gap, how many of its levels belong to the anchor above it, and what the best split costs."""
    on, off = gaps
    if not any(off):
        return [0] * len(off), 0.0
    between = [[level[0] for level in group] for group in off]
    # state: the number of levels of the gap above an anchor that belong to the anchor before it
    states: dict[int, float] = {0: 0.0}
    steps: list[dict[int, int]] = []
    for i, mark in enumerate(marks):
        up, down = between[i], between[i + 1]
        if not up and not down:
            steps.append({0: 0})
            continue
        own = [level[0] for level in on[i]]
        following: dict[int, float] = {}
        came: dict[int, int] = {}
        fewest = len(down) if i + 1 == len(marks) else 0
        for taken, cost in states.items():
            for here in range(fewest, len(down) + 1):
                first = up[taken] if taken < len(up) else own[0] if own else down[0] if here else None
                last = down[here - 1] if here else own[-1] if own else up[-1] if taken < len(up) else None
                total = cost + (
                    _misfit(first, last, mark, align) if first is not None and last is not None else 0.0
                )
                if here not in following or total < following[here]:
                    following[here], came[here] = total, taken
        states = following
        steps.append(came)
    here = min(states, key=lambda k: states[k])
    least = states[here]
    path = [here]
    for came in reversed(steps):
        path.append(came[path[-1]])
    return path[::-1], least


def _misfit(first: float, last: float, mark: _Anchor, align: Align) -> float:
    """How badly a stack of lines from `first` to `last` fits an anchor, in lines. A tenth of a line is the drawing's own
    noise; a stack that reaches far is less likely than two near ones."""
    here = first if align == "top" else last if align == "bottom" else (first + last) / 2
    span = (last - first) / mark.height
    return min(max(0.0, abs(here - mark.middle) / mark.height - 0.12), 3.0) + 0.02 * span * span


def _assign(
    columns: Sequence[Column], gaps: Sequence[Gaps], marks: Sequence[_Anchor], align: Align
) -> list[TableRow]:
    rows = [TableRow(mark.middle) for mark in marks]
    rest = TableRow(None)
    taken: list[list[tuple[str, Level]]] = [[] for _ in marks]
    for column, (on, between) in zip(columns, gaps, strict=True):
        path, _ = _split((on, between), marks, align)
        off = between
        if align == "top" and off[0] and column.role:
            rest.cells[column.role] = Cell([n for level in off[0] for n in level[2]])
            off = [[], *off[1:]]
        for i in range(len(marks)):
            group = off[i][path[i] :] + on[i] + off[i + 1][: path[i + 1]]
            taken[i] += [(column.role, level) for level in group]
    for i, mark in enumerate(marks):
        for role, level in _reached(taken[i], mark):
            if role:
                cell = rows[i].cells.setdefault(role, Cell([]))
                cell.lines += level[2]
    return [rest, *rows] if rest.cells else rows


def _reached(levels: list[tuple[str, Level]], mark: _Anchor) -> list[tuple[str, Level]]:
    """The levels that hang together with the anchor: what stands further off than a blank line is none of the row."""
    if all(abs(level[0] - mark.middle) < mark.height for _, level in levels):
        return levels
    low, high = mark.middle - mark.height / 2, mark.middle + mark.height / 2
    kept: set[int] = set()
    for i in sorted(range(len(levels)), key=lambda i: abs(levels[i][1][0] - mark.middle)):
        middle, height, _ = levels[i][1]
        if middle - height / 2 - high <= REACH * height and low - middle - height / 2 <= REACH * height:
            kept.add(i)
            low, high = min(low, middle - height / 2), max(high, middle + height / 2)
    return [level for i, level in enumerate(levels) if i in kept]
