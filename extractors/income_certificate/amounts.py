"""Every amount of a certificate and what it is: a month's income, a year's, a part of one, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from extractors.income_certificate.cells import Cells
from extractors.income_certificate.labels import AMOUNT
from pipeline.layout import Row
from pipeline.model import Line
from pipeline.text import parse_money

_PAY = "收入|工资|薪[酬资金水]?|报酬|所得|待遇"
_MONTH = re.compile(
    rf"(?<![个\d份])(?<![^一两全本当上今去]年)月(?![日份\d])[^年。;；]{{0,14}}?(?:{_PAY}|总额)|(?:{_PAY})[^年。;；]{{0,6}}?(?:每月|月均|按月|/月)|平均每月|每月平均|折合每?月均?|月均|月薪|每月"
)
_YEAR = re.compile(
    rf"年[^月。;；]{{0,8}}?(?:{_PAY})|(?:12|十二)个月(?:(?!平?均)[^月。;；]){{0,8}}?(?:{_PAY})|年薪|(?:{_PAY})[^月。;；]{{0,6}}?(?:每年|年均|全年|/年)|Annual",
    re.I,
)
_PART = re.compile(
    r"其中|(?:基本|岗位|基础|绩效|职务|薪级|工龄|加班|底|标准|奖金)(?:工资|薪酬|薪资|薪|收入)|绩效|奖金|奖|津贴|补贴|补助|提成|加班费|分红|工资性收入|(?:其他|兼职|投资|租金|经营)(?:性)?收入"
    r"|公积金|社保|保险|五险|个税|个人所得税|所得税|扣除|代扣|扣款|缴纳|缴存"
)
_OTHER = re.compile(r"注册资[本金]|负债|还款|贷款|房租|罚款|合同|借款|余额|资产|房价|总价")
_SPAN = re.compile(
    r"(?:\d+|[一二三四五六七八九十两]+)个月[^月。,，;；]{0,8}(?:合计|总计|总额|共计|累计|总收入)"
)
_FIGURE_CUE = re.compile(r"(?:¥|RMB|CNY|人民币|小写[)）]?[:：]?|[:：为是计约达])[_\s(（:：]*$", re.I)


_DOTTED = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{2})?(?![\d.,]*\d)")


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
    if re.search("家庭|配偶|夫妻|共同借款", said):
        return "other"
    spans = [m[0] for m in _SPAN.finditer(said) if not re.match("12|十二", m[0])]
    if spans and not re.search("月均|平均每月|每月平均|月平均", said):
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
    spots = [(m.start(), m.end(), _undotted(m[0])) for m in _DOTTED.finditer(text) if "." in m[0]]
    spots = [spot for spot in spots if spot[2] in proved and not AMOUNT.fullmatch(text, *spot[:2])]
    for m in AMOUNT.finditer(text):
        value = _plain(m, text, labelled=labelled)
        if value is not None:
            spots.append((m.start(), m.end(), value))
    spots.sort()
    ends = [0, *(end for _, end, _ in spots)]
    return [(text[ends[n] : start], value, start, end) for n, (start, end, value) in enumerate(spots)]


def _undotted(figures: str) -> Decimal:
    whole = Decimal(re.sub("[.,]", "", figures))
    return whole / 100 if re.search(r"[.,]\d{2}$", figures) else whole


def _plain(found: re.Match[str], text: str, *, labelled: bool) -> Decimal | None:
    """The value of what looks like an amount where its form or its neighbours show that it is money."""
    before, after = text[: found.start()], text[found.end() : found.end() + 1]
    if re.match("[年月日%个次、/号名人岁天-]", after) and not re.match("/[月年]", text[found.end() :]):
        return None
    if re.fullmatch(r"(?:19|20)\d\d\.(?:0[1-9]|1[0-2])", found[0]) and after not in ("元", "圆"):
        return None  # a month
    if re.match(r"[.,，]\d", text[found.end() :]):
        return None  # a part of a figure whose marks were misread
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
