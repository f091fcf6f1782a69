"""Tables of pay: the values that stand below the labels of a header, and what sums say where they do not stand clearly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from extractors.pay_stub.columns import Column
from extractors.pay_stub.labels import MONEY, TEXTS, Meaning
from extractors.pay_stub.parts import money
from extractors.pay_stub.proof import Item, closing, sums_of
from pipeline.layout import Row
from pipeline.model import Line, union

_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
LEAST = Decimal(100)
"""More than this is pay, no number of a row."""
_WORD = re.compile(r"[\u3400-\u9fff·]{2,}")
_PART = re.compile(r"[\u3400-\u9fff·]{1,9}")


def clusters_of(body: Sequence[Row]) -> list[list[Line]]:
    """The values of a table's body that stand above each other, from left to right."""
    clusters: list[list[Line]] = []
    for line in sorted((n for row in body for n in row.lines), key=lambda n: n.middle[0]):
        for cluster in clusters[::-1]:
            widest = max(cluster[-12:], key=lambda n: n.width)
            both = min(widest.box[2], line.box[2]) - max(widest.box[0], line.box[0])
            if both > 0.35 * min(widest.width, line.width):
                cluster.append(line)
                break
        else:
            clusters.append([line])
    clusters.sort(key=lambda c: sum(n.middle[0] for n in c) / len(c))
    return clusters


def extent(cluster: Sequence[Line]) -> tuple[float, float]:
    """From where to where lines reach."""
    return min(n.box[0] for n in cluster), max(n.box[2] for n in cluster)


def under(columns: Sequence[Column], body: Sequence[Row]) -> list[dict[int, list[Line]]]:
    """For each row of a table's body its values by column. Values that stand above each other are one column's; these
    columns are matched to the labels in order, so that the distances are least. A label with two columns under it is two
    labels that were read as one: neither is given. Nor are values that stand under no part of their label, unless all stand
    so, or a row's sums close with them."""
    clusters = clusters_of(body)
    extents = [extent(c) for c in clusters]
    heights = sorted(n.height for c in clusters for n in c)
    size = heights[len(heights) // 2] if heights else 1.0
    place = dict(_match(columns, extents, size))
    shift = _shift(columns, extents, place, size)
    place = dict(_match(columns, extents, size, shift)) if shift else place
    for i, (x0, x1) in enumerate(extents):
        glued = [
            j
            for c, j in place.items()
            if i not in place and min(columns[j].x1, x1) - max(columns[j].x0, x0) > 0.5 * (x1 - x0)
        ]
        place = {c: j for c, j in place.items() if j not in glued}
    if len(columns) == len(extents):
        place = _decided(columns, body, clusters, place)
    far = [c for c, j in place.items() if not _beneath(columns[j], extents[c])]
    if far and not shift and not _closing(columns, _put(body, clusters, place)):
        place = {c: j for c, j in place.items() if c not in far}
    if _contradicted(columns, _put(body, clusters, place)):
        place = {c: j for c, j in place.items() if _beneath(columns[j], extents[c])}
    if _contradicted(columns, _put(body, clusters, place)):
        place = {}
    return [_named(columns, row, cells) for row, cells in zip(body, _put(body, clusters, place), strict=True)]


def _beneath(column: Column, extent: tuple[float, float]) -> bool:
    """Whether values stand under some part of a label."""
    return min(column.x1, extent[1]) > max(column.x0, extent[0])


def _contradicted(columns: Sequence[Column], table: Sequence[dict[int, list[Line]]]) -> bool:
    """Whether words stand where pay should, or pay where names should, more often than not: the columns are placed wrongly.
    A word that stands twice in a row is what an engine makes of a masked cell."""
    texts = [{place: "".join(n.text for n in own) for place, own in cells.items()} for cells in table]
    for place, column in enumerate(columns):
        told = [own[place] for own in texts if place in own and list(own.values()).count(own[place]) == 1]
        words = sum(_WORD.fullmatch(t) is not None for t in told)
        paid = sum((money(t) or Decimal(0)) > LEAST for t in told)
        role = column.meaning.role if column.meaning else None
        if (role in MONEY and words > paid) or (role == "name" and paid > words):
            return True
    return False


def _named(columns: Sequence[Column], row: Row, cells: dict[int, list[Line]]) -> dict[int, list[Line]]:
    """A row's cells, the name's with the piece behind it that is in no column: a point between the two was not read."""
    taken = {id(n) for own in cells.values() for n in own}
    for place, own in cells.items():
        if columns[place].meaning == Meaning("name") and len(own) == 1:
            gap = (n for n in row.lines if 0 <= n.box[0] - own[0].box[2] < n.height and id(n) not in taken)
            return {**cells, place: [*own, *(n for n in gap if _HAN.fullmatch(n.text))]}
    return cells


def named_around(
    columns: Sequence[Column], row: Row, cells: dict[int, list[Line]], loose: Sequence[Line]
) -> dict[int, list[Line]]:
    """A row's cells, one without a name with the name that is wrapped in its cell, so that it stands in `loose` lines above
    and below the middle of the row."""
    place = next((n for n, c in enumerate(columns) if c.meaning == Meaning("name")), None)
    if place is None or cells.get(place):
        return cells
    column = columns[place]
    own = [
        n
        for n in loose
        if min(n.box[2], column.x1 + n.height) > max(n.box[0], column.x0 - n.height)
        and min(n.box[3], row.bottom) - max(n.box[1], row.top) > 0
        and _PART.fullmatch(n.text)
    ]
    own.sort(key=lambda n: n.box[1])
    around = len(own) == 2 and own[0].middle[1] < (row.top + row.bottom) / 2 < own[1].middle[1]
    return {**cells, place: [_wrapped(own)]} if around else cells


def _wrapped(lines: Sequence[Line]) -> Line:
    text = "".join(n.text.strip() for n in lines)
    return Line(text, union([n.box for n in lines]), min(n.confidence for n in lines))


def _decided(
    columns: Sequence[Column], body: Sequence[Row], clusters: Sequence[Sequence[Line]], place: dict[int, int]
) -> dict[int, int]:
    """The columns of the clusters where there are as many of both: as they stand beneath each other, or one by one in order. Where
    these differ the sums of the rows decide, and where they do not, what differs is nobody's."""
    order = {n: n for n in range(len(columns))}
    if all(c == j for c, j in place.items()):
        return place
    near, even = (_closing(columns, _put(body, clusters, way)) for way in (place, order))
    if near == even:
        return {c: j for c, j in place.items() if c == j}
    return place if near > even else order


def _closing(columns: Sequence[Column], table: Sequence[dict[int, list[Line]]]) -> int:
    """How many sums of a table's rows close."""
    count = 0
    for cells in table:
        values = {n: v for n, own in cells.items() if len(own) == 1 and (v := money(own[0].text)) is not None}
        means = {n: m for n in values if (m := columns[n].meaning) is not None}
        roles = {m.role: n for n, m in means.items() if m.role in MONEY}
        items = [Item(n, columns[n].label, m.kind) for n, m in means.items() if m.kind]
        count += sum(closing(ways, values) is not None for ways in sums_of(roles, items))
    return count


def _put(
    body: Sequence[Row], clusters: Sequence[Sequence[Line]], place: dict[int, int]
) -> list[dict[int, list[Line]]]:
    """For each row its values by column, as the clusters are placed."""
    column_of = {id(line): place[i] for i, cluster in enumerate(clusters) for line in cluster if i in place}
    out = []
    for row in body:
        cells: dict[int, list[Line]] = {}
        for line in row.lines:
            if id(line) in column_of:
                cells.setdefault(column_of[id(line)], []).append(line)
        out.append(cells)
    return out


EVEN = 0.7
"""Where labels are in the middle of their cells and amounts at the right, all stand apart alike, but for so many heights."""
TELLING = 4
"""So many columns tell how far amounts stand from their labels."""


def _shift(
    columns: Sequence[Column], extents: Sequence[tuple[float, float]], place: dict[int, int], size: float
) -> float:
    """How far the right edges of the columns of values stand from the middles of their labels; 0 where that is not even."""
    for pairs in (place.items(), enumerate(range(len(columns))) if len(columns) == len(extents) else ()):
        shifts = sorted(extents[c][1] - columns[j].middle for c, j in pairs if _amounts(columns[j]))
        shift = shifts[len(shifts) // 2] if shifts else 0.0
        even = sum(abs(s - shift) < EVEN * size for s in shifts)
        if even >= max(TELLING, 0.75 * len(shifts)) and shift > -BEFORE * size:
            return shift
    return 0.0


def _amounts(column: Column) -> bool:
    """Whether amounts are to be expected in a column: what stands in others is set otherwise."""
    return column.meaning is None or column.meaning.role not in (*TEXTS, "skip")


BEFORE = 2.0
"""Amounts do not end more than so many heights before the middle of their label."""
FAR = 9.0
"""A cluster further from a label than so many heights is none of its column."""


def _match(
    columns: Sequence[Column], extents: Sequence[tuple[float, float]], size: float, shift: float = 0.0
) -> list[tuple[int, int]]:
    """(cluster, column) pairs in order, as near as possible."""
    rows, cols = len(extents), len(columns)
    best = [[(0.0, 0)] * (cols + 1) for _ in range(rows + 1)]
    for i in range(rows + 1):
        for j in range(cols + 1):
            if not i and not j:
                continue
            ways = []
            if i and j:
                ways.append(
                    (best[i - 1][j - 1][0] + _distance(columns[j - 1], extents[i - 1], size, shift), 0)
                )
            if i:
                ways.append((best[i - 1][j][0] + FAR, 1))
            if j:
                ways.append((best[i][j - 1][0] + 0.3, 2))
            best[i][j] = min(ways)
    out = []
    i, j = rows, cols
    while i and j:
        step = best[i][j][1]
        if step == 0:
            if _distance(columns[j - 1], extents[i - 1], size, shift) < FAR:
                out.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif step == 1:
            i -= 1
        else:
            j -= 1
    return out[::-1]


def _distance(column: Column, extent: tuple[float, float], size: float, shift: float = 0.0) -> float:
    gap = max(extent[0] - column.x1, column.x0 - extent[1], 0.0)
    edges = min(
        abs(column.middle - (extent[0] + extent[1]) / 2),
        abs(column.x0 - extent[0]),
        abs(column.x1 - extent[1]),
    )
    usual = abs(extent[1] - column.middle - shift) if shift else float("inf")
    return min(1.5 * gap + edges, usual) / size
