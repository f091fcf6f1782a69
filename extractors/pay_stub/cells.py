"""Labels with their values as a slip prints them, and what a row's pieces are to each other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from extractors.pay_stub.below import clusters_of, extent
from extractors.pay_stub.columns import Column
from extractors.pay_stub.labels import TEXTS, Kind, Meaning, key, kind_word, meaning
from extractors.pay_stub.parts import is_month, is_value, money, month
from pipeline.layout import Row
from pipeline.model import Line, Sheet
from pipeline.text import parse_upper_amount, squeeze


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed label with its value's pieces. `told` is the value that the whole table tells (the month of a head that prints
    no year), "" where it tells that there is none."""

    label: str
    meaning: Meaning
    pieces: tuple[Line, ...]
    sheet: Sheet
    told: str | None = None


@dataclass
class Slip:
    """One month's pay as printed: its cells, and the title lines and lines without a label that stand with it.
    A `stranger` is a row without a name in a table that has a column of names."""

    cells: list[Cell] = field(default_factory=list)
    titles: list[tuple[Line, Sheet]] = field(default_factory=list)
    texts: list[tuple[Line, Sheet]] = field(default_factory=list)
    row: bool = False
    stranger: bool = False

    @property
    def paid(self) -> bool:
        """Whether it holds pay: gross or net, or two lines at least."""
        amounts = [
            c.meaning.role
            for c in self.cells
            if c.meaning.role not in (*TEXTS, "skip") and money(text_of(c.pieces)) is not None
        ]
        return bool({"gross_pay", "net_pay"} & set(amounts)) or len(amounts) >= 2

    def has(self, role: str) -> Cell | None:
        return next((c for c in self.cells if c.meaning.role == role), None)


def text_of(pieces: Iterable[Line]) -> str:
    """What the pieces of a value print, one behind the other."""
    return "".join(p.text for p in pieces)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a sheet, from `first` to `last`, that are understood together: a list of cells for each slip among them."""

    first: int
    last: int
    records: list[list[Cell]]


def as_printed(slips: Sequence[Slip], sheet: Sheet) -> list[Slip]:
    """Slips of sides of a sheet as they are read: those that begin level from left to right, then those below."""
    boxes = [
        [n.box for n, s in slip.titles if s is sheet]
        + [p.box for c in slip.cells for p in c.pieces if c.sheet is sheet]
        for slip in slips
    ]
    places = [(min((b[1] for b in own), default=0.0), min((b[0] for b in own), default=0.0)) for own in boxes]
    size = max((b[3] - b[1] for own in boxes for b in own), default=1.0)
    out: list[list[tuple[float, int]]] = []
    top = float("-inf")
    for place in sorted(range(len(slips)), key=lambda n: places[n]):
        if places[place][0] - top > LEVEL * size:
            out.append([])
            top = places[place][0]
        out[-1].append((places[place][1], place))
    return [slips[n] for level in out for _, n in sorted(level)]


LEVEL = 3.0
"""Slips beside each other begin within so many heights."""
SUMS = re.compile(r".{0,6}(?:合计|小计|总计|共计|平均|均值|汇总)|合.?计|total|subtotal|average")
"""First words of rows that are nobody's pay."""


def summed(text: str) -> bool:
    """Whether a text is the first word of a row of sums: 应发合计 is a label of its own."""
    found = meaning(text)
    return SUMS.fullmatch(key(text)) is not None and (found is None or found.role in ("total", "skip"))


HAN = re.compile(r"[\u3400-\u9fff]")
YEARS = ("年", "年份", "年度")
"""Labels of the year of months that are printed without one."""
PAY = ("net_pay", "gross_pay")
"""The roles of which a payslip has at least one."""


def dated(columns: Sequence[Column], table: Sequence[dict[int, list[Line]]]) -> list[Column]:
    """The columns, one under an unknown head that holds a month with its year in every row as the period's."""
    out = list(columns)
    for place, column in enumerate(columns):
        values = [text_of(cells[place]) for cells in table if cells.get(place)]
        months = values and all(is_month(v) and month(v) is not None for v in values)
        if column.meaning is None and months and not any(c.meaning == Meaning("period") for c in out):
            out[place] = replace(column, meaning=Meaning("period"))
    return out


MOST = 0.8
"""So many of a column's values are months, sums left out."""


def with_months(columns: Sequence[Column], body: Sequence[Row]) -> list[Column]:
    """The columns, with one for the months that stand without a head over them, where there is no other of them."""
    if any(c.meaning == Meaning("period") for c in columns):
        return list(columns)
    for cluster in clusters_of(body):
        x0, x1 = extent(cluster)
        own = [n for n in cluster if not summed(n.text)]
        months = sum(is_month(n.text) and month(n.text) is not None for n in own)
        headed = any(min(c.x1, x1) > max(c.x0, x0) for c in columns)
        if own and months >= MOST * len(own) and not headed:
            found = [*columns, Column("", Meaning("period"), None, x0, x1)]
            return sorted(found, key=lambda c: c.middle)
    return list(columns)


def holds_pay(cells: Iterable[Cell]) -> bool:
    """Whether a row holds any pay: stars are read as zeros too."""
    return any(money(text_of(c.pieces)) for c in cells if c.meaning.role not in (*TEXTS, "skip"))


def apart(a: Line, b: Line) -> bool:
    """Whether two lines share no column of the sheet."""
    return min(a.box[2], b.box[2]) <= max(a.box[0], b.box[0])


def role_of(line: Line) -> str | None:
    """What a line is the label of; None where it is no label."""
    found = meaning(line.text.strip(" :："))
    return found.role if found else None


def kind_of(name: str | None) -> Kind:
    """The kind of the lines under a section of that name; nothing where it tells none."""
    kinds: dict[str, Kind] = {"earning": "earning", "deduction": "deduction", "employer": "employer"}
    return kinds.get(name or "", "")


LETTER = re.compile(r"[\u3400-\u9fffA-Za-z]")
BESIDE = 1.5
"""Words of one label stand less than so many heights apart."""


def couples(row: Row) -> list[tuple[Line, list[Line]]]:
    """The labels of a row, each with the values behind it, among them a word that tells the kind of the line (扣款). Words
    before an amount are a label though nobody knows them."""
    out: list[tuple[Line, list[Line]]] = []
    parts = row.lines
    for index, part in enumerate(parts):
        role = role_of(part)
        if out and (UNIT.fullmatch(squeeze(part.text)) or parse_upper_amount(squeeze(part.text)) is not None):
            continue
        ahead = _ahead(parts, index)
        if out and _tells_kind(out[-1], part) and ahead is not None:
            out[-1][1].append(part)
        elif role is not None and not is_value(part.text):
            out.append((part, []))
        elif is_value(part.text):
            if out:
                out[-1][1].append(part)
        elif out and not out[-1][1] and role_of(out[-1][0]) in (*TEXTS, "skip"):
            out[-1][1].append(part)
        elif ahead is not None and money(ahead.text) is not None and LETTER.search(part.text):
            out.append((part, []))
        elif out and role_of(out[-1][0]) in TEXTS and all(not is_value(v.text) for v in out[-1][1]):
            out[-1][1].append(part)
    return out


def once(parts: Sequence[Line]) -> list[Line]:
    """The pieces of a row without labels in Latin letters that the next piece says again in Chinese."""
    return [
        part
        for part, after in itertools.zip_longest(parts, parts[1:])
        if after is None
        or HAN.search(part.text)
        or not HAN.search(after.text)
        or meaning(part.text) is None
        or meaning(after.text) is None
    ]


def _ahead(parts: Sequence[Line], index: int) -> Line | None:
    """The piece behind one, words that tell a kind and rates left out where they stand apart from it."""
    for part in parts[index + 1 :]:
        apart_ = part.box[0] - parts[index].box[2] > BESIDE * part.height
        if not (apart_ and (kind_word(part.text) or RATE.fullmatch(squeeze(part.text)))):
            return part
    return None


def _tells_kind(couple: tuple[Line, list[Line]], part: Line) -> bool:
    """Whether a piece tells the kind of the line that its label begins."""
    label, values = couple
    apart_ = part.box[0] - label.box[2] > BESIDE * part.height
    return apart_ and not values and role_of(label) not in TEXTS and kind_word(part.text) is not None


RATE = re.compile(r"\d{1,3}(?:\.\d+)?[%％]")
UNIT = re.compile(
    r"[(（]?(?:元/)?(?:天|日|小时|工时|时|分钟?|次|个|件|班|节|课时|人|h|day|hour)s?[)）]?", re.I
)
"""What a number before it counts, in a column of its own: no label."""
