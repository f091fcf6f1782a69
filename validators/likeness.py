"""When two names, two numbers, a paper and a person are taken for the same (findings.md, rule 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.model import READ, SURE, Document, Field
from pipeline.text import name_key, same_name, same_number
from validators.case import Mention

if TYPE_CHECKING:
    from pipeline.application import Applicant

NAMED_BY: Mapping[str, tuple[str, str]] = {
    "id_card": ("name", "id_number"),
    "income_certificate": ("name", "id_number"),
    "pay_stub": ("name", "id_number"),
    "bank_statement": ("account_holder", "id_number"),
}
"""The fields in which a paper names its person and the person's number."""
MAY_BE_NAMELESS = frozenset({"pay_stub"})
"""Papers that may print no name at all: slips of payroll apps."""
COUPLE = "marriage_certificate"
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
