"""The columns of a table: where they lie, learnt from the header's words and from the data below them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pipeline.model import Line
from pipeline.table.kinds import Kind, tokens


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its role ("" where its label is not known), the kind of its cells, and its extent in sheet units.
    `more` are further roles whose values stand in the same cells (摘要/交易时间), each on lines of its own."""

    role: str
    kind: Kind
    x0: float
    x1: float
    label: str = ""
    more: tuple[str, ...] = ()

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def typed(self) -> bool:
        """Whether nothing but dates, times or amounts stands in its cells."""
        return self.kind != "text" and not self.more


class Piece(NamedTuple):
    """A typed part of a line with its extent."""

    kind: Kind
    x0: float
    x1: float
    line: Line
    start: int
    end: int


class Parts(list[Piece]):
    """Typed parts of lines, with the columns that they form worked out once for each kind; nobody changes them."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: dict[Kind, list[Cluster]] = {}


class Body(list[Line]):
    """The lines of a table's body that are asked for their parts and their printed lines again and again: these are
    worked out once, so nobody changes the list."""

    parts: Parts | None = None
    printed: list[list[Line]] | None = None


def pieces(lines: Sequence[Line]) -> Parts:
    """Every date, time and amount on the lines, with the place of its characters."""
    if not isinstance(lines, Body):
        return _pieces(lines)
    if lines.parts is None:
        lines.parts = _pieces(lines)
    return lines.parts


def _pieces(lines: Sequence[Line]) -> Parts:
    found = Parts()
    for line in lines:
        for t in tokens(line.text):
            start, end = whole(line.text, t.start, t.end) if t.kind == "money" else (t.start, t.end)
            found.append(Piece(t.kind, line.edge(start), line.edge(end), line, t.start, t.end))
    return found


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The characters of an amount with its brackets and the word for its direction (支出 12.00)."""
    if not start and end == len(text):
        return start, end
    before, after = _BEFORE.search(text[:start]), _BEHIND.match(text[end:])
    return start - (len(before[1]) if before else 0), end + (after.end() if after else 0)


class Cluster(NamedTuple):
    """Typed parts that stand above each other: their extent and how many they are (`parts`)."""

    x0: float
    x1: float
    parts: int


_BEFORE = re.compile(
    r"(?:^|\s)((?:支出|收入|转入|转出|存入|支取|汇入|汇出|进账|出账|借方?|贷方?|[收支付存取进出入]|[-+])?\s*[(（]?\s*)$"
)
_BEHIND = re.compile(r"\s*(?:[)）]|元|CR|DR|[-+])+", re.I)
RARE: dict[Kind, float] = {"date": 0.2, "time": 0.2, "money": 0.015, "text": 0.0}
"""Parts of a kind that stand alone are no column: a column of money in may hold one amount among sixty of money out."""


def clusters(found: Sequence[Piece], kind: Kind) -> list[Cluster]:
    """The columns that the parts of one kind form, from left to right; parts that stand alone among many are left out."""
    if not isinstance(found, Parts):
        return _clusters(found, kind)
    if kind not in found.columns:
        found.columns[kind] = _clusters(found, kind)
    return found.columns[kind]


def _clusters(found: Sequence[Piece], kind: Kind) -> list[Cluster]:
    spans = sorted((p.x0, p.x1) for p in found if p.kind == kind)
    groups: list[list[tuple[float, float]]] = []
    for span in sorted(spans, key=lambda s: s[0] + s[1]):
        for group in groups[::-1]:
            x0, x1 = max(group[-8:], key=lambda s: s[1] - s[0])
            if min(x1, span[1]) - max(x0, span[0]) > 0.35 * min(x1 - x0, span[1] - span[0]):
                group.append(span)
                break
        else:
            groups.append([span])
    merged = sorted(_extent(group) for group in groups)
    most = max((c.parts for c in merged), default=0)
    return [c for c in merged if c.parts >= RARE[kind] * most]


def _extent(group: Sequence[tuple[float, float]]) -> Cluster:
    """The extent of a cluster; of a large one without the twentieth that reaches furthest on either side."""
    spare = len(group) // 20
    return Cluster(sorted(s[0] for s in group)[spare], sorted(s[1] for s in group)[-1 - spare], len(group))


def learn(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """The same columns with extents fitted to the data lines below the header.

    Columns of dates, times and amounts take the extent of the cluster of such parts that lies nearest to their label,
    in order; the others reach from neighbour to neighbour, cut where the fewest lines are crossed."""
    return _bounds(fit(columns, lines), lines)


def fit(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """The columns with those of dates, times and amounts at the extents of their data."""
    found = pieces(lines)
    fitted = list(columns)
    for kind in ("money", "date", "time"):
        wanted = [i for i, c in enumerate(fitted) if c.kind == kind]
        have = clusters(found, kind)
        if kind == "date" and not any(c.kind == "time" for c in columns):
            have = _with_times(have, clusters(found, "time"), lines)
        for i, cluster in _match([fitted[i] for i in wanted], have):
            index = wanted[i]
            fitted[index] = replace(fitted[index], x0=cluster.x0, x1=cluster.x1)
    return tuple(fitted)


def carry(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """The columns of the page before on a page without a header, which a scanner may have shifted or scaled: moved so
    that the columns of dates and amounts lie on the data of this page."""
    found = pieces(lines)
    pairs: list[tuple[float, float]] = []
    for kind in ("money", "date"):
        typed = [c for c in columns if c.kind == kind]
        have = clusters(found, kind)
        matched = list(enumerate(have)) if len(have) == len(typed) else _match(typed, have)
        # Amounts end in line, dates begin in line.
        pairs += [(typed[i].x1, c.x1) if kind == "money" else (typed[i].x0, c.x0) for i, c in matched]
    if len(pairs) < 2:
        return tuple(columns)
    (x0, y0), (x1, y1) = min(pairs), max(pairs)
    scale = (y1 - y0) / (x1 - x0) if x1 - x0 > 1 else 1.0
    if not 0.8 < scale < 1.25:
        return tuple(columns)
    return tuple(replace(c, x0=y0 + (c.x0 - x0) * scale, x1=y0 + (c.x1 - x0) * scale) for c in columns)


def _with_times(dates: Sequence[Cluster], times: Sequence[Cluster], lines: Sequence[Line]) -> list[Cluster]:
    """Clusters of dates widened by the times that stand close behind them, in tables without a column of times."""
    near = 1.5 * max((line.height for line in lines), default=0.0)
    widened = []
    for d in dates:
        close = [t for t in times if t.x0 < d.x1 + near and t.x1 > d.x0 - near]
        widened.append(
            Cluster(min([d.x0, *(t.x0 for t in close)]), max([d.x1, *(t.x1 for t in close)]), d.parts)
        )
    return widened


def _match(columns: Sequence[Column], have: Sequence[Cluster]) -> list[tuple[int, Cluster]]:
    """Columns and clusters paired in order, so that as many as possible pair and the distances are least."""
    rows, cols = len(columns), len(have)
    if not rows or not cols:
        return []
    far = 1e9
    best = [[(0.0, 0)] * (cols + 1) for _ in range(rows + 1)]
    for i in range(1, rows + 1):
        best[i][0] = (best[i - 1][0][0] + far / 1e3, 1)
        for j in range(1, cols + 1):
            pair = best[i - 1][j - 1][0] + _distance(columns[i - 1], have[j - 1])
            skip_column = best[i - 1][j][0] + far / 1e3
            skip_cluster = best[i][j - 1][0]
            best[i][j] = min((pair, 0), (skip_column, 1), (skip_cluster, 2))
    found = []
    i, j = rows, cols
    while i and j:
        step = best[i][j][1]
        if step == 0:
            found.append((i - 1, have[j - 1]))
            i, j = i - 1, j - 1
        elif step == 1:
            i -= 1
        else:
            j -= 1
    return found[::-1]


def _distance(column: Column, cluster: Cluster) -> float:
    gap = max(cluster.x0 - column.x1, column.x0 - cluster.x1, 0.0)
    middle = abs(column.middle - (cluster.x0 + cluster.x1) / 2)
    width = max(column.x1 - column.x0, cluster.x1 - cluster.x0)
    if gap > 2.5 * width:
        return 1e6 + gap
    return gap * 10 + min(middle, abs(column.x0 - cluster.x0), abs(column.x1 - cluster.x1))


def _bounds(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """Columns in order with their extents widened to the cuts between them."""
    order = sorted(columns, key=lambda c: c.middle)
    if not order:
        return ()
    spans = Counter(span for line in lines for span in _spans(line))
    slack = 0.1 * median(line.height for line in lines) if lines else 0.0
    cuts = [float("-inf")]
    for left, right in pairwise(order):
        cuts.append(_cut(left, right, spans, slack))
    cuts.append(float("inf"))
    return tuple(replace(c, x0=cuts[i], x1=cuts[i + 1]) for i, c in enumerate(order))


Span = tuple[float, float, bool]
"""The extent of a piece of a line, and whether it is a date, a time or an amount."""


def _spans(line: Line) -> list[Span]:
    """The typed parts of a line and the texts between them: boxes of OCR may hold two columns."""
    found: list[Span] = []
    at = 0
    for token in tokens(line.text):
        if line.text[at : token.start].strip():
            found.append((round(line.edge(at), 1), round(line.edge(token.start), 1), False))
        found.append((round(line.edge(token.start), 1), round(line.edge(token.end), 1), True))
        at = token.end
    if line.text[at:].strip():
        found.append((round(line.edge(at), 1), round(line.box[2], 1), False))
    return found


def _cut(left: Column, right: Column, spans: Mapping[Span, int], slack: float) -> float:
    """The x between two columns that the fewest pieces of lines cross by more than `slack` on either side.

    Dates and amounts keep to their own extent: text between belongs to the other column. Between two columns of text
    the cut lies before the edge at which most lines begin; of equal ones before the one nearest to the right label."""
    low = left.x1 if left.typed else left.x0 + 0.3 * (left.x1 - left.x0)
    high = right.x0 if right.typed else right.x1 - 0.3 * (right.x1 - right.x0)
    if high <= low + 2 * slack:
        return (left.x1 + right.x0) / 2 if left.x1 <= right.x0 else (low + high) / 2
    near = [(s, n) for s, n in spans.items() if s[1] > low and s[0] < high]
    marks = sorted({low, high, *(x for s, _ in near for x in s[:2] if low < x < high)})
    # What stands under a label by its middle is the label's own.
    middles = [((s[0] + s[1]) / 2, n) for s, n in near]
    under_left = [(m, n) for m, n in middles if left.x0 < m < left.x1]
    under_right = [(m, n) for m, n in middles if right.x0 < m < right.x1]
    best = (float("inf"), low, high)
    for a, b in pairwise(marks):
        if b - a < 0.4 and len(marks) > 2:
            continue
        x = (a + b) / 2
        cost = float(sum(n for s, n in near if s[0] < x - slack and s[1] > x + slack))
        if left.typed and not right.typed:
            cost += 2 * sum(n for s, n in near if not s[2] and low < (s[0] + s[1]) / 2 < x)
            cost += 0.5 * (a - low) / (high - low)
        elif not left.typed and right.typed:
            cost += 2 * sum(n for s, n in near if not s[2] and x < (s[0] + s[1]) / 2 < high)
            cost += 0.5 * (high - b) / (high - low)
        elif left.typed:
            cost -= 0.5 * (b - a) / (high - low)
        else:
            begin = sum(n for s, n in near if abs(s[0] - b) < max(1.0, slack))
            cost += 0.5 * abs(b - right.x0) / (high - low) - 0.3 * begin
            cost += sum(n for m, n in under_left if m > x) + sum(n for m, n in under_right if m < x)
        best = min(best, (cost, a, b))
    return (best[1] + best[2]) / 2
