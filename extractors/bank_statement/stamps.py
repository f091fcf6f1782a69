"""Stamps printed over a table: the words of a seal that lie among its rows are none of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.model import Line
from pipeline.table.kinds import kind_of, squeezed

_SEAL = re.compile(
    r".{0,8}(?:业务|清讫|转讫|收讫|付讫|现金|受理|专用|核算|结算|储蓄|柜台|电子|财务|公|讫|回单|查询|证明)\S{0,4}章(?:[(（]?\d{0,4}[)）]?)"
)
_ISSUER = re.compile(r".*(?:银行|信用社|联社|支行|分行|营业部|营业厅|分理处|储蓄所|股份有限公司)")
_TITLE = re.compile(r".{0,16}(?:银行|信用社|联社).{0,10}(?:流水|流水单|明细|清单|账单|回单)")
"""A paper's title, as watermarks repeat it between the rows."""
NEAR = 3.0
"""The bank's name and the day in a stamp stand within so many lines of its word."""


def without_stamps(lines: Sequence[Line]) -> list[Line]:
    """The lines of a scan without those of stamps: the seal's own word, and the issuer or the day above or below it."""
    lines = [n for n in lines if not _TITLE.fullmatch(squeezed(n.text))]
    seals = [n for n in lines if _SEAL.fullmatch(squeezed(n.text))]
    if not seals:
        return lines
    return [n for n in lines if n not in seals and not any(_part_of(n, seal) for seal in seals)]


def _part_of(line: Line, seal: Line) -> bool:
    plain = squeezed(line.text)
    if not (_ISSUER.fullmatch(plain) or kind_of(line.text) == "date"):
        return False
    away = abs(line.middle[1] - seal.middle[1])
    shared = min(line.box[2], seal.box[2]) - max(line.box[0], seal.box[0])
    least = min(line.box[2] - line.box[0], seal.box[2] - seal.box[0])
    centred = abs(line.middle[0] - seal.middle[0]) < 0.2 * (seal.box[2] - seal.box[0])
    return away < NEAR * max(line.height, seal.height) and shared > 0.6 * least and centred
