"""Pay told in running text (short messages, letters): sentences that go on over the ends of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.pay_stub.cells import PAY, Block, Cell
from extractors.pay_stub.labels import TEXTS, Meaning, meaning
from extractors.pay_stub.parts import known, month
from extractors.pay_stub.whose import COMPANY, SURNAMES
from pipeline.layout import Row, flow, rows
from pipeline.model import Line, Sheet, union
from pipeline.text import find_dates

FEWEST = 3
"""So many parts of the pay at least are told in a paragraph, one of them the whole pay."""
LEADING = 1.3
"""Lines of one paragraph stand less than so many heights apart."""
_MARK = re.compile(r"(?<!\d)[,，]|[,，](?!\d{3}(?!\d))|[;；。!！?？、]|(?<=元)[,，]")
"""Where a part of a sentence ends; a comma among the digits of an amount is none."""
_PAID = re.compile(
    r"(?P<label>.*?[\u3400-\u9fff)])(?:金额)?(?:[:：]|为|是|共计|共)?(?P<amount>[¥￥]?-?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d{1,2})?)(?:元|圆)?整?"
)
_LEAD = re.compile(r".*[:：】\]]|(?:其中|另外?|并|还|再|您的?|已|共|合计扣除?|扣除(?!.*合计))+")
"""What may stand before a label."""
_TOLD = re.compile(r"(?P<label>[^:：]{1,12})[:：](?P<value>.{2,40})")
_HELLO = re.compile(
    r"(?:尊敬的|亲爱的|致)(?P<name>(?!客户|用户|员工|同[事志]|职工|各位|[先女])[\u3400-\u9fff·]{2,12}?)(?:先生|女士|同志|同事|员工|老师)?(?:[,，:：!！您你]|$)|(?:^|[】\],，])(?P<other>[\u3400-\u9fff·]{2,4})(?:先生|女士|同志|老师)?[,，]?[您你]好"
)
_MONTH = re.compile(
    r"(?:(?:19|20)\d\d年?[-/.]?)?(?<!\d)\d{1,2}月份?(?!\d{1,2}日)|(?:19|20)\d\d年\d{1,2}月份?(?!\d{1,2}日)"
    r"|(?<!\d)(?:19|20)\d\d[-/.]?(?:0[1-9]|1[0-2])(?![-/.\d元])"
)
_PAID_ON = re.compile(r"发放|发薪|到账|支付|打入|汇入|存入|转入|入账")


def prose(lines: Sequence[Line], sheet: Sheet) -> tuple[list[tuple[list[Line], Block]], list[Line]]:
    """The paragraphs of running text that tell pay, each with the lines above it that no other has, and the lines below."""
    table = rows(lines)
    found: list[tuple[list[Line], Block]] = []
    at = above = 0
    while at < len(table):
        end = at
        while end + 1 < len(table) and _goes_on(table, at, end + 1):
            end += 1
        cells = _cells(flow(table[at : end + 1]), sheet) if end > at else []
        if cells:
            found.append(([n for row in table[above:at] for n in row.lines], Block(at, end, [cells])))
            above = end + 1
        at = end + 1
    rest = [n for row in table[above:] for n in row.lines]
    return found, rest if found else list(lines)


def _goes_on(table: Sequence[Row], first: int, at: int) -> bool:
    """Whether a row goes on the paragraph that begins at `first`: it begins at the same left, close below a row that is full."""
    row, above = table[at], table[at - 1]
    left = min(r.lines[0].box[0] for r in table[first:at])
    right = max(r.lines[-1].box[2] for r in table[first : at + 1])
    close = row.top - above.bottom < LEADING * max(row.height, above.height)
    full = right - above.lines[-1].box[2] < 4.0 * above.height
    return close and full and abs(row.lines[0].box[0] - left) < 2.5 * row.height


def _cells(text: Row, sheet: Sheet) -> list[Cell]:
    """What a paragraph tells; nothing where it tells too little pay to be of this kind."""
    cells: list[Cell] = []
    at = 0
    for end, after in [
        *((m.start(), m.end()) for m in _MARK.finditer(text.text)),
        (len(text.text), len(text.text)),
    ]:
        cell = _part(text, at, end, sheet)
        cells += [cell] if cell else []
        at = after
    paid = [c for c in cells if c.meaning.role not in (*TEXTS, "skip")]
    if len(paid) < FEWEST or not any(c.meaning.role in PAY for c in paid):
        return []
    return [*_about(text, sheet, {c.meaning.role for c in cells}), *cells]


def _part(text: Row, start: int, end: int, sheet: Sheet) -> Cell | None:
    """One part of a sentence: a label and its amount, or a label of the person's with what stands behind its colon."""
    part = text.text[start:end]
    paid = _PAID.fullmatch(part)
    if paid:
        label, begin = paid["label"], 0
        for lead in (m.end() for m in _LEAD.finditer(label)):
            if lead < len(label) and not _pays(label[begin:]) and known(label[lead:]):
                begin = lead
        mean = meaning(label[begin:])
        if mean is not None and mean.role not in TEXTS:
            return Cell(
                label[begin:],
                mean,
                _whole(text, start + paid.start("amount"), start + paid.end("amount")),
                sheet,
            )
        return None
    told = _TOLD.fullmatch(part)
    mean = meaning(told["label"]) if told else None
    if told and mean is not None and mean.role in TEXTS:
        return Cell(
            told["label"], mean, _whole(text, start + told.start("value"), start + told.end("value")), sheet
        )
    return None


def _pays(label: str) -> bool:
    return meaning(label) is not None


def _about(text: Row, sheet: Sheet, told: set[str]) -> list[Cell]:
    """Whose pay it is, and which month's, where the sentences say it without labels."""
    cells = []
    hello = _HELLO.search(text.text)
    name = hello and ("name" if hello["name"] else "other")
    if hello and name and "name" not in told and (name == "name" or hello[name][0] in SURNAMES):
        cells.append(Cell("", Meaning("name"), _whole(text, hello.start(name), hello.end(name)), sheet))
    months = list(_MONTH.finditer(text.text))
    named = {month(m[0]) for m in months}
    if "period" not in told and months and len(named) == 1:
        cells.append(Cell("", Meaning("period"), _whole(text, months[0].start(), months[0].end()), sheet))
    dates = [d for d in find_dates(text.text) if _PAID_ON.search(text.text[max(0, d[1] - 8) : d[2] + 8])]
    if "pay_date" not in told and len(dates) == 1:
        cells.append(Cell("", Meaning("pay_date"), _whole(text, dates[0][1], dates[0][2]), sheet))
    firm = re.search(r"[【\[]([^】\]]{4,40})[】\]]", text.text)
    if "employer" not in told and firm and COMPANY.fullmatch(firm[1]):
        cells.append(Cell("", Meaning("employer"), _whole(text, firm.start(1), firm.end(1)), sheet))
    return cells


def _whole(text: Row, start: int, end: int) -> tuple[Line, ...]:
    """Characters of a paragraph as one piece, though a line ends among them."""
    pieces = text.cut(start, end)
    if len(pieces) < 2:
        return pieces
    whole = Line(
        "".join(p.text for p in pieces), union([p.box for p in pieces]), min(p.confidence for p in pieces)
    )
    return (whole,)
