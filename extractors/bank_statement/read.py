"""The documents on the pages of a statement: tables joined over pages, one document for each printed account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from extractors.bank_statement.amounts import sign_of
from extractors.bank_statement.chain import INFERRED, settle, without_carried
from extractors.bank_statement.daycols import with_whole_days
from extractors.bank_statement.doubled import part_doubled
from extractors.bank_statement.header import Around, bank_of, page_number
from extractors.bank_statement.labels import TITLES
from extractors.bank_statement.parties import party
from extractors.bank_statement.raw import RawRow, row_date, values
from extractors.bank_statement.rows import Layout, Part, parts_of
from extractors.bank_statement.sums import Sum, one_each
from extractors.bank_statement.values import FORMS, currency, simplified
from pipeline.model import READ, Box, Document, Field, Line, Row, Sheet, Unread
from pipeline.table import Cell, level
from pipeline.table.kinds import squeezed
from pipeline.text import money, printed

_MASK = re.compile(r"(?=[*\"“”'`´…^~.]*[\"“”'`´…^~.])[*\"“”'`´…^~.]+|\*{2,}")
"""What engines make of the small stars of a masked name, in statements that print *** elsewhere."""
_SPECKS = ".,·•'`´:;_~|。，、；： "
"""Marks at the ends of a scanned text that say nothing: specks of dirt."""
TEXTS = ("summary", "remark", "channel")


@dataclass(slots=True)
class Draft:
    """A statement while its pages are read."""

    around: Around = field(default_factory=Around)
    sheets: list[Sheet] = field(default_factory=list)
    rows: list[RawRow] = field(default_factory=list)
    numbers: list[tuple[int, int]] = field(default_factory=list)
    outside: list[Line] = field(default_factory=list)
    bank: Field | None = None
    last: RawRow | None = None
    lost: list[tuple[Sheet, Box]] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    doubled: tuple[str, bool] | None = None

    def value(self, name: str) -> str | None:
        found = self.around.fields.get(name)
        return str(found.value) if found else None


def extract(sheets: Sequence[Sheet]) -> list[Document]:
    """The statements on the sheets, in order. A new one begins where another account, another period or a first page
    is printed; pages without a header of their own go on."""
    drafts: list[Draft] = []
    layout: Layout | None = None
    for sheet, number in _in_order([with_whole_days(level(sheet)) for sheet in sheets]):
        for index, part in enumerate(parts_of(sheet, layout)):
            layout = part.layout or layout
            if not drafts or _begins(drafts[-1], part, number if not index else None):
                drafts.append(Draft())
            _add(drafts[-1], part, number if not index else None)
    return [_document(draft) for draft in drafts if draft.rows or draft.around.fields]


def _in_order(sheets: Sequence[Sheet]) -> list[tuple[Sheet, tuple[int, int] | None]]:
    """The sheets with their printed numbers (n of N), by these where every one bears another n of the same N: a stack that
    went through the scanner from its end. Else as they lie."""
    numbered = [(sheet, page_number(n for n in sheet.lines if n.kind == "print")) for sheet in sheets]
    numbers = [number for _, number in numbered if number]
    if len(numbers) == len(numbered) == len(set(numbers)) and len({total for _, total in numbers}) == 1:
        numbered.sort(key=lambda one: one[1] or (0, 0))
    return numbered


def _begins(draft: Draft, part: Part, number: tuple[int, int] | None) -> bool:
    """Whether a part is the beginning of another statement than the one before."""
    own = Around()
    own.read(part.sheet, part.around)
    if not draft.rows and not draft.around.fields:
        return False
    for name in ("account_number", "period_start", "serial_number"):
        new, old = own.fields.get(name), draft.value(name)
        if new and old and str(new.value) != old and new.sure:
            if name == "serial_number" and number and number[0] > 1:
                continue
            return True
    titled = any(word in squeezed(n.text).lower() for n in part.around for word in TITLES)
    return bool(titled and number and number[0] == 1 and draft.numbers and part.header)


def _add(draft: Draft, part: Part, number: tuple[int, int] | None) -> None:
    if part.sheet not in draft.sheets:
        draft.sheets.append(part.sheet)
    draft.around.read(part.sheet, part.around)
    draft.outside += part.around
    if draft.bank is None:
        top = [n for n in part.around if n.box[1] < 0.3 * part.sheet.height]
        found = bank_of(part.around, top)
        if found:
            line = found[1]
            draft.bank = Field(
                found[0],
                line.text,
                line.confidence,
                part.sheet.file,
                part.sheet.page,
                part.sheet.place(line.box),
            )
    if number:
        draft.numbers.append(number)
    draft.lost += [(part.sheet, box) for box in part.lost]
    draft.sums += [
        n
        for n in part.sums
        if n.name != "opening_balance" or (not draft.rows and (not number or number[0] == 1))
    ]
    draft.doubled = draft.doubled or part.doubled
    for index, row in enumerate(part.rows):
        if "" in row.cells:
            del row.cells[""]
            if draft.rows and index == 0:
                _continue(draft.rows[-1], row)
            continue
        draft.rows.append(row)
    _no_repeats(draft, part)


def _continue(before: RawRow, rest: RawRow) -> None:
    """The lines of a row that the page break cut off, put to the row's cells."""
    for role, cell in rest.cells.items():
        if role in ("summary", "remark", "counterparty", "counterparty_account", "party", "name", "channel"):
            own = before.cells.get(role)
            if own is not None:
                tail = Cell([*own.lines])
                before.cells[role] = _Over(tail.lines, cell.lines)


class _Over(Cell):
    """A cell cut by a page break: its box is that of its first part."""

    __slots__ = ("rest",)

    def __init__(self, lines: list[Line], rest: list[Line]) -> None:
        super().__init__(lines)
        self.rest = rest

    @property
    def text(self) -> str:
        return Cell(self.lines).text + Cell(self.rest).text


def _no_repeats(draft: Draft, part: Part) -> None:
    """A page break's repeat, the same cells and the same balance, stays once."""
    start = len(draft.rows) - sum(1 for _ in part.rows)
    if start < 1 or not part.rows:
        return
    for count in (3, 2, 1):
        before, after = draft.rows[max(0, start - count) : start], draft.rows[start : start + count]
        if len(before) == len(after) == count and all(
            _same(a, b) for a, b in zip(before, after, strict=True)
        ):
            del draft.rows[start : start + count]
            return


def _same(a: RawRow, b: RawRow) -> bool:
    if "balance" not in a.cells or a.sheet is b.sheet:
        return False
    return {r: squeezed(a.text(r)) for r in a.cells} == {r: squeezed(b.text(r)) for r in b.cells}


def _document(draft: Draft) -> Document:
    values(draft.rows)
    rows, carried = without_carried(draft.rows)
    rows = draft.rows = [row for row in rows if not _is_foot(row)]
    if draft.doubled:
        part_doubled(rows, *draft.doubled)
    for told in one_each([n for n in draft.sums if n.name == "opening_balance"], rows):
        draft.around.put(told.sheet, told.name, told.value, told.line.text, [told.line])
    given = {
        name: Decimal(v) if (v := draft.value(name)) else None
        for name in ("opening_balance", "total_in", "total_out")
    }
    scanned = any(sheet.source == "ocr" for sheet in draft.sheets)
    settle(
        rows,
        given["opening_balance"] if carried is None else carried,
        (given["total_in"], given["total_out"]),
        scanned,
    )
    for told in one_each([n for n in draft.sums if n.name != "opening_balance"], rows):
        draft.around.put(told.sheet, told.name, told.value, told.line.text, [told.line])
    balances = sum("balance" in row.cells for row in rows) > 0.5 * len(rows)
    made = _Rows(draft, balances)
    table = [cells for row in rows if (cells := made.row(row))]
    draft.around.printed_at(max((str(cells["date"].value) for cells in table if "date" in cells), default=""))
    fields = {name: f for name, f in draft.around.fields.items() if f.confidence >= READ}
    unread = [Unread(n, f.file, f.page, f.box) for n, f in draft.around.fields.items() if f.confidence < READ]
    if draft.bank and draft.bank.confidence >= READ:
        fields["bank"] = draft.bank
    unread += [Unread("transactions", s.file, s.page, s.place(box)) for s, box in draft.lost]
    pages = tuple(dict.fromkeys((s.file, s.page) for s in draft.sheets))
    notes = {
        "page_numbers": [list(n) for n in draft.numbers],
        "rows_lost": made.lost + len(draft.lost),
        "rows_seen": len(rows) + len(draft.lost),
        "layer": not scanned,
        "export": False,
    }
    return Document(
        "bank_statement", pages, 1.0, fields, {"transactions": table}, (*unread, *made.unread), notes
    )


def _is_foot(row: RawRow) -> bool:
    """Whether a row of a text layer, which loses nothing, has a number in the column of balances and neither a day nor an
    amount: a telephone or a page's number under the table."""
    if row.sheet.source != "text" or "balance" not in row.cells:
        return False
    moves = (role for role in ("date", "booking", "time", "amount", "in", "out") if role in row.cells)
    return not any(char.isdigit() for role in moves for char in row.text(role))


def placed(sheet: Sheet, box: Box) -> Box:
    """`sheet.place` with a short way for sheets that are neither turned nor distorted: a long statement has 5,000 cells."""
    a, b, c, d, e, f, g, h, i = sheet.to_page
    if sheet.bend or b or d or g or h or a <= 0 or e <= 0 or i != 1:
        return sheet.place(box)
    x0, y0, x1, y1 = a * box[0] + c, e * box[1] + f, a * box[2] + c, e * box[3] + f
    if x0 < 0 or y0 < 0 or x1 > 1 or y1 > 1:
        return sheet.place(box)
    return (round(x0, 5), round(y0, 5), round(x1, 5), round(y1, 5))


def _told(cell: Cell, source: str, text: str) -> float:
    """The confidence of a part of a cell; the stars of a mask are counted by no engine for certain."""
    sure = cell.confidence_of(text)
    return min(sure, INFERRED) if source == "ocr" and "*" in text else sure


class _Rows:
    """Makes rows of fields, and keeps count of those that lost a date, an amount or a balance."""

    def __init__(self, draft: Draft, balances: bool) -> None:
        self.draft, self.balances = draft, balances
        self.lost = 0
        self.unread: list[Unread] = []
        self.undated = sum(row_date(row)[::2] == (None, None) for row in draft.rows)
        self.layer = all(sheet.source == "text" for sheet in draft.sheets)
        self.simplified = not self.layer and simplified(n.text for sheet in draft.sheets for n in sheet.lines)
        self.before: Field | None = None
        roles = {role for row in draft.rows for role in row.cells}
        self.summary = "summary" if "summary" in roles else "name"
        self.flags = "flag" if "flag" in roles else ""
        self.masked = sum("***" in row.text(r) for row in draft.rows for r in ("party", "counterparty")) > 1

    def row(self, row: RawRow) -> Row:
        cells: Row = {}
        self._dates(row, cells)
        self._money(row, cells)
        for name in TEXTS:
            self._text(row, cells, name, self.summary if name == "summary" else name)
        self._parties(row, cells)
        self._rest(row, cells)
        blank = self.layer and not row.text("balance").strip()  # some banks print a day's last balance alone
        whole = "date" in cells and "amount" in cells and ("balance" in cells or not self.balances or blank)
        if not whole:
            self.lost += 1
            sheet = row.sheet
            self.unread.append(Unread("transactions", sheet.file, sheet.page, sheet.place(row.box)))
        return cells

    def _field(
        self, row: RawRow, role: str, value: str, *, confidence: float | None = None, inferred: bool = False
    ) -> Field:
        cell = row.cells[role]
        sure = cell.confidence if confidence is None else confidence
        return Field(
            value, cell.text, sure, row.sheet.file, row.sheet.page, placed(row.sheet, cell.box), inferred
        )

    def _put(self, cells: Row, name: str, found: Field) -> None:
        if found.confidence >= READ and found.value:
            cells[name] = found

    def _dates(self, row: RawRow, cells: Row) -> None:
        date, time, day, role = row_date(row)
        if date is None and day is None:
            date, role = self._either(row)
        if date is None and day is not None:
            date = f"{row.year}-{day[1]:02}-{day[0]:02}" if row.year else self._year(day)
            if date:
                self._put(cells, "date", self._field(row, role, date, inferred=True))
        elif date is not None:
            self._put(cells, "date", self._field(row, role, date))
        elif (
            self.before is not None
            and not any(row.text(r) for r in ("date", "booking"))
            and self._grouped(row)
        ):
            cells["date"] = Field(
                self.before.value,
                "",
                self.before.confidence,
                row.sheet.file,
                row.sheet.page,
                row.sheet.place(row.box),
                True,
            )
        if time is not None:
            source = "time" if row.text("time") else role
            if source:
                self._put(cells, "time", self._field(row, source, time))
        self.before = cells.get("date", self.before)

    def _either(self, row: RawRow) -> tuple[str | None, str]:
        """The date of a cell with two numbers that may each be the year (05/06/25), where only one lies in the period."""
        start, end = self.draft.value("period_start"), self.draft.value("period_end")
        for role in ("date", "booking"):
            m = re.fullmatch(r"(\d\d)[/.-](\d\d)[/.-](\d\d)", row.text(role).strip())
            if m and start and end:
                forms = {f"20{m[1]}-{m[2]}-{m[3]}", f"20{m[3]}-{m[2]}-{m[1]}", f"20{m[3]}-{m[1]}-{m[2]}"}
                inside = [day for day in forms if start <= day <= end]
                if len(inside) == 1:
                    return inside[0], role
        return None, ""

    def _grouped(self, row: RawRow) -> bool:
        """Whether the statement prints a date once for several rows: then an empty date is the one above."""
        # A text layer loses no date; a scan may.
        return (self.layer or self.undated >= 0.25 * len(self.draft.rows)) and row.amount is not None

    def _year(self, day: tuple[int, int]) -> str | None:
        """The date of a day and month within the printed period; None where that leaves a choice."""
        start, end = self.draft.value("period_start"), self.draft.value("period_end")
        if not start or not end:
            return None
        found = {f"{year}-{day[1]:02}-{day[0]:02}" for year in range(int(start[:4]), int(end[:4]) + 1)}
        inside = [d for d in found if start <= d <= end]
        return inside[0] if len(inside) == 1 else None

    def _money(self, row: RawRow, cells: Row) -> None:
        balance = row.money.get("balance")
        if balance and balance.value is not None:
            self._put(
                cells,
                "balance",
                self._field(row, "balance", money(balance.value), confidence=balance.sure),
            )
        source = next(
            (r for r in ("amount", "in", "out") if r in row.money and row.money[r].value), None
        ) or next(
            (r for r in ("amount", "in", "out") if r in row.money and row.money[r].value is not None), None
        )
        if source is None or row.amount is None:
            return
        found = row.money[source]
        sure = min(found.sure, INFERRED) if row.inferred else found.sure
        self._put(
            cells,
            "amount",
            self._field(row, source, money(row.amount), confidence=sure, inferred=row.inferred),
        )

    def _text(self, row: RawRow, cells: Row, name: str, role: str) -> None:
        text = printed(row.text(role))
        if row.sheet.source == "ocr":
            text = self._plain(text)
        if text:
            self._put(cells, name, self._field(row, role, text))

    def _plain(self, text: str) -> str:
        """A scanned text without specks at its ends, in simplified characters where the paper is."""
        text = text.strip(_SPECKS)
        return text.translate(FORMS) if self.simplified else text

    @staticmethod
    def _sides(row: RawRow) -> None:
        """Of the columns of payer and payee the one that is not the holder: money that came in is the payer's."""
        for ending, role in (("", "counterparty"), ("_account", "counterparty_account")):
            payer, payee = row.cells.get("payer" + ending), row.cells.get("payee" + ending)
            side = payer if row.amount and row.amount > 0 else payee if row.amount else None
            if side is not None and role not in row.cells:
                row.cells[role] = side

    def _parties(self, row: RawRow, cells: Row) -> None:
        self._sides(row)
        for role in ("counterparty", "counterparty_account", "party"):
            text = row.text(role)
            if not text:
                continue
            name, account = party(row.cells[role], role)
            if row.sheet.source == "ocr":
                name = self._plain(name)
            if role == "counterparty_account" and "counterparty" in cells:
                name = ""
            told = partial(_told, row.cells[role], row.sheet.source)
            if name:
                if self.masked and row.sheet.source == "ocr":
                    name = _MASK.sub("***", name)
                short = row.sheet.source == "ocr" and re.fullmatch(r"[\u3400-\u9fff]", name) is not None
                # A name of one character has lost its mask or its rest: it is no value.
                self._put(
                    cells,
                    "counterparty",
                    self._field(row, role, name, confidence=0.0 if short else told(name)),
                )
            if account and "counterparty_account" not in cells:
                self._put(
                    cells, "counterparty_account", self._field(row, role, account, confidence=told(account))
                )

    def _rest(self, row: RawRow, cells: Row) -> None:
        code = currency(row.text("currency"))
        if code:
            self._put(cells, "currency", self._field(row, "currency", code))
        for name in ("account", "serial"):
            text = row.text(name).replace(" ", "")
            if text:
                self._put(cells, name, self._field(row, name, text))
        if self.flags and sign_of(row.flag) == 0:
            # Other flags stand in the sign of the amount.
            self._put(cells, "direction", self._field(row, self.flags, "neutral"))
