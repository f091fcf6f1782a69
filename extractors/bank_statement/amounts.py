"""The cells of amounts and flags: values with their signs, their doubts, and what the engine also held possible."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extractors.bank_statement.labels import EMPTY, INFLOW, NEUTRAL, OUTFLOW
from pipeline.table import Cell
from pipeline.table.kinds import amount, squeezed, tokens

DOUBTFUL = 0.9
"""The most that an amount of a doubtful form is worth without a proof."""
_BLOT = re.compile(r"[.·_~'`,:]+(?=\d)")
_DASHES = re.compile(r"[-*_.=~]*")


@dataclass(slots=True)
class Money:
    """An amount cell: its value as printed (with its sign), other values that the engine held possible, its confidence.
    `doubtful` where its form leaves doubt that only arithmetic takes away;
    `signless` where a blot stands in the place of the sign."""

    cell: Cell
    value: Decimal | None
    confidence: float
    doubtful: bool = False
    direction: int = 0
    others: tuple[Decimal, ...] = ()
    signless: bool = False

    @property
    def sure(self) -> float:
        """The confidence; a doubtful form is given, but accuses nobody."""
        return min(self.confidence, DOUBTFUL) if self.doubtful else self.confidence


@lru_cache(maxsize=8192)
def empty(text: str) -> bool:
    """Whether a cell says nothing: `-`, `（空）`, runs of dashes."""
    plain = squeezed(text).lower()
    return plain in EMPTY or bool(_DASHES.fullmatch(plain))


def money_of(cell: Cell) -> Money:
    text = cell.text
    confidence = cell.confidence
    blot = _BLOT.match(squeezed(text))
    if blot:
        found = amount(squeezed(text)[blot.end() :])
        if found:
            return Money(cell, abs(found[0]), confidence, True, 0, _others(cell), True)
    if sum(t.kind == "money" for t in tokens(text)) > 1:
        return Money(cell, None, confidence)  # two columns' amounts: neither is known to be this one's
    found = None if empty(text) else amount(text)
    if found is None and not empty(text):
        spots = [t for t in tokens(text) if t.kind == "money"]
        if len(spots) == 1:
            spot = spots[0]
            found = amount(text[spot.start : spot.end])
            rest = squeezed(text[: spot.start] + text[spot.end :]).lower().strip("()（）")
            if found and rest:
                return Money(cell, found[0], confidence, found[1], sign_of(rest) or 0, _others(cell))
    if found is None:
        return Money(cell, None, confidence)
    return Money(cell, found[0], confidence, found[1], 0, _others(cell))


def _others(cell: Cell) -> tuple[Decimal, ...]:
    """Other values of an amount cell in one line: one character read as the engine also held possible (p ≥ 0.05)."""
    if len(cell.lines) != 1:
        return ()
    line = cell.lines[0]
    found = []
    for index, char, p in line.doubts:
        if p >= 0.05 and index < len(line.text):
            other = amount(line.text[:index] + char + line.text[index + 1 :])
            if other:
                found.append(other[0])
    return tuple(found)


@lru_cache(maxsize=1024)
def sign_of(text: str) -> int | None:
    """+1 for money in, -1 for money out, 0 for neutral, None where the flag is none of the known words."""
    plain = squeezed(text).lower().strip("()[]")
    if plain in NEUTRAL:
        return 0
    for words, sign in ((INFLOW, 1), (OUTFLOW, -1)):
        if plain in words:
            return sign
    han = re.sub(r"[^\u3400-\u9fff]", "", plain)
    latin = re.sub(r"[^a-z]", "", plain)
    for form in (han, latin):
        for words, sign in ((INFLOW, 1), (OUTFLOW, -1)):
            if form and form in words:
                return sign
    return 0 if "不计" in plain else None
