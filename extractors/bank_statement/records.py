"""Statements without a table: each transaction a small block of lines, its values told by labels or by their form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.bank_statement.labels import COLUMNS, DATES, MONEY
from pipeline.model import Line
from pipeline.table import Cell
from pipeline.table.header import bands
from pipeline.table.kinds import tokens

_LABEL = re.compile(
    r"(?:^|(?<=[\s,，;；]))([\u3400-\u9fff/／（）()]{2,10}|[A-Za-z][A-Za-z ]{2,20})(?:\s*[:：]\s*|\s*(?=[-+¥￥]*\d))"
)
_PARTY = re.compile(r"([\u3400-\u9fff]{2,6})\s+(?=\S)")
_SHORT = re.compile(r"(?:0?[1-9]|1[0-2])[-/.月](?:0?[1-9]|[12]\d|3[01])日?")
"""A day without its year, which the heading of its month has."""
_DAY = re.compile(
    r"(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}\s?日?\s*(?:[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?)?"
)
_SLACK = 0.5
LEAST = 3
"""A label that stands this often names a value of every block, on a page that no other page of blocks goes before."""


@dataclass(slots=True)
class Value:
    """A part of a line: its role, "" where no label stands before it."""

    role: str
    line: Line


def records_of(lines: Sequence[Line], least: int = LEAST) -> list[dict[str, Cell]]:
    """The cells of each block by role, from top to bottom; none where the lines are no blocks: those repeat a label of the
    balance or the amount, and each holds a date. `least` blocks are asked for: behind a page of blocks one will do."""
    days, printed = _without_days(bands(lines))
    rows = [(band, [value for n in band for value in _values(n)]) for band in printed]
    counts = Counter(v.role for _, values in rows for v in values if v.role)
    often = [role for role, count in counts.items() if count >= least]
    if not set(often) & {"balance", "amount"}:
        return []
    mark = "balance" if "balance" in often else "amount"
    blocks = [_cells(_headed(values, days)) for values in _blocks(rows, mark)]
    whole = [b for b in blocks if set(b) & DATES and set(b) & {"amount", "in", "out"}]
    if len(whole) < least or len(whole) < 0.8 * counts[mark]:
        return []
    # A block that lost its day or its amount is a row all the same.
    return [b for b in blocks if set(b) & (DATES | {"amount", "in", "out"})]


def _without_days(printed: Sequence[list[Line]]) -> tuple[list[Line], list[list[Line]]]:
    """The headings of days (2025年5月30日 星期五), and the printed lines without them."""
    days = [band[0] for band in printed if len(band) == 1 and _DAY.fullmatch(band[0].text.strip())]
    return days, [band for band in printed if band[0] not in days]


def _headed(values: Sequence[Value], days: Sequence[Line]) -> list[Value]:
    """The values of a block below a day's heading: its day is that of the heading, its time stands before whom it paid."""
    if not days or not values:
        return list(values)
    top = min(v.line.middle[1] for v in values)
    above = [n for n in days if n.middle[1] < top]
    if not above or any(t.kind == "date" for v in values for t in tokens(v.line.text)):
        return list(values)
    day = above[-1].cut(0, next(t.end for t in tokens(above[-1].text) if t.kind == "date"))
    found = [Value("date", day)]
    for value in values:
        spots = [t for t in tokens(value.line.text) if t.kind == "time"]
        if value.role or not spots or spots[0].start:
            found.append(value)
            continue
        found.append(Value("time", value.line.cut(0, spots[0].end)))
        if value.line.text[spots[0].end :].strip():
            found.append(Value("counterparty", value.line.cut(spots[0].end)))
    return found


def _values(line: Line) -> list[Value]:
    """The labelled parts of a line, and what stands before the first label."""
    found: list[Value] = []
    spots = [(m, role) for m in _LABEL.finditer(line.text) if (role := COLUMNS.role(m[1].strip()))]
    spots = [(m, role) for m, role in spots if ":" in m[0] or "：" in m[0] or role in MONEY]
    m = _PARTY.match(line.text)
    if not spots and m and COLUMNS.words.get(m[1]) in ("counterparty", "counterparty_account"):
        # 对方 张三: a label with a blank for its colon.
        spots = [(m, COLUMNS.words[m[1]])]
    first = spots[0][0].start() if spots else len(line.text)
    if line.text[:first].strip():
        found.append(Value("", line.cut(0, first)))
    for k, (m, role) in enumerate(spots):
        end = spots[k + 1][0].start() if k + 1 < len(spots) else len(line.text)
        if line.text[m.end() : end].strip():
            found.append(Value(role, line.cut(m.end(), end)))
    return found


def _blocks(rows: Sequence[tuple[list[Line], list[Value]]], mark: str) -> list[list[Value]]:
    """The values of each block: between two marks it ends at the widest blank."""
    marks = [i for i, (_, values) in enumerate(rows) if any(v.role == mark for v in values)]
    if not marks:
        return []
    blanks = [
        min(n.box[1] for n in rows[i + 1][0]) - max(n.box[3] for n in rows[i][0])
        for i in range(len(rows) - 1)
    ]
    cuts = [max(range(a, b), key=lambda i: blanks[i]) + 1 for a, b in pairwise(marks)]
    tall = max((b - a for a, b in pairwise(cuts)), default=4)
    first = max(0, (cuts[0] if cuts else marks[0] + 1) - tall)
    # What stands higher above the first mark than any block's begin stands above its own is no part of the first block.
    reach = max(
        (_top(rows[mark]) - _top(rows[cut]) for cut, mark in zip(cuts, marks[1:], strict=True)), default=0.0
    )
    while (
        cuts
        and first < marks[0]
        and _top(rows[marks[0]]) - _top(rows[first]) > reach + _SLACK * rows[first][0][0].height
    ):
        first += 1
    starts = [first, *cuts]
    ends = [*cuts, min(len(rows), (cuts[-1] if cuts else marks[0]) + tall)]
    return [[v for _, values in rows[a:b] for v in values] for a, b in zip(starts, ends, strict=True)]


def _top(row: tuple[list[Line], list[Value]]) -> float:
    return min(n.box[1] for n in row[0])


def _cells(values: Sequence[Value]) -> dict[str, Cell]:
    """One block's cells: labelled ones first; of the others an amount, a date with its time, and the first text as summary."""
    found: dict[str, Cell] = {}
    for value in values:
        if value.role and value.role not in found:
            found[value.role] = Cell([value.line])
    texts = []
    for value in values:
        if value.role:
            continue
        kinds = {t.kind for t in tokens(value.line.text)}
        if kinds & {"date", "time"} or _SHORT.fullmatch(value.line.text.strip()):
            if not set(found) & DATES:
                found["date"] = Cell([value.line])
        elif "money" in kinds:
            if not set(found) & {"amount", "in", "out"}:
                found["amount"] = Cell([value.line])
        elif re.search(r"[\u3400-\u9fffA-Za-z]", value.line.text):
            texts.append(value.line)
    if texts and not set(found) & {"summary", "name"}:
        found["summary"] = Cell([texts[0]])
    return found
