"""The curl of a paper that does not lie flat, found by the slopes that its lines of text keep once the sheet is level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.bend import FLAT, HEAD, Bend, sag

Numbers = NDArray[np.float64]

TERMS = 3
"""The degree of the displacement at either side of a spine."""
SPINES = (0.0, 0.35, 0.425, 0.5, 0.575, 0.65, 1.0)
"""Where between the left and the right end of the text a spine is looked for; at the ends there is one page only."""
FEWEST = 6
"""Long lines below which nothing is said of a curl."""
STEEPEST = 0.5
"""Lines steeper than this on the level sheet are stamped or written across it."""
NOISE = 0.08
"""How well the two ends of a line are known, in heights of a line."""
USUAL = (4.0, 1.0)
"""How large a coefficient may be expected to be, in heights of a line: at the middle height, and of what changes down
the sheet."""
RISE = 0.12
"""Where lines rise or fall by less than this share of their height from end to end, the sheet is flat."""
LEAST = 0.4
"""A curl that moves what is printed on one line by no more than this share of its height mixes up no rows, and is left."""
EXPLAINED = 0.4
"""The share of the lines' rise that may be left, each line's foretold by the others, for the curl to be believed."""


def curl(ends: Numbers, high: float) -> Bend:
    """The bend of a sheet by the ends of its long lines (left x, y, right x, y in sheet units: n × 4) and the usual
    height of a line; FLAT where there are too few lines, or where what they rise and fall is no more than noise."""
    run = ends[:, 2] - ends[:, 0]
    ends = ends[(run > 0) & (np.abs(ends[:, 3] - ends[:, 1]) < STEEPEST * run)]
    if len(ends) < FEWEST:
        return FLAT
    rise = (ends[:, 3] - ends[:, 1]) / high
    if np.abs(rise).mean() < RISE:
        return FLAT
    tried = [bent for spine in SPINES if _unfolded((bent := _bent(ends, rise, high, spine))[1])]
    left, bend = min(tried, default=(np.inf, FLAT))
    before = float(np.minimum(np.abs(rise), 1.0).sum())
    return bend if left <= EXPLAINED * before and _moved(bend, ends) >= LEAST * high else FLAT


def _bent(ends: Numbers, rise: Numbers, high: float, share: float) -> tuple[float, Bend]:
    """How much of the lines' rise is left by the best bend around a spine there, and that bend."""
    x, y = ends[:, 0::2], ends[:, 1::2].mean(axis=1)
    wide, middle = float(np.ptp(x)), float(y.min() + y.max()) / 2
    spine, reach = float(x.min()) + share * wide, max(high, float(np.ptp(y)) / 2)
    powers = _powers((x[:, 1] - spine) / wide) - _powers((x[:, 0] - spine) / wide)
    basis = np.concatenate([powers, powers * ((y - middle) / reach)[:, None]], axis=1)
    found, foretold = _fitted(basis, rise)
    bend = (spine, share * wide, (1 - share) * wide, middle, reach, *(found * high))
    left = float(np.minimum(np.abs(rise - foretold), 1.0).sum())
    return left, tuple(float(f"{v:.6g}") for v in bend)


def _powers(away: Numbers) -> Numbers:
    """The powers of a distance from the spine, those at its left and those at its right: n × 2 terms."""
    powers = np.abs(away)[:, None] ** np.arange(1, TERMS + 1)
    return np.concatenate([powers * (away < 0)[:, None], powers * (away >= 0)[:, None]], axis=1)


def _fitted(basis: Numbers, rise: Numbers) -> tuple[Numbers, Numbers]:
    """The coefficients by which the lines rise as they do, outliers damped; and of each line how it would rise by the
    others alone."""
    prior = np.diag(np.repeat([(NOISE / usual) ** 2 for usual in USUAL], 2 * TERMS))
    weights = np.ones(len(rise))
    for _ in range(6):
        weighted = basis.T * weights
        solved = np.linalg.solve(weighted @ basis + prior, weighted)
        found = solved @ rise
        left = rise - basis @ found
        own = np.einsum("ij,ji->i", basis, solved)
        weights = 1 / (1 + (left / (4 * NOISE)) ** 2)
    return found, rise - left / np.maximum(1 - own, 0.05)


def _moved(bend: Bend, ends: Numbers) -> float:
    """How far apart the bend moves what is printed on one line, from end to end of the text, where it moves it most."""
    places = np.linspace(ends[:, 0].min(), ends[:, 2].max(), 25)
    heights = (bend[3] - bend[4], bend[3], bend[3] + bend[4])
    return max(float(np.ptp([sag(bend, float(x), y) for x in places])) for y in heights)


def _unfolded(bend: Bend) -> bool:
    """Whether no two lines are laid over each other by the bend: a line further down stays further down."""
    left, right, middle, half = bend[1:HEAD]
    places = bend[0] + np.linspace(-left, right, 25)
    more = [sag(bend, float(x), middle + half) - sag(bend, float(x), middle) for x in places]
    return max(map(abs, more)) < 0.5 * half
