"""Payslips of one person from one employer that lie apart in a case, put together to one document."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model import Document
from pipeline.text import company_key, name_key, same_number


def gather(documents: list[Document]) -> list[Document]:
    """The case's payslips, those of one person and employer as one document, months in order. Papers that name the same
    month twice stay apart: one of them replaces the other, and that is a reviewer's matter."""
    found: list[Document] = []
    for document in documents:
        same = next((d for d in found if _belong(d, document)), None)
        if same is None:
            found.append(document)
        else:
            found[found.index(same)] = _joined(same, document)
    return found


def months(document: Document) -> set[str]:
    """The months that its slips name."""
    return {str(row["period"].value) for row in document.tables.get("payslips", ()) if "period" in row}


def _belong(a: Document, b: Document) -> bool:
    names, employers = (
        [(d.text("name"), d.text("employer")) for d in (a, b)],
        (a.text("employer"), b.text("employer")),
    )
    one, two = names[0][0], names[1][0]
    if not one or not two or name_key(one) != name_key(two):
        return False
    if employers[0] and employers[1] and company_key(employers[0]) != company_key(employers[1]):
        return False
    x, y = a.text("id_number"), b.text("id_number")
    if x and y and not same_number(x, y):
        return False
    mine, theirs = months(a), months(b)
    return bool(mine and theirs) and not mine & theirs


def _joined(a: Document, b: Document) -> Document:
    first, second = (a, b) if min(months(a)) <= min(months(b)) else (b, a)
    fields = {**b.fields, **a.fields}
    return replace(
        a,
        pages=tuple(dict.fromkeys((*a.pages, *b.pages))),
        confidence=min(a.confidence, b.confidence),
        fields=fields,
        tables={
            name: [*first.tables.get(name, ()), *second.tables.get(name, ())]
            for name in ("payslips", "items")
        },
        unread=tuple(u for u in (*a.unread, *b.unread) if u.name not in fields),
        notes={**b.notes, **a.notes},
    )
