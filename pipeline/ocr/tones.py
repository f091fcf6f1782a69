"""Lines of a grey copy under a seal: print is darker than a stamp turned grey, so what lies between their tones is spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.engine import Span

LEVELS = (0.33, 0.42, 0.50)
"""Where paper begins between the darkest ink (0) and the paper (1) of a line: what is lighter turns white."""
UNAIDED = 0.80
"""The most that a character counts in a line that only spread tones could read."""


def spread(crop: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The picture of a line with its tones spread at each of the levels, so that a stamp on it fades."""
    grey = crop.mean(axis=2)
    ink, paper = float(np.percentile(grey, 1)), float(np.percentile(grey, 90))
    if paper - ink < 40:
        return []
    out = []
    for level in LEVELS:
        part = np.clip((grey - ink) / ((paper - ink) * level), 0, 1) * 255
        out.append(np.repeat(part.astype(np.uint8)[:, :, None], 3, axis=2))
    return out


def agreed(first: Span, again: Sequence[Span]) -> Span:
    """The reading that most of them share. A line that three read alike, the first among them, is as sure as the surest
    of these; one that only the later ones share is given with doubt; without two alike the first stands."""
    voters = [span for span in again if span.text and span.probs]
    counts = Counter(_key(span) for span in (first, *voters))
    most = max(counts.values())
    winners = [key for key, count in counts.items() if count == most]
    if most < 2 or len(winners) > 1:
        return first
    alike = [span for span in voters if _key(span) == winners[0]]
    best = max(alike, key=lambda span: min(span.probs))
    if _key(first) != winners[0]:
        return replace(best, quad=first.quad, probs=tuple(min(p, UNAIDED) for p in best.probs))
    if most < 3 or min(best.probs) <= min(first.probs):
        return first
    return replace(best, quad=first.quad)


def _key(span: Span) -> str:
    return (
        span.text.replace(" ", "").replace("：", ":").replace("，", ",").replace("（", "(").replace("）", ")")
    )
