"""The second reader: what fails its own proof is read again, mended where one way closes it, and else held to agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from extractors import MATERIALS
from extractors.bank_statement.second import mend, suspects
from pipeline.cas import Cas
from pipeline.model import SURE, Document, File, Line, Page, Sheet
from pipeline.numbers import id_checks, id_plausible, numbers_read_again, unproved_numbers
from pipeline.ocr.engine import Picture
from pipeline.ocr.second import SecondReader
from pipeline.proof import Opinions, Suspect
from pipeline.second import second_reading
from tests.build import document
from tests.papers import chain, changed, statement
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
    from tests.test_statement_rules import judged

    return judged(balance_chain, paper)[0]


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
