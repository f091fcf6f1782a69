"""Pay told in running text (short messages, letters): paragraphs that go on over the ends of lines, and over each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.pay_stub.cells import PAY, Block, Cell
from extractors.pay_stub.labels import TEXTS
from extractors.pay_stub.sentences import about, cells_of, opens
from pipeline.layout import Row, flow, rows
from pipeline.model import Line, Sheet

FEWEST = 3
"""So many parts of the pay at least are told in a letter, one of them the whole pay."""
LEADING = 1.3
"""Lines of one paragraph stand less than so many heights apart."""
ENDED = re.compile(r"[。；;]$")
"""The end of a sentence."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """The rows of a paragraph, from `first` to `last`, and what it tells."""

    first: int
    last: int
    cells: list[Cell]
    text: str

    @property
    def paid(self) -> list[Cell]:
        return [c for c in self.cells if c.meaning.role not in (*TEXTS, "skip")]

    @property
    def pay(self) -> set[str]:
        return {c.meaning.role for c in self.cells} & set(PAY)

    @property
    def runs(self) -> bool:
        """Whether it is running text: of several lines, or ended like a sentence."""
        return self.last > self.first or ENDED.search(self.text) is not None


def prose(lines: Sequence[Line], sheet: Sheet) -> tuple[list[tuple[list[Line], Block]], list[Line]]:
    """The letters that tell pay, each with the lines above it that no other has, and the lines below."""
    table = rows(lines)
    letters = [found for found in _letters(table, sheet) if _tells(found)]
    found: list[tuple[list[Line], Block]] = []
    above = 0
    for n, letter in enumerate(letters):
        first, last = letter[0].first, letter[-1].last
        start = next((i for i in range(first, above - 1, -1) if i < len(table) and opens(table[i])), above)
        bound = letters[n + 1][0].first if n + 1 < len(letters) else len(table)
        stop = next((i for i in range(last + 1, bound) if opens(table[i])), bound)
        cells = [c for p in letter for c in p.cells]
        roles = {c.meaning.role for c in cells}
        told = about(table[start : last + 1], flow(table[start : last + 1]), sheet, roles)
        roles |= {c.meaning.role for c in told}
        late = about(table[last + 1 : stop], flow(table[last + 1 : stop]), sheet, {*roles, "name", "period"})
        found.append(
            (
                [m for row in table[above:first] for m in row.lines],
                Block(first, last, [[*told, *late, *cells]]),
            )
        )
        above = last + 1
    rest = [n for row in table[above:] for n in row.lines]
    return found, rest if found else list(lines)


def _letters(table: Sequence[Row], sheet: Sheet) -> list[list[_Paragraph]]:
    """The paragraphs that tell pay, those of one letter together: no other person is called between them, no sum of the
    pay is told again."""
    letters: list[list[_Paragraph]] = []
    at = 0
    while at < len(table):
        end = at
        while end + 1 < len(table) and _goes_on(table, at, end + 1):
            end += 1
        text = flow(table[at : end + 1])
        here = _Paragraph(at, end, cells_of(text, sheet), text.text)
        if here.paid and here.runs:
            before = letters[-1] if letters else []
            apart = any(opens(row) for row in table[before[-1].last + 1 : at + 1]) if before else True
            again = any(here.pay & p.pay for p in before)
            if apart or again:
                letters.append([])
            letters[-1].append(here)
        at = end + 1
    return letters


def _tells(letter: Sequence[_Paragraph]) -> bool:
    """Whether paragraphs tell enough to be of this kind: one of several lines is among them, with more than one amount."""
    long = any(p.last > p.first and len(p.paid) > 1 for p in letter)
    return long and sum(len(p.paid) for p in letter) >= FEWEST and any(p.pay for p in letter)


def _goes_on(table: Sequence[Row], first: int, at: int) -> bool:
    """Whether a row goes on the paragraph that begins at `first`: it begins at the same left, close below a row that is full."""
    row, above = table[at], table[at - 1]
    left = min(r.lines[0].box[0] for r in table[first:at])
    right = max(r.lines[-1].box[2] for r in table[first : at + 1])
    if above.text.endswith("。"):
        return False
    close = row.top - above.bottom < LEADING * max(row.height, above.height)
    full = right - above.lines[-1].box[2] < 4.0 * above.height
    return close and full and abs(row.lines[0].box[0] - left) < 2.5 * row.height
