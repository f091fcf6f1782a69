"""Who is in the case: papers are linked to persons by number, then by name (findings.md, rules 4, 9 and 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.model import Document
from pipeline.result import Person
from pipeline.text import same_name
from validators.case import Mention
from validators.likeness import COUPLE, Draft, find, mentions_of
from validators.nameless import attach_backs, attach_nameless, is_back
from validators.salary import NEVER, PAID_FOR, SALARY

if TYPE_CHECKING:
    from pipeline.application import Applicant, Application

WEIGHTS: Mapping[str, int] = {
    "income_certificate": 3,
    "pay_stub": 2,
    "bank_statement": 2,
    "id_card": 2,
    COUPLE: 1,
}
"""How much a paper counts for its holder as the borrower, where none is declared."""
EMPLOYERS_PAPERS = ("income_certificate", "pay_stub")


@dataclass(frozen=True, slots=True)
class Linked:
    """The people of a case and whose each paper is; the attributes are those of Case."""

    people: tuple[Person, ...]
    documents: tuple[Document, ...]
    strangers: tuple[Document, ...]
    holders: Mapping[str, tuple[str, ...]]
    couples: Mapping[str, str]
    mentions: Mapping[str, tuple[Mention, ...]]
    declared: Mapping[str, Applicant]


# ---------------------------------------------------------------- linking


def link(documents: Sequence[Document], application: Application | None) -> Linked:
    """Links every paper to the persons it names. Papers that name nobody known are strangers'; papers that name nobody
    at all stay without a person, unless there is only one whose they can be."""
    said = {document.id: mentions_of(document) for document in documents}
    drafts = _declared(application)
    if not any(draft.name or draft.numbers for draft in drafts):
        drafts = _gathered(documents, said, drafts[0] if drafts else None)
    else:
        _learn_cards(drafts, documents, said)
        _marry(drafts, documents, said)
        _learn_cards(drafts, documents, said)
    drafts = [draft for draft in drafts if draft.name]
    loose, strangers = _attach(drafts, documents, said)
    joined = attach_backs(drafts, [item for item in loose if is_back(item)])
    attach_nameless(drafts, [item for item in loose if not is_back(item)])
    for draft in drafts:
        _infer(draft)
    return _linked(
        drafts, [joined.get(item.id, item) for item in documents if item.id not in joined.gone], strangers
    )


def _declared(application: Application | None) -> list[Draft]:
    """Those declared: the one called borrower, else the first, is the main borrower; there is one alone."""
    applicants = application.applicants if application is not None else ()
    main = next((i for i, applicant in enumerate(applicants) if applicant.role == "borrower"), 0)
    drafts = []
    for index, applicant in enumerate(applicants):
        draft = Draft(
            name=applicant.name,
            numbers=[applicant.id_number] if applicant.id_number else [],
            role="borrower" if index == main else applicant.role,
            marital_status=applicant.marital_status,
            employment=applicant.employment,
            applicant=applicant,
        )
        if draft.role is None or (index != main and draft.role == "borrower"):
            draft.role = None
            draft.infer("role", "co_borrower")
        drafts.append(draft)
    return drafts


def _learn_cards(
    drafts: list[Draft], documents: Sequence[Document], said: Mapping[str, list[Mention]]
) -> None:
    """Adds what the cards say to those whom they belong to: a name that was not declared, another number."""
    for document in documents:
        for mention in said[document.id] if document.type == "id_card" else ():
            draft = find(drafts, mention)
            if draft is None:
                continue
            if draft.name is None and mention.said_name:
                draft.infer("name", mention.said_name)
            if mention.said_number and mention.said_number not in draft.numbers:
                draft.numbers.append(mention.said_number)


def _marry(drafts: list[Draft], documents: Sequence[Document], said: Mapping[str, list[Mention]]) -> None:
    """Joins the couples that marriage certificates name; an applicant's undeclared spouse becomes a person of the case."""
    for document in documents:
        pair = said[document.id] if document.type == COUPLE else []
        if len(pair) != 2:
            continue
        first, second = find(drafts, pair[0]), find(drafts, pair[1])
        if first is None and second is None:
            continue
        if first is None or second is None:
            known, other = (first, pair[1]) if first is not None else (second, pair[0])
            assert known is not None
            newcomer = _newcomer(drafts, known, other)
            if newcomer is None:
                continue
            first, second = known, newcomer
        if first is not second:
            first.spouse, second.spouse = second, first


def _newcomer(drafts: list[Draft], known: Draft, mention: Mention) -> Draft | None:
    """The spouse whom only the certificate names, unless another one is declared."""
    declared = any(draft.role == "spouse" and draft.applicant is not None for draft in drafts)
    if mention.said_name is None or known.spouse is not None or (declared and known.role == "borrower"):
        return None
    draft = Draft(mention.said_name, [mention.said_number] if mention.said_number else [])
    if known.marital_status in (None, "married") and known.role in ("borrower", "co_borrower"):
        draft.infer("role", "spouse")
    drafts.append(draft)
    return draft


def _gathered(
    documents: Sequence[Document], said: Mapping[str, list[Mention]], nameless: Draft | None
) -> list[Draft]:
    """The persons of a case that declares none: the holder of most papers borrows, a spouse is known by the
    certificate, others with a card are household; `nameless` is what was declared of a borrower without a name."""
    drafts: list[Draft] = []
    weight: dict[int, int] = {}
    for document in sorted(documents, key=lambda item: item.type != "id_card"):
        for index, mention in enumerate(said[document.id]):
            draft = find(drafts, mention)
            if draft is None and mention.said_name is not None:
                draft = Draft(mention.said_name)
                drafts.append(draft)
            if draft is None:
                continue
            if mention.said_number and (document.type == "id_card" or not draft.numbers):
                draft.numbers.append(mention.said_number)
            draft.papers.append(document)
            if index == 0:
                weight[id(draft)] = weight.get(id(draft), 0) + WEIGHTS.get(document.type, 1)
    _marry(drafts, documents, said)
    if not drafts:
        return []
    borrower = max(drafts, key=lambda draft: weight.get(id(draft), 0))
    borrower.infer("role", "borrower")
    borrower.inferred.append("name")
    if nameless is not None:
        borrower.applicant = nameless.applicant
        borrower.marital_status, borrower.employment = nameless.marital_status, nameless.employment
    if borrower.spouse is not None and borrower.marital_status in (None, "married"):
        borrower.spouse.infer("role", "spouse")
    kept = [
        draft
        for draft in drafts
        if draft.role is not None or any(paper.type == "id_card" for paper in draft.papers)
    ]
    for draft in kept:
        draft.papers = []
    return sorted(kept, key=lambda draft: ("borrower", "spouse", None).index(draft.role))


def _attach(
    drafts: Sequence[Draft], documents: Sequence[Document], said: Mapping[str, list[Mention]]
) -> tuple[list[Document], list[Document]]:
    """Gives each paper to the persons it names; answers with those that name nobody, and those of strangers."""
    loose: list[Document] = []
    strangers: list[Document] = []
    for document in documents:
        if not said[document.id]:
            loose.append(document)
            continue
        found = False
        for mention in said[document.id]:
            draft = find(drafts, mention)
            if draft is not None:
                found = True
                draft.mentions.append(mention)
                if not any(paper is document for paper in draft.papers):
                    draft.papers.append(document)
        if not found:
            (loose if _masked_to_many(drafts, said[document.id]) else strangers).append(document)
    return loose, strangers


def _masked_to_many(drafts: Sequence[Draft], mentions: Sequence[Mention]) -> bool:
    """Whether a masked name could be several of the case: then it is nobody's, but no stranger's."""
    return any(
        mention.said_name is not None
        and sum(bool(draft.name) and same_name(str(draft.name), mention.said_name) for draft in drafts) > 1
        for mention in mentions
    )


# ---------------------------------------------------------------- what follows


def has_payroll(document: Document) -> bool:
    """Whether a statement holds a credit that names itself as pay: enough to take its holder for an employee."""
    for row in document.tables.get("transactions", ()):
        text = "".join(str(row[key].value) for key in ("summary", "remark") if key in row)
        amount = row.get("amount")
        paid_in = amount is not None and not str(amount.value).startswith("-")
        if paid_in and (SALARY.search(text) or PAID_FOR.search(text)) and not NEVER.search(text):
            return True
    return False


def _infer(draft: Draft) -> None:
    """Marital status from the certificates, employment from an employer's papers, a number from the card."""
    if draft.spouse is not None or any(paper.type == COUPLE for paper in draft.papers):
        draft.infer("marital_status", "married")
    if draft.role is not None and any(
        paper.type in EMPLOYERS_PAPERS or (paper.type == "bank_statement" and has_payroll(paper))
        for paper in draft.papers
    ):
        draft.infer("employment", "salaried")
    declared = draft.applicant.id_number if draft.applicant is not None else None
    if declared is None and draft.numbers:
        draft.inferred.append("id_number")


def _linked(drafts: Sequence[Draft], documents: Sequence[Document], strangers: Sequence[Document]) -> Linked:
    holders: dict[str, list[str]] = {document.id: [] for document in documents}
    for draft in drafts:
        for paper in draft.papers:
            holders[paper.id].append(str(draft.name))
    for document in documents:
        holder = document.text("holder")
        if holder is not None:
            holders[document.id].sort(key=lambda name: not same_name(name, holder))
    people = tuple(
        Person(
            name=str(draft.name),
            id_number=draft.numbers[0] if draft.numbers else None,
            role=draft.role,
            marital_status=draft.marital_status,
            employment=draft.employment,
            inferred=tuple(dict.fromkeys(draft.inferred)),
        )
        for draft in drafts
    )
    outside = {document.id for document in strangers}
    values: dict[str, Any] = {
        document.id: replace(document, person=next(iter(holders[document.id]), None))
        for document in documents
    }
    return Linked(
        people=people,
        documents=tuple(values[document.id] for document in documents if document.id not in outside),
        strangers=tuple(values[document.id] for document in documents if document.id in outside),
        holders={key: tuple(names) for key, names in holders.items()},
        couples={str(d.name): str(d.spouse.name) for d in drafts if d.spouse is not None and d.spouse.name},
        mentions={
            str(draft.name): tuple(replace(m, document=values[m.document.id]) for m in draft.mentions)
            for draft in drafts
        },
        declared={str(draft.name): draft.applicant for draft in drafts if draft.applicant is not None},
    )
