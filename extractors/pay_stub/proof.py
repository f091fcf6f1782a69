"""The sums of a payslip: which of its amounts must make which other, and what follows where a picture's do not.

Gross less what is taken is net, the lines above make the gross, the single insurances their sum (findings.md, PAYSTUB_ARITHMETIC).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Generic, TypeVar

from pipeline.model import Document, Field, Row
from pipeline.numbers import numbers_read_again, unproved_numbers
from pipeline.proof import Opinions, Readings, Suspect, agree, cell_of, held, mended, values_of, with_cells
from pipeline.table.kinds import amount, squeezed
from pipeline.text import money

K = TypeVar("K", bound=Hashable)

SINGLE = ("pension", "medical", "unemployment")
OTHERS = ("housing_fund", "income_tax", "other_deductions")
ABSENCE = re.compile(r"缺勤|事假|病假|旷工|迟到|早退|考勤|请假")
"""Deductions that are taken before the gross (应发) is struck."""
ALLOWANCE = Decimal(5000)
"""The basic deduction of a month's taxable income (from 2018-10-01)."""
MOST_WAYS = 5000
"""A slip with more combinations of readings is left as it is: it was read in the wrong columns."""


@dataclass(frozen=True, slots=True)
class Sum(Generic[K]):
    """What must be equal: `total`, and `plus` less `minus` less `fixed`."""

    total: K
    plus: tuple[K, ...]
    minus: tuple[K, ...] = ()
    fixed: Decimal = Decimal(0)

    @property
    def cells(self) -> tuple[K, ...]:
        return (self.total, *self.plus, *self.minus)

    def closes(self, values: Mapping[K, Decimal]) -> bool:
        """Whether it holds to the cent."""
        plus = sum((values[k] for k in self.plus), Decimal(0))
        return plus - sum((values[k] for k in self.minus), Decimal(0)) - self.fixed == values[self.total]


@dataclass(frozen=True, slots=True)
class Item(Generic[K]):
    """A printed line of a slip."""

    cell: K
    label: str
    kind: str


def sums_of(cells: Mapping[str, K], items: Sequence[Item[K]]) -> list[list[Sum[K]]]:
    """The sums that a slip prints, of its columns (by role) and lines; each with the ways in which papers strike it."""
    singles = [cells[n] for n in SINGLE if n in cells]
    insured = singles or [cells[n] for n in ("social_insurance",) if n in cells]
    taken = (*insured, *(cells[n] for n in OTHERS if n in cells))
    listed = tuple(i.cell for i in items if i.kind == "deduction")
    late = tuple(i.cell for i in items if i.kind == "deduction" and not ABSENCE.search(i.label))
    absent = tuple(i.cell for i in items if i.kind == "deduction" and ABSENCE.search(i.label))
    earned = tuple(i.cell for i in items if i.kind == "earning")
    found: list[list[Sum[K]]] = []
    if "gross_pay" in cells and "net_pay" in cells and (taken or listed):
        gross, net = (cells["gross_pay"],), cells["net_pay"]
        found.append([Sum(net, gross, minus) for minus in dict.fromkeys((taken, late, listed)) if minus])
    if "gross_pay" in cells and len(earned) >= 2:
        found.append([Sum(cells["gross_pay"], earned, minus) for minus in dict.fromkeys((absent, ()))])
    if "social_insurance" in cells and len(singles) >= 2:
        found.append([Sum(cells["social_insurance"], tuple(singles))])
    return found


def taxable(cells: Mapping[str, K]) -> list[Sum[K]]:
    """The month's taxable income, where a slip prints it; it proves what it makes, a slip that strikes it over the year
    is none the worse."""
    singles = [cells[n] for n in SINGLE if n in cells]
    insured = singles or [cells[n] for n in ("social_insurance",) if n in cells]
    if not {"taxable_income", "gross_pay"} <= set(cells) or not insured:
        return []
    minus = (*insured, *(cells[n] for n in ("housing_fund", "special_deductions") if n in cells))
    return [Sum(cells["taxable_income"], (cells["gross_pay"],), minus, ALLOWANCE)]


def closing(ways: Iterable[Sum[K]], values: Mapping[K, Decimal]) -> Sum[K] | None:
    """The way in which a sum closes, None where it does in none."""
    return next((way for way in ways if way.closes(values)), None)


# ---------------------------------------------------------------- a document's slips read again

Place = tuple[str, int, tuple[float, ...] | None, Suspect | None]
"""Where a cell lies: its file, page and box; where it has no box, itself."""


def suspects(document: Document) -> list[Suspect]:
    """The cells of the sums that do not close, slip by slip, and resident numbers that fail their check digit."""
    found: dict[Place, Suspect] = {}
    for slip in _slips(document):
        for way in (w for ways in slip.broken() for w in ways):
            for cell in way.cells:
                found.setdefault(cell, slip.names[cell][0])
    return [*unproved_numbers(document), *found.values()]


def mend(document: Document, readings: Readings) -> Document:
    """The document with slips mended where just one choice of readings closes their sums (findings.md, rule 2), the cells of
    sums that stay broken held to what two readers agree on."""
    document = numbers_read_again(document, readings)
    changed: dict[Suspect, Field] = {}
    for slip in _slips(document):
        said = {
            place: readings[name] for place, names in slip.names.items() for name in names if name in readings
        }
        changes = slip.mended(said)
        values = {**slip.values, **changes}
        for place, value in changes.items():
            for name in slip.names[place]:
                changed[name] = mended(cell_of(document, name), money(value))
        doubted = {c for ways in slip.sums if not closing(ways, values) for way in ways for c in way.cells}
        closed = {c for ways in slip.sums if (way := closing(ways, values)) for c in way.cells}
        for place in (doubted - closed) & set(said) - set(changes):
            sure = agree(said[place], _size, abs(values[place]))
            for name in slip.names[place]:
                changed[name] = held(cell_of(document, name), sure)
    return with_cells(document, changed)


@dataclass(frozen=True, slots=True)
class _Slip:
    """A slip of a document: its sums over places on the page, where a cell and a line of the document may be the same."""

    sums: list[list[Sum[Place]]]
    values: dict[Place, Decimal]
    names: dict[Place, list[Suspect]]

    def broken(self) -> list[list[Sum[Place]]]:
        return [ways for ways in self.sums if not closing(ways, self.values)]

    def mended(self, said: Mapping[Place, Opinions]) -> dict[Place, Decimal]:
        """The values that change where one choice among the readings alone closes every sum that it touches."""
        places = list(dict.fromkeys(c for ways in self.broken() for way in ways for c in way.cells))
        options = [[self.values[p], *_others(self.values[p], said.get(p, ()))] for p in places]
        count = 1
        for each in options:
            count *= len(each)
        if count == 1 or count > MOST_WAYS:
            return {}
        found = []
        for choice in product(*options):
            chosen = dict(zip(places, choice, strict=True))
            changes = {p: v for p, v in chosen.items() if v != self.values[p]}
            values = {**self.values, **changes}
            touched = [ways for ways in self.sums if any(c in changes for way in ways for c in way.cells)]
            if changes and all(closing(ways, values) for ways in touched):
                found.append(changes)
        return found[0] if len(found) == 1 else {}


def _slips(document: Document) -> list[_Slip]:
    rows, lines = document.tables.get("payslips", ()), document.tables.get("items", ())
    months = [_month(row) for row in rows]
    found = []
    for index, row in enumerate(rows):
        names: dict[Place, list[Suspect]] = {}
        values: dict[Place, Decimal] = {}

        cells = {
            name: _place(Suspect(name, "payslips", index), cell, names, values)
            for name, cell in row.items()
            if name in (*SINGLE, *OTHERS, "social_insurance", "gross_pay", "net_pay")
        }
        items = [
            Item(
                _place(Suspect("amount", "items", n), line["amount"], names, values),
                str(line["label"].value),
                str(line["kind"].value),
            )
            for n, line in enumerate(lines)
            if {"amount", "label", "kind"} <= set(line)
            and _month(line) == months[index]
            and months.count(months[index]) == 1
        ]
        found.append(_Slip(sums_of(cells, items), values, names))
    return found


def _month(row: Row) -> str | None:
    return str(row["period"].value) if "period" in row else None


def _place(
    suspect: Suspect, cell: Field, names: dict[Place, list[Suspect]], values: dict[Place, Decimal]
) -> Place:
    spot: Place = (cell.file, cell.page, cell.box, suspect if cell.box is None else None)
    names.setdefault(spot, []).append(suspect)
    values.setdefault(spot, Decimal(str(cell.value)))
    return spot


def _others(own: Decimal, opinions: Opinions) -> list[Decimal]:
    """Other values that second readers give, with the sign of the first reading."""
    return [-size if own < 0 else size for size in values_of(opinions, _size) if size != abs(own)]


def _size(text: str) -> Decimal | None:
    """The amount in a text without its sign, None where it holds none."""
    found = amount(squeezed(text))
    return None if found is None else abs(found[0])
