"""The header of a table: label words, in one line or stacked, glued or bilingual, found by synonyms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.model import Box, Line, union
from pipeline.table.columns import Body, Column
from pipeline.table.kinds import squeezed, tokens
from pipeline.table.vocabulary import VALUE, Vocabulary, key

_HAN = re.compile(r"[\u3400-\u9fff]")
_GROUP = re.compile(r"(?:信息|资料|情况)$")
MAX_LINES = 6
"""A header's zone holds at most so many bands of text (three printed lines, centred and stacked cells counted)."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header found on a sheet: its columns from left to right and the box of its words (sheet units)."""

    columns: tuple[Column, ...]
    box: Box
    lines: tuple[Line, ...]

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for c in self.columns for role in (c.role, *c.more) if role)


def bands(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines put together to printed lines by their heights, from top to bottom; each from left to right."""
    if isinstance(lines, Body):
        if lines.printed is None:
            lines.printed = _bands(list(lines))
        return lines.printed
    return _bands(list(lines))


def _bands(lines: list[Line]) -> list[list[Line]]:
    if len(lines) == 1:
        return [lines]
    found: list[list[Line]] = []
    level = size = 0.0
    for middle, _, line in sorted(((n.box[1] + n.box[3]) / 2, index, n) for index, n in enumerate(lines)):
        height = line.box[3] - line.box[1]
        if found and middle - level <= 0.4 * min(height, size):
            found[-1].append(line)
            level += (middle - level) / len(found[-1])
        else:
            found.append([line])
            level, size = middle, height
    for band in found:
        band.sort(key=lambda n: n.box[0])
    return found


def find_headers(lines: Sequence[Line], words: Vocabulary) -> list[Header]:
    """The headers on a sheet, from top to bottom. A header has no dates or amounts in it, shows a date's and an amount's
    label, and `words.least` different roles. Where there is none, one of these labels may be a word not known."""
    return _headers(lines, words) or _headers(lines, words, loose=True)


def _headers(lines: Sequence[Line], words: Vocabulary, *, loose: bool = False) -> list[Header]:
    rows = bands(lines)
    plain = [
        not any(tokens(line.text) or VALUE.search(line.text) for line in band) and not _labels(band)
        for band in rows
    ]
    hits = [
        mayhap and sum(words.role(n.text) is not None or words.pieces(n.text) is not None for n in band)
        for mayhap, band in zip(plain, rows, strict=True)
    ]
    found: list[Header] = []
    start = 0
    while start < len(rows):
        best: tuple[float, int, Header] | None = None
        if plain[start] and (hits[start] or any(hits[start : start + MAX_LINES])):
            for end in range(start + 1, min(len(rows), start + MAX_LINES) + 1):
                if not plain[end - 1] or _apart(rows, start, end):
                    break
                header, score = _zone([line for band in rows[start:end] for line in band], words, loose)
                if header and (best is None or score >= best[0]):
                    best = (score, end, header)
        if best is None:
            start += 1
            continue
        # A later start may be a better header: a title above the labels is none of it.
        if start + 1 < best[1] and plain[start + 1]:
            better = _zone([line for band in rows[start + 1 : best[1]] for line in band], words, loose)
            if better[0] and better[1] > best[0]:
                above = [n for n in rows[start] if _tops(n, better[0], words)]
                rest = [line for band in rows[start + 1 : best[1]] for line in band]
                both, score = _zone([*above, *rest], words, loose) if above else (None, 0.0)
                if both is None or score < better[1]:
                    start += 1
                    continue
                # Upper halves of stacked labels, in a printed line with something else (a seal's, a watermark's).
                best = (score, best[1], both)
        if start and plain[start - 1] and not _apart(rows, start - 1, start + 1):
            best = (best[0], best[1], _under(rows[start - 1], best[2], words))
        best = _untiered(rows[start : best[1]], best, words, loose)
        end = _tail(rows, plain, best[1], best[2])
        extra = [line for band in rows[best[1] : end] for line in band]
        header = best[2]
        if extra:
            header = Header(
                header.columns, union([header.box, *(n.box for n in extra)]), (*header.lines, *extra)
            )
        found.append(header)
        start = end
    return found


def _tops(line: Line, header: Header, words: Vocabulary) -> bool:
    """Whether a line is a label close above one of a header's, and over nothing else."""
    over = [n for n in header.lines if min(n.box[2], line.box[2]) > max(n.box[0], line.box[0])]
    return (
        words.role(line.text) is not None
        and len(over) == 1
        and over[0].box[1] - line.box[3] < 0.8 * line.height
    )


def _untiered(
    rows: list[list[Line]], best: tuple[float, int, Header], words: Vocabulary, loose: bool
) -> tuple[float, int, Header]:
    """The header without the tier of groups above its labels (交易信息, 交易对手), whose words then say whose the names
    and numbers below them are; as it is where its first printed line is no such tier."""
    tier, rest = rows[0], [n for band in rows[1:] for n in band]
    if len(rows) < 2 or len(tier) > 0.6 * len(rest) or not any(_groups(n, rest) for n in tier):
        return best
    header, score = _zone(rest, words, loose)
    if header is None:
        return best
    header = _under(tier, header, words)
    own = {role for n in tier if (role := words.role(n.text))}
    return (score, best[1], header) if len(header.roles) >= len(best[2].roles - own) else best


def _under(tier: list[Line], header: Header, words: Vocabulary) -> Header:
    """The header with a tier of groups over its labels; as it is where the tier is none."""
    if len(tier) > 0.6 * len(header.columns) or not any(_groups(n, header.lines) for n in tier):
        return header
    if not all(words.role(n.text) or (len(n.text) <= 6 and _groups(n, header.lines)) for n in tier):
        return header
    columns = list(header.columns)
    for line in tier:
        if words.role(line.text) in words.others:
            _qualify(columns, line, words)
    lines = (*tier, *header.lines)
    return Header(tuple(columns), union(n.box for n in lines), lines)


def _groups(line: Line, below: Sequence[Line]) -> bool:
    """Whether a label stands over the gap between two labels below it, or calls itself a group's."""
    if _GROUP.search(squeezed(line.text)):
        return True
    x = line.middle[0]
    sides = [n for n in below if n.box[1] > line.middle[1]]
    if any(
        min(n.box[2], line.box[2]) - max(n.box[0], line.box[0]) > 0.8 * (n.box[2] - n.box[0]) for n in sides
    ):
        return False  # one label in two lines
    between = all(n.box[2] < x or n.box[0] > x for n in sides)
    return between and any(n.box[2] < x for n in sides) and any(n.box[0] > x for n in sides)


def _qualify(columns: list[Column], group: Line, words: Vocabulary) -> None:
    """Gives the columns of names and numbers nearest under a group's label the roles of the other party's."""
    x = group.middle[0]
    plain = {i: role for i, c in enumerate(columns) if (role := words.others_by_word.get(key(c.label)))}
    if not plain:
        return
    nearest = min(plain, key=lambda i: abs(columns[i].middle - x))
    first = last = nearest
    while first - 1 in plain:
        first -= 1
    while last + 1 in plain:
        last += 1
    for i in range(first, last + 1):
        columns[i] = replace(columns[i], role=plain[i], kind="text", more=())


def _labels(band: list[Line]) -> bool:
    """Whether a printed line holds labels of single values (币种： 人民币): they end in colons; of a heading one may, by dirt."""
    colons = sum(line.text.rstrip().endswith((":", "：")) for line in band)
    return colons > 1 or (colons == 1 and len(band) <= 3)


def _apart(rows: list[list[Line]], start: int, end: int) -> bool:
    """Whether the last band of a zone stands too far below the one before, or the zone is too tall."""
    size = max(line.height for line in rows[start])
    gap = (
        min(n.box[1] for n in rows[end - 1]) - max(n.box[3] for n in rows[end - 2]) if end - 2 >= start else 0
    )
    tall = max(n.box[3] for n in rows[end - 1]) - min(n.box[1] for n in rows[start])
    return gap > 1.2 * size or tall > 6 * size


def _zone(lines: list[Line], words: Vocabulary, loose: bool) -> tuple[Header | None, float]:
    """The header that the lines of a zone make, and how good it is."""
    parts: list[Line] = []
    for line in _spelled(lines, words):
        spans = words.pieces(line.text)
        parts += [line.cut(a, b) for a, b in spans] if spans else [line]
    cells = _stack(parts)
    columns, score = [], 0.0
    for cell in cells:
        box = union(n.box for n in cell)
        text = "".join(n.text for n in sorted(cell, key=lambda n: (n.middle[1], n.box[0])))
        several = (
            words.several([n.text for n in sorted(cell, key=lambda n: n.middle[1])]) if _close(cell) else ()
        )
        if len(cell) > 1 and not several and "/" in text:
            several = words.several([text])
        whole = several[0] if several else words.role(text)
        role = whole or next((r for r in (words.role(n.text) for n in cell) if r), None)
        columns.append(_column(several or (role or "",), words, box, text))
        score += 1 + 0.05 * len(cell) if whole else 0.8 - 0.3 * len(cell) if role else -0.7
    columns.sort(key=lambda c: c.x0)
    roles = {r for c in columns for r in (c.role, *c.more) if r}
    score += len({c.role for c in columns if c.role})
    shown = bool(roles & words.dates) + bool(roles & words.money)
    unknown = any(not c.role for c in columns)
    if len(roles) < words.least or shown < (1 if loose and unknown and len(columns) > 4 else 2):
        return None, score
    if sum(1 for c in columns if c.role) < 0.5 * len(columns):
        return None, score
    return Header(tuple(columns), union(n.box for n in lines), tuple(lines)), score


def _spelled(lines: Sequence[Line], words: Vocabulary) -> list[Line]:
    """The lines with labels set in spaced characters (摘  要) put together where these make a word of the header."""
    single = [n for n in lines if len(n.text.strip()) == 1 and _HAN.match(n.text.strip())]
    if not single:
        return list(lines)
    found: list[Line] = []
    gone: set[int] = set()
    for band in bands(single):
        for a, b in pairwise(band):
            near = b.box[0] - a.box[2] < 3 * a.height
            if near and id(a) not in gone and words.role(a.text + b.text):
                gone.update((id(a), id(b)))
                box, told = union([a.box, b.box]), min(a.confidence, b.confidence)
                found.append(Line(a.text.strip() + b.text.strip(), box, told))
    # A character over the rim of the label beside it is that label's own, read twice.
    gone |= {id(n) for n in single if id(n) not in gone and any(_on(n, o) for o in lines if o is not n)}
    return [n for n in lines if id(n) not in gone] + found


def _on(line: Line, other: Line) -> bool:
    """Whether a line lies over a part of another in the same printed line that ends (begins) with its text."""
    across = min(line.box[2], other.box[2]) - max(line.box[0], other.box[0])
    level = abs(line.middle[1] - other.middle[1]) <= 0.4 * line.height
    return across > 0.1 * line.height and level and line.text.strip() in (other.text[-1:], other.text[:1])


def _close(cell: Sequence[Line]) -> bool:
    """Whether the lines of a cell follow each other as those of one label do, with less than a line between."""
    order = sorted(cell, key=lambda n: n.middle[1])
    return all(b.box[1] - a.box[3] < 0.8 * min(a.height, b.height) for a, b in pairwise(order))


def _column(roles: tuple[str, ...], words: Vocabulary, box: Box, text: str) -> Column:
    """A column of one role or more: of several the one of amounts leads, else the one of dates, and the cells are its kind."""
    kinds = {r: words.kinds.get(r, "text") for r in roles}
    first = min(roles, key=lambda r: ("money", "date", "time", "text").index(kinds[r]))
    return Column(first, kinds[first], box[0], box[2], text, tuple(r for r in roles if r != first))


def _stack(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines of a zone put together to cells: those that stand above each other."""
    cells: list[tuple[float, float, list[Line]]] = []
    for line in sorted(lines, key=lambda n: n.middle[1]):
        x0, x1 = line.box[0], line.box[2]
        over = [c for c in cells if min(c[1], x1) - max(c[0], x0) > 0.3 * min(c[1] - c[0], x1 - x0)]
        # Beside each other in one printed line they are different cells.
        over = [c for c in over if all(abs(n.middle[1] - line.middle[1]) > 0.4 * line.height for n in c[2])]
        if len(over) == 1:
            cells.remove(over[0])
            cells.append((min(over[0][0], x0), max(over[0][1], x1), [*over[0][2], line]))
        else:
            cells.append((x0, x1, [line]))
    return [c[2] for c in cells]


def _tail(rows: list[list[Line]], plain: list[bool], end: int, header: Header) -> int:
    """The end of a header with the lines of a second language below it."""
    size = max(line.height for line in header.lines)
    bottom = header.box[3]
    for _ in range(3):
        if end >= len(rows) or not plain[end]:
            break
        band = rows[end]
        latin = [n for n in band if not re.search(r"[\d\u3400-\u9fff]", n.text)]
        if len(latin) < len(band) or band[0].box[1] - bottom > 0.9 * size:
            break
        bottom = max(n.box[3] for n in band)
        end += 1
    return end
