"""What a line, a sheet, a page, a field, a document, a finding and a check are: the words that every room speaks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pipeline.bend import FLAT, Bend, sag

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1; origin top left. In a sheet's own units, or as fractions of the page's frame, as said at its place."""

Severity = Literal["high", "medium", "low", "info"]
Outcome = Literal["raised", "unsure", "not_run", "passed"]
Value = str | tuple[str, ...]

READ = 0.80
"""Below this calibrated confidence a field counts as unread (findings.md, rule 2)."""
SURE = 0.98
"""From this confidence on a field may accuse (findings.md, rule 2)."""

UNIT: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them; ValueError where there is none."""
    xs0, ys0, xs1, ys1 = zip(*boxes, strict=True)
    return (min(xs0), min(ys0), max(xs1), max(ys1))


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text as a reader gave it: a line of OCR, a run of a text layer, a spreadsheet's cell.

    `box` is in the units of its sheet. `edges` are the x of the character boundaries (len(text) + 1 of them),
    `probs` one probability per character; both may be empty, then they are spread evenly and equal to `confidence`.
    `doubts` are other characters that the engine held possible: (index, character, probability).
    `kind` is "print", or "seal" for the ring text of a seal.
    """

    text: str
    box: Box
    confidence: float = 1.0
    edges: tuple[float, ...] = ()
    probs: tuple[float, ...] = ()
    doubts: tuple[tuple[int, str, float], ...] = ()
    kind: str = "print"

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def middle(self) -> tuple[float, float]:
        return ((self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2)

    def edge(self, index: int) -> float:
        """The x of the boundary before the character at `index`."""
        if len(self.edges) == len(self.text) + 1:
            return self.edges[index]
        return self.box[0] + self.width * index / max(1, len(self.text))

    def cut(self, start: int, end: int | None = None) -> Line:
        """The part of the line from character `start` to before `end`, with its own box, probabilities and doubts."""
        end = len(self.text) if end is None else end
        text = self.text[start:end]
        lead = len(text) - len(text.lstrip())
        start, end = start + lead, start + lead + len(text.strip())
        probs = self.probs[start:end] if len(self.probs) == len(self.text) else ()
        telling = [p for c, p in zip(self.text[start:end], probs, strict=False) if c.isalnum() or c in ".-*"]
        return Line(
            text=self.text[start:end],
            box=(self.edge(start), self.box[1], self.edge(end), self.box[3]),
            confidence=min(telling, default=min(probs)) if probs else self.confidence,
            edges=self.edges[start : end + 1] if len(self.edges) == len(self.text) + 1 else (),
            probs=probs,
            doubts=tuple((i - start, c, p) for i, c, p in self.doubts if start <= i < end),
            kind=self.kind,
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper or card on a page, flattened and upright: its lines in isotropic units, and the way back to the page.

    `to_page` is a 3 × 3 homography, row by row, from sheet units to fractions of the page's frame; `bend` says how far
    from their place a curled paper shows its lines before that (sheet units, `pipeline.bend`), empty for a flat one.
    `seals` are the boxes (sheet units) of coloured seal ink; `colour` is False for a grey copy, also for one that lies
    before a colour camera.
    """

    file: str
    page: int
    width: float
    height: float
    lines: tuple[Line, ...]
    source: Literal["text", "ocr"] = "ocr"
    to_page: tuple[float, ...] = UNIT
    index: int = 0
    seals: tuple[Box, ...] = ()
    colour: bool = True
    bend: Bend = FLAT

    def __hash__(self) -> int:
        """By where it is, not by its lines: what is worked out of a sheet is kept under it."""
        return hash((self.file, self.page, self.index, self.width, self.height, len(self.lines)))

    def place(self, box: Box) -> Box:
        """A box in sheet units as fractions of the whole frame of the page, clipped to it, 5 digits."""
        a, b, c, d, e, f, g, h, i = self.to_page
        places = (
            (box[0], box[2]) if not self.bend else tuple(box[0] + (box[2] - box[0]) * n / 4 for n in range(5))
        )
        corners = [(x, y + sag(self.bend, x, y)) for x in places for y in (box[1], box[3])]
        xs, ys = [], []
        for x, y in corners:
            w = g * x + h * y + i
            xs.append((a * x + b * y + c) / w)
            ys.append((d * x + e * y + f) / w)
        clip = [min(1.0, max(0.0, v)) for v in (min(xs), min(ys), max(xs), max(ys))]
        return (round(clip[0], 5), round(clip[1], 5), round(clip[2], 5), round(clip[3], 5))

    def within(self, area: Box | None) -> Sheet:
        """The same sheet with only the lines (and seals) whose middle lies in `area` (sheet units)."""
        if area is None:
            return self

        def inside(box: Box) -> bool:
            x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            return area[0] <= x <= area[2] and area[1] <= y <= area[3]

        return replace(
            self,
            lines=tuple(line for line in self.lines if inside(line.box)),
            seals=tuple(box for box in self.seals if inside(box)),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file. `rotation` is the clockwise turn (0, 90, 180, 270) that makes the picture upright;
    `quality` holds plain numbers and words about the picture (sharpness, dpi, …), never text of the paper."""

    file: str
    number: int
    source: Literal["text", "ocr"]
    rotation: int = 0
    quality: Mapping[str, Any] = field(default_factory=dict)
    sheets: tuple[Sheet, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for sheet in self.sheets for line in sheet.lines)


@dataclass(frozen=True, slots=True)
class Field:
    """One value read from a document; `box` in fractions of the page's frame, None for a spreadsheet without geometry.

    `value` is in its normal form (docs/output.md), `text` as printed; `inferred` where it was worked out, not read.
    """

    value: Value
    text: str
    confidence: float
    file: str
    page: int
    box: Box | None = None
    inferred: bool = False

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE


Row = dict[str, Field]


@dataclass(frozen=True, slots=True)
class Unread:
    """A field that is printed but could not be read well enough to be given: its name and its place."""

    name: str
    file: str
    page: int
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One material recognised on one or more pages. `notes` are facts that are no fields of the contract
    (`page_numbers`: the printed n of N, `rows_lost`: table rows seen but not read, `sealed`: True, False or None …)."""

    type: str
    pages: tuple[tuple[str, int], ...]
    confidence: float
    fields: Mapping[str, Field] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    person: str | None = None
    replaced_by: str | None = None

    def text(self, name: str) -> str | None:
        """The value of a plain field, or None where it is absent."""
        found = self.fields.get(name)
        return found.value if found is not None and isinstance(found.value, str) else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a finding can be seen: a file, a page of it, a box on the page, a field's value."""

    file: str
    page: int | None = None
    box: Box | None = None
    document: str | None = None
    document_id: str | None = None
    field: str | None = None
    value: Value | None = None
    confidence: float = 1.0
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a reviewer must know. Sentences are made at the edge from `code` and `params`;
    `material`, `key` and `month` enter the stable id (findings.md, rule 15)."""

    code: str
    severity: Severity
    params: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    person: str | None = None
    material: str | None = None
    key: str = ""

    @property
    def id(self) -> str:
        parts = (
            self.code,
            self.person or "",
            self.material or str(self.params.get("material", "")),
            self.key,
            str(self.params.get("month", "")),
            str(self.params.get("rule", "")),
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one code for one person (None: for the case); `why` as in findings.md, rule 7."""

    code: str
    person: str | None
    outcome: Outcome
    why: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One file of a case as it was read: its pages and what is to be said of it. `key` is below the case, with `/`."""

    key: str
    sha256: str
    size: int
    kind: str
    pages: tuple[Page, ...] = ()
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def of(document: Document, name: str, value: Field | None = None, row: int | None = None) -> Evidence:
    """The evidence that a field of a document gives: `fields[name]`, or the field passed for a table's cell."""
    found = value if value is not None else document.fields[name]
    return Evidence(
        file=found.file,
        page=found.page,
        box=found.box,
        document=document.type,
        document_id=document.id or None,
        field=name,
        value=found.value,
        confidence=found.confidence,
        row=row,
    )
