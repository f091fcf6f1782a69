"""Files that others made, where they are at hand: none may crash, hang or vanish, none may be taken for what it is not.

They lie beside the project, in `../shared/real`; each test is skipped where its file is absent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from extractors import MATERIALS
from pipeline.assemble import assemble
from pipeline.cas import Cas
from pipeline.intake import Opened, open_file, picture
from pipeline.model import Document, File, Finding, Line, Page, Sheet
from pipeline.ocr import EngineSpec, rapid
from pipeline.reading import read_page
from pipeline.settings import Limits

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "real" / "files"
PASSWORDS = ("nein", "test", "password", "foo")
BLANK = EngineSpec("blank", "1")


def at_hand(name: str) -> Path:
    """The file of that name; the test is skipped where it is absent."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    return path


def look(name: str, *passwords: str) -> Opened:
    return open_file(at_hand(name), name, Limits(), passwords)


def codes(opened: Opened) -> list[str]:
    return [finding.code for finding in opened.findings]


# ---------------------------------------------------------------- damaged, locked, hostile


@pytest.mark.parametrize(
    ("name", "said", "pages"),
    [
        ("ROB-GITCRYPT.pdf", ["FILE_UNSUPPORTED"], 0),
        ("ROB-BLANK-4P.pdf", [], 4),
        ("ROB-NO-CONTENTS.pdf", [], 1),
        ("ROB-OWNER-ONLY.pdf", [], 2),
        ("ROB-400PAGES.pdf", [], 400),
        ("ROB-EVIL-XOBJ.pdf", [], 1),
        ("ROB-MALFORMED-932.pdf", [], 1),
        ("ROB-PDFJS-2.pdf", ["FILE_CORRUPT"], 0),
        ("ROB-PDFJS-4.pdf", [], 2),
        ("ROB-PDFJS-6.pdf", ["FILE_CORRUPT"], 0),
        ("ROB-PDFJS-8.pdf", ["FILE_CORRUPT"], 0),
        ("ROB-MAL-PAYLOAD1.pdf", ["ACTIVE_CONTENT"], 1),
        ("ROB-MAL-PAYLOAD3.pdf", ["ACTIVE_CONTENT"], 1),
        ("ROB-MAL-PAYLOAD5.pdf", ["ACTIVE_CONTENT"], 1),
        ("ROB-MAL-PAYLOAD7.pdf", ["ACTIVE_CONTENT"], 1),
        ("ROB-MAL-STARTER_PACK.pdf", ["ACTIVE_CONTENT"], 1),
        ("ROB-BOMB-GIF.gif", ["FILE_TOO_LARGE"], 0),
        ("ROB-TRUNC-JPG.jpg", ["FILE_CORRUPT"], 1),
        ("ROB-BROKEN-PNG.png", ["FILE_CORRUPT"], 1),
        ("ROB-MULTITIFF.tiff", [], 3),
        ("ROB-BADEXIF.jpg", [], 1),
        ("ROB-HEIC-TRUNC.heic", ["FILE_CORRUPT"], 2),
        ("ROB-HEIC-XIAOMI.heic", [], 1),
        ("ROB-XLSX-PW.xlsx", ["FILE_ENCRYPTED"], 0),
        ("ROB-XLSX-INFLATED.xlsx", ["FILE_UNSUPPORTED"], 0),
        ("ROB-CSV-PIPE.csv", ["FILE_UNSUPPORTED"], 0),
    ],
)
def test_a_bad_file_is_said_to_be_what_it_is(name, said, pages):
    """Each has its finding or its pages, and mostly both."""
    opened = look(name)
    assert (codes(opened), opened.page_count) == (said, pages)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ROB-ENC-PAPERLESS.pdf", "test"),
        ("ROB-ENC-UNSTR.pdf", "password"),
        ("ROB-ENC-R6.pdf", "foo"),
        ("ROB-ENC-RC4-40.pdf", "foo"),
    ],
)
def test_a_locked_pdf_of_every_age_opens_with_its_password(tmp_path, name, password):
    """RC4 of 40 bits to AES of 256: locked without a password, read with it."""
    assert codes(look(name)) == ["FILE_ENCRYPTED"]
    opened = look(name, *PASSWORDS)
    assert (codes(opened), opened.password, opened.page_count) == ([], password, 1)
    page = read_page(at_hand(name), opened, 1, BLANK, Cas(tmp_path))
    assert page.source == "text"
    assert page.lines


@pytest.mark.parametrize(
    "name", ["ROB-EVIL-XOBJ.pdf", "ROB-MALFORMED-932.pdf", "ROB-HEIC-TRUNC.heic", "ROB-BADEXIF.jpg"]
)
def test_every_page_of_a_hostile_file_comes_to_an_end(tmp_path, name):
    """Forms that contain themselves, broken objects, pictures that end in the middle: a page, with or without damage."""
    opened = look(name)
    pages = [read_page(at_hand(name), opened, n + 1, BLANK, Cas(tmp_path)) for n in range(opened.page_count)]
    assert [page.number for page in pages] == list(range(1, opened.page_count + 1))
    assert all(page.sheets or page.quality.get("damage") for page in pages)


def test_the_cameras_orientation_of_a_real_picture_is_applied():
    """The reference picture of orientation 6 stands upright: its wide side is what the camera called high."""
    at_hand("ROB-ORIENT6.jpg")
    upright = picture(FOLDER / "ROB-ORIENT6.jpg", 1, 0)
    assert upright.getexif().get(0x0112, 1) == 1


def test_black_text_on_nothing_is_black_on_white():
    """A transparent picture whose ground is black where nobody looks."""
    flat = picture(at_hand("CN-OCR-02.png"), 1, 0).convert("L")
    light = sum(flat.histogram()[200:]) / (flat.width * flat.height)
    assert light > 0.5


# ---------------------------------------------------------------- papers


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that was read with the real engine."""

    pages: tuple[Page, ...]
    documents: list[Document]
    findings: list[Finding]

    def values(self) -> dict[str, object]:
        """The values of its one document."""
        (document,) = self.documents
        return {name: found.value for name, found in document.fields.items() if name != "sides"}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory):
    """Reads a file once and says what was recognised on it."""
    cas = Cas(tmp_path_factory.mktemp("store"))

    def seen(name: str, most: int = 2) -> Seen:
        path, opened = at_hand(name), look(name)
        pages = tuple(
            read_page(path, opened, n + 1, rapid.spec(), cas) for n in range(min(most, opened.page_count))
        )
        file = File(name, opened.sha256, opened.size, opened.kind, pages, opened.findings)
        return Seen(pages, *assemble([file], MATERIALS))

    return seen


CARDS = {
    "CN-ID-02.jpeg": {
        "name": "代用名", "sex": "M", "ethnicity": "汉", "birth_date": "2013-05-06",
        "address": "湖南省长沙市开福区巡道街幸福小区居民组", "id_number": "430512198908131367",
    },
    "CN-ID-03.png": {
        "name": "张三", "sex": "M", "ethnicity": "汉", "birth_date": "1992-05-06",
        "address": "北京市朝阳区花家地北里大街望京小区居民组", "id_number": "110512199205061231",
    },
    "CN-ID-04.png": {"issuing_authority": "北京市公安局", "valid_from": "2013-03-05", "valid_until": "2023-03-05"},
    "CN-ID-10.png": {},
}  # fmt: skip
"""What specimens print: the first upside down with a number that contradicts it, the last an empty form."""


@pytest.mark.ocr
@pytest.mark.parametrize("name", list(CARDS))
def test_specimens_of_cards_are_read_and_nothing_is_invented(read, name):
    """A value may be missing on 286 pixels; none that is given is wrong, and an empty form gives none."""
    seen = read(name)
    assert [d.type for d in seen.documents] == ["id_card"]
    found = seen.values()
    assert {n: v for n, v in found.items() if CARDS[name].get(n) != v} == {}
    assert len(found) >= 0.7 * len(CARDS[name])
    assert name != "CN-ID-02.jpeg" or seen.pages[0].rotation == 180


@pytest.mark.ocr
@pytest.mark.parametrize(
    "name",
    [
        "CN-RES-01.png", "CN-HK-01.png", "CN-OTH-01.jpeg", "CN-TBL-01.jpg",
        "CN-TBL-04.jpg", "KYC-VALID.png", "ID-US-DL-CO15.png", "SROIE-000.jpg",
    ],
)  # fmt: skip
def test_other_papers_are_told_and_not_taken_for_ours(read, name):
    """A residence permit, a household register, a curriculum vitae, a rate notice, foreign papers: no document, a word
    to the reviewer."""
    seen = read(name)
    assert seen.documents == []
    assert {f.code for f in seen.findings} == {"DOCUMENT_UNRECOGNISED"}


@pytest.mark.ocr
def test_a_preview_of_a_passport_is_not_legible(read):
    """Letters of seven pixels: nobody can say what it is, and a better picture is asked for."""
    seen = read("CN-PAS-01.png")
    assert seen.documents == []
    assert [f.code for f in seen.findings] == ["PAGE_UNREADABLE"]


@pytest.mark.ocr
@pytest.mark.parametrize("name", ["CN-NEG-01.png", "CN-OCR-03.jpg", "CN-PROP-02.png", "CN-OCR-02.png"])
def test_pictures_without_a_paper_are_silent(read, name):
    """A house, a black picture, two covers, four characters: nothing to read and nothing to say."""
    seen = read(name)
    assert (seen.documents, seen.findings) == ([], [])


@pytest.mark.ocr
@pytest.mark.parametrize("name", ["ROB-ROT90.pdf", "ROB-ROT270.pdf"])
def test_a_scan_that_lies_on_its_side_is_read_upright(read, name):
    """The same page from both sides: the same words, in rows that run across."""
    (page,) = read(name).pages
    assert page.rotation in (90, 270)
    words = " ".join(line.text for line in page.lines)
    assert (
        words
        == "Docling bundles PDF document conversion to JSON and Markdown in an easy self contained package"
    )
    assert all(line.width > line.height for line in page.lines if len(line.text) > 5)


def test_a_statement_of_a_bank_is_read_from_its_layer(tmp_path):
    """A PDF with a text layer needs no engine: account, span and rows that follow from each other."""
    name = "CN-BS-CMB-PDF.pdf"
    opened = look(name)
    pages = (read_page(at_hand(name), opened, 1, BLANK, Cas(tmp_path)),)
    file = File(name, opened.sha256, opened.size, opened.kind, pages)
    (statement,), findings = assemble([file], MATERIALS)
    assert findings == []
    assert (statement.type, statement.text("period_start")) == ("bank_statement", "2025-02-01")
    assert len(statement.tables["transactions"]) == 7


# ---------------------------------------------------------------- page layouts of real banks


@pytest.mark.parametrize(
    ("name", "bank", "rows", "first"),
    [
        ("CN-BSPDF-BOC-DEBIT.json", "BOC", 15, ("2025-01-30", "-65.75", "6656.23", "无卡支付")),
        ("CN-BSPDF-CMB-DEBIT.json", "CMB", 17, ("2024-02-15", "1234.56", "5871.69", "代发住房公积金")),
    ],
)
def test_the_first_page_of_a_real_banks_layout_is_read_row_by_row(name, bank, rows, first):
    """Text items at the places of a real statement's page, with values of nobody: every row, its signs and its words."""
    items = [item for item in json.loads(at_hand(name).read_text(encoding="utf-8")) if item["str"].strip()]
    high = 595.0 if max(item["transform"][4] for item in items) > 600 else 842.0
    lines = tuple(_item(item, high) for item in items)
    wide = 1437.0 - high
    sheet = Sheet("a.pdf", 1, wide, high, lines, "text", (1 / wide, 0, 0, 0, 1 / high, 0, 0, 0, 1))
    documents, said = assemble(
        [File("a.pdf", "0", 1, "pdf", (Page("a.pdf", 1, "text", 0, {}, (sheet,)),))], MATERIALS
    )
    (document,) = documents
    table = document.tables["transactions"]
    assert (document.type, document.text("bank"), len(table), said) == ("bank_statement", bank, rows, [])
    assert tuple(table[0][column].value for column in ("date", "amount", "balance", "summary")) == first
    assert all({"date", "amount", "balance", "summary"} <= row.keys() for row in table)


def _item(item, high: float) -> Line:
    x, y = item["transform"][4:6]
    return Line(
        item["str"],
        (x, high - y - 0.85 * item["height"], x + item["width"], high - y + 0.15 * item["height"]),
    )
