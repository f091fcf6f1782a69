"""Where a lamp's reflection leaves nothing of the text."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.strokes import Area, Grey
from pipeline.ocr.view import Spot, View, read_in

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


def glare(view: View) -> list[Spot]:
    """Where the picture is burnt out, on paper that is darker itself, in a row of text and without text of its own."""
    burnt = np.asarray(view.least >= max(BURNT, view.paper + LIGHTER), np.uint8)
    if not burnt.any():
        return []
    return [Spot("glare", box) for box in (*_blobs(view, burnt), *_gaps(view, burnt))]


def _blobs(view: View, burnt: Grey) -> list[Area]:
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
        if size > FULL * w * h and _in_a_row(view, box) and not read_in(view, labels == index):
            found.append(box)
    return found


def _gaps(view: View, burnt: Grey) -> list[Area]:
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


def _in_a_row(view: View, box: Area) -> bool:
    """Whether the box lies in the row of a line of text, over it or near its ends."""
    x0, y0, x1, y1 = box
    reach = NEAR * view.high
    lines = view.lines
    level = np.minimum(lines[:, 3], y1) - np.maximum(lines[:, 1], y0) > 0.4 * (lines[:, 3] - lines[:, 1])
    close = (lines[:, 0] < x1 + reach) & (lines[:, 2] > x0 - reach)
    return bool((level & close).any())
