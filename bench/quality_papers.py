"""The held-out papers of the quality table: how many of each, drawn once and kept with their truth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures import sets
from fixtures.sets import Quality

QUALITIES: tuple[Quality, ...] = ("text", "clean", "scan", "photo")
COUNTS = {
    "id_card": 160, "marriage_certificate": 90, "income_certificate": 115, "pay_stub": 40, "bank_statement": 27,
}  # fmt: skip
"""Papers of each type in a quality: together some 3,300 fields and 9,000 cells, 3,000 of each being asked for a level."""
BESIDE = 27
"""So many of each, the first, are read by the plain engines too."""
SEED = 20
IGNORED = frozenset(("sides", "kind", "direction"))
"""What no paper prints as a value of its own: which face of a card, whether a line adds or takes, the sign of an amount."""


@dataclass(frozen=True, slots=True)
class Held:
    """A drawn paper in its file, with the truth of each document on it."""

    type: str
    quality: Quality
    number: int
    path: Path
    truths: Sequence[dict[str, Any]]


def plan(papers: int | None = None, most: int | None = None) -> Iterator[tuple[str, Quality, int]]:
    """(type, quality, number) of every paper; `papers` sets another count for each type and quality, `most` a limit."""
    for type_, count in COUNTS.items():
        for quality in QUALITIES:
            if sets.layouts(type_, "held_out", quality) if quality != "text" else _pdfs(type_):
                yield from ((type_, quality, n) for n in range(min(papers or count, most or count)))


def _pdfs(type_: str) -> bool:
    return bool(getattr(sets.drawer(type_, "held_out"), "PDFS", ()))


def held(work: Path, type_: str, quality: Quality, number: int) -> Held:
    """One paper, drawn at the first call, later from the work folder."""
    folder = work / "papers" / type_ / quality
    note = folder / f"{number:03d}.json"
    if not note.exists():
        folder.mkdir(parents=True, exist_ok=True)
        drawn = sets.make(type_, "held_out", quality, number, SEED)
        (folder / drawn.file).write_bytes(drawn.data)
        aside = note.with_suffix(".aside")
        aside.write_text(
            json.dumps({"file": drawn.file, "truths": drawn.paper.truths}, ensure_ascii=False),
            encoding="utf-8",
        )
        aside.replace(note)
    told = json.loads(note.read_text(encoding="utf-8"))
    return Held(type_, quality, number, folder / told["file"], told["truths"])
