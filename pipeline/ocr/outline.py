"""Where the sheet itself is not to be seen: cut by the frame's side, under a finger, burnt out by a lamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import union
from pipeline.ocr.engine import Picture, Span
from pipeline.ocr.smaller import smaller
from pipeline.ocr.strokes import Area, Grey, area_of, heights_of

Mask = NDArray[np.bool_]

UNLIKE = 40
"""A thing on the sheet differs from the desk by more than this in one of its colours, else it is the desk."""
TINY = 48
"""Pixels of the shorter side below which no sheet is looked for."""
SMALL = 480
"""The longer side in pixels of the picture in which the sheet is looked for."""
EDGE = (40, 100)
"""The sheet ends at an edge of that strength (Canny's two thresholds on a colour's Sobel gradient)."""
LEAST = 0.2
"""The least share of a line's box in which the sheet shows; a finger that touches its end takes less."""
DESK, RUNS_OUT = 0.06, 0.25
"""A side of the frame along which less is sheet shows the desk; one along which more is sheet cuts it."""
BARE = 0.6
"""Text that comes nearer to the frame than this many heights has no margin there."""
CUT_INK = (0.012, 0.45)
"""The share of a side of the frame that is ink where text is cut through; more is a scanner's black rim."""
SURE = 0.8
"""The mean probability of its characters from which on a line counts as read."""
NEAR = 5
"""A blank spot belongs to a row of text that ends within so many heights of it."""
BURNT, LIGHTER = 246, 7
"""The least value of all three colours where a reflection leaves nothing, and by how much it outshines the paper."""
FULL = 0.55
"""A reflection is round or oval: it fills this share of its box, and more."""
PRINTED = 0.4
"""Pieces of text of which more is burnt out stand on a page exposed too long, and show."""
FARTHEST = 14
"""Two pieces of one row stand no farther apart than so many heights where a reflection parts them."""
LARGEST = 0.12
"""The largest share of the sheet that is a reflection; more is a page exposed too long."""
SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of the sheet that shows nothing: `cut`, `covered` or `glare`, where (pixels), at which side of the sheet.
    `through`: a cut that has text at it."""

    kind: str
    area: Area
    side: str = ""
    through: bool = False


@dataclass(frozen=True, slots=True)
class _View:
    """The small picture (`least`: of every pixel its darkest colour) with the sheet found in it. `lines` are the text's boxes there,
    `sure` which of them were read well, `high` their middle height, `paper` the light beside them; `edges` the picture's
    own outermost pixels along each side of the frame."""

    small: NDArray[np.uint8]
    least: Grey
    scale: float
    lines: NDArray[np.float64]
    sure: Mask
    high: float
    paper: float
    sheet: Mask
    edges: tuple[Grey, ...]


def spots(picture: Picture, grey: Grey, spans: Sequence[Span]) -> list[Spot]:
    """What of the sheet cannot be seen, on an upright picture (and the same in grey) with its text; nothing where there
    is no text."""
    told = [span for span in spans if span.text.strip()]
    if not told or min(picture.shape[:2]) < TINY:
        return []
    view = _view(picture, grey, told)
    if not view.sheet.any():
        return []
    cut = _cut(view)
    sides = {spot.side for spot in cut}
    # Where the sheet runs out of the frame, what is dark on it (a portrait's hair) looks as if it came from outside.
    covered = [spot for spot in _covered(view) if not sides & set(spot.side.split("_"))]
    found = [*cut, *covered, *_glare(view)]
    return [replace(spot, area=_grown(spot.area, 1 / view.scale)) for spot in found]


def _grown(area: Area, scale: float) -> Area:
    return (area[0] * scale, area[1] * scale, area[2] * scale, area[3] * scale)


# ---------------------------------------------------------------- the sheet


def _view(picture: Picture, grey: Grey, spans: Sequence[Span]) -> _View:
    small, scale = smaller(picture, SMALL)
    least = np.minimum(np.minimum(small[:, :, 0], small[:, :, 1]), small[:, :, 2])
    lines = np.array([area_of(span) for span in spans], np.float64) * scale
    high = max(1.0, float(np.median(heights_of(spans))) * scale)
    sure = np.array([not span.probs or sum(span.probs) / len(span.probs) >= SURE for span in spans], bool)
    paper = _paper(least, lines)
    return _View(
        small, least, scale, lines, sure, high, paper, _sheet(small, lines, high, paper), _edges(grey)
    )


def _sheet(small: NDArray[np.uint8], lines: NDArray[np.float64], high: float, paper: float) -> Mask:
    """The paper around the text: from beside every line as far as no edge stands in the way, print closed over."""
    reach = 2 * round(max(1.5, 0.6 * high)) + 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    walls = np.zeros(small.shape[:2], np.uint8)
    light = max(0.2, paper / 230)
    for channel in cv2.split(closed)[::2]:
        edges = cv2.Canny(np.asarray(channel, np.uint8), EDGE[0] * light, EDGE[1] * light)
        walls = np.maximum(walls, np.asarray(edges, np.uint8))
    walls = np.asarray(cv2.dilate(walls, np.ones((3, 3), np.uint8)), np.uint8)
    _, rooms = cv2.connectedComponents(1 - np.minimum(walls, 1), connectivity=4)
    taken = set()
    for x0, y0, x1, y1 in lines.astype(int):
        beside = rooms[max(0, y0 - 1) : y1 + 2, max(0, x0 - 1) : x1 + 2].reshape(-1)
        sizes = np.bincount(beside)
        taken |= set(np.flatnonzero(sizes >= LEAST * beside.size).tolist())
    sheet = np.isin(rooms, sorted(taken - {0}))
    return np.asarray(cv2.dilate(sheet.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0, bool)


def _paper(least: Grey, lines: NDArray[np.float64]) -> float:
    """The paper's light beside the text, 0 to 255."""
    beside = np.zeros(least.shape, bool)
    for x0, y0, x1, y1 in lines.astype(int):
        beside[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1] = True
    return float(np.percentile(least[beside], 65)) if beside.any() else 255.0


def _outer(sheet: Mask) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The hull of the largest part of the sheet, and the sheet with its holes filled."""
    outlines, _ = cv2.findContours(sheet.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(outlines, key=cv2.contourArea)
    filled = np.zeros(sheet.shape, np.uint8)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    return np.asarray(cv2.convexHull(largest), np.int32).reshape(-1, 2), filled


# ---------------------------------------------------------------- the frame's sides


def _cut(view: _View) -> list[Spot]:
    """The sides at which the sheet goes on beyond the frame though the desk shows elsewhere, and those at which its
    text has no margin, or is cut through, though it has one elsewhere."""
    height, width = view.sheet.shape
    rims = (view.sheet[:, 1], view.sheet[1], view.sheet[:, -2], view.sheet[-2])
    shares = {side: float(rim.mean()) for side, rim in zip(SIDES, rims, strict=True)}
    margins = (
        view.lines[:, 0].min(),
        view.lines[:, 1].min(),
        width - view.lines[:, 2].max(),
        height - view.lines[:, 3].max(),
    )
    through = {
        side
        for side, margin, rim, edge in zip(SIDES, margins, rims, view.edges, strict=True)
        if shares[side] > RUNS_OUT
        and (margin < BARE * view.high or CUT_INK[0] < _ink(edge, rim) < CUT_INK[1])
    }
    sides = set() if len(through) == 4 else set(through)
    if min(shares.values()) < DESK:
        sides |= {side for side in SIDES if shares[side] > RUNS_OUT}
    x0, y0, x1, y1 = _bounds(view.sheet)
    band = 2 * view.high
    strips = {
        "left": (0.0, y0, band, y1),
        "top": (x0, 0.0, x1, band),
        "right": (width - band, y0, float(width), y1),
        "bottom": (x0, height - band, x1, float(height)),
    }
    return [Spot("cut", strips[side], side, side in through) for side in SIDES if side in sides]


def _edges(grey: Grey) -> tuple[Grey, ...]:
    """The outermost pixels along the left, top, right and bottom of the frame, its very last ones aside."""
    return (
        grey[:, 1:3].max(axis=1),
        grey[1:3].max(axis=0),
        grey[:, -3:-1].max(axis=1),
        grey[-3:-1].max(axis=0),
    )


def _ink(edge: Grey, rim: Mask) -> float:
    """The share of the sheet's pixels along a side of the frame that are ink; 0.0 for fewer than three strokes."""
    inner = cv2.erode(rim.astype(np.uint8).reshape(1, -1), np.ones((1, 9), np.uint8)).reshape(-1) > 0
    if not inner.any():
        return 0.0
    on_sheet = inner[np.arange(len(edge)) * len(inner) // len(edge)]
    paper = np.percentile(edge[on_sheet], 80)
    dark = edge.astype(np.int16) < min(0.7 * paper, paper - 30)
    strokes = np.count_nonzero(np.diff((dark & on_sheet).astype(np.int8)) == 1)
    return float(dark[on_sheet].mean()) if strokes >= 3 else 0.0


def _bounds(mask: Mask) -> Area:
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (float(xs[0]), float(ys[0]), float(xs[-1] + 1), float(ys[-1] + 1))


# ---------------------------------------------------------------- fingers


def _covered(view: _View) -> list[Spot]:
    """Things that reach from outside over the sheet, larger than a letter, unlike the desk, without text of their own."""
    hull, filled = _outer(view.sheet)
    quad = _four_sides(hull, view.sheet.shape)
    whole = np.zeros(view.sheet.shape, np.uint8)
    cv2.fillConvexPoly(whole, quad.astype(np.int32), 1)
    rim = 2 * round(max(1.0, 0.35 * view.high)) + 1
    padded = cv2.copyMakeBorder(whole, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    hidden = whole & (1 - filled)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, rim), max(3, rim)))
    hidden = np.asarray(cv2.morphologyEx(hidden, cv2.MORPH_OPEN, kernel), np.uint8)
    beyond = cv2.dilate(1 - padded, np.ones((3, 3), np.uint8), iterations=2 + rim // 2)[1:-1, 1:-1]
    desk = view.small[whole == 0]
    found: dict[str, Area] = {}
    count, labels, stats, _ = cv2.connectedComponentsWithStats(hidden.astype(np.uint8))
    for index in range(1, count):
        x, y, w, h, size = (int(v) for v in stats[index])
        if size < (1.6 * view.high) ** 2 or min(w, h) < 1.2 * view.high or size > 0.3 * whole.sum():
            continue
        part = labels == index
        if len(desk) and np.abs(np.median(view.small[part], axis=0) - np.median(desk, axis=0)).max() < UNLIKE:
            continue
        touching = np.argwhere(part & (beyond > 0))
        if len(touching) and not _read_in(view, part):
            box = (float(x), float(y), float(x + w), float(y + h))
            side = _side_of(touching.mean(axis=0)[::-1], quad)
            found[side] = union([found[side], box]) if side in found else box
    return [Spot("covered", box, side) for side, box in found.items()]


def _four_sides(hull: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The four-sided outline of which a covered corner is a part: the four longest sides of the hull, made longer."""
    frame = np.array([[0, 0], [shape[1], 0], [shape[1], shape[0]], [0, shape[0]]], np.float64)
    corners = cv2.approxPolyDP(hull.reshape(-1, 1, 2), 0.012 * cv2.arcLength(hull, True), True).reshape(-1, 2)
    if len(corners) < 4:
        return hull.astype(np.float64)
    ends = np.roll(corners, -1, axis=0)
    longest = sorted(np.argsort(-np.hypot(*(ends - corners).T))[:4])
    met = []
    for one, other in zip(longest, [*longest[1:], longest[0]], strict=True):
        point = _crossing(corners[one], ends[one], corners[other], ends[other])
        if point is None:
            return hull.astype(np.float64)
        met.append(point)
    quad = np.clip(np.array(met), frame[0], frame[2])
    fits = cv2.contourArea(quad.astype(np.float32)) < 1.25 * cv2.contourArea(hull.astype(np.float32))
    return quad if fits and cv2.isContourConvex(quad.astype(np.float32)) else hull.astype(np.float64)


def _crossing(
    a: NDArray[np.int32], b: NDArray[np.int32], c: NDArray[np.int32], d: NDArray[np.int32]
) -> NDArray[np.float64] | None:
    """Where two lines, each through two points, meet; None where they are parallel."""
    one, other = (b - a).astype(np.float64), (d - c).astype(np.float64)
    turn = one[0] * other[1] - one[1] * other[0]
    if abs(turn) < 0.2 * np.hypot(*one) * np.hypot(*other):
        return None
    share = ((c - a)[0] * other[1] - (c - a)[1] * other[0]) / turn
    return np.asarray(a + share * one, np.float64)


def _side_of(point: NDArray[np.float64], quad: NDArray[np.float64]) -> str:
    """The side or corner of an outline that a point lies at."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    x, y = 2 * (point - low) / np.maximum(high - low, 1) - 1
    across = "left" if x < 0 else "right"
    upright = "top" if y < 0 else "bottom"
    if min(abs(x), abs(y)) > 0.75:
        return f"{upright}_{across}"
    return across if abs(x) > abs(y) else upright


# ---------------------------------------------------------------- reflections


def _glare(view: _View) -> list[Spot]:
    """Where the picture is burnt out, on paper that is darker itself, in a row of text and without text of its own."""
    burnt = np.asarray(view.least >= max(BURNT, view.paper + LIGHTER), np.uint8)
    if not burnt.any():
        return []
    return [Spot("glare", box) for box in (*_blobs(view, burnt), *_gaps(view, burnt))]


def _blobs(view: _View, burnt: Grey) -> list[Area]:
    """Burnt-out blobs beside text; larger and ragged ones are a page that was exposed too long."""
    reach = np.ones((2 * round(0.3 * view.high) + 1,) * 2, np.uint8)
    closed = cv2.morphologyEx(burnt, cv2.MORPH_CLOSE, reach)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    found = []
    for index in range(1, count):
        x, y, w, h, size = (int(v) for v in stats[index])
        box = (float(x), float(y), float(x + w), float(y + h))
        if not 1.2 * view.high**2 < size < LARGEST * view.sheet.sum() or min(w, h) < 0.7 * view.high:
            continue
        if size > FULL * w * h and _in_a_row(view, box) and not _read_in(view, labels == index):
            found.append(box)
    return found


def _gaps(view: _View, burnt: Grey) -> list[Area]:
    """Burnt-out gaps between two pieces of one row of text, and within pieces that were read with doubt; where both
    pieces stand on burnt-out paper themselves, print shows on it and nothing is lost between them."""
    found = []
    lines = view.lines
    sums = np.asarray(cv2.integral(burnt), np.int32)
    own = _shares(sums, lines)
    for index, (x0, y0, x1, y1) in enumerate(lines):
        level = np.minimum(lines[:, 3], y1) - np.maximum(lines[:, 1], y0) > 0.5 * (y1 - y0)
        after = np.flatnonzero(level & (lines[:, 0] >= x1 - view.high))
        gaps = [] if view.sure[index] else [(x0, x1)]
        if len(after):
            other = after[np.argmin(lines[after, 0])]
            if min(own[index], own[other]) <= PRINTED:
                gaps.append((x1, lines[other, 0]))
        for left, right in gaps:
            if not 1.5 * view.high <= right - left <= FARTHEST * view.high:
                continue
            top, low = round(y0 + 0.2 * (y1 - y0)), round(y1 - 0.2 * (y1 - y0))
            area = np.array([[left, top, right, low]], np.float64)
            if _shares(sums, area)[0] > 0.5:
                dead = burnt[max(0, top) : low, max(0, round(left)) : round(right)].mean(axis=0) > 0.9
                if dead.sum() >= 1.5 * view.high and dead.mean() > 0.5:
                    found.append((float(left), float(y0), float(right), float(y1)))
    return found


def _shares(sums: NDArray[np.int32], areas: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of each area that is burnt out, by the integral of the burnt-out pixels."""
    limit = np.array([sums.shape[1] - 1, sums.shape[0] - 1] * 2)
    x0, y0, x1, y1 = np.clip(np.rint(areas), 0, limit).astype(int).T
    inside = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
    return np.asarray(inside / np.maximum(1, (x1 - x0) * (y1 - y0)), np.float64)


def _in_a_row(view: _View, box: Area) -> bool:
    """Whether the box lies in the row of a line of text, over it or near its ends."""
    x0, y0, x1, y1 = box
    reach = NEAR * view.high
    lines = view.lines
    level = np.minimum(lines[:, 3], y1) - np.maximum(lines[:, 1], y0) > 0.4 * (lines[:, 3] - lines[:, 1])
    close = (lines[:, 0] < x1 + reach) & (lines[:, 2] > x0 - reach)
    return bool((level & close).any())


def _read_in(view: _View, part: Mask) -> bool:
    """Whether text was read well in the part: a line that lies in it for the most part, or runs right through it."""
    height, width = part.shape
    for x0, y0, x1, y1 in view.lines[view.sure]:
        row = part[int(np.clip((y0 + y1) / 2, 0, height - 1))]
        across = int(np.count_nonzero(row))
        inside = int(np.count_nonzero(row[max(0, int(x0)) : min(width, int(x1) + 1)]))
        if across and (inside > 0.7 * across or inside > 0.5 * (x1 - x0)):
            return True
    return False
