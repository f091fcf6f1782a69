"""The sheet in a picture: where its paper is to be seen around the text, small and quick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.engine import Picture, Span
from pipeline.ocr.smaller import smaller
from pipeline.ocr.strokes import Area, Grey, area_of, heights_of

Mask = NDArray[np.bool_]

SMALL = 480
"""The longer side in pixels of the picture in which the sheet is looked for."""
EDGE = (40, 100)
"""The sheet ends at an edge of that strength (Canny's two thresholds on a colour's Sobel gradient)."""
LEAST = 0.2
"""The least share of a line's box in which the sheet shows; a finger that touches its end takes less."""
SURE = 0.8
"""The mean probability of its characters from which on a line counts as read."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of the sheet that shows nothing: `cut`, `covered` or `glare`, where (pixels), at which side of the sheet.
    `through`: a cut that has text at it."""

    kind: str
    area: Area
    side: str = ""
    through: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """The small picture (`least`: of every pixel its darkest colour) with the sheet found in it.

    `lines` are the text's boxes there, `sure` which of them were read well, `high` their middle height, `paper` the light
    beside them; `edges` the picture's own outermost pixels along each side of the frame."""

    small: NDArray[np.uint8]
    least: Grey
    scale: float
    lines: NDArray[np.float64]
    sure: Mask
    high: float
    paper: float
    sheet: Mask
    edges: tuple[Grey, ...]


def view_of(picture: Picture, grey: Grey, spans: Sequence[Span]) -> View:
    """The view of an upright picture (and the same in grey) with its text."""
    small, scale = smaller(picture, SMALL)
    least = np.minimum(np.minimum(small[:, :, 0], small[:, :, 1]), small[:, :, 2])
    lines = np.array([area_of(span) for span in spans], np.float64) * scale
    high = max(1.0, float(np.median(heights_of(spans))) * scale)
    sure = np.array([not span.probs or sum(span.probs) / len(span.probs) >= SURE for span in spans], bool)
    paper = _paper(least, lines)
    return View(
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


def outer(sheet: Mask) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The hull of the largest part of the sheet, and the sheet with its holes filled."""
    outlines, _ = cv2.findContours(sheet.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(outlines, key=cv2.contourArea)
    filled = np.zeros(sheet.shape, np.uint8)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    return np.asarray(cv2.convexHull(largest), np.int32).reshape(-1, 2), filled


def bounds(mask: Mask) -> Area:
    """The box around what is set in a mask that is not empty."""
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (float(xs[0]), float(ys[0]), float(xs[-1] + 1), float(ys[-1] + 1))


def read_in(view: View, part: Mask) -> bool:
    """Whether text was read well in the part: a line that lies in it for the most part, or runs right through it."""
    height, width = part.shape
    for x0, y0, x1, y1 in view.lines[view.sure]:
        row = part[int(np.clip((y0 + y1) / 2, 0, height - 1))]
        across = int(np.count_nonzero(row))
        inside = int(np.count_nonzero(row[max(0, int(x0)) : min(width, int(x1) + 1)]))
        if across and (inside > 0.7 * across or inside > 0.5 * (x1 - x0)):
            return True
    return False


def _edges(grey: Grey) -> tuple[Grey, ...]:
    """The outermost pixels along the left, top, right and bottom of the frame, its very last ones aside."""
    return (
        grey[:, 1:3].max(axis=1),
        grey[1:3].max(axis=0),
        grey[:, -3:-1].max(axis=1),
        grey[-3:-1].max(axis=0),
    )
