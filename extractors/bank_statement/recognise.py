"""Whether a sheet is a page of a bank statement: by its title, by its header's words, by its dates and amounts."""

from __future__ import annotations

import re

from extractors.bank_statement.body import body_of
from extractors.bank_statement.choice import LEAST, MOST, best_roles, grid_of
from extractors.bank_statement.daycols import with_whole_days
from extractors.bank_statement.header import page_number
from extractors.bank_statement.labels import DATES, NOT_OURS, TITLES
from extractors.bank_statement.letter import is_letter
from extractors.bank_statement.marks import labels_in
from extractors.bank_statement.records import records_of
from extractors.bank_statement.rows import headers_of
from pipeline.material import Claim
from pipeline.model import Line, Sheet
from pipeline.table.columns import clusters, pieces
from pipeline.table.header import bands
from pipeline.table.kinds import squeezed, tokens

END = 8
"""So many printed lines at most stand on a page behind the last row."""
_CLOSING = {"total_in", "total_out", "closing_balance", "printed_at"}
HEREBY = "特此证明"
"""What ends a letter, above who signs it and when."""
TOP = 0.3
"""Titles stand in this upper share of the sheet."""


def recognise(sheet: Sheet) -> list[Claim]:
    """One claim on the whole sheet, or none. It never starts a paper by itself: pages that follow each other are read
    together, and the reading tells where the next card's statement begins. A block or two of a transaction are one behind
    such a page alone."""
    sheet = with_whole_days(sheet)
    lines = [n for n in sheet.lines if n.kind == "print"]
    if not lines:
        return []
    score = _score(sheet, lines)
    if score >= 0.5:
        return [Claim(round(score, 3), starts=False)]
    few = any("balance" in block for block in records_of(lines, 1)) or _end(lines)
    return [Claim(0.5, starts=False, alone=False)] if few else []


def _end(lines: list[Line]) -> bool:
    """Whether a sheet holds nothing but what stands under a statement's last row: its totals, when it was printed, or
    a few words and the number of a further page."""
    if len(bands(lines)) > END or _foreign(lines, [squeezed(n.text).lower() for n in lines], float("inf")):
        return False
    if not any(re.search(r"[\u3400-\u9fff]", n.text) for n in lines):
        return False
    number = page_number(lines)
    if number is not None and number[0] > 1:
        return True
    if any(HEREBY in n.text for n in lines):
        return True
    told = [n.text for n in lines if re.match(r"[\u3400-\u9fff]", n.text)]
    return bool({label.role for text in told for label in labels_in(text)} & _CLOSING)


def _score(sheet: Sheet, lines: list[Line]) -> float:
    texts = [squeezed(n.text).lower() for n in lines]
    titled = any(
        n.box[1] < TOP * sheet.height and len(t) < 70 and any(word in t for word in TITLES)
        for n, t in zip(lines, texts, strict=True)
    )
    rows = _rows(lines)
    headers = headers_of(sheet)
    roles = frozenset(role for header in headers for role in header.roles)
    foreign = _foreign(lines, texts, min((h.box[3] for h in headers), default=float("inf")))
    score = 0.0
    if headers:
        complete = "balance" in roles and bool(roles & {"amount", "in", "out"})
        wallet = "flag" in roles and "amount" in roles
        score = 0.72 if complete else 0.55 if wallet else 0.4
        score += 0.05 if roles & DATES else 0.0
        score += (
            0.1
            if roles & {"counterparty", "counterparty_account", "party", "summary", "remark", "channel"}
            else 0.0
        )
        if not rows:
            score -= 0.3 if not titled else 0.1
    elif rows >= 3 or _chained(lines) or any("balance" in block for block in records_of(lines)):
        score = 0.6
    elif titled and is_letter(lines):
        score = 0.45
    elif not titled and not foreign and _last(lines):
        score = 0.52
    elif rows and titled:
        score = 0.35
    if titled:
        score += 0.25 if headers else (0.2 if rows else 0.3)
    if foreign:
        score -= 0.5 if not titled else 0.35 * min(foreign, 2) if not headers else 0.2 * foreign
    return min(score, 0.99)


def _foreign(lines: list[Line], texts: list[str], end: float) -> int:
    """How many words of other papers stand above `end`, the foot of the table's header, and in no row: what a row says
    (贷款还款) is no name of the paper."""
    if not any(word in t for word in NOT_OURS for t in texts):
        return 0
    told = [
        squeezed(n.text).lower()
        for band in bands(lines)
        if not _moved(band)
        for n in band
        if n.middle[1] < end
    ]
    return sum(any(word in t for t in told) for word in NOT_OURS)


def _moved(band: list[Line]) -> bool:
    """Whether a printed line is a row's: it holds a date and an amount."""
    return {"date", "money"} <= {t.kind for n in band for t in tokens(n.text)}


def _last(lines: list[Line]) -> bool:
    """Whether a sheet holds next to nothing but a row or two: the last page of a long table."""
    printed = bands(body_of(lines)[0])
    moved = [band for band in printed if sum(t.kind == "money" for n in band for t in tokens(n.text)) > 1]
    dated = any(t.kind == "date" for band in printed for n in band for t in tokens(n.text))
    told = [n for n in lines if re.search(r"[\u3400-\u9fff][:：]", n.text)]
    return bool(moved) and dated and len(printed) <= min(8, 2 * len(moved) + 1) and len(told) < 2


def _chained(lines: list[Line]) -> bool:
    """Whether columns of amounts under each other beside a column of dates make a running balance."""
    found = pieces(lines)
    sums = clusters(found, "money")
    if not 2 <= len(sums) <= MOST or not any(c.parts >= LEAST for c in clusters(found, "date")):
        return False
    return best_roles(grid_of(lines, sums), len(sums)) is not None


def _rows(lines: list[Line]) -> int:
    """Printed lines that begin with a date and hold an amount, where dates and amounts stand in columns."""
    dates: list[float] = []
    for band in bands(lines):
        found = [(t.kind, n) for n in band for t in tokens(n.text)]
        first = next((n for kind, n in found if kind == "date"), None)
        if first is not None and sum(kind == "money" for kind, _ in found) >= 1 and len(band) >= 3:
            dates.append(first.box[0])
    if not dates:
        return 0
    middle = sorted(dates)[len(dates) // 2]
    size = max(n.height for n in lines)
    return sum(abs(x - middle) < 2 * size for x in dates)
