"""The same table's head again and again, month by month: what one of them lost, the others tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from extractors.pay_stub.columns import Column
from extractors.pay_stub.labels import key, meaning

ALIKE = 0.7
"""Heads are of one table where at least so much of their labels are the same, in the same places."""
FEWEST = 2
"""A label is taken from others where at least so many of them have it, and most of them."""


def told_by(columns: Sequence[Column], heads: Sequence[Sequence[str]]) -> list[Column]:
    """The columns of a head with the labels that are unknown, or that differ from all others by a character, as `heads` (the
    labels of all heads of the paper) have them in their places."""
    labels = [key(c.label) for c in columns]
    alike = [[key(label) for label in h] for h in heads if _alike(labels, [key(label) for label in h])]
    out = []
    for place, column in enumerate(columns):
        counts = Counter(h[place] for h in alike)
        label, count = max(counts.items(), key=lambda c: c[1], default=("", 0))
        mine = counts[labels[place]]
        near = Levenshtein.distance(label, labels[place]) == 1 and mine <= 1
        most = count >= FEWEST and 3 * count >= 2 * len(alike)
        mean = (
            meaning(label) if most and label != labels[place] and (near or column.meaning is None) else None
        )
        out.append(replace(column, label=label, meaning=mean) if mean is not None else column)
    return out


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(one) == len(other) and sum(map(str.__eq__, one, other)) >= ALIKE * len(one)
