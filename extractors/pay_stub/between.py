"""Rows between a table's rows that hold for those below them: a year (2026年), a person; and years that months above tell."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from extractors.pay_stub.cells import Cell, couples
from extractors.pay_stub.labels import TEXTS, Meaning, meaning
from extractors.pay_stub.parts import is_month, known, month, year
from extractors.pay_stub.whose import BARE_NAME, NAME, NO_COMPANY, NO_NAME, SURNAMES
from pipeline.layout import Row
from pipeline.model import Line, Sheet
from pipeline.text import printed_name, squeeze

BAND = re.compile(r"[（(]?((?:19|20)\d\d)年(?:度|份)?[）)]?[:：]?")
"""A row that names a year and nothing else."""
ALONE = re.compile(r"(\d{1,2}|十[一二]?|[一二三四五六七八九])月?份?")
"""A month without its year."""


class Between:
    """The rows of this kind noted in a table: `bands` with their years, `owners` with what they tell of whose the rows are."""

    def __init__(self) -> None:
        self.bands: list[tuple[Row, int]] = []
        self.owners: list[tuple[Row, list[Cell]]] = []

    def note(self, row: Row, sheet: Sheet, *, head: bool) -> bool:
        """Whether a row is one of these; it is noted. A row of a `head` tells no person."""
        found = BAND.fullmatch(squeeze(row.lines[0].text)) if len(row.lines) == 1 else None
        if found:
            self.bands.append((row, int(found[1])))
            return True
        owner = [] if head else _owner(row, sheet)
        self.owners += [(row, owner)] if owner else []
        return bool(owner)

    def bottom(self, row: Row) -> float:
        """Where the last of them above a row ends; 0 where there is none."""
        return max((b.bottom for b, _ in (*self.bands, *self.owners) if b.bottom < row.bottom), default=0.0)

    def owner(self, row: Row) -> list[Cell]:
        """Whose a row is, as the last row above it tells."""
        return next((cells for o, cells in reversed(self.owners) if o.bottom <= row.bottom), [])

    def months(self, texts: Sequence[str], body: Sequence[Row]) -> list[str | None]:
        """The months of a table's rows, as `years_of`."""
        over = [next((y for b, y in reversed(self.bands) if b.bottom <= row.bottom), None) for row in body]
        return years_of(texts, over)


def _owner(row: Row, sheet: Sheet) -> list[Cell]:
    """What a row tells of a person and nothing else: a name alone, or labels of the person's."""
    if len(row.lines) == 1:
        plain = printed_name(row.lines[0].text)
        strange = known(plain) or NO_NAME.search(plain) or NO_COMPANY.search(plain)
        if BARE_NAME.fullmatch(plain) and (plain[0] in SURNAMES or "·" in plain) and not strange:
            return [Cell("", Meaning("name"), row.lines, sheet)]
    told = [(mean, label, values) for label, values in couples(row) if (mean := meaning(label.text))]
    mine = [
        _cell(mean, label, values, sheet) for mean, label, values in told if values and mean.role in TEXTS
    ]
    fits = len(told) == len(couples(row)) and all(
        m.role in ("name", "id_number", "bank_account", "skip") for m, _, _ in told
    )
    names = [printed_name("".join(p.text for p in c.pieces)) for c in mine if c.meaning.role == "name"]
    return mine if fits and len(names) == 1 and NAME.fullmatch(names[0]) else []


def _cell(mean: Meaning, label: Line, values: Sequence[Line], sheet: Sheet) -> Cell:
    return Cell(label.text.strip(" :："), mean, tuple(values), sheet)


def years_of(texts: Sequence[str], bands: Sequence[int | None]) -> list[str | None]:
    """For each row's month `YYYY-MM` as the rows above it tell, "" where it cannot be told, None where nothing is said of it.

    `texts` are the rows' months as printed ("" where there is none), `bands` the year of the band above each row."""
    numbers = [_number(text) for text in texts]
    alone = [n for n in numbers if n is not None]
    steps = [b - a for a, b in itertools.pairwise(alone)]
    turned = any(s < 0 for s in steps) and any(s > 0 for s in steps)
    out: list[str | None] = []
    last: tuple[int, int] | None = None
    for text, number, over in zip(texts, numbers, bands, strict=True):
        own = month(text) if text and number is None else None
        if own is not None:
            last = (int(own[:4]), int(own[5:]))
            out.append(None)
        elif number is None:
            out.append(None)
        elif over is not None:
            last = (over, number)
            out.append(f"{over}-{number:02}")
        elif last is not None and not any(b is not None for b in bands):
            last = (last[0] + (number < last[1]), number)
            out.append(f"{last[0]}-{number:02}" if _runs_on(texts) else "")
        else:
            out.append("" if turned else None)
    return out


def _number(text: str) -> int | None:
    """The month that a text names without a year."""
    plain = squeeze(text)
    if not ALONE.fullmatch(plain) or not (is_month(text) or plain.isdigit()) or year(text) is not None:
        return None
    found = month(f"{plain}月" if plain.isdigit() else plain, 2000)
    return int(found[5:]) if found else None


def _runs_on(texts: Sequence[str]) -> bool:
    """Whether the months of all rows follow each other, so that one without its year is the next of that above it."""
    numbers = [int(m[5:]) for t in texts if t and (m := month(t, 2000) or month(f"{squeeze(t)}月", 2000))]
    return all((b - a) % 12 == 1 for a, b in itertools.pairwise(numbers))
