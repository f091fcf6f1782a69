"""Ink that the detector left out: single characters and digits that stand alone in the row of text that was found."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

REACH = 14.0
"""How far from a piece of text, in its heights, a lone character may stand and still belong to its row."""
MOST = 60
"""No more candidates a page than this: a page with more is texture, not text."""


def missed(image: NDArray[np.uint8], quads: NDArray[np.float32]) -> NDArray[np.float32]:
    """Quads (n × 4 × 2, pixels) around ink of a row's height that no quad covers, in line with a quad's direction."""
    if not len(quads):
        return quads[:0]
    heights = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    middle = float(np.median(heights))
    if middle < 8:
        return quads[:0]
    boxes = _ink(image, quads, middle)
    if not len(boxes):
        return quads[:0]
    found = [quad for box in _joined(boxes, middle) if (quad := _in_row(box, quads, heights)) is not None]
    if len(found) > MOST:
        return quads[:0]
    return np.array(found, np.float32).reshape(-1, 4, 2)


def _ink(image: NDArray[np.uint8], quads: NDArray[np.float32], middle: float) -> NDArray[np.float64]:
    """x0, y0, x1, y1 of the dark components outside all quads that are about as high as text."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    block = int(middle * 1.6) | 1
    dark = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, max(15, block), 18
    )
    for quad in quads:
        cv2.fillConvexPoly(dark, quad.astype(np.int32), 0)
    reach = max(1, round(middle * 0.16))
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    x, y, w, h, area = (stats[1:, i].astype(np.float64) for i in range(5))
    keep = (
        (h > 0.4 * middle)
        & (h < 1.5 * middle)
        & (w > 0.1 * middle)
        & (w < 6 * middle)
        & (area > 0.08 * w * h)
    )
    return np.stack([x, y, x + w, y + h], axis=1)[keep]


def _joined(boxes: NDArray[np.float64], middle: float) -> list[NDArray[np.float64]]:
    """Components side by side with less than half a height between them are one piece."""
    out: list[NDArray[np.float64]] = []
    for box in boxes[np.argsort(boxes[:, 0])]:
        for i, other in enumerate(out):
            overlap = min(box[3], other[3]) - max(box[1], other[1])
            if overlap > 0.4 * min(box[3] - box[1], other[3] - other[1]) and box[0] - other[2] < 0.5 * middle:
                out[i] = np.array([*np.minimum(box[:2], other[:2]), *np.maximum(box[2:], other[2:])])
                break
        else:
            out.append(box)
    return out


def _in_row(
    box: NDArray[np.float64], quads: NDArray[np.float32], heights: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """A quad of the row's height and direction around the box, None where no row of text leads to it."""
    centre = (box[:2] + box[2:]) / 2
    starts, ends = (quads[:, 0] + quads[:, 3]) / 2, (quads[:, 1] + quads[:, 2]) / 2
    along = ends - starts
    length = np.linalg.norm(along, axis=1)
    usable = length > 1.6 * heights
    unit = along / np.maximum(length, 1)[:, None]
    offset = centre - starts
    run = (offset * unit).sum(axis=1)
    side = np.abs(offset[:, 0] * unit[:, 1] - offset[:, 1] * unit[:, 0])
    gap = np.maximum(-run, run - length)
    fits = usable & (side < 0.3 * heights) & (gap > 0) & (gap < REACH * heights)
    tall = box[3] - box[1]
    fits &= (tall > 0.45 * heights * 0.8) & (tall < 1.25 * heights)
    if not fits.any():
        return None
    nearest = int(np.argmin(np.where(fits, gap, np.inf)))
    direction = unit[nearest]
    normal = np.array([-direction[1], direction[0]])
    high = max(float(heights[nearest]), tall) / 2
    wide = (box[2] - box[0]) / 2 + 0.18 * high
    return np.array(
        [centre + a * wide * direction + b * high * normal for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))],
        np.float32,
    )
