"""Fingers and other things that lie over a sheet."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import union
from pipeline.ocr.strokes import Area
from pipeline.ocr.view import Spot, View, outer, read_in

UNLIKE = 40
"""A thing on the sheet differs from the desk by more than this in one of its colours, else it is the desk."""


def covered(view: View) -> list[Spot]:
    """Things that reach from outside over the sheet, larger than a letter, unlike the desk, without text of their own."""
    hull, filled = outer(view.sheet)
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
        if len(touching) and not read_in(view, part):
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
