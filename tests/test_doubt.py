"""Doubt and absence accuse nobody: one case whose papers agree, with one cell doubted, lost or taken away at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest

from fixtures.cases import A_JOB, SMALL, A, B
from fixtures.stories import couple, marriage
from pipeline.application import Application
from pipeline.model import Document, Field, Unread
from pipeline.result import Judgement
from tests.from_truth import MATERIALS, declared, judged, papers, told, weighty
from validators import RULES
from validators.catalogue import CATALOGUE

Place = tuple[str, int | None]
"""A field by name, or a cell by column and row of the table that has the column."""
HIGH = {rule.code for rule in RULES if rule.gravest == "high"}


@pytest.fixture(scope="module")
def agreeing() -> tuple[list[Document], Application | None]:
    """A couple's papers and application in which everything agrees; the statement has few rows but all salaries."""
    draft = couple(A, B, (A_JOB, None), SMALL, marriage(A, B, date(2016, 10, 18), "110108", 8231), rows=1)
    return papers(draft), declared(draft)


def places(document: Document) -> Iterator[Place]:
    """Every field, and every cell of some rows of each table: the last one, a salary, both persons of a certificate."""
    for name in document.fields:
        yield name, None
    for table, rows in document.tables.items():
        paid = [i for i, row in enumerate(rows) if "summary" in row and "工资" in str(row["summary"].value)]
        some = range(len(rows)) if table == "persons" else {*paid[6:7], len(rows) - 1}
        for index in sorted(some):
            for column in rows[index]:
                yield column, index


def but(document: Document, place: Place, change: Callable[[Field], Field | None]) -> Document:
    """The document with one value changed, or without it where the change gives None."""
    name, index = place
    if index is None:
        fields = dict(document.fields)
        changed = change(fields.pop(name))
        return replace(document, fields=fields if changed is None else {**fields, name: changed})
    table = next(t for t, rows in document.tables.items() if index < len(rows) and name in rows[index])
    rows = [dict(row) for row in document.tables[table]]
    changed = change(rows[index].pop(name))
    if changed is not None:
        rows[index][name] = changed
    return replace(document, tables={**document.tables, table: rows})


def each(
    documents: Sequence[Document], change: Callable[[Field], Field | None], noted: bool = False
) -> Iterator[tuple[str, list[Document]]]:
    """The case with one cell changed, for every cell, with the cell's name; `noted`: what is lost is seen to be printed."""
    for at, document in enumerate(documents):
        for place in list(places(document)):
            changed = but(document, place, change)
            if noted:
                lost = Unread(place[0], *document.pages[0])
                changed = replace(changed, unread=(lost,))
            name = f"{document.pages[0][0]} {place[0]} {'' if place[1] is None else place[1]}".strip()
            yield name, [*documents[:at], changed, *documents[at + 1 :]]


def open_by_required(judgement: Judgement) -> list[str]:
    """The high checks that are unsure because a required field was not read."""
    required = {f"{material.type}.{name}" for material in MATERIALS for name in material.required}
    return [
        check.code
        for check in judgement.checks
        if check.code in HIGH and check.outcome == "unsure" and check.why is not None
        and check.why["reason"] == "unreadable" and required & set(check.why["needs"])
    ]  # fmt: skip


def test_the_case_itself_passes(agreeing: tuple[list[Document], Application | None]) -> None:
    """Read without a fault, the case has nothing above a note."""
    judgement = judged(*agreeing)
    assert told(weighty(judgement)) == []
    assert judgement.verdict == "pass"


def test_a_doubtful_cell_of_agreeing_papers_changes_nothing(
    agreeing: tuple[list[Document], Application | None],
) -> None:
    """Read at 0.90 a value that agrees still agrees: the case passes, and only a note says that the value is not sure."""
    documents, application = agreeing
    wrong = {}
    for name, changed in each(documents, lambda field: replace(field, confidence=0.9)):
        judgement = judged(changed, application)
        notes = {found.code for found in judgement.findings}
        if judgement.verdict != "pass" or notes != {"FIELD_LOW_CONFIDENCE"}:
            wrong[name] = told(judgement.findings)
    assert wrong == {}


@pytest.mark.parametrize("noted", [False, True], ids=["in silence", "seen to be printed"])
def test_a_lost_cell_accuses_nobody(agreeing: tuple[list[Document], Application | None], noted: bool) -> None:
    """Without any one value the papers raise nothing but what asks for a better copy; and where that value was required
    and kept a high check from an answer, the case does not pass."""
    documents, application = agreeing
    wrong = {}
    for name, changed in each(documents, lambda field: None, noted):
        judgement = judged(changed, application)
        accused = [
            f for f in weighty(judgement) if CATALOGUE[f.code].category not in ("readability", "completeness")
        ]
        if accused or (judgement.verdict == "pass" and open_by_required(judgement)):
            wrong[name] = (judgement.verdict, told(weighty(judgement)), open_by_required(judgement))
    assert wrong == {}


def test_a_missing_paper_is_missed_and_nothing_else(
    agreeing: tuple[list[Document], Application | None],
) -> None:
    """Without any one paper the case asks for that paper, or for nothing where it is not required."""
    documents, application = agreeing
    asked = {}
    for at, document in enumerate(documents):
        judgement = judged([*documents[:at], *documents[at + 1 :]], application)
        lacking = [f for f in judgement.findings if f.code == "MATERIAL_MISSING"]
        assert told(weighty(judgement)) == told(f for f in lacking if f.severity == "medium")
        asked[document.pages[0][0]] = [(f.params["material"], f.severity) for f in lacking]
    assert asked == {
        "card_a.jpg": [("id_card", "medium")],
        "card_b.jpg": [("id_card", "medium")],
        "marriage.jpg": [("marriage_certificate", "medium")],
        "certificate_a.jpg": [("income_certificate", "medium")],
        "stub_a.jpg": [("pay_stub", "low")],
        "statement_a.jpg": [("bank_statement", "medium")],
    }


def test_with_every_paper_read_in_doubt_nothing_is_accused(
    agreeing: tuple[list[Document], Application | None],
) -> None:
    """A whole case read at 0.90 raises notes alone."""
    documents, application = agreeing
    doubted = [replace(one, fields=_doubted(one.fields), tables={t: [_doubted(row) for row in rows] for t, rows in one.tables.items()}) for one in documents]  # fmt: skip
    judgement = judged(doubted, application)
    assert {found.code for found in judgement.findings} == {"FIELD_LOW_CONFIDENCE"}


def _doubted(cells: dict[str, Field] | object) -> dict[str, Field]:
    assert isinstance(cells, dict)
    return {name: replace(field, confidence=0.9) for name, field in cells.items()}
