"""Who certifies: the employer, whom to ask, the day, the seal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from extractors.income_certificate.cues import Stretches
from extractors.income_certificate.income import row_end
from extractors.income_certificate.labels import (
    COMPANY,
    CUES,
    DATED,
    DEPARTMENT,
    FORMS,
    PART,
    SURNAMES,
    TITLE,
)
from pipeline.layout import Reader, Row, find_labels, flow
from pipeline.model import Sheet
from pipeline.text import as_date, find_dates, printed, printed_name


def put_contact(reader: Reader, text: Row, stretches: Stretches) -> None:
    for name, start, end in stretches:
        stop = row_end(text, start)
        # A value may begin in the row after its cue's.
        part = text.text[
            start : min(end, stop if text.text[start:stop].strip(" :：_") else row_end(text, stop + 1))
        ]
        if name == "contact_person":
            found = re.match(
                r"[\s_:：(（签字章)）]*([\u3400-\u9fff·]{2,6}?)(?=先生|女士|[,，。;；_\d（(]|$)", part
            )
            if found and not re.search("电话|单位|公司|部门|日期", found[1]):
                reader.put(
                    "contact_person",
                    text.cut(start + found.start(1), start + found.end(1)),
                    printed_name(found[1]),
                )
        elif name == "contact_phone":
            found = re.match(
                r"[\s_:：]*((?:0\d{2,3}[-—－ ]?)?\d{7,8}(?:-\d{1,5})?|1\d{10}|400-?\d{3}-?\d{4})(?!\d)", part
            )
            if found:
                reader.put("contact_phone", text.cut(start + found.start(1), start + found.end(1)), found[1])
    if "contact_person" not in reader.fields:
        found = re.search(
            rf"(?:人力资源部|人事部|财务部|综合部|行政部|劳资科|人事科|办公室)[:：]?(?=[{SURNAMES}])([\u3400-\u9fff]{{2,3}})(?=[,，。（(;；]|电|先生|女士|\d|$)",
            text.text,
        )
        if found:
            reader.put("contact_person", text.cut(found.start(1), found.end(1)), printed_name(found[1]))


def put_employer(reader: Reader, table: Sequence[Row], text: Row) -> None:
    """By its label, else the last row that is a company's name, else whose employee the text says somebody is."""
    for label in find_labels(table, {"employer": CUES["employer"]}):
        after = table[label.index + 1 : label.index + 2]
        for row in (label.row, flow([label.row, *after])):
            at = re.compile(r"[\s_:：()（）盖公章]*").match(row.text, label.end)
            company = COMPANY.match(row.text, at.end() if at else label.end)
            if company and _is_company(company[0]):
                _put_company(reader, row, company.start(), company.end())
                return
    lower = [row for row in table if row.top > table[len(table) // 3].top] if table else []
    for row in reversed(lower):
        company = COMPANY.search(row.text)
        if company and len(company[0]) >= 0.6 * len(re.sub(r"\W", "", row.text)) and _is_company(company[0]):
            _put_company(reader, row, company.start(), company.end())
            return
    for row in table[:3]:
        company = COMPANY.fullmatch(row.text)
        if company and _is_company(company[0]) and not TITLE.search(company[0]):
            _put_company(reader, row, company.start(), company.end())
            return
    company = re.search(
        rf"(?:系|是|为|在)([^系是为在,，。]{{2,40}}?(?:{FORMS}))(?:的|正式|在职|员工|职工|工作)", text.text
    )
    if company and _is_company(company[1]):
        _put_company(reader, text, company.start(1), company.end(1))


def _is_company(text: str) -> bool:
    text = DEPARTMENT.sub("", text)
    if len(text) <= 5 and PART.search(text):
        return False
    return len(text) >= 4 and not re.search(
        r"贵行|我单位|本单位|我公司|本公司|兹|证明|盖章|银行.{0,6}[支分]行$", text
    )


def _put_company(reader: Reader, row: Row, start: int, end: int) -> None:
    office = DEPARTMENT.search(row.text[start:end])
    pieces = row.cut(start, start + office.start() if office else end)
    reader.put("employer", pieces, printed("".join(p.text for p in pieces)).replace(" ", ""))


def put_issue_date(reader: Reader, table: Sequence[Row]) -> None:
    """The last date of the paper that stands in a row of little else."""
    for row in reversed(table):
        for value, start, end in reversed([*find_dates(row.text), *_under_a_seal(row.text)]):
            rest = re.sub(rf"\W|{DATED}|年月日|盖章|公章|单位", "", row.text[:start] + row.text[end:])
            if len(rest) <= 12:
                reader.put("issue_date", row.cut(start, end), value)
                return


def _under_a_seal(text: str) -> list[tuple[str, int, int]]:
    """A date after its label that has lost one of its two marks: 202610-28, 2026-1028."""
    found = re.search(rf"(?:{DATED})[:：_]*((20\d\d)[-./]?(\d\d)[-./]?(\d\d))(?!\d)", text)
    if found is None or len(found[1]) != 9 or as_date("-".join(found.groups()[1:])) is None:
        return []
    return [("-".join(found.groups()[1:]), found.start(1), found.end(1))]


def put_seal(reader: Reader, sheet: Sheet) -> None:
    """The company on the arc of a seal. Curved letters mislead an engine that is sure of itself: a name that differs from
    the printed employer in a few of its characters alone is given with doubt."""
    for line in sheet.lines:
        company = COMPANY.search(printed(line.text).replace(" ", "")) if line.kind == "seal" else None
        if company and len(company[0]) >= 6:
            employer = reader.fields.get("employer")
            apart = 0 if employer is None else Levenshtein.distance(company[0], str(employer.value))
            sure = min(line.confidence, 0.9) if 0 < apart <= len(company[0]) // 4 else line.confidence
            reader.put("seal_company", [replace(line, confidence=sure)], company[0])
            reader.unread = [u for u in reader.unread if u.name != "seal_company"]
            return
