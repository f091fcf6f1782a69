"""How high the characters on a picture are, before anything is read: what the detector's scale is chosen by."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.ocr.engine import Picture
from pipeline.ocr.smaller import smaller

SIDE = 1600
"""Pixels of the long side of the picture that is looked at."""
LEAST, MOST = 5, 80
"""The heights in pixels, there, between which a piece of ink can be a character."""
FEW = 12
"""With fewer such pieces than this nothing is said."""
SHARE = 60
"""The percentile of their heights that is taken: parts of characters are smaller than the whole ones."""


def character_height(picture: Picture) -> float:
    """The usual height in pixels of the characters on a BGR or RGB picture, 0.0 where too few can be seen."""
    small, scale = smaller(picture, SIDE)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 15)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    width, height, ink = (stats[1:, column].astype(np.float64) for column in (2, 3, 4))
    shape = (width >= 0.15 * height) & (width <= 1.6 * height)
    full = (ink > 0.12 * width * height) & (ink < 0.9 * width * height)
    found = height[(height >= LEAST) & (height <= MOST) & shape & full]
    return float(np.percentile(found, SHARE)) / scale if len(found) >= FEW else 0.0
