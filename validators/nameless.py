"""Whose a paper is that names nobody: backs of cards, slips and statements without a legible name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations

from pipeline.model import Document
from pipeline.text import as_date, company_key, same_number
from validators.likeness import COUPLE, Draft
from validators.term import term_fits


def is_back(document: Document) -> bool:
    sides = document.fields.get("sides")
    return document.type == "id_card" and sides is not None and tuple(sides.value) == ("back",)


def _sides(draft: Draft) -> set[str]:
    return {
        side
        for paper in draft.papers
        if paper.type == "id_card" and (sides := paper.fields.get("sides")) is not None
        for side in sides.value
    }


def _fits(draft: Draft, back: Document) -> bool:
    """Whether the term on a back is one that this person's front could have."""
    births = [
        mention.birth for mention in draft.mentions if mention.document.type == "id_card" and mention.birth
    ]
    issued = as_date(back.text("valid_from"))
    until = back.text("valid_until")
    if not births or issued is None or until is None:
        return False
    birth, end = as_date(str(births[0].value)), as_date(until)
    return birth is not None and (end is not None or until == "long_term") and term_fits(birth, issued, end)


class Joined(dict[str, Document]):
    """Documents that took in another one, by id; `gone` are the ids of those taken in."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()


def attach_backs(drafts: Sequence[Draft], backs: Sequence[Document]) -> Joined:
    """Gives backs of cards that lie apart to those whose card lacks one: as the terms fit best, else in their order.
    Front and back of one person become one document."""
    joined = Joined()
    wanting = [draft for draft in drafts if "back" not in _sides(draft)]
    wanting.sort(key=lambda draft: ("front" not in _sides(draft), draft.role is None))
    wanting = wanting[: max(len(backs), 1)]
    if not backs or not wanting:
        return joined
    count = min(len(backs), len(wanting), 6)
    best = max(
        permutations(backs[:6], count),
        key=lambda chosen: sum(_fits(draft, back) for draft, back in zip(wanting, chosen, strict=False)),
    )
    for draft, back in zip(wanting, best, strict=False):
        front = next((paper for paper in draft.papers if paper.type == "id_card"), None)
        if front is None:
            draft.papers.append(back)
            continue
        joined[front.id] = _both_sides(front, back)
        joined.gone.add(back.id)
        draft.papers = [joined[front.id] if paper is front else paper for paper in draft.papers]
    return joined


def _both_sides(front: Document, back: Document) -> Document:
    """The front with the fields and pages of the back; `bound` notes whether a file binds them."""
    sides = front.fields["sides"] if "sides" in front.fields else back.fields["sides"]
    bound = bool({file for file, _ in front.pages} & {file for file, _ in back.pages})
    return replace(
        front,
        pages=front.pages + tuple(page for page in back.pages if page not in front.pages),
        confidence=min(front.confidence, back.confidence),
        fields={**back.fields, **front.fields, "sides": replace(sides, value=("front", "back"))},
        unread=front.unread + back.unread,
        notes={**back.notes, **front.notes, "bound": bound},
    )


def attach_nameless(drafts: Sequence[Draft], loose: Sequence[Document]) -> None:
    """Gives a paper without a legible name to the one person whose it can be; else it stays nobody's."""
    earners = [draft for draft in drafts if draft.role in ("borrower", "co_borrower")]
    for document in loose:
        if document.type == COUPLE:
            borrower = next((draft for draft in drafts if draft.role == "borrower"), None)
            owners = [
                draft for draft in (borrower, borrower.spouse if borrower else None) if draft is not None
            ]
        elif document.type == "id_card":
            owners = [draft for draft in drafts if draft.role and "front" not in _sides(draft)]
            owners = owners if len(owners) == 1 else []
        else:
            owners = _same_account(drafts, document) or _same_employer(drafts, document)
            owners = owners or (earners if len(earners) == 1 else [])
        for draft in owners:
            draft.papers.append(document)


def _same_employer(drafts: Sequence[Draft], document: Document) -> list[Draft]:
    """The one person whose other papers name the employer of this one, on a statement the payer of a credit."""
    payers = (row.get("counterparty") for row in document.tables.get("transactions", ()))
    named = {company_key(str(payer.value)) for payer in payers if payer is not None}
    employer = document.text("employer")
    if employer is not None:
        named.add(company_key(employer))
    return _only(
        drafts,
        lambda paper: (theirs := paper.text("employer")) is not None and company_key(theirs) in named,
    )


def _same_account(drafts: Sequence[Draft], document: Document) -> list[Draft]:
    """The one person whose payslips name the account of this statement, or whose statement that of these payslips."""
    account = document.text("account_number") or document.text("bank_account")
    if account is None:
        return []
    return _only(
        drafts,
        lambda paper: any(
            (theirs := paper.text(name)) is not None and same_number(theirs, account)
            for name in ("account_number", "bank_account")
        ),
    )


def _only(drafts: Sequence[Draft], test: Callable[[Document], bool]) -> list[Draft]:
    found = [draft for draft in drafts if any(test(paper) for paper in draft.papers)]
    return found if len(found) == 1 else []
