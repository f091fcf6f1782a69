"""What sentences tell of pay: parts with their amounts, whose they are, and which month's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.pay_stub.cells import Cell
from extractors.pay_stub.labels import COMPANY_SIDE, DEDUCTIONS, TEXTS, TITLE, Meaning, meaning
from extractors.pay_stub.parts import known, month
from extractors.pay_stub.whose import COMPANY, NO_NAME, SURNAMES
from pipeline.layout import Row
from pipeline.model import Line, Sheet, union
from pipeline.text import find_dates, squeeze

_MARK = re.compile(
    r"(?<!\d)[,，]|[,，](?!\d{3}(?!\d))|[;；。!！?？、]|(?<=元)[,，]|[（(](?=其中|含|包括)|(?<=元)(?=其中)"
)
"""Where a part of a sentence ends; a comma among the digits of an amount is none."""
_PAID = re.compile(
    r"(?P<label>.*?[\u3400-\u9fff)])(?:金额)?(?:[:：]|为|是|共计|共)?(?:人民币)?(?P<amount>[¥￥]?-?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d{1,2})?)(?:元|圆)?整?[)）]?(?:[（(](?:大写|人民币).*)?"
)
_LEAD = re.compile(r".*[:：】\]]|(?:其中|包括|含|另外?|并|还|再|您的?|已|共|合计扣除?|扣除(?!.*合计))+")
"""What may stand before a label."""
_ALWAYS = re.compile(r".*[:：】\]](?:其中)?|其中|包括|含")
"""What is never part of a label."""
_EMPLOYER = re.compile("缴|承担|负担|支付|为您")
_PERSON = re.compile("代扣|代缴|扣除|(?<![为替给])(?:个人|本人|您)(?:应?[缴承负扣]|部分)")
"""Words that tell whose the insurances behind them are."""
_TOLD = re.compile(r"(?P<label>[^:：]{1,12})[:：](?P<value>.{2,40})")
_HELLO = re.compile(
    r"(?:尊敬的|亲爱的|致)(?P<name>(?!客户|用户|员工|同[事志]|职工|各位|[先女])[\u3400-\u9fff·]{2,12}?)(?:先生|女士|同志|同事|员工|老师)?(?:[,，:：!！您你]|$)|(?:^|[】\],，])(?P<other>[\u3400-\u9fff·]{2,4})(?:先生|女士|同志|老师)?[,，]?[您你]好"
)
_SENT = re.compile(
    r"[】\]](?P<name>)(?P<other>[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{2,10})*)(?:先生|女士|同志|老师)?[,，:：]?(?=[您你])"
)
"""Whom a short message calls behind its sender."""
_SELF = re.compile(
    r"(?:本人|兹?有?(?:我|本)(?:单位|公司)(?:职工|员工)|(?<=[\s、，,。：:])(?:员工|职工)|^(?:员工|职工))[:：]?(?P<name>[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{2,10})*)(?=[,，(（]|同志|先生|女士|于|在|确认)"
)
_CALLED = re.compile(
    r"(?P<name>[\u3400-\u9fff]{2,6}(?:·[\u3400-\u9fff]{2,10})*)(?:先生|女士|同志|同事|老师)?(?P<number>[（(](?:身份证|证件|工号|员工).*[)）])?[:：]"
)
"""A line that calls the person."""
_NUMBER = re.compile(r"身份证(?:件)?(?:号码?)?[:：为]?(?P<number>[1-9][\d*]{13,16}[\dXx])(?!\d)")
_WORKS = re.compile(
    rf"(?:系|为|是|在|于)({COMPANY.pattern})(?:的|正式|在职|在编|合同制)*(?:员工|职工|职员|工作|任职|就职)"
)
"""Where somebody works."""
_ACCOUNT = re.compile(
    r"(?:工资|银行|发薪|储蓄|个人)(?:账户|帐户|账号|卡号|卡)[:：为（(]?(?:尾号)?(?P<number>\d[\d*]{10,20}\d)(?![\d.元])"
)
_MONTH = re.compile(
    r"(?:(?:19|20)\d\d年?[-/.]?)?(?<!\d)\d{1,2}月份?(?!\d{1,2}日)|(?:19|20)\d\d年\d{1,2}月份?(?!\d{1,2}日)"
    r"|(?<!\d)(?:19|20)\d\d[-/.]?(?:0[1-9]|1[0-2])(?![-/.\d元])|二[〇○零]?[一二三〇○零][一二三四五六七八九〇○零]年[一二三四五六七八九十]{1,3}月份?(?![一二三四五六七八九十]{1,3}日)"
)
_PAID_ON = re.compile(r"发放|发薪|到账|支付|打入|汇入|存入|转入|入账|划入")
_BEHIND = re.compile(r"[^,，。;；]{0,14}(?:发放|发薪|到账|支付|打入|汇入|存入|转入|入账|划入)")
"""What stands behind the day on which was paid."""


def opens(row: Row) -> bool:
    """Whether a row calls somebody, or is a paper's title: what stands above it is another letter's."""
    plain = squeeze(row.text)
    titled = TITLE.search(plain) is not None and len(plain) < 30 and not re.search("[您:：,，。]", plain)
    return titled or _caller(row) is not None or _HELLO.match(plain) is not None


def cells_of(text: Row, sheet: Sheet) -> list[Cell]:
    """What a paragraph tells, part by part; the insurances that the employer pays as its own."""
    cells: list[Cell] = []
    at, employer = 0, False
    for mark in [*_MARK.finditer(text.text), None]:
        end = mark.start() if mark else len(text.text)
        part = text.text[at:end]
        if COMPANY_SIDE.search(part) and _EMPLOYER.search(part) and not _PERSON.search(part):
            employer = True
        elif _PERSON.search(part):
            employer = False
        cell = _part(text, at, end, sheet)
        if cell and employer and cell.meaning.role in (*DEDUCTIONS, "social_insurance"):
            cell = Cell(cell.label, Meaning("item", "employer"), cell.pieces, sheet)
        cells += [cell] if cell else []
        employer = employer and not (mark and mark[0] in "。!！;；")
        at = mark.end() if mark else end
    return cells


def _part(text: Row, start: int, end: int, sheet: Sheet) -> Cell | None:
    """One part of a sentence: a label and its amount, or a label of the person's with what stands behind its colon."""
    part = text.text[start:end]
    paid = _PAID.fullmatch(part)
    if paid:
        label = _label(paid["label"])
        mean = meaning(label)
        if mean is None or mean.role not in TEXTS:
            amount = _whole(text, start + paid.start("amount"), start + paid.end("amount"))
            return Cell(label, mean, amount, sheet) if mean is not None else None
    told = _TOLD.fullmatch(part)
    mean = meaning(told["label"]) if told else None
    if told and mean is not None and mean.role in TEXTS:
        return Cell(
            told["label"], mean, _whole(text, start + told.start("value"), start + told.end("value")), sheet
        )
    return None


def _label(text: str) -> str:
    """A label without what stands before it."""
    always = _ALWAYS.match(text)
    if always and always.end() < len(text) and known(text[always.end() :]):
        text = text[always.end() :]
    begin = 0
    for lead in (m.end() for m in _LEAD.finditer(text)):
        if lead < len(text) and meaning(text[begin:]) is None and known(text[lead:]):
            begin = lead
    return text[begin:]


def about(table: Sequence[Row], text: Row, sheet: Sheet, told: set[str]) -> list[Cell]:
    """Whose pay it is, and which month's, where the sentences say it without labels. `table` are the rows of the letter, `text`
    is all of them."""
    cells = []
    called = next((found for row in table if (found := _caller(row))), None)
    hello = _HELLO.search(text.text) or _SENT.search(text.text) or _SELF.search(text.text)
    if "name" not in told and called is not None:
        cells.append(Cell("", Meaning("name"), called, sheet))
    elif "name" not in told and hello:
        name = "name" if hello["name"] else "other"
        if name == "name" or hello[name][0] in SURNAMES or "·" in hello[name]:
            cells.append(Cell("", Meaning("name"), _whole(text, hello.start(name), hello.end(name)), sheet))
    number = _NUMBER.search(text.text)
    if "id_number" not in told and number:
        cells.append(Cell("", Meaning("id_number"), _whole(text, *number.span("number")), sheet))
    paid_to = list(_ACCOUNT.finditer(text.text))
    if "bank_account" not in told and len({m["number"] for m in paid_to}) == 1:
        cells.append(Cell("", Meaning("bank_account"), _whole(text, *paid_to[0].span("number")), sheet))
    months = list(_MONTH.finditer(text.text))
    named = {month(m[0]) for m in months}
    if "period" not in told and months and len(named) == 1:
        cells.append(Cell("", Meaning("period"), _whole(text, months[0].start(), months[0].end()), sheet))
    dates = [d for d in find_dates(text.text) if _paid_on(text.text, d[1], d[2])]
    if "pay_date" not in told and len({d[0] for d in dates}) == 1:
        cells.append(Cell("", Meaning("pay_date"), _whole(text, dates[0][1], dates[0][2]), sheet))
    firm = re.search(r"[【\[]([^】\]]{4,40})[】\]]", text.text)
    if not (firm and COMPANY.fullmatch(firm[1])):
        firm = _WORKS.search(text.text)
    if "employer" not in told and firm:
        cells.append(Cell("", Meaning("employer"), _whole(text, firm.start(1), firm.end(1)), sheet))
    return cells


def _paid_on(text: str, start: int, end: int) -> bool:
    """Whether a date is the day on which was paid, by the words around it."""
    return bool(_PAID_ON.search(text[max(0, start - 8) : end + 8]) or _BEHIND.match(text, end))


def _caller(row: Row) -> tuple[Line, ...] | None:
    """The name that a row calls (张三（身份证号…）：), None where it calls nobody."""
    found = _CALLED.fullmatch(row.text)
    if found is None or known(found["name"]) or NO_NAME.search(found["name"]) or TITLE.search(found["name"]):
        return None
    sure = (
        found["number"] or "·" in found["name"] or (found["name"][0] in SURNAMES and len(found["name"]) <= 4)
    )
    return _whole(row, found.start("name"), found.end("name")) if sure else None


def _whole(text: Row, start: int, end: int) -> tuple[Line, ...]:
    """Characters of a paragraph as one piece, though a line ends among them."""
    pieces = text.cut(start, end)
    if len(pieces) < 2:
        return pieces
    whole = Line(
        "".join(p.text for p in pieces), union([p.box for p in pieces]), min(p.confidence for p in pieces)
    )
    return (whole,)
