"""A case as its reader meets it: everything of the report in words, masked and in order, for the page and the workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.model import Check, Document, Field, Finding
from pipeline.report.as_json import in_order, in_order_of_checks
from pipeline.report.crops import Crop, Cutter
from pipeline.report.masks import mask_number, mask_sentence, masked, visible
from pipeline.report.values import Shown, caption, numbers, place, side_by_side, value_words
from pipeline.report.words import (
    FIELD,
    MATERIAL,
    PARTS,
    REASON,
    ROLE,
    SEVERITIES,
    Entry,
    Pair,
    material_title,
    same,
    told,
)
from pipeline.result import CaseResult, MaterialState
from pipeline.text import mask_name

KEY_DATES: Mapping[str, tuple[str, ...]] = {
    "id_card": ("valid_from", "valid_until"),
    "marriage_certificate": ("registration_date",),
    "divorce_certificate": ("registration_date",),
    "income_certificate": ("issue_date",),
    "single_declaration": ("issue_date",),
    "bank_statement": ("period_start", "period_end"),
    "tax_record": ("period_start", "period_end"),
    "credit_report": ("report_date",),
    "purchase_contract": ("signing_date",),
    "down_payment_receipt": ("date",),
    "transfer_voucher": ("date",),
    "property_search": ("issue_date",),
}
"""The dates that tell how fresh a paper is: one, or the first and last day."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as it is shown."""

    id: str
    code: str
    severity: str
    category: str
    title: Pair
    person: str | None
    sentence: Pair
    clears: Pair
    values: tuple[Shown, ...]
    numbers: tuple[tuple[Pair, Pair], ...]
    crops: tuple[Crop, ...]
    captions: tuple[Pair, ...]
    places: tuple[Pair, ...]
    new: bool


@dataclass(frozen=True, slots=True)
class MaterialView:
    """A row of the materials table."""

    person: str | None
    title: Pair
    state: str
    required: bool
    pages: tuple[str, ...]
    dates: Pair
    problems: tuple[tuple[str, str, Pair], ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check that was not settled: what, of whom, and why in words."""

    code: str
    title: Pair
    person: str | None
    outcome: str
    reason: str
    why: Pair


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with what was read of it: fields are (title, value, confidence or None where sure)."""

    id: str
    title: Pair
    person: str | None
    pages: str
    confidence: float
    fields: tuple[tuple[Pair, Pair, float | None, bool], ...]
    tables: tuple[tuple[Pair, int], ...]
    replaced_by: str | None


def names_of(result: CaseResult) -> list[str]:
    """The names of everyone the case knows, as they may occur in sentences."""
    declared = [one.get("name") for one in (result.application or {}).get("applicants") or ()]
    return sorted(
        {person.name for person in result.judgement.people} | {str(name) for name in declared if name}
    )


def finding_views(
    result: CaseResult, catalogue: Mapping[str, Entry], cutter: Cutter | None
) -> list[FindingView]:
    """All findings in order, with their cut-outs as long as there are some left."""
    fresh = (
        set(result.since_last.get("new", ()))
        if any(result.since_last.get(k) for k in ("cleared", "open"))
        else set()
    )
    people = names_of(result)
    found = in_order(result.judgement.findings, catalogue)
    return [_finding(one, catalogue[one.code], people, cutter, one.id in fresh) for one in found]


def _finding(
    one: Finding, entry: Entry, people: Sequence[str], cutter: Cutter | None, new: bool
) -> FindingView:
    disputed = [str(one.params[key]) for key in ("expected", "found") if isinstance(one.params.get(key), str)]
    sentence, clears = (
        {lang: visible(mask_sentence(say(one, lang), people, disputed)) for lang in ("zh", "en")}
        for say in (entry.sentence, entry.clears)
    )
    crops = tuple(cutter.crops(one.evidence)) if cutter and one.severity != "info" else ()
    valued = [e for e in one.evidence if e.value is not None]
    shown, told_of = side_by_side(valued)
    pictured = {at for crop in crops for at in crop.shows}
    told_ids = {id(e) for e in told_of}
    rest = [e for at, e in enumerate(one.evidence) if at not in pictured and id(e) not in told_ids]
    return FindingView(
        id=one.id,
        code=one.code,
        severity=one.severity,
        category=entry.category,
        title=entry.title,
        person=one.person,
        sentence=sentence,
        clears=clears,
        values=shown,
        numbers=numbers(one.params),
        crops=crops,
        captions=tuple(caption(crop, one.evidence) for crop in crops),
        places=tuple({p["zh"]: p for p in map(place, rest)}.values()),
        new=new,
    )  # fmt: skip


def material_views(result: CaseResult, findings: Sequence[FindingView]) -> list[MaterialView]:
    """The materials table: what is needed, what came, and what is wrong with it."""
    by_id = {document.id: document for document in result.judgement.documents}
    raw = {found.id: found for found in result.judgement.findings}
    views = []
    for state in result.judgement.materials:
        papers = [by_id[one] for one in state.documents if one in by_id]
        problems = tuple(
            (view.id, view.severity, view.title)
            for view in findings
            if view.severity in ("high", "medium", "low") and _about(raw[view.id], state)
        )
        views.append(
            MaterialView(
                person=state.person,
                title=material_title(state.material),
                state=state.state,
                required=state.required,
                pages=tuple(visible(f"{file} · {pages}") for file, pages in spans(papers)),
                dates=_dates(papers),
                problems=problems,
            )
        )
    return views


def unread_materials(views: Sequence[MaterialView]) -> Pair | None:
    """The materials that this version cannot read, in one line; None where it reads all that is asked for."""
    titles = [view.title for view in views if view.state == "switched_off"]
    lines = {
        lang: joint.join(dict.fromkeys(title[lang] for title in titles))
        for lang, joint in (("zh", "、"), ("en", ", "))
    }
    return lines if titles else None


def _about(found: Finding, state: MaterialState) -> bool:
    documents = {e.document_id for e in found.evidence}
    if documents & set(state.documents):
        return True
    material = found.material or found.params.get("material")
    any_of = found.params.get("any_of")
    wanted = state.material.split("/")
    named = material in (state.material, *wanted)
    if isinstance(any_of, list | tuple):
        named = named or any(one in any_of for one in wanted)
    return not found.evidence and named and found.person in (state.person, None)


def spans(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """The pages of documents, by file, runs put together: ("流水.pdf", "1–6")."""
    pages: dict[str, list[int]] = {}
    for document in documents:
        for file, page in document.pages:
            if page not in pages.setdefault(file, []):
                pages[file].append(page)
    return [(file, _runs(sorted(numbers))) for file, numbers in pages.items()]


def _runs(numbers: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for one in numbers:
        if runs and one == runs[-1][1] + 1:
            runs[-1][1] = one
        else:
            runs.append([one, one])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def _dates(documents: Sequence[Document]) -> Pair:
    found: dict[str, list[str]] = {"zh": [], "en": []}
    for document in documents:
        values = [
            value_words(name, document.text(name))
            for name in KEY_DATES.get(document.type, ())
            if document.text(name)
        ]
        for lang, out in found.items():
            if values:
                out.append(" – ".join(value[lang] for value in values))
    return {lang: "; ".join(dict.fromkeys(out)) for lang, out in found.items()}


def check_views(result: CaseResult, catalogue: Mapping[str, Entry]) -> list[CheckView]:
    """The checks that were neither passed nor raised: unsure ones first, those that do not apply last."""
    open_ones = [c for c in in_order_of_checks(result.judgement.checks) if c.outcome in ("unsure", "not_run")]
    views = [_check(check, catalogue) for check in open_ones]
    return sorted(views, key=lambda v: (v.reason == "not_applicable", v.outcome != "unsure"))


def by_reason(views: Sequence[CheckView]) -> list[tuple[CheckView, list[CheckView]]]:
    """Checks that stand open for one person for one reason, together, in the order of their first."""
    groups: dict[tuple[str | None, str, str], list[CheckView]] = {}
    for view in views:
        groups.setdefault((view.person, view.outcome, view.why["zh"]), []).append(view)
    return [(group[0], group) for group in groups.values()]


def _check(check: Check, catalogue: Mapping[str, Entry]) -> CheckView:
    why = check.why or {}
    reason = str(why.get("reason", "not_applicable"))
    needs = [_needed(str(one), catalogue) for one in why.get("needs", ())]
    named = {"zh": "：" + "、".join(n["zh"] for n in needs), "en": ": " + ", ".join(n["en"] for n in needs)}
    words = told(REASON, reason)
    return CheckView(
        code=check.code,
        title=catalogue[check.code].title if check.code in catalogue else same(check.code),
        person=check.person,
        outcome=check.outcome,
        reason=reason,
        why={lang: visible(words[lang] + (named[lang] if needs else "")) for lang in ("zh", "en")},
    )


def _needed(name: str, catalogue: Mapping[str, Entry]) -> Pair:
    """`id_card.valid_until`, `spouse` or `ID_CHECKSUM` in words; anything else (a file and its page) as it is."""
    if name in catalogue:
        return catalogue[name].title
    head, _, tail = name.partition(".")
    if tail and head in MATERIAL:
        first, second = MATERIAL[head], told({**FIELD, **PARTS}, tail.rpartition(".")[2])
        return {lang: f"{first[lang]}·{second[lang]}" for lang in ("zh", "en")}
    return told({**FIELD, **PARTS, **ROLE, **MATERIAL}, name)


def document_views(result: CaseResult) -> list[DocumentView]:
    """Every document with its fields under the mask."""
    return [
        DocumentView(
            id=document.id,
            title=told(MATERIAL, document.type),
            person=document.person,
            pages="; ".join(visible(f"{file} · {pages}") for file, pages in spans([document])),
            confidence=document.confidence,
            fields=tuple(_field(name, document.fields[name]) for name in document.fields),
            tables=tuple((told(FIELD, name), len(rows)) for name, rows in document.tables.items()),
            replaced_by=document.replaced_by,
        )
        for document in result.judgement.documents
    ]


def _field(name: str, field: Field) -> tuple[Pair, Pair, float | None, bool]:
    value: Any = field.value if not isinstance(field.value, str) else masked(name, field.value)
    return (
        told(FIELD, name),
        value_words(name, value),
        None if field.sure else field.confidence,
        field.inferred,
    )


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings there are of each severity."""
    return {severity: sum(found.severity == severity for found in findings) for severity in SEVERITIES}


def person_mask(name: str | None) -> str | None:
    """A person's name as the reviewer's report shows it."""
    return None if name is None else visible(mask_name(name) if name else name)


def id_mask(value: str | None) -> str:
    """A person's number as the reviewer's report shows it."""
    return "—" if value is None else visible(mask_number(value))
