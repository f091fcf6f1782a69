"""Amounts written digit by digit into columns headed 万 千 百 十 元 角 分."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.layout import Row
from pipeline.model import Line

UNITS = "分角元十百千万十百千亿"
"""What the columns are headed, from the right."""
_ALIKE = str.maketrans("圆拾佰仟干萬億", "元十百千千万亿")
_LEAST = 5
"""So many heads in their order are such a table."""


def digit_rows(table: Sequence[Row]) -> list[tuple[int, int, str, Row]]:
    """(index of the heads' row, index of the digits' row, what is printed around them, the amount as one row with its
    point) of each such table all of whose columns from the first digit on are filled."""
    out = []
    for index, row in enumerate(table):
        heads = _heads(row)
        if not heads:
            continue
        for low in range(index + 1, min(index + 4, len(table))):
            if table[low].top - row.bottom > 3 * row.height:
                break
            if len(re.findall(r"\d", table[low].text)) >= 3:
                value = _value(heads, table[low])
                around = "".join(_words(each) for each in table[max(0, index - 1) : low + 1])
                out += [(index, low, around, value)] if value else []
                break
    return out


def _words(row: Row) -> str:
    return re.sub(rf"(?:[{UNITS}圆拾佰仟干萬億]+|[\d¥]+)$", "", row.text)


def _heads(row: Row) -> list[float]:
    """The middles of the columns of a row of heads, from the right; none for any other row."""
    text = row.text.translate(_ALIKE)
    found = re.search(rf"[{UNITS}]+$", text)
    spoken = text[found.start() :] if found else ""
    while spoken and not UNITS.startswith(spoken[::-1]):
        spoken = spoken[1:]
    if len(spoken) < _LEAST:
        return []
    return [_middle(row, len(text) - 1 - n) for n in range(len(spoken))]


def _middle(row: Row, index: int) -> float:
    line, char = row.marks[index]
    return (row.lines[line].edge(char) + row.lines[line].edge(char + 1)) / 2


def _value(heads: Sequence[float], row: Row) -> Row | None:
    wide = (heads[0] - heads[-1]) / (len(heads) - 1)
    digits: dict[int, int] = {}
    for index, char in enumerate(row.text):
        column = round((heads[0] - _middle(row, index)) / wide)
        off = abs(heads[0] - column * wide - _middle(row, index)) > 0.4 * wide
        if char in "0123456789" and 0 <= column < len(heads):
            if off or column in digits:
                return None
            digits[column] = index
    if sorted(digits) != list(range(len(digits))) or len(digits) < 4:
        return None
    order = [digits[column] for column in sorted(digits, reverse=True)]
    spots = [*order[:-2], order[-3], *order[-2:]]
    text = "".join("." if n == len(order) - 2 else row.text[index] for n, index in enumerate(spots))
    lines: tuple[Line, ...] = row.lines
    return Row(lines, text, tuple(row.marks[index] for index in spots))
