"""From documents to a judgement: who is who, which papers count, every rule, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from pipeline.application import Application
from pipeline.material import Material
from pipeline.model import Document, File, Finding
from pipeline.result import Judgement, MaterialState
from validators import RULES
from validators.case import Case
from validators.catalogue import replaceable
from validators.checklist import Checklist, Review, Wanted
from validators.income import income_of
from validators.parameters import Parameters
from validators.people import link
from validators.readability import Doubts
from validators.resent import resent
from validators.rule import Rule, Run, run
from validators.verdict import verdict

INTAKE = (
    "FILE_UNSUPPORTED",
    "FILE_CORRUPT",
    "FILE_ENCRYPTED",
    "FILE_TOO_LARGE",
    "FILE_EMPTY",
    "FILE_DUPLICATE",
    "ACTIVE_CONTENT",
)
"""The codes that intake looks for in every file."""
PAGE_FAULTS = ("PAGE_BLURRED", "PAGE_CROPPED")
"""Said of a page, these stand instead of FIELD_UNREADABLE of the paper on it."""
STATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("unreadable", ("FIELD_UNREADABLE", *PAGE_FAULTS)),
    (
        "incomplete",
        ("SIDE_MISSING", "PAGE_MISSING", "STATEMENT_MONTHS_SHORT", "STATEMENT_GAP", "STATEMENT_FILTERED"),
    ),
    ("expired", ("DOCUMENT_EXPIRED",)),
    ("stale", ("DOCUMENT_STALE",)),
)
"""The state that a finding above `low` gives to a row of the materials table, the first that fits."""
_SEVERITIES = ("high", "medium", "low", "info")


def judge(
    *,
    files: Sequence[File],
    documents: Sequence[Document],
    loose: Sequence[Finding],
    application: Application | None,
    as_of: date,
    as_of_is_submission: bool,
    materials: Sequence[Material],
    parameters: Parameters,
    rules: Sequence[Rule] = RULES,
    checklist: Checklist | None = None,
) -> Judgement:
    """Judges one case. `loose` are findings of the stages before (application.yaml, unrecognised pages)."""
    numbered = [item if item.id else replace(item, id=f"d{i}") for i, item in enumerate(documents, start=1)]
    by_type = {material.type: material for material in materials}
    linked = link(numbered, application)
    kept, replaced = resent(linked.documents, by_type)
    case = Case(
        as_of=as_of,
        people=linked.people,
        documents=kept,
        replaced=replaced,
        strangers=linked.strangers,
        holders=linked.holders,
        couples=linked.couples,
        mentions=linked.mentions,
        declared=linked.declared,
        application=application,
        as_of_is_submission=as_of_is_submission,
        files=tuple(files),
        materials=by_type,
    )
    review = Review(case, checklist or Checklist.load())
    before = _before(files, loose)
    result = _run(rules, case, review, parameters, before)
    _count_before(before, application, result)
    findings = _in_order([*_weighed(before, result.findings), *result.findings])
    outcome, why = verdict(findings)
    income, household, affordability = income_of(case, parameters)
    return Judgement(
        verdict=outcome,
        why=why,
        documents=_in_their_order(numbered, (*kept, *replaced, *linked.strangers)),
        people=linked.people,
        income=income,
        household=household,
        affordability=affordability,
        materials=tuple(_states(review, findings)),
        checks=result.checks,
        findings=findings,
        parameters=parameters.at(as_of).as_plain(),
        settled_until=case.settled_until,
    )


def _run(
    rules: Sequence[Rule], case: Case, review: Review, parameters: Parameters, before: Sequence[Finding]
) -> Run:
    """The rules, and after them those that tell of the reading, which hear what kept the others from an answer."""
    last = [rule for rule in rules if any(want.type is Doubts for want in rule.wants)]
    first = [rule for rule in rules if rule not in last]
    result = run(first, case, parameters, review, replaceable=replaceable)
    told = frozenset(
        seen.document_id
        for finding in before
        if finding.code in PAGE_FAULTS
        for seen in finding.evidence
        if seen.document_id is not None
    )
    after = run(last, case, Doubts(tuple(result.doubts), told), replaceable=replaceable)
    result.findings += after.findings
    result.tallies |= after.tallies
    return result


def _before(files: Sequence[File], loose: Sequence[Finding]) -> list[Finding]:
    """What intake and assembly found, each once."""
    every = [*(finding for file in files for finding in file.findings), *loose]
    return list({(finding.id, finding.evidence): finding for finding in every}.values())


def _count_before(before: Iterable[Finding], application: Application | None, result: Run) -> None:
    for code in (*INTAKE, "APPLICATION_INVALID", "DOCUMENT_UNRECOGNISED", "PAGE_UNREADABLE"):
        result.tally(code, None)
    if application is None:
        result.tally("APPLICATION_INVALID", None).note("not_run", "not_applicable", ["application.yaml"])
    for finding in before:
        tally = result.tally(finding.code, None)
        if finding.severity != "info":
            tally.note("raised")


def _weighed(before: Iterable[Finding], findings: Iterable[Finding]) -> list[Finding]:
    """An unreadable page weighs as much as the paper that may be on it: medium while a required one is missing."""
    missing = any(finding.code == "MATERIAL_MISSING" and finding.severity == "medium" for finding in findings)
    return [
        replace(finding, severity="medium" if missing else "low")
        if finding.code == "PAGE_UNREADABLE"
        else finding
        for finding in before
    ]


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By severity, else as they were found; ids that would be the same are told apart by a count."""
    seen: dict[str, int] = {}
    told = []
    for finding in sorted(findings, key=lambda item: _SEVERITIES.index(item.severity)):
        count = seen[finding.id] = seen.get(finding.id, 0) + 1
        told.append(finding if count == 1 else replace(finding, key=f"{finding.key}~{count}"))
    return tuple(told)


def _in_their_order(given: Sequence[Document], judged: Iterable[Document]) -> tuple[Document, ...]:
    by_id = {document.id: document for document in judged}
    return tuple(by_id[document.id] for document in given if document.id in by_id)


def _states(review: Review, findings: Sequence[Finding]) -> Iterable[MaterialState]:
    """The materials table: one row for each that is asked for, with the worst that is known of it."""
    for want in review.wanted:
        yield MaterialState(
            person=want.person.name if want.person is not None else None,
            material=_material(want),
            state=_state(want, findings),
            documents=tuple(document.id for document in want.documents),
            required=want.row.required,
        )


def _material(want: Wanted) -> str:
    """The type of the paper that is there; of several that would do, where none is there, all with `/` between."""
    return want.documents[0].type if want.presence == "present" else "/".join(want.row.materials)


def _state(want: Wanted, findings: Sequence[Finding]) -> str:
    if want.presence in ("switched_off", "unreadable"):
        return want.presence
    if want.presence != "present":
        return "missing"
    own = {document.id for document in want.documents}
    for state, codes in STATES:
        for finding in findings:
            if finding.code not in codes or finding.severity not in ("high", "medium"):
                continue
            about = {seen.document_id for seen in finding.evidence}
            if about & own:
                return state
    return "received"
