"""Pages of one statement that lie in files of their own (a photo a page), put together by their printed numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipeline.model import Document
from pipeline.text import name_key, same_number

OWN = frozenset(("account_number", "account_holder", "period_start", "period_end", "opening_balance"))
"""What the first page of a statement prints: a page that does goes on from none."""


def gather(documents: list[Document]) -> list[Document]:
    """The case's statements with those joined that are pages of one paper: the printed numbers go on (n after n − 1 of the
    same N), or the balances do where no numbers are printed, and account, holder and period do not differ. Everything else
    stays apart."""
    found: list[Document] = []
    for document in sorted(documents, key=_first):
        before = next((d for d in reversed(found) if _goes_on(d, document)), None)
        if before is None:
            found.append(document)
        else:
            found[found.index(before)] = _join(before, document)
    return found


def _numbers(document: Document) -> list[tuple[int, int]]:
    return [(int(n), int(total)) for n, total in document.notes.get("page_numbers", ())]


def _first(document: Document) -> int:
    numbers = _numbers(document)
    return numbers[0][0] if numbers else 0


def _goes_on(before: Document, after: Document) -> bool:
    ends, begins = _numbers(before), _numbers(after)
    if ends and begins:
        if ends[-1][1] != begins[0][1] or begins[0][0] != ends[-1][0] + 1:
            return False
        backwards = before.pages[-1][0] == after.pages[0][0] and before.pages[-1][1] >= after.pages[0][1]
        if backwards and not _closes(before, after):
            return False
    elif ends or begins or after.fields.keys() & OWN or not _closes(before, after):
        return False
    for name, same in (
        ("account_number", same_number),
        ("account_holder", _same_name),
        ("period_start", str.__eq__),
        ("bank", str.__eq__),
    ):
        a, b = before.text(name), after.text(name)
        if a and b and not same(a, b):
            return False
    return True


def _closes(before: Document, after: Document) -> bool:
    """Whether the balances go on from the last row of one to the first of the other, whichever way the time runs."""
    last, first = (
        d.tables.get("transactions", ())[at : at + 1 or None] for d, at in ((before, -1), (after, 0))
    )
    try:
        (old, paid), (new, earned) = (
            (Decimal(str(row["balance"].value)), Decimal(str(row["amount"].value))) for row in (*last, *first)
        )
    except (KeyError, ValueError):
        return False
    return new == old + earned or old == new + paid


def _same_name(a: str, b: str) -> bool:
    return name_key(a) == name_key(b)


def _join(before: Document, after: Document) -> Document:
    rows = [*before.tables.get("transactions", ()), *after.tables.get("transactions", ())]
    notes = {
        **before.notes,
        "page_numbers": [*before.notes.get("page_numbers", ()), *after.notes.get("page_numbers", ())],
        "rows_lost": before.notes.get("rows_lost", 0) + after.notes.get("rows_lost", 0),
        "rows_seen": before.notes.get("rows_seen", 0) + after.notes.get("rows_seen", 0),
        "layer": before.notes.get("layer", False) and after.notes.get("layer", False),
    }
    return replace(
        before,
        pages=(*before.pages, *after.pages),
        confidence=min(before.confidence, after.confidence),
        fields={**after.fields, **before.fields},
        tables={"transactions": rows},
        unread=(*before.unread, *after.unread),
        notes=notes,
    )
