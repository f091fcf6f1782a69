"""The held-out papers: apart from the other sets, alike every time, legible in what they claim."""

from __future__ import annotations

import io
import random
import re
import unicodedata
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fixtures import pdfpage, sets
from fixtures.canvas import Canvas, Pen
from fixtures.held_out import bank_statement, wear
from fixtures.paper import Paper, Truth
from tests.test_fixtures_tables import _missing, _printed, _words, _wrapped

EVERY = [(type_, layout) for type_ in sets.TYPES for layout in sets.layouts(type_, "held_out")]
IN_TEXT = (
    ("pay_stub", "storey_heads"),
    ("pay_stub", "crew_sheet"),
    ("pay_stub", "bureau_form"),
    ("income_certificate", "banded_table"),
    ("income_certificate", "bilingual_labels"),
    ("income_certificate", "branch_form"),
    ("marriage_certificate", "two_column_file"),
    ("bank_statement", "cmb_flow"),
    ("bank_statement", "sushang"),
)


def _drawn(type_: str, layout: str, seed: int = 3) -> Paper:
    module: Any = sets.drawer(type_, "held_out")
    rng = random.Random(seed)
    truth: Truth = module.invent(rng, 20) if type_ == "bank_statement" else module.invent(rng)
    paper: Paper = module.draw(layout, truth, seed)
    return paper


def _lost(truth: Truth, pages: list[str]) -> list[tuple[str, str]]:
    """What a truth claims and the text layer lacks; certificates' days and whole amounts stand as letters write them."""
    text, lost = _words(pages), []
    for name, value in _missing(truth, text):
        column = {
            "issue_date": "pay_date",
            "registration_date": "pay_date",
            "birth_date": "pay_date",
            "employed_since": "period" if len(value) == 7 else "pay_date",
        }.get(name, name)
        forms = (
            *_printed(column, value),
            value.removesuffix(".00"),
            value.replace("-0", "-").replace("-", "/"),
        )
        if (
            name not in ("income_basis", "direction", "sex")
            and not any(form in text for form in forms)
            and not _wrapped(value, pages)
        ):
            lost.append((name, value))
    return lost


@pytest.mark.parametrize("type_", sets.TYPES)
def test_no_layout_serves_two_sets(type_: str) -> None:
    """A reader that was developed on a layout, or on one that widens the set, never meets it among those held out."""
    names = [name for side in sets.SIDES for name in sets.layouts(type_, side)]
    assert len(names) == len(set(names))
    assert len(sets.layouts(type_, "held_out")) >= 6


def test_held_out_papers_are_drawn_by_modules_of_their_own() -> None:
    """The drawings that readers' authors leave closed lie in one room."""
    rooms = {sets.drawer(type_, "held_out").__name__.rpartition(".")[0] for type_ in sets.TYPES}  # type: ignore[attr-defined]
    assert rooms == {"fixtures.held_out"}


def test_the_same_number_is_the_same_paper() -> None:
    """A held-out paper is alike every time, and another seed gives another one."""
    first, again, other = (sets.make("bank_statement", "held_out", "text", 9, seed) for seed in (2, 2, 3))
    assert first.data == again.data
    assert first.entry() == again.entry()
    assert first.paper.truth != other.paper.truth


@pytest.mark.parametrize(("type_", "layout"), IN_TEXT)
def test_what_a_pdf_claims_stands_in_its_text_layer(type_: str, layout: str) -> None:
    """The truths of a paper, those of further persons on it too, hold only what is printed."""
    paper = _drawn(type_, layout)
    assert isinstance(paper.pages, bytes)
    pages = pdfpage.layer(paper.pages)
    assert not [pair for truth in paper.truths for pair in _lost(truth, pages)]


def test_everybody_in_a_teams_table_is_a_document() -> None:
    """Where colleagues are legible each has a truth of their own, with the employer of the first."""
    paper = _drawn("pay_stub", "crew_sheet")
    names = [truth["fields"]["name"] for truth in paper.truths]
    assert len(set(names)) == len(names) >= 4
    assert len({truth["fields"]["employer"] for truth in paper.truths}) == 1


def test_two_persons_cards_on_a_sheet_are_two_truths() -> None:
    """Both sides of two persons' cards on one sheet are two documents; the set's entry carries the second as well."""
    paper = _drawn("id_card", "column_of_four")
    assert [truth["fields"]["sides"] for truth in paper.truths] == [["front", "back"]] * 2
    assert sets.Drawn("sheet.png", b"", paper, "clean").entry()["more"] == [paper.truths[1]]


@pytest.mark.parametrize("layout", ["xian", "coop_dots"])
def test_balances_of_held_out_statements_chain(layout: str) -> None:
    """Each balance is the one before it and the amount."""
    rows = _drawn("bank_statement", layout).truth["tables"]["transactions"]
    assert len(rows) > 10
    for before, row in pairwise(rows):
        assert Decimal(before["balance"]) + Decimal(row["amount"]) == Decimal(row["balance"])


def test_statements_of_a_counter_are_pictures() -> None:
    """What a counter, a terminal or a telephone gives has no text layer to be read from."""
    assert set(sets.layouts("bank_statement", "held_out", "text")) == set(bank_statement.PDFS)
    assert not {"coop_dots", "citic_book", "abc_desk", "month_feed"} & set(bank_statement.PDFS)


@pytest.mark.ocr
@pytest.mark.parametrize(("quality", "least", "most"), [("scan", 900, 2400), ("photo", 1080, 2600)])
def test_wear_gives_the_sizes_of_scanners_and_phones(quality: str, least: int, most: int) -> None:
    """A card is scanned on a sheet and photographed by itself, within what a messenger passes on."""
    card = Canvas(600, 380, (230, 238, 244))
    card.text(60, 100, "样本 SPECIMEN", Pen("noto_mono", 60))
    size = wear.worn(card.image, quality, 5).size
    assert least <= min(size) <= max(size) <= most


@pytest.mark.ocr
def test_a_scene_fills_its_photo() -> None:
    """A picture that shows its own table is not laid on another one: its rim is the picture's."""
    scene = Image.new("RGB", (900, 675), (40, 160, 60))
    pixels = np.asarray(wear.worn(scene, "photo", 2, scene=True)).astype(int)
    rim = np.concatenate([pixels[:8].reshape(-1, 3), pixels[-8:].reshape(-1, 3)])
    assert (rim[:, 1] > rim[:, 0]).mean() > 0.99


@pytest.mark.ocr
@pytest.mark.parametrize(("type_", "layout"), EVERY, ids=[f"{t}-{name}" for t, name in EVERY])
def test_every_held_out_layout_draws_what_its_truth_says(type_: str, layout: str) -> None:
    """As slow as reading, all together: each layout has ink, a truth without empty values, and claims what it prints."""
    for seed in (3, 8) if layout in getattr(sets.drawer(type_, "held_out"), "PDFS", ()) else (3,):
        paper = _drawn(type_, layout, seed)
        assert (paper.type, paper.layout, paper.truth["type"]) == (type_, layout, type_)
        assert all(value for truth in paper.truths for value in truth["fields"].values())
        for page in sets.pictures(paper):
            assert np.asarray(page.convert("L")).std() > 5
        if isinstance(paper.pages, bytes):
            pages = pdfpage.layer(paper.pages)
            assert not [pair for truth in paper.truths for pair in _lost(truth, pages)]


@pytest.mark.ocr
@pytest.mark.parametrize("quality", sets.QUALITIES)
def test_every_held_out_file_opens(quality: sets.Quality) -> None:
    """As slow as reading: a file of each type in each quality opens with the pages that were drawn, alike every time."""
    for type_ in sets.TYPES:
        drawn = sets.make(type_, "held_out", quality, 1, 5)
        if type_ == "id_card":
            assert sets.make(type_, "held_out", quality, 1, 5).data == drawn.data
        if drawn.file.endswith("pdf"):
            assert len(pdfpage.render(drawn.data, 40)) == len(sets.pictures(drawn.paper))
        else:
            Image.open(io.BytesIO(drawn.data)).load()
        assert re.fullmatch(
            rf"{type_}-held_out-{quality}-001\.\w+", unicodedata.normalize("NFKC", drawn.file)
        )
