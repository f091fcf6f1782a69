"""The name on a round seal's ring, laid out as straight lines: the rim is found, rounded, unrolled between the name's ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.agreement import confirmed
from pipeline.ocr.engine import Picture, Span
from pipeline.ocr.ink import Ink, Seal, hue_excess

SIDE = 560
"""Pixels to which a seal is enlarged before it is unrolled."""
MARGIN = 0.06
"""How far beyond its box a seal is looked at, as a share of its side."""
RIM = 0.75
"""The share of its circle that a rim inks at least, of what the fullest one inks; letters ink less."""
INNERMOST = 84
"""Hundredths of the radius within which no second rim runs."""
BANDS = (0.27, 0.34, 0.22)
"""How deep the letters may reach inward, as shares of the radius."""
HIGH = 64
"""Pixels of an unrolled line's height."""
STEPS = 720
"""Angles at which the ring is looked at: half a degree each."""
LEFT, RIGHT = (100.0, 190.0), (-10.0, 80.0)
"""Degrees clockwise from three o'clock between which the name begins and ends: at the lower left and the lower right."""
USUAL = (130.0, 410.0)
"""Where it begins and ends if no gap tells."""
GAP = 7.0
"""Degrees without ink that end the name at least; letters stand closer, or the digits of a code follow."""
AIR = 3.0
"""Degrees left free before and after the name."""

FEWEST = 4
"""Characters that a name has at least."""
EVEN, END = 1.3, 1.5
"""The letters of a seal stand evenly: where one has more room than this (as a share of the usual room), or more is left at
an end, a neighbour was passed over, whose room is shared by those beside it."""
ALONE, UNEVEN = 0.70, 0.50
"""The most that a character counts of a reading that no other shares though others differ, and of one with a gap."""

Grey = NDArray[np.float32]


def ring_strips(picture: Picture, seal: Seal) -> list[Picture]:
    """A round seal's name as lines of dark text on white, one for each depth that its letters may have; none where
    there is no ink. The name runs clockwise from the lower left over the top."""
    tones, inked = _tones(_crop(picture, seal), seal.ink)
    if not inked.any():
        return []
    level, circle = _rounded(tones, inked)
    polar = _polar(level, circle)
    outer = _inside_rims(polar)
    begin, end = _ends(polar, outer)
    return [_strip(level, circle, (outer - depth, outer), (begin, end)) for depth in BANDS]


def _crop(picture: Picture, seal: Seal) -> Picture:
    x0, y0, x1, y1 = seal.box
    pad = round(MARGIN * max(x1 - x0, y1 - y0))
    height, width = picture.shape[:2]
    part = picture[max(0, y0 - pad) : min(height, y1 + pad), max(0, x0 - pad) : min(width, x1 + pad)]
    scale = SIDE / max(part.shape[:2])
    size = (max(8, round(part.shape[1] * scale)), max(8, round(part.shape[0] * scale)))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _tones(crop: Picture, ink: Ink) -> tuple[Grey, NDArray[np.bool_]]:
    """How much a pixel is ink (0 to 1), and where the colour of the ink is for sure. The colour of a JPEG is blurred, its
    brightness is not: the colour says where, the brightness how much; print that is darker than the ink counts as ink."""
    excess = hue_excess(crop, ink)
    strong = float(np.percentile(excess, 97))
    if strong < 12:
        return np.zeros(crop.shape[:2], np.float32), np.zeros(crop.shape[:2], bool)
    inked = excess > 0.5 * strong
    bright = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.float32)
    paper = cv2.GaussianBlur(cv2.dilate(bright, np.ones((31, 31))), (0, 0), 15)
    tone = float(np.median((paper - bright)[inked]))
    dark = np.clip((paper - bright) / max(8.0, tone), 0, 1)
    near = np.clip(cv2.GaussianBlur(np.clip(excess / strong, 0, 1), (0, 0), 2.0) * 2.5, 0, 1)
    return np.asarray(dark * near, np.float32), inked


def _rounded(tones: Grey, inked: NDArray[np.bool_]) -> tuple[Grey, tuple[float, float, float]]:
    """The seal with its rim made a circle, and that circle (x, y, radius): from the outermost ink at each angle."""
    height, width = inked.shape
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    y, x = np.nonzero(inked)
    away = np.stack([x, y], axis=1) - middle
    far = np.hypot(away[:, 0], away[:, 1])
    sector = ((np.degrees(np.arctan2(away[:, 1], away[:, 0])) % 360) / 5).astype(int)
    points = np.array(
        [
            np.stack([x, y], axis=1)[mine][far[mine].argmax()]
            for s in range(72)
            if (mine := sector == s).any()
        ],
        np.float32,
    )
    usual = float(np.median(np.hypot(*(points - middle).T)))
    kept = points[np.abs(np.hypot(*(points - middle).T) - usual) < 0.12 * usual]
    if len(kept) < 24:
        return tones, (middle[0], middle[1], usual)
    (cx, cy), axes, angle = cv2.fitEllipse(kept.reshape(-1, 1, 2))
    a, b = max(1.0, axes[0] / 2), max(1.0, axes[1] / 2)
    if not 0.75 < a / b < 1.34:
        return tones, (middle[0], middle[1], usual)
    radius = (a * b) ** 0.5
    turn = np.deg2rad(angle)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = turned @ np.diag([radius / a, radius / b]) @ turned.T
    shift = np.array([cx, cy]) - linear @ np.array([cx, cy])
    level = cv2.warpAffine(tones, np.hstack([linear, shift[:, None]]), (width, height), flags=cv2.INTER_CUBIC)
    return np.asarray(level, np.float32), (float(cx), float(cy), float(radius))


def _polar(level: Grey, circle: tuple[float, float, float]) -> Grey:
    """The ink by radius (rows, 0 to 1.1 of the rim's in hundredths) and angle (columns, clockwise from three o'clock)."""
    angles = np.deg2rad(np.arange(STEPS) * 360 / STEPS)
    radii = np.arange(111) / 100 * circle[2]
    x = circle[0] + radii[:, None] * np.cos(angles)[None, :]
    y = circle[1] + radii[:, None] * np.sin(angles)[None, :]
    return np.asarray(
        cv2.remap(level, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR), np.float32
    )


def _inside_rims(polar: Grey) -> float:
    """The radius, as a share of the rim's, inside of which no rim runs any more: an inner thin one counts too."""
    share = (polar > 0.4).mean(axis=1)
    fullest = float(share[INNERMOST:].max())
    rims = [row for row in range(INNERMOST, len(share)) if share[row] >= RIM * fullest]
    row = min(rims) if fullest > 0.3 else 97
    while row > INNERMOST - 2 and share[row - 1] < share[row] and share[row] > 0.25:
        row -= 1
    return row / 100


def _ends(polar: Grey, outer: float) -> tuple[float, float]:
    """The angles in degrees between which the name stands, the second above the first."""
    rows = polar[round(100 * (outer - 0.24)) : round(100 * (outer - 0.03))]
    empty = (rows > 0.35).mean(axis=0) < 0.04
    left, right = _widest(empty, LEFT), _widest(empty, RIGHT)
    begin = left[1] - AIR if left else USUAL[0]
    end = right[0] + AIR + 360 if right else USUAL[1]
    return begin, end


def _widest(empty: NDArray[np.bool_], between: tuple[float, float]) -> tuple[float, float] | None:
    """The widest run of angles without ink between two angles, None where none is as wide as a gap."""
    step = 360 / STEPS
    first, last = round(between[0] / step), round(between[1] / step)
    best, at = (0, 0), first
    while at < last:
        if not empty[at % STEPS]:
            at += 1
            continue
        stop = at
        while stop < last and empty[stop % STEPS]:
            stop += 1
        best = max(best, (at, stop), key=lambda run: run[1] - run[0])
        at = stop
    return (best[0] * step, best[1] * step) if (best[1] - best[0]) * step >= GAP else None


def _strip(
    level: Grey, circle: tuple[float, float, float], radii: tuple[float, float], degrees: tuple[float, float]
) -> Picture:
    """The ring between two radii (shares of the rim's) and two angles as a line, its outer side up."""
    inner, outer = (share * circle[2] for share in radii)
    begin, end = np.deg2rad(degrees)
    wide = max(HIGH, round((end - begin) * (inner + outer) / 2 * HIGH / (outer - inner)))
    angles = begin + (end - begin) * np.arange(wide) / wide
    depth = outer - (outer - inner) * np.arange(HIGH) / HIGH
    x = circle[0] + depth[:, None] * np.cos(angles)[None, :]
    y = circle[1] + depth[:, None] * np.sin(angles)[None, :]
    strip = cv2.remap(level, x.astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC)
    grey = np.clip(255 - 235 * strip, 0, 255).astype(np.uint8)
    return np.asarray(np.repeat(grey[:, :, None], 3, axis=2), np.uint8)


def elected(first: Sequence[Span], second: Sequence[Span]) -> Span | None:
    """The name that most of the readings of one seal's lines share, weighed by how sure they are; `second` are those of
    the second network. Readings that passed over a letter vote only where there are no others. None: nothing to be read."""
    told = [span for span in (*first, *second) if len(span.text) >= FEWEST and span.probs]
    voters = [span for span in told if even(span)] or told
    if not voters:
        return None
    weights: dict[str, float] = {}
    for span in voters:
        weights[span.text] = weights.get(span.text, 0.0) + sum(span.probs) / len(span.probs)
    alike = [span for span in voters if span.text == max(weights, key=lambda text: weights[text])]
    best = max(alike, key=lambda span: min(span.probs))
    witness = [span for span in second if span.text == best.text]
    if witness and best in first:
        best = confirmed(best, max(witness, key=lambda span: min(span.probs)), frozenset(best.text))
    most = UNEVEN if not even(best) else ALONE if len(alike) == 1 < len(voters) else 1.0
    return Span(best.text, best.quad, tuple(min(p, most) for p in best.probs), (), best.doubts)


def even(span: Span) -> bool:
    """Whether the characters of a line stand evenly from end to end."""
    widths = [b - a for a, b in pairwise(span.edges)]
    if len(widths) < FEWEST:
        return False
    usual = median(widths)
    rest = max(span.edges[0], 1 - span.edges[-1])
    return max(widths) <= EVEN * usual and rest <= END * usual
