"""What is earned: a month, a year, in figures and in words, before or after tax."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.income_certificate.cells import Cells
from extractors.income_certificate.labels import AMOUNT, OPEN, TICKED, UPPER
from pipeline.layout import Reader, Row
from pipeline.model import Line
from pipeline.text import money, parse_money, parse_upper_amount

_PAY = "收入|工资|薪[酬资金水]?|报酬|所得|待遇"
_MONTH = re.compile(
    rf"(?<![个\d年份])月(?![日份\d])[^年。;；]{{0,14}}?(?:{_PAY}|总额)|(?:{_PAY})[^年。;；]{{0,6}}?(?:每月|月均|按月|/月)|平均每月|每月平均|折合每?月均?|月均|月薪|每月"
)
_YEAR = re.compile(
    rf"年[^月。;；]{{0,8}}?(?:{_PAY})|年薪|(?:{_PAY})[^月。;；]{{0,6}}?(?:每年|年均|全年|/年)|Annual", re.I
)
_PART = re.compile(
    r"其中|(?:基本|岗位|基础|绩效|职务|薪级|工龄|加班|底|标准|奖金)(?:工资|薪酬|薪资|薪|收入)|绩效|奖金|奖|津贴|补贴|补助|提成|加班费|分红|工资性收入|(?:其他|兼职|投资|租金|经营)(?:性)?收入"
    r"|公积金|社保|保险|五险|个税|个人所得税|所得税|扣除|代扣|扣款|缴纳|缴存"
)
_OTHER = re.compile(r"注册资[本金]|负债|还款|贷款|房租|罚款|合同|借款|余额|资产|房价|总价")
_TOTAL = re.compile("合计|总计|总额|共计|总收入|综合|总和|累计|等收入|等月")
_SPAN = re.compile(r"(?:\d+|[一二三四五六七八九十两]+)个月[^月。]{0,8}(?:合计|总计|总额|共计|累计|总收入)")
_FIGURE_CUE = re.compile(r"(?:¥|RMB|CNY|人民币|小写[)）]?[:：]?|[:：为是计约达])[_\s(（:：]*$", re.I)


_DOTTED = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+[.,]\d{2}(?![\d.,]*\d)")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of the paper: month, year, part or other; what was said before it; its place in a row, and its label's print."""

    kind: str
    said: str
    value: Decimal
    row: Row
    start: int
    end: int
    heads: tuple[Line, ...] = ()

    @property
    def basis(self) -> str | None:
        """税前 or 税后, where just one of them is said of this amount."""
        kinds = {word for word in ("税前", "税后") if word in self.said}
        return kinds.pop() if len(kinds) == 1 else None


def kind_of(said: str) -> str | None:
    """What the words before an amount say that it is: `month`, `year`, `part`, `other`; None where they say nothing."""
    said = re.sub(r"[(（](?:含|包括|包含|不含|已?扣除|未扣|扣)[^()（）]*[)）]", "", said)
    said = re.split("如下|[构组]成[:：]|明细[:：]", said)[-1]
    if _SPAN.search(said) and not re.search("月均|平均每月|每月平均|月平均", said):
        return "other"
    spots = {
        kind: max(((m.end(), m.start()) for m in pattern.finditer(said)), default=(-1, -1))
        for kind, pattern in (("month", _MONTH), ("year", _YEAR), ("part", _PART), ("other", _OTHER))
    }
    last = max(end for end, _ in spots.values())
    if last < 0:
        return None
    whole = max(("month", "year"), key=lambda kind: spots[kind])
    part = max(("part", "other"), key=lambda kind: spots[kind])
    if spots[part][0] < 0:
        return whole
    if spots[whole][0] < 0:
        return part
    if spots[part][1] >= spots[whole][1] and not re.search(r"等|合计|总|共", said[spots[part][1] :]):
        return part
    return whole


def amounts(form: Cells, text: Row, proved: frozenset[Decimal]) -> list[Amount]:
    """Every amount of the paper with what it is: those of labels' cells, then those of the running text."""
    out: list[Amount] = []
    before: str | None = None
    for pair in form.pairs:
        if pair.name not in ("amount", "words"):
            continue
        kind = kind_of(pair.label) or (before if re.search("小写|大写|金额", pair.label) else None)
        before = kind
        out += [
            Amount(
                kind_of(said) or kind or "other", pair.label + said, value, pair.value, start, end, pair.heads
            )
            for said, value, start, end in _figures(pair.value.text, proved, labelled=not pair.close)
        ]
    return out + _told(text, proved)


def _told(text: Row, proved: frozenset[Decimal]) -> list[Amount]:
    """The amounts of the running text; one of which nothing is said is what the one before it in its sentence is."""
    out: list[Amount] = []
    kind: str | None = None
    inside = False
    for said, value, start, end in _figures(text.text, proved, labelled=False):
        *ended, clause = re.split("[。;；]", said)
        own = kind_of(clause)
        if ended:
            kind, inside = None, False
        elif re.search("[)）]", clause):
            inside = False
        inside = inside or "其中" in clause
        after = text.text[end : end + 6]
        if own is None and re.search(_PAY, clause):
            each = re.match(r"元?(?:整)?(?:[/每]|一个?)([月年])", after)
            own = {"月": "month", "年": "year"}.get(each[1]) if each else None
        own = "part" if inside else own
        silent = own is None and re.search(rf"税[前后].*(?:{_PAY})", clause)
        kind = own or (None if silent else kind)
        if kind or silent:
            out.append(Amount(kind or "other", clause, value, text, start, end))
    return out


def _figures(text: str, proved: frozenset[Decimal], *, labelled: bool) -> list[tuple[str, Decimal, int, int]]:
    """(what is said before it, value, start, end) of the amounts in a text: figures that their form or their
    neighbours show to be money, or any behind a label. Full stops for the separators of thousands (39.600.00) are
    taken for such only where 大写 (`proved`) says the same."""
    spots = [(m.start(), m.end(), Decimal(re.sub("[.,]", "", m[0])) / 100) for m in _DOTTED.finditer(text)]
    spots = [spot for spot in spots if spot[2] in proved]
    for m in AMOUNT.finditer(text):
        value = _plain(m, text, labelled=labelled)
        if value is not None:
            spots.append((m.start(), m.end(), value))
    spots.sort()
    ends = [0, *(end for _, end, _ in spots)]
    return [(text[ends[n] : start], value, start, end) for n, (start, end, value) in enumerate(spots)]


def _plain(found: re.Match[str], text: str, *, labelled: bool) -> Decimal | None:
    """The value of what looks like an amount where its form or its neighbours show that it is money."""
    before, after = text[: found.start()], text[found.end() : found.end() + 1]
    if re.match("[年月日%个次、/号名人岁天-]", after) and not re.match("/[月年]", text[found.end() :]):
        return None
    if re.search(r"[A-Za-z\d\-/*]$", before) and not re.search(r"(?:RMB|CNY)$", before, re.I):
        return None
    if re.search(r"(?:电话|号码|编号|邮编|证号|账号)[:：为]*$", before):
        return None
    value, ten_thousands = parse_money(found[1].replace("，", ",")), bool(found[2])
    money_like = ten_thousands or after in ("元", "圆") or bool(re.search("[,.]", found[1]))
    money_like = money_like or bool(_FIGURE_CUE.search(before)) or (labelled and found.start() == 0)
    if value is None or not money_like or value >= 10**9 or (value < 100 and not ten_thousands):
        return None
    return value * 10_000 if ten_thousands else value


def put_income(reader: Reader, form: Cells, text: Row, whole: Row) -> None:
    """The year's and the month's income and the month's in words: of several amounts the one that 大写, a twelfth of the
    year or the words for a sum single out; none where nothing does. `text` is what is no cell, `whole` all of the paper."""
    words = _upper(form, text)
    spoken = [value for _, _, _, value, kind in words if kind != "year"]
    found = amounts(form, text, frozenset(word[3] for word in words))
    year = _one([a for a in found if a.kind == "year"], spoken, None)
    month = _one([a for a in found if a.kind == "month"], spoken, year)
    for name, amount in (("monthly_income", month), ("annual_income", year)):
        if amount:
            reader.put(name, amount.row.cut(amount.start, amount.end), money(amount.value))
        else:
            kind = "month" if name == "monthly_income" else "year"
            unsure = [a for a in found if a.kind == kind]
            if unsure:
                reader.miss(name, unsure[0].row.cut(unsure[0].start, unsure[0].end))
    _put_words(reader, words, month, year)
    taken = month or year
    elsewhere = {
        a.basis for a in found if taken and a.kind in ("month", "other") and a.value != taken.value
    } - {None}
    if taken is None or taken.basis or not elsewhere:
        _put_basis(reader, whole, taken)


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


_Words = tuple[Row, int, int, Decimal, str | None]
"""A row, where 大写 stands in it, its value, and what it is said to be."""


def _upper(form: Cells, text: Row) -> list[_Words]:
    out: list[_Words] = []
    before: str | None = None
    for pair in form.pairs:
        if pair.name in ("amount", "words"):
            before = kind_of(pair.label) or before
        shown = [
            m
            for m in UPPER.finditer(pair.value.text)
            if len(m[0]) >= 3 and parse_upper_amount(m[0]) is not None
        ]
        out += [
            (pair.value, m.start(), m.end(), parse_upper_amount(m[0]) or Decimal(0), before)
            for m in shown[:1]
        ]
    last = 0
    for m in UPPER.finditer(text.text):
        value = parse_upper_amount(m[0])
        if len(m[0]) >= 3 and value is not None:
            said = re.split("[。;；]", text.text[last : m.start()])[-1]
            out.append((text, m.start(), m.end(), value, kind_of(said)))
        last = m.end()
    return out


def _put_words(reader: Reader, words: Sequence[_Words], month: Amount | None, year: Amount | None) -> None:
    """大写 of the month: what equals it, else what is said to be a month's, else any that is no year's."""
    if month is not None:
        words = sorted(words, key=lambda w: w[3] != month.value)
    for row, start, end, value, kind in words:
        same = month is not None and value == month.value
        yearly = kind in ("year", "part", "other") or (year is not None and value == year.value)
        if same or not (yearly or (month is None and kind != "month" and year is not None)):
            pieces = row.cut(start, end)
            shown = re.sub(r"[\s_＿]", "", "".join(p.text for p in pieces))
            reader.put(
                "monthly_income_words", pieces, shown if parse_upper_amount(shown) is not None else None
            )
            return


# ---------------------------------------------------------------- before or after tax


def _put_basis(reader: Reader, text: Row, amount: Amount | None) -> None:
    """What is said of the amount itself, else what the whole paper says."""
    told = amount.basis if amount else None
    if amount and told and not re.search(rf"[{TICKED}{OPEN}]", amount.said):
        at = amount.row.text.rfind(told, 0, amount.start)
        pieces = amount.row.cut(at, at + 2) if at >= 0 else amount.heads
        reader.put("income_basis", pieces, "gross" if told == "税前" else "net")
        return
    put_basis(reader, text)


def put_basis(reader: Reader, text: Row) -> None:
    """税前 or 税后: the only one that is printed, or the one that is ticked."""
    spots = [(m.start(), m.end(), m[0]) for m in re.finditer("税前|税后", text.text)]
    kinds = {word for _, _, word in spots}
    marks = _marks(text.text, spots)
    between = text.text[spots[0][1] : spots[1][0]] if len(spots) == 2 else ""
    if len(kinds) == 2 and between in tuple(OPEN) and sorted(marks) == ["none", "open"]:
        _unseen_tick(reader, text, spots[0], spots[1])
        return
    chosen = spots[:1] if len(kinds) == 1 else []
    if len(kinds) == 2:
        marked = [s for s, mark in zip(spots, marks, strict=True) if mark == "ticked"]
        free = [s for s, mark in zip(spots, marks, strict=True) if mark == "open"]
        if len({s[2] for s in marked}) == 1:
            chosen = marked[:1]
        elif not marked and len({s[2] for s in free}) == 1:
            chosen = [s for s in spots if s[2] != free[0][2]][:1]
            chosen = chosen if re.search(rf"[{TICKED}]", text.text) else []
    elif chosen and marks[0] == "open":
        chosen = []
    for start, end, word in chosen:
        reader.put("income_basis", text.cut(start, end), "gross" if word == "税前" else "net")


def _unseen_tick(reader: Reader, text: Row, one: tuple[int, int, str], two: tuple[int, int, str]) -> None:
    """`(税前□税后)` where the place of a second box is wide enough for one: engines pass over filled boxes. The wide
    place tells on which side of the words the boxes stand; the word of the unseen one is given with doubt."""
    first = _wide(text, one[0] - 1, one[1])
    last = _wide(text, two[0], two[1] + 1)
    if first == last:
        return
    start, end, word = one if first else two
    pieces = [replace(piece, confidence=min(piece.confidence, 0.9)) for piece in text.cut(start, end)]
    reader.put("income_basis", pieces, "gross" if word == "税前" else "net")


def _wide(text: Row, start: int, end: int) -> bool:
    """Whether the characters from `start` to before `end` take more than half a character more room than usual."""
    if start < 0 or end > len(text.text) or len({text.marks[i][0] for i in range(start, end)}) > 1:
        return False
    line = text.lines[text.marks[start][0]]
    pitch = sorted(line.edge(i + 1) - line.edge(i) for i in range(len(line.text)))[len(line.text) // 2]
    return text.x(end - 1) - text.x(start) > (end - 1 - start + 0.6) * pitch


def _marks(text: str, spots: Sequence[tuple[int, int, str]]) -> list[str]:
    """What the box of each word is: ticked, open, none. Boxes stand before their words where the first one does."""
    around = [(text[max(0, start - 1) : start], text[end : end + 1]) for start, end, _ in spots]
    boxed = [pair for pair in around if _box(pair[0]) != "none" or _box(pair[1]) != "none"]
    side = 0 if boxed and _box(boxed[0][0]) != "none" else 1
    return [_box(pair[side]) for pair in around]


def _box(char: str) -> str:
    return "none" if not char else "ticked" if char in TICKED else "open" if char in OPEN else "none"


def row_end(text: Row, start: int) -> int:
    """Where the printed row of the character before `start` ends in the running text."""
    if not text.marks:
        return 0
    before = text.lines[text.marks[max(0, min(start, len(text.text)) - 1)][0]]
    for index in range(start, len(text.text)):
        if text.lines[text.marks[index][0]].middle[1] > before.box[3]:
            return index
    return len(text.text)
