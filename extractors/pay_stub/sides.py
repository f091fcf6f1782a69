"""Slips printed beside each other on one sheet, told by the labels that stand on both sides of a gap, and cut apart there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extractors.pay_stub.cells import PAY
from extractors.pay_stub.labels import CUMULATIVE, Meaning, head, key, meaning
from pipeline.model import Line

FEWEST = 4
"""So many labels at least stand on both sides, one of them of the whole pay."""
SHARED = 0.6
"""So much of the side with fewer labels stands on the other one too."""
HIGH = 8.0
"""A label stands at most so many heights higher at one side than at the other."""
OVER = 2.0
"""A line that reaches so many heights into a side stands over it too (a company's name over two slips)."""


def sides(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each slip that stands beside others, from left to right; all in one where there is one slip only, and none
    of a side that is headed as the year's sums."""
    labels = [(line, m) for line in lines if (m := meaning(line.text)) is not None and m.role != "total"]
    told = [(line, m) for line, m in labels if m.role != "skip"]
    edges = sorted({line.box[0] - 0.3 * line.height for line, m in told if m.role in PAY or m.kind})
    shared, edge = max(((_shared(told, e), -e) for e in edges), default=(0, 0.0))
    if not shared:
        return [list(lines)]
    left = [n for n in lines if n.middle[0] < -edge or -edge - n.box[0] > OVER * n.height]
    right = [n for n in lines if n.middle[0] >= -edge or n.box[2] + edge > OVER * n.height]
    parts = [*sides(left), *sides(right)] if len(left) < len(lines) > len(right) else [list(lines)]
    return [part for part in parts if not _past(part)] or parts[:1]


def _shared(labels: Sequence[tuple[Line, Meaning]], edge: float) -> int:
    """How many labels stand at both sides of an edge, as often, or once less, and about as high; 0 where these are too few, or
    one stands across it."""
    if any(n.box[0] < edge < n.box[2] for n, _ in labels):
        return 0
    left, right = _places(labels, lambda n: n.box[2] <= edge), _places(labels, lambda n: n.box[0] >= edge)
    shared = [label for label in left if label in right and _level(left[label], right[label])]
    paid = any((m := meaning(label)) is not None and m.role in PAY for label in shared)
    return len(shared) if paid and len(shared) >= max(FEWEST, SHARED * min(len(left), len(right))) else 0


def _places(labels: Sequence[tuple[Line, Meaning]], within: Callable[[Line], bool]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line, _ in labels:
        if within(line):
            found.setdefault(key(line.text), []).append(line)
    return found


def _level(left: Sequence[Line], right: Sequence[Line]) -> bool:
    pairs = zip(*(sorted(n.middle[1] for n in side) for side in (left, right)), strict=False)
    return abs(len(left) - len(right)) <= 1 and all(abs(a - b) < HIGH * left[0].height for a, b in pairs)


def _past(lines: Sequence[Line]) -> bool:
    """Whether a head over sums of the year (本年累计) stands over the first labels of a side, and no other one."""
    first = min((n.box[1] for n in lines if (m := meaning(n.text)) and m.role in PAY), default=0.0)
    over = [n for n in lines if n.box[3] < first + 0.5 * n.height and head(n.text) in ("skip", "own")]
    return bool(over) and all(CUMULATIVE.search(key(n.text)) for n in over)
