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
from pipeline.ocr.contours import INSIDE, contours, several, within
from pipeline.ocr.curl import curl
from pipeline.ocr.engine import Picture, Span

Matrix = NDArray[np.float64]
Area = tuple[float, float, float, float]

LONG = 2.5
"""A span is long enough to show a direction where it is this many times wider than high."""


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
    quads = contours(picture)
    held = [within(quad, middles) for quad in quads]
    for quad, inside in zip(quads, held, strict=True):
        if weights[inside].sum() >= INSIDE * weights.sum():
            place = _flat(quad, everything)
            if _slope(ends, place.matrix) <= _slope(ends, whole.matrix) + 0.003:
                return [place]
    chosen = several(quads, held, spans, weights, max(width, height))
    if chosen:
        places, taken = [], np.zeros(len(spans), bool)
        for index in chosen:
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


# ---------------------------------------------------------------- from the picture to the sheet and back


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
