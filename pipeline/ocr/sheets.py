"""Where the papers lie in a picture: flattening a sheet or card, and straightening by its own lines of text.

All homographies here map pixels of the upright picture to pixels of the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.bend import FLAT, Bend, flat, sag
from pipeline.ocr.curl import curl
from pipeline.ocr.engine import Picture, Span
from pipeline.ocr.smaller import smaller

Matrix = NDArray[np.float64]
Area = tuple[float, float, float, float]

LONG = 2.5
"""A span is long enough to show a direction where it is this many times wider than high."""
INSIDE = 0.95
"""The share of the text (by width) that the sheets found must hold, or the whole picture is taken as one sheet."""
SQUARE = 0.35
"""The largest cosine of a corner (69°) of one of several sheets: the edge of a shadow cuts a sheet askew."""
CUT_THROUGH = 0.15
"""The share of the text (by width) that may run over the edges of several sheets, as a stamp does over two cards."""
ABUTTING = 0.006
"""Outlines nearer to each other along a whole edge than this share of the picture's long side are parts of one sheet."""
LEAST_AREA = 0.04
"""The least share of the picture that a sheet or card must cover to be looked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """One sheet: the homography that flattens it, its size in pixels, the indices of the spans on it, and the curl that
    is left in it."""

    matrix: Matrix
    width: float
    height: float
    spans: tuple[int, ...]
    bend: Bend = FLAT


def find_places(picture: Picture, spans: tuple[Span, ...]) -> list[Place]:
    """The sheets of an upright picture with the spans on each, and how they are bent; every span is on just one of them."""
    return [_bent(place, [spans[i] for i in place.spans]) for place in _flat_places(picture, spans)]


def _bent(place: Place, spans: Sequence[Span]) -> Place:
    """The place with the curl that its lines still have once it is flattened."""
    ends = _ends(spans)
    if not len(ends):
        return place
    level = np.c_[mapped(place.matrix, ends[:, :2]), mapped(place.matrix, ends[:, 2:])]
    corners = mapped(place.matrix, np.array([span.quad for span in spans], np.float64).reshape(-1, 2))
    sides = corners.reshape(-1, 4, 2)[:, 3] - corners.reshape(-1, 4, 2)[:, 0]
    return replace(place, bend=curl(level, float(np.median(np.hypot(sides[:, 0], sides[:, 1])))))


def _flat_places(picture: Picture, spans: tuple[Span, ...]) -> list[Place]:
    """The sheets by contour or by text alone.

    A contour is believed only where the text agrees with it: it holds nearly all of the text, and flattens the lines
    at least as well as they can be straightened without it.
    """
    height, width = picture.shape[:2]
    everything = tuple(range(len(spans)))
    ends = _ends(spans)
    whole = Place(straightening(ends, width, height), float(width), float(height), everything)
    if len(spans) < 3:
        return [whole]
    middles = np.array([[sum(s.quad[0::2]) / 4, sum(s.quad[1::2]) / 4] for s in spans])
    weights = np.array([abs(s.quad[2] - s.quad[0]) + abs(s.quad[3] - s.quad[1]) for s in spans])
    quads = _contours(picture)
    held = [_within(quad, middles) for quad in quads]
    for quad, inside in zip(quads, held, strict=True):
        if weights[inside].sum() >= INSIDE * weights.sum():
            place = _flat(quad, everything)
            if _slope(ends, place.matrix) <= _slope(ends, whole.matrix) + 0.003:
                return [place]
    several = _disjoint(quads, held, _over_an_edge(quads, spans), weights)
    if _abut([quads[i] for i in several], ABUTTING * max(width, height)):
        several = []
    if several:
        places, taken = [], np.zeros(len(spans), bool)
        for index in several:
            mine = held[index] & ~taken
            taken |= mine
            places.append(_flat(quads[index], tuple(int(i) for i in np.flatnonzero(mine))))
        rest = tuple(int(i) for i in np.flatnonzero(~taken))
        if rest:
            places.append(Place(whole.matrix, whole.width, whole.height, rest))
        return places
    return [whole]


# ---------------------------------------------------------------- by the text


def _ends(spans: Sequence[Span]) -> NDArray[np.float64]:
    """x, y of the left and the right middle of every long span: n × 4."""
    out = []
    for span in spans:
        x0, y0, x1, y1, x2, y2, x3, y3 = span.quad
        left, right = ((x0 + x3) / 2, (y0 + y3) / 2), ((x1 + x2) / 2, (y1 + y2) / 2)
        high = max(1.0, np.hypot(x3 - x0, y3 - y0))
        if np.hypot(right[0] - left[0], right[1] - left[1]) >= LONG * high:
            out.append((*left, *right))
    return np.array(out, np.float64).reshape(-1, 4)


def straightening(ends: NDArray[np.float64], width: int, height: int) -> Matrix:
    """The turn and the horizontal perspective that lay the lines level (least squares, outliers damped); the identity
    where there are fewer than three long lines or they are level already."""
    if len(ends) < 3:
        return np.eye(3)
    scale = float(max(width, height))
    centre = np.array([[1 / scale, 0, -width / scale / 2], [0, 1 / scale, -height / scale / 2], [0, 0, 1]])
    parameters = np.zeros(2)
    weights = np.abs(ends[:, 2] - ends[:, 0]) / scale
    for _ in range(12):
        residual = _slopes(ends, _model(parameters) @ centre)
        damp = weights / (1 + (residual / 0.01) ** 2)
        step = 1e-4
        jacobian = np.stack(
            [
                (_slopes(ends, _model(parameters + step * unit) @ centre) - residual) / step
                for unit in np.eye(2)
            ],
            axis=1,
        )
        normal = jacobian.T @ (damp[:, None] * jacobian) + np.diag([1e-6, 2e-3])
        change = np.linalg.solve(normal, jacobian.T @ (damp * residual))
        parameters = parameters - change
        if float(np.abs(change).max()) < 1e-6:
            break
    if not np.all(np.isfinite(parameters)) or abs(parameters[0]) > 0.5 or abs(parameters[1]) > 0.6:
        return np.eye(3)
    if abs(parameters[0]) < 5e-4 and abs(parameters[1]) < 5e-3:
        return np.eye(3)
    return np.asarray(np.linalg.inv(centre) @ _model(parameters) @ centre, np.float64)


def _model(parameters: NDArray[np.float64]) -> Matrix:
    angle, lean = parameters
    turn = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    perspective = np.array([[1.0, 0, 0], [0, 1.0, 0], [lean, 0, 1.0]])
    return np.asarray(perspective @ turn, np.float64)


def _slopes(ends: NDArray[np.float64], matrix: Matrix) -> NDArray[np.float64]:
    left, right = mapped(matrix, ends[:, :2]), mapped(matrix, ends[:, 2:])
    run = right[:, 0] - left[:, 0]
    return np.asarray((right[:, 1] - left[:, 1]) / np.where(np.abs(run) < 1e-9, 1e-9, run))


def _slope(ends: NDArray[np.float64], matrix: Matrix) -> float:
    """The middle absolute slope of the lines after the homography."""
    return float(np.median(np.abs(_slopes(ends, matrix)))) if len(ends) else 0.0


def mapped(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n × 2) through a homography."""
    there = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(there[:, :2] / there[:, 2:3])


# ---------------------------------------------------------------- by the contour


def _contours(picture: Picture) -> list[NDArray[np.float64]]:
    """Convex four-sided outlines (4 × 2, pixels, from the top left clockwise), the largest first."""
    small, scale = smaller(picture, 900)
    lab = np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), (5, 5), 0), np.uint8)
    found: list[NDArray[np.float64]] = []
    for mask in _masks(lab):
        outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for outline in outlines:
            quad = _four_sided(np.asarray(outline, np.int32), small.shape[0] * small.shape[1])
            if quad is not None and not any(_alike(quad / scale, other) for other in found):
                found.append(quad / scale)
    return sorted(found, key=lambda q: -float(cv2.contourArea(q.astype(np.float32))))[:12]


def _masks(lab: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Pictures in which a sheet may stand out: unlike the desk along the frame's border, and by its edges."""
    height, width = lab.shape[:2]
    rim = max(4, min(height, width) // 50)
    border = np.concatenate(
        [
            lab[:rim].reshape(-1, 3),
            lab[-rim:].reshape(-1, 3),
            lab[:, :rim].reshape(-1, 3),
            lab[:, -rim:].reshape(-1, 3),
        ]
    )
    desk = np.median(border.astype(np.float32), axis=0)
    apart = lab.astype(np.float32) - desk.astype(np.float32)
    grey = np.clip(np.sqrt(np.einsum("ijk,ijk->ij", apart, apart)), 0, 255).astype(np.uint8)
    _, unlike = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    kernel = np.ones((7, 7), np.uint8)
    closed = cv2.morphologyEx(unlike, cv2.MORPH_CLOSE, kernel, iterations=2)
    edges = cv2.Canny(lab[:, :, 0], 40, 120)
    edges = cv2.dilate(edges, np.ones((3, 3), np.uint8), iterations=2)
    return [np.asarray(closed, np.uint8), np.asarray(edges, np.uint8)]


def _four_sided(outline: NDArray[np.int32], frame: int) -> NDArray[np.float64] | None:
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(hull)
    if area < LEAST_AREA * frame or area > 0.985 * frame:
        return None
    around = cv2.arcLength(hull, True)
    for share in (0.02, 0.035, 0.05):
        corners = cv2.approxPolyDP(hull, share * around, True)
        if len(corners) == 4:
            quad = corners.reshape(4, 2).astype(np.float64)
            if cv2.contourArea(quad.astype(np.float32)) < 0.88 * area:
                return None
            return _in_order(quad)
    return None


def _in_order(quad: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners clockwise from the top left."""
    centre = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0])
    ordered = quad[np.argsort(angles)]
    first = int(np.argmin(ordered.sum(axis=1)))
    return np.roll(ordered, -first, axis=0)


def _alike(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return bool(np.abs(a - b).max() < 0.02 * max(np.ptp(a[:, 0]), np.ptp(a[:, 1])))


def _within(quad: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    outline = quad.astype(np.float32).reshape(-1, 1, 2)
    return np.array(
        [cv2.pointPolygonTest(outline, (float(x), float(y)), False) >= 0 for x, y in points], bool
    )


def _disjoint(
    quads: list[NDArray[np.float64]],
    held: list[NDArray[np.bool_]],
    crossing: list[NDArray[np.bool_]],
    weights: NDArray[np.float64],
) -> list[int]:
    """Two or more outlines that share no text and cut through none, each with corners like a sheet's and three pieces
    of text, together with nearly all of it."""
    chosen: list[int] = []
    for index, inside in enumerate(held):
        alone = not any((held[other] & inside).any() for other in chosen)
        if inside.sum() >= 3 and alone and _askew(quads[index]) <= SQUARE:
            chosen.append(index)
    if len(chosen) < 2:
        return []
    together = np.any([held[i] for i in chosen], axis=0)
    cut = np.any([crossing[i] for i in chosen], axis=0)
    whole = weights[cut].sum() <= CUT_THROUGH * weights.sum()
    return chosen if whole and weights[together].sum() >= INSIDE * weights.sum() else []


def _over_an_edge(quads: list[NDArray[np.float64]], spans: Sequence[Span]) -> list[NDArray[np.bool_]]:
    """For each outline the spans of which one end lies in it and the other does not; their outermost tenths are let be."""
    corners = np.array([span.quad for span in spans], np.float64).reshape(-1, 4, 2)
    left, right = (corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2
    tenth = (right - left) / 10
    return [_within(quad, left + tenth) != _within(quad, right - tenth) for quad in quads]


def _abut(quads: list[NDArray[np.float64]], gap: float) -> bool:
    """Whether an edge of one outline runs along another outline, no further away than `gap`: a fold, or a shadow's edge."""
    for quad in quads:
        for other in quads:
            outline = other.astype(np.float32).reshape(-1, 1, 2)
            for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
                along = [start + (end - start) * share for share in (0.1, 0.3, 0.5, 0.7, 0.9)]
                away = [cv2.pointPolygonTest(outline, (float(x), float(y)), True) for x, y in along]
                if other is not quad and max(map(abs, away)) <= gap:
                    return True
    return False


def _askew(quad: NDArray[np.float64]) -> float:
    """The largest cosine of a corner, 0 for a rectangle."""
    before, after = np.roll(quad, 1, axis=0) - quad, np.roll(quad, -1, axis=0) - quad
    length = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return float((np.abs((before * after).sum(axis=1)) / np.maximum(length, 1e-9)).max())


def _flat(quad: NDArray[np.float64], spans: tuple[int, ...]) -> Place:
    width = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]))
    height = max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1]))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    return Place(np.asarray(matrix, np.float64), float(width), float(height), spans)


def through(matrix: Matrix, span: Span, bend: Bend = FLAT) -> Area:
    """The box of a span on its sheet: the means of its mapped left, top, right and bottom sides, where the paper is bent
    moved to the height at which the line is printed."""
    corners = mapped(matrix, np.array(span.quad, np.float64).reshape(4, 2))
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    sides = [(x0 + x3) / 2, (x1 + x2) / 2]
    levels = [(y0 + y1) / 2, (y2 + y3) / 2]
    left, right = float(min(sides)), float(max(sides))
    top, bottom = (_printed(bend, left, right, float(y)) for y in (min(levels), max(levels)))
    return (round(left, 1), round(top, 1), round(right, 1), round(bottom, 1))


def _printed(bend: Bend, left: float, right: float, y: float) -> float:
    """The height on the flat sheet of a line that is seen from `left` to `right` around `y`."""
    if not bend:
        return y
    ends = (flat(bend, left, y) + flat(bend, right, y)) / 2
    return (ends + flat(bend, (left + right) / 2, y)) / 2


def cut_out(picture: Picture, to_page: tuple[float, ...], area: Area, bend: Bend = FLAT) -> Picture:
    """The part of an upright picture that lies in `area` of a sheet (sheet units), flattened as the sheet is;
    `to_page` is the sheet's way back to fractions of the page's frame, before it the way back to its bend."""
    height, width = picture.shape[:2]
    to_pixels = np.diag([width, height, 1.0]) @ np.array(to_page, np.float64).reshape(3, 3)
    wide, high = max(8, round(area[2] - area[0])), max(8, round(area[3] - area[1]))
    if bend:
        return _unbent(picture, to_pixels, area, bend, wide, high)
    shift = np.array([[1, 0, area[0]], [0, 1, area[1]], [0, 0, 1.0]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    crop = cv2.warpPerspective(
        picture, to_pixels @ shift, (wide, high), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.ascontiguousarray(crop, np.uint8)


def _unbent(picture: Picture, to_pixels: Matrix, area: Area, bend: Bend, wide: int, high: int) -> Picture:
    """As `cut_out`, of a sheet that is bent: each column is taken from as much lower as the paper sinks there."""
    xs, ys = area[0] + np.arange(wide), area[1] + np.arange(high)
    sunk = [[sag(bend, float(x), y) for x in xs] for y in (area[1], area[1] + high)]
    share = (np.arange(high) / high)[:, None]
    low = ys[:, None] + (1 - share) * np.array(sunk[0]) + share * np.array(sunk[1])
    points = mapped(to_pixels, np.stack([np.broadcast_to(xs, low.shape).ravel(), low.ravel()], axis=1))
    x, y = (points[:, i].reshape(high, wide).astype(np.float32) for i in (0, 1))
    crop = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(crop, np.uint8)
