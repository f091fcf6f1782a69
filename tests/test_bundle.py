"""A mixed bundle out of the scanner: papers of many kinds in any order, blank backs, forms, pages upside down."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest
from PIL import Image, ImageDraw

from fixtures import fonts, sets
from fixtures.degrade import as_file, rotate, scan
from fixtures.papers import bank_statement
from fixtures.pdfpage import render
from flows.stages import Dossier, Kit, Papers, read_case, recognised
from flows.workers import InProcess
from pipeline.model import Document, Finding
from pipeline.ocr import rapid
from pipeline.settings import Settings

pytestmark = pytest.mark.ocr
SEED = 11
A4 = (1240, 1754)


def blank(seed: int) -> Image.Image:
    """The empty back of a sheet, as a scanner sees it."""
    return scan(Image.new("RGB", A4, "white"), seed)


def form(seed: int) -> Image.Image:
    """A paper of no known kind, with enough text to be worth a word."""
    page = Image.new("RGB", A4, "white")
    draw, font = ImageDraw.Draw(page), fonts.font("noto_sans", 34)
    for row, line in enumerate(
        ("装修工程报价单", "客厅地面铺设木地板", "厨房墙面瓷砖", "卫生间防水处理", "以上工期四十五天")
    ):
        draw.text((160, 220 + 90 * row), line, "black", font)
    return scan(page, seed)


def paper(kind: str, index: int) -> list[Image.Image]:
    pages = sets.pictures(sets.make(kind, "develop", "scan", index, SEED).paper)
    return [scan(page.convert("RGB"), SEED + n) for n, page in enumerate(pages)]


@pytest.fixture(scope="module")
def bundle(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[list[str], Dossier, list[Document], list[Finding]]:
    """The bundle, read: what each of its pages is, and what came of them."""
    truth = bank_statement.invent(random.Random(SEED), 30)
    whole = bank_statement.draw("icbc", truth, SEED)
    assert isinstance(whole.pages, bytes)
    statement = [scan(page.convert("RGB"), n) for n, page in enumerate(render(whole.pages, 150))]
    pages: list[tuple[str, Image.Image]] = [
        ("marriage_certificate", rotate(paper("marriage_certificate", 0)[0], 180)),
        ("bank_statement", statement[0]),
        ("", blank(1)),
        ("pay_stub", paper("pay_stub", 0)[0]),
        *(("bank_statement", page) for page in statement[1:]),
        ("unknown", form(2)),
        ("income_certificate", paper("income_certificate", 1)[0]),
        ("", blank(3)),
        ("id_card", rotate(paper("id_card", 3)[0], 90)),
    ]
    folder = tmp_path_factory.mktemp("bundle")
    path = folder / "扫描.pdf"
    path.write_bytes(as_file([page for _, page in pages], fmt="pdf"))
    kit = Kit(Settings(work=folder / "work"), rapid.spec(), date(2026, 11, 2), "run-1")
    dossier = read_case(Papers("C", {"扫描.pdf": path}), kit, InProcess())
    documents, findings = recognised(dossier, kit)
    return [kind for kind, _ in pages], dossier, documents, findings


def test_every_page_is_its_type_or_told_as_unknown(bundle):
    """Each paper's pages are its document's and nobody else's; blanks are silent, the strange form is told."""
    kinds, _, documents, findings = bundle
    claimed = Counter((page, d.type) for d in documents for _, page in d.pages)
    expected = {(n, kind) for n, kind in enumerate(kinds, 1) if kind not in ("", "unknown")}
    assert set(claimed) == expected
    assert set(claimed.values()) == {1}
    assert [f.params["pages"] for f in findings if f.code == "DOCUMENT_UNRECOGNISED"] == [
        [str(kinds.index("unknown") + 1)]
    ]


def test_a_paper_that_others_interrupt_is_one_document(bundle):
    """The statement whose pages lie apart is whole again, its pages in their order."""
    kinds, _, documents, _ = bundle
    rows = bank_statement.invent(random.Random(SEED), 30)["tables"]["transactions"]
    (statement,) = [d for d in documents if d.type == "bank_statement"]
    assert [page for _, page in statement.pages] == [
        n for n, k in enumerate(kinds, 1) if k == "bank_statement"
    ]
    assert len(statement.tables["transactions"]) == len(rows)


def test_pages_upside_down_and_lying_are_turned(bundle):
    """Pages that went through the scanner the wrong way are upright before they are read."""
    kinds, dossier, _, _ = bundle
    turns = {kind: page.rotation for kind, page in zip(kinds, dossier.files[0].pages, strict=True)}
    assert turns["marriage_certificate"] == 180
    assert turns["id_card"] in (90, 270)
