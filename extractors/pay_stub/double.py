"""Tables whose head has two rows of labels, and a row of values for each of them to every slip."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.pay_stub.cells import SUMS, Block, Cell
from extractors.pay_stub.columns import Column, columns_of, under
from extractors.pay_stub.labels import TITLE, WORDS, Meaning, key, meaning
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


def double(table: Sequence[Row], sheet: Sheet) -> list[Block]:
    """The tables of this kind among a sheet's rows."""
    found: list[Block] = []
    for index in range(len(table) - 3):
        if not found or index > found[-1].last:
            block = _block(table, index, sheet)
            found += [block] if block else []
    return found


def _block(table: Sequence[Row], index: int, sheet: Sheet) -> Block | None:
    """The table that begins at a row; None where it is none of these. Labels and values that stand between two rows (a name
    in a cell as high as both) belong to both."""
    end = index
    while end + 1 < len(table) and end < index + 2 and _labels(table[end + 1]) and _close(table, end):
        end += 1
    if not _labels(table[index]) or end == index:
        return None
    head = [n for row in table[index : end + 1] for n in row.lines]
    levels = _levels(head)
    if len(levels) != 3 or min(len(levels[0]), len(levels[2])) < FEWEST:
        return None
    upper, middle, lower = levels
    if _known(upper) < LABELS or _known(lower) < LABELS or _wrapped([*upper, *middle], [*middle, *lower]):
        return None
    last = end
    while last + 1 < len(table) and _close(table, last) and not _ends(table[last + 1]):
        last += 1
    body = [n for row in table[end + 1 : last + 1] for n in row.lines]
    groups = _anchored(body, middle) if middle else _alternate(table[end + 1 : last + 1])
    if not groups or any(len(a) > len(upper) + 1 or len(b) > len(lower) + 1 for a, _, b in groups):
        return None
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


def _levels(head: Sequence[Line]) -> list[list[Line]]:
    """A head's labels by their height: those of its upper row, those between the rows, those of the lower one."""
    levels: list[list[Line]] = []
    for line in sorted(head, key=lambda n: n.middle[1]):
        if levels and line.middle[1] - levels[-1][-1].middle[1] < LEVEL * line.height:
            levels[-1].append(line)
        else:
            levels.append([line])
    return levels if len(levels) != 2 else [levels[0], [], levels[1]]


def _wrapped(upper: Sequence[Line], lower: Sequence[Line]) -> bool:
    """Whether labels of the lower row end those above them (住房公 | 积金)."""
    pairs = [(u, n) for u in upper for n in lower if min(u.box[2], n.box[2]) > max(u.box[0], n.box[0])]
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


Group = tuple[list[Line], list[Line], list[Line]]
"""The values of one slip at the upper row, between the rows, at the lower one."""


def _alternate(body: Sequence[Row]) -> list[Group]:
    """Rows by twos; none where their number is odd."""
    if len(body) % 2:
        return []
    return [(list(a.lines), [], list(b.lines)) for a, b in zip(body[::2], body[1::2], strict=True)]


def _anchored(body: Sequence[Line], middle: Sequence[Line]) -> list[Group]:
    """The values around each of those that stand under the labels between the rows."""
    between = [n for n in body if any(min(n.box[2], m.box[2]) > max(n.box[0], m.box[0]) for m in middle)]
    anchors = rows(between)
    places = [sum(n.middle[1] for n in row.lines) / len(row.lines) for row in anchors]
    groups: list[Group] = [([], list(row.lines), []) for row in anchors]
    for line in body:
        if line not in between and places:
            near = min(range(len(places)), key=lambda k: abs(places[k] - line.middle[1]))
            groups[near][0 if line.middle[1] < places[near] else 2].append(line)
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
    return any(SUMS.fullmatch(key(n.text)) for n in sorted(lines, key=lambda n: n.box[0])[:2])
