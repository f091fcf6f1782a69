"""What a piece of a table's text is by its form: a date, a time, an amount of money; and its value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.text import clean, parse_money, squeeze

Kind = Literal["date", "time", "money", "text"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"), 1,
    )
    for name in names.split()
}  # fmt: skip
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DASHES = str.maketrans(dict.fromkeys("−－–—―‐‑‒一", "-"))
_SLIPS = str.maketrans(
    {"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "：": ":", "，": ",", "。": ".", "．": "."}
)

_ISO = re.compile(
    r"(?<!\d)((?:19|20)\d\d) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?:日|(?!\d)|(?=\d\d[:：]))"
)
_ISO_TIGHT = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d\d)[-/.](\d\d)")
_EIGHT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])")
_DAY_FIRST = re.compile(r"(?<![\d/.-])(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d)(?!\d)")
_DAY_NAME = re.compile(rf"(?<!\d)(\d{{1,2}})[ -]?({_NAME})[a-z]*\.?,?[ -]?((?:19|20)\d\d|\d\d)?(?!\d)", re.I)
_NAME_DAY = re.compile(rf"(?<![A-Za-z])({_NAME})\.? ?(\d{{1,2}})(?:, ?|\s+)((?:19|20)\d\d)(?!\d)", re.I)
_SHORT = re.compile(r"(?<![\d/.-])(\d{1,2})[-/月](\d{1,2})日?(?![\d/.-])")
_TWO_DIGITS = re.compile(
    r"(?<![\d.,/-])(1[5-9]|[23]\d)(?:([-.])|/)(0[1-9]|1[0-2])(?(2)\2(?:0[1-9]|[12]\d|3[01])|/(?:0[1-9]|1\d|3[01]))(?![\d/-])(?!\.\d)"
)
"""A year of two digits before month and day; with strokes only where the last part is no year that a day stands before."""
_TIME = re.compile(r"(?<!\d)([0-9]\d?)\s?[:：]\s?(\d\d)(?:\s?[:：]\s?(\d\d))?(?!\d)")
_CLOCK = re.compile(r"(?<![:：])(\d\d)[:：](\d\d)(?:[:：](\d\d))?(?!\d)")
_TIME6 = re.compile(r"(?<!\d)([01]\d|2[0-3])([0-5]\d)([0-5]\d)(?!\d)")
_MONEY = re.compile(
    r"(?<![\d.,A-Za-z*])[-+−－–]?\s?(?:[¥￥$]|RMB|CNY)?\s?[-+]?(?:\d{1,3}(?:[,，.．] ?\d{3})+|\d+)[.．] ?\d{1,2}(?![\d*])-?"
)
"""An amount with its point; engines read commas of small print as points and put a blank behind them."""
_GLUED = re.compile(
    r"([-+−－–]?\d{1,3}(?:[,，]\d{3})*[.．]\d\d)([-+−－–]?\d{1,3}(?:[,，]\d{3})+[.．]\d\d)(?!\d)"
)
"""Two amounts of narrow columns that the detector took for one."""


@lru_cache(maxsize=32768)
def squeezed(text: str) -> str:
    """`squeeze`, kept: a page's words come again and again."""
    return squeeze(text)


class Token(NamedTuple):
    """A typed piece of a text: characters `start` to before `end`."""

    kind: Kind
    start: int
    end: int


class When(NamedTuple):
    """A cell of a date column: the date `YYYY-MM-DD` (or None), the time as printed (or None), and the day and month
    of a date that is printed without its year."""

    date: str | None
    time: str | None
    day: tuple[int, int] | None = None


@lru_cache(maxsize=16384)
def tokens(text: str) -> tuple[Token, ...]:
    """The dates, times and amounts (two or one digits after the point) in a text, in order, without overlap."""
    if not any("0" <= c <= "9" for c in text):
        return ()
    found: list[Token] = []
    taken = [False] * len(text)

    def take(kind: Kind, matches: Iterator[re.Match[str]]) -> None:
        for m in matches:
            start = m.start() + len(m[0]) - len(m[0].lstrip())
            if not any(taken[start : m.end()]):
                taken[start : m.end()] = [True] * (m.end() - start)
                found.append(Token(kind, start, m.end()))

    for pattern in (_ISO, _ISO_TIGHT, _DAY_FIRST, _NAME_DAY, _TWO_DIGITS):
        take("date", pattern.finditer(text))
    if _EIGHT.match(text) and (len(text) == 8 or not text[8].isdigit() or re.match(r"\d{14}(?!\d)", text)):
        take("date", iter([m for m in [_EIGHT.match(text)] if m]))
    for m in _DAY_NAME.finditer(text):
        if m[3] or m.end() == len(text) or text[m.end()] == " ":
            take("date", iter([m]))
    take("time", _TIME.finditer(text))
    for m in _GLUED.finditer(text):
        if not any(taken[m.start() : m.end()]):
            taken[m.start() : m.end()] = [True] * (m.end() - m.start())
            found += [Token("money", m.start(1), m.end(1)), Token("money", m.start(2), m.end(2))]
    take("money", _MONEY.finditer(text))
    return tuple(sorted(found, key=lambda t: t.start))


@lru_cache(maxsize=16384)
def kind_of(text: str) -> Kind:
    """What a whole text is: money, date or time where nothing else stands beside it, else text."""
    found = tokens(text)
    if len(found) == 1 and found[0].end - found[0].start >= len(text.strip()) - 1:
        return found[0].kind
    return "text"


@lru_cache(maxsize=8192)
def when(text: str) -> When:
    """The date and time in a cell, in every form these papers print: 20260105, 2026-01-05 12:33:01, 05 Jan 2026 …

    An impossible day keeps its form (2026-02-30); a date without a year gives only `day`."""
    plain = _plain(text)
    found, rest = _date_in(plain)
    day = None
    if found is None:
        m = _DAY_NAME.search(plain)
        short = _SHORT.search(plain)
        if m and not m[3]:
            day, rest = (int(m[1]), _MONTHS[m[2].lower()]), plain[: m.start()] + " " + plain[m.end() :]
        elif short and 1 <= int(short[1]) <= 12 and 1 <= int(short[2]) <= 31:
            day, rest = (int(short[2]), int(short[1])), plain[: short.start()] + " " + plain[short.end() :]
    return When(found, clock(rest), day)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", clean(text)).translate(_DASHES)
    return (
        text if re.search(rf"\d[ -]?(?:{_NAME})|(?:{_NAME})\.? ?\d", text, re.I) else text.translate(_SLIPS)
    )


def _date_in(plain: str) -> tuple[str | None, str]:
    """The first full date in a text, and the text without it."""
    for pattern in (_ISO, _ISO_TIGHT, _EIGHT, _NAME_DAY, _DAY_FIRST, _DAY_NAME, _TWO_DIGITS):
        m = pattern.search(plain)
        if not m or (pattern is _DAY_NAME and not m[3]):
            continue
        if pattern in (_ISO, _ISO_TIGHT, _EIGHT):
            year, month, day = m[1], int(m[2]), int(m[3])
        elif pattern is _TWO_DIGITS:
            year, month, day = m[1], int(m[3]), int(m[0][-2:])
        elif pattern is _NAME_DAY:
            year, month, day = m[3], _MONTHS[m[1].lower()], int(m[2])
        elif pattern is _DAY_FIRST:
            year, month, day = m[3], int(m[2]), int(m[1])
            if month > 12 >= day:
                month, day = day, month
        else:
            year, month, day = m[3], _MONTHS[m[2].lower()], int(m[1])
        if 1 <= month <= 12 and 1 <= day <= 31:
            year = year if len(year) == 4 else f"20{year}"
            return f"{year}-{month:02}-{day:02}", plain[: m.start()] + " " + plain[m.end() :]
    return None, plain


def clock(text: str) -> str | None:
    """The time of day in a text, `HH:MM:SS` or `HH:MM`; six digits are HHMMSS. None where there is none."""
    m = _CLOCK.search(text) or _TIME.search(text)
    if m:
        parts = [m[1].zfill(2), m[2]] + ([m[3]] if m[3] else [])
        return ":".join(parts)
    m = re.search(r"(?<!\d)(\d\d)[.](\d\d)[.](\d\d)(?!\d)", text) or _TIME6.search(text)
    return f"{m[1]}:{m[2]}:{m[3]}" if m else None


@lru_cache(maxsize=8192)
def amount(text: str) -> tuple[Decimal, bool] | None:
    """The amount in a money cell with its sign, and whether its form leaves doubt (points as separators of thousands,
    a letter in the place of a digit). None where the text is no amount."""
    plain = unicodedata.normalize("NFKC", clean(text)).translate(_DASHES).replace(" ", "").strip(":;'`_")
    plain = re.sub(
        r"^([-+]?)(?:人民币元?|CNY|RMB|USD|HKD|EUR|SGD|NZD|JPY|GBP|AUD|US\$|HK\$|S\$|\$)+", r"\1", plain
    )
    plain = re.sub(r"^([-+]?)[$¥]", r"\1", plain)
    plain = re.sub(r"(?:CNY|RMB|USD|HKD|元)$", "", plain)
    value = parse_money(plain)
    if value is not None:
        return value, False
    m = re.fullmatch(r"\(?([\d,.]+)\)", plain)
    if m and plain.startswith("("):
        value = parse_money(m[1])
        return (-value, False) if value is not None else None
    m = re.fullmatch(r"([-+]?[\d,.]+)(CR|DR)", plain, re.I)
    if m:
        value = parse_money(m[1])
        return None if value is None else (value if m[2].upper() == "CR" else -abs(value), False)
    loose = re.sub(r"^([-+]?(?:\d{1,3}(?:[.,]\d{3})+|\d{3,})):(\d\d)$", r"\1.\2", plain.translate(_SLIPS))
    m = re.fullmatch(r"([-+]?)(\d{1,3}(?:[.,]\d{3})*|\d+)[.,](\d{2})(-?)", loose)
    if not m:
        return None
    value = Decimal(f"{re.sub('[.,]', '', m[2])}.{m[3]}")
    return (-value if "-" in (m[1], m[4]) else value), True
