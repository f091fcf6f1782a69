"""Tables whose head has two rows of labels, and a row of values for each of them to every slip."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.pay_stub.below import under
from extractors.pay_stub.cells import Block, Cell, summed
from extractors.pay_stub.columns import Column, columns_of
from extractors.pay_stub.labels import TEXTS, TITLE, WORDS, Meaning, key, meaning
from extractors.pay_stub.parts import is_value
from pipeline.layout import Row, rows
from pipeline.model import Line, Sheet
from pipeline.text import squeeze

FEWEST = 3
"""Each row of such a head has so many labels at least."""
LABELS = 0.8
"""So much of it are labels by themselves: the rows of wrapped labels are not."""
LEVEL = 0.5
"""Labels of one row differ by less than so much of their height."""
APART = 3.0
"""Rows of such a table stand less than so many heights apart."""


Group = tuple[list[Line], list[Line], list[Line]]
"""Labels, or one slip's values, of the upper row, between the rows, of the lower one."""


def double(table: Sequence[Row], sheet: Sheet) -> list[Block]:
    """The tables of this kind among a sheet's rows."""
    found: list[Block] = []
    for index in range(len(table) - 3):
        if not found or index > found[-1].last:
            block = _block(table, index, sheet)
            found += [block] if block else []
    return found


def _block(table: Sequence[Row], index: int, sheet: Sheet) -> Block | None:
    """The table that begins at a row; None where it is none of these, without records where its values do not fit its labels."""
    end = index
    while end + 1 < len(table) and end < index + 2 and _labels(table[end + 1]) and _close(table, end):
        end += 1
    if not _labels(table[index]) or end == index:
        return None
    head = [n for row in table[index : end + 1] for n in row.lines]
    levels = _levels(head)
    if levels is None or _known(levels[0]) < LABELS or _known(levels[2]) < LABELS or _wrapped(*levels):
        return None
    upper, middle, lower = levels
    if 2 * sum(any(_beneath(u, n) for n in lower) for u in upper) < len(upper):
        return None  # labels that begin higher, as those in two lines do, stand over no others
    last = end
    while last + 1 < len(table) and _close(table, last) and not _ends(table[last + 1]):
        last += 1
    rest = table[end + 1 : last + 1]
    if (
        len(rest) < 2
        or len(rest[0].lines) > len(upper) + len(middle)
        or len(rest[1].lines) > len(lower) + len(middle)
    ):
        return None
    groups = _anchored([n for row in rest for n in row.lines], middle) if middle else _alternate(rest)
    if not groups or any(len(a) > len(upper) or len(b) > len(lower) for a, _, b in groups):
        return Block(index, last, [])
    parts = [(labels, [g[n] for g in groups]) for n, labels in enumerate((upper, middle, lower)) if labels]
    records: list[list[Cell]] = [[] for _ in groups]
    for labels, lines in parts:
        columns = columns_of(rows(labels))
        for place, cells in zip(
            _filled(lines), under(columns, [_row(own) for own in lines if own]), strict=True
        ):
            records[place] += _cells(columns, cells, sheet)
    whole = [
        r for r, g in zip(records, groups, strict=True) if r and not _sum([n for level in g for n in level])
    ]
    return Block(index, last, whole) if whole else None


def _levels(head: Sequence[Line]) -> Group | None:
    """A head's labels by their height: those of its upper row, those that stand alone in their column and say whose or which
    slip it is (in cells as high as both rows), those of the lower row. None where it has other rows."""
    rows_: list[list[Line]] = []
    for line in sorted(head, key=lambda n: n.middle[1]):
        if rows_ and line.middle[1] - rows_[-1][-1].middle[1] < LEVEL * line.height:
            rows_[-1].append(line)
        else:
            rows_.append([line])
    if not 2 <= len(rows_) <= 3:
        return None
    alone = [n for n in head if not any(_beneath(n, o) for o in head if o is not n) and _tells(n)]
    between = rows_[1] if len(rows_) == 3 else []
    middle = [n for n in head if n in alone or n in between]
    upper, lower = ([n for n in row if n not in middle] for row in (rows_[0], rows_[-1]))
    return (upper, middle, lower) if min(len(upper), len(lower)) >= FEWEST else None


def _tells(line: Line) -> bool:
    found = meaning(line.text)
    return found is not None and found.role in (*TEXTS, "skip")


def _beneath(one: Line, other: Line) -> bool:
    return min(one.box[2], other.box[2]) > max(one.box[0], other.box[0])


def _wrapped(upper: Sequence[Line], middle: Sequence[Line], lower: Sequence[Line]) -> bool:
    """Whether labels end those above them (住房公 | 积金)."""
    pairs = [(u, n) for u in (*upper, *middle) for n in (*middle, *lower) if u is not n and _beneath(u, n)]
    whole = [(u.text + n.text, meaning(u.text + n.text)) for u, n in pairs]
    return any(key(t) in WORDS or (m is not None and m.role not in ("item", "skip")) for t, m in whole)


def _labels(row: Row) -> bool:
    return bool(_known(row.lines) >= LABELS) and not any(is_value(n.text) for n in row.lines)


def _known(lines: Sequence[Line]) -> float:
    return sum(meaning(n.text) is not None for n in lines) / max(1, len(lines))


def _close(table: Sequence[Row], at: int) -> bool:
    return table[at + 1].top - table[at].bottom < APART * table[at].height


def _ends(row: Row) -> bool:
    titled = any(TITLE.search(squeeze(n.text)) for n in row.lines)
    return titled or sum(meaning(n.text) not in (None, Meaning("skip")) for n in row.lines) > 1


def _alternate(body: Sequence[Row]) -> list[Group]:
    """Rows by twos; none where their number is odd."""
    if len(body) % 2:
        return []
    return [(list(a.lines), [], list(b.lines)) for a, b in zip(body[::2], body[1::2], strict=True)]


def _anchored(body: Sequence[Line], middle: Sequence[Line]) -> list[Group]:
    """The values around each of those that stand under the labels between the rows: above each other, in two rows."""
    between = [n for n in body if any(_beneath(n, m) for m in middle)]
    anchors = rows(between)
    places = [sum(n.middle[1] for n in row.lines) / len(row.lines) for row in anchors]
    around: list[list[Line]] = [[] for _ in anchors]
    for line in (n for n in body if n not in between and places):
        around[min(range(len(places)), key=lambda k: abs(places[k] - line.middle[1]))].append(line)
    groups = []
    for row, lines in zip(anchors, around, strict=True):
        upper = [n for n in lines if not any(_beneath(n, o) and o.middle[1] < n.middle[1] for o in lines)]
        lower = [n for n in lines if n not in upper]
        bound = max((n.middle[1] for n in upper if any(_beneath(n, o) for o in lower)), default=float("inf"))
        late = [n for n in upper if n.middle[1] > bound + LEVEL * n.height]
        groups.append(([n for n in upper if n not in late], list(row.lines), [*lower, *late]))
    return groups


def _filled(lines: Sequence[Sequence[Line]]) -> list[int]:
    return [n for n, own in enumerate(lines) if own]


def _row(lines: Sequence[Line]) -> Row:
    return Row(tuple(sorted(lines, key=lambda n: n.box[0])), "", ())


def _cells(columns: Sequence[Column], cells: dict[int, list[Line]], sheet: Sheet) -> list[Cell]:
    return [
        Cell(c.label, c.meaning or Meaning("?"), tuple(cells[n]), sheet)
        for n, c in enumerate(columns)
        if cells.get(n)
    ]


def _sum(lines: Sequence[Line]) -> bool:
    return any(summed(n.text) for n in sorted(lines, key=lambda n: n.box[0])[:2])
