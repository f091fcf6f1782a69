"""The cells of a table: their lines from top to bottom, their text and how sure it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.model import Box, Line, union
from pipeline.table.kinds import kind_of

_LATIN = re.compile(r"[A-Za-z]")


def sure(line: Line) -> float:
    """The least probability of a line's letters and digits, and of the sign of an amount; other marks carry no value."""
    if len(line.probs) != len(line.text):
        return line.confidence
    told = [p for c, p in zip(line.text, line.probs, strict=True) if c.isalnum()]
    if line.text[:1] in ("+", "-") and kind_of(line.text) == "money":
        told.append(line.probs[0])
    return min(told, default=line.confidence)


def _probs(line: Line) -> tuple[float, ...]:
    return line.probs if len(line.probs) == len(line.text) else (line.confidence,) * len(line.text)


@dataclass(slots=True)
class Cell:
    """The lines of one cell, from top to bottom."""

    lines: list[Line]

    @property
    def box(self) -> Box:
        if len(self.lines) == 1:
            return self.lines[0].box
        return union(line.box for line in self.lines)

    @property
    def confidence(self) -> float:
        """The least probability of its letters, digits and signs."""
        if len(self.lines) == 1:
            return sure(self.lines[0])
        return min(sure(line) for line in self.lines)

    def confidence_of(self, part: str) -> float:
        """The least probability of the characters of a part of its text; of all of it where the part cannot be found."""
        if not any(n.probs for n in self.lines):
            return self.confidence
        chars = [
            (c, p) for n in self.lines for c, p in zip(n.text, _probs(n), strict=True) if not c.isspace()
        ]
        wanted = "".join(part.split())
        at = "".join(c for c, _ in chars).find(wanted)
        if at < 0 or not wanted:
            return self.confidence
        told = [p for c, p in chars[at : at + len(wanted)] if c.isalnum()]
        return min(told, default=self.confidence)

    @property
    def text(self) -> str:
        """The cell's text: wrapped lines joined without a space, but for Latin words and pieces apart in one line."""
        if len(self.lines) == 1:
            return self.lines[0].text
        text = ""
        before: Line | None = None
        for line in self.lines:
            if before is not None and text and line.text:
                beside = abs(line.middle[1] - before.middle[1]) <= 0.4 * before.height
                words = bool(_LATIN.match(line.text[0]) and _LATIN.match(text[-1]))
                typed = kind_of(line.text) != "text" or kind_of(before.text) != "text"
                if words or typed or (beside and line.box[0] - before.box[2] > 0.2 * line.height):
                    text += " "
            text += line.text
            before = line
        return text


@dataclass(slots=True)
class TableRow:
    """One row: its cells by role, and the y of its anchor (sheet units). A row without an anchor (`middle` None) holds
    the lines above the first anchor of a table with cells aligned at the top: the rest of a row of the page before."""

    middle: float | None
    cells: dict[str, Cell] = field(default_factory=dict)

    @property
    def box(self) -> Box:
        return union(cell.box for cell in self.cells.values())
