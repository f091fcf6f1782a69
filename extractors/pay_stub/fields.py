"""Reading one payslip: whose it is, which month, and its amounts, each only where it is clearly printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from extractors.pay_stub.amounts import (
    INSURANCES,
    REST,
    TAKEN,
    agreed,
    balance,
    by_sum,
    kind_by_sum,
    persons_part,
    pointless,
    taken,
    text_of_cell,
    twice,
)
from extractors.pay_stub.cells import Cell, Slip
from extractors.pay_stub.labels import DEDUCTIONS, FOLDED, MONEY, Kind, key
from extractors.pay_stub.owner import DOUBT, OwnerReader
from extractors.pay_stub.parts import blank, doubtful, money
from extractors.pay_stub.passed import passed_over
from extractors.pay_stub.proof import ABSENCE, Item, closing, sums_of, taxable
from extractors.pay_stub.taxed import taxable_among
from pipeline import text as texts
from pipeline.layout import Reader
from pipeline.model import READ, SURE, Box, Unread
from pipeline.model import Row as Record
from pipeline.text import printed, printed_name

NUMBERED = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、](?=\D)")
TAKEN_ROLES = frozenset((*TAKEN, "social_insurance"))
LATE = re.compile("会费|代扣|扣其他|水电|房租|餐费|借")
"""Lines of what is taken after the gross, beside insurance and tax."""


class SlipReader(OwnerReader):
    """One slip being read: `fields` of the document, `cells` of its row, `items`.

    `columns` are its cells by role and `lines` its printed lines, `worth` their amounts (by the cell's id), `faint` those too
    little sure to be given, `proven` those of sums that close."""

    def __init__(self, slip: Slip, order: int) -> None:
        super().__init__(slip)
        self.order = order
        self.items: list[Record] = []
        self.columns: dict[str, int] = {}
        self.lines: list[tuple[Cell, Decimal, Kind]] = []
        self.worth: dict[int, Decimal] = {}
        self.faint: dict[str, Cell] = {}
        self.proven: set[int] = set()
        self.totals: set[int] = set()

    @property
    def stranger(self) -> bool:
        """Whether its row belongs to somebody whose name is masked or not legible."""
        return self.slip.stranger or (
            self.slip.row and self.slip.has("name") is not None and self.value("name") is None
        )

    @property
    def printed_name(self) -> str:
        """What stands at the name's place, readable or not."""
        cell = self.slip.has("name")
        return printed_name(text_of_cell(cell)) if cell else ""

    @property
    def scanned(self) -> bool:
        """Whether it was read from a picture."""
        return any(c.sheet.source == "ocr" for c in self.slip.cells)

    @property
    def period(self) -> str | None:
        found = self.cells.fields.get("period")
        return str(found.value) if found else None

    def value(self, name: str) -> str | None:
        found = self.fields.fields.get(name)
        return found.value if found is not None and isinstance(found.value, str) else None

    def read(self, usual: int | None, claimed: Mapping[int, Sequence[Box]] | None = None) -> None:
        """Reads everything; `usual` is the one year that the paper names, `claimed` the places of what any slip took."""
        own = next(iter(self.years)) if len(self.years) == 1 else usual
        self.read_owner(own)
        self._money()
        self._lines()
        self._prove(claimed or {})
        self._items()

    # ------------------------------------------------------------ pay

    def _candidates(self) -> dict[str, list[Cell]]:
        """The cells that are printed for each column; a lone 工会费 or the like is what else is taken."""
        found: dict[str, list[Cell]] = {}
        for cell in self.slip.cells:
            if cell.meaning.role in MONEY and cell.pieces and not blank(text_of_cell(cell)):
                found.setdefault(cell.meaning.role, []).append(cell)
        late = [c for c in self.slip.cells if c.meaning == ("item", "deduction") and LATE.search(c.label)]
        rest = any(key(c.label) in REST and money(text_of_cell(c)) for c in self.slip.cells)
        if (
            "other_deductions" not in found
            and len(late) == 1
            and not rest
            and money(text_of_cell(late[0])) is not None
        ):
            found["other_deductions"] = late
        return found

    def _money(self) -> None:
        found = self._candidates()
        flip = self._negative(found)
        chosen = {role: agreed(cells) for role, cells in found.items()}
        chosen |= persons_part(found, chosen, self.slip.cells)
        unsigned: set[str] = set()
        for role, cells in found.items():
            cell = chosen[role] or by_sum(role, cells, chosen, flip)
            if cell is None:
                self.cells.sheet = cells[0].sheet
                self.cells.miss(role, cells[0].pieces)
                continue
            value = self._value(cell)
            lost = value is not None and pointless(cell, value, self.slip.cells)
            if value is not None and flip and role in (*DEDUCTIONS, "social_insurance", "special_deductions"):
                unsigned |= {role} if value > 0 else set()
                value = abs(value)
            if value is not None:
                self.columns[role] = id(cell)
                self.worth[id(cell)] = value
            shown = None if value is None or lost else texts.money(value)
            self._put(self.cells, role, cell.pieces, shown, cell.sheet)
            if value is not None and role not in self.cells.fields:
                self.faint[role] = cell
        self._repaid(unsigned - {"special_deductions"})
        self._all_taken()
        self._taxable()

    def _repaid(self, unsigned: set[str]) -> None:
        """Amounts without the minus that a slip's others bear: shown apart from their list, or paid back, as the sum tells."""
        for role in unsigned & set(self.cells.fields):
            others = {**self._sums(), role: -self._sums()[role]}
            if balance(self._sums()) != 0 and balance(others) == 0:
                self.worth[self.columns[role]] = others[role]
                given = self.cells.fields[role]
                self.cells.fields[role] = replace(given, value=texts.money(others[role]))
            elif balance(self._sums()) != 0:
                given = self.cells.fields[role]
                self.cells.fields[role] = replace(given, confidence=min(given.confidence, DOUBT))

    def _sums(self) -> dict[str, Decimal]:
        return {role: self.worth[cell] for role, cell in self.columns.items()}

    def _all_taken(self) -> None:
        """Drops what else is taken where it is the sum of all that is: gross less it alone is net, and so is less the rest."""
        sums = self._sums()
        if "other_deductions" not in sums or len(TAKEN_ROLES & set(sums)) < 3:
            return
        rest = {role: v for role, v in sums.items() if role != "other_deductions"}
        if sums["other_deductions"] and taken(rest) == sums["other_deductions"]:
            cell = self.columns.pop("other_deductions")
            self.cells.fields.pop("other_deductions", None)
            self.faint.pop("other_deductions", None)
            self.totals.add(cell)

    def _taxable(self) -> None:
        """The taxable income under a label that says no more than that it has to do with the tax; a sum over the year is none."""
        sums = {role: self.worth[cell] for role, cell in self.columns.items()}
        if "taxable_income" not in self.columns:
            cell = taxable_among(self.slip.cells, sums)
            value = self._value(cell) if cell is not None else None
            if cell is not None and value is not None:
                self.columns["taxable_income"], self.worth[id(cell)] = id(cell), value
                self._put(self.cells, "taxable_income", cell.pieces, texts.money(value), cell.sheet)
        elif "gross_pay" in sums and sums["taxable_income"] > sums["gross_pay"]:
            del self.columns["taxable_income"]
            self.cells.fields.pop("taxable_income", None)
            self.faint.pop("taxable_income", None)

    def _prove(self, claimed: Mapping[int, Sequence[Box]]) -> None:
        """Faint amounts with which a sum of the slip closes are read; forms in doubt that no sum proves accuse nobody, nor do
        sums that fail by what no line took."""
        lines = [Item(id(cell), cell.label, kind) for cell, _, kind in self.lines]
        sums = [*sums_of(self.columns, lines), *([way] for way in taxable(self.columns))]
        for line, sheet in passed_over(self.slip, claimed, sums_of(self.columns, lines), self.worth):
            self.cells.unread.append(Unread("items", sheet.file, sheet.page, sheet.place(line.box)))
        self.proven = {c for ways in sums if (way := closing(ways, self.worth)) for c in way.cells}
        for role, cell in self.faint.items():
            if id(cell) in self.proven:
                self.cells.sheet = cell.sheet
                self.cells.put(role, cell.pieces, texts.money(self.worth[id(cell)]), inferred=True)
                self.cells.fields[role] = replace(self.cells.fields[role], confidence=SURE)
        for name, given in self.cells.fields.items():
            if name in MONEY and doubtful(given.text) and self.columns.get(name) not in self.proven:
                self.cells.fields[name] = replace(given, confidence=min(given.confidence, DOUBT))

    def _value(self, cell: Cell) -> Decimal | None:
        """The one amount of a cell, None where it is none."""
        return money(text_of_cell(cell)) if len(cell.pieces) == 1 else None

    def _negative(self, found: dict[str, list[Cell]]) -> bool:
        """Whether this slip prints what it takes with a minus."""
        values = [
            money(c.pieces[0].text) for role in (*DEDUCTIONS, "social_insurance") for c in found.get(role, ())
        ]
        signs = [v < 0 for v in values if v]
        return bool(signs) and sum(signs) * 2 > len(signs)

    def _lines(self) -> None:
        """Every printed line that is no total, with its amount."""
        for cell in self.slip.cells:
            role, kind = cell.meaning.role, cell.meaning.kind
            if (
                not cell.pieces
                or role in ("skip", "total", "taxed")
                or id(cell) in self.totals
                or not (role in ("item", "?") or role in DEDUCTIONS)
            ):
                continue
            value = self._value(cell)
            if value is None and (blank(text_of_cell(cell)) or role == "?"):
                continue
            own = self.columns.get(role)
            if role in INSURANCES and id(cell) != own and twice(cell, self.slip.cells):
                if own is None or value != self.worth[own]:
                    self.cells.sheet = cell.sheet
                    self._unread_item(cell)  # whose it is nothing tells
                continue
            if value is not None and not kind:
                kind = kind_by_sum(cell, value, self.columns, self.worth, self.slip.cells)
            if value is None or not kind:
                self.cells.sheet = cell.sheet
                self._unread_item(cell)
                continue
            if id(cell) in self.worth and kind == "deduction":
                value = self.worth[id(cell)]
            elif kind == "deduction":
                signed = self._minus() or (value < 0 and ABSENCE.search(cell.label))
                value = -value if value and signed else value
            self.lines.append((cell, value, kind))
            self.worth.setdefault(id(cell), value)

    def _items(self) -> None:
        """The lines that are legible, or that a sum proves, as rows of the document."""
        period = self.cells.fields.get("period")
        for cell, value, kind in self.lines:
            reader = Reader(cell.sheet)
            sure = min(p.confidence for p in cell.pieces)
            proven = id(cell) in self.proven and sure < READ
            lost = id(cell) not in self.proven and pointless(cell, value, self.slip.cells)
            if lost or not reader.put("amount", cell.pieces, texts.money(value), inferred=proven):
                self._unread_item(cell)
                continue
            plain = cell.label.translate(FOLDED) if cell.sheet.source == "ocr" else cell.label
            label = NUMBERED.sub("", printed(plain.strip(" :：")))
            amount = reader.fields["amount"]
            amount = replace(amount, confidence=SURE) if proven else amount
            record = {
                "label": replace(amount, value=label, text=cell.label),
                "amount": amount,
                "kind": replace(amount, value=kind, text=cell.label, inferred=True),
            }
            self.items.append({"period": period, **record} if period else record)

    def _minus(self) -> bool:
        signs = [
            v < 0
            for c in self.slip.cells
            if c.meaning.kind == "deduction" and c.pieces and (v := money(c.pieces[0].text))
        ]
        return sum(signs) * 2 > len(signs)

    def _unread_item(self, cell: Cell) -> None:
        box = cell.sheet.place(cell.pieces[0].box)
        self.cells.unread.append(Unread("items", cell.sheet.file, cell.sheet.page, box))
