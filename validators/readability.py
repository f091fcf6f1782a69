"""What is printed and could not be read, or only with doubt (findings.md, Readability and rule 3).

These rules run last: they also tell of the required fields that kept another rule from an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.model import READ, SURE, Document, Evidence, Field, Finding, of
from pipeline.result import Person
from validators.case import Case
from validators.likeness import MAY_BE_NAMELESS, NAMED_BY
from validators.nameless import is_back
from validators.rule import finding, page_of, rule


@dataclass(frozen=True)
class Doubts:
    """The required fields that kept rules from an answer, with their places; and the documents whose page's
    own finding (PAGE_BLURRED, PAGE_CROPPED) already says why a field is lost."""

    fields: tuple[tuple[Document, str, tuple[Evidence, ...]], ...] = ()
    told: frozenset[str] = frozenset()


@rule("FIELD_UNREADABLE", "medium", reading=True)
def unreadable(case: Case, person: Person, doubts: Doubts) -> Iterator[Finding]:
    """One finding for each paper of the person with fields that are printed and unread; medium where one is required."""
    for document in _papers(case, person):
        yield from _unreadable(case, document, doubts)


@rule("FIELD_UNREADABLE", "medium", reading=True)
def unreadable_of_nobody(case: Case, doubts: Doubts) -> Iterator[Finding]:
    """Papers that could be linked to nobody, because their name is not legible, and those of the wider household."""
    for document in _papers(case, None):
        yield from _unreadable(case, document, doubts)


@rule("FIELD_LOW_CONFIDENCE", "low", reading=True)
def low_confidence(case: Case, person: Person, doubts: Doubts) -> Iterator[Finding]:
    """One finding for each paper of the person with fields that were read, but not surely."""
    for document in _papers(case, person):
        yield from _low(case, document, doubts)


@rule("FIELD_LOW_CONFIDENCE", "low", reading=True)
def low_confidence_of_nobody(case: Case, doubts: Doubts) -> Iterator[Finding]:
    """As `unreadable_of_nobody`."""
    for document in _papers(case, None):
        yield from _low(case, document, doubts)


def _papers(case: Case, person: Person | None) -> list[Document]:
    """The papers told under a person's name: those whose first holder it is; None: under no applicant's."""
    names = {one.name for one in case.applicants}
    return [
        document
        for document in case.documents
        if (document.person == person.name if person is not None else document.person not in names)
    ]


def _unreadable(case: Case, document: Document, doubts: Doubts) -> Iterator[Finding]:
    if document.id in doubts.told:
        return
    names, seen = _unread_fields(case, document, doubts)
    lost = int(document.notes.get("rows_lost", 0) or 0)
    table = case.table_of(document)
    if lost and table:
        names.append(table)
    if not names:
        return
    doubted = {name for paper, name, _ in doubts.fields if paper.id == document.id}
    asked = not case.whose(document) or any(one.name in case.whose(document) for one in case.applicants)
    needed = any(name in doubted or case.required(document, name) for name in names)
    weighty = asked and (bool(lost) or needed or not case.whose(document))
    yield finding(
        "FIELD_UNREADABLE",
        "medium" if weighty else "low",
        *(seen or [page_of(document)]),
        document=document,
        person=document.person,
        material=document.type,
        fields=list(dict.fromkeys(names)),
        rows=lost or None,
    )


def _unread_fields(case: Case, document: Document, doubts: Doubts) -> tuple[list[str], list[Evidence]]:
    names, seen = [], []
    for item in document.unread:
        names.append(item.name)
        seen.append(Evidence(item.file, item.page, item.box, document.type, document.id or None, item.name))
    for paper, name, places in doubts.fields:
        if paper.id == document.id:
            if name not in names:
                names.append(name)
            seen += [place for place in places if place not in seen]
    if _lacks_name(case, document) and NAMED_BY[document.type][0] not in names:
        names.append(NAMED_BY[document.type][0])
    return names, seen


def _lacks_name(case: Case, document: Document) -> bool:
    """Whether a paper that has to name somebody names nobody whom the case knows."""
    keys = NAMED_BY.get(document.type)
    if keys is None or is_back(document):
        return False
    if not case.whose(document):
        return True
    named = keys[0] in document.fields or keys[1] in document.fields
    return not named and document.type not in MAY_BE_NAMELESS


def _low(case: Case, document: Document, doubts: Doubts) -> Iterator[Finding]:
    told = {name for paper, name, _ in doubts.fields if paper.id == document.id}
    cells = [(name, found, row) for name, found, row in _cells(document) if READ <= found.confidence < SURE]
    cells = [(name, found, row) for name, found, row in cells if name not in told]
    if cells:
        yield finding(
            "FIELD_LOW_CONFIDENCE",
            "low",
            *(of(document, name, found, row) for name, found, row in cells),
            document=document,
            person=document.person,
            material=document.type,
            fields=list(dict.fromkeys(name for name, _, _ in cells)),
        )


def _cells(document: Document) -> Iterable[tuple[str, Field, int | None]]:
    for name, found in document.fields.items():
        yield name, found, None
    for rows in document.tables.values():
        for index, row in enumerate(rows):
            for name, found in row.items():
                yield name, found, index
