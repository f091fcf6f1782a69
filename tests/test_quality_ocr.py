"""Spoilt papers through the stages that `dossier check` runs: what is said of them, and that unspoilt ones raise none of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from fixtures import spoil
from fixtures.degrade import degrade
from fixtures.paper import Truth
from fixtures.sets import drawer, pictures
from flows.stages import Kit, Papers, judged, read_case
from flows.stages import pictures as pages_of
from flows.workers import InProcess
from pipeline.model import Finding
from pipeline.ocr.spec import rapid_spec
from pipeline.report.html import case_html
from pipeline.settings import Settings
from validators.catalogue import CATALOGUE, sentence

pytestmark = pytest.mark.ocr
Spoil = Callable[[Image.Image], Image.Image]
FAULTS = ("PAGE_BLURRED", "PAGE_CROPPED", "PAGE_UNREADABLE")
CARD, CERTIFICATE, STUB = (
    ("id_card", "front"),
    ("income_certificate", "bank_letter"),
    ("pay_stub", "vertical"),
)


@cache
def taken(kind: tuple[str, str], quality: str, seed: int) -> tuple[Image.Image, Truth]:
    """A scan or photo of a drawn paper, and what it prints."""
    module = drawer(kind[0])
    truth = module.invent(random.Random(f"{kind}/{seed}"))
    paper = module.draw(kind[1], truth, seed)
    return degrade(pictures(paper)[0], quality, seed), truth


class Desk:
    """A folder for one case of one paper, with an application that names its person."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kit = Kit(Settings(work=folder / "work"), rapid_spec(), date(2026, 6, 10), "run-1")

    def check(self, kind: tuple[str, str], quality: str, seed: int, spoilt: Spoil | None = None) -> Any:
        """The dossier and the result of the case."""
        image, truth = taken(kind, quality, seed)
        path, application = self.folder / "a.jpg", self.folder / "application.yaml"
        (spoilt(image) if spoilt else image).save(path, quality=90)
        fields = cast("dict[str, str]", truth["fields"])
        number = f"id_number: '{fields['id_number']}', " if "id_number" in fields else ""
        application.write_text(
            f"applicants: [{{name: {fields['name']}, {number}role: borrower, marital_status: single,"
            f" employment: salaried}}]\nsubmitted_on: {fields.get('issue_date', '2026-06-10')}\n",
            encoding="utf-8",
        )
        papers = Papers("c1", {one.name: one for one in (path, application)})
        dossier = read_case(papers, self.kit, InProcess())
        return dossier, judged(dossier, self.kit)

    def said(self, *what: Any) -> list[Finding]:
        """What was found of the page's faults, and of fields that were not read."""
        _, result = self.check(*what)
        return [f for f in result.judgement.findings if f.code in (*FAULTS, "FIELD_UNREADABLE")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk with a real engine."""
    return Desk(tmp_path)


@pytest.mark.parametrize(("kind", "quality"), [(CARD, "photo"), (CERTIFICATE, "photo"), (STUB, "scan")])
def test_unspoilt_papers_raise_no_fault(desk: Desk, kind: tuple[str, str], quality: str) -> None:
    """A photo or scan as officers get them: nothing is said of its page."""
    assert [f.code for f in desk.said(kind, quality, 5) if f.code in FAULTS] == []


def test_a_mildly_blurred_card_that_was_read_is_silent(desk: Desk) -> None:
    """All required fields are there."""
    assert desk.said(CARD, "photo", 5, lambda image: spoil.blurred(image, 3)) == []


SPOILT: dict[str, tuple[tuple[str, str], str, Spoil, str, dict[str, str], str]] = {
    "a finger over the number": (
        CARD, "photo", lambda i: spoil.covered(i, "bottom", 0.5, 0.35, 0.14),
        "PAGE_CROPPED", {"reason": "covered", "side": "bottom"}, "id_number",
    ),
    "the card's lower edge outside": (
        CARD, "photo", lambda i: spoil.cut(i, "bottom", 0.25), "PAGE_CROPPED", {"reason": "cut", "side": "bottom"}, "id_number",
    ),
    "a lamp over the name": (
        CARD, "photo", lambda i: spoil.glared(i, (0.22, 0.14, 0.40, 0.26)), "PAGE_BLURRED", {"reason": "glare"}, "name",
    ),
    "out of focus": (CERTIFICATE, "photo", lambda i: spoil.blurred(i, 4.2), "PAGE_BLURRED", {"reason": "blur"}, "name"),
    "too dark": (CERTIFICATE, "photo", lambda i: spoil.darkened(i, 0.94), "PAGE_BLURRED", {"reason": "dark"}, "name"),
    "a preview of it": (
        CERTIFICATE, "scan", lambda i: spoil.shrunk(i, 0.2), "PAGE_BLURRED", {"reason": "low_resolution"}, "name",
    ),
    "a screen's picture": (
        CERTIFICATE, "scan", lambda i: spoil.screened(i, 0.95, 2.6), "PAGE_BLURRED", {"reason": "moire"}, "issue_date",
    ),
    "the foot cut off a scan": (
        CERTIFICATE, "scan", lambda i: spoil.cut(i, "bottom", 0.49), "PAGE_CROPPED", {"reason": "cut", "side": "bottom"}, "issue_date",
    ),
}  # fmt: skip
"""What was done to which paper, and the code, its params and a field of the finding that this must give."""


@pytest.mark.parametrize("name", SPOILT)
def test_what_was_done_to_a_paper_is_what_is_said_of_it(desk: Desk, name: str) -> None:
    """One finding with its reason or side; the field that it costs is in no other one."""
    kind, quality, way, code, params, field = SPOILT[name]
    said = desk.said(kind, quality, 5, way)
    (found,) = [f for f in said if f.code in FAULTS]
    assert (found.code, found.severity) == (code, "medium")
    assert params.items() <= found.params.items()
    assert field in found.params["fields"]
    assert all(0 <= value <= 1 for seen in found.evidence for value in seen.box or (2.0,))
    assert not any(field in f.params["fields"] for f in said if f.code == "FIELD_UNREADABLE")


def test_a_paper_too_small_to_be_known_is_an_illegible_page(desk: Desk) -> None:
    """A stub of letters of nine pixels: many lines, few of them read, no type; medium, since papers are missing."""
    said = desk.said(STUB, "photo", 11, lambda image: spoil.shrunk(image, 0.28))
    assert [(f.code, f.severity, f.params["pages"]) for f in said] == [("PAGE_UNREADABLE", "medium", ["1"])]


def test_the_report_shows_the_sentence_and_the_place(desk: Desk) -> None:
    """The officer reads which side is hidden and sees the cut-out of the page around it."""
    dossier, result = desk.check(CARD, "photo", 5, lambda i: spoil.covered(i, "bottom", 0.5, 0.35, 0.14))
    (found,) = [f for f in result.judgement.findings if f.code == "PAGE_CROPPED"]
    page = case_html(result, CATALOGUE, pages_of(dossier))
    for lang in ("zh", "en"):
        assert sentence(found, lang) in page
    assert "data:image/jpeg;base64," in page
    assert "PAGE_CROPPED" in page
