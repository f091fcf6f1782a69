"""Where the sheet itself is not to be seen: cut by the frame's side, under a finger, burnt out by a lamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from pipeline.ocr.cover import covered
from pipeline.ocr.engine import Picture, Span
from pipeline.ocr.glare import glare
from pipeline.ocr.strokes import Area, Grey
from pipeline.ocr.view import Mask, Spot, View, bounds, view_of

TINY = 48
"""Pixels of the shorter side below which no sheet is looked for."""
DESK, RUNS_OUT = 0.06, 0.25
"""A side of the frame along which less is sheet shows the desk; one along which more is sheet cuts it."""
BARE = 0.6
"""Text that comes nearer to the frame than this many heights has no margin there."""
CUT_INK = (0.012, 0.45)
"""The share of a side of the frame that is ink where text is cut through; more is a scanner's black rim."""
SIDES = ("left", "top", "right", "bottom")


def spots(picture: Picture, grey: Grey, spans: Sequence[Span]) -> list[Spot]:
    """What of the sheet cannot be seen, on an upright picture (and the same in grey) with its text; nothing where there
    is no text."""
    told = [span for span in spans if span.text.strip()]
    if not told or min(picture.shape[:2]) < TINY:
        return []
    view = view_of(picture, grey, told)
    if not view.sheet.any():
        return []
    cut = _cut(view)
    sides = {spot.side for spot in cut}
    # Where the sheet runs out of the frame, what is dark on it (a portrait's hair) looks as if it came from outside.
    over = [spot for spot in covered(view) if not sides & set(spot.side.split("_"))]
    found = [*cut, *over, *glare(view)]
    return [replace(spot, area=_grown(spot.area, 1 / view.scale)) for spot in found]


def _grown(area: Area, scale: float) -> Area:
    return (area[0] * scale, area[1] * scale, area[2] * scale, area[3] * scale)


def _cut(view: View) -> list[Spot]:
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
    x0, y0, x1, y1 = bounds(view.sheet)
    band = 2 * view.high
    strips = {
        "left": (0.0, y0, band, y1),
        "top": (x0, 0.0, x1, band),
        "right": (width - band, y0, float(width), y1),
        "bottom": (x0, height - band, x1, float(height)),
    }
    return [Spot("cut", strips[side], side, side in through) for side in SIDES if side in sides]


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
