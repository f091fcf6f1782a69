"""Scanned sheets made level for the reading of tables: what is left of a slope and a shear is taken out of the boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pipeline.model import Box, Line, Sheet
from pipeline.table.kinds import kind_of

STEEPEST = 0.06
"""Slopes and shears above (3.4°) are no remainder: the sheet is left as it is."""
PADDING = 0.12
"""Boxes of OCR reach beyond the ink by about this share of their height on either side."""


def level(sheet: Sheet) -> Sheet:
    """The same sheet with rows level and columns upright, its `to_page` changed with its boxes. A text layer is level."""
    if sheet.source != "ocr" or len(sheet.lines) < 12:
        return sheet
    slope = _slope(sheet.lines)
    if abs(slope) > STEEPEST:
        slope = 0.0
    lines = [_moved(line, 0.0, slope) for line in sheet.lines]
    shear = _shear(lines)
    if abs(shear) > STEEPEST:
        shear = 0.0
    lines = [_slim(_moved(line, shear, 0.0)) for line in lines]
    # x' = x - shear * y', y' = y - slope * x: back from the level sheet to the page.
    a, b, c, d, e, f, g, h, i = sheet.to_page
    back = (1.0, shear, slope, 1.0 + slope * shear)  # x = x' + shear y', y = slope x' + (1 + slope shear) y'
    to_page = (
        a * back[0] + b * back[2], a * back[1] + b * back[3], c,
        d * back[0] + e * back[2], d * back[1] + e * back[3], f,
        g * back[0] + h * back[2], g * back[1] + h * back[3], i,
    )  # fmt: skip
    return replace(sheet, lines=tuple(lines), to_page=to_page)


def _slope(lines: Sequence[Line]) -> float:
    """The median slope of a line to the next one at its right in the same printed line, longer ones counting more."""
    samples: list[tuple[float, float]] = []
    ordered = sorted(lines, key=lambda n: n.box[0])
    for index, line in enumerate(ordered):
        x, y = line.middle
        for other in ordered[index + 1 :]:
            ox, oy = other.middle
            if other.box[0] < line.box[2] - 0.3 * line.height:
                continue
            if abs(oy - y) < 0.45 * min(line.height, other.height) and ox - x > 2 * line.height:
                samples.append(((oy - y) / (ox - x), ox - x))
                break
            if ox - x > 40 * line.height:
                break
    return _weighted(samples)


def _shear(lines: Sequence[Line]) -> float:
    """The median shift of dates' (else of all lines') left edges per unit of height, over pairs far apart."""
    dates = [n for n in lines if kind_of(n.text) == "date"]
    samples = []
    ordered = sorted(dates, key=lambda n: n.middle[1])
    half = max(1, len(ordered) // 2)
    for line, other in zip(ordered, ordered[half:], strict=False):
        down = other.middle[1] - line.middle[1]
        across = other.box[0] - line.box[0]
        if down > 4 * line.height and abs(across) < 0.1 * down:
            samples.append((across / down, down))
    return _weighted(samples) if len(samples) >= 3 else 0.0


def _weighted(samples: Sequence[tuple[float, float]]) -> float:
    if not samples:
        return 0.0
    longest = sorted(samples, key=lambda s: -s[1])[: max(5, len(samples) // 2)]
    return median(s[0] for s in longest)


def _moved(line: Line, shear: float, slope: float) -> Line:
    x, y = line.middle
    dx, dy = -shear * y, -slope * x
    box: Box = (line.box[0] + dx, line.box[1] + dy, line.box[2] + dx, line.box[3] + dy)
    return replace(line, box=box, edges=tuple(e + dx for e in line.edges))


def _slim(line: Line) -> Line:
    """The box without the engine's padding at its ends: from the first character's edge to the last one's where known."""
    if len(line.edges) == len(line.text) + 1:
        x0, x1 = max(line.box[0], line.edges[0]), min(line.box[2], line.edges[-1])
    else:
        pad = min(PADDING * line.height, 0.2 * line.width)
        x0, x1 = line.box[0] + pad, line.box[2] - pad
    if x1 <= x0:
        return line
    edges = tuple(min(max(e, x0), x1) for e in line.edges)
    return replace(line, box=(x0, line.box[1], x1, line.box[3]), edges=edges)
