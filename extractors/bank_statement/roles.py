"""The columns of a table by the words over them: what follows from the other columns and from the data below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from pipeline.model import Line
from pipeline.table import Column
from pipeline.table.columns import clusters, pieces
from pipeline.table.kinds import Kind, tokens

_SIDES = {
    "payer": ("payee", "counterparty"),
    "payee": ("payer", "counterparty"),
    "payer_account": ("payee_account", "counterparty_account"),
    "payee_account": ("payer_account", "counterparty_account"),
}
"""The columns of both sides of a payment: the opposite one, and what one means without it."""
_FREE = re.compile(r"可用|冻结|可取|available", re.I)
_CLOCK = re.compile(r"时间|时刻|time", re.I)
DAYS = ("date", "booking", "time")
"""The columns in which a row prints its day."""


def with_typed(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
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


def one_balance(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, where two hold balances: what is there to draw (可用余额) is not the balance of the account."""
    held = [c for c in columns if c.role == "balance"]
    free = [c for c in held if _FREE.search(c.label)]
    spare = free if len(free) < len(held) else []
    return tuple(replace(c, role="other") if c in spare else c for c in columns)


def one_of_each(columns: Sequence[Column]) -> tuple[Column, ...]:
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


def both_ways(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """The columns, where the one of what went out (came in) stands alone and prints both signs: it holds all amounts."""
    sides = [c for c in columns if c.role in ("in", "out")]
    if len(sides) != 1 or any(c.role == "amount" for c in columns):
        return tuple(columns)
    (side,) = sides
    texts = [n.text.strip() for n in lines if side.x0 < n.middle[0] < side.x1]
    signs = {t[0] for t in texts if t[:1] in ("+", "-") and any(x.kind == "money" for x in tokens(t))}
    return tuple(replace(c, role="amount") if c is side and len(signs) > 1 else c for c in columns)
