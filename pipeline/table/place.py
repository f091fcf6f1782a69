"""Lines to columns: where one reaches over several, the characters between which it is cut."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.model import Line
from pipeline.table.columns import Column, whole
from pipeline.table.kinds import Token, tokens

_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[A-Za-z]{0,3}[\d*]{6,21}")
"""One account or number, masked or not: no two columns' numbers are as short as this together."""
PROSE = 14
"""A line without dates and amounts that is longer and lies over three columns or more is a sentence, not a row."""


def place(lines: Iterable[Line], columns: Sequence[Column]) -> list[list[Line]]:
    """The lines of each column (their extents meet, as `learn` leaves them); a line that reaches over several columns is
    cut at the characters between them."""
    placed: list[list[Line]] = [[] for _ in columns]
    starts = [c.x0 for c in columns]
    for line in lines:
        x0, x1 = line.box[0], line.box[2]
        first = max(0, bisect_right(starts, x0) - 1)
        last = max(first, bisect_left(starts, x1) - 1)
        if first == last:
            placed[first].append(line)
            continue
        char = (x1 - x0) / max(1, len(line.text))
        for index, part in _cut(line, list(range(first, last + 1)), columns, char):
            placed[index].append(part)
    return placed


def _cut(line: Line, over: list[int], columns: Sequence[Column], char: float) -> list[tuple[int, Line]]:
    """The parts of a line that lies over several columns; less than a character and a half of overhang is no part."""
    x0, x1 = line.box[0], line.box[2]
    shares = {i: min(columns[i].x1, x1) - max(columns[i].x0, x0) for i in over}
    typed = tokens(line.text)
    keep = [i for i in over if shares[i] > 1.3 * char]
    if len(keep) > 2 and not typed and len(line.text) > PROSE:
        return []
    texts = [i for i in keep if not columns[i].typed]
    if not typed and len(texts) == 1 and len(keep) > 1 and not re.search(r"\s|\d\d", line.text):
        # A text is no amount: it only reaches over the column of amounts beside its own.
        return [(texts[0], line)]
    if len(keep) > 1 and not typed and len(texts) == len(keep) and _whole(line, [shares[i] for i in keep]):
        return [(max(keep, key=lambda i: shares[i]), line)]
    if len(keep) <= 1 or (len(typed) == 1 and _fills(line.text, typed[0])):
        return [(max(over, key=lambda i: shares[i]), line)]
    parts: list[tuple[int, Line]] = []
    start = 0
    for left, right in pairwise(keep):
        at = _edge_of_typed(line, start, columns[left], columns[right])
        if at is None:
            at = _break(line, start, (columns[left].x1 + columns[right].x0) / 2)
        if at > start:
            parts.append((left, line.cut(start, at)))
        start = at
    parts.append((keep[-1], line.cut(start)))
    return [(i, part) for i, part in parts if part.text]


def _whole(line: Line, shares: Sequence[float]) -> bool:
    """Whether a text over several columns of text is one cell's: a number, or a run of a text layer without a blank of
    which all but a part lies in one of them."""
    if _NUMBER.fullmatch(line.text):
        return True
    own = not line.probs and line.confidence == 1.0 and not re.search(r"\s|\d", line.text)
    return own and max(shares) > 0.65 * line.width


def _edge_of_typed(line: Line, start: int, left: Column, right: Column) -> int | None:
    """The character between two columns where an amount or a date of one of them tells it: it ends the left one's cell,
    or begins the right one's. None where neither column has one on the line."""
    days = ("date", "time")
    end: int | None = None
    for token in tokens(line.text):
        first, last = whole(line.text, token.start, token.end) if token.kind == "money" else token[1:]
        if first < start:
            continue
        x = (line.edge(token.start) + line.edge(token.end)) / 2
        same = token.kind == left.kind or {token.kind, left.kind} <= {*days}
        behind = end is not None and first - end <= 1 and token.kind == "time" and right.kind not in days
        if left.typed and same and (left.x0 <= x < left.x1 or behind):
            end = last
        elif end is None and right.typed and right.kind == token.kind and right.x0 <= x < right.x1:
            return first if first > start else None
    return end if end is not None and end < len(line.text) else None


def _fills(text: str, token: Token) -> bool:
    """Whether a date, time or amount is all that a text says, its sign, its brackets and its unit counted."""
    start, end = whole(text, token.start, token.end) if token.kind == "money" else (token.start, token.end)
    return end - start >= len(text) - 1


def _break(line: Line, start: int, x: float) -> int:
    """The character before which a line is cut nearest to `x`: never within a date or an amount, at a space, or where a
    date or amount begins or ends, if one is near."""
    size = line.height
    spans = tokens(line.text)
    inside = {i for t in spans for i in range(t.start + 1, t.end)}
    best, cost = len(line.text), float("inf")
    for i in range(start, len(line.text) + 1):
        if i in inside:
            continue
        away = abs(line.edge(i) - x)
        here = line.text[i - 1 : i + 1]
        if " " in here:
            away -= 0.8 * size
        elif any(i in (t.start, t.end) for t in spans):
            away -= 0.6 * size
        elif len(here) == 2 and bool(_DIGIT.match(here[0])) != bool(_DIGIT.match(here[1])):
            away -= 0.3 * size
        if away < cost:
            best, cost = i, away
    return best
