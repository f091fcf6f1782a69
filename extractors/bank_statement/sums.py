"""Printed lines of sums among the rows: totals under the columns of in and out, and the balance brought forward."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from extractors.bank_statement.raw import RawRow
from extractors.bank_statement.values import NORMAL
from pipeline.model import Line, Sheet
from pipeline.table import Column
from pipeline.table.header import bands
from pipeline.table.kinds import kind_of, squeezed, tokens
from pipeline.table.place import place

_TOTAL = re.compile(
    r"[*（(【\[]*(?:本期|期间|本次|账单|全部|区间|查询)?(?:合计|总计|累计|共计|汇总|总额|发生额合计|合计金额|total|totals|grandtotal)[)）】\]*:：]*",
    re.I,
)
"""What stands before the totals of the whole statement, alone in its cell."""
_BROUGHT = re.compile(
    r"[*（(【\[]*(?:期初|上期|上[笔次日月页]|承前|承上|前[页期]|起始|接前)(?:页)?(?:账户|可用|期?末)?(?:余额|结余|结存|余款)?[)）】\]*:：]*|(?:opening)?balance(?:broughtforward)?|broughtforward",
    re.I,
)
_FIELDS = {"in": "total_in", "out": "total_out", "balance": "opening_balance"}


class Sum(NamedTuple):
    """A value that a line of sums holds: the field, its normal form, the line and its sheet."""

    name: str
    value: str
    line: Line
    sheet: Sheet


def sums_of(sheet: Sheet, dropped: Sequence[Line], columns: Sequence[Column], first: float) -> list[Sum]:
    """The totals that stand under the columns of in and out, and the balance brought forward that stands in the column of
    balances above the `first` row, in the printed lines that are no rows."""
    found: list[Sum] = []
    roles = {c.role for c in columns}
    if not roles & _FIELDS.keys():
        return []
    for band in bands(dropped):
        words = [n for n in band if not tokens(n.text)]
        sums = [n for n in band if kind_of(n.text) == "money"]
        if not words or not sums or len(words) + len(sums) < len(band):
            continue
        told = squeezed("".join(n.text for n in words))
        if _TOTAL.fullmatch(told):
            wanted: tuple[str, ...] = ("in", "out")
        elif _BROUGHT.fullmatch(told) and len(sums) == 1 and band[0].middle[1] < first:
            wanted = ("balance",)
        else:
            continue
        for column, lines in zip(columns, place(sums, columns), strict=True):
            value = NORMAL[_FIELDS[column.role]](lines[0].text) if column.role in wanted and lines else None
            if value and len(lines) == 1:
                found.append(Sum(_FIELDS[column.role], value, lines[0], sheet))
    return found


def one_each(found: Sequence[Sum], rows: Sequence[RawRow]) -> list[Sum]:
    """The sums of the whole statement: one where it is the only one, of several (each page's) the last where it is the sum
    of all rows; of balances brought forward the first."""
    kept: list[Sum] = []
    for name in dict.fromkeys(n.name for n in found):
        own = [n for n in found if n.name == name]
        if name == "opening_balance":
            kept.append(own[0])
        elif len(own) == 1 or Decimal(own[-1].value) == _all(rows, 1 if name == "total_in" else -1):
            kept.append(own[-1])
    return kept


def _all(rows: Sequence[RawRow], sign: int) -> Decimal:
    return sum(
        (abs(row.amount) for row in rows if row.amount is not None and row.amount * sign > 0), Decimal(0)
    )
