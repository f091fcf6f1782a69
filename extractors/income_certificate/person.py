"""Who is certified: the name, the number, the position, since when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extractors.income_certificate.cells import Cells, Pair, filled
from extractors.income_certificate.cues import Stretches
from extractors.income_certificate.labels import NAME_END, ROLES, SURNAMES
from extractors.income_certificate.shapes import HAN, POST_END, is_person, is_post, post_in
from pipeline.layout import Reader, Row
from pipeline.model import Line
from pipeline.numbers import mended_id_number
from pipeline.text import find_dates, parse_month, printed, printed_name

_OURS = r"(?:[我本该](?:单位|公司|分公司|集团|司|医院|学院|院|学校|校|幼儿园|园|工厂|厂|事务所|研究所|所|支行|分行|行|局|门店|酒店|店|中心|处|企业|村|社区|街道|镇|乡|合作社|社|车间|项目部|部(?!门)|矿|馆|站|队|委))"
_NUMBER = re.compile(r"(?<![\dX*])[\dX*]{15}(?:[\dX*]{3})?(?![\dX*])")
_NAMED = re.compile(
    rf"((?:[{HAN}]{{1,8}}·)+[{HAN}]{{1,8}}|[{HAN}]{{2,16}}?)(?:先生/女士|先生|女士|同志|[(（](?:先生|女士)[)）])?"
    rf"[,，（(\[]*(?:性别[:：]?)?(?:[男女][,，])?[,，（(\[]*(?:其|持)?(?:公民|居民|中华人民共和国)?(?:身份|证件号)"
)
_ADDRESSED = re.compile(
    rf"((?:[{HAN}]{{1,8}}·)+[{HAN}]{{1,8}}|[{HAN}]{{2,12}}?)(?:先生|女士|同志)(?!的?电话|处|联系|们)"
)
_LEAD = re.compile("兹证明|证明|兹有|现有|特此|我公司|我单位|我司|系")


def put_name(reader: Reader, form: Cells, text: Row, stretches: Stretches) -> None:
    """Under its label, else where the text names whom it certifies."""
    for pair in form.of("name"):
        shown = re.match(rf"[{HAN}·.．]+?(?=先生|女士|同志|[(（,，;；/]|$)", pair.value.text)
        name = printed_name(shown[0]) if shown else ""
        whole = shown is not None and shown.end() == len(pair.value.text)
        if is_person(name, labelled=whole or name[:1] in SURNAMES) and (whole or not pair.close):
            reader.put("name", pair.value.cut(0, len(shown[0]) if shown else 0), name)
            return
    for start, end in _names(text, stretches):
        if reader.put("name", text.cut(start, end), printed_name(text.text[start:end])):
            return


def _names(text: Row, stretches: Stretches) -> Iterator[tuple[int, int]]:
    """Where the running text may name the person, the surest places first."""
    pattern = re.compile(rf"[\s_:：为是,，]*([{HAN}·]{{2,24}}?){NAME_END}")
    for name, start, _ in stretches:
        found = pattern.match(text.text, start, _cell_end(text, start)) if name == "name" else None
        if found is None:
            continue
        spot = _name_at_end(found[1])
        named = re.match(
            r"[(（,，]?(?:先生|女士|同志|公民身份|居民身份|身份证|证件|性别|[男女][,，)）])",
            text.text[found.end() :],
        )
        if spot is not None:
            yield found.start(1) + spot, found.end(1)
        elif len(found[1]) <= 6 and is_person(found[1], labelled=named is not None):
            yield found.start(1), found.end(1)
    for found in _NAMED.finditer(text.text):
        start = found.start(1)
        while (end := _paragraph_end(text, start)) < found.end(1):
            start = end
        words = text.text[start : found.end(1)]
        apart = start > found.start(1) or start == 0 or text.text[start - 1] in ":。,;"
        spot = _name_at_end(words)
        whole = (
            apart
            and len(words) <= 8
            and is_person(words, labelled=True)
            and not re.search(rf"{ROLES}|{_OURS}", words)
        )
        spot = 0 if spot is None and whole else spot
        if len(words) >= 2 and spot is not None:
            yield start + spot, found.end(1)
    for found in _ADDRESSED.finditer(_LEAD.sub(lambda m: "，" * len(m[0]), text.text)):
        spot = _name_at_end(found[1])
        if spot is not None:
            yield found.start(1) + spot, found.end(1)
    for found in re.finditer(rf"([{HAN}·]{{2,12}}?)(?=[,，]?(?:现)?(?:系|为|是){_OURS})", text.text):
        spot = _name_at_end(found[1])
        if spot is not None and (found.start() == 0 or text.text[found.start() - 1] in "，,。:：" or spot):
            yield found.start(1) + spot, found.end(1)
    for found in re.finditer(rf"(?:{ROLES})([{HAN}]{{2,3}}|[{HAN}]+·[{HAN}·]+)(?=[,，(（])", text.text):
        if is_person(found[1]):
            yield found.start(1), found.end(1)


def _name_at_end(words: str) -> int | None:
    """Where a person's name begins at the end of a run of words (本校在职教师张三), None where that is not sure."""
    if re.search("[担现所]任|任职|就职|从事|职务|岗位", words):
        return None
    role = re.search(rf".*(?:{ROLES}|{_OURS}(?:聘用|录用|雇用|雇佣|聘请|派遣)?|[是系为有])", words)
    start = role.end() if role else 0
    name = words[start:]
    if is_person(name) and not re.search("附|持", name):
        return start
    if "·" in words:
        return None
    ways = [n for n in (2, 3, 4) if len(words) >= n and words[-n] in SURNAMES and is_person(words[-n:])]
    return len(words) - ways[0] if len(ways) == 1 and role is None and len(words) > 4 else None


def _paragraph_end(text: Row, start: int) -> int:
    """Where the paragraph of the character at `start` ends: behind the first row that ends well before the right margin, but in no word that
    something must follow."""
    margin = max(line.box[2] for line in text.lines)
    for index in range(start + 1, len(text.text)):
        before, here = text.lines[text.marks[index - 1][0]], text.lines[text.marks[index][0]]
        goes_on = text.text[index - 1] in "任为是于在系的及和与,，、"
        if here.middle[1] > before.box[3] and before.box[2] < margin - 3 * before.height and not goes_on:
            return index
    return len(text.text)


def _cell_end(text: Row, start: int) -> int:
    """Where the piece of text ends in which a value after `start` begins; a single character at a row's end goes on."""
    begin = start
    while begin < len(text.text) - 1 and text.text[begin] in " _:：为是":
        begin += 1
    end = begin
    while end < len(text.text) and text.marks[end][0] == text.marks[begin][0]:
        end += 1
    return end if end - begin > 1 else len(text.text)


def put_id_number(reader: Reader, form: Cells, text: Row) -> None:
    """The number under its label, else the first one of the paper."""
    for row in (*(pair.value for pair in form.of("id_number")), text):
        for found in _NUMBER.finditer(row.text.upper()):
            pieces = row.cut(found.start(), found.end())
            if len(pieces) == 1:
                number, inferred = mended_id_number(pieces[0])
            else:
                whole = Line(found[0], pieces[0].box, min(p.confidence for p in pieces))
                number, inferred = mended_id_number(whole)
            if number and reader.put("id_number", pieces, number, inferred=inferred):
                return


# ---------------------------------------------------------------- the position

_POST = r"([\u4e00-\u9fffA-Za-z][\u4e00-\u9fffA-Za-z/·&-]{1,15}?)"
_AFTER = r"(?=职务|一职|以上|上述|特此|工作|岗位|职位|之职|职称|[本我](?:单位|公司|司|院|校)|已|并[且与]?|至今|工龄|月|年[收薪]|其|该|自(?!动|控|媒|由|然|营|助)|税|[,，。;；:：、（(_\d]|$)"
_POSTS = tuple(
    re.compile(pattern + _POST + _AFTER)
    for pattern in (
        r"(?:职务|岗位|职位|工种)(?:名称)?(?:[(（](?:职务|岗位|职位|工种)[)）])?[\s_]*[:：为是系]+[\s_]*",
        rf"(?:担任|现任|出任|就任|聘任为|{_OURS}.{{0,12}}?(?<!主)任)(?!职|的?(?:职务|岗位|职位|工种))[\s_:：]*{_OURS}?(?:的)?",
        r"(?:^|[,，。;；、])(?:具体|所任|现任)?(?:职务|岗位|职位|工种)(?:[(（](?:职务|岗位|职位|工种)[)）])?",
        r"从事[\s_]*",
        rf"(?:系|为|是){_OURS}(?:在职|正式|在编|合同制|聘用)?(?:的)?",
        r"(?:现|并|[,，。;；])任[\s_]*",
    )
)
_BEFORE_NAME = re.compile(rf"{_OURS}(?:在职|正式)?([\u4e00-\u9fffA-Za-z]{{2,12}})$")


def put_position(reader: Reader, form: Cells, text: Row) -> None:
    """Under its label, but not in the row of whom to ask, whose own it is; else what the text says that somebody works as,
    with doubt where it ends as no position does."""
    others = {pair.row for pair in form.of("contact_person")}
    for pair in form.of("position"):
        if pair.row not in others and _put_post(reader, pair.value, 0, _first_word(pair), sure=True):
            return
    for pattern in _POSTS:
        for found in pattern.finditer(text.text):
            if _paragraph_end(text, found.start(1)) < found.end(1):
                continue
            closed = re.match("职务|一职|岗位|职位|之职", text.text[found.end(1) :]) is not None
            if is_post(found[1].replace("部门", "部")) and _put_post(
                reader, text, found.start(1), found.end(1), sure=closed
            ):
                return
    text = filled(text)
    for start, _ in _named_at(reader, text):
        before = _BEFORE_NAME.search(text.text, max(0, start - 24), start)
        if before and is_post(before[1]) and POST_END.search(before[1]):
            _put_post(reader, text, before.start(1), before.end(1), sure=True)
            return


def _named_at(reader: Reader, text: Row) -> list[tuple[int, int]]:
    """Where the running text has the name that was read."""
    name = reader.fields.get("name")
    shown = re.escape(str(name.value)) if name else None
    return [m.span() for m in re.finditer(shown, text.text)] if shown else []


def _first_word(pair: Pair) -> int:
    """Where the position ends in a label's cell: at what sets the next thing off."""
    stop = re.search(r"[,，。;；、_]|职称", pair.value.text)
    return stop.start() if stop else len(pair.value.text)


def _put_post(reader: Reader, row: Row, start: int, end: int, *, sure: bool) -> bool:
    words = re.sub(r"(?:职务|一职|岗位|职位|工作)$", "", row.text[start:end])
    begin, stop = post_in(words)
    post = printed(words[begin:stop])
    name = reader.fields.get("name")
    if name is not None and post in str(name.value):
        return False  # 员工任英: 任 is her surname
    if not is_post(post) or (not POST_END.search(post) and is_person(post)):
        return False
    pieces = row.cut(start + begin, start + stop)
    if not sure and not POST_END.search(post):
        pieces = tuple(replace(piece, confidence=min(piece.confidence, 0.9)) for piece in pieces)
    return reader.put("position", pieces, post)


# ---------------------------------------------------------------- since when

_DAY = re.compile(
    r"(?:19|20)\d{2}(?:年\d{1,2}月(?:\d{1,2}日?|份)?|[-./]\d{1,2}(?:[-./]\d{1,2})?)|[一二三四五六七八九〇○零]{4}年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?"
)
_ENTERS = re.compile(
    r"(?:开始|起|正式|受聘|应聘|被聘|进入|加入|入职|到|来|在|参加|就职|任职|供职|至今|以来|之日)*(?:于|到|在)?"
    r"(?:起|至今|开始|以来|入职|加入|进入|进我|到[我本]|来[我本]|在[我本]|工作至今|受聘|参加[我本]|就职|任职|供职|到现在|一直在|[与和同][我本].{0,4}(?:建立|存在|形成)|开始上班|上班|上岗|报到|受雇|受聘|录用|调入|到[岗职任]|入[司厂校院行编]|[进来][厂校院店](?!后)|任[职教]|参加工作|正式(?:上岗|聘用|录用)|被?聘[用任]?(?:到|为|于)|成为[我本])"
)
_SINCE = re.compile(
    r"(?:入(?:职|司|厂|校|院|行|编)|到[岗职院校厂]|上岗|报到|录用|加入|进入|聘用|在职时间|工作时间)(?:本|我)?(?:单位|公司|司|院|校)?(?:工作)?(?:的?(?:日期|时间|年月))?[:：为是于自从,，]*$"
)
_BARRED = re.compile(
    r"合同|协议|出生|成立|有效(?!身份|证件)|截至|截止|期间|收入|工资|月薪|毕业|签订|缴纳|缴存|派遣至"
)


def put_employed_since(reader: Reader, form: Cells, text: Row) -> None:
    """A date under 入职, or one of which the text says that somebody came then; a term of a contract is none."""
    for said in map(filled, (pair.value for pair in form.of("employed_since"))):
        value, start, end = _day_in(said.text)
        if value and reader.put("employed_since", said.cut(start, end), value):
            return
    text = filled(text)
    for found in _DAY.finditer(text.text):
        before, after = (
            text.text[max(0, found.start() - 30) : found.start()],
            text.text[found.end() : found.end() + 14],
        )
        before = re.split("[。;；]", before)[-1]
        clause = re.split("[,，]", before)[-1]
        near = _ENTERS.match(after) is not None or _SINCE.search(before) is not None
        ranged = re.match(
            r"(?:起)?(?:至|到|[-—~])(?!今|现在|[我本]|到?[岗职任厂院校])", after
        ) is not None or re.search(r"\d[月日]?(?:至|到|[-—~])$", before)
        if not near or ranged or _BARRED.search(clause) or re.search("合同期|期限", before):
            continue
        value, _, _ = _day_in(found[0])
        if value and reader.put("employed_since", text.cut(found.start(), found.end()), value):
            return


def _day_in(text: str) -> tuple[str | None, int, int]:
    """The first day or month in a text, and where it stands."""
    dates = find_dates(text)
    if dates:
        return dates[0]
    found = _DAY.search(text)
    return (parse_month(found[0]), found.start(), found.end()) if found else (None, 0, 0)
