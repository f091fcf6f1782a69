"""Tables of pay: the columns that the rows of a header make, wrapped and under the heads of groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.pay_stub.labels import (
    INSURANCE,
    MONEY,
    TEXTS,
    Meaning,
    head,
    key,
    kind_word,
    meaning,
    section,
)
from extractors.pay_stub.parts import known
from pipeline.layout import Row
from pipeline.model import Line

WRAP = 0.55
"""Lines of one wrapped cell stand less than so much of their height apart; a group's head stands further above."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the label as printed, what it stands for (None: unknown), the section over it, its extent."""

    label: str
    meaning: Meaning | None
    section: str | None
    x0: float
    x1: float

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def columns_of(rows: Sequence[Row]) -> list[Column]:
    """The columns that the rows of a header make, from left to right."""
    lines = [line for row in rows for line in row.lines]
    size = sorted(line.height for line in lines)[len(lines) // 2]
    cells, groups = _cells(lines, size)
    found = []
    for cell in cells:
        text = _text(cell)
        x0, x1 = min(n.box[0] for n in cell), max(n.box[2] for n in cell)
        mean = None if _two(cell) else meaning(text)
        found.append(Column(text, mean, None, x0, x1))
    found.sort(key=lambda c: c.middle)
    spanning = [*_spanning(lines), *_grouping(lines), *_facing(lines)]
    parted = [group for group in groups if not _headed(group.text) and group not in spanning]
    for index, group in _parts(found, parted):
        found[index] = _under(found[index], group.text if group else "", None)
    facing = _facing(lines)
    spans = _twice(found, facing)
    for group, first, last in [
        *spans,
        *_spans(found, [g for g in groups if g not in parted and not (spans and g in facing)]),
    ]:
        kind = section(group.text) or (kind_word(group.text) if group in spanning else None)
        if kind is None and head(group.text) == "skip":
            found[first : last + 1] = [replace(c, meaning=Meaning("skip")) for c in found[first : last + 1]]
        if kind is None:
            continue
        for index in range(first, last + 1):
            found[index] = _under(found[index], group.text, kind)
    return [_paid_beside(found[index - 1], c) if index else c for index, c in enumerate(found)]


def _paid_beside(left: Column, column: Column) -> Column:
    """A column, 单位 beside an insurance's 个人 as the employer's part of it."""
    own = (
        left.meaning is not None
        and left.meaning.kind == "deduction"
        and re.search("个人|本人", key(left.label))
    )
    if own and head(column.label) == "employer" and column.meaning in (None, Meaning("employer")):
        label = f"{re.sub('[(（]?(?:个人|本人).*', '', left.label)}{column.label}"
        return replace(column, label=label, meaning=Meaning("item", "employer"))
    return column


def _twice(columns: Sequence[Column], facing: Sequence[Line]) -> list[tuple[Line, int, int]]:
    """The columns under two heads that face each other: the insurances that stand twice, once under each; and what else of this
    kind goes on behind them (工伤, 生育)."""
    places: dict[str, list[int]] = {}
    for index, column in enumerate(columns):
        if INSURANCE.search(key(column.label)):
            places.setdefault(key(column.label), []).append(index)
    pairs = [p for p in places.values() if len(p) == 2]
    if len(facing) != 2 or not pairs or max(a for a, _ in pairs) >= min(b for _, b in pairs):
        return []
    left, right = sorted(facing, key=lambda n: n.middle[0])
    last = max(b for _, b in pairs)
    while last + 1 < len(columns) and INSURANCE.search(key(columns[last + 1].label)):
        last += 1
    return [
        (left, min(a for a, _ in pairs), max(a for a, _ in pairs)),
        (right, min(b for _, b in pairs), last),
    ]


def _facing(lines: Sequence[Line]) -> list[Line]:
    """The heads 个人 and 单位 of groups: level with each other, each over an insurance that stands under the other too."""
    tags = [
        (n, t)
        for n in lines
        if (t := head(n.text)) in ("own", "employer") and key(n.text)[:1] in "个本员职单公企雇"
    ]
    for line, tag in tags:
        other = next(
            (o for o, t in tags if t != tag and abs(o.middle[1] - line.middle[1]) < 0.5 * line.height), None
        )
        below = [key(n.text) for n in lines if _above(line, n) and INSURANCE.search(key(n.text))]
        if other is not None and len(set(below)) < len(below):
            return [line, other]
    return []


def _two(cell: Sequence[Line]) -> bool:
    """Whether lines that stand above each other are two labels of their own, of a table that was not understood."""
    own = [m for n in cell if (m := meaning(n.text)) is not None and m.role in (*MONEY, *TEXTS)]
    whole = meaning(_text(cell))
    return len(own) > 1 and (whole is None or whole.role == "item")


def _parts(columns: Sequence[Column], groups: Sequence[Line]) -> list[tuple[int, Line | None]]:
    """The columns 个人, 公司, 基数 … with the head that each stands under: they come in the same run under each head, so
    that the n-th run is the n-th head's. Where there are not as many runs as heads nothing is known of any."""
    runs: list[list[int]] = []
    for index, column in enumerate(columns):
        tag = head(column.label)
        if tag not in ("own", "employer", "base", "skip") or (not groups and column.meaning is not None):
            continue
        if not runs or tag == head(columns[runs[-1][0]].label) or index != runs[-1][-1] + 1:
            runs.append([])
        runs[-1].append(index)
    heads = sorted(groups, key=lambda g: g.middle[0])
    sure = len(runs) == len(heads) and len({len(run) for run in runs}) <= 1
    return [(i, heads[n] if sure else None) for n, run in enumerate(runs) for i in run]


def _under(column: Column, group: str, kind: str | None) -> Column:
    """A column under a group's head: 个人 under 养老保险 is the pension, 养老保险 under 单位承担 the employer's."""
    own = head(column.label)
    if kind is None and meaning(group) is None:
        return replace(column, meaning=None)
    if kind is None:
        label = f"{group}{column.label}"
        if own == "employer":
            return replace(column, label=label, meaning=Meaning("item", "employer"))
        return replace(column, label=label, meaning=meaning(group) if own == "own" else Meaning("skip"))
    if kind == "employer":
        summed = column.meaning is not None and column.meaning.role in ("total", "social_insurance")
        mean = Meaning("total") if summed else Meaning("item", "employer")
        return replace(column, meaning=mean if column.meaning else None, section=kind)
    return replace(column, section=kind)


def _text(cell: Sequence[Line]) -> str:
    text = ""
    levels: list[list[Line]] = []
    for line in sorted(cell, key=lambda n: n.middle[1]):
        if levels and line.middle[1] - levels[-1][0].middle[1] < 0.5 * line.height:
            levels[-1].append(line)
        else:
            levels.append([line])
    for line in (n for row in levels for n in sorted(row, key=lambda n: n.box[0])):
        latin = (
            text
            and line.text
            and text[-1].isascii() != line.text[0].isascii()
            and text[-1].isalpha()
            and line.text[0].isalpha()
        )
        both = (
            text
            and text[-1].isascii()
            and text[-1].isalpha()
            and line.text[:1].isascii()
            and line.text[:1].isalpha()
        )
        text += (" " if latin or both else "") + line.text
    return text


def _cells(lines: Sequence[Line], size: float) -> tuple[list[list[Line]], list[Line]]:
    """The cells that the lines of a header make (wrapped lines stacked), and the heads of groups above them."""
    spanning = [*_spanning(lines), *_grouping(lines), *_facing(lines)]
    groups = spanning + [
        line
        for line in lines
        if line not in spanning
        and sum(_above(line, n) for n in lines)
        and (_is_section(line.text) or _parted(line, lines, size))
        and not any(stacked([line], n) and not _heads(line.text, _down(n, lines)) for n in lines)
    ]
    stacks: list[list[Line]] = []
    for line in sorted((n for n in lines if n not in groups), key=lambda n: n.middle[1]):
        fitting = [s for s in stacks if stacked(s, line)]
        if len(fitting) == 1:
            fitting[0].append(line)
        else:
            stacks.append([line])
    return _beside(stacks, size), groups


def _down(line: Line, lines: Sequence[Line]) -> str:
    """The text of a line and of those wrapped below it."""
    stack = [line]
    for other in sorted(lines, key=lambda n: n.middle[1]):
        if other is not line and stacked(stack, other):
            stack.append(other)
    return _text(stack)


def _heads(group: str, below: str) -> bool:
    """Whether a section's head over a label is a head, and the two are no wrapped label (其他 | 扣款 is one)."""
    alone, whole = meaning(below), meaning(group + below)
    if not _headed(group) or alone is None:
        return False
    if re.search("项目?$|部分$|明细$|信息$", key(group)):
        return True
    return whole is None or (alone.role not in ("item", "skip") and whole.role != alone.role)


def _above(line: Line, other: Line) -> bool:
    return other.middle[1] > line.middle[1] + 0.7 * line.height


def _headed(text: str) -> bool:
    """Whether a text is the head of a group, known or by its form (…项目)."""
    return section(text) is not None or (key(text).endswith("项目") and len(key(text)) > 2)


def _is_section(text: str) -> bool:
    found = meaning(text)
    return section(text) is not None and (
        found is None or found.role in ("item", "total", "social_insurance")
    )


def _parted(group: Line, lines: Sequence[Line], size: float) -> bool:
    """Whether parts (个人, 公司, 基数) stand below a label at its left and its right: a wrapped line stands nearer."""
    below = [
        n.middle[0] - group.middle[0]
        for n in lines
        if 0.25 * size < n.box[1] - group.box[3] < 2.5 * size and head(n.text) in ("own", "employer", "base")
    ]
    reach = group.width / 2 + 4 * size
    return any(-reach < d < 0 for d in below) and any(0 < d < reach for d in below)


def _spanning(lines: Sequence[Line]) -> list[Line]:
    """The heads over amounts (本月, 累计) that stand over labels at their left and right: not those that a label below goes on
    with, where the year's stands not beside the month's."""
    found = []
    for line in lines:
        if head(line.text) in ("own", "skip") and meaning(line.text) in (None, Meaning("skip")):
            below = [n for n in lines if _above(line, n) and meaning(n.text) not in (None, Meaning("skip"))]
            left = any(n.middle[0] < line.box[0] for n in below)
            if left and any(n.middle[0] > line.box[2] for n in below):
                found.append(line)
    both = len({head(n.text) for n in found}) > 1
    return found if both else [n for n in found if not any(stacked([n], o) for o in lines if o is not n)]


def _grouping(lines: Sequence[Line]) -> list[Line]:
    """The heads over groups (应发, 扣款) that are labels too: both kinds beside each other, one at least in the middle of no label
    below it, as a head over several stands."""
    kinds = [(n, k) for n in lines if (k := section(n.text) or kind_word(n.text)) in ("earning", "deduction")]
    for line, _ in kinds:
        level = [(n, k) for n, k in kinds if abs(n.middle[1] - line.middle[1]) < 0.5 * line.height]
        under = [n for n in lines if _above(line, n) and meaning(n.text) not in (None, Meaning("skip"))]
        between = any(all(abs(o.middle[0] - n.middle[0]) > 0.6 * n.height for o in under) for n, _ in level)
        if len({k for _, k in level}) == 2 and len(under) > len(level) and between:
            return [n for n, _ in level if any(o.middle[0] < n.box[0] for o in under)]
    return []


def stacked(stack: Sequence[Line], line: Line) -> bool:
    """Whether a line goes on the wrapped cell that the lines of a stack make."""
    x0, x1 = min(n.box[0] for n in stack), max(n.box[2] for n in stack)
    last = max(stack, key=lambda n: n.box[3])
    if min(x1, line.box[2]) - max(x0, line.box[0]) <= 0.3 * min(x1 - x0, line.width):
        return False
    return (
        line.middle[1] - last.middle[1] > 0.5 * line.height and line.box[1] - last.box[3] < WRAP * line.height
    )


def _beside(stacks: list[list[Line]], size: float) -> list[list[Line]]:
    """Stacks put together where one label was read in two boxes beside each other (养老 | 保险)."""
    out: list[list[Line]] = []
    for stack in sorted(stacks, key=lambda s: min(n.box[0] for n in s)):
        if (out and not known(_text(stack))) or (out and not known(_text(out[-1]))):
            gap = min(n.box[0] for n in stack) - max(n.box[2] for n in out[-1])
            level = abs(stack[0].middle[1] - out[-1][0].middle[1]) < 0.5 * size
            if level and gap < 0.5 * size and meaning(_text(out[-1]) + _text(stack)):
                out[-1] = [*out[-1], *stack]
                continue
        out.append(stack)
    return out


def _spans(columns: Sequence[Column], groups: Sequence[Line]) -> list[tuple[Line, int, int]]:
    """For each group's head the columns that it stands over: the run whose middle is the head's middle."""
    out = []
    for group in groups:
        middle = group.middle[0]
        others = [g.middle[0] for g in groups if g is not group]
        best: tuple[float, int, int] | None = None
        for first in range(len(columns)):
            for last in range(first, len(columns)):
                left, right = columns[first].x0, columns[last].x1
                if not left - group.width < middle < right + group.width or any(
                    left < o < right for o in others
                ):
                    continue
                off = abs((left + right) / 2 - middle) / group.height
                odd = sum(_strange(columns[i], group.text) for i in range(first, last + 1))
                labels = [columns[i].label for i in range(first, last + 1)]
                if section(group.text) is None and len(set(labels)) < len(labels):
                    continue
                more = 0.4 if section(group.text) else 1.0
                cost = off + 4 * odd - more * (last - first)
                if best is None or cost < best[0]:
                    best = (cost, first, last)
        if best is not None and best[0] < 6:
            out.append((group, best[1], best[2]))
    return out


def _strange(column: Column, group: str) -> bool:
    """Whether a column cannot be part of a group: staff data, or no insurance under the employer's parts."""
    if column.meaning is None:
        return False
    if section(group) == "employer":
        return not INSURANCE.search(column.label) and column.meaning.role not in ("total", "skip")
    apart = ("name", "period", "id_number", "bank_account")
    return column.meaning.role in (apart if head(group) else (*apart, "net_pay"))
