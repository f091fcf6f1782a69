"""A payslip's sums: they prove what is faint, mend what is misread, and keep what was forged."""

from __future__ import annotations

import random
from collections.abc import Mapping

from extractors.pay_stub import MATERIAL
from extractors.pay_stub.proof import mend, suspects
from pipeline.model import Document, Field
from pipeline.proof import Opinions, Suspect, cell_of
from tests.test_pay_stub import COLUMNS, sheet

NET = Suspect("net_pay", "payslips", 0)
PENSION = Suspect("pension", "payslips", 0)


def read(drawing: str) -> Document:
    """The one document that a scan with this drawing gives."""
    (document,) = MATERIAL.extract([sheet(drawing, source="ocr", sure=0.99)])
    return document


def again(document: Document, says: Mapping[str, str]) -> Document:
    """The document mended: a second reader says of each doubted cell what it was read as, or what `says` has for that."""
    found: dict[Suspect, Opinions] = {}
    for suspect in suspects(document):
        text = cell_of(document, suspect).text
        found[suspect] = ((says.get(text, text),),)
    return mend(document, found)


def cell(document: Document, suspect: Suspect) -> Field:
    """The cell that a suspect names."""
    return cell_of(document, suspect)


def test_sums_that_close_doubt_nothing() -> None:
    """A slip whose net is its gross less what is taken has no cell to be read again."""
    assert suspects(read(COLUMNS)) == []


def test_a_misread_amount_is_mended_by_the_one_reading_that_closes_the_sums() -> None:
    """The second reader's amount takes the place of the misread one, marked as inferred, with the text as first read."""
    document = read(COLUMNS.replace("9,171.00", "9,177.00"))
    assert NET in suspects(document)
    found = cell(again(document, {"9,177.00": "9,171.00"}), NET)
    assert (found.value, found.text, found.inferred) == ("9171.00", "9,177.00", True)
    assert found.confidence >= 0.98


def test_a_line_and_a_column_of_the_same_place_are_mended_together() -> None:
    """The pension is both a column and a printed line of the slip: one reading mends both."""
    document = again(read(COLUMNS.replace("960.00", "950.00")), {"950.00": "960.00"})
    assert cell(document, PENSION).value == "960.00"
    assert [str(i["amount"].value) for i in document.tables["items"] if i["label"].value == "养老保险"] == [
        "960.00"
    ]


def test_a_misread_line_is_mended_by_the_gross() -> None:
    """The earnings above the gross must make it: an allowance read wrongly is mended where the net's sum closes already."""
    document = again(
        read(COLUMNS.replace("\n餐补          1,000.00", "\n餐补          1,008.00")),
        {"1,008.00": "1,000.00"},
    )
    assert "1000.00" in [i["amount"].value for i in document.tables["items"]]
    assert cell(document, NET).confidence == 0.99


def test_two_ways_to_mend_are_none() -> None:
    """Where two different choices close the sum nothing is changed, and what two readers do not agree on accuses nobody."""
    document = read(COLUMNS.replace("9,171.00", "9,177.00"))
    mended = again(document, {"9,177.00": "9,171.00", "960.00": "954.00"})
    assert (cell(mended, NET).value, cell(mended, PENSION).value) == ("9177.00", "960.00")
    assert cell(mended, NET).confidence < 0.98
    assert cell(mended, PENSION).confidence < 0.98


def test_a_forged_amount_stays() -> None:
    """An edited net that two readers agree on keeps its value and counts in full, so that the rule can raise it."""
    found = cell(again(read(COLUMNS.replace("9,171.00", "12,171.00")), {}), NET)
    assert (found.value, found.inferred) == ("12171.00", False)
    assert found.confidence >= 0.98


def test_any_single_misread_digit_is_mended() -> None:
    """Whichever amount of a slip is read with a wrong digit, the sums and the second reader bring the printed one back."""
    rng = random.Random(7)
    for text in ("12,000.00", "8,000.00", "3,000.00", "1,440.00", "240.00", "60.00", "129.00", "9,171.00"):
        place = rng.choice([i for i, c in enumerate(text) if c.isdigit()])
        wrong = text[:place] + str((int(text[place]) + 3) % 10) + text[place + 1 :]
        document = again(read(COLUMNS.replace(f" {text}", f" {wrong}")), {wrong: text})
        rows = [*document.tables["payslips"], *document.tables["items"]]
        values = {str(f.value) for row in rows for f in row.values()}
        assert text.replace(",", "") in values
        assert suspects(document) == []
