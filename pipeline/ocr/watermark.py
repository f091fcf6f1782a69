"""Words laid aslant over a page, lighter than its print (仅供贷款使用): their tone is taken for paper, and what they crossed is
looked for once more."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Quads = NDArray[np.float32]
Grey = NDArray[np.uint8]

ASLANT = 7.0
"""Degrees from the page's own lines from which a line of words lies aslant."""
LONG = 2.5
"""The least width of a line over its height by which its direction is told."""
LEAST = 3
"""So many lines aslant are a watermark."""
APART = 35
"""The least that a watermark is lighter than the print (0 to 255): less cannot be told apart from it."""
MARGIN = 10
"""How much darker than the watermark's own tone a pixel is at least to count as print."""
RAMP = 60
"""Over so many tones above the print's it turns to paper little by little: pale labels stay."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """Which quads are its lines, and the tones (0 to 255) between which print lies."""

    aslant: NDArray[np.bool_]
    ink: float
    tone: float

    def without(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture with the watermark's tone, and what is lighter, turned to paper."""
        levels = np.arange(256, dtype=np.float32)
        end = self.tone - MARGIN
        start = max(self.ink, end - RAMP)
        lifted = np.where(
            levels < start, levels, start + (levels - start) / max(1.0, end - start) * (255 - start)
        )
        tones = np.clip(lifted, 0, 255).astype(np.uint8)
        grey = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), tones)
        return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)

    def untouched(self, quads: Quads, found: Quads) -> NDArray[np.bool_]:
        """Which of the quads are level, cross none of its lines, and were not `found` once more without it."""
        lines = [quad for quad, aslant in zip(quads, self.aslant, strict=True) if aslant]
        return np.array(
            [
                not aslant and not any(_meet(quad, other) for other in (*lines, *found))
                for quad, aslant in zip(quads, self.aslant, strict=True)
            ],
            bool,
        )


def watermark(image: NDArray[np.uint8], quads: Quads) -> Watermark | None:
    """The watermark of an upright BGR picture with the quads (n × 4 × 2, pixels) of its text; None where there is none, or
    where its tone is too near to that of the print."""
    across = quads[:, 1] - quads[:, 0]
    width = np.linalg.norm(across, axis=1)
    height = np.maximum(np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1), 1)
    telling = width > LONG * height
    if telling.sum() <= LEAST:
        return None
    angles = np.degrees(np.arctan2(across[:, 1], across[:, 0]))
    usual = telling & (np.abs(angles - _weighted_median(angles[telling], width[telling])) <= ASLANT)
    groups = [usual, telling & ~usual]
    if not all(group.any() for group in groups):
        return None
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    tones = [float(np.median([_ink(grey, quad) for quad in quads[group]])) for group in groups]
    lighter = int(tones[1] > tones[0])
    if groups[lighter].sum() < LEAST or tones[lighter] - tones[1 - lighter] < APART:
        return None
    return Watermark(groups[lighter], tones[1 - lighter], tones[lighter])


def _ink(grey: Grey, quad: NDArray[np.float32]) -> float:
    """The tone of the ink within a quad: of its darkest pixels, less the very darkest, which may be of another line."""
    from pipeline.ocr.rapid import crop_quad

    crop = crop_quad(np.repeat(grey[:, :, None], 1, axis=2), quad)
    return float(np.percentile(crop, 6))


def _weighted_median(values: NDArray[np.float32], weights: NDArray[np.float32]) -> float:
    order = np.argsort(values)
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2)])


def _meet(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two quads have more than a little in common."""
    if (one.max(axis=0) < other.min(axis=0)).any() or (other.max(axis=0) < one.min(axis=0)).any():
        return False
    shared, _ = cv2.intersectConvexConvex(one, other)
    return bool(shared > 0.08 * min(cv2.contourArea(one), cv2.contourArea(other)))
