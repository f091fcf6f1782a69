"""Pictures taken of a screen: the pattern that its dots make with the camera's own is taken out before they are read.

Dots of red, green and blue lie a third of their distance apart, so that their stripes cancel in the plain mean of the
three; what is left of them stands out of the spectrum and is brought down to what is around it.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.engine import Picture
from pipeline.ocr.strokes import screen_pattern

STRIPES, FRINGES = 2.5, 1.7
"""How far a pattern must stand out of the spectrum, as a power of ten, in the light and in the difference of red and
green: print stays below 2.1 in the one, fine lines of a card's ground below 1.65 in the other."""
LOOKED_AT = 1024
"""Pixels of the square in the middle of a picture that is looked at."""
TILE, RIM = 1024, 64
"""Pixels of a square that is cleaned at once, and of its rim that the squares beside it give."""
PEAK, NEAR = 9, 81
"""Cells of the spectrum over which a peak is averaged, and of its neighbourhood that it is held against."""
OVER = 1.0
"""What stands out of its neighbourhood by this power of ten belongs to the pattern."""
LONGEST = 24.0
"""The longest period in pixels that is taken out; the rhythm of text lies above."""
AXES = 0.12
"""Directions this near to the level and the upright are left: strokes, rules and rows of text lie on them."""


def calm(picture: Picture) -> Picture:
    """The picture in grey without the pattern of a screen; the picture itself where none is found."""
    return _cleaned(_mean(picture)) if has_pattern(picture) else picture


def has_pattern(picture: Picture) -> bool:
    """Whether stripes of a screen's dots lie over the middle of an RGB picture."""
    height, width = picture.shape[:2]
    top, left = max(0, (height - LOOKED_AT) // 2), max(0, (width - LOOKED_AT) // 2)
    part = picture[top : top + LOOKED_AT, left : left + LOOKED_AT]
    red, green = cv2.extractChannel(part, 0), cv2.extractChannel(part, 1)
    area = (0.0, 0.0, float(part.shape[1]), float(part.shape[0]))
    fringes = np.asarray(cv2.addWeighted(red, 0.5, green, -0.5, 128), np.uint8)
    if screen_pattern(fringes, area) >= FRINGES:
        return True
    return screen_pattern(np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8), area) >= STRIPES


def _mean(picture: Picture) -> NDArray[np.uint8]:
    """The plain mean of the three colours."""
    third = np.full((1, 3), 1 / 3, np.float32)
    return np.asarray(cv2.transform(picture, third), np.uint8)


def _cleaned(grey: NDArray[np.uint8]) -> Picture:
    """The grey picture without the peaks of its spectrum, square by square, as an RGB picture."""
    height, width = grey.shape
    core = TILE - 2 * RIM
    below, beyond = -height % core + RIM, -width % core + RIM
    wide = cv2.copyMakeBorder(grey, RIM, below, RIM, beyond, cv2.BORDER_REFLECT)
    out = np.empty((height + below - RIM, width + beyond - RIM), np.uint8)
    for top in range(0, height, core):
        for left in range(0, width, core):
            tile = _without_peaks(np.asarray(wide[top : top + TILE, left : left + TILE], np.float32))
            out[top : top + core, left : left + core] = tile[RIM:-RIM, RIM:-RIM]
    return np.asarray(cv2.cvtColor(out[:height, :width], cv2.COLOR_GRAY2RGB), np.uint8)


def _without_peaks(tile: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A square of grey whose spectrum has no peak that stands far out of its neighbourhood."""
    wave = np.asarray(cv2.dft(tile, flags=cv2.DFT_COMPLEX_OUTPUT), np.float32)
    power = np.fft.fftshift(cv2.log(wave[:, :, 0] ** 2 + wave[:, :, 1] ** 2 + 1))
    over = cv2.blur(power, (PEAK, PEAK)) - cv2.blur(power, (NEAR, NEAR))
    peaks = ((over > OVER * np.log(10)) & _looked_through()).astype(np.float32)
    around = cv2.GaussianBlur(cv2.dilate(peaks, np.ones((PEAK, PEAK))), (0, 0), PEAK / 2)
    wave *= np.fft.ifftshift(1 - np.clip(around, 0, 1))[:, :, None]
    cleaned = cv2.idft(wave, flags=cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
    return np.clip(cleaned, 0, 255).astype(np.uint8)


@cache
def _looked_through() -> NDArray[np.bool_]:
    """The cells of a square's spectrum at which a pattern may stand."""
    v, u = np.mgrid[-TILE // 2 : TILE // 2, -TILE // 2 : TILE // 2].astype(np.float32)
    radius = np.hypot(u, v)
    return np.asarray(
        (radius > TILE / LONGEST) & (np.abs(u) > AXES * radius) & (np.abs(v) > AXES * radius), bool
    )
