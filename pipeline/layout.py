"""Lines in rows, labels and the values beside or below them: geometry that every material shares."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Hamming

from pipeline.model import READ, Field, Line, Sheet, Unread, Value, union
from pipeline.text import clean

PUNCTUATION = " :：;；,，.。、_-—|/\\()（）【】[]·*＿▁"
"""What may stand between a label and its value, or around a value, and is part of neither."""
MASKING = re.compile(r"仅供|仅限|复印无效|他用无效|再次复印|与原件|核对无误|SPECIMEN|样本|样张", re.I)
"""Words of lines that are stamped or written across a paper: never part of a value."""

OVERHANG = 0.7
"""By so much of a line's height the boxes of two pieces of one row may overlap: slant makes them wider than their ink."""

_WORDS = (
    "full|name|sex|gender|nationality|ethnicity|ethnic|group|nation|date|of|birth|identity|id|card|number|no|holder|certificate|registration"
    "|registered|issued|issuing|issue|by|authority|address|employer|employee|company|position|title|salary|income|monthly|annual|gross|net|pay"
    "|period|bank|account|total|tax|phone|telephone|tel|contact|person|department|dept|amount|valid|until|from|to|type|remarks?|the|and|in|for"
)
ENGLISH = re.compile(rf"[/|(（]?(?:(?:{_WORDS})\.?)+(?![A-Za-z])[)）]?[:：.]?", re.I)
"""A label said again in English, which belongs to the label and not to its value."""


@dataclass(frozen=True, slots=True)
class Row:
    """Lines that stand beside each other, from left to right, as one text. `marks` give for each character of `text`
    its line and its index there; characters are squeezed: half-width forms, no spaces."""

    lines: tuple[Line, ...]
    text: str
    marks: tuple[tuple[int, int], ...] = field(repr=False)

    @property
    def top(self) -> float:
        return min(line.box[1] for line in self.lines)

    @property
    def bottom(self) -> float:
        return max(line.box[3] for line in self.lines)

    @property
    def height(self) -> float:
        return sorted(line.height for line in self.lines)[len(self.lines) // 2]

    def cut(self, start: int, end: int | None = None) -> tuple[Line, ...]:
        """The pieces of lines from character `start` to before `end` of the row's text, outer punctuation left out."""
        end = len(self.text) if end is None else end
        while start < end and self.text[start] in PUNCTUATION:
            start += 1
        while end > start and self.text[end - 1] in PUNCTUATION.replace(")", "").replace("）", "").replace(
            "*", ""
        ):
            end -= 1
        pieces: list[Line] = []
        at = start
        while at < end:
            line = self.marks[at][0]
            stop = at
            while stop + 1 < end and self.marks[stop + 1][0] == line:
                stop += 1
            pieces.append(self.lines[line].cut(self.marks[at][1], self.marks[stop][1] + 1))
            at = stop + 1
        return tuple(pieces)

    def x(self, index: int) -> float:
        """The left edge of the character at `index` of the row's text."""
        line, char = self.marks[index]
        return self.lines[line].edge(char)


def rows(lines: Iterable[Line], kind: str = "print") -> list[Row]:
    """Lines of one `kind` grouped by their height on the sheet, top to bottom."""
    groups: list[list[Line]] = []
    for line in sorted((n for n in lines if n.kind == kind and n.text.strip()), key=lambda n: n.middle[1]):
        for group in reversed(groups[-6:]):
            last = group[-1]
            top, bottom = max(line.box[1], last.box[1]), min(line.box[3], last.box[3])
            beside = all(
                line.box[0] >= o.box[2] - o.height * OVERHANG or line.box[2] <= o.box[0] + o.height * OVERHANG
                for o in group
            )
            if beside and bottom - top > 0.5 * min(line.height, last.height):
                group.append(line)
                break
        else:
            groups.append([line])
    return [
        _row(sorted(group, key=lambda n: n.box[0])) for group in sorted(groups, key=lambda g: g[0].middle[1])
    ]


def _row(lines: list[Line]) -> Row:
    text, marks = [], []
    for index, line in enumerate(lines):
        for place, char in enumerate(line.text):
            for part in unicodedata.normalize("NFKC", clean(char) or ""):
                if not part.isspace():
                    text.append(part)
                    marks.append((index, place))
    return Row(tuple(lines), "".join(text), tuple(marks))


def flow(table: Sequence[Row]) -> Row:
    """All rows as one running text, in which words that break over a row's end are whole again."""
    lines: list[Line] = []
    text, marks = "", []
    for row in table:
        marks += [(line + len(lines), place) for line, place in row.marks]
        lines += row.lines
        text += row.text
    return Row(tuple(lines), text, tuple(marks))


@dataclass(frozen=True, slots=True)
class Label:
    """A label found: its name, its row (index and row), where it stands, and the pieces of value after it in its row."""

    name: str
    index: int
    row: Row
    start: int
    end: int
    value: tuple[Line, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        return union([line.box for line in self.row.cut(self.start, self.end)] or [self.row.lines[0].box])

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.value)


def find_labels(
    table: Sequence[Row], labels: Mapping[str, Sequence[str]], *, fuzzy: int = 5, strict: bool = False
) -> list[Label]:
    """Every occurrence of the labels (name → wordings, longest first wins) in the rows, with the value that follows.

    Wordings of `fuzzy` characters or more may have one character misread. With `strict` a label counts only at the
    beginning of a line or after a gap or punctuation, so that words inside running text are no labels.
    """
    wordings = sorted(((w, n) for n, ws in labels.items() for w in ws), key=lambda p: -len(p[0]))
    found: list[Label] = []
    for index, row in enumerate(table):
        spots: list[tuple[int, int, str]] = []
        for wording, name, find in [
            *((w, n, _exact) for w, n in wordings),
            *((w, n, _nearly) for w, n in wordings if len(w) >= fuzzy),
        ]:
            for start, end in find(row.text, wording):
                if any(start < e and s < end for s, e, _ in spots):
                    continue
                if strict and not _opens(row, start):
                    continue
                spots.append((start, end, name))
        spots.sort()
        for k, (start, end, name) in enumerate(spots):
            stop = spots[k + 1][0] if k + 1 < len(spots) else len(row.text)
            again = ENGLISH.match(row.text, end, stop)
            value = again.end() if again else end
            found.append(Label(name, index, row, start, value, row.cut(value, stop)))
    return found


def _exact(text: str, wording: str) -> list[tuple[int, int]]:
    spots, at = [], text.find(wording)
    while at >= 0:
        spots.append((at, at + len(wording)))
        at = text.find(wording, at + len(wording))
    return spots


def _nearly(text: str, wording: str) -> list[tuple[int, int]]:
    """Where the wording stands with one of its characters misread, never by a digit: those belong to values."""
    if sum(char in text for char in wording) < len(wording) - 1:
        return []
    for start in range(len(text) - len(wording) + 1):
        part = text[start : start + len(wording)]
        if Hamming.distance(part, wording) == 1 and not re.search(r"[\dX*]", part):
            return [(start, start + len(wording))]
    return []


def _opens(row: Row, start: int) -> bool:
    if start == 0 or row.text[start - 1] in PUNCTUATION:
        return True
    before, here = row.marks[start - 1], row.marks[start]
    return before[0] != here[0] or row.x(start) - row.lines[before[0]].edge(before[1] + 1) > 0.8 * row.height


def below(
    table: Sequence[Row], label: Label, left: float, right: float, most: int = 4
) -> list[tuple[Line, ...]]:
    """The pieces of the rows under a label that lie between two x, nearest first, at most `most` rows, ending where a
    row is more than twice its height away."""
    out: list[tuple[Line, ...]] = []
    last = label.row.bottom
    for row in table[label.index + 1 :]:
        pieces = tuple(n for n in row.lines if left <= n.middle[0] <= right)
        if not pieces:
            continue
        top = min(n.box[1] for n in pieces)
        if top - last > 2.2 * row.height or len(out) == most:
            break
        out.append(pieces)
        last = max(n.box[3] for n in pieces)
    return out


class Reader:
    """Collects the fields of one document from one sheet: the only way from pieces of lines to Fields and Unreads."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.fields: dict[str, Field] = {}
        self.unread: list[Unread] = []

    def field(self, pieces: Sequence[Line], value: Value, *, inferred: bool = False) -> Field:
        """A Field of these pieces; its confidence is that of the least sure of them."""
        return Field(
            value=value,
            text="".join(p.text for p in pieces),
            confidence=round(min(p.confidence for p in pieces), 4),
            file=self.sheet.file,
            page=self.sheet.page,
            box=self.sheet.place(union([p.box for p in pieces])),
            inferred=inferred,
        )

    def put(self, name: str, pieces: Sequence[Line], value: Value | None, *, inferred: bool = False) -> bool:
        """Gives the field its value, or notes it as printed but unread where there is ink and no value, or too much
        doubt (below 0.80). A field that is already given stays. Whether it is given now."""
        if name in self.fields or not pieces:
            return False
        if value is None or value == "":
            self.miss(name, pieces)
            return False
        found = self.field(pieces, value, inferred=inferred)
        if found.confidence < READ and not inferred:
            self.miss(name, pieces)
            return False
        self.fields[name] = found
        self.unread = [u for u in self.unread if u.name != name]
        return True

    def miss(self, name: str, pieces: Sequence[Line]) -> None:
        """Notes that a field is printed here and could not be read."""
        if name not in self.fields and not any(u.name == name for u in self.unread):
            box = self.sheet.place(union([p.box for p in pieces])) if pieces else None
            self.unread.append(Unread(name, self.sheet.file, self.sheet.page, box))
