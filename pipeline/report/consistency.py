"""关键字段一致性: what each paper of a person says of the same thing, side by side, with what differs marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.model import SURE, Document, Field
from pipeline.report.masks import masked, visible
from pipeline.report.words import FIELD, MATERIAL, Pair, told
from pipeline.result import CaseResult, Person
from pipeline.text import company_key, same_masked, same_name, same_number, squeeze

APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Topic:
    """One row: the field that gives it its title, where each type of paper says it, and when two sayings agree.
    A path `persons.name` is a column of a table, taken from the person's own row."""

    field: str
    paths: Mapping[str, str]
    agree: Callable[[str, str], bool]


def _exactly(a: str, b: str) -> bool:
    return squeeze(a) == squeeze(b)


def _employer(a: str, b: str) -> bool:
    return same_masked(company_key(a), company_key(b))


def _amount(a: str, b: str) -> bool:
    try:
        return Decimal(a) == Decimal(b)
    except InvalidOperation:
        return a == b


def _everywhere(name: str, **other: str) -> dict[str, str]:
    kinds = (
        "application id_card income_certificate pay_stub tax_record social_insurance_record housing_fund_record "
        "credit_report single_declaration property_search passport residence_permit"
    )
    return {**dict.fromkeys(kinds.split(), name), **other}


TOPICS: tuple[Topic, ...] = (
    Topic(
        "name",
        _everywhere(
            "name",
            marriage_certificate="persons.name",
            divorce_certificate="persons.name",
            household_register="members.name",
            bank_statement="account_holder",
            purchase_contract="buyers.name",
        ),
        same_name,
    ),
    Topic(
        "id_number",
        _everywhere(
            "id_number",
            marriage_certificate="persons.id_number",
            divorce_certificate="persons.id_number",
            household_register="members.id_number",
            bank_statement="id_number",
            purchase_contract="buyers.id_number",
        ),
        same_number,
    ),
    Topic(
        "sex",
        {
            "id_card": "sex",
            "marriage_certificate": "persons.sex",
            "household_register": "members.sex",
            "passport": "sex",
        },
        _exactly,
    ),
    Topic(
        "birth_date",
        {
            "id_card": "birth_date",
            "marriage_certificate": "persons.birth_date",
            "household_register": "members.birth_date",
            "passport": "birth_date",
        },
        _exactly,
    ),
    Topic(
        "marital_status",
        {
            APPLICATION: "marital_status",
            "single_declaration": "marital_status",
            "household_register": "members.marital_status",
            "credit_report": "marital_status",
        },
        _exactly,
    ),
    Topic(
        "employer",
        {
            APPLICATION: "employer",
            "income_certificate": "employer",
            "pay_stub": "employer",
            "social_insurance_record": "employer",
            "housing_fund_record": "employer",
            "credit_report": "employer",
        },
        _employer,
    ),
    Topic("seal_company", {"income_certificate": "seal_company"}, _employer),
    Topic("monthly_income", {APPLICATION: "monthly_income", "income_certificate": "monthly_income"}, _amount),
    Topic(
        "account_number",
        {"bank_statement": "account_number", "pay_stub": "bank_account"},
        same_number,
    ),
    Topic("address", {"id_card": "address", "household_register": "address"}, _exactly),
)
REFERENCES = ("id_card", APPLICATION)
"""Whose saying the others are held against, if it says anything (findings.md, rule 1); else that of most papers."""
ALIKE = {"seal_company": "employer"}
"""Rows that are held against another row's reference."""
MANY = frozenset({"account_number"})
"""Rows in which papers of one type may rightly differ (two accounts): only the other types are held against them."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A column: a document of the person, or the application."""

    id: str
    type: str
    title: Pair
    place: str


@dataclass(frozen=True, slots=True)
class Said:
    """A cell: the value under the mask, whether it differs from the reference, whether it was read surely."""

    value: str
    differs: bool
    sure: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table of one person: `rows` are (field, title, one cell or None a paper)."""

    person: Person
    papers: tuple[Paper, ...]
    rows: tuple[tuple[str, Pair, tuple[Said | None, ...]], ...]


def comparisons(result: CaseResult) -> list[Comparison]:
    """One table for each person who has at least two papers that say something of them."""
    made = (comparison(result, person) for person in result.judgement.people)
    return [one for one in made if one is not None]


def comparison(result: CaseResult, person: Person) -> Comparison | None:
    """What the papers of one person say, or None where there is nothing to compare."""
    sayings: list[tuple[Paper, dict[str, tuple[str, float]]]] = []
    declared = _declared(result.application, person)
    if declared:
        sayings.append((Paper(APPLICATION, APPLICATION, MATERIAL[APPLICATION], "application.yaml"), declared))
    for document in result.judgement.documents:
        said = _says(document, person) if document.replaced_by is None else {}
        if said:
            file, page = document.pages[0] if document.pages else ("", 1)
            place = visible(f"{file} · {page}")
            sayings.append((Paper(document.id, document.type, told(MATERIAL, document.type), place), said))
    if len(sayings) < 2:
        return None
    rows = []
    for topic in TOPICS:
        cells = _cells(topic, [(paper.type, said) for paper, said in sayings])
        if any(cells):
            rows.append((topic.field, FIELD[topic.field], cells))
    return Comparison(person, tuple(paper for paper, _ in sayings), tuple(rows))


def _declared(application: Mapping[str, Any] | None, person: Person) -> dict[str, tuple[str, float]]:
    for one in (application or {}).get("applicants") or ():
        if one.get("name") and same_name(str(one["name"]), person.name):
            paths = {topic.field: topic.paths.get(APPLICATION) for topic in TOPICS}
            return {name: (str(one[path]), 1.0) for name, path in paths.items() if path and one.get(path)}
    return {}


def _says(document: Document, person: Person) -> dict[str, tuple[str, float]]:
    """What the document says of the person, by topic: (value, confidence)."""
    own = document.person is not None and same_name(document.person, person.name)
    said: dict[str, tuple[str, float]] = {}
    for topic in TOPICS:
        path = topic.paths.get(document.type)
        if path is None:
            continue
        table, _, column = path.rpartition(".")
        cells: Mapping[str, Field] = (
            _row_of(document, table, person) if table else document.fields if own else {}
        )
        found = cells.get(column)
        if found is not None and isinstance(found.value, str):
            said[topic.field] = (found.value, found.confidence)
    return said


def _row_of(document: Document, table: str, person: Person) -> Mapping[str, Field]:
    """The row of the table that is about the person: by number first, then by name."""
    rows = document.tables.get(table, ())
    for name, value, alike in (
        ("id_number", person.id_number, same_number),
        ("name", person.name, same_name),
    ):
        for row in rows:
            cell = row.get(name)
            if value and cell is not None and isinstance(cell.value, str) and alike(cell.value, value):
                return row
    return {}


def _cells(
    topic: Topic, sayings: Sequence[tuple[str, dict[str, tuple[str, float]]]]
) -> tuple[Said | None, ...]:
    reference = _reference(topic, sayings)
    base = {
        said[topic.field][0]
        for kind, said in sayings
        if topic.field in said and topic.field in MANY and kind == "bank_statement"
    }
    cells: list[Said | None] = []
    for _kind, said in sayings:
        if topic.field not in said:
            cells.append(None)
            continue
        value, confidence = said[topic.field]
        if topic.field in MANY:
            differs = bool(base) and not any(topic.agree(value, one) for one in base)
        else:
            differs = reference is not None and not topic.agree(value, reference)
        against = [reference] if differs and reference is not None else []
        others = [v[topic.field][0] for _, v in sayings if topic.field in v]
        against += [] if differs or topic.field in MANY else [o for o in others if not topic.agree(o, value)]
        cells.append(Said(visible(masked(topic.field, value, against)), differs, confidence >= SURE))
    return tuple(cells)


def _reference(topic: Topic, sayings: Sequence[tuple[str, dict[str, tuple[str, float]]]]) -> str | None:
    name = ALIKE.get(topic.field, topic.field)
    for kind in REFERENCES:
        for own, said in sayings:
            if own == kind and name in said:
                return said[name][0]
    values = [said[name][0] for _, said in sayings if name in said]
    if not values:
        return None
    return max(
        values, key=lambda value: (sum(topic.agree(value, other) for other in values), -values.index(value))
    )
