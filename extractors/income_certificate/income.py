"""What is earned: a month, a year, in figures and in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from extractors.income_certificate.amounts import Amount, amounts, kind_of
from extractors.income_certificate.basis import put_basis_of
from extractors.income_certificate.cells import Cells, filled
from extractors.income_certificate.labels import UPPER
from pipeline.layout import Reader, Row
from pipeline.text import money, parse_upper_amount

_TOTAL = re.compile("合计|总计|总额|共计|总收入|综合|总和|累计|等收入|等月")

_Words = tuple[Row, int, int, Decimal, str | None]
"""A row, where 大写 stands in it, its value, and what it is said to be."""


def put_income(reader: Reader, form: Cells, text: Row, whole: Row) -> None:
    """The year's and the month's income and the month's in words: of several amounts the one that 大写, a twelfth of the
    year or the words for a sum single out; none where nothing does. `text` is what is no cell, `whole` all of the paper."""
    text = filled(text)
    words = _upper(form, text, filled(whole))
    spoken = [value for _, _, _, value, kind in words if kind != "year"]
    found = amounts(form, text, frozenset(word[3] for word in words))
    year = _one([a for a in found if a.kind == "year"], [word[3] for word in words], None)
    month = _one([a for a in found if a.kind == "month"], spoken, year)
    for name, amount in (("monthly_income", month), ("annual_income", year)):
        if amount:
            reader.put(name, amount.row.cut(amount.start, amount.end), money(amount.value))
        else:
            kind = "month" if name == "monthly_income" else "year"
            unsure = [a for a in found if a.kind == kind]
            if unsure:
                reader.miss(name, unsure[0].row.cut(unsure[0].start, unsure[0].end))
    for name, kind in (("monthly_income", "month"), ("annual_income", "year")):
        _put_spoken(reader, name, [w for w in words if w[4] == kind], [a for a in found if a.kind == kind])
    _put_words(reader, words, month, year)
    put_basis_of(reader, whole, month or year, found)


def _put_spoken(reader: Reader, name: str, words: Sequence[_Words], found: Sequence[Amount]) -> None:
    """An income that is written in 大写 alone, where just one is said to be a month's or a year's."""
    if not found and len({w[3] for w in words}) == 1:
        row, start, end, value, _ = words[0]
        reader.put(name, row.cut(start, end), money(value))


def _one(found: Sequence[Amount], spoken: Sequence[Decimal], year: Amount | None) -> Amount | None:
    """The amount of those of one kind that is meant, or None where that is not sure."""
    values = {a.value for a in found}
    if len(values) <= 1:
        return found[0] if found else None
    tests: tuple[Callable[[Amount], bool], ...] = (
        lambda a: a.value in spoken,
        lambda a: year is not None and abs(a.value * 12 - year.value) <= 12,
        lambda a: _TOTAL.search(a.said) is not None,
        lambda a: a.basis == "税前" or "应发" in a.said,
    )
    for test in tests:
        told = [a for a in found if test(a)]
        if len({a.value for a in told}) == 1:
            return told[0]
    return None


def _upper(form: Cells, text: Row, whole: Row) -> list[_Words]:
    """Every 大写 of a paper: of those in cells that go on in the next row, all of it."""
    out: list[_Words] = []
    all_ = [m for m in UPPER.finditer(whole.text) if parse_upper_amount(m[0]) is not None]
    before: str | None = None
    for pair in form.pairs:
        if pair.name in ("amount", "words"):
            before = kind_of(pair.label) or before
        shown = [
            m
            for m in UPPER.finditer(pair.value.text)
            if len(m[0]) >= 3 and parse_upper_amount(m[0]) is not None
        ]
        for m in shown[:1]:
            longer = [w for w in all_ if w[0].startswith(m[0]) and w[0] != m[0]]
            longer = longer if m.end() == len(pair.value.text) else []
            row, spot = (whole, longer[0]) if longer else (pair.value, m)
            out.append((row, spot.start(), spot.end(), parse_upper_amount(spot[0]) or Decimal(0), before))
    last = 0
    for m in UPPER.finditer(text.text):
        value = parse_upper_amount(m[0])
        if len(m[0]) >= 3 and value is not None:
            said = re.split("[。;；]", text.text[last : m.start()])[-1]
            out.append((text, m.start(), m.end(), value, kind_of(said)))
        last = m.end()
    return out


def _put_words(reader: Reader, words: Sequence[_Words], month: Amount | None, year: Amount | None) -> None:
    """大写 of the month: what equals it, else what is said to be a month's, else any that is no year's; none that
    only is the end of the month's in figures, whose beginning stands elsewhere."""
    if month is not None:
        words = sorted(words, key=lambda w: w[3] != month.value)
    for row, start, end, value, kind in words:
        same = month is not None and value == month.value
        yearly = kind in ("year", "part", "other") or (year is not None and value == year.value)
        if same or not (yearly or (month is None and kind != "month" and year is not None)):
            pieces = row.cut(start, end)
            if month is not None and not same and money(month.value).endswith(money(value)):
                reader.miss("monthly_income_words", pieces)
                return
            shown = re.sub(r"[\s_＿]", "", "".join(p.text for p in pieces))
            reader.put(
                "monthly_income_words", pieces, shown if parse_upper_amount(shown) is not None else None
            )
            return
