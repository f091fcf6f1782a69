"""Coloured ink apart from print: where seals lie, and the page without them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.engine import Picture
from pipeline.ocr.smaller import blocked, smaller

USUAL_INK = 60
"""The percentile of the tones of a seal's ink that is ink on bare paper: darker ones lie over print, or at its edge."""
RIM = 0.55
"""The share of a seal's rim that must show; faint and overprinted ones lose some."""
LEAST_SIDE = 0.035
"""The least side of a seal as a share of the picture's longer side."""

LEAST_INK = 0.04
"""The least share of a seal's box that is ink."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour of seals: its hues (0 to 179, as OpenCV counts them), how saturated it is at least, and the channel of RGB in
    which it is nearly paper."""

    hues: tuple[tuple[int, int], ...]
    saturation: int
    channel: int


RED = Ink(((0, 12), (165, 179)), 55, 0)
BLUE = Ink(((98, 130),), 90, 2)
INKS = (RED, BLUE)
"""Companies and registries stamp in red, banks' counters and some offices in blue."""
FAINT = Ink(RED.hues, 22, RED.channel)
"""Red that is half worn off, looked for where there is no full seal."""


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal: its box in pixels of the picture, and its ink."""

    box: tuple[int, int, int, int]
    ink: Ink = RED

    @property
    def round(self) -> bool:
        """Whether it is about as wide as high."""
        width, height = self.box[2] - self.box[0], self.box[3] - self.box[1]
        return 0.7 < width / max(1, height) < 1.4


def is_coloured(picture: Picture) -> bool:
    """Whether the picture has colour at all: a grey copy has none, and says nothing about a missing red seal."""
    blocks = blocked(picture, min(picture.shape[:2]) // 200)
    small = cv2.resize(blocks, (200, 200), interpolation=cv2.INTER_AREA).astype(np.int16)
    chroma = small.max(axis=2) - small.min(axis=2)
    return bool(np.percentile(chroma, 99.5) > 28 or chroma.std() > 6)


def ink_mask(picture: Picture, ink: Ink = RED) -> NDArray[np.uint8]:
    """255 where a picture bears an ink, faint ink included."""
    return _mask(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV), np.uint8), ink)


def _mask(hsv: Picture, ink: Ink) -> NDArray[np.uint8]:
    found = np.zeros(hsv.shape[:2], np.uint8)
    for low, high in ink.hues:
        found |= cv2.inRange(hsv, (low, ink.saturation, 60), (high, 255, 255)).astype(np.uint8)
    return found


def find_seals(picture: Picture) -> list[Seal]:
    """The seals on an upright picture: clusters of strokes in one ink, about as wide as high or oval, not filled areas;
    faint ones only where there are no others."""
    small, scale = smaller(picture, 1200)
    hsv = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2HSV), np.uint8)
    full = [seal for ink in INKS for seal in _seals(_mask(hsv, ink), ink, scale)]
    return full or _seals(_mask(hsv, FAINT), FAINT, scale)


def _seals(mask: NDArray[np.uint8], colour: Ink, scale: float) -> list[Seal]:
    if cv2.countNonZero(mask) < LEAST_INK * LEAST_SIDE * 0.02 * max(mask.shape) ** 2:
        return []
    reach = max(3, round(0.012 * max(mask.shape)))
    joined = cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    joined = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    seals = []
    for index in range(1, count):
        x, y, w, h = (int(v) for v in stats[index, :4])
        if max(w, h) < LEAST_SIDE * max(mask.shape) or min(w, h) < 0.02 * max(mask.shape):
            continue
        if not 0.4 < w / h < 2.5 or max(w, h) > 0.45 * max(mask.shape):
            continue
        ink = float((mask[y : y + h, x : x + w] > 0).mean())
        if LEAST_INK < ink < 0.62 and _rimmed(mask[y : y + h, x : x + w]):
            box = (round(x / scale), round(y / scale), round((x + w) / scale), round((y + h) / scale))
            seals.append(Seal(box, colour))
    return _merged(seals, colour)


def _rimmed(ink: NDArray[np.uint8]) -> bool:
    """Whether the ink has a rim, round, oval or straight, closed for the most part: red print has none."""
    height, width = ink.shape
    angles = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    shares = []
    for square in (False, True):
        x, y = np.cos(angles), np.sin(angles)
        if square:
            longest = np.maximum(np.abs(x), np.abs(y))
            x, y = x / longest, y / longest
        met = np.zeros(len(angles), bool)
        for radius in np.linspace(0.84, 1.0, 9):
            column = np.clip((width - 1) / 2 * (1 + radius * x), 0, width - 1).astype(int)
            row = np.clip((height - 1) / 2 * (1 + radius * y), 0, height - 1).astype(int)
            met |= ink[row, column] > 0
        shares.append(float(met.mean()))
    return max(shares) >= RIM


def _merged(seals: list[Seal], ink: Ink) -> list[Seal]:
    """Parts that overlap are one seal: a star inside its ring, a ring broken by a line of print."""
    boxes = [seal.box for seal in sorted(seals, key=lambda s: -(s.box[2] - s.box[0]))]
    out: list[tuple[int, int, int, int]] = []
    for box in boxes:
        for i, other in enumerate(out):
            if box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]:
                out[i] = (
                    min(box[0], other[0]),
                    min(box[1], other[1]),
                    max(box[2], other[2]),
                    max(box[3], other[3]),
                )
                break
        else:
            out.append(box)
    return [Seal(box, ink) for box in out]


def without_seals(picture: Picture, seals: list[Seal]) -> Picture:
    """The picture as if nobody had stamped it: inside the seals' boxes the one channel alone in which their ink is
    nearly paper; ink is lifted by what its usual tone lacks, so that print under it stays dark."""
    if not seals:
        return picture
    clean = picture.copy()
    height, width = picture.shape[:2]
    for seal in seals:
        x0, y0, x1, y1 = seal.box
        pad = 4 + (x1 - x0) // 40
        x0, y0, x1, y1 = max(0, x0 - pad), max(0, y0 - pad), min(width, x1 + pad), min(height, y1 + pad)
        part = picture[y0:y1, x0:x1]
        bright = part[:, :, seal.ink.channel]
        paper = int(np.percentile(bright, 80))
        ink = ink_mask(part, seal.ink)
        tone = float(np.percentile(bright[ink > 0], USUAL_INK)) if ink.any() else float(paper)
        lifted = np.where(ink > 0, np.clip(bright + max(0.0, paper - tone), 0, paper), bright)
        clean[y0:y1, x0:x1] = lifted.astype(np.uint8)[:, :, None]
    return clean


def hue_excess(picture: Picture, ink: Ink = RED) -> NDArray[np.float32]:
    """How much more of the ink's own colour than of the others a pixel has (0 to 255): black print and paper have none."""
    values = picture.astype(np.int16)
    others = [channel for channel in range(3) if channel != ink.channel]
    excess = values[:, :, ink.channel] - np.maximum(values[:, :, others[0]], values[:, :, others[1]])
    return np.asarray(np.clip(excess, 0, 255), np.float32)


# ---------------------------------------------------------------- seals copied in black

RADII = (0.035, 0.16)
"""The least and the largest radius of a copied seal as a share of the picture's shorter side."""
CLOSED = 0.80
"""The share of a copied seal's rim that must show, all round."""

FILLED = 40
"""A disc whose inside is so much darker (0 to 255) than what is around it is no seal."""


def copied_seals(picture: Picture) -> list[tuple[float, float, float, float]]:
    """The boxes (pixels) of round seals without colour on an upright picture: thin dark rims with print within. A copier or
    a fax has turned them black, so that the paper before the camera is a copy, whatever colour its desk has."""
    small, scale = smaller(picture, 900)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 18)
    least, most = (round(share * min(grey.shape)) for share in RADII)
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(grey, (0, 0), 1.0), cv2.HOUGH_GRADIENT, 1.5, 2 * least, param1=120, param2=60,
        minRadius=least, maxRadius=most,
    )  # fmt: skip
    found: list[list[float]] = [] if circles is None else circles.reshape(-1, 3)[:8].tolist()
    return [
        ((x - r) / scale, (y - r) / scale, (x + r) / scale, (y + r) / scale)
        for x, y, r in found
        if _copied(grey, np.asarray(dark, np.uint8), x, y, r)
    ]


def _copied(grey: NDArray[np.uint8], dark: NDArray[np.uint8], x: float, y: float, radius: float) -> bool:
    """Whether a rim lies about there, mostly paper on both sides of it, and something within."""
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    radii = radius * np.linspace(0.4, 1.18, 79)
    columns = np.rint(x + radii[:, None] * np.cos(angles)).astype(int)
    rows = np.rint(y + radii[:, None] * np.sin(angles)).astype(int)
    if columns.min() < 0 or rows.min() < 0 or columns.max() >= dark.shape[1] or rows.max() >= dark.shape[0]:
        return False
    polar = dark[rows, columns] > 0
    shares = radii / radius
    rim = polar[(shares > 0.93) & (shares < 1.07)].any(axis=0).mean()
    beyond = polar[shares > 1.1].any(axis=0).mean()
    within = polar[shares < 0.85].mean()
    tones = grey[rows, columns]
    filled = float(np.median(tones[shares > 1.1])) - float(np.median(tones[shares < 0.85])) > FILLED
    return bool(rim > CLOSED and beyond < 0.45 and 0.04 < within < 0.5 and not filled)
