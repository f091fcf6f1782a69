"""A case as the rules see it: its papers by type and by person, the day it is judged on, the days on which that changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from pipeline.material import Material
from pipeline.model import Document, Field, File
from pipeline.record import Record
from pipeline.result import Person

if TYPE_CHECKING:
    from pipeline.application import Applicant, Application

R = TypeVar("R", bound=Record)

INCOME_MATERIALS = (
    "income_certificate",
    "pay_stub",
    "bank_statement",
    "tax_record",
    "social_insurance_record",
    "housing_fund_record",
    "business_license",
    "financial_statement",
)
"""The papers of income (findings.md, rule 10)."""


def later(day: date, days: int) -> date:
    """The day so many days later, or earlier for a negative count; at the ends of the calendar its first or last day."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


@dataclass(frozen=True, slots=True)
class Mention:
    """A paper names a person: the two fields that tell who it is, and the birth date printed beside them.

    `row` is the row of the document's `persons` where it names several, `keys` the names of the two fields."""

    document: Document
    name: Field | None = None
    number: Field | None = None
    birth: Field | None = None
    row: int | None = None
    keys: tuple[str, str] = ("name", "id_number")

    @property
    def said_name(self) -> str | None:
        return str(self.name.value) if self.name is not None else None

    @property
    def said_number(self) -> str | None:
        return str(self.number.value) if self.number is not None else None


@dataclass
class Case:
    """The papers in force (`documents`), those that better ones replaced (`replaced`) and those of strangers (`strangers`).

    `holders` says by document id whom a paper concerns (both spouses for a marriage certificate), `couples` who is married
    to whom by name, `mentions` where the papers name a person, `declared` the applicant of application.yaml by name."""

    as_of: date
    people: tuple[Person, ...] = ()
    documents: tuple[Document, ...] = ()
    replaced: tuple[Document, ...] = ()
    strangers: tuple[Document, ...] = ()
    holders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    couples: Mapping[str, str] = field(default_factory=dict)
    mentions: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)
    declared: Mapping[str, Applicant] = field(default_factory=dict)
    application: Application | None = None
    as_of_is_submission: bool = False
    files: tuple[File, ...] = ()
    materials: Mapping[str, Material] = field(default_factory=dict)
    _turns: set[date] = field(default_factory=set, repr=False)
    _views: dict[tuple[str, str], Record] = field(default_factory=dict, repr=False)

    # ---------------------------------------------------------------- people

    @property
    def applicants(self) -> tuple[Person, ...]:
        """Those with a role: borrower, co-borrowers, spouse, guarantors. Others of the household have none."""
        return tuple(person for person in self.people if person.role is not None)

    @property
    def borrower(self) -> Person | None:
        """The main borrower, or None where no paper names anybody."""
        return next((person for person in self.people if person.role == "borrower"), None)

    def named(self, name: str | None) -> Person | None:
        """The person of that name."""
        return next((person for person in self.people if person.name == name), None)

    def spouse_of(self, person: Person) -> Person | None:
        """The husband or wife, where the case knows one."""
        return self.named(self.couples.get(person.name))

    def earns(self, person: Person) -> bool:
        """Whether the income rows of the checklist are asked of this person (findings.md, rule 10)."""
        if person.role == "borrower":
            return True
        if person.role not in ("co_borrower", "spouse"):
            return False
        declared = self.declared.get(person.name)
        if declared is not None and declared.monthly_income is not None:
            return True
        return any(
            document.type in INCOME_MATERIALS and person.name in self.whose(document)
            for document in self.documents
        )

    def concerns(self, material: str, person: Person) -> bool:
        """Whether the lack of a material says anything about this person: papers of income are those of earners, a
        marriage certificate is no matter of the unmarried."""
        if material == "marriage_certificate":
            return person.marital_status in (None, "married")
        return material not in INCOME_MATERIALS or self.earns(person)

    # ---------------------------------------------------------------- papers

    def whose(self, document: Document) -> tuple[str, ...]:
        """The names of those a paper concerns; none where it could not be linked to anybody."""
        known = self.holders.get(document.id)
        if known is not None:
            return known
        return (document.person,) if document.person else ()

    def view(self, kind: type[R], document: Document) -> R:
        """The document seen through its record; one view for each document, so that its rows are made once."""
        key = (document.type, document.id)
        found = self._views.get(key) if document.id else None
        if found is None or found.document is not document:
            found = kind(document)
            if document.id:
                self._views[key] = found
        return found  # type: ignore[return-value]  # views are kept by type

    def records(self, kind: type[R], person: Person | None = None) -> list[R]:
        """The papers in force of one type, in the order of the case; of one person where one is given."""
        return self.records_among(self.documents, kind, person)

    def records_among(
        self, documents: Iterable[Document], kind: type[R], person: Person | None = None
    ) -> list[R]:
        """As `records`, among the documents given."""
        return [
            self.view(kind, document)
            for document in documents
            if document.type == kind.TYPE and (person is None or person.name in self.whose(document))
        ]

    def by_id(self, document_id: str | None) -> Document | None:
        """The document with that id, in force or replaced."""
        every: Sequence[Document] = (*self.documents, *self.replaced)
        return next((document for document in every if document_id and document.id == document_id), None)

    def required(self, document: Document, name: str) -> bool:
        """Whether the material declares the field, or the table that the column stands in, as required."""
        material = self.materials.get(document.type)
        if material is None:
            return False
        tables = {table for table, columns in material.tables.items() if name in columns}
        return name in material.required or bool(tables & set(material.required))

    def table_of(self, document: Document | None) -> str:
        """The name of the table that a row of the document stands in; "" where its material has none."""
        material = self.materials.get(document.type) if document is not None else None
        return next(iter(material.tables), "") if material is not None else ""

    # ---------------------------------------------------------------- days

    def days_since(self, day: date) -> int:
        """Whole days from `day` to `as_of`; negative for a day to come."""
        return (self.as_of - day).days

    def older_than(self, day: date, limit: int) -> bool:
        """Whether `day` lies more than `limit` days before `as_of`; the day on which that turns true is kept."""
        self.turns_on(later(day, limit + 1))
        return self.days_since(day) > limit

    def turns_on(self, day: date) -> None:
        """Keeps a day from which on a rule would answer otherwise."""
        if day > self.as_of:
            self._turns.add(day)

    @property
    def settled_until(self) -> date | None:
        """The first day on which the same papers could be judged otherwise; None where `as_of` is the declared day."""
        if self.as_of_is_submission:
            return None
        return min(self._turns, default=None)
