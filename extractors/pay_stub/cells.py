"""Labels with their values as a slip prints them, and what a row's pieces are to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from extractors.pay_stub.columns import Column
from extractors.pay_stub.labels import TEXTS, Kind, Meaning, meaning
from extractors.pay_stub.parts import is_month, is_value, money, month
from pipeline.layout import Row
from pipeline.model import Line, Sheet


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed label with its value's pieces."""

    label: str
    meaning: Meaning
    pieces: tuple[Line, ...]
    sheet: Sheet


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


def couples(row: Row) -> list[tuple[Line, list[Line]]]:
    """The labels of a row, each with the values behind it. Words before an amount are a label though nobody knows them."""
    out: list[tuple[Line, list[Line]]] = []
    parts = row.lines
    for index, part in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else None
        role = role_of(part)
        if role is not None and not is_value(part.text):
            out.append((part, []))
        elif is_value(part.text):
            if out:
                out[-1][1].append(part)
        elif out and not out[-1][1] and role_of(out[-1][0]) in (*TEXTS, "skip"):
            out[-1][1].append(part)
        elif following is not None and money(following.text) is not None:
            out.append((part, []))
        elif out and role_of(out[-1][0]) in TEXTS and all(not is_value(v.text) for v in out[-1][1]):
            out[-1][1].append(part)
    return out
