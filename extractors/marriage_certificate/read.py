"""One page of a certificate: holder, day, number, law, registry, persons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.marriage_certificate.labels import (
    AUTHORITY,
    LABELS,
    LAW,
    LEGACY_ALONE,
    LEGACY_NUMBER,
    NUMBER,
    PERSON,
)
from extractors.marriage_certificate.people import name_in, people, person_cells, unmixed, value_of
from pipeline.layout import MASKING, Label, Reader, Row, find_labels, rows
from pipeline.model import Document, Sheet
from pipeline.text import find_dates, parse_date, printed, squeeze


def extract(sheets: Sequence[Sheet]) -> list[Document]:
    """A document for each sheet; the pages of one copy are put together by `gather`."""
    return [document for sheet in sheets for document in _read(sheet)]


def _read(sheet: Sheet) -> list[Document]:
    table = [row for row in rows(sheet.lines) if not MASKING.search(row.text)]
    reader = Reader(sheet)
    labels = find_labels(table, {**LABELS, **PERSON})
    first = {n.name: n for n in reversed(labels)}
    if "holder" in first:
        pieces = value_of(table, first["holder"])[:1]
        reader.put("holder", pieces, name_in(pieces))
    _dates(reader, table, first.get("registration_date"))
    _number(reader, table, first.get("certificate_number"))
    _law(reader, table)
    _authority(reader, table, first.get("authority"))
    persons = [row for row in (unmixed(person_cells(reader, p)) for p in people(table)) if row]
    if not reader.fields and not persons:
        return []
    tables = {"persons": persons} if persons else {}
    pages = ((sheet.file, sheet.page),)
    return [
        Document(
            "marriage_certificate",
            pages,
            1.0,
            reader.fields,
            tables,
            tuple(reader.unread),
            {"colour": sheet.colour},
        )
    ]


def _dates(reader: Reader, table: Sequence[Row], label: Label | None) -> None:
    """The registration's date by its label, else the paper's only date that stands in a row of its own."""
    if label is not None:
        pieces = value_of(table, label)
        reader.put(
            "registration_date",
            pieces,
            parse_date(squeeze("".join(p.text for p in pieces))) if pieces else None,
        )
        return
    alone = []
    for row in table:
        # 一九九四年 whose first stroke was not seen: no other year is so written.
        lost = re.match("九[〇○零一二三四五六七八九]{2}年", row.text) is not None
        dates = find_dates("一" * lost + row.text)
        dates = [(value, max(0, start - lost), end - lost) for value, start, end in dates]
        little = len(dates) == 1 and len(re.sub(r"\W", "", row.text)) <= dates[0][2] - dates[0][1] + 2
        if little and not _birth(dates[0][0], table):
            alone.append((row, dates[0]))
    if len(alone) == 1:
        row, (value, start, end) = alone[0]
        reader.put("registration_date", row.cut(start, end), value)


def _birth(day: str, table: Sequence[Row]) -> bool:
    """Whether a resident number of the paper says that somebody was born on a day (YYYY-MM-DD)."""
    plain = day.replace("-", "")
    numbers = [n for row in table for n in re.findall(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)", row.text)]
    return any(plain in (n[6:14], f"19{n[6:12]}" if len(n) == 15 else "") for n in numbers)


def _number(reader: Reader, table: Sequence[Row], label: Label | None) -> None:
    for row in table:
        found = NUMBER.search(row.text.upper())
        if found:
            plain = re.sub(r"[一—－]", "-", found[1])
            plain = re.sub(r"^(B?)[I1]", r"\1J", plain)
            digits = re.sub(r"\D", "", plain)
            prefix = re.match(r"[A-Z]+", plain)
            value = f"{prefix[0] if prefix else 'J'}{digits[:6]}-{digits[6:10]}-{digits[10:]}"
            reader.put("certificate_number", row.cut(found.start(1), found.end(1)), value)
            return
    pieces = value_of(table, label) if label is not None else ()
    if pieces and label is not None:
        text = printed("".join(p.text for p in pieces)).replace(" ", "")
        opened = re.match(r"[:：]*[(（]", label.row.text[label.end :]) and not text.startswith("（")
        text = f"（{text}" if opened and "）" in text else text
        reader.put("certificate_number", pieces, text if LEGACY_NUMBER.search(text) else None)
        return
    for row in table:
        legacy = LEGACY_ALONE.fullmatch(row.text)
        if legacy:
            reader.put("certificate_number", row.cut(*legacy.span(1)), printed(legacy[1]))
            return


def _law(reader: Reader, table: Sequence[Row]) -> None:
    """The law that the text cites; it may break over two rows."""
    for row, after in zip(table, [*table[1:], None], strict=True):
        found = LAW.search(row.text)
        if found:
            reader.put("legal_basis", row.cut(found.start(), found.end()), found[1] or found[2])
            return
        if after is not None and "《" in row.text:
            found = LAW.search(row.text[row.text.index("《") :] + after.text)
            if found:
                pieces = [*row.cut(row.text.index("《")), *after.cut(0)]
                reader.put("legal_basis", pieces, found[1] or found[2])
                return


def _authority(reader: Reader, table: Sequence[Row], label: Label | None) -> None:
    row = label.row if label is not None and label.value else None
    for one in (row, *table) if row is not None else table:
        found = AUTHORITY.search(one.text, label.end if one is row and label is not None else 0)
        if found and (one is row or len(found[0]) >= 0.8 * len(re.sub(r"\W", "", one.text))):
            reader.put("authority", one.cut(found.start(), found.end()), found[0])
            return
    if label is not None and label.value:
        reader.miss("authority", label.value)
