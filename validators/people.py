"""Who is in the case: papers are linked to persons by number, then by name (findings.md, rules 4, 9 and 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

from pipeline.model import READ, SURE, Document, Field
from pipeline.result import Person
from pipeline.text import as_date, company_key, name_key, same_name, same_number
from validators.case import Mention
from validators.salary import NEVER, PAID_FOR, SALARY
from validators.term import term_fits

if TYPE_CHECKING:
    from pipeline.application import Applicant, Application

NAMED_BY: Mapping[str, tuple[str, str]] = {
    "id_card": ("name", "id_number"),
    "income_certificate": ("name", "id_number"),
    "pay_stub": ("name", "id_number"),
    "bank_statement": ("account_holder", "id_number"),
}
"""The fields in which a paper names its person and the person's number."""
COUPLE = "marriage_certificate"
WEIGHTS: Mapping[str, int] = {
    "income_certificate": 3,
    "pay_stub": 2,
    "bank_statement": 2,
    "id_card": 2,
    COUPLE: 1,
}
"""How much a paper counts for its holder as the borrower, where none is declared."""
EMPLOYERS_PAPERS = ("income_certificate", "pay_stub")
MIN_VISIBLE = 8
"""A masked number links a paper by itself only with so many digits unmasked."""


@dataclass(slots=True)
class Draft:
    """A person in the making: the names and numbers that papers of weight (application, cards, certificates) give."""

    name: str | None
    numbers: list[str] = field(default_factory=list)
    role: str | None = None
    marital_status: str | None = None
    employment: str | None = None
    applicant: Applicant | None = None
    inferred: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    papers: list[Document] = field(default_factory=list)
    spouse: Draft | None = None

    def infer(self, key: str, value: str) -> None:
        """Sets what the papers say where the application says nothing."""
        if getattr(self, key) is None:
            setattr(self, key, value)
            self.inferred.append(key)


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


# ---------------------------------------------------------------- likeness


def number_kind(number: str) -> str:
    """`resident` for 15 or 18 digits, masked or not; else `other`. Only numbers of one kind are compared."""
    body = number.replace("*", "0")
    ends_well = body[:-1].isdigit() and (body[-1].isdigit() or body[-1] == "X")
    return "resident" if ends_well and (len(body) in (15, 18) or "*" in number) else "other"


def numbers_agree(a: str, b: str) -> bool | None:
    """Whether two numbers are the same on their unmasked digits; None where they are of different kinds."""
    return same_number(a, b) if number_kind(a) == number_kind(b) else None


def telling(number: str) -> bool:
    """Whether enough of a number is unmasked to link a paper by it alone."""
    return sum(char.isdigit() for char in number) >= MIN_VISIBLE


def nearly(a: str, b: str, apart: int = 1) -> bool:
    """Whether two texts of one length differ in at most `apart` characters: what a doubtful reading may come to."""
    return len(a) == len(b) and len(a) > apart and sum(x != y for x, y in zip(a, b, strict=True)) <= apart


def mentions_of(document: Document) -> list[Mention]:
    """The persons that a paper names, its holder first; none where no name and no number is legible."""
    if document.type == COUPLE:
        rows = document.tables.get("persons", ())
        found = [
            Mention(document, row.get("name"), row.get("id_number"), row.get("birth_date"), index)
            for index, row in enumerate(rows)
            if row.get("name") or row.get("id_number")
        ]
        holder = document.text("holder")
        if holder is not None:
            if not found:
                return [Mention(document, document.fields["holder"], keys=("holder", "id_number"))]
            found.sort(
                key=lambda mention: mention.said_name is None or not same_name(mention.said_name, holder)
            )
        return found
    keys = NAMED_BY.get(document.type)
    if keys is None:
        return []
    name = document.fields.get(keys[0])
    number = document.fields.get(keys[1])
    birth = document.fields.get("birth_date")
    return [Mention(document, name, number, birth, keys=keys)] if name or number else []


def find(drafts: Sequence[Draft], mention: Mention) -> Draft | None:
    """The person whom a paper names: by number, else by name, else by a doubtful reading that is nearly one of them."""
    number, name = mention.said_number, mention.said_name
    if number is not None and telling(number):
        same = [draft for draft in drafts if any(numbers_agree(number, known) for known in draft.numbers)]
        if len(same) > 1 and name is not None:
            same = [draft for draft in same if draft.name and same_name(draft.name, name)]
        if len(same) == 1:
            return same[0]
    if name is not None:
        exact = [draft for draft in drafts if draft.name and name_key(draft.name) == name_key(name)]
        alike = exact or [draft for draft in drafts if draft.name and same_name(draft.name, name)]
        if len(alike) == 1:
            return alike[0]
    return _doubtful(drafts, mention)


def _doubtful(drafts: Sequence[Draft], mention: Mention) -> Draft | None:
    def near(found: Field | None, known: Iterable[str | None], apart: int) -> bool:
        return (
            found is not None
            and READ <= found.confidence < SURE
            and any(text is not None and nearly(str(found.value), text, apart) for text in known)
        )

    close = [
        draft
        for draft in drafts
        if near(mention.name, [draft.name], 1) or near(mention.number, draft.numbers, 2)
    ]
    return close[0] if len(close) == 1 else None


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
    joined = _attach_backs(drafts, [item for item in loose if _is_back(item)])
    _attach_nameless(drafts, [item for item in loose if not _is_back(item)])
    for draft in drafts:
        _infer(draft)
    return _linked(
        drafts, [joined.get(item.id, item) for item in documents if item.id not in joined.gone], strangers
    )


def _declared(application: Application | None) -> list[Draft]:
    drafts = []
    for index, applicant in enumerate(application.applicants if application is not None else ()):
        draft = Draft(
            name=applicant.name,
            numbers=[applicant.id_number] if applicant.id_number else [],
            role="borrower" if index == 0 else applicant.role,
            marital_status=applicant.marital_status,
            employment=applicant.employment,
            applicant=applicant,
        )
        if draft.role is None or (index and draft.role == "borrower"):
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


# ---------------------------------------------------------------- papers without a name


def _is_back(document: Document) -> bool:
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


def _attach_backs(drafts: Sequence[Draft], backs: Sequence[Document]) -> Joined:
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


def _attach_nameless(drafts: Sequence[Draft], loose: Sequence[Document]) -> None:
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
