"""The pages of one copy, put together."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model import Document, Field


def gather(documents: list[Document]) -> list[Document]:
    """Pages that complete each other are one copy: neighbours in a file, or a holder among the persons."""
    out: list[Document] = []
    for document in documents:
        for index, other in enumerate(out):
            if _completes(other, document):
                out[index] = _together(other, document)
                break
        else:
            out.append(document)
    return out


def _completes(a: Document, b: Document) -> bool:
    """Whether two parts hold different things of one certificate."""
    own = ("holder", "registration_date", "certificate_number")
    if any(n in a.fields and n in b.fields for n in own) or (
        a.tables.get("persons") and b.tables.get("persons")
    ):
        return False
    names = {row["name"].value for d in (a, b) for row in d.tables.get("persons", ()) if "name" in row}
    holder = a.text("holder") or b.text("holder")
    if holder and names:
        return holder in names
    (file_a, page_a), (file_b, page_b) = a.pages[-1], b.pages[0]
    return file_a == file_b and abs(page_a - page_b) <= 1


def _together(a: Document, b: Document) -> Document:
    fields: dict[str, Field] = {**b.fields, **a.fields}
    pages = a.pages + tuple(p for p in b.pages if p not in a.pages)
    return replace(a, pages=pages, fields=fields, tables={**b.tables, **a.tables}, unread=a.unread + b.unread)
