"""Who is certified: the name, the number, the position, since when."""

from __future__ import annotations

import re

from extractors.income_certificate.cues import Stretches
from extractors.income_certificate.labels import NAME_END, ROLES, SURNAMES, UNIT
from pipeline.layout import Reader, Row
from pipeline.model import Line
from pipeline.numbers import mended_id_number
from pipeline.text import find_dates, parse_month, printed, printed_name


def put_name(reader: Reader, text: Row, stretches: Stretches) -> None:
    pattern = re.compile(rf"[\s_:：为是]*([\u3400-\u9fff\U00020000-\U0003ffff·]{{2,16}}?){NAME_END}")
    for name, start, _ in stretches:
        found = pattern.match(text.text, start, _cell_end(text, start)) if name == "name" else None
        long = found is not None and len(found[1]) > 4 and "·" not in found[1]
        if found and long and (skip := _name_at_end(found[1])) is not None:
            name_at = found.start(1) + skip
            reader.put("name", text.cut(name_at, found.end(1)), printed_name(found[1][skip:]))
            return
        labelled = text.text[:start].endswith("姓名")
        if found and (labelled or not long) and _is_name(found[1], text.text[found.end() : found.end() + 6]):
            reader.put("name", text.cut(found.start(1), found.end(1)), printed_name(found[1]))
            return
    found = re.search(
        rf"(?:员工|职工|职员)(?=[{SURNAMES}])([\u3400-\u9fff]{{2,3}}|[\u3400-\u9fff]+·[\u3400-\u9fff·]+)(?=[,，（(]*(?:公民|居民)?(?:身份证|证件|[男女性]))",
        text.text,
    )
    if found:
        reader.put("name", text.cut(found.start(1), found.end(1)), printed_name(found[1]))
        return
    found = re.search(
        r"(?<![\u3400-\u9fff])([\u3400-\u9fff·]{2,5}?)(?:同志|先生|女士)(?!的电话|处|联系)",
        re.sub(
            "兹证明|证明|兹有|员工|职工|现有|我公司|我单位|我司|系", lambda m: "，" * len(m[0]), text.text
        ),
    )
    if found and not re.search("单位|公司|银行|联系|经理|尊敬", found[1]):
        reader.put("name", text.cut(found.start(1), found.end(1)), printed_name(found[1]))
        return
    found = re.search(r"([\u3400-\u9fff·]{2,16})[,，（(]?(?:公民|居民)?身份证", text.text)
    skip = _name_at_end(found[1]) if found else None
    if found and skip is not None:
        reader.put("name", text.cut(found.start(1) + skip, found.end(1)), printed_name(found[1][skip:]))


def _name_at_end(words: str) -> int | None:
    """Where a person's name begins at the end of a run of words (本校在职教师张三), None where that is not sure."""
    role = re.search(rf".*(?:{ROLES}|[是系为有])", words)
    start = role.end() if role else 0
    name = words[start:]
    if len(name) >= 2 and _is_name(name, "") and not re.search("附|持", name):
        return start
    ways = [n for n in (2, 3, 4) if len(words) >= n and words[-n] in SURNAMES]
    return len(words) - ways[0] if len(ways) == 1 and role is None and len(words) > 4 else None


def _cell_end(text: Row, start: int) -> int:
    """Where the piece of text ends in which a value after `start` begins; a single character at a row's end goes on."""
    begin = start
    while begin < len(text.text) - 1 and text.text[begin] in " _:：为是":
        begin += 1
    end = begin
    while end < len(text.text) and text.marks[end][0] == text.marks[begin][0]:
        end += 1
    return end if end - begin > 1 else len(text.text)


def _is_name(name: str, after: str) -> bool:
    """Whether a text that stands where a name may stand is one: by its first character, or by what follows it."""
    if re.search("单位|公司|员工|职工|本人|以下|下列|证明|银行|工作|部门|人员|情况|收入|同志", name):
        return False
    if "·" in name or (name[0] in SURNAMES and len(name) <= 4):
        return True
    return (
        re.match(r"[(（,，]?(?:先生|女士|同志|公民身份|居民身份|身份证|证件|性别|[男女][,，)）])", after)
        is not None
    )


def put_id_number(reader: Reader, text: Row) -> None:
    for found in re.finditer(r"(?<![\dX*])[\dX*]{15}(?:[\dX*]{3})?(?![\dX*])", text.text.upper()):
        pieces = text.cut(found.start(), found.end())
        if len(pieces) == 1:
            number, inferred = mended_id_number(pieces[0])
        else:
            whole = Line(found[0], pieces[0].box, min(p.confidence for p in pieces))
            number, inferred = mended_id_number(whole)
        if number:
            reader.put("id_number", pieces, number, inferred=inferred)
            return


def put_position(reader: Reader, text: Row, stretches: Stretches) -> None:
    for name, start, end in stretches:
        if name != "position":
            continue
        found = re.match(
            r"[\s_:：为是]*([\u4e00-\u9fffA-Za-z/·]{2,14}?)(?=职务|一职|工作|岗位|职位|之职|[,，。;；、（(_\d]|$)",
            text.text[start:end],
        )
        if found and found[1] not in ("职务", "岗位", "工作"):
            begin, stop = _post(found[1])
            first = start + found.start(1)
            reader.put("position", text.cut(first + begin, first + stop), printed(found[1][begin:stop]))
            return
    found = re.search(
        r"(?:单位|公司|我院|我校|我司|部门?|[,，。;；]|现|并)(?:担|就)?任([\u4e00-\u9fffA-Za-z]{2,12}?)(?=职务|一职|[,，。;；、])",
        text.text,
    )
    if found:
        reader.put("position", text.cut(found.start(1), found.end(1)), printed(found[1]))


def _post(words: str) -> tuple[int, int]:
    """Where a position stands in what is said of it: behind the department that it is in, before a 岗."""
    begin = max((m.end() for m in UNIT.finditer(words) if len(words) - m.end() >= 2), default=0)
    begin += len(words[begin:]) - len(words[begin:].lstrip("的"))
    tail = re.search(r"(?<=[\u4e00-\u9fff]{2})岗$", words[begin:])
    return begin, begin + tail.start() if tail else len(words)


def put_employed_since(reader: Reader, text: Row, stretches: Stretches) -> None:
    """A date after 入职, or `自…起 / 至今 在我单位`; the term of the labour contract is none of it."""
    spans = [(s, e) for n, s, e in stretches if n == "employed_since"]
    barred = [(s, s + 40) for n, s, _ in stretches if n == "contract"]
    for found in re.finditer(r"(?:自|从|于)(.{6,14}?)(?:起|至今|开始|到现在|以来|入职|进入)", text.text):
        if not any(s <= found.start() <= e for s, e in barred):
            spans.append((found.start(1), found.end(1)))
    for found in re.finditer(
        r"(?:19|20)\d{2}年\d{1,2}月(?:\d{1,2}日)?(?=起|至今|开始|入职|加入|进入|到我|到本|来我|来本|在我|在本|参加)",
        text.text,
    ):
        if not any(s <= found.start() <= e for s, e in barred):
            spans.append((found.start(), found.end()))
    for start, end in spans:
        part = text.text[start:end]
        dates = find_dates(part)
        value = dates[0][0] if dates else parse_month(part)
        if value:
            first = re.search(r"\d{4}|[一二三四五六七八九〇○零]{4}", part)
            last = start + (dates[0][2] if dates else len(re.split(r"[月,，。起至]", part)[0]) + 1)
            reader.put(
                "employed_since", text.cut(start + (first.start() if first else 0), min(last, end)), value
            )
            return
