"""What a material (材料) declares of itself: its fields, how it is recognised, how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.model import Box, Document, Sheet


@dataclass(frozen=True, slots=True)
class Claim:
    """A material's claim on a sheet or on a part of it (`area`, sheet units). `score` is 0 to 1; 0.5 is as good as even.

    `starts` is False where the paper goes on from the page before (a statement's second page)."""

    score: float
    area: Box | None = None
    starts: bool = True


def _never(before: Document, after: Document) -> bool:
    return False


def _keep(before: Document, after: Document) -> Document:
    raise ValueError(f"two parts of a {before.type}, but the material declares no way to join them")


@dataclass(frozen=True, slots=True)
class Material:
    """One row of the registry. `recognise` answers with claims (none: "not mine"), `extract` with the documents on the
    sheets given (one paper, its pages in order), `same` whether two documents are parts of one (two sides of a card,
    payslips of one person from one employer), `join` puts those together. Wrong declarations fail at import."""

    type: str
    title: str
    english: str
    fields: tuple[str, ...]
    recognise: Callable[[Sheet], list[Claim]]
    extract: Callable[[Sequence[Sheet]], list[Document]]
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    same: Callable[[Document, Document], bool] = _never
    join: Callable[[Document, Document], Document] = _keep

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
