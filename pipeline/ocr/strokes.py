"""How clear the print itself is: the softness of its strokes against its height, its light, its size, a screen's pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.engine import Span

Grey = NDArray[np.uint8]
Area = tuple[float, float, float, float]

MOST_LINES = 40
"""Lines that are looked at on one page: half of them those that the engine was least sure of."""
LONGEST = 6
"""Of a long line this many times its height is looked at, in its middle."""
PATCH, PATCHES = 256, 4
"""Pixels of the squares in which a screen's pattern is looked for, and how many of them."""
PERIODS = (2.4, 14.0)
"""The periods of such a pattern in pixels; text has its own rhythm above."""


@dataclass(frozen=True, slots=True)
class Print:
    """One line of print: where it stands (pixels), its height in pixels, in how many heights ink turns to paper
    (`softness`), the paper's and the ink's difference (`contrast`) and the paper's own light, 0 to 255."""

    area: Area
    height: float
    softness: float
    contrast: float
    paper: float


def heights_of(spans: Sequence[Span]) -> list[float]:
    """The heights of the spans in pixels."""
    return [float(np.hypot(s.quad[6] - s.quad[0], s.quad[7] - s.quad[1])) for s in spans]


def area_of(span: Span) -> Area:
    """The upright box around a span, in pixels."""
    xs, ys = span.quad[0::2], span.quad[1::2]
    return (min(xs), min(ys), max(xs), max(ys))


def sample(spans: Sequence[Span]) -> list[Span]:
    """The spans to look at: all of them on a page of few lines, else the least sure ones and an even choice of the rest."""
    told = [span for span in spans if span.text.strip()]
    if len(told) <= MOST_LINES:
        return told
    order = sorted(range(len(told)), key=lambda i: min(told[i].probs, default=0.0))
    worst = order[: MOST_LINES // 2]
    rest = sorted(order[MOST_LINES // 2 :])
    even = [rest[i * len(rest) // (MOST_LINES // 2)] for i in range(MOST_LINES // 2)]
    return [told[i] for i in sorted({*worst, *even})]


def look(grey: Grey, span: Span) -> Print | None:
    """The print of one span, None where it lies outside of the picture or is too small to say anything of."""
    (high,) = heights_of([span])
    x0, y0, x1, y1 = area_of(span)
    middle, reach = (x0 + x1) / 2, LONGEST * max(high, 8.0) / 2
    left, right = max(0, int(max(x0, middle - reach))), min(grey.shape[1], round(min(x1, middle + reach)))
    top, bottom = max(0, int(y0)), min(grey.shape[0], round(y1))
    part = grey[top:bottom, left:right]
    if high < 4 or part.shape[0] < 4 or part.shape[1] < 4:
        return None
    values = part.astype(np.int16)
    dark, light = _ranked(values, 0.03), _ranked(values, 0.95)
    contrast = float(light - dark)
    steps = [_ranked(np.abs(np.diff(values, axis=axis)), 0.98) for axis in (0, 1)]
    softness = max(contrast, 1.0) / max(min(steps), 1.0) / high
    return Print((x0, y0, x1, y1), high, round(softness, 3), contrast, float(light))


def _ranked(values: NDArray[np.int16], share: float) -> int:
    """The value that this share of all lies below."""
    flat = values.reshape(-1)
    at = min(flat.size - 1, int(share * flat.size))
    return int(np.partition(flat, at)[at])


def screen_pattern(grey: Grey, area: Area) -> float:
    """How far a regular pattern of short period stands out of the spectrum within `area` (pixels), as a power of ten;
    print and paper stay below 2.1, stripes of a photographed screen lie above 3. 0.0 on areas too small for it."""
    x0, y0 = max(0, int(area[0])), max(0, int(area[1]))
    x1, y1 = min(grey.shape[1], int(area[2])), min(grey.shape[0], int(area[3]))
    if x1 - x0 < PATCH or y1 - y0 < PATCH:
        return 0.0
    window = _window()
    spectra = []
    columns = max(1, min(2, (x1 - x0) // PATCH))
    rows = max(1, min(PATCHES // columns, (y1 - y0) // PATCH))
    for row in range(rows):
        for column in range(columns):
            left = x0 + (x1 - x0 - PATCH) * (2 * column + 1) // (2 * columns)
            top = y0 + (y1 - y0 - PATCH) * (2 * row + 1) // (2 * rows)
            patch = grey[top : top + PATCH, left : left + PATCH].astype(np.float32)
            wave = cv2.dft((patch - patch.mean()) * window, flags=cv2.DFT_COMPLEX_OUTPUT)
            power = np.fft.fftshift(wave[:, :, 0] ** 2 + wave[:, :, 1] ** 2)
            spectra.append(cv2.log(power[:, PATCH // 2 :] + 1.0))
    mean = (np.mean(spectra, axis=0) / np.log(10)).astype(np.float32)
    ground = cv2.blur(mean, (15, 15))
    return round(float((mean - ground)[_ring()].max()), 2)


@cache
def _window() -> NDArray[np.float32]:
    """How much each pixel of a square counts: its border not at all."""
    return np.outer(np.hanning(PATCH), np.hanning(PATCH)).astype(np.float32)


@cache
def _ring() -> NDArray[np.bool_]:
    """The frequencies that are looked at: of those periods, away from the axes, on which tables and rows of text lie."""
    v, u = np.mgrid[-PATCH // 2 : PATCH // 2, 0 : PATCH // 2].astype(np.float32)
    radius = np.hypot(u, v)
    inside = (radius >= PATCH / PERIODS[1]) & (radius <= PATCH / PERIODS[0])
    return np.asarray(inside & (np.abs(u) > 0.1 * radius) & (np.abs(v) > 0.1 * radius), bool)
