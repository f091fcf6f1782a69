"""The card against itself, and every paper's name, number and birth date against the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stdnum import numdb
from stdnum.cn import ric

from extractors.id_card import IdCard
from pipeline.application import NAME_OF_FILE
from pipeline.model import SURE, Document, Evidence, Field, Finding, Severity, of
from pipeline.record import Unsure, need
from pipeline.result import Person
from pipeline.text import as_date, name_key, same_name
from validators.case import Case, Mention
from validators.likeness import MAY_BE_NAMELESS, NAMED_BY, numbers_agree
from validators.rule import finding, rule
from validators.term import FIRST_ISSUE, age_on, term_fits, terms_for, years_later

PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83))
)  # fmt: skip
"""The provinces of GB/T 2260 and of the residence permits for Hong Kong, Macau and Taiwan."""


def front(card: IdCard) -> None:
    """Raises Unsure where the side with the number is not there at all: SIDE_MISSING says so."""
    if card.sides and "front" not in need(card.sides):
        raise Unsure("missing", "id_card.front")


def back(card: IdCard) -> None:
    """Raises Unsure where the side with the term is not there at all."""
    if card.sides and "back" not in need(card.sides):
        raise Unsure("missing", "id_card.back")


def resident_number(card: IdCard) -> str:
    """The card's unmasked number of 18 characters; other forms are not applicable, an unread one is unsure."""
    front(card)
    number = need(card.id_number)
    if len(number) != 18 or not number[:17].isdigit() or number[17] not in "0123456789X":
        raise Unsure("not_applicable", "id_card.id_number")
    return number


def birth_in(number: str) -> str | None:
    """The birth date in an unmasked resident number of 18 or 15 digits, YYYY-MM-DD."""
    digits = number[6:14] if len(number) == 18 else "19" + number[6:12] if len(number) == 15 else ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdigit() else None


# ---------------------------------------------------------------- the card against itself


@rule("ID_CHECKSUM", "high")
def id_checksum(card: IdCard) -> Iterator[Finding]:
    """ISO 7064 MOD 11-2 over the 18 characters (GB 11643)."""
    number = resident_number(card)
    expected = ric.calc_check_digit(number)
    if number[-1] != expected:
        yield finding(
            "ID_CHECKSUM", "high", card.id_number, field="id_number", expected=expected, found=number[-1]
        )


@rule("ID_BIRTH_DATE_MISMATCH", "high")
def id_birth_date(card: IdCard) -> Iterator[Finding]:
    """The birth date printed on the card against digits 7 to 14 of its number."""
    number = resident_number(card)
    if card.birth_date.field is None:
        need(card.birth_date)
    found, expected = str(card.birth_date.field.value), birth_in(number)  # type: ignore[union-attr]  # looked at above
    if found != expected:
        yield finding(
            "ID_BIRTH_DATE_MISMATCH",
            "high",
            card.id_number,
            card.birth_date,
            field="birth_date",
            expected=expected,
            found=found,
        )


@rule("ID_SEX_MISMATCH", "high")
def id_sex(card: IdCard) -> Iterator[Finding]:
    """The sex printed on the card against digit 17 of its number, odd for men."""
    expected = "M" if int(resident_number(card)[16]) % 2 else "F"
    found = need(card.sex)
    if found != expected:
        yield finding(
            "ID_SEX_MISMATCH", "high", card.id_number, card.sex, field="sex", expected=expected, found=found
        )


@rule("ID_REGION_UNKNOWN", "high")
def id_region(card: IdCard) -> Iterator[Finding]:
    """The first six digits are a code of GB/T 2260 that was once given out, revoked ones included."""
    number = resident_number(card)
    if number[0] == "9":
        raise Unsure("not_applicable", "id_card.id_number")
    if number[:2] not in PROVINCES:
        yield finding("ID_REGION_UNKNOWN", "high", card.id_number, field="id_number", found=number[:2])
    elif not any("county" in known for _, known in numdb.get("cn/loc").info(number[:6])):
        yield finding("ID_REGION_UNKNOWN", "low", card.id_number, field="id_number", found=number[:6])


@rule("ID_TERM_IMPLAUSIBLE", "high")
def id_term(case: Case, card: IdCard) -> Iterator[Finding]:
    """The term on the back against the age at issue."""
    back(card)
    number = resident_number(card)
    birth = as_date(birth_in(number))
    if birth is None:
        raise Unsure("not_applicable", "id_card.id_number")
    issued, until = need(card.valid_from), need(card.valid_until)
    end = as_date(until)
    if end is None and until != "long_term":
        raise Unsure("insufficient", "id_card.valid_until")
    fits = term_fits(birth, issued, end)
    if fits and issued >= FIRST_ISSUE:
        return
    if not fits and card.notes.get("bound") is False and _other_front_fits(case, card, issued, end):
        raise Unsure("insufficient", "id_card.back")
    years = next(iter(terms_for(birth, issued)), None)
    yield finding(
        "ID_TERM_IMPLAUSIBLE",
        "high",
        card.id_number,
        card.valid_from,
        card.valid_until,
        field="valid_until",
        expected="long_term" if years is None else years_later(issued, years),
        found=until,
        issued=issued,
        age=age_on(birth, issued),
    )


def _other_front_fits(case: Case, card: IdCard, issued: date, end: date | None) -> bool:
    births = (
        as_date(birth_in(other.id_number.value or ""))
        for other in case.records(IdCard)
        if other.document is not card.document
    )
    return any(birth is not None and term_fits(birth, issued, end) for birth in births)


# ---------------------------------------------------------------- papers against the reference


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a person's name or number, and where."""

    value: str
    evidence: Evidence
    document: Document | None = None


def _sources(case: Case, person: Person, what: str) -> list[Said]:
    """The cards first, then the application, then the other papers in force: the first is the reference (rule 1)."""
    in_force = {document.id for document in case.documents}
    papers = [mention for mention in case.mentions.get(person.name, ()) if mention.document.id in in_force]
    cards = [mention for mention in papers if mention.document.type == "id_card"]
    others = [mention for mention in papers if mention.document.type != "id_card"]
    cards.sort(key=lambda mention: -(found.confidence if (found := _field(mention, what)) else 0))
    said: list[Said | None] = [_said(mention, what) for mention in cards]
    said.append(_declared(case, person, what))
    rest = [item for mention in others if (item := _said(mention, what)) is not None]
    first = [item for item in said if item is not None]
    return [*first, *(rest if first else _majority_first(rest, what))]


def _field(mention: Mention, what: str) -> Field | None:
    return mention.name if what == "name" else mention.number


def _said(mention: Mention, what: str) -> Said | None:
    found = _field(mention, what)
    if found is None:
        return None
    label = mention.keys[what != "name"]
    document = mention.document
    return Said(str(found.value), of(document, label, found, mention.row), document)


def _declared(case: Case, person: Person, what: str) -> Said | None:
    applicant = case.declared.get(person.name)
    value = getattr(applicant, "name" if what == "name" else "id_number", None)
    return (
        Said(value, declared_evidence(case, person, "name" if what == "name" else "id_number", value))
        if value
        else None
    )


def declared_evidence(case: Case, person: Person, key: str, value: str) -> Evidence:
    """The place of an applicant's declared value in application.yaml."""
    applicants = case.application.applicants if case.application is not None else ()
    index = next((i for i, one in enumerate(applicants) if one is case.declared.get(person.name)), 0)
    return Evidence(file=NAME_OF_FILE, field=f"applicants[{index}].{key}", value=value)


def _majority_first(said: list[Said], what: str) -> list[Said]:
    same = same_name if what == "name" else (lambda a, b: numbers_agree(a, b) is not False)
    return sorted(said, key=lambda one: -sum(same(one.value, other.value) for other in said))


def against(
    code: str, severity: Severity, field: str, reference: Said, others: list[Said], rule: str | None = None
) -> Iterator[Finding]:
    """One finding for the sources that certainly deviate, and one, which the runner holds back, for the doubtful ones."""
    sure = [item for item in others if item.evidence.confidence >= SURE]
    for group in (sure, [item for item in others if item not in sure]):
        if group:
            found = list(dict.fromkeys(item.value for item in group))
            yield finding(
                code,
                severity,
                reference.evidence,
                *(item.evidence for item in group),
                field=field,
                expected=reference.value,
                found=found[0] if len(found) == 1 else found,
                rule=rule,
            )


def _wanting(case: Case, person: Person, what: str) -> None:
    """Raises Unsure for papers of the person whose material requires what they do not give."""
    lacking = [
        (mention.document, mention.keys[what != "name"])
        for mention in case.mentions.get(person.name, ())
        if mention.document.type in NAMED_BY
        and mention.document.type not in MAY_BE_NAMELESS
        and _field(mention, what) is None
        and case.required(mention.document, mention.keys[what != "name"])
        and any(document.id == mention.document.id for document in case.documents)
    ]
    if lacking:
        raise Unsure(
            "unreadable", *(f"{paper.type}.{name}" for paper, name in lacking), fields=tuple(lacking)
        )


def _compared(said: list[Said], what: str) -> Said:
    if len(said) < 2:
        raise Unsure("missing", what)
    return said[0]


@rule("NAME_MISMATCH", "high")
def name_mismatch(case: Case, person: Person) -> Iterator[Finding]:
    """Papers with the person's number and another name; a mask or a rare character is a note (rule 4)."""
    said = _sources(case, person, "name")
    reference = _compared(said, "name")
    variants: list[Said] = []
    others: list[Said] = []
    for item in said[1:]:
        if name_key(item.value) != name_key(reference.value):
            (variants if _is_variant(item.value, reference.value) else others).append(item)
    yield from against("NAME_MISMATCH", "high", "name", reference, others)
    yield from against("NAME_MISMATCH", "low", "name", reference, variants, rule="variant")
    _wanting(case, person, "name")


def _is_variant(a: str, b: str) -> bool:
    """Whether two names differ by a mask, a character that the bank cannot print, or the script alone."""
    if same_name(a, b):
        return True
    latin = [name_key(text).replace("·", "").isascii() for text in (a, b)]
    return latin[0] != latin[1]


@rule("ID_NUMBER_MISMATCH", "high")
def number_mismatch(case: Case, person: Person) -> Iterator[Finding]:
    """Papers in the person's name with another number of the same kind, 15 digits converted (rule 4)."""
    said = _sources(case, person, "number")
    reference = _compared(said, "id_number")
    others = [item for item in said[1:] if numbers_agree(reference.value, item.value) is False]
    yield from against("ID_NUMBER_MISMATCH", "high", "id_number", reference, others)
    _wanting(case, person, "number")


@rule("BIRTH_DATE_MISMATCH", "high")
def birth_date_mismatch(case: Case, person: Person) -> Iterator[Finding]:
    """Birth dates on other papers against the person's number."""
    reference = next(
        (item for item in _sources(case, person, "number") if birth_in(item.value) is not None), None
    )
    in_force = {document.id for document in case.documents}
    papers = [
        mention
        for mention in case.mentions.get(person.name, ())
        if mention.birth is not None
        and mention.document.type != "id_card"
        and mention.document.id in in_force
    ]
    if reference is None or not papers:
        raise Unsure("missing", "id_number" if reference is None else "birth_date")
    expected = str(birth_in(reference.value))
    for card in case.records(IdCard, person):
        if (
            card.birth_date.field is not None
            and card.id_number
            and birth_in(need(card.id_number))
            not in (
                None,
                card.birth_date.field.value,
            )
        ):
            raise Unsure("not_applicable", "ID_BIRTH_DATE_MISMATCH")
    others = [
        Said(str(mention.birth.value), of(mention.document, "birth_date", mention.birth, mention.row))
        for mention in papers
        if mention.birth is not None and mention.birth.value != expected
    ]
    yield from against(
        "BIRTH_DATE_MISMATCH", "high", "birth_date", Said(expected, reference.evidence), others
    )
