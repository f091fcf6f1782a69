"""One certificate from its sheets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.income_certificate.besides import in_parts
from extractors.income_certificate.cells import cells
from extractors.income_certificate.contact import put_contact
from extractors.income_certificate.cues import cues
from extractors.income_certificate.employer import doubt_cut, put_employer, put_issue_date, put_seal
from extractors.income_certificate.income import put_income
from extractors.income_certificate.person import put_employed_since, put_id_number, put_name, put_position
from pipeline.layout import MASKING, Reader, flow
from pipeline.model import Document, Sheet

_POINT = re.compile(r"\s*[①-⑳⑴-⒇❶-❿➀-➉]\s*(?=\S)")
"""The number of a point in a circle, which is a plain digit once the text is squeezed."""


def extract(sheets: Sequence[Sheet]) -> list[Document]:
    """One certificate from its sheets; a second sheet adds what the first does not say."""
    documents = [_read(sheet) for sheet in sheets]
    first = documents[0]
    fields = {name: found for d in reversed(documents) for name, found in d.fields.items()}
    unread = tuple(u for d in documents for u in d.unread if u.name not in fields)
    pages = tuple(dict.fromkeys(p for d in documents for p in d.pages))
    return [Document(first.type, pages, 1.0, fields, {}, unread, first.notes)]


def _read(sheet: Sheet) -> Document:
    lines = [line for line in sheet.lines if not MASKING.search(line.text)]
    table = in_parts([line.cut(m.end()) if (m := _POINT.match(line.text)) else line for line in lines])
    form = cells(table)
    text, whole = flow(form.prose), flow(table)
    reader = Reader(sheet)
    found = cues(text.text)
    stretches = [
        (name, end, found[i + 1][1] if i + 1 < len(found) else len(text.text))
        for i, (name, _, end) in enumerate(found)
    ]
    put_name(reader, form, text, stretches)
    put_id_number(reader, form, whole)
    put_position(reader, form, text)
    put_employed_since(reader, form, text)
    put_income(reader, form, text, whole)
    put_contact(reader, form, text, stretches)
    put_employer(reader, form, table, text)
    put_issue_date(reader, form, table)
    put_seal(reader, sheet)
    doubt_cut(reader, sheet)
    sealed = bool(sheet.seals) if sheet.colour else None
    pages = ((sheet.file, sheet.page),)
    return Document(
        "income_certificate", pages, 1.0, reader.fields, {}, tuple(reader.unread), {"sealed": sealed}
    )
