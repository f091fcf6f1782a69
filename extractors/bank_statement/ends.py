"""Where the rows of a table begin that has no header above it, and where they end."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.bank_statement.labels import MONEY
from pipeline.model import Line
from pipeline.table import Column
from pipeline.table.columns import Cluster, Piece, clusters, pieces
from pipeline.table.header import bands
from pipeline.table.kinds import kind_of, tokens


def first_row(lines: Sequence[Line]) -> float:
    """The top of the first row of a table without a header, less the room of a wrapped cell: the first printed line that
    holds both a date or a time and an amount, or the first date of a column of dates with an amount of a column close by."""
    tops = [n.box[1] for n in lines if any(t.kind == "money" for t in tokens(n.text))]
    first = min(tops, default=float("inf")) - 1.0
    for band in bands(lines):
        kinds = {t.kind for n in band for t in tokens(n.text)}
        if "money" in kinds and kinds & {"date", "time"}:
            first = min(n.box[1] for n in band) - 1.2 * max(n.height for n in band)
            break
    return min(first, _first_pair(lines))


def _first_pair(lines: Sequence[Line]) -> float:
    """The same by columns: a date printed over its time stands above or below its amount."""
    found = pieces(lines)
    column = max(clusters(found, "date"), key=lambda c: c.parts, default=None)
    sums = [c for c in clusters(found, "money") if c.parts > 2]
    if column is None or column.parts < 3:
        return float("inf")
    dates = sorted(p.line.box[1] for p in found if p.kind == "date" and _within(p, column))
    for piece in sorted((p for p in found if p.kind == "money"), key=lambda p: p.line.box[1]):
        near = [y for y in dates if abs(y - piece.line.box[1]) < 2 * piece.line.height]
        if near and any(_within(piece, c) for c in sums):
            return min(piece.line.box[1], *near) - 1.2 * piece.line.height
    return float("inf")


def first_in(columns: Sequence[Column], lines: Sequence[Line]) -> float:
    """The same by the columns of the page before: the first printed line with amounts in two of them, whose date may stand
    in the row above on that page."""
    sums = [c for c in columns if c.role in MONEY]
    for band in bands(lines):
        own = [n for n in band if kind_of(n.text) == "money"]
        over = {c.role for c in sums for n in own if min(c.x1, n.box[2]) > max(c.x0, n.box[0])}
        if len(over) > 1:
            return min(n.box[1] for n in band) - 1.2 * max(n.height for n in band)
    return float("inf")


def _within(piece: Piece, column: Cluster) -> bool:
    return column.x0 - 1 <= (piece.x0 + piece.x1) / 2 <= column.x1 + 1


def end_of(lines: Sequence[Line]) -> float:
    """The y below which no line belongs to the table's last row: six lines under the last amount."""
    last = max(
        (n for n in lines if any(t.kind == "money" for t in tokens(n.text))),
        key=lambda n: n.box[3],
        default=None,
    )
    return last.box[3] + 6 * last.height if last else float("inf")


def with_day_above(first: float, lines: Sequence[Line]) -> float:
    """The top of the first row, or that of a line with nothing but its day just above it."""
    above = [band for band in bands(lines) if band[0].middle[1] < first]
    if not above:
        return first
    band = above[-1]
    kinds = [kind_of(n.text) for n in band]
    near = first - max(n.box[3] for n in band) < 1.5 * band[0].height
    return min(n.box[1] for n in band) - 1.0 if near and kinds == ["date"] else first
