"""The years of months that stand in a table's rows without one: of bands between the rows (2026年), of months above them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from extractors.pay_stub.parts import is_month, month, year
from pipeline.layout import Row
from pipeline.text import squeeze

BAND = re.compile(r"[（(]?((?:19|20)\d\d)年(?:度|份)?[）)]?[:：]?")
"""A row that names a year and nothing else."""
ALONE = re.compile(r"(\d{1,2}|十[一二]?|[一二三四五六七八九])月?份?")
"""A month without its year."""


def band(row: Row) -> int | None:
    """The year that a row names which holds nothing else; None where it is no such row."""
    found = BAND.fullmatch(squeeze(row.lines[0].text)) if len(row.lines) == 1 else None
    return int(found[1]) if found else None


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
