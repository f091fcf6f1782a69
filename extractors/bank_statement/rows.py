"""From the sheets of a statement to its rows as printed: tables found, page breaks mended, cells with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import cast

from extractors.bank_statement.amounts import Money, empty, money_of
from extractors.bank_statement.bare import bare_columns
from extractors.bank_statement.choice import chosen
from extractors.bank_statement.labels import COLUMNS, DATES, MONEY, STOPS
from extractors.bank_statement.records import records_of
from extractors.bank_statement.stacked import part_cells, part_glued
from extractors.bank_statement.stamps import without_stamps
from pipeline.model import Box, Line, Sheet
from pipeline.table import Cell, Column, Header, TableRow, carry, find_headers, fit, learn, read_rows
from pipeline.table.columns import Cluster, Piece, clusters, pieces
from pipeline.table.header import bands
from pipeline.table.kinds import Kind, When, kind_of, squeezed, tokens, when
from pipeline.table.rows import Align

_NOTE = re.compile(
    r"^[(（*※★【]*(?:本(?:明细|清单|对账单|流水|回单|账单|凭证|单据?|页|证明|表|电子|行|文件)|如(?:有|对|需|您)|以上|上述|请|敬请|注[:：]|此(?:单|件|明细|清单)|感谢|欢迎|尊敬)"
    r"|仅供.{2,12}(?:使用|参考|核对|之用)|为准|不作.{0,8}(?:凭证|依据|证明)|(?:无效|有效|使用|参考|查询|联系|咨询|核对|办理)[。.]$"
)
"""Sentences that stand under a table: what the paper is for, whom to ask."""
_PAGE_MARK = re.compile(
    r"-*第?\d{1,4}(?:页)?[/,，]?(?:共|of)?\d{0,4}页?-*|-*\d{1,4}-+|-*(?:共\d+页)?[,，/]?第\d+页(?:[,，/]?共\d+页)?-*|page\d+(?:of\d+)?|\d+of\d+"
)
"""A printed line that is only a page number; a bare number up to four digits is one where it stands alone."""
_SIDES = {
    "payer": ("payee", "counterparty"),
    "payee": ("payer", "counterparty"),
    "payer_account": ("payee_account", "counterparty_account"),
    "payee_account": ("payer_account", "counterparty_account"),
}
"""The columns of both sides of a payment: the opposite one, and what one means without it."""
_FREE = re.compile(r"可用|冻结|可取|available", re.I)
_MONTH = re.compile(r"(20\d\d)(?:年(?:\d{1,2}月(?:份)?)?|[-/.](?:0?[1-9]|1[0-2]))(?=$|[收支入出转共合小])")
_CLOCK = re.compile(r"时间|时刻|time", re.I)
_MARK = re.compile(r"(?:^|(?<=\s))([-—–−])\s+(?=[\d¥￥])")
TYPED = MONEY | DATES | {"time"}
DAYS = ("date", "booking", "time")
"""The columns in which a row prints its day."""


@dataclass(slots=True)
class RawRow:
    """One printed row: the cells by role with their sheet, and its amounts."""

    sheet: Sheet
    cells: dict[str, Cell]
    money: dict[str, Money] = field(default_factory=dict)
    amount: Decimal | None = None
    proved: bool = False
    inferred: bool = False
    year: str = ""

    @property
    def box(self) -> Box:
        return TableRow(0.0, self.cells).box

    def text(self, role: str) -> str:
        cell = self.cells.get(role)
        text = cell.text if cell else ""
        return "" if empty(text) else text

    @property
    def balance(self) -> Decimal | None:
        found = self.money.get("balance")
        return found.value if found else None

    @property
    def group(self) -> tuple[str, str]:
        """The account and the currency whose chain the row belongs to."""
        return squeezed(self.text("account")), squeezed(self.text("currency"))


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table as last seen, and the width of their sheet: what a page without a header goes on with."""

    columns: tuple[Column, ...]
    width: float
    align: Align | None = None
    year: str = ""
    """The year of the last heading of a month, which the rows below do not print again."""


@dataclass(slots=True)
class Part:
    """A table on a sheet: its rows, and the lines above and around it that are none of it."""

    sheet: Sheet
    layout: Layout | None
    header: Header | None
    rows: list[RawRow]
    around: list[Line]
    lost: list[Box] = field(default_factory=list)


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
        blocks = records_of(lines)
        if blocks:
            return [_block_part(sheet, lines, blocks)]
        layout = before
        if layout is None:
            columns = bare_columns(_body(lines)[0])
            layout = Layout(columns, sheet.width) if columns else None
        if layout is None:
            return [Part(sheet, None, None, [], lines)]
        return [_part(sheet, lines, None, layout)]
    found = []
    top = float("-inf")
    for index, header in enumerate(headers):
        bottom = headers[index + 1].box[1] if index + 1 < len(headers) else float("inf")
        own = frozenset(header.lines)
        area = [n for n in lines if top <= n.middle[1] < bottom and n not in own]
        found.append(_part(sheet, area, header, _with(header.columns, sheet.width, before)))
        top = bottom
    for index in range(1, len(found)):
        _share(found[index - 1], found[index])
    return found


def _block_part(sheet: Sheet, lines: list[Line], blocks: Sequence[dict[str, Cell]]) -> Part:
    """The part of a sheet whose transactions are blocks of lines; what stands above the first is around it."""
    rows = [RawRow(sheet, cells) for cells in blocks]
    top = min(row.box[1] for row in rows)
    end = max(row.box[3] for row in rows)
    return Part(sheet, None, None, rows, [n for n in lines if n.box[3] <= top or n.box[1] >= end])


def _with(columns: tuple[Column, ...], width: float, before: Layout | None) -> Layout:
    """The columns of a header, with what goes on from the page before."""
    return Layout(columns, width, before.align, before.year) if before else Layout(columns, width)


def _without_months(lines: Sequence[Line]) -> tuple[list[Line], list[tuple[float, str, list[Line]]]]:
    """The lines without the headings of months (2026年05月, with or without that month's sums), and these: the y, the
    year and the lines of each."""
    kept: list[Line] = []
    months: list[tuple[float, str, list[Line]]] = []
    for band in bands(lines):
        m = _MONTH.match(squeezed(band[0].text))
        dated = any(t.kind == "date" for n in band for t in tokens(n.text))
        if m and not dated and len(band) <= 5 and ("年" in m[0] or len(band) == 1):
            months.append((band[0].box[1], m[1], band))
        else:
            kept += band
    return kept, months


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
    body = [n for n in lines if n.middle[1] > start]
    above = [n for n in lines if n.middle[1] <= start]
    kept, dropped = _body(body)
    columns = _columns(layout, sheet.width)
    if sheet.source == "ocr":
        kept = without_stamps(kept)
    if {"in", "out"} <= {c.role for c in columns}:
        kept = _without_dashes(kept)
    kept, months = _without_months(kept)
    dropped += [n for _, _, band in months for n in band]
    if header is None:
        first = min(_first_row(kept), _first_in(columns, kept))
        above += [n for n in kept if n.middle[1] < first]
        kept = [n for n in kept if n.middle[1] >= first]
    end = _end(kept)
    dropped += [n for n in kept if n.box[1] > end]
    kept = [n for n in kept if n.box[1] <= end]
    if header is None and sheet.source == "ocr":
        columns = carry(columns, kept)
    known = _roles(chosen(fit(_with_typed(_one_balance(columns), kept), kept), kept))
    fitted = learn(known, kept)
    anchors = frozenset(c.role for c in fitted if c.role in MONEY)
    if any(MONEY & set(c.more) for c in fitted):
        # An amount over its balance is one row: the dates tell the rows.
        anchors = frozenset(c.role for c in fitted if c.role in DATES | {"time"}) or anchors
    rows, align = read_rows(kept, fitted, anchors, DATES | {"time"}, layout.align)
    for made in rows:
        part_cells(made, fitted)
        part_glued(made, fitted)
    raw = [RawRow(sheet, row.cells) for row in rows if row.middle is None or _is_row(row)]
    year = layout.year
    for row in raw:
        top = row.box[1] if row.cells else 0.0
        year = next((y for at, y, _ in reversed(months) if at <= top), year)
        row.year = year
    used = {id(n) for row in rows for cell in row.cells.values() for n in cell.lines}
    around = above + dropped + [n for n in kept if id(n) not in used and not raw]
    for row, source in zip(raw, [r for r in rows if r.middle is None or _is_row(r)], strict=True):
        if source.middle is None:
            row.cells.setdefault("", Cell([]))
    return Part(
        sheet,
        Layout(known, sheet.width, align, months[-1][1] if months else layout.year),
        header,
        raw,
        around,
        _lost(sheet, kept, fitted, raw),
    )


def _without_dashes(lines: Sequence[Line]) -> list[Line]:
    """The lines with the dash of an empty column of in or out cut from the amount beside it: a blank stands between."""
    found: list[Line] = []
    for line in lines:
        at = 0
        for m in _MARK.finditer(line.text):
            if line.text[at : m.start(1)].strip():
                found.append(line.cut(at, m.start(1)))
            found.append(line.cut(m.start(1), m.end(1)))
            at = m.end()
        found.append(line.cut(at) if at else line)
    return found


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


def _with_typed(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """The columns, where none is known to hold the amounts, or none the dates: then the first of unknown label that stands
    over such data does."""
    found = list(columns)
    for role, kind, known in (("amount", "money", ("amount", "in", "out")), ("date", "date", DAYS)):
        if any(r in known for c in found for r in (c.role, *c.more)):
            continue
        data = clusters(pieces(lines), cast(Kind, kind))
        over = (
            i
            for i, c in enumerate(found)
            if not c.role and any(min(c.x1, s.x1) > max(c.x0, s.x0) for s in data)
        )
        at = next(over, None)
        if at is not None:
            found[at] = replace(found[at], role=role, kind=cast(Kind, kind))
    return tuple(found)


def _one_balance(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, where two hold balances: what is there to draw (可用余额) is not the balance of the account."""
    held = [c for c in columns if c.role == "balance"]
    free = [c for c in held if _FREE.search(c.label)]
    spare = free if len(free) < len(held) else []
    return tuple(replace(c, role="other") if c in spare else c for c in columns)


def _roles(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Two columns of one role: the one of several summaries or accounts that stands first keeps it."""
    seen: set[str] = set()
    found = []
    named = {r for c in columns for r in (c.role, *c.more)}
    clocks = sum(c.role == "date" for c in columns) > 1
    purpose = "summary" if not named & {"summary", "name"} else "remark"
    for column in columns:
        # 用途 alone says what a row is; beside a summary it is a remark.
        c, role = column, purpose if column.role == "purpose" else column.role
        if role == "date" and clocks and _CLOCK.search(c.label) and "日" not in c.label:
            # 发生时间 beside 发生日期 is the time of day.
            role, c = "time", replace(c, kind="time")
        if role in _SIDES and _SIDES[role][0] not in named:
            # 收款人 without 付款人 is the other party of every row.
            role = _SIDES[role][1]
        if role in seen and role not in ("", "other"):
            role = "other"
        seen.add(role)
        more = tuple(m for r in c.more if (m := purpose if r == "purpose" else r) not in seen)
        seen.update(more)
        found.append(replace(c, role=role, more=more))
    return tuple(found)


def _body(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines that may be rows, and those of subtotals, page marks and disclaimers."""
    kept: list[Line] = []
    dropped: list[Line] = []
    sums = [n for n in lines if any(t.kind == "money" for t in tokens(n.text))]
    end = max((n.box[3] + 0.3 * n.height for n in sums), default=0.0)
    last = [n for n in lines if sums and abs(n.box[3] + 0.3 * n.height - end) < 0.6 * n.height]
    for band in bands(lines):
        dated = any(t.kind == "date" for n in band[:4] for t in tokens(n.text))
        first = squeezed(band[0].text).lower()
        text = squeezed("".join(n.text for n in band)).lower()
        # Within the rows a bare number is the end of a wrapped account, not a page's number.
        page = (
            len(band) <= 4
            and bool(_PAGE_MARK.fullmatch(text))
            and (not text.isdigit() or (band[0].box[1] > end and not _goes_on(band, last)))
        )
        stop = _is_note(band) or any(
            squeezed(n.text).lower().lstrip("*(【[-").startswith(STOPS) for n in band
        )
        if page or (stop and (not dated or first.startswith(STOPS))):
            dropped += band
        else:
            kept += band
    return kept, dropped


def _goes_on(band: Sequence[Line], above: Sequence[Line]) -> bool:
    """Whether a lone number under the last row is the end of a wrapped account: close below, and in line with its begin."""
    line = band[0]
    return len(band) == 1 and any(
        abs(n.box[0] - line.box[0]) < 0.2 * n.height
        and line.box[1] - n.box[3] < 0.8 * n.height
        and n.text[-1:].isdigit()
        for n in above
    )


def _is_note(band: Sequence[Line]) -> bool:
    """Whether a printed line without dates and amounts is a sentence under the table."""
    if len(band) > 2 or any(t.kind in ("date", "money") for n in band for t in tokens(n.text)):
        return False
    text = squeezed("".join(n.text for n in band))
    return len(text) > 5 and bool(_NOTE.search(text))


def _first_row(lines: Sequence[Line]) -> float:
    """The top of the first row of a table without a header, less the room of a wrapped cell: the first printed line that
    holds both a date or a time and an amount, or the first date of a column of dates with an amount of a column close by."""
    tops = [n.box[1] for n in lines if any(t.kind == "money" for t in tokens(n.text))]
    first = min(tops, default=float("inf")) - 1.0
    for band in bands(lines):
        kinds = {t.kind for n in band for t in tokens(n.text)}
        if "money" in kinds and kinds & {"date", "time"}:
            first = min(n.box[1] for n in band) - 1.2 * max(n.height for n in band)
            break
    return min(first, _first_pair(lines))


def _first_pair(lines: Sequence[Line]) -> float:
    """The same by columns: a date printed over its time stands above or below its amount."""
    found = pieces(lines)
    column = max(clusters(found, "date"), key=lambda c: c.parts, default=None)
    sums = [c for c in clusters(found, "money") if c.parts > 2]
    if column is None or column.parts < 3:
        return float("inf")
    dates = sorted(p.line.box[1] for p in found if p.kind == "date" and _within(p, column))
    for piece in sorted((p for p in found if p.kind == "money"), key=lambda p: p.line.box[1]):
        near = [y for y in dates if abs(y - piece.line.box[1]) < 2 * piece.line.height]
        if near and any(_within(piece, c) for c in sums):
            return min(piece.line.box[1], *near) - 1.2 * piece.line.height
    return float("inf")


def _first_in(columns: Sequence[Column], lines: Sequence[Line]) -> float:
    """The same by the columns of the page before: the first printed line with amounts in two of them, whose date may stand
    in the row above on that page."""
    sums = [c for c in columns if c.role in MONEY]
    for band in bands(lines):
        own = [n for n in band if kind_of(n.text) == "money"]
        over = {c.role for c in sums for n in own if min(c.x1, n.box[2]) > max(c.x0, n.box[0])}
        if len(over) > 1:
            return min(n.box[1] for n in band) - 1.2 * max(n.height for n in band)
    return float("inf")


def _within(piece: Piece, column: Cluster) -> bool:
    return column.x0 - 1 <= (piece.x0 + piece.x1) / 2 <= column.x1 + 1


def _end(lines: Sequence[Line]) -> float:
    """The y below which no line belongs to the table's last row: six lines under the last amount."""
    last = max(
        (n for n in lines if any(t.kind == "money" for t in tokens(n.text))),
        key=lambda n: n.box[3],
        default=None,
    )
    return last.box[3] + 6 * last.height if last else float("inf")


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


def values(rows: Sequence[RawRow]) -> None:
    """Reads the amounts of the rows' cells."""
    for row in rows:
        for role in MONEY & row.cells.keys():
            row.money[role] = money_of(row.cells[role])


def row_date(row: RawRow) -> tuple[str | None, str | None, tuple[int, int] | None, str]:
    """The row's date, its time, its day and month where the year is not printed, and the role of the date's column."""
    date, time, day, role = None, None, None, ""
    for candidate in ("date", "time", "booking"):
        text = row.text(candidate)
        if not text:
            continue
        found = when(text)
        if candidate != "time" and not found.date and not found.day:
            found = _short(text) or found
        if date is None and found.date:
            date, role = found.date, candidate
        if day is None and found.day and candidate != "time":
            day, role = found.day, role or candidate
        if time is None or candidate == "time":
            time = found.time or time
    return date, time, day, role


def _short(text: str) -> When | None:
    """A cell of a column of dates that is one only there: 260105, or 01.05 without its year."""
    plain = squeezed(text)
    m = re.fullmatch(r"(1[5-9]|[23]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", plain)
    if m:
        return When(f"20{m[1]}-{m[2]}-{m[3]}", None)
    m = re.fullmatch(r"(0?[1-9]|1[0-2])\.(0[1-9]|[12]\d|3[01])", plain)
    return When(None, None, (int(m[2]), int(m[1]))) if m else None
