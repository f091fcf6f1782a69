"""What a material (材料) declares of itself: its fields, how it is recognised, how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.model import Box, Document, Sheet
from pipeline.proof import Readings, Suspect, no_suspects, unmended


@dataclass(frozen=True, slots=True)
class Claim:
    """A material's claim on a sheet or on a part of it (`area`, sheet units). `score` is 0 to 1; 0.5 is as good as even.

    `starts` is False where the paper goes on from the page before (a statement's second page). `alone` is False where the
    claim holds only there: behind a page of the same material, on a sheet that nobody else claims."""

    score: float
    area: Box | None = None
    starts: bool = True
    alone: bool = True


def _as_they_are(documents: list[Document]) -> list[Document]:
    return documents


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Material:
    """One row of the registry. `recognise` answers with claims (none: "not mine"), `extract` with the documents on the
    sheets given (one paper, its pages in order), `gather` puts together what is one document though it lies apart (two
    sides of a card, payslips of one person from one employer), given all of the case's documents of this material.
    A sheet with more than `most_lines` lines is none of it, and is not asked about.
    `suspects` names the cells of a document that fail its own proof, `mend` gives the document after they were read again:
    mended where just one way closes the proof, else held to what two readers agree on (findings.md, rule 2).
    `prepare` loads what takes long (a library, a model), ahead of the first page. Wrong declarations fail at import."""

    type: str
    title: str
    english: str
    fields: tuple[str, ...]
    recognise: Callable[[Sheet], list[Claim]]
    extract: Callable[[Sequence[Sheet]], list[Document]]
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    most_lines: int = 10_000
    gather: Callable[[list[Document]], list[Document]] = _as_they_are
    suspects: Callable[[Document], list[Suspect]] = no_suspects
    mend: Callable[[Document, Readings], Document] = unmended
    prepare: Callable[[], None] = _nothing

    def __post_init__(self) -> None:
        known = {
            *self.fields,
            *self.tables,
            *(column for columns in self.tables.values() for column in columns),
        }
        for name in self.required:
            if name not in known:
                raise ValueError(f"{self.type}: the required field {name!r} is none of its fields")
        if len(set(self.fields)) != len(self.fields):
            raise ValueError(f"{self.type}: a field is named twice")
