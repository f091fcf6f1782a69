"""Scanned sheets made level for the reading of tables: what is left of a slope and a shear is taken out of the boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from statistics import median

from pipeline.model import Box, Line, Sheet
from pipeline.table.kinds import kind_of

STEEPEST = 0.06
"""Slopes and shears above (3.4°) are no remainder: the sheet is left as it is."""
CHANGE = 0.012
"""Columns whose shears differ by more run together; rows already by half of it, for they are longer than columns."""
ASLANT = 0.3
"""The most by which the shears of the outer columns differ on a page that a camera saw from below or above."""
STRAY = 0.2
"""Pieces under each other whose edges lie further from one line than this share of their height make no column."""
MANY = 24
"""So many pieces of rows tell how the slope changes down the page."""
Matrix = tuple[float, float, float, float, float, float, float, float, float]
Forth = Callable[[float, float], tuple[float, float]]
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
    back: Matrix = (1.0, shear, 0.0, slope, 1.0 + slope * shear, 0.0, 0.0, 0.0, 1.0)
    to_page = _times(sheet.to_page, back)
    for ways in (_rows_apart, _columns_apart):
        found = ways(lines)
        if found:
            forth, matrix = found
            lines = [_through(line, forth) for line in lines]
            to_page = _times(to_page, matrix)
    return replace(sheet, lines=tuple(lines), to_page=to_page)


# ---------------------------------------------------------------- rows and columns that run together


def _rows_apart(lines: Sequence[Line]) -> tuple[Forth, Matrix] | None:
    """What takes out rows that run together to one side: their slopes in the upper and in the lower half differ."""
    samples = sorted(_slopes(lines, 0.7), key=lambda s: s[2])
    if len(samples) < MANY:
        return None
    halves = samples[: len(samples) // 2], samples[len(samples) // 2 :]
    (s0, y0), (s1, y1) = ((median(s[0] for s in half), median(s[2] for s in half)) for half in halves)
    if not CHANGE / 2 < abs(s1 - s0) < STEEPEST:
        return None
    h = (s1 - s0) / (y1 - y0)
    centre = y0 - s0 / h

    def forth(x: float, y: float) -> tuple[float, float]:
        return x / (1 + h * x), (y + centre * h * x) / (1 + h * x)

    return forth, (1.0, 0.0, 0.0, -centre * h, 1.0, 0.0, -h, 0.0, 1.0)


def _columns_apart(lines: Sequence[Line]) -> tuple[Forth, Matrix] | None:
    """What takes out columns that run together upward or downward: texts begin and amounts end in line, and how they lean
    grows evenly from side to side where the page was seen aslant."""
    chains = _chains([n for n in lines if kind_of(n.text) != "money"], 0)
    chains += _chains([n for n in lines if kind_of(n.text) == "money"], 2)
    apart = 10 * median(n.height for n in lines)
    pairs = [
        ((b[0] - a[0]) / (b[1] - a[1]), min(a[2], b[2]) * abs(b[1] - a[1]))
        for a, b in combinations(chains, 2)
        if abs(b[1] - a[1]) > apart
    ]
    if not pairs:
        return None
    h = _middle(pairs)
    lean = _middle([(k - h * x, tall) for k, x, tall in chains])
    fits = sum(tall for k, x, tall in chains if abs(k - h * x - lean) < CHANGE)
    wide = abs(h) * (max(x for _, x, _ in chains) - min(x for _, x, _ in chains))
    if not CHANGE < wide < ASLANT or fits < 0.6 * sum(tall for *_, tall in chains):
        return None
    centre = -lean / h

    def forth(x: float, y: float) -> tuple[float, float]:
        return (x + centre * h * y) / (1 + h * y), y / (1 + h * y)

    return forth, (1.0, -centre * h, 0.0, 0.0, 1.0, 0.0, 0.0, -h, 1.0)


def _middle(samples: Sequence[tuple[float, float]]) -> float:
    """The median of values, each counting by its weight."""
    half, passed = sum(weight for _, weight in samples) / 2, 0.0
    for value, weight in sorted(samples):
        passed += weight
        if passed >= half:
            return value
    return 0.0


def _chains(lines: Sequence[Line], edge: int) -> list[tuple[float, float, float]]:
    """Of lines that stand under each other, each next one near the one before by its edge (0 left, 2 right): the shift
    of the edge per unit of height, the edge's place where y is 0, and the height of the chain."""
    open_: list[list[Line]] = []
    for line in sorted(lines, key=lambda n: n.middle[1]):
        near = [c for c in open_ if line.middle[1] - c[-1].middle[1] < 8 * line.height]
        near = [c for c in near if abs(c[-1].box[edge] - line.box[edge]) < 0.5 * line.height]
        if near:
            min(near, key=lambda c: abs(c[-1].box[edge] - line.box[edge])).append(line)
        else:
            open_.append([line])
    found = []
    for chain in open_:
        tall = chain[-1].middle[1] - chain[0].middle[1]
        if len(chain) >= 6 and tall > 10 * chain[0].height:
            third = max(2, len(chain) // 3)
            (e0, y0), (e1, y1) = (
                (median(n.box[edge] for n in part), median(n.middle[1] for n in part))
                for part in (chain[:third], chain[-third:])
            )
            shift = (e1 - e0) / (y1 - y0)
            off = median(abs(n.box[edge] - e0 - shift * (n.middle[1] - y0)) for n in chain)
            if off > STRAY * chain[0].height:
                continue
            found.append((shift, e0 - shift * y0, tall))
    return found


def _through(line: Line, forth: Forth) -> Line:
    y = line.middle[1]
    (x0, y0), (x1, y1) = forth(line.box[0], y), forth(line.box[2], y)
    dy = (y0 + y1) / 2 - y
    edges = tuple(forth(e, y)[0] for e in line.edges)
    return replace(line, box=(x0, line.box[1] + dy, x1, line.box[3] + dy), edges=edges)


def _times(a: Sequence[float], b: Matrix) -> Matrix:
    """The product of two 3 × 3 matrices, row by row."""
    cells = [sum(a[3 * r + k] * b[3 * k + c] for k in range(3)) for r in range(3) for c in range(3)]
    return (*cells[:3], *cells[3:6], *cells[6:])  # type: ignore[return-value]


# ---------------------------------------------------------------- one slope and one shear


def _slope(lines: Sequence[Line]) -> float:
    """The median slope of a line to the next one at its right in the same printed line, longer ones counting more."""
    return _weighted([(slope, far) for slope, far, _ in _slopes(lines, 0.45)])


def _slopes(lines: Sequence[Line], reach: float) -> list[tuple[float, float, float]]:
    """The slopes of lines to the next one at their right that is at most `reach` of their height above or below, the
    distance between the two, and the y of the first."""
    samples: list[tuple[float, float, float]] = []
    ordered = sorted(lines, key=lambda n: n.box[0])
    for index, line in enumerate(ordered):
        x, y = line.middle
        for other in ordered[index + 1 :]:
            ox, oy = other.middle
            if other.box[0] < line.box[2] - 0.3 * line.height:
                continue
            if abs(oy - y) < reach * min(line.height, other.height) and ox - x > 2 * line.height:
                samples.append(((oy - y) / (ox - x), ox - x, y))
                break
            if ox - x > 40 * line.height:
                break
    return samples


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
