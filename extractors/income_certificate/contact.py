"""Whom to ask about a certificate: a person and a telephone of the employer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.income_certificate.cells import Cells, Pair
from extractors.income_certificate.cues import Stretches
from extractors.income_certificate.labels import SURNAMES
from extractors.income_certificate.shapes import HAN, PHONE, is_person
from pipeline.layout import Reader, Row
from pipeline.text import printed_name

_RANK = (
    "联系人|联络人",
    "查[证询验]|咨询|核[实验查]|接洽|对接",
    "经办|经手|承办",
    "填[表报写制]",
    "人事|人力|劳资|部门|HR",
    "负责人|证明人",
)
"""Whom of several persons to ask, as their labels call them, the first kind first."""
_OFFICE = re.compile(
    rf"(?:人力资源部|人事部|财务部|综合部|行政部|劳资科|人事科|办公室)[:：]?(?=[{SURNAMES}])(?P<who>[\u3400-\u9fff]{{2,3}})(?=[,，。（(;；]|电|先生|女士|\d|$)"
)
_AFTER_PHONE = re.compile(
    rf"(?P<phone>{PHONE.pattern})[(（](?P<who>[{HAN}]{{2,4}}?)(?:先生|女士|老师|经理)?[)）]"
)
_BEFORE_PHONE = re.compile(
    rf"(?:联系|咨询|核实|详询|请与|致电)[^。]{{0,10}}?(?=[{SURNAMES}])(?P<who>[{HAN}]{{2,3}})(?:先生|女士|老师)?[(（](?P<phone>{PHONE.pattern})[)）]"
)


def put_contact(reader: Reader, form: Cells, text: Row, stretches: Stretches) -> None:
    """Under their labels, else as the running text names them."""
    for pair in sorted(form.of("contact_person"), key=_rank):
        if form.of("contact_phone") or not _signs(pair):
            _put_person(reader, pair.value)
    for pair in form.pairs:
        if pair.name == "contact_person" and "contact_phone" not in reader.fields:
            _put_phone(reader, pair.value)
    for pair in form.of("contact_phone"):
        found = PHONE.match(pair.value.text)
        if found:
            reader.put("contact_phone", pair.value.cut(0, found.end()), found[0])
            _put_person(reader, pair.value)
    for name, start, part in _told(text, stretches):
        if name == "contact_person":
            found = re.match(
                rf"[\s_:：(（签字章)）]*([{HAN}·]{{2,6}}?)(?=先生|女士|联系|[,，。;；_\d（(]|$)", part
            )
        else:
            found = re.match(rf"[\s_:：]*({PHONE.pattern})", part)
        if found and (name == "contact_phone" or is_person(found[1])):
            value = found[1] if name == "contact_phone" else printed_name(found[1])
            reader.put(name, text.cut(start + found.start(1), start + found.end(1)), value)
    for pattern in (_OFFICE, _AFTER_PHONE, _BEFORE_PHONE):
        for spot in pattern.finditer(text.text):
            if not is_person(spot["who"]):
                continue
            reader.put("contact_person", text.cut(*spot.span("who")), printed_name(spot["who"]))
            if "phone" in spot.groupdict():
                reader.put("contact_phone", text.cut(*spot.span("phone")), spot["phone"])


def _rank(pair: Pair) -> int:
    return next((n for n, words in enumerate(_RANK) if re.search(words, pair.label)), len(_RANK))


def _signs(pair: Pair) -> bool:
    """Whether a label asks for the sign or the chop of the employer's head, who is nobody to ask."""
    return (
        re.fullmatch(r"(?:单位|公司|企业)?负责人[(（](?:签[章字名]|盖章)[)）][:：]?", pair.label) is not None
    )


def _put_phone(reader: Reader, row: Row) -> None:
    """The number behind the person in a cell for both."""
    found = re.search(rf"(?<=[{HAN}()（）,，、:：/])({PHONE.pattern})[)）]?$", row.text)
    if found:
        start = found.start(1) + (found[1].startswith("(") and ")" not in found[1])
        reader.put("contact_phone", row.cut(start, found.end(1)), row.text[start : found.end(1)])


def _put_person(reader: Reader, row: Row) -> None:
    """The person that a cell names: all of it, its beginning before other things, or in brackets behind a number."""
    found = re.match(
        rf"([{HAN}·]{{2,8}}?)(?=先生|女士|老师|(?:联系|联络|办公|单位|固定)?(?:电话|手机|座机|方式)|[(（,，;；/\d_]|$)",
        row.text,
    )
    found = found or re.match(rf"[\d\-—－转]+[(（]([{HAN}]{{2,4}}?)(?:先生|女士|老师|经理)?[)）]", row.text)
    whole = found is not None and found.end() == len(row.text)
    if found and is_person(found[1], labelled=whole):
        reader.put("contact_person", row.cut(found.start(1), found.end(1)), printed_name(found[1]))


def _told(text: Row, stretches: Stretches) -> Iterator[tuple[str, int, str]]:
    """What follows the cues of a contact in the running text; a value may begin in the row after its cue's."""
    for name, start, end in stretches:
        if name in ("contact_person", "contact_phone"):
            stop = _row_end(text, start)
            empty = not text.text[start:stop].strip(" :：_")
            yield name, start, text.text[start : min(end, _row_end(text, stop + 1) if empty else stop)]


def _row_end(text: Row, start: int) -> int:
    """Where the printed row of the character before `start` ends in the running text."""
    if not text.marks:
        return 0
    before = text.lines[text.marks[max(0, min(start, len(text.text)) - 1)][0]]
    for index in range(start, len(text.text)):
        if text.lines[text.marks[index][0]].middle[1] > before.box[3]:
            return index
    return len(text.text)
