"""From rows to slips: which printed label and value belong to which month of which person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.pay_stub.above import Above
from extractors.pay_stub.across import across
from extractors.pay_stub.below import clusters_of, extent, named_around, under
from extractors.pay_stub.between import Between
from extractors.pay_stub.captions import captions
from extractors.pay_stub.cells import (
    PAY,
    YEARS,
    Block,
    Cell,
    Slip,
    as_printed,
    couples,
    dated,
    holds_pay,
    role_of,
    summed,
    text_of,
    with_months,
)
from extractors.pay_stub.columns import WRAP, Column, columns_of
from extractors.pay_stub.double import double
from extractors.pay_stub.glued import parted
from extractors.pay_stub.heads import heads_of, valued
from extractors.pay_stub.labels import (
    TEXTS,
    TITLE,
    Meaning,
    key,
    meaning,
)
from extractors.pay_stub.parts import AMOUNT, is_month, is_value, known, money, span_of_days, split
from extractors.pay_stub.prose import prose
from extractors.pay_stub.rowkinds import answers, beneath, is_rest, is_title, pairs_of_text, unknown_pair
from extractors.pay_stub.siblings import told_by
from extractors.pay_stub.sides import sides
from extractors.pay_stub.spaced import joined, single
from extractors.pay_stub.window import without_window
from pipeline.layout import Row, rows
from pipeline.model import Line, Sheet
from pipeline.text import squeeze

FEWEST = 4
"""A row of so many amounts is a person's pay, wherever it stands."""
WORD = 6
"""Lines of a header's wrapped cells have at most so many characters where they are no label by themselves."""


class Walk:
    """Goes down the sheets of one paper and collects its slips, in `lost` the rows of amounts without a head, and in `tables` the labels of each table's head; with those
    known beforehand, what one head lost is taken from the others."""

    def __init__(self, heads_known: Sequence[Sequence[str]] = ()) -> None:
        self.heads_known = heads_known
        self.tables: list[list[str]] = []
        self.lost: list[tuple[Row, Sheet]] = []
        self.several = False
        self.slips: list[Slip] = []
        self.now = Slip()
        self.sheet: Sheet | None = None
        self.pending: list[Row] = []
        self.lead: list[Row] = []
        self.columns: list[Column] = []
        self.over: list[Row] = []
        self.body: list[Row] = []
        self.between = Between()
        self.above = Above()

    def sheets(self, sheets: Sequence[Sheet]) -> list[Slip]:
        """Every slip on the sheets; the last ones may be without pay."""
        for sheet in sheets:
            self.sheet = sheet
            told, lines = prose(without_window(single(sheet.lines)), sheet)
            for part, block in told:
                self._sides(part, sheet)
                self._block(block)
            self._sides(lines, sheet)
        self._flush()
        return self.slips

    def _sides(self, lines: Sequence[Line], sheet: Sheet) -> None:
        parts = sides(split(joined(lines)))
        first = len(self.slips)
        for part in parts:
            if len(parts) > 1:
                self._flush()
                first = min(first, len(self.slips)) if part is not parts[0] else len(self.slips)
            self._side(rows(part), sheet)
        if len(parts) > 1:
            self._flush()
            self.slips[first:] = as_printed(self.slips[first:], sheet)

    def _side(self, table: Sequence[Row], sheet: Sheet) -> None:
        """Goes down the rows of a sheet, or of one of the slips that stand beside each other on it."""
        self.above = Above()
        heads, masked = heads_of(table)
        blocks = {b.first: b for b in (*double(table, sheet), *captions(table, sheet), *across(table, sheet))}
        done = -1
        for index, row in enumerate(table):
            if index in blocks:
                self._block(blocks[index])
                if not blocks[index].records:
                    for lost in table[index : blocks[index].last + 1]:
                        self._miss(lost)
                done = blocks[index].last
            elif index <= done:
                continue
            elif self._within(table, index, index in masked) and self.between.note(
                row, sheet, head=index in heads
            ):
                pass  # it holds for the rows below it
            elif not self.columns and answers(self.pending, row):
                self._data(row)
            elif index in heads:
                self._head(row, index - 1 in heads)
            elif index in masked:
                self._data(row)
            else:
                self._row(row)
        self._end_body()
        self.pending = []

    def _flush(self) -> None:
        if self.now.paid:
            self.slips.append(self.now)
            self.now = Slip()

    # ------------------------------------------------------------ rows

    def _row(self, row: Row) -> None:
        labels = [n for n in row.lines if meaning(n.text) is not None]
        values = [n for n in row.lines if is_value(n.text) and n not in labels]
        titles = [n for n in row.lines if TITLE.search(squeeze(n.text)) and n not in labels]
        paid = [n for n in values if n not in titles and money(n.text) is not None and not is_month(n.text)]
        if self.pending and len(titles) == 1 and len(paid) == len(row.lines) - 1 == 1:
            self._beside_title(row, titles)
        elif is_title(row, values):
            self._title(row)
        elif values and self._is_data(row, labels, values):
            self._data(row)
        elif (
            (values and labels)
            or pairs_of_text(row, self.pending or self.lead)
            or unknown_pair(row, self.above)
            or is_rest(row)
        ):
            self._end_body()
            self._forget()
            self._pairs(row)
        elif labels or any(known(n.text) for n in row.lines):
            self._end_body()
            self._header_row(row)
        elif values and not self.columns:
            self._miss(row)
            told = [n for n in row.lines if is_month(n.text) or span_of_days(n.text, 2000)]
            self._texts([n for n in row.lines if n not in values or n in told])
        else:
            self._loose(row)

    def _head(self, row: Row, goes_on: bool) -> None:
        """A row of a head whose table is known to follow."""
        self._end_body()
        if not goes_on:
            self._forget()
        self.lead = []
        self._header_row(row)

    def _is_data(self, row: Row, labels: Sequence[Line], values: Sequence[Line]) -> bool:
        """Whether a row holds values under a header: no label but a sum's first word, and a header is there."""
        if not (self.columns or self.pending):
            return False
        if any(summed(n.text) for n in row.lines[:2]):
            return bool(self.columns) and len(labels) <= 1
        telling = [n for n in labels if n.text and meaning(n.text) != Meaning("skip")]
        if telling:
            return False
        if self.columns:
            return True
        over = max(self.pending[-1].bottom, self.between.bottom(row))
        near = row.top - over < 2.5 * max(row.height, self.pending[-1].height)
        if len([n for n in row.lines if n not in values and n not in labels]) > len(values) + 2:
            return False
        return (
            near
            and any(m and m.role in PAY for m in (meaning(n.text) for r in self.pending for n in r.lines))
        ) or (near and (self._enough() or (self.now.paid and beneath(self.pending, row))))

    def _enough(self) -> bool:
        return sum(meaning(n.text) is not None for r in self.pending for n in r.lines) >= 2

    # ------------------------------------------------------------ titles and words

    def _title(self, row: Row) -> None:
        self._end_body()
        self._forget()
        self.above = Above()
        if self.now.paid:
            self._flush()
        self.now.row = self.now.stranger = False
        assert self.sheet is not None
        self.now.titles += [(n, self.sheet) for n in row.lines]
        beside = [n for n in row.lines if not TITLE.search(squeeze(n.text))]
        if any(role_of(n) in TEXTS and re.search(r"[:：]\s*$", n.text) for n in beside):
            self._pairs(replace(row, lines=tuple(beside)))

    def _beside_title(self, row: Row, titles: Sequence[Line]) -> None:
        """A title with an amount beside it, whose label stands above it beside the employer's name."""
        assert self.sheet is not None
        over = [n for r in self.pending for n in r.lines]
        heads = [n for n in over if meaning(n.text) is not None]
        if self.now.paid:
            self._flush()
        self.now.row = self.now.stranger = False
        self.now.titles += [(n, self.sheet) for n in titles]
        self._texts([n for n in over if n not in heads])
        amount = next(n for n in row.lines if n not in titles)
        mine = [n for n in heads if n.box[0] < amount.box[2] and amount.box[0] < n.box[2]]
        self._forget()
        if len(mine) == 1 and (found := meaning(mine[0].text)):
            self.now.cells.append(Cell(mine[0].text, found, (amount,), self.sheet))
        else:
            self._texts([amount])

    def _loose(self, row: Row) -> None:
        """Words without a label: a company's name, a person's, a note. They end no table, they wrap its cells."""
        if self.columns or max(len(n.text) for n in row.lines) > WORD:
            self.lead = []
        elif self.pending and row.top - self.pending[-1].bottom < 1.6 * row.height:
            self.pending.append(row)
        else:
            self.lead = [r for r in self.lead if row.top - r.bottom < 0.5 * row.height]
            self.lead.append(row)
        self._texts(row.lines)

    def _miss(self, row: Row) -> None:
        """Notes a row of amounts that no head tells anything of: somebody's pay, which is not read."""
        assert self.sheet is not None
        amounts = [n for n in row.lines if money(n.text) is not None and AMOUNT.search(n.text)]
        if len(amounts) >= FEWEST and not any(summed(n.text) for n in row.lines[:2]):
            self.lost.append((row, self.sheet))

    def _texts(self, lines: Iterable[Line]) -> None:
        assert self.sheet is not None
        self.now.texts += [(n, self.sheet) for n in lines]

    # ------------------------------------------------------------ tables

    def _forget(self) -> None:
        self.pending, self.lead, self.columns, self.between = [], [], [], Between()

    def _header_row(self, row: Row) -> None:
        self.columns = []
        if self.pending and row.top - self.pending[-1].bottom > 1.6 * max(
            row.height, self.pending[-1].height
        ):
            self.pending = []
        if not self.pending:
            self.pending = [r for r in self.lead if row.top - r.bottom < WRAP * row.height]
        self.lead = []
        self.pending.append(row)
        self.above.note(row)

    def _data(self, row: Row) -> None:
        if not self.columns:
            self.columns, self.over = columns_of(self.pending), self.pending
            self.pending = []
            self.above = Above()
        if self.body:
            gaps = [b.top - a.bottom for a, b in zip(self.body, self.body[1:], strict=False)]
            if row.top - self.body[-1].bottom > max(5 * row.height, *(2.5 * g for g in gaps), 0.0):
                self._end_body()
                self._forget()
                self._miss(row)
                return
        self.body.append(row)

    def _end_body(self) -> None:
        if not self.body:
            return
        body, self.body = self.body, []
        assert self.sheet is not None
        kept = [row for row in body if not any(summed(n.text) for n in row.lines[:2])]
        goes_on = not self.over
        if self.over:
            columns = parted(self.over, [extent(c) for c in clusters_of(body)])
            labels = [c.label for c in columns]
            goes_on = self.several and self.tables[-1:] == [labels]
            self.tables.append(labels)
            self.columns, self.over = with_months(told_by(columns, self.heads_known), body), []
        found = []
        table = [
            named_around(self.columns, row, cells, [n for n, s in self.now.texts if s is self.sheet])
            for row, cells in zip(body, under(self.columns, body), strict=True)
        ]
        self.columns = dated(self.columns, table)
        told = self._told(body, table)
        for cells, month_ in zip(table, told, strict=True):
            found.append(
                [
                    Cell(
                        c.label, mean, tuple(cells[i]), self.sheet, month_ if mean.role == "period" else None
                    )
                    for i, c in enumerate(self.columns)
                    if cells.get(i) and (mean := c.meaning or Meaning("?"))
                ]
            )
        if not any(c.meaning == Meaning("name") for c in self.columns):
            found = [[*self.between.owner(row), *cells] for row, cells in zip(body, found, strict=True)]
        records = [cells for row, cells in zip(body, found, strict=True) if row in kept and cells]
        self._records(records, goes_on)
        self.several = len(records) > 1
        self.columns = self.columns if self.several else []

    def _told(self, body: Sequence[Row], table: Sequence[dict[int, list[Line]]]) -> list[str | None]:
        """The month of each row as the rows above it tell its year."""
        place = next((i for i, c in enumerate(self.columns) if c.meaning == Meaning("period")), None)
        if place is None or any(key(c.label) in YEARS for c in self.columns):
            return [None] * len(body)
        return self.between.months(["".join(n.text for n in cells.get(place, ())) for cells in table], body)

    def _within(self, table: Sequence[Row], index: int, masked: bool) -> bool:
        """Whether a row stands between the rows of a table: in one, or below its head, above a row of values."""
        under_ = index + 1 < len(table) and (
            valued(table[index + 1]) or (index + 2 < len(table) and valued(table[index + 2]))
        )
        return under_ and bool(self.columns or self.pending or masked)

    def _records(self, records: Sequence[list[Cell]], goes_on: bool) -> None:
        """Puts a table's rows to slips. What stands above a table is every row's; of a slip before another table, which does
        not go on in this one, only whose it was."""
        paid = [cells for cells in records if Slip(cells).paid and holds_pay(cells)]
        records = paid or records
        goes_on = goes_on and not self._again(records)
        context = [c for c in self.now.cells if c.meaning.role in TEXTS or key(c.label) in YEARS]
        for cells in records:
            if len(records) == 1 and not self._clash(cells):
                self.now.cells += cells
                self.now.row = True
                continue
            if self.now.paid:
                kept = Slip(titles=self.now.titles, texts=self.now.texts)
                if cells is records[0] and not goes_on:
                    kept, context = (
                        Slip(texts=self._late()),
                        [c for c in context if c.meaning.role not in ("period", "pay_date")],
                    )
                self._flush()
                self.now = kept
                self.now.cells += [
                    c for c in context if not any(c.meaning.role == o.meaning.role for o in cells)
                ]
            self.now.cells += cells
            self.now.row = True
            named = any(c.meaning and c.meaning.role == "name" for c in self.columns)
            self.now.stranger = named and not any(c.meaning.role == "name" for c in cells)

    def _block(self, block: Block) -> None:
        """Rows that were understood together: a slip for each record among them."""
        self._end_body()
        self._forget()
        self.above = Above()
        self._records(block.records, False)

    def _again(self, records: Sequence[list[Cell]]) -> bool:
        """Whether a table names somebody whose pay was told above: it is another month's."""
        before = {text_of(c.pieces) for slip in (*self.slips, self.now) if (c := slip.has("name"))}
        return any(
            text_of(c.pieces) in before for cells in records for c in cells if c.meaning.role == "name"
        )

    def _clash(self, cells: Sequence[Cell]) -> bool:
        """Whether cells say again, and otherwise, what the present slip says already."""
        if not self.now.paid:
            return False
        mine = {(c.meaning.role, key(c.label)): text_of(c.pieces) for c in self.now.cells}
        return any(
            mine.get((c.meaning.role, key(c.label)), text_of(c.pieces)) != text_of(c.pieces)
            or (c.meaning.role == "net_pay" and self.now.has("net_pay"))
            for c in cells
        )

    # ------------------------------------------------------------ pairs

    def _pairs(self, row: Row) -> None:
        assert self.sheet is not None
        found = couples(row)
        first = found[0][0].box[0] if found else 0.0
        self._texts([n for n in row.lines if n.box[2] <= first and is_month(n.text)])
        self.above.ends(found)
        self.above.opens(found)
        for label, values in found:
            if values or meaning(label.text) is None:
                for cell in self.above.cells(label, values, self.sheet):
                    self._add(cell)

    def _add(self, cell: Cell) -> None:
        """Puts a cell to the present slip, or begins the next where it says again what begins a slip."""
        mine = self.now.cells
        if self.now.paid:
            same = [c for c in mine if (c.meaning.role, key(c.label)) == (cell.meaning.role, key(cell.label))]
            opens = cell.meaning.role in ("name", "period") and any(
                c.meaning.role == cell.meaning.role for c in mine
            )
            other = [c for c in same if text_of(c.pieces) != text_of(cell.pieces)]
            if (opens and (other or self.now.has("net_pay"))) or (
                same
                and self.now.has("net_pay")
                and self.now.has("gross_pay")
                and any(c is s for c in mine[:3] for s in same)
                and not self._repeats(cell, same)
            ):
                titles, late = self.now.titles, self._late()
                self._flush()
                self.now.texts = late
                if cell.meaning.role == "name":
                    self.now.titles = titles  # one title over several people
        self.now.cells.append(cell)

    def _late(self) -> list[tuple[Line, Sheet]]:
        """The lines without a label below all that the present slip tells: they stand over the next one."""
        bottom = max(
            (p.box[3] for c in self.now.cells if c.sheet is self.sheet for p in c.pieces),
            default=float("-inf"),
        )
        return [(n, s) for n, s in self.now.texts if s is self.sheet and n.box[1] >= bottom]

    def _repeats(self, cell: Cell, same: Sequence[Cell]) -> bool:
        """Whether a net or gross pay is only shown again (large above the list, and in it)."""
        return cell.meaning.role in ("net_pay", "gross_pay") and any(
            text_of(c.pieces) == text_of(cell.pieces) for c in same
        )
