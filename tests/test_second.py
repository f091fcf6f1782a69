"""The second reader: what fails its own proof is read again, mended where one way closes it, and else held to agreement."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extractors import MATERIALS
from extractors.bank_statement.second import mend, suspects
from extractors.income_certificate import words as certificate_words
from fixtures.degrade import as_file
from fixtures.degrade import scan as scan_of
from fixtures.paper import Truth
from fixtures.papers import bank_statement, id_card
from flows.stages import Kit, Papers, read_case, recognised
from flows.workers import InProcess
from pipeline import reading
from pipeline.cas import Cas
from pipeline.model import SURE, Document, File, Line, Page, Sheet
from pipeline.numbers import id_checks, id_plausible, numbers_read_again, unproved_numbers
from pipeline.ocr import ENGINES, EngineSpec, rapid
from pipeline.ocr.engine import Picture, Reading, Span
from pipeline.ocr.second import SecondReader
from pipeline.proof import Opinions, Suspect
from pipeline.result import Person
from pipeline.second import second_reading
from pipeline.settings import Settings
from tests.build import case, checked, document
from tests.papers import AS_OF, ME, chain, changed, statement
from validators.statement import balance_chain

GOOD = "11010519491231002X"
"""The example number of GB 11643."""
MISREAD = "11010519491281002X"
NUMBER = Suspect("id_number")

# ---------------------------------------------------------------- numbers


def card(number: str = MISREAD, confidence: float = 0.995) -> Document:
    return document("id_card", id_number=number, name="某人", confidence=confidence)


def number_after(*opinions: tuple[str, ...], number: str = MISREAD) -> tuple[Any, float, bool, str]:
    cell = numbers_read_again(card(number), {NUMBER: opinions}).fields["id_number"]
    return cell.value, cell.confidence, cell.inferred, cell.text


def test_only_numbers_that_fail_are_read_again():
    """A right number, a masked one and one of 15 digits are left alone; a wrong one is named, in tables too."""
    assert unproved_numbers(card()) == [NUMBER]
    for number in (GOOD, "110105********002X", "130503670401001"):
        assert unproved_numbers(card(number)) == []
    couple = document("marriage_certificate", persons=[{"id_number": GOOD}, {"id_number": MISREAD}])
    assert unproved_numbers(couple) == [Suspect("id_number", "persons", 1)]


def test_a_number_that_a_second_reader_reads_right_is_mended():
    """One reading passes the check digit: it is taken, marked as worked out, and what was first read stays as text."""
    assert number_after((MISREAD,), (GOOD,)) == (GOOD, 0.995, True, MISREAD)
    assert number_after(("公民身份号码" + GOOD,), ()) == (GOOD, 0.995, True, MISREAD)


def test_two_readers_with_a_slip_each_make_one_right_number():
    """The second reader is wrong elsewhere: only its other character at the place of the first slip closes the proof."""
    assert number_after(("11010519491231092X",))[0] == GOOD


def test_a_forged_number_stays_what_it_is_where_two_readers_agree():
    """Both read the same wrong number: it stays, sure enough to accuse."""
    value, confidence, inferred, _ = number_after((MISREAD,), (MISREAD,))
    assert (value, inferred) == (MISREAD, False)
    assert confidence >= SURE


@pytest.mark.parametrize("opinions", [(), ((), ()), (("110105194",), ()), (("11010519491281005X",), ())])
def test_a_wrong_number_without_a_second_witness_is_doubted(opinions: Opinions):
    """No second reading, or another one that is wrong too: the number accuses nobody."""
    value, confidence, inferred, _ = number_after(*opinions)
    assert (value, inferred) == (MISREAD, False)
    assert confidence < SURE


def test_two_ways_to_mend_a_number_are_none():
    """Two right numbers are read: neither is taken, and the check is unsure."""
    wrong = "110105194912310021"
    right = [
        tried
        for i in range(17)
        for digit in "0123456789"
        if id_checks(tried := wrong[:i] + digit + wrong[i + 1 :]) and id_plausible(tried)
    ]
    value, confidence, inferred, _ = number_after((right[0],), (right[1],), number=wrong)
    assert (value, inferred) == (wrong, False)
    assert confidence < SURE


# ---------------------------------------------------------------- chains

AMOUNTS = ("-20.00", "500.00", "-35.50", "1000.00", "-64.50", "-80.00")


def scan(**more: Any) -> Document:
    """A scanned statement of six rows that chains."""
    day = date(2026, 5, 4)
    rows = chain(*((day + timedelta(days=i), amount) for i, amount in enumerate(AMOUNTS)))
    return statement(rows, notes={"layer": False, **more}, opening_balance="10000.00", confidence=0.995)


def read(paper: Document, row: int, **cells: str) -> Document:
    return changed(paper, "transactions", row, **cells)


def opinions_of(paper: Document, other: dict[tuple[str, int], Sequence[str]]) -> dict[Suspect, Opinions]:
    """A second reader that agrees with every cell asked, but for those in `other`."""
    said: dict[Suspect, Opinions] = {}
    for one in suspects(paper):
        if one.row is None:
            said[one] = ((paper.fields[one.name].text,),)
        else:
            own = paper.tables["transactions"][one.row][one.name].text
            said[one] = (tuple(other.get((one.name, one.row), (own,))),)
    return said


def outcome(paper: Document) -> str:
    """What the rule of the chain comes to on this statement alone."""
    people = [Person(ME, role="borrower", employment="salaried")]
    made = checked(case(replace(paper, person=ME), people=people, as_of=AS_OF), balance_chain, given=[])
    return made.checks[0].outcome


def test_only_the_cells_of_broken_sums_of_scans_are_read_again():
    """A chain that closes asks for nothing, a break for its three cells, a text layer for none."""
    assert suspects(scan()) == []
    forged = read(scan(), 2, amount="-36.50")
    assert {(s.name, s.row) for s in suspects(forged)} == {("balance", 1), ("amount", 2), ("balance", 2)}
    assert suspects(replace(forged, notes={"layer": True})) == []


@pytest.mark.parametrize(("name", "wrong"), [("amount", "-36.50"), ("balance", "10444.60")])
def test_a_misread_cell_is_mended_by_the_reading_that_closes_its_sums(name: str, wrong: str):
    """The second reader's digits close both neighbouring sums: taken, marked, the first text kept, and no break is left."""
    right = scan().tables["transactions"][2][name].value
    paper = read(scan(), 2, **{name: wrong})
    after = mend(paper, opinions_of(paper, {(name, 2): [str(right).replace("-", "")]}))
    cell = after.tables["transactions"][2][name]
    assert (cell.value, cell.text, cell.inferred) == (right, wrong, True)
    assert outcome(after) == "passed"


def test_a_forged_row_stays_a_finding():
    """Two readers agree on the three cells of the break: it is raised."""
    paper = read(scan(), 2, amount="-36.50")
    after = mend(paper, opinions_of(paper, {}))
    assert after.tables["transactions"][2]["amount"].value == "-36.50"
    assert set(after.notes["agreed"]) == {("balance", 1), ("amount", 2), ("balance", 2)}
    assert outcome(after) == "raised"


def test_a_break_that_nobody_read_again_accuses_nobody():
    """On a scan the first reader alone is no witness, however sure it is; on a text layer nobody else is needed."""
    paper = read(scan(), 2, amount="-36.50")
    assert outcome(paper) == "unsure"
    assert outcome(mend(paper, {})) == "unsure"
    assert outcome(replace(paper, notes={"layer": True})) == "raised"


def test_readers_who_differ_make_a_break_unsure():
    """Another reading that closes nothing either leaves the cell in doubt."""
    paper = read(scan(), 2, amount="-36.50")
    after = mend(paper, opinions_of(paper, {("amount", 2): ["39.50"]}))
    assert after.tables["transactions"][2]["amount"].confidence < SURE
    assert outcome(after) == "unsure"


def test_two_ways_to_mend_a_chain_are_none():
    """One balance, or the amounts on both sides of it, would close the sums: nothing is taken, and the check is unsure."""
    paper = read(scan(), 2, balance="10444.60")
    other = {("balance", 2): ["10444.50"], ("amount", 2): ["35.40"], ("amount", 3): ["999.90"]}
    after = mend(paper, opinions_of(paper, other))
    assert after.tables["transactions"][2]["balance"].value == "10444.60"
    assert not any(cell.inferred for row in after.tables["transactions"] for cell in row.values())
    assert outcome(after) == "unsure"


def test_a_balance_with_one_sum_alone_is_not_mended():
    """The last balance stands in one sum only: a reading that closes it is no proof, and doubt remains."""
    paper = read(scan(), 5, balance="11399.00")
    right = str(scan().tables["transactions"][5]["balance"].value)
    after = mend(paper, opinions_of(paper, {("balance", 5): [right]}))
    assert after.tables["transactions"][5]["balance"].value == "11399.00"
    assert outcome(after) == "unsure"


def test_a_statement_printed_from_the_latest_row_is_mended_alike():
    """Rows in falling order chain the other way round."""
    paper = scan()
    paper = replace(paper, tables={"transactions": list(paper.tables["transactions"])[::-1]})
    paper = read(paper, 3, balance="10444.60")
    after = mend(paper, opinions_of(paper, {("balance", 3): ["10,444.50"]}))
    assert after.tables["transactions"][3]["balance"].value == "10444.50"


# ---------------------------------------------------------------- figures and words

FIGURES, WORDS = Suspect("monthly_income"), Suspect("monthly_income_words")


def income(figures: str = "18000.00", words: str = "人民币壹万捌仟元整") -> Document:
    return document("income_certificate", monthly_income=figures, monthly_income_words=words, confidence=0.99)


def test_figures_that_differ_from_their_words_are_read_again():
    """Both cells are named where they differ, neither where they agree."""
    assert certificate_words.suspects(income()) == []
    assert certificate_words.suspects(income("13000.00")) == [FIGURES, WORDS]


def test_misread_figures_or_words_are_mended_and_forged_ones_stay():
    """The one that a second reader reads as the other says is mended; where it reads what was read, both stay and accuse."""
    own = ("人民币壹万捌仟元整",)
    after = certificate_words.mend(income("13000.00"), {FIGURES: (("18,000.00元",), ()), WORDS: (own, ())})
    assert (after.fields["monthly_income"].value, after.fields["monthly_income"].inferred) == (
        "18000.00",
        True,
    )
    after = certificate_words.mend(
        income("13000.00"), {FIGURES: (("13000.00",),), WORDS: (("壹万叁仟元整",),)}
    )
    assert after.fields["monthly_income_words"].value == "壹万叁仟元整"
    after = certificate_words.mend(income("13000.00"), {FIGURES: (("13000.00",),), WORDS: (own,)})
    assert [after.fields[s.name].value for s in (FIGURES, WORDS)] == ["13000.00", "人民币壹万捌仟元整"]
    assert all(after.fields[s.name].sure for s in (FIGURES, WORDS))


def test_figures_and_words_with_two_ways_to_agree_are_doubted():
    """Both could be misread: neither is changed, and neither accuses."""
    said = {FIGURES: (("18000.00",),), WORDS: (("壹万叁仟元整",),)}
    after = certificate_words.mend(income("13000.00"), said)
    assert after.fields["monthly_income"].value == "13000.00"
    assert not any(after.fields[s.name].sure for s in (FIGURES, WORDS))


# ---------------------------------------------------------------- the machine


def test_cells_are_cut_from_their_page_and_read_once(tmp_path):
    """The reader sees the ink of the cell's own line, and a second run takes what was kept without drawing the page."""
    picture = np.full((400, 600, 3), 255, np.uint8)
    picture[100:120, 60:360] = 0
    line = Line(MISREAD, (60, 100, 360, 120))
    to_page = (1 / 600, 0.0, 0.0, 0.0, 1 / 400, 0.0, 0.0, 0.0, 1.0)
    sheet = Sheet("a.jpg", 1, 600, 400, (line,), to_page=to_page)
    files = [File("a.jpg", "f" * 64, 1, "jpeg", (Page("a.jpg", 1, "ocr", sheets=(sheet,)),))]
    paper = card()
    cell = replace(paper.fields["id_number"], file="a.jpg", box=sheet.place(line.box))
    paper = replace(paper, fields={**paper.fields, "id_number": cell})
    seen: list[Picture] = []
    drawn: list[str] = []

    def read_(crops: Sequence[Picture]) -> list[tuple[str, ...]]:
        seen.extend(crops)
        return [(GOOD,) for _ in crops]

    def draw(file: File, page: Page) -> Picture:
        drawn.append(file.key)
        return picture

    for _ in range(2):
        (after,) = second_reading(
            [paper], MATERIALS, files, draw, lambda: (SecondReader("r", read_),), Cas(tmp_path)
        )
        assert after.fields["id_number"].value == GOOD
    (crop,) = seen
    assert drawn == ["a.jpg"]
    assert 20 <= crop.shape[0] <= 34
    assert 300 <= crop.shape[1] <= 320
    assert (crop[crop.shape[0] // 2, 10:-10] < 60).all()
    assert crop[0].min() > 200


def test_a_text_layer_is_never_mended(tmp_path):
    """On a page with a text layer the layer itself is the second witness: nobody reads its picture, nothing changes."""
    files = [File("a.pdf", "f" * 64, 1, "pdf", (Page("a.pdf", 1, "text"),))]
    paper = card()
    paper = replace(paper, fields={"id_number": replace(paper.fields["id_number"], file="a.pdf")})

    def nobody(*_: object) -> Any:
        raise AssertionError("a text layer was drawn or read again")

    (after,) = second_reading([paper], MATERIALS, files, nobody, nobody, Cas(tmp_path))
    assert after.fields["id_number"].value == MISREAD
    assert after.fields["id_number"].confidence >= SURE


def test_papers_without_a_failed_proof_are_not_touched(tmp_path):
    """Readers are not even made for a case in which everything closes."""

    def nobody(*_: object) -> Any:
        raise AssertionError("something was read again")

    papers = [card(GOOD), scan()]
    assert second_reading(papers, MATERIALS, [], nobody, nobody, Cas(tmp_path)) == papers


# ---------------------------------------------------------------- with real engines


class Misreading:
    """RapidOCR that reads one text as another, sure of itself; asked for single lines it reads what is printed."""

    slip = ("", "")

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.real = rapid.RapidEngine(spec)

    def read(self, picture: Picture) -> Reading:
        right = self.real.read(picture)
        old, new = self.slip
        assert not old or any(old in span.text for span in right.spans), "the slip finds its place"
        spans = (
            replace(s, text=s.text.replace(old, new), doubts=()) if old and old in s.text else s
            for s in right.spans
        )
        return Reading(right.rotation, tuple(spans))

    def reread(self, crops: list[Picture]) -> list[Span]:
        return self.real.reread(crops)

    def other(self, crops: list[Picture]) -> list[Span]:
        return self.real.other(crops)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Document]]:
    """Reads a picture as a case with the stages of the program; `slip` is what the first reader takes for what."""
    monkeypatch.setitem(ENGINES, "rapidocr", Misreading)
    reading._engines.clear()

    def read_(image: Image.Image, slip: tuple[str, str] = ("", "")) -> Document:
        monkeypatch.setattr(Misreading, "slip", slip)
        path = tmp_path / "a.jpg"
        path.write_bytes(as_file([image], 90))
        kit = Kit(Settings(work=tmp_path / f"work{slip}"), rapid.spec(), date(2026, 11, 2), "run-1")
        dossier = read_case(Papers("c1", {"a.jpg": path}), kit, InProcess())
        assert dossier.lost == ()
        (found,), _ = recognised(dossier, kit)
        assert recognised(dossier, kit)[0] == [found], "kept readings say the same"
        return found

    yield read_
    reading._engines.clear()


def drawn_statement(forged: str | None = None) -> tuple[Image.Image, Truth]:
    """A scanned statement of 18 rows with an opening balance; `forged` is printed as the amount of its eighth row."""
    truth = bank_statement.invent(random.Random("second reader"), 18)
    if forged:
        truth["tables"]["transactions"][7]["amount"] = forged
    paper = bank_statement.draw("signed", truth, 3)
    return scan_of(bank_statement.to_images(paper)[0], 5), truth


@pytest.mark.ocr
def test_a_misread_balance_of_a_scan_is_mended_and_a_forged_amount_is_a_finding(desk: Any):
    """The second reader sees what is printed: the reader's slip is taken back, the forger's digit stays and is raised."""
    image, truth = drawn_statement()
    row = truth["tables"]["transactions"][7]
    printed = row["balance"]
    digit = "1" if printed[0] != "1" else "7"
    read_wrong = desk(image, (printed, digit + printed[1:]))
    (cell,) = [r["balance"] for r in read_wrong.tables["transactions"] if r["balance"].inferred]
    assert cell.value == printed
    assert cell.text == digit + printed[1:]
    assert outcome(read_wrong) == "passed"

    amount = Decimal(row["amount"])
    forged, _ = drawn_statement(str(amount + (300 if amount > 0 else -300)))
    assert outcome(desk(forged)) == "raised"


@pytest.mark.ocr
def test_a_misread_number_of_a_card_is_mended_and_a_forged_one_is_a_finding(desk: Any):
    """The number as printed comes back where it was misread; a number printed with a wrong check digit is sure and wrong."""
    truth = id_card.invent(random.Random("second reader"))
    number = truth["fields"]["id_number"]
    slip = number[:12] + ("7" if number[12] != "7" else "2") + number[13:]
    found = desk(scan_of(id_card.draw("front", truth, 1).images[0], 4), (number, slip)).fields["id_number"]
    assert (found.value, found.text, found.inferred) == (number, slip, True)

    forged = number[:-1] + ("3" if number[-1] != "3" else "5")
    other = {**truth, "fields": {**truth["fields"], "id_number": forged}}
    found = desk(scan_of(id_card.draw("front", other, 1).images[0], 4)).fields["id_number"]
    assert (found.value, found.inferred) == (forged, False)
    assert found.confidence >= SURE
