"""From an engine's probability of a character to a confidence that means something: a table measured on drawn papers."""

from __future__ import annotations

from bisect import bisect_right

TABLE: tuple[tuple[float, float], ...] = (
    (0.0, 0.0),
    (0.30, 0.30),
    (0.50, 0.55),
    (0.60, 0.70),
    (0.70, 0.82),
    (0.85, 0.95),
    (0.93, 0.985),
    (0.99, 0.998),
    (1.0, 0.9995),
)
"""(probability of the engine, share of such characters that were right), ascending; between them a straight line."""


def calibrated(probability: float) -> float:
    """The confidence, 0 to 1, that a character read with this probability is right. Monotone."""
    at = bisect_right([p for p, _ in TABLE], probability)
    if at >= len(TABLE):
        return TABLE[-1][1]
    (p0, c0), (p1, c1) = TABLE[at - 1], TABLE[at]
    return round(c0 + (c1 - c0) * (probability - p0) / (p1 - p0), 4)
