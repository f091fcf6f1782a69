"""The outlines of sheets and cards in a picture, and which of them are papers of their own: text tells them from frames,
folds and shadows.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.engine import Picture, Span
from pipeline.ocr.smaller import smaller

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


def contours(picture: Picture) -> list[NDArray[np.float64]]:
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


def within(quad: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the points (n × 2) lie in an outline."""
    outline = quad.astype(np.float32).reshape(-1, 1, 2)
    return np.array(
        [cv2.pointPolygonTest(outline, (float(x), float(y)), False) >= 0 for x, y in points], bool
    )


def several(
    quads: list[NDArray[np.float64]],
    held: list[NDArray[np.bool_]],
    spans: Sequence[Span],
    weights: NDArray[np.float64],
    side: float,
) -> list[int]:
    """Two or more outlines that share no text and cut through none, each with corners like a sheet's and three pieces
    of text, together with nearly all of it; `held` are the spans within each, `side` is the long one of the picture."""
    chosen: list[int] = []
    for index, inside in enumerate(held):
        alone = not any((held[other] & inside).any() for other in chosen)
        if inside.sum() >= 3 and alone and _askew(quads[index]) <= SQUARE:
            chosen.append(index)
    if len(chosen) < 2:
        return []
    together = np.any([held[i] for i in chosen], axis=0)
    cut = np.any([_over_an_edge(quads[i], spans) for i in chosen], axis=0)
    if weights[together].sum() < INSIDE * weights.sum() or weights[cut].sum() > CUT_THROUGH * weights.sum():
        return []
    return [] if _abut([quads[i] for i in chosen], ABUTTING * side) else chosen


def _over_an_edge(quad: NDArray[np.float64], spans: Sequence[Span]) -> NDArray[np.bool_]:
    """The spans of which one end lies in the outline and the other does not; their outermost tenths are let be."""
    corners = np.array([span.quad for span in spans], np.float64).reshape(-1, 4, 2)
    left, right = (corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2
    tenth = (right - left) / 10
    return np.asarray(within(quad, left + tenth) != within(quad, right - tenth), bool)


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
