"""Amounts of a slip that no line took, where just they explain why its sums do not close: the reading lost a line, not the paper."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from extractors.pay_stub.cells import Cell, Slip
from extractors.pay_stub.labels import TEXTS
from extractors.pay_stub.parts import AMOUNT, doubtful, is_month, money, split
from extractors.pay_stub.proof import Sum, closing
from pipeline.model import Box, Line, Sheet

MOST = 16
"""So many amounts passed over are another table, of which some sum would explain anything."""
PER_SLIP = 2
"""At most so many lost lines are looked for."""


def claimed_by(slips: Iterable[Slip]) -> dict[int, list[Box]]:
    """The places of what the slips took as values, by the sheet's id."""
    out: dict[int, list[Box]] = {}
    for slip in slips:
        for cell in slip.cells:
            if cell.meaning.role != "skip":
                out.setdefault(id(cell.sheet), []).extend(p.box for p in cell.pieces)
    return out


def passed_over(
    slip: Slip,
    claimed: Mapping[int, Sequence[Box]],
    sums: Sequence[Sequence[Sum[int]]],
    worth: Mapping[int, Decimal],
) -> list[tuple[Line, Sheet]]:
    """The amounts within a slip's height that nobody took and that make up the difference of a sum that does not close;
    amounts of lines that are no part of pay (`skip`) count as not taken."""
    broken = [ways for ways in sums if closing(ways, worth) is None]
    if not broken:
        return []
    differences = {abs(_off(way, worth)) for ways in broken for way in ways} - {Decimal(0)}
    free = _free(slip, claimed)
    if len(free) > MOST:
        return []
    for size in range(1, PER_SLIP + 1):
        for group in itertools.combinations(free, size):
            if sum((abs(money(line.text) or Decimal(0)) for line, _ in group), Decimal(0)) in differences:
                return list(group)
    return []


def _off(way: Sum[int], worth: Mapping[int, Decimal]) -> Decimal:
    plus = sum((worth[k] for k in way.plus), Decimal(0))
    return plus - sum((worth[k] for k in way.minus), Decimal(0)) - way.fixed - worth[way.total]


def _free(slip: Slip, claimed: Mapping[int, Sequence[Box]]) -> list[tuple[Line, Sheet]]:
    out: list[tuple[Line, Sheet]] = []
    for sheet in {id(c.sheet): c.sheet for c in slip.cells}.values():
        boxes = [p.box for c in slip.cells if c.sheet is sheet and _of_pay(c) for p in c.pieces]
        if not boxes:
            continue
        top, bottom = min(b[1] for b in boxes), max(b[3] for b in boxes)
        for line in split([n for n in sheet.lines if n.kind == "print"]):
            inside = top - line.height < line.middle[1] < bottom + line.height
            if inside and _is_amount(line.text) and not _covered(line, claimed.get(id(sheet), ())):
                out.append((line, sheet))
    return out


def _of_pay(cell: Cell) -> bool:
    return cell.meaning.role not in TEXTS


def _is_amount(text: str) -> bool:
    value = money(text)
    return bool(value) and not is_month(text) and (AMOUNT.search(text) is not None or doubtful(text))


def _covered(line: Line, boxes: Collection[Box]) -> bool:
    """Whether the middle of a line lies in the place of something taken."""
    x, y = line.middle
    return any(b[0] - 1 <= x <= b[2] + 1 and b[1] <= y <= b[3] for b in boxes)
