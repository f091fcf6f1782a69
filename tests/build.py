"""Papers for tests without any picture: documents and cases from plain values, with places and confidences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from stdnum.cn import ric

from pipeline.material import Material
from pipeline.model import Document, Field, Unread
from pipeline.record import Unsure
from pipeline.result import Person
from pipeline.text import money
from validators.case import Case
from validators.rule import Run, run

AS_OF = date(2026, 6, 10)

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "id_card": ("name", "sex", "birth_date", "id_number", "valid_from", "valid_until"),
    "marriage_certificate": ("registration_date", "persons"),
    "pay_stub": ("name", "payslips"),
    "income_certificate": ("name", "employer", "monthly_income", "issue_date"),
    "bank_statement": ("account_holder", "account_number", "transactions"),
}
TABLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "marriage_certificate": {"persons": ("name", "sex", "nationality", "birth_date", "id_number")},
    "pay_stub": {
        "payslips": (
            "period", "pay_date", "gross_pay", "pension", "medical", "unemployment", "housing_fund", "social_insurance",
            "special_deductions", "taxable_income", "income_tax", "other_deductions", "net_pay",
        ),
        "items": ("period", "label", "amount", "kind"),
    },
    "bank_statement": {
        "transactions": (
            "date", "time", "amount", "balance", "summary", "remark", "counterparty", "counterparty_account", "channel",
            "currency", "account", "direction", "serial",
        ),
    },
}  # fmt: skip


def _never(*_: Any) -> Any:
    raise AssertionError("the tests of rules recognise nothing")


MATERIALS: tuple[Material, ...] = tuple(
    Material(
        type=name,
        title=name,
        english=name,
        fields=tuple(field for field in required if field not in TABLES.get(name, {})),
        recognise=_never,
        extract=_never,
        tables=TABLES.get(name, {}),
        required=required,
    )
    for name, required in REQUIRED.items()
)


@dataclass(frozen=True)
class At:
    """A value with a confidence of its own."""

    value: Any
    confidence: float


def at(value: Any, confidence: float) -> At:
    """A value that was read with less than certainty: `document("pay_stub", name=at("张三", 0.9))`."""
    return At(value, confidence)


def _field(value: Any, confidence: float, file: str, page: int, line: int) -> Field:
    if isinstance(value, At):
        value, confidence = value.value, value.confidence
    if isinstance(value, Decimal):
        value = money(value)
    elif isinstance(value, date):
        value = value.isoformat()
    elif isinstance(value, (list, tuple)):
        value = tuple(value)
    top = round((line % 90) / 100, 5)
    text = value if isinstance(value, str) else "、".join(value)
    return Field(value, text, confidence, file, page, (0.1, top, 0.6, round(top + 0.01, 5)))


def document(
    type: str,
    *,
    id: str = "",
    file: str = "",
    page: int = 1,
    pages: int = 1,
    confidence: float = 1.0,
    person: str | None = "",
    notes: Mapping[str, Any] | None = None,
    unread: Iterable[str] = (),
    **values: Any,
) -> Document:
    """A document with the fields given; a list of dicts is a table. None is an absent field. `confidence` holds for all
    that has none of its own (`at`). The person is whom the paper names, unless given."""
    file = file or f"{type}.jpg"
    fields: dict[str, Field] = {}
    tables: dict[str, list[dict[str, Field]]] = {}
    line = 0
    for name, value in values.items():
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            tables[name] = []
            for row in value:
                line += 1
                tables[name].append(
                    {
                        column: _field(cell, confidence, file, page, line)
                        for column, cell in row.items()
                        if cell is not None
                    }
                )
        elif value is not None:
            line += 1
            fields[name] = _field(value, confidence, file, page, line)
    if person == "":
        named = (fields.get(name) for name in ("name", "account_holder", "holder"))
        person = next((str(found.value) for found in named if found is not None), None)
    return Document(
        type=type,
        pages=tuple((file, page + index) for index in range(pages)),
        confidence=1.0,
        fields=fields,
        tables=tables,
        unread=tuple(Unread(name, file, page) for name in unread),
        notes=dict(notes or {}),
        id=id,
        person=person,
    )


def numbered(documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents with ids d1, d2, … where they have none."""
    return tuple(
        item if item.id else replace(item, id=f"d{index}") for index, item in enumerate(documents, start=1)
    )


def case(
    *documents: Document,
    people: Sequence[Person] | None = None,
    as_of: date | str = AS_OF,
    **more: Any,
) -> Case:
    """A case of these documents. Without `people`, those that the papers name, the first as borrower, others as
    co-borrowers. `more` are further attributes of Case (application, couples, holders, replaced …)."""
    papers = numbered(documents)
    if people is None:
        names = dict.fromkeys(paper.person for paper in papers if paper.person)
        people = [
            Person(name, role="co_borrower" if index else "borrower", employment="salaried")
            for index, name in enumerate(names)
        ]
    return Case(
        as_of=date.fromisoformat(as_of) if isinstance(as_of, str) else as_of,
        people=tuple(people),
        documents=papers,
        materials=more.pop("materials", {material.type: material for material in MATERIALS}),
        **more,
    )


def checked(one_case: Case, *rules: Any, given: Sequence[object] = ()) -> Run:
    """The rules run on the case, as the judge runs them."""
    return run(rules, one_case, *given)


def outcome(one_case: Case, rule: Any, person: str | None = None, given: Sequence[object] = ()) -> str:
    """The outcome of one rule, for one person where there are several."""
    checks = checked(one_case, rule, given=given).checks
    found = [check for check in checks if person is None or check.person == person]
    assert len(found) == 1, f"{len(found)} checks: {found}"
    return found[0].outcome


def codes(findings: Iterable[Any]) -> list[tuple[str, str]]:
    """The codes and severities of findings, in their order."""
    return [(found.code, found.severity) for found in findings]


def why(doubt: Unsure) -> tuple[str, tuple[str, ...]]:
    """What a raised Unsure says."""
    return doubt.reason, doubt.needs


def id_number(birth: str, sequence: str = "264", region: str = "510107") -> str:
    """A resident number of nobody with its right check character; an odd sequence is a man's."""
    body = region + birth.replace("-", "") + sequence
    return body + ric.calc_check_digit(body + "0")
