"""A case, its files and its documents as the JSON of the contract: the same input gives the same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from pipeline.model import Check, Document, Evidence, Field, File, Finding
from pipeline.report.words import CATEGORY, SEVERITIES, Entry
from pipeline.result import CaseResult, MaterialState, Person, PersonIncome
from pipeline.text import money

LANGS = ("zh", "en")


def report_json(result: CaseResult, catalogue: Mapping[str, Entry]) -> dict[str, Any]:
    """What `report.json` and `dossier check --json` hold, in the order of the contract. No times but those in `run`."""
    judged = result.judgement
    application = result.application
    if application is not None:
        application = {key: value for key, value in application.items() if key != "passwords"}
    return {
        "schema": 1,
        "case": result.case,
        "run": result.run,
        "as_of": result.as_of.isoformat(),
        "verdict": judged.verdict,
        "why": plain(judged.why),
        "application": plain(application),
        "files": [file_json(file, file.findings, catalogue) for file in result.files],
        "documents": [document_json(document) for document in judged.documents],
        "people": [_person(person) for person in judged.people],
        "income": {"people": [_income(one) for one in judged.income], "household": plain(judged.household)},
        "affordability": {
            "payment": _money(judged.affordability.payment),
            "recognised_income": _money(judged.affordability.recognised_income),
            "payment_to_income": plain(judged.affordability.payment_to_income),
            "debt_to_income": plain(judged.affordability.debt_to_income),
            "down_payment_ratio": plain(judged.affordability.down_payment_ratio),
        },
        "materials": [_material(state) for state in judged.materials],
        "checks": [_check(check) for check in in_order_of_checks(judged.checks)],
        "findings": [finding_json(found, catalogue) for found in in_order(judged.findings, catalogue)],
        "since_last": {key: list(result.since_last.get(key, ())) for key in ("cleared", "open", "new")},
        "parameters": plain(judged.parameters),
        "versions": plain(result.versions),
    }


def documents_json(
    files: Sequence[File],
    documents: Sequence[Document],
    findings: Sequence[Finding],
    catalogue: Mapping[str, Entry],
) -> dict[str, Any]:
    """What `dossier read --json` gives: every file with its documents and findings. A document over several files
    stands under the file of its first page; `findings` are those of recognition, each under its first evidence."""
    listed = []
    for file in files:
        own = [found for found in findings if found.evidence and found.evidence[0].file == file.key]
        entry = file_json(file, [*file.findings, *own], catalogue)
        found = entry.pop("findings")
        entry["documents"] = [document_json(d) for d in documents if d.pages and d.pages[0][0] == file.key]
        listed.append({**entry, "findings": found})
    return {"files": listed}


def dump(data: Any) -> bytes:
    """JSON for people and programs: UTF-8, indented, a last line feed; lone surrogates of odd file names as `?`."""
    try:
        return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a lone surrogate: rare, and ten times slower
        text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        return text.encode("utf-8", "replace")


def plain(value: Any) -> Any:
    """The value in JSON's types: exact numbers and days as strings, mappings by key, floats with five digits."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, set | frozenset):
        return sorted(plain(part) for part in value)
    if isinstance(value, Iterable):
        return [plain(part) for part in value]
    return str(value)


def in_order(findings: Iterable[Finding], catalogue: Mapping[str, Entry]) -> list[Finding]:
    """Findings by severity, chapter, code, person, month and id."""
    chapters = list(CATEGORY)

    def place(found: Finding) -> tuple[int, int, str, str, str, str]:
        return (
            SEVERITIES.index(found.severity),
            chapters.index(catalogue[found.code].category),
            found.code,
            found.person or "",
            str(found.params.get("month", "")),
            found.id,
        )

    return sorted(findings, key=place)


def in_order_of_checks(checks: Iterable[Check]) -> list[Check]:
    """Checks by code, those of the case before those of its persons."""
    return sorted(checks, key=lambda check: (check.code, check.person or ""))


def finding_json(found: Finding, catalogue: Mapping[str, Entry]) -> dict[str, Any]:
    """A finding with its sentences in both languages."""
    entry = catalogue[found.code]
    return {
        "id": found.id,
        "code": found.code,
        "category": entry.category,
        "severity": found.severity,
        "person": found.person,
        "message": {lang: entry.sentence(found, lang) for lang in LANGS},
        "clears": {lang: entry.clears(found, lang) for lang in LANGS},
        "params": plain(found.params),
        "evidence": [_evidence(one) for one in found.evidence],
    }


def file_json(file: File, findings: Sequence[Finding], catalogue: Mapping[str, Entry]) -> dict[str, Any]:
    """A file, its pages and what is to be said of it."""
    pages = [
        {
            "page": page.number,
            "source": page.source,
            "rotation": page.rotation,
            "quality": plain(page.quality),
        }
        for page in file.pages
    ]
    return {
        "file": file.key,
        "sha256": file.sha256,
        "pages": pages,
        "findings": [finding_json(found, catalogue) for found in in_order(findings, catalogue)],
    }


def document_json(document: Document) -> dict[str, Any]:
    """A document with its fields and tables; `replaced_by` only where a better paper stands for it."""
    out: dict[str, Any] = {
        "id": document.id,
        "type": document.type,
        "person": document.person,
        "pages": [{"file": file, "page": page} for file, page in document.pages],
        "confidence": plain(float(document.confidence)),
    }
    if document.replaced_by is not None:
        out["replaced_by"] = document.replaced_by
    out["fields"] = _row(document.fields)
    out["tables"] = {name: [_row(row) for row in document.tables[name]] for name in sorted(document.tables)}
    return out


def _row(cells: Mapping[str, Field]) -> dict[str, Any]:
    return {name: _field(cells[name]) for name in sorted(cells)}


def _field(field: Field) -> dict[str, Any]:
    out: dict[str, Any] = {
        "value": field.value if isinstance(field.value, str) else list(field.value),
        "text": field.text,
        "confidence": round(float(field.confidence), 5),
        "file": field.file,
        "page": field.page,
        "box": None if field.box is None else [round(edge, 5) for edge in field.box],
    }
    if field.inferred:
        out["inferred"] = True
    return out


def _evidence(one: Evidence) -> dict[str, Any]:
    """Only what there is: the evidence of a file holds `file` alone (findings.md, rule 8)."""
    out: dict[str, Any] = {"file": one.file}
    for key in ("page", "box", "document", "document_id", "field", "value", "row"):
        value = getattr(one, key)
        if value is not None:
            out[key] = plain(value)
    return out


def _person(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "id_number": person.id_number,
        "role": person.role,
        "marital_status": person.marital_status,
        "employment": person.employment,
        "inferred": list(person.inferred),
    }


def _income(one: PersonIncome) -> dict[str, Any]:
    return {
        "person": one.person,
        "declared": _money(one.declared),
        "basis": one.basis,
        "verified": _money(one.verified),
        "method": one.method,
        "months": [
            {
                "period": month.period,
                "payslip_gross": _money(month.payslip_gross),
                "payslip_net": _money(month.payslip_net),
                "deposited": _money(month.deposited),
                "tax": _money(month.tax),
            }
            for month in one.months
        ],
    }


def _material(state: MaterialState) -> dict[str, Any]:
    return {
        "person": state.person,
        "material": state.material,
        "state": state.state,
        "required": state.required,
        "documents": list(state.documents),
    }


def _check(check: Check) -> dict[str, Any]:
    return {"code": check.code, "person": check.person, "outcome": check.outcome, "why": plain(check.why)}


def _money(value: Decimal | None) -> str | None:
    return None if value is None else money(value)
