"""Papers that were sent again: of papers of the same person, type and thing the best counts (findings.md, rule 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from pipeline.material import Material
from pipeline.model import Document
from pipeline.text import as_date, company_key, same_number

LATEST_BY: Mapping[str, tuple[str, ...]] = {
    "income_certificate": ("issue_date",),
    "bank_statement": ("printed_at", "period_end"),
    "id_card": ("valid_from",),
}
"""The fields that tell which of two papers is the later one."""


def resent(
    documents: Sequence[Document], materials: Mapping[str, Material]
) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """Parts papers in force from those that a better one replaces; the latter name it in `replaced_by`."""
    replaced: dict[str, str] = {}
    for index, old in enumerate(documents):
        better = [
            new
            for place, new in enumerate(documents)
            if new is not old
            and new.id not in replaced
            and _covers(new, old)
            and (_worth(new, materials), -place) > (_worth(old, materials), -index)
        ]
        if better:
            best = max(better, key=lambda document: _worth(document, materials))
            replaced[old.id] = best.id
    kept = tuple(document for document in documents if document.id not in replaced)
    return kept, tuple(
        replace(document, replaced_by=_last(document.id, replaced))
        for document in documents
        if document.id in replaced
    )


def _last(document_id: str, replaced: Mapping[str, str]) -> str:
    while document_id in replaced:
        document_id = replaced[document_id]
    return document_id


def _worth(document: Document, materials: Mapping[str, Material]) -> tuple[bool, int, int, str, int]:
    """Complete, readable, latest: what decides between two papers of one thing, the better one larger."""
    material = materials.get(document.type)
    known = set(document.fields) | {table for table, rows in document.tables.items() if rows}
    required = material.required if material is not None else ()
    latest = next(
        (value for name in LATEST_BY.get(document.type, ()) if (value := document.text(name)) is not None), ""
    )
    doubtful = len(document.unread) + sum(not found.sure for found in document.fields.values())
    return (
        not document.notes.get("export"),
        sum(name in known for name in required) - bool(document.notes.get("rows_lost")),
        _extent(document),
        latest,
        -doubtful,
    )


def _extent(document: Document) -> int:
    """How much of the thing a paper holds: sides of a card, persons of a certificate, days or months of a period."""
    if document.type == "id_card":
        return len(_sides(document))
    if document.type == "bank_statement":
        start, end = _period(document)
        return (end - start).days if start and end else 0
    return sum(len(rows) for name, rows in document.tables.items() if name in ("persons", "payslips"))


def _covers(new: Document, old: Document) -> bool:
    """Whether `new` is the same thing as `old` and holds at least what it holds."""
    if new.type != old.type or new.person is None or new.person != old.person:
        return False
    test = _SAME.get(new.type)
    return test is not None and test(new, old)


def _sides(document: Document) -> set[str]:
    sides = document.fields.get("sides")
    return set(sides.value) if sides is not None else set()


def _same_card(new: Document, old: Document) -> bool:
    ends = new.text("valid_until"), old.text("valid_until")
    return bool(_sides(old)) and _sides(old) <= _sides(new) and (None in ends or ends[0] == ends[1])


def _same_marriage(new: Document, old: Document) -> bool:
    numbers = new.text("certificate_number"), old.text("certificate_number")
    dates = new.text("registration_date"), old.text("registration_date")
    return (numbers[0] == numbers[1] or None in numbers) and (dates[0] == dates[1] or None in dates)


def _same_employer(new: Document, old: Document) -> bool:
    names = new.text("employer"), old.text("employer")
    return None in names or company_key(str(names[0])) == company_key(str(names[1]))


def _months(document: Document) -> set[str]:
    return {str(row["period"].value) for row in document.tables.get("payslips", ()) if "period" in row}


def _same_slips(new: Document, old: Document) -> bool:
    return _same_employer(new, old) and bool(_months(old)) and _months(old) <= _months(new)


def _period(document: Document) -> tuple[date | None, date | None]:
    days = sorted(
        day
        for row in document.tables.get("transactions", ())
        if "date" in row and (day := as_date(str(row["date"].value))) is not None
    )
    start, end = as_date(document.text("period_start")), as_date(document.text("period_end"))
    return start or (days[0] if days else None), end or (days[-1] if days else None)


def _same_statement(new: Document, old: Document) -> bool:
    accounts = new.text("account_number"), old.text("account_number")
    if None in accounts or not same_number(str(accounts[0]), str(accounts[1])):
        return False
    (start, end), (first, last) = _period(new), _period(old)
    return bool(start and end and first and last and start <= first and last <= end)


_SAME = {
    "id_card": _same_card,
    "marriage_certificate": _same_marriage,
    "income_certificate": _same_employer,
    "pay_stub": _same_slips,
    "bank_statement": _same_statement,
}
