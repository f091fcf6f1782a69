"""The heads that stand over rows of labels and amounts: whose the amounts are, which month's, of which kind the lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.pay_stub.cells import PAY, Cell, apart, kind_of, role_of
from extractors.pay_stub.labels import (
    CUMULATIVE,
    INSURANCE,
    TEXTS,
    Meaning,
    head,
    key,
    kind_word,
    meaning,
    section,
)
from extractors.pay_stub.parts import blank, is_value, money
from pipeline.layout import Row
from pipeline.model import Line, Sheet

PAST = re.compile(f"{CUMULATIVE.pattern}|平均|average")
"""Heads over amounts that are not, or not only, this month's."""


OWN = (*PAY, "income_tax", "special_deductions", "taxable_income", "other_deductions")
"""What an employer has no part in."""
COUNTED = re.compile("数量|单价|天数|次数|件数|工时|小时数?|课时数?")
"""Heads beside which 单位 is what is counted, not the employer."""
GROUPED = re.compile("(?:项|项目|部分|类|明细)$")
"""Ends of the heads of groups of lines: an amount beside one is their sum."""
SUM = ("合计", "小计", "总计", "共计")
"""What the sum of the lines of a section is called: under what is earned it is the gross pay."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A head over a column of amounts or of labels: own, employer, base, rate, skip, past (other months' sums) or label."""

    tag: str
    line: Line


class Above:
    """The heads noted last: `heads` over amounts, `sections` over groups of lines with the x from and to which they reach."""

    def __init__(self) -> None:
        self.heads: list[_Head] = []
        self.sections: list[tuple[str, float, float]] = []

    @property
    def lists(self) -> bool:
        """Whether what follows is a list of labels and amounts."""
        return bool(self.sections) or any(h.tag in ("label", "own") for h in self.heads)

    @property
    def amounts(self) -> int:
        """How many columns of amounts there are heads over."""
        return sum(h.tag != "label" for h in self.heads)

    def note(self, row: Row) -> None:
        """Sections and heads that rows of pairs below may stand under."""
        units = any(COUNTED.fullmatch(key(n.text)) for n in row.lines)
        measured = [n for n in row.lines if units and key(n.text) in ("单位", "计量单位")]
        found = [(None if n in measured else section(n.text), n) for n in row.lines]
        if any(s for s, _ in found):
            reach = max(row.height, 1.0)
            if len([1 for s, _ in found if s]) == 1 and len(row.lines) <= 2:
                self.sections = [(s, float("-inf"), float("inf")) for s, _ in found if s]
            else:
                self.sections = [(s, n.box[0] - reach, n.box[2] + reach) for s, n in found if s]
        tags = [("base" if n in measured else _tag_of(n), n) for n in row.lines]
        if any(t and t != "label" for t, _ in tags):
            self.heads = [_Head(t, n) for t, n in tags if t]
        elif any(s for s, _ in found):
            self.heads = []

    def ends(self, couples_: Sequence[tuple[Line, list[Line]]]) -> None:
        """Ends the heads at a row with more labels of amounts than stand in a row under them: it is none of their table."""
        labels = sum(h.tag == "label" for h in self.heads)
        told = [
            n
            for n, values in couples_
            if role_of(n) not in TEXTS and any(money(v.text) is not None for v in values)
        ]
        if labels and len(told) > labels:
            self.heads = []

    def opens(self, couples_: Sequence[tuple[Line, list[Line]]]) -> None:
        """Notes a section whose head stands in one row with its sum, and over the whole width."""
        if couples_ and GROUPED.search(key(couples_[0][0].text)) and len(couples_) <= 2:
            told = section(couples_[0][0].text)
            self.sections = [(told, float("-inf"), float("inf"))] if told else self.sections

    def cells(self, label: Line, values: list[Line], sheet: Sheet) -> list[Cell]:
        """What a label and its values are under these heads: the month's own amount, an employer's part, or nothing."""
        text = label.text.strip(" :：")
        mean = meaning(text)
        told = next((k for v in values if not is_value(v.text) and (k := kind_word(v.text))), None)
        under_ = told or self._section(label, values)
        if section(text) and GROUPED.search(key(text)) and (mean is None or mean.role == "item"):
            mean = Meaning("total")
        if under_ == "employer" and mean is not None and mean.role in OWN:
            self.sections, under_ = [], None  # the employer's parts ended above
            self.heads = [h for h in self.heads if h.tag != "employer"]
        if under_ == "employer" and (mean is None or mean.role not in TEXTS):
            summed = mean is not None and mean.role in ("total", "social_insurance")
            mean = Meaning("total") if summed else Meaning("item", "employer")
        elif under_ == "other" and mean is not None and mean.role == "item":
            mean = Meaning("skip")
        elif under_ == "earning" and mean == Meaning("total") and key(text) in SUM:
            mean = Meaning("gross_pay")
        elif mean is None:
            mean = Meaning("?", kind_of(under_))
        if mean.role in TEXTS:
            return [Cell(text, mean, tuple(values), sheet)]
        amounts = [v for v in values if money(v.text) is not None or blank(v.text)]
        if len(amounts) <= 1:
            tag = self._tag(amounts[0]) if amounts else None
            if tag == "past" or self._of_a_base(tag, mean, text):
                return []
            if tag == "employer" and mean.role not in ("skip", *OWN):
                mean = Meaning("item", "employer")
            return [Cell(text, mean, tuple(amounts or values), sheet)]
        tags = [self._tag(v) for v in amounts]
        if tags.count("own") == 1 and tags.count(None) > 1 and mean.kind == "deduction":
            tags = [None] * len(tags)  # a head over one of several amounts tells nothing of the others
        if "own" not in tags and tags.count(None) == 1:
            tags[tags.index(None)] = "own"  # heads tell what all others are
        found = []
        for value, tag in zip(amounts, tags, strict=True):
            if tag == "own" and tags.count("own") == 1:
                found.append(Cell(text, mean, (value,), sheet))
            elif tag == "employer" and mean.kind == "deduction":
                found.append(Cell(text, Meaning("item", "employer"), (value,), sheet))
        if "own" not in tags:
            found.append(Cell(text, mean, tuple(amounts), sheet))
        return found

    def _of_a_base(self, tag: str | None, mean: Meaning, text: str) -> bool:
        """Whether an amount under 基数, 标准 or 比例 is no amount of the line: the pay itself may stand there in a wider cell."""
        told = tag == "base" and any(h.tag == "own" for h in self.heads) and mean.role not in PAY
        return told or (tag in ("base", "rate") and INSURANCE.search(text) is not None)

    def _section(self, label: Line, values: Sequence[Line]) -> str | None:
        x0, x1 = label.box[0], max([label.box[2], *(v.box[2] for v in values[:1])])
        over = [(min(x1, b) - max(x0, a), s) for s, a, b in self.sections]
        over = [o for o in over if o[0] > 0]
        return max(over)[1] if over else None

    def _tag(self, value: Line) -> str | None:
        """What the head over an amount says: the one that stands above it, right edges or middles together."""
        near = [
            (abs(h.line.box[2] - value.box[2]) if apart(h.line, value) else 0.0, h.tag)
            for h in self.heads
            if h.tag != "label" and abs(h.line.middle[0] - value.middle[0]) < 8 * value.height
        ]
        return min(near)[1] if near else None


def _tag_of(line: Line) -> str | None:
    """What a head over amounts says of them: as `head`, with sums of other months and rates apart from the rest."""
    tag = head(line.text)
    if tag == "skip" and PAST.search(key(line.text)):
        return "past"
    return "rate" if tag == "base" and re.search("比例|率|rate", key(line.text)) else tag
