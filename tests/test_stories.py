"""The sample cases as they were written, without any picture: the rules give what each case is meant to show."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fixtures.cases import CASES
from fixtures.stories import Draft
from pipeline.model import Document
from pipeline.result import Judgement
from tests.build import document
from tests.from_truth import declared
from tests.household import judged

READ_LATER = {"C13-page-missing", "C17-bad-files"}
"""Cases whose point lies in the files, not in what is written on the papers."""
PRINTS_NO_TOTALS = {"C11-chain-broken"}
"""Cases whose statement is drawn in a layout without totals, which would contradict the altered row too."""


def documents(draft: Draft, totals: bool = True) -> list[Document]:
    """The papers of a case as a perfect reader would give them."""
    papers = []
    for name, truth in draft.truths.items():
        if not totals:
            for field in ("total_in", "total_out"):
                truth["fields"].pop(field, None)
        notes = {"sealed": True} if truth["type"] == "income_certificate" else {}
        papers.append(
            document(truth["type"], file=f"{name}.jpg", notes=notes, **truth["fields"], **truth["tables"])
        )
    return papers


def judge_story(name: str) -> Judgement:
    draft = CASES[name].draft()
    said = declared(draft)
    as_of = (said.submitted_on if said else None) or date(2026, 11, 2)
    return judged(documents(draft, name not in PRINTS_NO_TOTALS), said or False, as_of=as_of)


@pytest.mark.parametrize("name", [name for name in CASES if name not in READ_LATER])
def test_a_sample_case_gives_its_findings(name: str) -> None:
    """Above a note each case raises the findings written beside it, about the person written beside it, and no others."""
    sample = CASES[name]
    judgement = judge_story(name)
    weighty = [found for found in judgement.findings if found.severity in ("high", "medium")]
    told: list[Any] = sorted((f.code, f.severity, f.person or "") for f in weighty)
    assert told == sorted((e["code"], e["severity"], e.get("person", "")) for e in sample.findings)
    notes = {found.code for found in judgement.findings if found.severity == "low"}
    assert notes <= set(sample.low)
