"""Printed lines under a row whose values bear labels of their own (对方：… 账号：… 附言：…), below a header that names others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extractors.bank_statement.labels import COLUMNS
from pipeline.model import Line
from pipeline.table import Cell, Column, TableRow
from pipeline.table.header import bands
from pipeline.table.kinds import tokens
from pipeline.table.vocabulary import key

_LABEL = re.compile(r"([\u3400-\u9fff/（）()·*]+)\s?[:：]\s?")
LONGEST = 8
"""Characters of a label at most."""
_COLON = re.compile(r"[\u3400-\u9fff）)]\s?[:：]")
_PARTY = ("counterparty", "party", "payer", "payee")
TOLD = frozenset(
    {"counterparty", "counterparty_account", "party", "payer", "payee", "payer_account", "payee_account",
     "remark", "purpose", "summary", "name", "channel", "serial", "other"}
)  # fmt: skip
"""What such lines tell; amounts and dates have columns."""
SHARE = 0.3
"""They stand under at least this share of the rows."""
REACH = 1.2
"""They follow their row and each other within so many of their heights."""


class Told(NamedTuple):
    """A labelled value: its role and its part of a line."""

    role: str
    line: Line


def without_labelled(lines: list[Line], columns: Sequence[Column]) -> tuple[list[Line], list[list[Told]]]:
    """The lines of a body without the printed lines that are nothing but labelled values of roles that no column has, and
    the values of each of these; all lines and none where too few rows have one."""
    if not any(_COLON.search(n.text) for n in lines):
        return lines, []
    named = {r for c in columns for r in (c.role, *c.more)}
    kept: list[Line] = []
    found: list[list[Told]] = []
    moved = 0
    for band in bands(lines):
        kinds = {t.kind for n in band for t in tokens(n.text)}
        moved += "money" in kinds
        told = _told(band, named) if not kinds & {"money", "date"} else []
        if told:
            found.append(told)
        else:
            kept += band
    return (kept, found) if len(found) >= max(1, SHARE * moved) and moved else (lines, [])


def _told(band: Sequence[Line], named: set[str]) -> list[Told]:
    """The values of a printed line; none where it does not begin with a label, or one is unknown or a column's."""
    found: list[Told] = []
    party = False
    for line in band:
        marks = _marks(line.text)
        if (not found and (not marks or marks[0][0])) or (marks and line.text[: marks[0][0]].strip()):
            return []
        if not marks:
            found.append(Told(found[-1].role, line))
        for k, (_, start, label) in enumerate(marks):
            role = COLUMNS.role(label)
            if party and role in (None, "account"):
                role = COLUMNS.others_by_word.get(key(label))
            if role not in TOLD or (role in named and role != "other"):
                return []
            party = party or role in _PARTY
            end = marks[k + 1][0] if k + 1 < len(marks) else len(line.text)
            found.append(Told(role, line.cut(start, end)))
    return found


def _marks(text: str) -> list[tuple[int, int, str]]:
    """The labels in a line: where each begins, where its value does, and its words. Engines lose the blank before one
    (某公司账号：622…): then it is the longest ending of the run that is a label."""
    found = []
    for m in _LABEL.finditer(text):
        run = m[1]
        whole = len(run) <= LONGEST and (not m.start() or text[m.start() - 1] in " \u3000,，;；|/")
        if whole and COLUMNS.role(run):
            found.append((m.start(), m.end(), run))
            continue
        at = next((i for i in range(max(0, len(run) - LONGEST), len(run) - 1) if _listed(run[i:])), None)
        if at is None and not whole:
            continue
        found.append((m.start() + (at or 0), m.end(), run[at or 0 :]))
    return found


def _listed(label: str) -> bool:
    plain = key(label)
    return plain in COLUMNS.words or plain in COLUMNS.others_by_word


def with_labelled(rows: Sequence[TableRow], told: Sequence[Sequence[Told]]) -> None:
    """Gives each row the values of the labelled lines just below it."""
    marks = [(row.middle, row.box[3], row) for row in rows if row.middle is not None and row.cells]
    for values in told:
        top, height = values[0].line.box[1], values[0].line.height
        above = [mark for mark in marks if mark[0] < values[0].line.middle[1]]
        if not above:
            continue
        _, end, row = above[-1]
        if top - max([end, *(n.box[3] for cell in row.cells.values() for n in cell.lines)]) > REACH * height:
            continue
        for role, line in values:
            if line.text and role != "other":
                row.cells.setdefault(role, Cell([])).lines.append(line)
