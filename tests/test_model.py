"""What lines, sheets, findings and cells know of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Document, Evidence, Field, Finding, Line, Sheet, union
from pipeline.record import (
    Record,
    RowRecord,
    Table,
    Unsure,
    day_cell,
    list_cell,
    money_cell,
    need,
    text_cell,
)
from tests.lay import line

# ---------------------------------------------------------------- lines and sheets


@given(st.text("户名:张三12 ", min_size=1, max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_a_cut_is_the_same_text_at_the_same_place(text: str, start: int, end: int) -> None:
    """A part of a line keeps each character's own edges and probability, outer spaces left out."""
    whole = replace(line(text, 50, 0), probs=tuple(1 - i / 20 for i in range(len(text))))
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    part = whole.cut(start, end)
    assert part.text == text[start:end].strip()
    if part.text:
        at = start + len(text[start:end]) - len(text[start:end].lstrip())
        assert part.box[0] == whole.edge(at)
        assert part.box[2] == whole.edge(at + len(part.text))
        assert part.probs == whole.probs[at : at + len(part.text)]


def test_doubts_go_with_their_characters():
    """Of a cut only the doubts about its own characters stay, counted from its beginning."""
    whole = Line("公民110105", (0, 0, 80, 10), doubts=((1, "良", 0.1), (3, "7", 0.2), (7, "6", 0.3)))
    assert whole.cut(2, 6).doubts == ((1, "7", 0.2),)


def test_a_line_without_edges_is_spread_evenly():
    """Where an engine gives no places of characters they are taken as equally wide."""
    assert Line("姓名张三", (100, 0, 180, 20)).cut(2).box == (140, 0, 180, 20)


def test_a_box_on_a_flattened_sheet_comes_back_to_the_page():
    """The way back is the whole homography, clipped to the page: a box beyond its edge ends there."""
    turned = Sheet("a.jpg", 1, 100, 200, (), to_page=(0, -0.005, 1, 0.01, 0, 0, 0, 0, 1))
    assert turned.place((10, 20, 30, 40)) == (0.8, 0.1, 0.9, 0.3)
    assert turned.place((-50, 20, 150, 40)) == (0.8, 0.0, 0.9, 1.0)
    leaning = Sheet("a.jpg", 1, 100, 100, (), to_page=(0.01, 0, 0, 0, 0.01, 0, 0.01, 0, 1))
    assert leaning.place((0, 0, 100, 50)) == (0.0, 0.0, 0.5, 0.5)


def test_a_part_of_a_sheet_holds_what_lies_in_it():
    """Lines and seals by their middles; the whole sheet where no part is named."""
    inside, outside = line("甲", 10, 10), line("乙", 300, 10)
    whole = Sheet("a.jpg", 1, 400, 400, (inside, outside), seals=((20, 20, 60, 60), (300, 300, 380, 380)))
    part = whole.within((0, 0, 100, 100))
    assert (part.lines, part.seals) == ((inside,), ((20, 20, 60, 60),))
    assert whole.within(None) is whole


def test_a_box_around_nothing_is_an_error():
    """There is no smallest box around no boxes."""
    assert union([(0, 5, 2, 6), (1, 0, 9, 1)]) == (0, 0, 9, 6)
    with pytest.raises(ValueError, match="unpack"):
        union([])


def test_a_finding_is_known_again_by_what_it_says_and_not_by_where():
    """The same fault of the same person in the same month has the same id on a new scan; another month has another."""
    one = Finding(
        "X", "high", {"month": "2026-09", "gap": "1.00"}, (Evidence("a.pdf", 1),), "王小明", "bank_statement"
    )
    assert (
        one.id
        == replace(one, evidence=(Evidence("b.pdf", 3),), params={"month": "2026-09", "gap": "2.00"}).id
    )
    assert one.id != replace(one, params={"month": "2026-08"}).id
    assert one.id != replace(one, person="李秀英").id


# ---------------------------------------------------------------- records


class Row(RowRecord):
    """A row of the paper below."""

    amount = money_cell()
    on = day_cell()


class Paper(Record):
    """A paper with a cell of each kind."""

    TYPE = "paper"
    name = text_cell()
    total = money_cell()
    day = day_cell()
    sides = list_cell()
    rows_ = Table(Row)


def cell(
    value: str | tuple[str, ...],
    confidence: float = 1.0,
    box: tuple[float, float, float, float] = (0, 0, 1, 1),
) -> Field:
    return Field(value, str(value), confidence, "a.pdf", 2, box)


def paper(**fields: Field) -> Paper:
    rows = [
        {
            "amount": cell("1.50", 0.9, (0.1, 0.1, 0.2, 0.2)),
            "on": cell("2026-02-30", 0.99, (0.5, 0.1, 0.9, 0.2)),
        },
        {},
    ]
    return Paper(Document("paper", (("a.pdf", 2),), 1.0, fields, {"rows_": rows}, id="d7"))


def test_cells_have_their_types():
    """Money is exact, days are days, lists are tuples; a month alone, 长期 and a day of no calendar have no value."""
    record = paper(
        name=cell("王小明"), total=cell("18088.75"), day=cell("2026-09-01"), sides=cell(("front", "back"))
    )
    assert record.name.value == "王小明"
    assert record.total.value == Decimal("18088.75")
    assert record.day.value == date(2026, 9, 1)
    assert record.sides.value == ("front", "back")
    for odd in ("2026-09", "long_term", "2026-02-30"):
        loose = paper(day=cell(odd)).day
        assert (loose.value, bool(loose)) == (None, False)
        assert loose.evidence.value == odd


def test_a_cell_knows_where_it_stands_and_how_sure_it_is():
    """Its evidence names file, page, box, document and field; 0.98 is sure and 0.97 is not."""
    evidence = paper(name=cell("王小明", 0.98)).name.evidence
    assert (evidence.file, evidence.page, evidence.document, evidence.document_id, evidence.field) == (
        "a.pdf", 2, "paper", "d7", "name"
    )  # fmt: skip
    assert paper(name=cell("王小明", 0.98)).name.sure
    assert not paper(name=cell("王小明", 0.97)).name.sure


def test_an_absent_cell_makes_a_rule_unsure():
    """`need` is the one way to meet it: it says of which field of which document nothing is known."""
    with pytest.raises(Unsure) as told:
        need(paper().total)
    assert (told.value.reason, told.value.needs) == ("unreadable", ("paper.total",))
    with pytest.raises(ValueError, match="absent"):
        _ = paper().total.evidence
    assert need(paper(total=cell("0.00")).total) == 0


def test_rows_are_records_of_their_own():
    """Empty rows are left out; a row's place is around its cells, its confidence that of the least sure one."""
    (row,) = paper().rows_
    assert (row.amount.value, row.on.value) == (Decimal("1.50"), None)
    assert (row.evidence.box, row.evidence.confidence, row.evidence.row) == ((0.1, 0.1, 0.9, 0.2), 0.9, 0)
    assert row.amount.evidence.row == 0
