"""What is printed and could not be read, or only with doubt, and what on the page is to blame (findings.md, Readability, rule 3).

These rules run last: they also tell of the required fields that kept another rule from an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.model import READ, SURE, Document, Evidence, Field, Finding, of
from pipeline.result import Person
from validators.case import Case
from validators.likeness import MAY_BE_NAMELESS, NAMED_BY
from validators.nameless import is_back
from validators.page_faults import Cause, absent, cause_of, side_of
from validators.rule import finding, page_of, rule


@dataclass(frozen=True)
class Doubts:
    """The required fields that kept rules from an answer, with their places; and the documents whose page's
    own finding (PAGE_BLURRED, PAGE_CROPPED) already says why a field is lost."""

    fields: tuple[tuple[Document, str, tuple[Evidence, ...]], ...] = ()
    told: frozenset[str] = frozenset()


@rule("PAGE_BLURRED", "medium", reading=True)
def blurred(case: Case, person: Person, doubts: Doubts) -> Iterator[Finding]:
    """Blur, glare, darkness, a screen's pattern or too few pixels at the place of a required field that was not read."""
    for document in _papers(case, person):
        yield from _page_fault(case, document, doubts, "PAGE_BLURRED")


@rule("PAGE_BLURRED", "medium", reading=True)
def blurred_of_nobody(case: Case, doubts: Doubts) -> Iterator[Finding]:
    """As `unreadable_of_nobody`."""
    for document in _papers(case, None):
        yield from _page_fault(case, document, doubts, "PAGE_BLURRED")


@rule("PAGE_CROPPED", "medium", reading=True)
def cropped(case: Case, person: Person, doubts: Doubts) -> Iterator[Finding]:
    """The frame's side, a finger or another thing hides the place of a required field that was not read."""
    for document in _papers(case, person):
        yield from _page_fault(case, document, doubts, "PAGE_CROPPED")


@rule("PAGE_CROPPED", "medium", reading=True)
def cropped_of_nobody(case: Case, doubts: Doubts) -> Iterator[Finding]:
    """As `unreadable_of_nobody`."""
    for document in _papers(case, None):
        yield from _page_fault(case, document, doubts, "PAGE_CROPPED")


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


def _page_fault(case: Case, document: Document, doubts: Doubts, code: str) -> Iterator[Finding]:
    """One finding for each paper and code: the fields that this kind of fault costs, the first kind names the reason."""
    causes = [cause for cause in _causes(case, document, doubts).values() if cause.code == code]
    if not causes:
        return
    reason = causes[0].reason
    sides = [side for cause in causes for side in sorted(cause.sides)]
    found = finding(
        code,
        "medium",
        *(cause.evidence for cause in causes),
        person=document.person,
        material=document.type,
        reason=reason,
        side=side_of(sides) if code == "PAGE_CROPPED" else None,
        fields=[cause.field for cause in causes],
    )
    seen = causes[0].evidence
    yield replace(found, material=document.type, key=f"{seen.file}#{seen.page}")


def _causes(case: Case, document: Document, doubts: Doubts) -> dict[str, Cause]:
    """The required fields of a paper that a fault of its page costs, each with that fault."""
    if document.id in doubts.told or not _asked(case, document):
        return {}
    names, seen = _unread_fields(case, document, doubts)
    table = case.table_of(document)
    if table and int(document.notes.get("rows_lost", 0) or 0):
        names.append(table)
    doubted = {name for paper, name, _ in doubts.fields if paper.id == document.id}
    lost = dict.fromkeys(name for name in names if name in doubted or case.required(document, name))
    found = {}
    for name in dict.fromkeys([*lost, *absent(case, document)]):
        places = [place for place in seen if place.field == name]
        cause = cause_of(case, document, name, places, traced=name in lost)
        if cause is not None:
            found[name] = cause
    return found


def _asked(case: Case, document: Document) -> bool:
    """Whether somebody has to bring the paper: it is an applicant's, or may be."""
    return not case.whose(document) or any(one.name in case.whose(document) for one in case.applicants)


def _unreadable(case: Case, document: Document, doubts: Doubts) -> Iterator[Finding]:
    if document.id in doubts.told:
        return
    names, seen = _unread_fields(case, document, doubts)
    lost = int(document.notes.get("rows_lost", 0) or 0)
    table = case.table_of(document)
    if lost and table:
        names.append(table)
    causes = _causes(case, document, doubts)
    if table in causes:
        lost = 0
    names = [name for name in names if name not in causes]
    seen = [place for place in seen if place.field not in causes]
    if not names:
        return
    doubted = {name for paper, name, _ in doubts.fields if paper.id == document.id}
    needed = any(name in doubted or case.required(document, name) for name in names)
    weighty = _asked(case, document) and (bool(lost) or needed or not (case.whose(document) or causes))
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
