"""From the sheets of a statement to its rows as printed: tables found, page breaks mended, cells with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from extractors.bank_statement.amounts import empty
from extractors.bank_statement.bare import bare_columns
from extractors.bank_statement.body import body_of, without_dashes, without_weekdays
from extractors.bank_statement.choice import chosen
from extractors.bank_statement.doubled import doubled
from extractors.bank_statement.ends import end_of, first_in, first_row, with_day_above
from extractors.bank_statement.halves import side_by_side
from extractors.bank_statement.labelled import with_labelled, without_labelled
from extractors.bank_statement.labels import COLUMNS, DATES, MONEY, STOPS
from extractors.bank_statement.paired import parted, two_tiers, with_lower
from extractors.bank_statement.raw import RawRow
from extractors.bank_statement.records import LEAST, records_of
from extractors.bank_statement.roles import DAYS, both_ways, one_balance, one_of_each, with_typed
from extractors.bank_statement.stacked import part_cells, part_glued
from extractors.bank_statement.stamps import without_stamps
from extractors.bank_statement.sums import Sum, sums_of
from pipeline.model import Box, Line, Sheet
from pipeline.table import Cell, Column, Header, TableRow, carry, find_headers, fit, learn, read_rows
from pipeline.table.columns import Body
from pipeline.table.header import bands
from pipeline.table.kinds import squeezed, tokens
from pipeline.table.rows import Align

_MONTH = re.compile(r"(20\d\d)(?:年(?:\d{1,2}月(?:份)?)?|[-/.](?:0?[1-9]|1[0-2]))(?=$|[(（收支入出转共合小])")
TYPED = MONEY | DATES | {"time"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table as last seen, and the width of their sheet: what a page without a header goes on with."""

    columns: tuple[Column, ...]
    width: float
    align: Align | None = None
    year: str = ""
    """The year of the last heading of a month, which the rows below do not print again."""
    lower: tuple[Column, ...] = ()
    """The columns of the second printed line of each row, where it has its own."""
    blocks: bool = False
    """Whether there are no columns: each transaction is a block of lines."""


@dataclass(slots=True)
class Part:
    """A table on a sheet: its rows, and the lines above and around it that are none of it."""

    sheet: Sheet
    layout: Layout | None
    header: Header | None
    rows: list[RawRow]
    around: list[Line]
    lost: list[Box] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    """What lines of sums between the rows say."""
    doubled: tuple[str, bool] | None = None
    """The column of two labels of words, and whether a stroke stands between the two."""


@lru_cache(maxsize=256)
def headers_of(sheet: Sheet) -> tuple[Header, ...]:
    """The headers of tables on a sheet, from top to bottom: asked where it is recognised and where it is read."""
    return tuple(find_headers([n for n in sheet.lines if n.kind == "print" and n.text.strip()], COLUMNS))


def parts_of(sheet: Sheet, before: Layout | None) -> list[Part]:
    """The tables of a sheet, from top to bottom: each with the header above it, else with the columns of the page
    before, else with columns that the data itself shows."""
    lines = [n for n in sheet.lines if n.kind == "print" and n.text.strip()]
    headers = headers_of(sheet)
    if not headers:
        going_on = before is not None and before.blocks
        blocks = records_of(_without_months(lines)[0], 1 if going_on else LEAST)
        if blocks:
            return [_block_part(sheet, lines, blocks, before.year if before else "")]
        layout = None if going_on else before
        if layout is None:
            columns = bare_columns(body_of(lines)[0])
            layout = Layout(columns, sheet.width) if columns else None
        if layout is None:
            return [Part(sheet, None, None, [], lines)]
        return [_part(sheet, lines, None, layout)]
    found: list[Part] = []
    top = float("-inf")
    for index, header in enumerate(headers):
        bottom = headers[index + 1].box[1] if index + 1 < len(headers) else float("inf")
        own = frozenset(header.lines)
        area = [n for n in lines if 2 * top <= n.box[1] + n.box[3] < 2 * bottom and n not in own]
        parts = [
            _part(sheet, some, head, _with(head, sheet.width, before))
            for head, some in side_by_side(header, area)
        ]
        if found:
            _share(found[-1], parts[0])
        found += parts
        top = bottom
    return found


def _block_part(sheet: Sheet, lines: list[Line], blocks: Sequence[dict[str, Cell]], year: str) -> Part:
    """The part of a sheet whose transactions are blocks of lines, below headings of months or not; what stands above the
    first is around it. `year` is that of the heading last seen."""
    rows = [RawRow(sheet, cells) for cells in blocks]
    year = _dated(rows, _without_months(lines)[1], year)
    top = min(row.box[1] for row in rows)
    end = max(row.box[3] for row in rows)
    return Part(
        sheet,
        Layout((), sheet.width, year=year, blocks=True),
        None,
        rows,
        [n for n in lines if n.box[3] <= top or n.box[1] >= end],
    )


def _with(header: Header, width: float, before: Layout | None) -> Layout:
    """The columns of a header, with what goes on from the page before."""
    columns, lower = two_tiers(header)
    return Layout(columns, width, before.align if before else None, before.year if before else "", lower)


def _without_months(lines: list[Line]) -> tuple[list[Line], list[tuple[float, str, list[Line]]]]:
    """The lines without the headings of months (2026年05月, with or without that month's sums), and these: the y, the
    year and the lines of each."""
    kept: list[Line] = []
    months: list[tuple[float, str, list[Line]]] = []
    for band in bands(lines):
        m = _MONTH.match(squeezed(band[0].text))
        dated = any(t.kind == "date" for n in band for t in tokens(n.text))
        if m and not dated and len(band) <= 8 and ("年" in m[0] or len(band) == 1):
            months.append((band[0].box[1], m[1], band))
        else:
            kept += band
    return kept if months else lines, months


def _dated(rows: Sequence[RawRow], months: Sequence[tuple[float, str, list[Line]]], year: str) -> str:
    """Gives each row the year of the month's heading above it, the first ones `year`; the year that goes on."""
    for row in rows:
        top = row.box[1] if months and row.cells else 0.0
        year = next((y for at, y, _ in reversed(months) if at <= top), year)
        row.year = year
    return months[-1][1] if months else year


def _share(above: Part, below: Part) -> None:
    """Lines under the last row of one table and above the next header are read with the next table."""
    if not above.rows or below.header is None:
        return
    end = max(row.box[3] for row in above.rows)
    moved = [n for n in above.around if n.middle[1] > end]
    above.around = [n for n in above.around if n.middle[1] <= end]
    below.around = moved + below.around


def _part(sheet: Sheet, lines: list[Line], header: Header | None, layout: Layout) -> Part:
    start = header.box[3] if header else float("-inf")
    # A label's descender may reach below the first row's top: a line counts by its middle.
    body: list[Line] = Body()
    above: list[Line] = []
    for line in lines:
        (body if line.box[1] + line.box[3] > 2 * start else above).append(line)
    body, months = _without_months(body)
    columns = _columns(layout, sheet.width)
    body, told = without_labelled(body, columns)
    kept, dropped = body_of(body)
    if sheet.source == "ocr":
        kept = without_stamps(kept)
    if {"in", "out"} <= {c.role for c in columns}:
        kept = without_dashes(kept)
    kept = without_weekdays(kept)
    if header is None:
        first = with_day_above(min(first_row(kept), first_in(columns, kept)), kept)
        above += [n for n in kept if n.middle[1] < first]
        kept = [n for n in kept if n.middle[1] >= first]
    end = end_of(kept)
    dropped += [n for n in kept if n.box[1] > end]
    kept = [n for n in kept if n.box[1] <= end]
    if header is None and sheet.source == "ocr":
        columns = carry(columns, kept)
    below: list[Line] = []
    if layout.lower:
        kept, below = parted(kept)
    kept = Body(kept)
    known = one_of_each(chosen(both_ways(fit(with_typed(one_balance(columns), kept), kept), kept), kept))
    fitted = learn(known, kept)
    anchors = frozenset(c.role for c in fitted if c.role in MONEY)
    if any(MONEY & set(c.more) for c in fitted):
        # An amount over its balance is one row: the dates tell the rows.
        anchors = frozenset(c.role for c in fitted if c.role in DATES | {"time"}) or anchors
    rows, align = read_rows(kept, fitted, anchors, DATES | {"time"}, layout.align)
    for made in rows:
        part_cells(made, fitted)
        part_glued(made, fitted)
        _without_marks(made)
        if sheet.source == "ocr":
            _without_strays(made, fitted)
    if below:
        with_lower(rows, below, layout.lower)
    with_labelled(rows, told)
    raw = [RawRow(sheet, row.cells) for row in rows if row.middle is None or _is_row(row)]
    year = _dated(raw, months, layout.year)
    used = {id(n) for row in rows for cell in row.cells.values() for n in cell.lines}
    last = max((row.box[3] for row in raw if row.cells), default=float("-inf"))
    around = above + dropped + [n for n in kept if id(n) not in used and n.middle[1] > last]
    top_of_rows = min((row.box[1] for row in raw if row.cells), default=float("inf"))
    for row, source in zip(raw, [r for r in rows if r.middle is None or _is_row(r)], strict=True):
        if source.middle is None:
            row.cells.setdefault("", Cell([]))
    return Part(
        sheet,
        Layout(known, sheet.width, align, year, layout.lower),
        header,
        raw,
        around,
        _lost(sheet, kept, fitted, raw),
        sums_of(sheet, dropped, fitted, top_of_rows),
        doubled(known),
    )


def _without_marks(row: TableRow) -> None:
    """Takes the marks of empty cells out of cells that hold something else: they are a neighbour's."""
    for cell in row.cells.values():
        if len(cell.lines) > 1:
            told = [n for n in cell.lines if not empty(n.text)]
            cell.lines = told or cell.lines


def _without_strays(row: TableRow, columns: Sequence[Column]) -> None:
    """Takes single characters out of cells of text that stand far from the rest of their printed line: a watermark's."""
    for column in columns:
        cell = row.cells.get(column.role)
        if cell is None or column.typed or len(cell.lines) < 2:
            continue
        strays = [
            n
            for n in cell.lines
            if len(n.text.strip()) == 1
            and all(
                max(n.box[0] - o.box[2], o.box[0] - n.box[2]) > 2.5 * n.height
                for o in cell.lines
                if o is not n
            )
        ]
        if len(strays) < len(cell.lines):
            cell.lines = [n for n in cell.lines if n not in strays]


def _lost(
    sheet: Sheet, lines: Sequence[Line], columns: Sequence[Column], rows: Sequence[RawRow]
) -> list[Box]:
    """The places of printed dates in a scan's date column in whose height no row has a date: rows that the reading
    merged or dropped. A text layer loses none."""
    if sheet.source != "ocr" or not rows:
        return []
    spans = [(c.x0, c.x1) for c in columns if c.role in DAYS]
    told = [row.cells[role].lines[0].middle[1] for row in rows for role in DAYS if role in row.cells]
    found = []
    for band in bands([n for n in lines if any(a <= n.middle[0] <= b for a, b in spans)]):
        dated = next((n for n in band if any(t.kind == "date" for t in tokens(n.text))), None)
        if dated and all(abs(dated.middle[1] - y) > 0.6 * dated.height for y in told):
            found.append(dated.box)
    return found


def _columns(layout: Layout, width: float) -> tuple[Column, ...]:
    scale = width / layout.width if layout.width else 1.0
    columns = layout.columns
    if abs(scale - 1) > 0.02:
        columns = tuple(replace(c, x0=c.x0 * scale, x1=c.x1 * scale) for c in columns)
    roles = {c.role for c in columns}
    if not roles & DATES:
        # 交易时间 alone holds the date as well.
        columns = tuple(replace(c, kind="date") if c.role == "time" else c for c in columns)
    return tuple(sorted(columns, key=lambda c: c.middle))


def _is_row(row: TableRow) -> bool:
    """Whether an anchor's cells are a transaction: not the balance brought forward, not a sum."""
    words = " ".join(
        row.cells[r].text for r in ("summary", "name", "remark", "counterparty") if r in row.cells
    )
    plain = squeezed(words).lower()
    moved = any(r in row.cells and not empty(row.cells[r].text) for r in ("amount", "in", "out"))
    if plain.startswith(STOPS) and not (moved and any(r in row.cells for r in DATES)):
        return False
    typed = [r for r in row.cells if r in TYPED]
    return bool(typed) and any(re.search(r"\d", row.cells[r].text) for r in typed)
