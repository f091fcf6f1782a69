"""Who certifies: the employer, the day, the seal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from extractors.income_certificate.cells import Cells, as_row, filled
from extractors.income_certificate.labels import CITIES, COMPANY, DATED, DEPARTMENT, FORMS, TITLE
from extractors.income_certificate.shapes import PARTNERS, company_of, is_company, whole_brackets
from pipeline.layout import Reader, Row, flow
from pipeline.model import Line, Sheet
from pipeline.text import as_date, company_key, find_dates, printed

_LEAD = re.compile(
    r"^(?:(?:[现所]?(?:工作|任职|出具|开具|证明|用人|所在|填报|填表|填写|报送|签发|落款)?(?:单位|公司|企业|机构)(?:名称|全称)?|此致|特此证明|落款|盖章|公章)"
    r"(?:[(（][^()（）]{0,10}[)）])*[A-Za-z]*[:：]?|[(（](?:单位)?[公盖]?章?[)）][:：]?|[:：]+)+"
)
_STAMP = re.compile(r"[(（](?:单位|公司)?(?:公章|盖章|签章|加盖公章|印章|章)[)）]$")
_BRANCH = re.compile(r"[\u4e00-\u9fff（）()]{2,12}(?:分公司|分行|支行|分店|分院|分校|分所|办事处|营业部)")
_NOT_ISSUED = re.compile(
    "有效|截[至止]|入[职司厂校院]|出生|合同|到期|打印|查询|核验|起薪|现职|申请|到[岗职任]|聘[用任]|受[聘雇]|参加|加入|(?:工作|任职|服务|在岗|在职|起始|开始)的?(?:时间|日期|年月)"
    "|签订|成立|毕业|调入|录用|报到|进[入本厂校院]|来[本我院校]"
)
_ADDRESSEE = re.compile(r"^致|[:：]$|(?:银行|信用社|公积金).{0,16}(?:行|部|社|中心)?[:：]")


def put_employer(reader: Reader, form: Cells, table: Sequence[Row], text: Row) -> None:
    """Under its label, else the last row of the lower part that is nothing but an employer's name, else a letter's head,
    else whose employee the text says somebody is."""
    for row in _candidates(form, table):
        if _put_company(reader, row):
            return
    told = re.search(
        rf"(?:系|是|为|在|就职于|任职于)([^系是为在,，。]{{2,40}}?(?:{FORMS}))(?:[(（](?:单位|公司)?[\u4e00-\u9fff]{{2,4}}[)）])?(?:的|正式|在职|员工|职工|工作|担任|任)",
        text.text,
    )
    serves = re.search(
        rf"(?:受[雇聘]于|[就任供]职于|服务于)([^,，。]{{2,40}}?(?:{FORMS}))(?=[,，。;；]|担任|从事|工作|任)",
        text.text,
    )
    for found in (told, serves):
        if found and company_of(found[1]) and _put(reader, text.cut(found.start(1), found.end(1))):
            return


def _candidates(form: Cells, table: Sequence[Row]) -> Iterator[Row]:
    """Rows that may be the employer's name, the surest first: cells, signatures from below, heads."""
    for pair in form.of("employer"):
        yield from _with_branch(pair.value, table)
    lower = [row for row in table if row.top > table[len(table) // 3].top] if table else []
    for row in reversed(lower):
        yield from _with_branch(row, table)
    for row in reversed(lower):
        yield from (as_row([line]) for line in row.lines if len(row.lines) > 1)
    yield from (row for row in table[:3] if not TITLE.search(row.text) and not _ADDRESSEE.search(row.text))


def _with_branch(row: Row, table: Sequence[Row]) -> Iterator[Row]:
    """The row together with the one right below it where that goes on with a branch or the end of the name; the row."""
    last = row.lines[-1]
    for low in table:
        near = 0 < low.top - last.box[1] < 2.6 * last.height and low.lines[0].box[0] < last.box[2]
        parts = [line for line in low.lines if line.box[2] > row.lines[0].box[0]]
        if near and parts and not find_dates(low.text):
            tail = as_row(parts[:1])
            ended = re.search(rf"(?:{FORMS})$", row.text)
            if (_BRANCH.fullmatch(tail.text) and ended) or (not ended and company_of(tail.text) is None):
                whole = flow([row, tail])
                if _company_in(whole.text) and re.search(rf"(?:{FORMS})[)）]?$", tail.text):
                    yield whole
            break
    yield row


def _company_in(text: str) -> tuple[int, int] | None:
    """From where to where the employer's name stands in a row of which it is all but its label and its stamp."""
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    found = COMPANY.match(text, start)
    if found is None:
        return None
    office = DEPARTMENT.search(found[0])
    end = start + office.start() if office else found.end()
    open_ = re.match(r"[(（]([\u4e00-\u9fff]{2,6})(?:[)）]|$)", text[end:])
    if open_ and not _STAMP.search(open_[0]) and _partners(open_[1]) is None and not lead:
        return None
    if open_ and _partners(open_[1]):
        end += open_.end()
    rest = text[end:]
    said = re.sub(r"\W|专用章|公章|盖章|人事|人力资源部?|财务|合同|证明|电子|签章|印章|单位", "", rest)
    if not is_company(text[start : min(end, found.end())]) or len(re.findall("[\u4e00-\u9fff]", said)) > 1:
        return None
    return start, end


def _partners(words: str) -> str | None:
    """The legal form that words in brackets behind a name say, one character of which may be misread."""
    near = [form for form in PARTNERS.split("|") if len(form) >= 4 and Levenshtein.distance(form, words) <= 1]
    return words if words in PARTNERS.split("|") else near[0] if near else None


def _put_company(reader: Reader, row: Row) -> bool:
    spot = _company_in(row.text)
    if spot is None:
        return False
    return _put(reader, row.cut(*spot))


def _put(reader: Reader, pieces: Sequence[Line]) -> bool:
    name = printed("".join(piece.text for piece in pieces)).replace(" ", "")
    end = re.search(r"（([\u4e00-\u9fff]{2,6})）?$", name)
    form = _partners(end[1]) if end else None
    if end and form and end[1] != form:
        name = name[: end.start()] + f"（{form}）"
        pieces = [replace(piece, confidence=min(piece.confidence, 0.95)) for piece in pieces]
    return reader.put("employer", pieces, name)


def put_issue_date(reader: Reader, form: Cells, table: Sequence[Row]) -> None:
    """Under its label, else the last date of the paper that stands in a row of little else."""
    for pair in form.of("issue_date"):
        said = filled(pair.value)
        dates = find_dates(said.text)
        if len(dates) == 1 and not re.search("打印|制表|生成", pair.label):
            value, start, end = dates[0]
            if reader.put("issue_date", said.cut(start, end), value):
                return
    for row in map(filled, reversed(table)):
        for value, start, end in reversed(
            [*find_dates(row.text), *_under_a_seal(row.text), *_damaged(row.text)]
        ):
            rest = re.sub(rf"\W|{DATED}|年月日|盖章|公章|单位", "", row.text[:start] + row.text[end:])
            if len(rest) <= 12 and not _NOT_ISSUED.search(row.text):
                reader.put("issue_date", row.cut(start, end), value)
                return


def _under_a_seal(text: str) -> list[tuple[str, int, int]]:
    """A date after its label that has lost one of its two marks: 202610-28, 2026-1028."""
    found = re.search(rf"(?:{DATED})[:：_]*((20\d\d)[-./]?(\d\d)[-./]?(\d\d))(?!\d)", text)
    if found is None or len(found[1]) != 9 or as_date("-".join(found.groups()[1:])) is None:
        return []
    return [("-".join(found.groups()[1:]), found.start(1), found.end(1))]


def _damaged(text: str) -> list[tuple[str, int, int]]:
    """A date in numerals the ring of whose year was not seen (二〇二六年 as 二二六年): no year but this one is so written; a
    date in two pieces of print both of which hold its 月."""
    twice = re.search(r"(20\d\d)年(\d{1,2})月月(\d{1,2})日", text)
    day = "-".join(part.zfill(2) for part in twice.groups()) if twice else None
    if twice and day and as_date(day):
        return [(day, twice.start(), twice.end())]
    found = re.search(r"(?<![〇○零一二三四五六七八九])二(?=[一二三四五六七八九]{2}年)", text)
    dates = find_dates(text[: found.end()] + "〇" + text[found.end() :]) if found else []
    return [
        (value, found.start(), end - 1) for value, start, end in dates if found and start == found.start()
    ]


def doubt_cut(reader: Reader, sheet: Sheet) -> None:
    """The employer's longest name on the paper, where what was read is only its end; a name read from a picture that begins as
    the end of a city's does, and that nothing on the paper says again, may have lost its first letter: it is doubtful."""
    given = reader.fields.get("employer")
    if given is None or sheet.source != "ocr":
        return
    name = str(given.value)
    others = [
        (line, m)
        for line in sheet.lines
        for m in COMPANY.finditer(printed(line.text).replace(" ", ""))
        if name in m[0] and (line.box[0] != given.box[0] if given.box else True)
    ]
    longer = [
        (line, name_)
        for line, m in others
        if (name_ := _LEAD.sub("", m[0])) != name
        and name_.endswith(name)
        and len(name_) <= len(name) + 3
        and name_.startswith(CITIES)
    ]
    if longer and len({n for _, n in longer}) == 1:
        line, whole = longer[0]
        del reader.fields["employer"]
        sure = min(line.confidence, 0.97)
        reader.put("employer", [replace(line, confidence=sure, probs=())], whole)
    elif not name.startswith(CITIES) and any(name.startswith(c[1:]) for c in CITIES):
        reader.fields["employer"] = replace(given, confidence=min(given.confidence, 0.97))


def put_seal(reader: Reader, sheet: Sheet) -> None:
    """The company on the arc of a seal. Curved letters mislead an engine that is sure of itself: a name that nearly is the
    printed employer's is given with doubt or not at all."""
    for line in sheet.lines:
        company = COMPANY.search(printed(line.text).replace(" ", "")) if line.kind == "seal" else None
        if company is None or len(company[0]) < 6:
            continue
        name = _closed(company[0], line.text)
        employer = reader.fields.get("employer")
        printed_as = str(employer.value) if employer else ""
        if employer is not None and company_key(name) == company_key(printed_as):
            name = printed_as
        sure = _seal_confidence(name, printed_as, line.confidence)
        reader.put("seal_company", [replace(line, confidence=sure)], name)
        if "seal_company" in reader.fields:
            reader.unread = [u for u in reader.unread if u.name != "seal_company"]
        return


def _seal_confidence(name: str, employer: str, confidence: float) -> float:
    """How sure a seal's name is: one that is the printed employer's letter for letter was read, however faint it is; one
    that the engine only lost letters of, or has others in a few places without being very sure, was not; one other letter
    is the engine's nearly always."""
    if not employer:
        return min(confidence, 0.95) if whole_brackets(name) else 0.0
    if name == employer:
        return max(confidence, 0.9)
    lost = len(name) < len(employer) and Levenshtein.distance(name, employer) == len(employer) - len(name)
    if lost or not whole_brackets(name) or (confidence < 0.995 and Levenshtein.distance(name, employer) == 1):
        return 0.0
    near = Levenshtein.distance(name, employer) <= len(name) // 2
    return 0.0 if confidence < (0.95 if near else 0.9) else min(confidence, 0.9) if near else confidence


def _closed(name: str, text: str) -> str:
    """The name with the legal form in brackets that its seal ends with."""
    rest = printed(text).replace(" ", "").partition(name)[2]
    form = re.match(r"[（(]([\u4e00-\u9fff]{2,6})[)）]?", rest)
    known = _partners(form[1]) if form else None
    return f"{name}（{known}）" if known and form and form[1] == known else name
