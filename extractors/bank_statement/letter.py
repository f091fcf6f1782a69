"""The sentences of a statement: a letter before the rows (兹证明客户…), and lines of sums (合计 收入 … 支出 …)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractors.bank_statement.stems import ANY_IN, ANY_OUT
from pipeline.model import Line
from pipeline.table.header import bands
from pipeline.table.kinds import tokens

_MONEY = r"([¥￥]?\s*-?\d[\d,，]*\.\d\d)(?!\d)"
_DAY = r"((?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}\s?日?)"
_HEREBY = re.compile(r"兹证明|现证明|特此证明")
_MOMENT = re.compile(rf"\s*{_DAY}(?:\s*\d\d[:：]\d\d(?:[:：]\d\d)?)?\s*")
_LETTER = re.compile(r"兹证明|经查[,，:：询]|现证明|特此证明|在我[行社处]|在本[行社]")
_TOTALS = re.compile(
    r"^[\s*]*(?:本期|期间|本次|账单|以上|区间)?(?:合计|总计|累计|共计|汇总)(?:金额|发生额)?(?=[\s:：,，　]|"
    rf"{ANY_IN}|{ANY_OUT})"
)  # fmt: skip
_OF_PART = re.compile(
    r"[\s*(（]*(?:[本当每该此][页月日]|[页月日]?(?:小计|计)|(?:20\d\d\s?[-/.年]\s?)?\d{1,2}\s?月|20\d\d[-/.](?:0[1-9]|1[0-2])(?![-/.\d]))"
)
"""What begins a line of sums that are those of a page, a month or a day."""
_COUNTED = r"(?:[:：\s(（]*(?:共计?|合计|总计)?\s*\d{1,6}\s?[笔条][)）]?[,，、]?)?(?:\s*(?:金额|合计|共计|计|累计)+)?"
_END = rf"(?:金额|合计|总额|发生额|款项)?{_COUNTED}(?:人民币)?[^\d\u3400-\u9fff,，。;；]{{0,4}}{_MONEY}"
SUMS = (
    ("total_in", re.compile(rf"(?<!本页)(?:{ANY_IN}){_END}")),
    ("total_out", re.compile(rf"(?<!本页)(?:{ANY_OUT}){_END}")),
)
TOLD = (
    ("account_holder", re.compile(r"(?:客户|储户|户名|户主|存款人|持卡人|申请人)[:：]?\s*([\u3400-\u9fff·*＊]{2,20}?)\s*(?:先生|女士|同志)?\s*[(（,，]")),
    ("id_number", re.compile(r"(?:证件号码?|身份证号码?|身份证|公民身份号码)[:：为是]?\s*([\dXx*]{15,18})(?![\dXx])")),
    ("account_number", re.compile(r"(?:账户|账号|帐号|卡号|借记卡|存折)[:：为是]?\s*((?:\d[ ]?){3,}[\d* ]{4,}\d)")),
    ("account_holder", re.compile(r"[兹现]证明[:：]?\s*(?!客户|我行|本行)([\u3400-\u9fff·*＊]{2,20}?)\s*[(（]")),
    ("account_number", re.compile(r"(?:微信号|支付宝账[号户])[:：为是]?\s*([A-Za-z0-9_@.*\-]{4,40})")),
    ("period_start", re.compile(rf"[自从于在]\s*{_DAY}\s*(?:起)?\s*(?:至|到|—|-)")),
    ("period_end", re.compile(rf"[自从于在]\s*{_DAY}\s*(?:起)?\s*(?:至|到|—|-)\s*{_DAY}")),
    ("closing_balance", re.compile(rf"(?:期末|截[止至][^,，。]{{0,16}}?|账户)余额[^\d,，。]{{0,4}}{_MONEY}")),
    ("currency", re.compile(r"(?:币种|币别|货币)[:：为是]\s*([\u3400-\u9fff]{2,5}?)(?=[,，;；。)）])")),
    *SUMS,
)  # fmt: skip
"""What a letter says, by the words before each value; the last group is the value."""
_GREETING = re.compile(r"尊敬的(?:客户)?[:：]?\s*([\u3400-\u9fff·*＊]{2,20}?)\s*(?:先生|女士|客户|阁下|您好)")


class Said(NamedTuple):
    """A value that a sentence tells: the field, its text, its pieces of lines."""

    name: str
    text: str
    lines: list[Line]


def is_letter(lines: Sequence[Line]) -> bool:
    """Whether lines hold the sentences of a proof with an account or a period in them."""
    text = _text(bands(lines))[0]
    found = {name for name, pattern in TOLD if pattern.search(text)}
    return bool(_LETTER.search(text)) and len(found & {"account_number", "period_end", "account_holder"}) > 1


def said(lines: Sequence[Line]) -> Iterator[Said]:
    """What the sentences among the lines outside a table tell."""
    rows = bands(lines)
    for band in rows:
        text, at = _text([band])
        m = _GREETING.match(text)
        if m:
            yield Said("account_holder", m[1], _pieces(at, m.start(1), m.end(1)))
        sums = list(_matches(SUMS, text, at)) if not is_part(text) else []
        if len(sums) == len(SUMS) or _TOTALS.match(text):
            yield from sums
    text, at = _text(rows)
    letter = bool(_LETTER.search(text)) and is_letter(lines)
    if letter:
        yield from _matches(TOLD, text, at)
    if letter or _HEREBY.search(text):
        for band in rows[::-1]:
            text = " ".join(n.text for n in band)
            if len(band) <= 2 and not _MOMENT.sub("", text) and tokens(text):
                yield Said("printed_at", text, band)
                break


def is_part(text: str) -> bool:
    """Whether a line of sums is that of a page, a month or a day alone."""
    return _OF_PART.match(text) is not None


def _matches(
    patterns: Sequence[tuple[str, re.Pattern[str]]], text: str, at: Sequence[tuple[Line, int]]
) -> Iterator[Said]:
    for name, pattern in patterns:
        m = pattern.search(text)
        if m and m.lastindex:
            yield Said(name, m[m.lastindex], _pieces(at, m.start(m.lastindex), m.end(m.lastindex)))


def _text(rows: Sequence[Sequence[Line]]) -> tuple[str, list[tuple[Line, int]]]:
    """The text of printed lines one after the other, and for each character its line and its place there."""
    text, at = "", list[tuple[Line, int]]()
    for band in rows:
        for n in band:
            text += n.text
            at += [(n, i) for i in range(len(n.text))]
            if n is not band[-1]:
                text += " "
                at.append((n, len(n.text) - 1))
    return text, at


def _pieces(at: Sequence[tuple[Line, int]], start: int, end: int) -> list[Line]:
    """The parts of lines on which the characters of a text stand."""
    found: dict[int, tuple[Line, int, int]] = {}
    for line, i in at[start:end]:
        first = found.get(id(line), (line, i, i))[1]
        found[id(line)] = (line, first, i + 1)
    return [line.cut(a, b) for line, a, b in found.values()]
