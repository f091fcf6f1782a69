"""Cells that fail a proof of their own document, what further readers say of them, and what follows (findings.md, rule 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from pipeline.model import SURE, Document, Field

T = TypeVar("T")
DOUBTED = 0.97
"""The most that a cell of a failed proof is worth on which two readers do not agree: it accuses nobody."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell that takes part in a failed proof of its document: a plain field, or a table's column and row."""

    name: str
    table: str = ""
    row: int | None = None


Opinions = tuple[tuple[str, ...], ...]
"""What each second reader takes a cell for, the most independent reader last: texts, the likeliest first, maybe none."""
Readings = Mapping[Suspect, Opinions]
"""The opinions on each cell that was read again."""


def cell_of(document: Document, suspect: Suspect) -> Field:
    """The field that a suspect names; KeyError or IndexError where there is none."""
    if suspect.row is None:
        return document.fields[suspect.name]
    return document.tables[suspect.table][suspect.row][suspect.name]


def with_cells(document: Document, cells: Mapping[Suspect, Field]) -> Document:
    """The document with these cells in the place of its own."""
    fields = dict(document.fields)
    tables = {name: list(rows) for name, rows in document.tables.items()}
    for suspect, cell in cells.items():
        if suspect.row is None:
            fields[suspect.name] = cell
        else:
            rows = tables[suspect.table]
            rows[suspect.row] = {**rows[suspect.row], suspect.name: cell}
    return replace(document, fields=fields, tables=tables)


def values_of(opinions: Opinions, value: Callable[[str], T | None]) -> list[T]:
    """The different values that second readers give, in their order; texts that are no value are left out."""
    found: list[T] = []
    for text in (text for texts in opinions for text in texts):
        read = value(text)
        if read is not None and read not in found:
            found.append(read)
    return found


def agree(opinions: Opinions, value: Callable[[str], T | None], own: T) -> bool:
    """Whether a second reader confirms a value: the most independent one that reads any value there decides."""
    for texts in reversed(opinions):
        found = next((read for text in texts if (read := value(text)) is not None), None)
        if found is not None:
            return found == own
    return False


def held(cell: Field, agreed: bool) -> Field:
    """A cell of a proof that stays broken: two readers who agree make it sure, else it is doubted."""
    sure = max(cell.confidence, SURE) if agreed else min(cell.confidence, DOUBTED)
    return replace(cell, confidence=sure)


def mended(cell: Field, value: str) -> Field:
    """A cell with the one value that closes its proof; its text stays as it was first read."""
    return replace(cell, value=value, confidence=max(cell.confidence, SURE), inferred=True)


def no_suspects(document: Document) -> list[Suspect]:
    """Nothing to doubt: a material without a proof of its own."""
    return []


def unmended(document: Document, readings: Readings) -> Document:
    """The document as it is."""
    return document
