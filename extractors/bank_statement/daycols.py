"""Dates printed over several columns (年 | 月 | 日), as leaves of a ledger have them: put together to one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from pipeline.model import Line, Sheet, union
from pipeline.table.header import bands
from pipeline.table.kinds import squeezed

_NUMBER = re.compile(r"\d{1,4}")
PARTS = (("年", "月", "日"), ("月", "日"))


@lru_cache(maxsize=256)
def with_whole_days(sheet: Sheet) -> Sheet:
    """The sheet with the cells of columns 年, 月 and 日 (or 月 and 日) joined to one line each, and their labels to 日期; the
    same sheet where it has no such columns. A text layer's empty year or month is the one above."""
    rows = bands([n for n in sheet.lines if n.kind == "print"])
    at, labels = next(
        ((i, found) for i, band in enumerate(rows) if (found := _labels(band))), (0, list[Line]())
    )
    if not labels:
        return sheet
    spans = _spans(labels)
    gone: set[int] = {id(n) for n in labels}
    made = [replace(_joined(labels), text="日期")]
    before = ""
    for band in rows[at + 1 :]:
        cells = [[n for n in band if a <= n.middle[0] < b] for a, b in spans]
        day = _day(cells, before if sheet.source == "text" else "")
        if day:
            lines = [n for cell in cells for n in cell]
            gone.update(map(id, lines))
            made.append(replace(_joined(lines), text=day))
            before = day
    if len(made) < 2:
        return sheet
    return replace(sheet, lines=(*(n for n in sheet.lines if id(n) not in gone), *made))


def _labels(band: Sequence[Line]) -> list[Line]:
    """The labels of the parts of a date, beside each other in a printed line; none where there are none."""
    texts = [squeezed(n.text) for n in band]
    for parts in PARTS:
        for i in range(len(texts) - len(parts) + 1):
            if tuple(texts[i : i + len(parts)]) == parts:
                return list(band[i : i + len(parts)])
    return []


def _spans(labels: Sequence[Line]) -> list[tuple[float, float]]:
    """The extents of the columns under the labels: up to the middle between two, as far on the outer sides."""
    middles = [n.middle[0] for n in labels]
    cuts = [(a + b) / 2 for a, b in pairwise(middles)]
    edges = [2 * middles[0] - cuts[0], *cuts, 2 * middles[-1] - cuts[-1]]
    return list(pairwise(edges))


def _day(cells: Sequence[Sequence[Line]], before: str) -> str:
    """The date of a printed line's cells, "" where they hold none. `before` is the date above, for parts left out."""
    if any(len(cell) > 1 for cell in cells) or not cells[-1]:
        return ""
    told = re.findall(r"\d+", before) or [""] * len(cells)
    parts = [squeezed(cell[0].text) if cell else old for cell, old in zip(cells, told, strict=True)]
    if not all(_NUMBER.fullmatch(part) for part in parts):
        return ""
    year, month, day = parts if len(parts) == 3 else ["", *parts]
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31 and len(year) in (0, 2, 4)):
        return ""
    year = f"20{year}" if len(year) == 2 else year
    return f"{year}年{month}月{day}日" if year else f"{month}月{day}日"


def _joined(lines: Sequence[Line]) -> Line:
    return Line("", union(n.box for n in lines), min(n.confidence for n in lines))
