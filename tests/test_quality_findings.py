"""What a page's faults cost: the findings that name them, only where a required field is lost there, and instead of others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.assemble import assemble
from pipeline.model import Document, File, Finding, Line, Page, Sheet, Unread
from pipeline.result import Judgement
from tests.build import at
from tests.household import (
    HIS_NUMBER,
    ME,
    SPOUSE,
    but,
    card,
    flow,
    judged,
    outcome_of,
    paid,
    papers,
    raised,
    the,
)
from validators.catalogue import customer, sentence

CARD = f"身份证{ME}.jpg"
CERTIFICATE = "收入证明.jpg"
HERE = (0.3, 0.80, 0.6, 0.83)
"""Where the lost field is printed."""


def fault(kind: str, box: tuple[float, ...] = (0.05, 0.05, 0.95, 0.95), **more: Any) -> dict[str, Any]:
    """A fault as the measures write it down; of the print: of all of it."""
    share = {"share": 1.0} if kind in ("blur", "dark", "moire", "low_resolution") else {}
    return {"kind": kind, "box": list(box), **share, **more}


def seen(documents: list[Document], file: str, *faults: dict[str, Any], clear: bool = True) -> Judgement:
    """The case judged with a picture of the file that has these faults; not `clear`: most of its lines were not read."""
    line = Line("公民身份号码", (10, 10, 90, 20), 0.99 if clear else 0.4)
    sheet = Sheet(file, 1, 1000, 700, (line,) * 6)
    quality = {"width": 1000, "height": 700, "faults": list(faults)}
    page = Page(file, 1, "ocr", 0, quality, (sheet,))
    return judged(documents, files=(File(file, "0" * 64, 1, "jpg", (page,)),))


def lost(name: str, box: tuple[float, float, float, float] | None = HERE, **more: Any) -> list[Document]:
    """The papers with a card on which a field is printed at a place and was not read."""
    paper = card(**{name: None}, **more)
    return but(replace(paper, unread=(Unread(name, CARD, 1, box),)))


def without(name: str) -> list[Document]:
    """The papers with a certificate on which nothing at all was seen of a field."""
    return but(paid(**{name: None}, notes={}))


# ---------------------------------------------------------------- nothing is lost, nothing is said


@pytest.mark.parametrize("kind", ["blur", "glare", "dark", "moire", "low_resolution", "covered", "cut"])
def test_a_bad_page_whose_fields_were_read_is_silent(kind: str) -> None:
    """Whatever the picture looks like: what was needed of it is there."""
    for file in (CARD, CERTIFICATE):
        assert raised(seen(papers(), file, fault(kind, side="bottom", through=True))) == set()


def test_what_is_not_required_stays_a_note() -> None:
    """A blurred address costs nobody a new photo."""
    judgement = seen(lost("address"), CARD, fault("blur"))
    assert raised(judgement) == {"FIELD_UNREADABLE"}
    assert judgement.verdict == "pass"


def test_a_field_lost_on_a_good_page_is_the_fields_own_finding() -> None:
    """A stamp, a misprint: the picture is not to blame."""
    judgement = seen(lost("valid_until"), CARD)
    assert raised(judgement) == {"FIELD_UNREADABLE"}
    assert outcome_of(judgement, "PAGE_BLURRED") == outcome_of(judgement, "PAGE_CROPPED") == "passed"


def test_a_fault_elsewhere_on_the_page_is_not_to_blame() -> None:
    """The field is lost at one end of the card, the soft line and the finger are at the other."""
    elsewhere = (0.1, 0.05, 0.4, 0.2)
    for kind in ("blur", "glare", "covered", "cut"):
        faults = {**fault(kind, elsewhere, side="top"), "share": 0.1}
        assert raised(seen(lost("valid_until"), CARD, faults)) == {"FIELD_UNREADABLE"}


def test_a_side_that_is_not_there_is_another_matter() -> None:
    """A front with a finger at its edge lacks its back, not the date that stands there."""
    front = card(sides=["front"], valid_from=None, valid_until=None, issuing_authority=None)
    assert raised(seen(but(front), CARD, fault("covered", side="right"))) == {"SIDE_MISSING"}


def test_what_a_paper_may_lack_is_not_blamed_on_the_page() -> None:
    """A certificate of the year's income prints no month's, however the photo was taken."""
    yearly = but(paid(monthly_income=None, monthly_income_words=None, annual_income="300000.00"))
    judgement = seen(yearly, CERTIFICATE, fault("cut", (0.0, 0.95, 1.0, 1.0), side="bottom"))
    plain = judged(yearly)
    assert raised(judgement) - raised(plain) <= {"PAGE_CROPPED"}
    assert ("PAGE_CROPPED" in raised(judgement)) is ("FIELD_UNREADABLE" in raised(plain))


# ---------------------------------------------------------------- a field is lost where the page is bad


@pytest.mark.parametrize("kind", ["blur", "glare", "dark", "moire", "low_resolution"])
def test_bad_print_at_the_field_is_the_reason(kind: str) -> None:
    """One finding instead of FIELD_UNREADABLE, with its reason and the place; the verdict asks for a new photo."""
    judgement = seen(lost("valid_until"), CARD, fault(kind))
    assert raised(judgement) == {"PAGE_BLURRED"}
    found = the(judgement, "PAGE_BLURRED")
    assert (found.severity, found.params["reason"], found.params["fields"]) == (
        "medium",
        kind,
        ["valid_until"],
    )
    (place,) = found.evidence
    assert (place.file, place.page, place.box, place.field) == (CARD, 1, HERE, "valid_until")
    assert judgement.verdict == "supplement"
    assert outcome_of(judgement, "PAGE_BLURRED") == "raised"
    assert "有效期" in sentence(found, "zh")
    assert customer(found, "en")


@pytest.mark.parametrize(
    ("sides", "named", "zh", "en"),
    [
        (("bottom",), "bottom", "下边", "bottom"),
        (("bottom", "right"), "bottom_right", "右下角", "lower right corner"),
        (("top", "left"), "top_left", "左上角", "upper left corner"),
    ],
)
def test_a_cut_side_is_named_so_that_one_can_act(
    sides: tuple[str, ...], named: str, zh: str, en: str
) -> None:
    """`The lower right corner is cut off: photograph again`, in both languages."""
    faults = [fault("cut", (0.2, 0.75, 1.0, 1.0), side=side) for side in sides]
    found = the(seen(lost("valid_until"), CARD, *faults), "PAGE_CROPPED")
    assert (found.params["side"], found.params["reason"]) == (named, "cut")
    assert f"{zh}被裁切" in sentence(found, "zh")
    assert "重新拍摄" in sentence(found, "zh")
    assert f"The {en} of the ID card is cut off" in sentence(found, "en")
    assert "hotograph again" in sentence(found, "en")


def test_a_finger_beside_what_is_left_of_a_number() -> None:
    """The first digits were read; the rest of their row lies under the finger."""
    left = (0.30, 0.80, 0.36, 0.83)
    finger = fault("covered", (0.4, 0.7, 0.55, 1.0), side="bottom")
    found = the(seen(lost("id_number", left), CARD, finger), "PAGE_CROPPED")
    assert (found.params["reason"], found.params["side"]) == ("covered", "bottom")
    assert "手指" in sentence(found, "zh")


def test_a_field_of_which_nothing_is_seen_lies_under_what_hides_the_paper() -> None:
    """The date at the foot of a certificate: nothing of it is left, and the picture ends above it."""
    foot = fault("cut", (0.0, 0.4, 1.0, 0.5), side="bottom")
    judgement = seen(without("issue_date"), CERTIFICATE, foot)
    assert "FIELD_UNREADABLE" not in raised(judgement)
    found = the(judgement, "PAGE_CROPPED")
    assert (found.params["side"], found.params["fields"]) == ("bottom", ["issue_date"])
    assert found.evidence[0].box == (0.0, 0.4, 1.0, 0.5)


def test_one_finding_a_paper_and_code_whatever_it_costs() -> None:
    """Three fields under one blur are one finding; a field that is lost by something else keeps its own."""
    paper = card(valid_until=None, birth_date=None, address=None)
    places = {"valid_until": HERE, "birth_date": (0.1, 0.3, 0.3, 0.35), "address": (0.1, 0.5, 0.5, 0.55)}
    documents = but(replace(paper, unread=tuple(Unread(n, CARD, 1, box) for n, box in places.items())))
    judgement = seen(documents, CARD, fault("blur"))
    assert the(judgement, "PAGE_BLURRED").params["fields"] == ["valid_until", "birth_date"]
    rest = the(judgement, "FIELD_UNREADABLE")
    assert (rest.severity, rest.params["fields"]) == ("low", ["address"])


def test_a_doubt_that_kept_a_check_open_is_blamed_on_the_page_too() -> None:
    """A term read at 0.9 keeps a high check unsure; on a blurred page that is why (rule 3)."""
    doubtful = but(card(valid_until=at("long_term", 0.9)))
    assert raised(seen(doubtful, CARD), "medium") == {"FIELD_UNREADABLE"}
    assert raised(seen(doubtful, CARD, fault("blur", (0.0, 0.0, 1.0, 1.0))), "medium") == {"PAGE_BLURRED"}


def test_lost_rows_of_a_soft_statement_are_its_pages_matter() -> None:
    """Rows seen and not read on a page that is soft all over."""
    documents = but(replace(flow(), notes={"rows_lost": 3}))
    judgement = seen(documents, "流水.pdf", fault("low_resolution"))
    assert raised(judgement) == {"PAGE_BLURRED"}
    assert the(judgement, "PAGE_BLURRED").params["fields"] == ["transactions"]


def test_the_card_of_somebody_whom_nobody_asked_for_is_a_note() -> None:
    """Another adult of the household: a lost field of theirs is no reason for a new photo."""
    other = replace(
        card("王小明", HIS_NUMBER[:6] + "199001020313", valid_until=None, file="他.jpg"),
        unread=(Unread("valid_until", "他.jpg", 1, HERE),),
    )
    judgement = seen([*papers(), other], "他.jpg", fault("blur"))
    assert not raised(judgement) & {"PAGE_BLURRED", "PAGE_CROPPED"}


def test_a_better_photo_clears_it() -> None:
    """Both photos are in the case: the good one counts."""
    again = card(file="再拍.jpg")
    judgement = seen([*lost("valid_until"), again], CARD, fault("blur"))
    assert raised(judgement) == set()
    assert SPOUSE in {document.person for document in judgement.documents}


def test_the_materials_table_calls_the_paper_unreadable() -> None:
    """The row of a paper that must be photographed again says so."""
    judgement = seen(lost("valid_until"), CARD, fault("glare"))
    states = {(row.person, row.material): row.state for row in judgement.materials}
    assert states[ME, "id_card"] == "unreadable"


# ---------------------------------------------------------------- pages of which nobody knows what they are


def pages_of(*confidences: tuple[float, ...], height: float = 20, source: Any = "ocr") -> list[Finding]:
    """What is said of a file whose pages have a line of print for each confidence and are no paper that is known."""
    pages = []
    for number, each in enumerate(confidences, 1):
        lines = tuple(
            Line("某些文字", (10, 40 * i, 200, 40 * i + (height if i % 2 else 20)), confidence)
            for i, confidence in enumerate(each)
        )
        pages.append(
            Page("甲.pdf", number, source, 0, {}, (Sheet("甲.pdf", number, 800, 900, lines, source),))
        )
    return assemble([File("甲.pdf", "0" * 64, 1, "pdf", tuple(pages))], ())[1]


def test_a_page_of_which_most_is_not_legible() -> None:
    """PAGE_UNREADABLE for a run of such pages, and no word that they are not recognised; the legible one beside has that."""
    dim, clear = (0.9, 0.9, 0.5, 0.4, 0.3), (0.9, 0.9, 0.9, 0.4, 0.3)
    found = pages_of(dim, dim, clear)
    assert [(f.code, f.params["pages"]) for f in found] == [
        ("DOCUMENT_UNRECOGNISED", ["3"]),
        ("PAGE_UNREADABLE", ["1", "2"]),
    ]
    assert "第1、2页" in sentence(found[1], "zh")


def test_blank_pages_and_photos_of_people_are_never_illegible() -> None:
    """Few lines, lines as different in height as an engine sees in leaves and faces, or a text layer."""
    few = pages_of((), (0.2, 0.2), (0.4, 0.4, 0.4, 0.4))
    assert [(f.code, f.params["pages"]) for f in few] == [("DOCUMENT_UNRECOGNISED", ["3"])]
    assert all(f.code != "PAGE_UNREADABLE" for f in pages_of((0.3,) * 7, height=90))
    assert all(f.code != "PAGE_UNREADABLE" for f in pages_of((0.3,) * 7, source="text"))
