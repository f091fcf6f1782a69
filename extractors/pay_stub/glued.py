"""Heads of neighbouring columns that the engine read as one line, cut apart where both parts make labels that are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.pay_stub.columns import Column, columns_of
from extractors.pay_stub.labels import WORDS, Meaning, head, section
from pipeline.layout import Row
from pipeline.model import Line

MOST = 4
"""No more cuts in one head: with more of them it was read too badly."""
_HAN = re.compile(r"[\u3400-\u9fffA-Za-z]")


def parted(rows: Sequence[Row], values: Sequence[tuple[float, float]] = ()) -> list[Column]:
    """The columns of a head's rows, its glued lines cut. `values` are the extents of the columns of amounts below: a known
    label over two of them is cut too, where each part is known."""
    lines = [list(row.lines) for row in rows]
    best = columns_of(rows)
    for _ in range(MOST):
        wide = _wide(best, values)
        tries = [
            (gain, way)
            for n, row in enumerate(lines)
            for i, line in enumerate(row)
            if _doubted(line, [*_cuttable(best, values), *wide])
            for cut in range(1, len(line.text))
            if (parts := _parts(line, cut)) is not None
            for way in [[*lines[:n], [*row[:i], *parts, *row[i + 1 :]], *lines[n + 1 :]]]
            if (gain := _gain(best, columns_of(_rows(rows, way)), values)) is not None
        ]
        if not tries:
            break
        lines = max(tries, key=lambda t: t[0])[1]
        best = columns_of(_rows(rows, lines))
    return best


def worth(columns: Sequence[Column]) -> float:
    """How well a head is understood: labels that are known, less those that are not."""
    grouped = sum(c.section is not None for c in columns)
    return _named(columns) - 2.0 * len(_odd(columns)) + 0.1 * grouped


def _gain(
    old: Sequence[Column], new: Sequence[Column], values: Sequence[tuple[float, float]]
) -> float | None:
    """What a cut is worth; None where it does not turn an unknown label, or one over two columns, into known ones."""
    before = {c.label for c in old}
    if any(c.meaning == Meaning("item", "deduction") and c.label not in (*before, *WORDS) for c in new):
        return None  # a word with 扣 in it is no label yet
    odd = len(_odd(old)) - len(_odd(new))
    wide = len(_wide(old, values)) - len(_wide(new, values))
    named = _named(new) - _named(old)
    if not (odd > 0 and named > 0) and not (odd == 0 and wide > 0 and named > 0):
        return None
    return named + 2.0 * odd + 2.0 * wide


def _named(columns: Sequence[Column]) -> int:
    return sum(c.meaning is not None for c in columns)


def _odd(columns: Sequence[Column]) -> list[Column]:
    return [c for c in columns if c.meaning is None and head(c.label) is None and section(c.label) is None]


def _wide(columns: Sequence[Column], values: Sequence[tuple[float, float]]) -> list[Column]:
    """The known labels that stand over two columns of amounts."""
    middles = [(a + b) / 2 for a, b in values]
    return [c for c in columns if c.meaning is not None and sum(c.x0 < m < c.x1 for m in middles) > 1]


def _cuttable(columns: Sequence[Column], values: Sequence[tuple[float, float]]) -> list[Column]:
    """The unknown labels that may be two: where it is known what stands below, there are more columns of amounts than labels, or
    two of them under this one."""
    more = not values or len(values) > len(columns)
    return [c for c in _odd(columns) if more or sum(min(c.x1, b) > max(c.x0, a) for a, b in values) > 1]


def _doubted(line: Line, columns: Sequence[Column]) -> bool:
    """Whether a line is part of one of these columns."""
    return len(line.text) >= 3 and any(c.x0 <= line.middle[0] <= c.x1 for c in columns)


def _parts(line: Line, cut: int) -> tuple[Line, Line] | None:
    """A line in two; None where a part has no letter and no bracket's end."""
    left, right = line.text[:cut], line.text[cut:]
    if (not _HAN.search(left) and left.strip() not in ")）") or not _HAN.search(right):
        return None
    return line.cut(0, cut), line.cut(cut)


def _rows(rows: Sequence[Row], lines: Sequence[Sequence[Line]]) -> list[Row]:
    return [replace(row, lines=tuple(mine)) for row, mine in zip(rows, lines, strict=True)]
