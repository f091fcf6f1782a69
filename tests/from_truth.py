"""The drawn cases as a perfect reader would give them: documents with confidence 1.0 straight from their truths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from extractors import MATERIALS as REGISTERED
from fixtures.cases import CASES, yaml
from fixtures.paper import Truth
from fixtures.stories import AS_OF, Draft
from pipeline.application import Application, read_application
from pipeline.material import Material
from pipeline.model import Document, Finding
from pipeline.result import Judgement
from tests.build import MATERIALS as STAND_INS
from tests.build import document
from validators.checklist import Checklist
from validators.judge import judge
from validators.parameters import Parameters

PARAMETERS = Parameters.load()
CHECKLIST = Checklist.load()
MATERIALS: tuple[Material, ...] = (
    *REGISTERED,
    *(one for one in STAND_INS if one.type not in {material.type for material in REGISTERED}),
)
"""The program's materials; a type that it does not register is stood in for, so that its rules run."""
NO_TOTALS = frozenset({"ABC", "CMB"})
"""Banks whose layout prints no totals and no balances at the edges."""
EDGES = ("total_in", "total_out", "opening_balance", "closing_balance")


def paper(truth: Truth, file: str, confidence: float = 1.0) -> Document:
    """One truth as a document in the file named."""
    fields = dict(truth["fields"])
    if truth["type"] == "bank_statement" and fields.get("bank") in NO_TOTALS:
        fields = {name: value for name, value in fields.items() if name not in EDGES}
    notes = {"sealed": True} if truth["type"] == "income_certificate" else {}
    return document(
        truth["type"], file=file, notes=notes, confidence=confidence, **fields, **truth.get("tables", {})
    )


def papers(draft: Draft, confidence: float = 1.0) -> list[Document]:
    """The papers of a draft, each in a file of its own."""
    return [paper(truth, f"{name}.jpg", confidence) for name, truth in draft.truths.items()]


def declared(draft: Draft) -> Application | None:
    """What the draft's application.yaml declares."""
    if draft.application is None:
        return None
    application, problems = read_application("\n".join(yaml(draft.application)).encode(), "application.yaml")
    assert problems == ()
    return application


def judged(
    documents: Sequence[Document], application: Application | None, as_of: date = AS_OF, **more: Any
) -> Judgement:
    """The judgement of these papers by every rule."""
    return judge(
        files=more.pop("files", ()), documents=documents, loose=more.pop("loose", ()), application=application, as_of=as_of,
        as_of_is_submission=True, materials=MATERIALS, parameters=PARAMETERS, checklist=CHECKLIST, **more,
    )  # fmt: skip


def of(draft: Draft) -> Judgement:
    """The judgement of a draft that was read without a fault."""
    return judged(papers(draft), declared(draft))


def case(name: str) -> Judgement:
    """The judgement of a sample case that was read without a fault."""
    return of(CASES[name].draft())


def weighty(judgement: Judgement) -> list[Finding]:
    """The findings above `low`."""
    return [found for found in judgement.findings if found.severity in ("high", "medium")]


def told(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Findings as (code, severity, person), in order."""
    return sorted((found.code, found.severity, found.person or "") for found in findings)
