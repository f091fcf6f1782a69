"""Which papers a case needs and which of them it has, by the rows of `checklist.toml` (docs/findings.md, rules 9, 10, 16)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import UsageError
from pipeline.model import Document
from pipeline.result import Person
from validators.case import Case

DEFAULTS = Path(__file__).with_name("checklist.toml")
MARITAL = ("married", "divorced", "single", "widowed")
EMPLOYMENT = ("salaried", "self_employed", "company_owner", "freelance", "retired")
OF_THE_CASE = ("household", "purchase", "second_hand")
WHO = ("applicant", "spouse", *MARITAL, "unmarked", *EMPLOYMENT, "unoccupied", *OF_THE_CASE, "loan")
MATERIALS = (
    "id_card", "household_register", "marriage_certificate", "divorce_certificate", "single_declaration",
    "income_certificate", "pay_stub", "tax_record", "social_insurance_record", "housing_fund_record",
    "bank_statement", "business_license", "financial_statement", "purchase_contract", "down_payment_receipt",
    "transfer_voucher", "property_certificate", "property_search", "credit_report", "passport", "residence_permit",
)  # fmt: skip
"""Every document type that a row may ask for, read by now or not."""
_TYPES: dict[str, type] = {"fresh": int, "months": int, "ends_within": int, "on": bool}
_TYPE_NAMES = {int: "whole number above 0", bool: "true or false"}
BORROWERS = ("borrower", "co_borrower")

Presence = Literal["present", "unreadable", "wrong_person", "export", "absent", "switched_off"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the checklist: whom it asks, for which of `materials` (one is enough), how fresh and how long."""

    who: str
    materials: tuple[str, ...]
    required: bool
    fresh: int | None = None
    months: int | None = None
    ends_within: int | None = None
    on: bool = True


@dataclass(frozen=True, slots=True)
class Checklist:
    """The rows in their order."""

    rows: tuple[Row, ...]

    @classmethod
    def load(cls, path: Path | None = None) -> Checklist:
        """The default rows, or those of a bank's own file; UsageError names the file and what is wrong in it."""
        path = path or DEFAULTS
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise UsageError(
                f"{path}: cannot be read ({error.strerror})", "Name a file that is there."
            ) from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{path}: {error}", "The checklist is a TOML file in UTF-8.") from error
        rows = data.get("row")
        if (
            set(data) != {"row"}
            or not isinstance(rows, list)
            or not all(isinstance(row, dict) for row in rows)
        ):
            raise UsageError(f"{path}: rows are wanted, and nothing else", "Write each row under [[row]].")
        return cls(tuple(_row(path, entry) for entry in rows))

    def switched_off(self) -> tuple[str, ...]:
        """The materials that no row asks for because the program cannot read them yet."""
        on = {material for row in self.rows if row.on for material in row.materials}
        off = {material for row in self.rows if not row.on for material in row.materials}
        return tuple(sorted(off - on))

    def fresh_days(self, material: str) -> int | None:
        """How many days old a material may be; None where it does not age."""
        return next((row.fresh for row in self.rows if material in row.materials and row.fresh), None)

    def row_for(self, person: Person, material: str) -> Row | None:
        """The row by which a person's employment asks for a material (the months of statements stand there)."""
        return next(
            (row for row in self.rows if row.who == person.employment and material in row.materials), None
        )


def _row(path: Path, entry: dict[str, Any]) -> Row:
    known = {"who", "material", "any_of", "need", "fresh", "months", "ends_within", "on"}
    wrong = sorted(set(entry) - known)
    if wrong:
        raise UsageError(f"{path}: a row has the unknown key {wrong[0]!r}")
    if entry.get("who") not in WHO:
        raise UsageError(f"{path}: who = {entry.get('who')!r} is none of {', '.join(WHO)}")
    if entry.get("need") not in ("required", "asked"):
        raise UsageError(f"{path}: need = {entry.get('need')!r} is neither required nor asked")
    materials = tuple(entry.get("any_of", ())) or ((entry["material"],) if "material" in entry else ())
    if not materials:
        raise UsageError(f"{path}: a row for {entry['who']} names no material")
    strange = [name for name in materials if not isinstance(name, str) or name not in MATERIALS]
    if strange:
        raise UsageError(f"{path}: {strange[0]!r} is no material", f"Known are: {', '.join(MATERIALS)}.")
    for key, wanted in _TYPES.items():
        if key in entry and (type(entry[key]) is not wanted or (wanted is int and entry[key] < 1)):
            raise UsageError(f"{path}: {key} = {entry[key]!r} is no {_TYPE_NAMES[wanted]}")
    return Row(
        entry["who"],
        materials,
        entry["need"] == "required",
        entry.get("fresh"),
        entry.get("months"),
        entry.get("ends_within"),
        entry.get("on", True),
    )


# ---------------------------------------------------------------- whom a row asks


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row asked of one person (None: of the case): what of it is there. `documents` are those that stand for it:
    the person's own, those without a legible name, a stranger's, or the exports, by `presence`."""

    person: Person | None
    row: Row
    presence: Presence = "absent"
    documents: tuple[Document, ...] = ()
    unknown_spouse: bool = False


@dataclass
class Review:
    """The whole checklist held against a case. Papers without a legible name and papers of strangers stand in for the
    first place of their type that is empty."""

    case: Case
    checklist: Checklist
    _nobodys: list[Document] = field(init=False)
    _strangers: list[Document] = field(init=False)

    def __post_init__(self) -> None:
        self._nobodys = [document for document in self.case.documents if not self.case.whose(document)]
        self._strangers = list(self.case.strangers)

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        """Every row that asks for something in this case, in the order of the rows and of the people."""
        return tuple(
            self._found(row, person, unknown_spouse)
            for row in self.checklist.rows
            for person, unknown_spouse in asked(row.who, self.case)
        )

    @property
    def left_over(self) -> tuple[Document, ...]:
        """The papers of strangers that stand in no empty place."""
        used = {document.id for want in self.wanted for document in want.documents}
        return tuple(document for document in self._strangers if document.id not in used)

    def _found(self, row: Row, person: Person | None, unknown_spouse: bool) -> Wanted:
        if not row.on:
            return Wanted(person, row, "switched_off")
        if unknown_spouse:
            likely = self._likely_spouses(row)
            return Wanted(person, row, "present" if likely else "absent", tuple(likely), True)
        case = self.case
        names = {person.name} if person is not None else set()
        own = [
            document
            for document in case.documents
            if document.type in row.materials and names & set(case.whose(document))
        ]
        exports = [document for document in own if document.notes.get("export")]
        for presence, documents in (
            ("present", [document for document in own if document not in exports]),
            ("unreadable", self._next(self._nobodys, row)),
            ("export", exports),
            ("wrong_person", self._next(self._strangers, row)),
        ):
            if documents:
                if presence == "unreadable":
                    self._nobodys.remove(documents[0])
                elif presence == "wrong_person":
                    self._strangers = [item for item in self._strangers if item is not documents[0]]
                return Wanted(person, row, presence, tuple(documents))  # type: ignore[arg-type]  # a Presence
        return Wanted(person, row)

    def _likely_spouses(self, row: Row) -> list[Document]:
        """The papers that may be those of a spouse whom nothing names: of another adult, of nobody, of a stranger."""
        known = {person.name for person in self.case.applicants}
        others = [document for document in self.case.documents if not known & set(self.case.whose(document))]
        return self._next([*others, *self._strangers], row)

    @staticmethod
    def _next(pool: list[Document], row: Row) -> list[Document]:
        return [document for document in pool if document.type in row.materials][:1]


def asked(who: str, case: Case) -> Iterator[tuple[Person | None, bool]]:
    """Whom a row asks: persons, or None for the case; True where it asks for the papers of a spouse not known by name.

    A case in which no paper names anybody is asked as if it had one borrower of whom nothing is known."""
    if who in OF_THE_CASE:
        if who != "second_hand" or _kind(case) == "second_hand":
            yield None, False
        return
    if case.borrower is None:
        if who in ("applicant", "unmarked", "unoccupied"):
            yield None, False
        return
    for person in case.applicants:
        if who == "spouse":
            if (
                person.marital_status == "married"
                and person.role in BORROWERS
                and _lacks_spouse(case, person)
            ):
                yield person, True
        elif _asks(who, person, case):
            yield person, False


def _asks(who: str, person: Person, case: Case) -> bool:
    if who == "applicant":
        return True
    if who == "loan":
        return person.role in BORROWERS
    if who in MARITAL or who == "unmarked":
        status = person.marital_status or "unmarked"
        return person.role in BORROWERS and status == who and not _second_of_couple(case, person)
    return case.earns(person) and (person.employment or "unoccupied") == who


def _second_of_couple(case: Case, person: Person) -> bool:
    """Whether the same marriage is asked of another one already: of the spouse, or of the borrower who is most likely it."""
    borrowers = [other for other in case.applicants if other.role in BORROWERS]
    before = borrowers[: borrowers.index(person)]
    spouse = case.spouse_of(person)
    if spouse is not None:
        return spouse in before
    return any(
        other.marital_status == person.marital_status == "married" and _lacks_spouse(case, other, alone=True)
        for other in before
    )


def _lacks_spouse(case: Case, person: Person, alone: bool = False) -> bool:
    """Whether nobody in the case is or may be this person's spouse; `alone` looks at known couples and spouses only."""
    if case.spouse_of(person) is not None:
        return False
    free = [other for other in case.applicants if other is not person and case.spouse_of(other) is None]
    if person.role == "borrower" and any(other.role == "spouse" for other in free):
        return False
    if alone:
        return True
    return not any(other.role in BORROWERS and other.marital_status == "married" for other in free)


def _kind(case: Case) -> str | None:
    return getattr(getattr(case.application, "property", None), "kind", None)
