"""Sheets become documents: by score, each line once, ties told, pages in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pipeline.assemble import assemble
from pipeline.material import Claim, Material
from pipeline.model import Document, Field, Sheet
from tests.lay import file, sheet, text


def material(type_: str, recognise: Callable[[Sheet], list[Claim]], **more: object) -> Material:
    """A material whose documents hold the texts that it was given to read."""

    def extract(sheets: Sequence[Sheet]) -> list[Document]:
        first = sheets[0]
        seen = tuple(line.text for s in sheets for line in s.lines)
        cell = Field(seen, "", 1.0, first.file, first.page, (0, 0, 1, 1))
        return [Document(type_, tuple((s.file, s.page) for s in sheets), 1.0, {"seen": cell})]

    return Material(type_, type_, type_, ("seen",), recognise, extract, **more)  # type: ignore[arg-type]


def always(
    score: float, area: tuple[float, float, float, float] | None = None
) -> Callable[[Sheet], list[Claim]]:
    return lambda _: [Claim(score, area)]


def seen(document: Document) -> tuple[str, ...]:
    value = document.fields["seen"].value
    assert isinstance(value, tuple)
    return value


PAGE = text("第一行", "第二行", "第三行", "第四行")


@pytest.mark.parametrize("order", [1, -1])
def test_the_better_claim_wins_in_whatever_order(order):
    """Two materials want the same page: the score decides, and the registry's order does not."""
    both = [material("a", always(0.7)), material("b", always(0.9))][::order]
    documents, findings = assemble([file(PAGE)], both)
    assert [(d.type, d.confidence) for d in documents] == [("b", 0.9)]
    assert findings == []


@pytest.mark.parametrize("order", [1, -1])
def test_a_tie_is_told_and_gives_no_document(order):
    """Nobody guesses between two claims of nearly the same score: the reviewer is told who they are of."""
    both = [material("a", always(0.90)), material("b", always(0.87))][::order]
    documents, (finding,) = assemble([file(PAGE)], both)
    assert documents == []
    assert (finding.code, finding.severity, finding.params["pages"]) == (
        "DOCUMENT_UNRECOGNISED",
        "low",
        ["1"],
    )
    assert sorted(finding.params["candidates"]) == ["a", "b"]


def test_a_tie_of_three_gives_no_document_either():
    """The third of nearly the same score does not get what the first two are kept from."""
    three = [material("a", always(0.90)), material("b", always(0.89)), material("c", always(0.88))]
    documents, findings = assemble([file(PAGE)], three)
    assert documents == []
    assert [f.code for f in findings] == ["DOCUMENT_UNRECOGNISED"]


def test_a_page_that_nobody_claims_is_noted_beside_its_neighbour():
    """Among a document's pages or right behind them it may be one of them; farther on, or before them, it is not."""

    def recognise(one: Sheet) -> list[Claim]:
        return [Claim(0.9, starts=False)] if one.lines[0].text == "题" else []

    own, strange = text("题", "甲", "乙", "丙"), text("别的", "什么", "内容", "写着")
    (document,), findings = assemble([file(strange, own, strange, strange)], [material("a", recognise)])
    assert document.notes["unclaimed"] == (3,)
    assert [f.params["pages"] for f in findings] == [["1"], ["3", "4"]]
    (alone,), _ = assemble([file(own), file(strange, key="b.pdf")], [material("a", recognise)])
    assert "unclaimed" not in alone.notes
    (document,), findings = assemble([file(own, text("以下空白"))], [material("a", recognise)])
    assert (document.notes["bare"], findings) == ((2,), [])


def test_a_weak_claim_is_none():
    """Below one half nobody believes it, and the page is told as unrecognised."""
    documents, findings = assemble([file(PAGE)], [material("a", always(0.49))])
    assert documents == []
    assert [f.params for f in findings] == [{"pages": ["1"]}]


def test_no_line_is_claimed_twice():
    """Two papers on one sheet each get their own part of it; of two claims on the same part the better one holds."""
    upper, lower = (0, 0, 600, 95), (0, 95, 600, 800)
    both = [
        material("a", lambda _: [Claim(0.9, upper), Claim(0.6, lower)]),
        material("b", always(0.8, lower)),
    ]
    documents, _ = assemble([file(PAGE)], both)
    assert [(d.type, seen(d)) for d in documents] == [
        ("a", ("第一行", "第二行")),
        ("b", ("第三行", "第四行")),
    ]


def test_a_paper_goes_on_over_the_pages_of_its_file():
    """A page that does not start continues the one before of the same material; a page that starts begins anew, and so
    does another file."""

    def recognise(one: Sheet) -> list[Claim]:
        return [Claim(0.9, starts=one.lines[0].text == "题")]

    first, second = text("题", "甲"), text("乙")
    documents, _ = assemble(
        [file(first, second, second, first, key="a.pdf"), file(second, key="b.pdf")],
        [material("a", recognise)],
    )
    assert [d.pages for d in documents] == [
        (("a.pdf", 1), ("a.pdf", 2), ("a.pdf", 3)), (("a.pdf", 4),), (("b.pdf", 1),)
    ]  # fmt: skip
    assert [d.id for d in documents] == ["d1", "d2", "d3"]


def test_another_paper_between_ends_the_one_before():
    """What continues after a page of another material begins a document of its own."""

    def mine(mark: str) -> Callable[[Sheet], list[Claim]]:
        return lambda one: [Claim(0.9, starts=False)] if one.lines[0].text == mark else []

    a, b = text("甲", "甲二"), text("乙", "乙二")
    documents, _ = assemble([file(a, b, a)], [material("a", mine("甲")), material("b", mine("乙"))])
    assert [(d.type, [p for _, p in d.pages]) for d in documents] == [("a", [1]), ("b", [2]), ("a", [3])]


def test_a_claim_that_is_none_alone_holds_behind_its_own_paper_only():
    """A page that tells nothing by itself goes on with the paper on the page before; elsewhere it is unrecognised, and anybody
    else's claim is better."""

    def recognise(one: Sheet) -> list[Claim]:
        return [Claim(0.9, starts=False, alone=one.lines[0].text == "题")]

    other = material("b", lambda one: [Claim(0.6)] if one.lines[0].text == "丙" else [])
    head, rest, strange = text("题", "甲"), PAGE, text("丙", "丙二")
    documents, findings = assemble([file(rest, head, rest, strange, rest)], [material("a", recognise), other])
    assert [(d.type, [p for _, p in d.pages]) for d in documents] == [("a", [2, 3]), ("b", [4])]
    assert [f.params["pages"] for f in findings] == [["1"], ["5"]]


def test_blank_pages_are_silent():
    """The back of a scan and a separator with a page number are no paper that anybody missed."""
    documents, findings = assemble([file(sheet(), text("1"), text("第2页"), sheet())], [])
    assert (documents, findings) == ([], [])


def test_unrecognised_pages_are_told_by_runs():
    """Neighbouring pages are one finding, another run is another, each with the evidence of its pages."""
    other = material("a", lambda s: [Claim(0.9)] if s.lines and s.lines[0].text == "题" else [])
    pages = [PAGE, PAGE, text("题", "甲", "乙"), PAGE]
    _, findings = assemble([file(*pages, key="信.pdf")], [other])
    assert [f.params["pages"] for f in findings] == [["1", "2"], ["4"]]
    assert [[(e.file, e.page) for e in f.evidence] for f in findings] == [
        [("信.pdf", 1), ("信.pdf", 2)], [("信.pdf", 4)]
    ]  # fmt: skip
    assert len({f.id for f in findings}) == 2


def test_a_recognised_sheet_speaks_for_its_page():
    """Beside a card that was read, other words on the same picture are no lost paper."""
    card = text("题", "甲", "乙")
    other = material("a", lambda s: [Claim(0.9)] if s.lines[0].text == "题" else [])
    documents, findings = assemble([file((card, PAGE))], [other])
    assert (len(documents), findings) == (1, [])


def test_documents_are_put_together_across_files_and_keep_the_order_of_pages():
    """`gather` sees all documents of its material in the case, and what it returns is numbered by place."""

    def gather(documents: list[Document]) -> list[Document]:
        return documents[::-1]

    both = [material("a", lambda s: [Claim(0.9)] if "一" in s.lines[0].text else [], gather=gather)]
    documents, _ = assemble([file(PAGE, key="x.pdf"), file(PAGE, key="a.pdf")], both)
    assert [(d.id, d.pages[0][0]) for d in documents] == [("d1", "x.pdf"), ("d2", "a.pdf")]


def test_a_wrong_declaration_fails_in_a_sentence_that_names_the_material():
    """A required field that the material does not have, or a field named twice, is found at import."""
    with pytest.raises(ValueError, match="a: the required field 'nmae' is none"):
        material("a", always(1), required=("nmae",))
    with pytest.raises(ValueError, match="a: a field is named twice"):
        Material("a", "a", "a", ("x", "x"), always(1), lambda _: [])
