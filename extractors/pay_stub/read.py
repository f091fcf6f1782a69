"""Reading payslips: the slips of a paper as documents, one for each person that is legible on it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from extractors.pay_stub.fields import SlipReader
from extractors.pay_stub.passed import claimed_by
from extractors.pay_stub.slips import Walk
from extractors.pay_stub.whose import COMPANY
from pipeline.layout import Reader, Row
from pipeline.model import Document, Field, Sheet, Unread, union
from pipeline.table import level
from pipeline.text import printed, same_name, same_number


def extract(sheets: Sequence[Sheet]) -> list[Document]:
    """The documents on the sheets of one file: a person's slips together, colleagues' apart, masked rows left out."""
    flat = [level(sheet) for sheet in as_lying(sheets)]
    walk = _walked(flat)
    slips = [SlipReader(slip, n) for n, slip in enumerate(walk.slips)]
    years = {y for s in slips for y in s.years}
    claimed = claimed_by(walk.slips)
    for slip in slips:
        slip.read(next(iter(years)) if len(years) == 1 else None, claimed)
    pages = tuple(dict.fromkeys((s.file, s.page) for s in sheets))
    named: list[list[SlipReader]] = []
    rest: list[SlipReader] = []
    strangers: list[SlipReader] = []
    legible = any("*" not in (slip.value("name") or "*") for slip in slips)
    for slip in slips:
        if legible and slip.slip.row and "*" in (slip.value("name") or ""):
            continue  # a colleague, masked in the table in which the applicant's row is legible
        if slip.value("name") is None:
            (strangers if slip.stranger else rest).append(slip)
            continue
        same = next((g for g in named if _same_person(g, slip)), None)
        if same is None:
            named.append([slip])
        else:
            same.append(slip)
    if not named and not rest and len({s.period for s in strangers}) == len(strangers):
        rest = strangers
    for slip in strangers if len(named) == 1 else ():
        if _hardly_read(named[0], slip):
            named[0].append(slip)
    if len(named) <= 1 and (named or rest):
        named = [sorted([*(named[0] if named else []), *rest], key=lambda s: s.order)]
    documents = [_document(group, flat, pages) for group in named]
    if len(documents) == 1:
        documents = [replace(documents[0], pages=pages)]
    return _with_lost(documents, walk.lost) or [
        Document("pay_stub", pages, 1.0, {}, {"payslips": [], "items": []}, _lost(flat), {"rows_lost": 1})
    ]


def as_lying(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets, those that lie on one page (strips under a scanner) from its top to its bottom as they are read."""
    out: list[Sheet] = []
    for _, group in itertools.groupby(sheets, key=lambda s: (s.file, s.page)):
        own = list(group)
        spots = {id(s): _spot(s) for s in own}
        size = max(h for _, _, h in spots.values())
        out += sorted(own, key=lambda s: (round(spots[id(s)][0] / max(0.5 * size, 1e-6)), spots[id(s)][1]))
    return out


def _spot(sheet: Sheet) -> tuple[float, float, float]:
    """Where a sheet's middle lies on its page in the sheet's own sense of up and left, and how high the sheet is there."""
    upper, lower = (
        sheet.place((0, 0, sheet.width, 1)),
        sheet.place((0, sheet.height - 1, sheet.width, sheet.height)),
    )
    across, down = (
        (upper[0] + upper[2] + lower[0] + lower[2]) / 4,
        (upper[1] + upper[3] + lower[1] + lower[3]) / 4,
    )
    run = ((lower[0] + lower[2] - upper[0] - upper[2]) / 2, (lower[1] + lower[3] - upper[1] - upper[3]) / 2)
    if abs(run[1]) >= abs(run[0]):  # upright, or upside down
        sign = 1 if run[1] >= 0 else -1
        return sign * down, sign * across, abs(run[1])
    sign = 1 if run[0] >= 0 else -1  # on its side
    return sign * across, -sign * down, abs(run[0])


def _walked(sheets: Sequence[Sheet]) -> Walk:
    """The walk over the sheets; over pictures with a table for each month a second one, with what all heads tell."""
    walk = Walk()
    walk.sheets(sheets)
    if len(walk.tables) > 2 and any(s.source == "ocr" for s in sheets):
        walk = Walk(walk.tables)
        walk.sheets(sheets)
    return walk


def _with_lost(documents: list[Document], lost: Sequence[tuple[Row, Sheet]]) -> list[Document]:
    """The documents, the rows of pay that could not be read noted with the only person's, else with the first one's."""
    if not documents or not lost:
        return documents
    gaps = [Unread("payslips", s.file, s.page, s.place(union([n.box for n in row.lines]))) for row, s in lost]
    first = documents[0]
    noted = replace(first, unread=(*first.unread, *gaps), notes={**first.notes, "rows_lost": len(gaps)})
    return [noted, *documents[1:]]


def _lost(sheets: Sequence[Sheet]) -> tuple[Unread, ...]:
    return tuple(Unread("payslips", s.file, s.page) for s in sheets[:1])


def _same_person(group: Sequence[SlipReader], slip: SlipReader) -> bool:
    """Whether a slip is of the person of these: by name, and number where there are two. On OCR one character of a name
    may have been misread, where no other slip of the group is of the same month: colleagues share their months."""
    name = slip.value("name") or ""
    number = slip.value("id_number")
    for other in group:
        theirs, known = other.value("name") or "", other.value("id_number")
        if number and known and not same_number(number, known):
            return False
        if same_name(name, theirs):
            return True
    read = [s.value("name") or "" for s in group]
    near = any(len(n) == len(name) >= 2 and Levenshtein.distance(n, name) == 1 for n in read)
    months = [s.period for s in group]
    return (
        near and slip.scanned and slip.period is not None and None not in months and slip.period not in months
    )


def _hardly_read(group: Sequence[SlipReader], slip: SlipReader) -> bool:
    """Whether a slip whose name is too faint to be given is the only person's of the paper, for a month of its own."""
    months = [s.period for s in group]
    if slip.period is None or slip.period in months or None in months:
        return False
    name = group[0].value("name") or ""
    return len(slip.printed_name) == len(name) and Levenshtein.distance(slip.printed_name, name) <= 1


def _document(
    group: Sequence[SlipReader], sheets: Sequence[Sheet], pages: tuple[tuple[str, int], ...]
) -> Document:
    fields: dict[str, Field] = {}
    unread: list[Unread] = []
    for slip in group:
        for name, found in slip.fields.fields.items():
            if name not in fields or (
                found.confidence > fields[name].confidence and found.value == fields[name].value
            ):
                fields[name] = found
    names = Counter(slip.value("name") for slip in group if slip.value("name"))
    if len(names) > 1:
        given = [s.fields.fields["name"] for s in group if s.value("name")]
        fields["name"] = max(given, key=lambda f: (names[str(f.value)], f.confidence))
    companies = Counter(slip.value("employer") for slip in group if slip.value("employer"))
    if len(companies) > 1:
        given = [s.fields.fields["employer"] for s in group if s.value("employer")]
        fields["employer"] = max(
            given, key=lambda f: (companies[str(f.value)], -len(str(f.value)), f.confidence)
        )
    slip_rows = [slip.cells.fields for slip in group if slip.cells.fields]
    for slip in group:
        unread += [u for u in slip.fields.unread if u.name not in fields]
        unread += slip.cells.unread
    _employer_of_seal(fields, sheets)
    mine = tuple(dict.fromkeys((f.file, f.page) for row in slip_rows for f in row.values()))
    items = [item for slip in group for item in slip.items]
    return Document(
        "pay_stub",
        mine or pages,
        1.0,
        fields,
        {"payslips": slip_rows, "items": items},
        tuple(dict.fromkeys(unread)),
        {},
    )


def _employer_of_seal(fields: dict[str, Field], sheets: Sequence[Sheet]) -> None:
    """The company that the seal names, where no line of print does."""
    if "employer" in fields:
        return
    for sheet in sheets:
        for line in sheet.lines:
            found = COMPANY.fullmatch(printed(line.text).replace(" ", "")) if line.kind == "seal" else None
            if found:
                reader = Reader(sheet)
                if reader.put("employer", [line], found[0]):
                    fields["employer"] = reader.fields["employer"]
                    return
