"""Missing sides, pages and seals, papers that run out or grow old: raised, silent, unsure and not run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.model import Document, Finding
from tests.build import at, document, id_number
from tests.household import (
    HIS_NUMBER,
    ME,
    SPOUSE,
    but,
    card,
    declared,
    flow,
    judged,
    marriage,
    outcome_of,
    paid,
    papers,
    pay,
    raised,
    the,
    without,
)
from validators.completeness import missing_pages

# ---------------------------------------------------------------- sides


def test_a_missing_side_is_named() -> None:
    """A card without its back lacks that side and nothing else; what stands there is not run."""
    judgement = judged(but(card(sides=["front"], valid_from=None, valid_until=None)))
    assert raised(judgement) == {"SIDE_MISSING"}
    found = the(judgement, "SIDE_MISSING")
    assert (found.severity, found.person, found.params["side"]) == ("medium", ME, "back")
    assert outcome_of(judgement, "DOCUMENT_EXPIRED") == "not_run"
    assert judgement.verdict == "supplement"


def test_both_sides_may_lie_in_two_files() -> None:
    """Front and back in two files of one person are both sides."""
    front = card(sides=["front"], valid_from=None, valid_until=None)
    back = document(
        "id_card", file="背.jpg", sides=["back"], valid_from="2019-05-20", valid_until="2039-05-20"
    )
    assert raised(judged([*without("id_card"), front, back, card(SPOUSE, HIS_NUMBER)])) == set()


def test_sides_that_nobody_could_tell_are_unsure() -> None:
    """A card whose side was not told is no missing side."""
    assert outcome_of(judged(but(card(sides=None))), "SIDE_MISSING") == "unsure"


def test_no_card_has_no_missing_side() -> None:
    """Without any card the side is not run: the card itself is missing."""
    judgement = judged(without("id_card"))
    assert outcome_of(judgement, "SIDE_MISSING") == "not_run"
    assert "SIDE_MISSING" not in raised(judgement)


# ---------------------------------------------------------------- pages


def paged(pages: int, *numbers: tuple[int, int]) -> Document:
    """The statement on so many pages with these printed numbers."""
    return replace(flow(pages=pages), notes={"page_numbers": [list(pair) for pair in numbers]})


def test_a_gap_in_the_printed_numbers() -> None:
    """Page 3 of 4 is not there: raised with its number, the pages around it as evidence."""
    found = the(judged(but(paged(3, (1, 4), (2, 4), (4, 4)))), "PAGE_MISSING")
    assert found.params["pages"] == ["3"]
    assert [seen.page for seen in found.evidence] == [2, 3]


def test_a_statement_that_ends_early() -> None:
    """Two pages of four: the rest is missing."""
    assert missing_pages(paged(2, (1, 4), (2, 4))) == [3, 4]


@pytest.mark.parametrize(
    "paper",
    [
        paged(3, (1, 3), (2, 3), (3, 3)),
        paged(3, (1, 3), (3, 3)),  # a page whose number is not legible
        paged(2, (1, 0), (2, 0)),  # no total is printed
        paged(3, (1, 2), (2, 2), (2, 2)),  # a page twice
        paged(4),
    ],
)
def test_pages_that_are_all_there(paper: Document) -> None:
    """Complete numbers, a number that was not read, no total, or no numbers at all: silence."""
    assert missing_pages(paper) == []


def test_pages_without_a_legible_number_are_given_credit() -> None:
    """One page whose number is not legible can be one of two missing pages, not both."""
    assert missing_pages(paged(3, (1, 4), (2, 4))) == [3, 4]
    assert missing_pages(paged(4, (1, 4), (2, 4))) == []


def test_a_bare_page_behind_a_paper_may_be_its_last() -> None:
    """A page with a seal or a word or two, on which no number is legible, can be the missing one."""
    three = paged(3, (1, 4), (2, 4), (3, 4))
    assert missing_pages(three) == [4]
    assert missing_pages(replace(three, notes={**three.notes, "bare": (4,)})) == []


@pytest.mark.parametrize("numbers", [[(1, 4), (2, 5), (4, 4)], [(1, 3), (5, 3)], [(1, 99_999_999)]])
def test_numbers_that_contradict_each_other(numbers: list[tuple[int, int]]) -> None:
    """Two totals, a page beyond the total or an absurd total is a misreading: unsure."""
    assert outcome_of(judged(but(paged(3, *numbers))), "PAGE_MISSING") == "unsure"


def test_a_certificate_without_its_page_of_persons() -> None:
    """The page with both persons is missing; where it is there and not legible, another code says so."""
    bare = document(
        "marriage_certificate", file="结婚证欧阳文静.jpg", holder=ME, registration_date="2016-10-18"
    )
    assert raised(judged(but(bare))) == {"PAGE_MISSING"}
    unread = document(
        "marriage_certificate",
        file="结婚证欧阳文静.jpg",
        holder=ME,
        registration_date="2016-10-18",
        unread=["persons"],
    )
    assert raised(judged(but(unread))) == {"FIELD_UNREADABLE"}


# ---------------------------------------------------------------- terms and ages


@pytest.mark.parametrize(
    ("until", "severity"),
    [
        ("2026-11-01", "high"),
        ("2026-11-02", "medium"),
        ("2026-12-02", "medium"),
        ("2026-12-03", None),
        ("long_term", None),
    ],
)
def test_a_card_that_runs_out(until: str, severity: str | None) -> None:
    """Past its end high, within 30 days medium, later silent; the days are counted from the day of judgement."""
    judgement = judged(but(card(valid_from="2006-11-01", valid_until=until)))
    found = [finding.severity for finding in judgement.findings if finding.code == "DOCUMENT_EXPIRED"]
    assert found == ([severity] if severity else [])


@pytest.mark.parametrize("day", ["9999-12-30", "0001-01-01"])
def test_days_at_the_ends_of_the_calendar(day: str) -> None:
    """A hostile date on a card, in its number or on a certificate breaks nothing."""
    number = f"510107{day.replace('-', '')}2646"
    judgement = judged(
        but(card(valid_from=day, valid_until=day, id_number=number), but(paid(issue_date=day)))
    )
    assert judgement.verdict == "review"


def test_a_card_of_ten_years_that_expired() -> None:
    """The regular card of somebody issued with it at 25 that ended three days ago is expired and nothing else."""
    number = id_number("1990-11-12", "001")
    young = card("某人", number, valid_from="2016-10-30", valid_until="2026-10-30")
    judgement = judged([young, paid(name="某人", id_number=number)], application=False)
    assert raised(judgement, "high") == {"DOCUMENT_EXPIRED"}
    assert the(judgement, "DOCUMENT_EXPIRED").params["days"] == 3


def test_the_renewed_card_counts() -> None:
    """An expired card beside its renewal is no matter."""
    old = card(file="旧.jpg", valid_from="2009-05-20", valid_until="2019-05-20")
    assert "DOCUMENT_EXPIRED" not in raised(judged([*papers(), old]))


def test_an_unread_end_is_unsure_and_must_be_looked_at() -> None:
    """An end of term that could not be read is unsure; the field is required, so it is asked for."""
    judgement = judged(but(card(valid_until=None, unread=["valid_until"])))
    assert outcome_of(judgement, "DOCUMENT_EXPIRED") == "unsure"
    assert raised(judgement) == {"FIELD_UNREADABLE"}


@pytest.mark.parametrize(
    ("issued", "stale"),
    [("2026-08-04", False), ("2026-08-03", True), ("2026-08", False), ("2026-07", True)],
)
def test_a_certificate_grows_old(issued: str, stale: bool) -> None:
    """Ninety days pass, ninety-one are too old; a month alone counts from its last day."""
    judgement = judged(but(paid(issue_date=issued)))
    assert ("DOCUMENT_STALE" in raised(judgement)) is stale
    if stale and len(issued) == 10:
        assert the(judgement, "DOCUMENT_STALE").params == {
            "material": "income_certificate",
            "found": "2026-08-03",
            "days": 91,
            "limit": 90,
        }


def test_a_certificate_without_a_legible_date_is_unsure() -> None:
    """No day of issue is no old paper, but it has to be read; one read with doubt accuses nobody."""
    dateless = judged(but(paid(issue_date=None)))
    assert outcome_of(dateless, "DOCUMENT_STALE") == "unsure"
    assert the(dateless, "FIELD_UNREADABLE").params["fields"] == ["issue_date"]
    doubtful = judged(but(paid(issue_date=at("2026-01-01", 0.9))))
    assert outcome_of(doubtful, "DOCUMENT_STALE") == "unsure"
    assert "DOCUMENT_STALE" not in raised(doubtful)


def test_a_statement_that_ends_too_early() -> None:
    """The statement may end at most 31 days before; the latest of several counts; its rows do where no period is printed."""
    late = judged(as_of=date(2026, 12, 2))
    assert the(late, "DOCUMENT_STALE").params["days"] == 32
    assert "DOCUMENT_STALE" not in raised(judged(as_of=date(2026, 12, 1)))
    second = flow(
        file="新.pdf",
        account_number="6222000011119999",
        period_start=date(2026, 11, 1),
        period_end=date(2026, 11, 30),
    )
    assert "DOCUMENT_STALE" not in raised(judged([*papers(), second], as_of=date(2026, 12, 2)))
    rows_only = flow(period_start=None, period_end=None)
    assert "DOCUMENT_STALE" in raised(judged(but(rows_only), as_of=date(2026, 12, 5)))


def test_freshness_settles_a_case_for_a_time() -> None:
    """The first day on which the same papers would be judged otherwise is told, unless the day was declared."""
    assert judged().settled_until == date(2026, 12, 2)
    assert judged(as_of_is_submission=True).settled_until is None


# ---------------------------------------------------------------- seals and wording


def test_a_certificate_without_a_seal() -> None:
    """No ink on a colour page is raised, a grey copy unsure, and the seal's company is then not run."""
    bare = judged(but(paid(seal_company=None, notes={"sealed": False})))
    assert raised(bare) == {"SEAL_MISSING"}
    assert outcome_of(bare, "EMPLOYER_MISMATCH") == "not_run"
    grey = judged(but(paid(seal_company=None, notes={"sealed": None})))
    assert outcome_of(grey, "SEAL_MISSING") == "unsure"
    assert grey.verdict == "pass"


def test_before_or_after_tax_is_a_note() -> None:
    """A certificate that does not say which income it means is a note; one whose word was not legible is not."""
    silent = judged(but(paid(income_basis=None)))
    assert ("INCOME_BASIS_UNSTATED", "low") in {(f.code, f.severity) for f in silent.findings}
    unread = judged(but(paid(income_basis=None, unread=["income_basis"])))
    assert "INCOME_BASIS_UNSTATED" not in raised(unread)
    assert outcome_of(unread, "INCOME_BASIS_UNSTATED") == "unsure"
    assert outcome_of(judged(without("income_certificate")), "INCOME_BASIS_UNSTATED") == "not_run"


# ---------------------------------------------------------------- what could not be read


def test_unread_fields_are_one_finding_a_paper() -> None:
    """A paper's unread fields are told together: medium with a required one among them, else low."""
    lost = the(
        judged(but(paid(position=None, employer=None, unread=["position", "employer"]))), "FIELD_UNREADABLE"
    )
    assert (lost.severity, lost.params["fields"]) == ("medium", ["position", "employer"])
    light = judged(but(paid(unread=["contact_phone"])))
    assert the(light, "FIELD_UNREADABLE").severity == "low"
    assert light.verdict == "pass"


def test_what_nobody_asked_for_weighs_little() -> None:
    """The unread card of another adult of the household is a note: nobody has to bring it again."""
    number = id_number("1962-01-02", "031")
    other = card("王小明", number, valid_until=None, unread=["valid_until"])
    judgement = judged([*papers(), other], application=False)
    assert the(judgement, "FIELD_UNREADABLE").severity == "low"
    assert judgement.verdict == "pass"


def test_lost_rows_are_told_with_their_number() -> None:
    """Rows seen and not read are the unread transactions of the statement."""
    judgement = judged(but(replace(flow(), notes={"rows_lost": 2})))
    found = the(judgement, "FIELD_UNREADABLE")
    assert (found.severity, found.params["fields"], found.params["rows"]) == ("medium", ["transactions"], 2)


def test_doubtful_fields_are_a_note() -> None:
    """Fields of 0.80 to 0.98 are one note a paper, and satisfy the checks that they agree with."""
    judgement = judged(but(card(name=at(ME, 0.9), address=at("成都市", 0.85), file="身份证欧阳文静.jpg")))
    found = the(judgement, "FIELD_LOW_CONFIDENCE")
    assert (found.severity, found.params["fields"]) == ("low", ["name", "address"])
    assert judgement.verdict == "pass"


def test_a_paper_without_a_name_asks_for_it() -> None:
    """A certificate that can be linked to nobody is not missing: its name is what could not be read."""
    two = replace(
        declared(), applicants=(*declared().applicants, replace(declared().applicants[0], name="王小明", id_number=None, role="co_borrower"))
    )  # fmt: skip
    nameless: Any = paid(name=None, id_number=None, employer=None, seal_company=None, file="谁.jpg")
    judgement = judged([*papers(), nameless], two)
    found = [f for f in judgement.findings if f.code == "FIELD_UNREADABLE" and f.evidence[0].file == "谁.jpg"]
    assert [(f.severity, "name" in f.params["fields"]) for f in found] == [("medium", True)]
    missing = [
        f.params.get("material")
        for f in judgement.findings
        if f.code == "MATERIAL_MISSING" and f.person == "王小明"
    ]
    assert "income_certificate" not in missing


def test_the_only_borrowers_paper_still_has_to_name_them() -> None:
    """A statement without a holder is the only borrower's, and its name is asked for; a payroll app's slip needs none."""
    nameless = judged(but(flow(account_holder=None)))
    assert raised(nameless) == {"FIELD_UNREADABLE"}
    assert the(nameless, "FIELD_UNREADABLE").params["fields"] == ["account_holder"]
    slips = pay()
    fields = {name: cell for name, cell in slips.fields.items() if name not in ("name", "id_number")}
    assert raised(judged(but(replace(slips, fields=fields, person=None)))) == set()


def test_a_blurred_page_says_it_alone() -> None:
    """Where the page itself was found blurred, its paper's lost fields are not told again."""
    from pipeline.model import Evidence

    paper = replace(card(valid_until=None, unread=["valid_until"]), id="d1")
    blurred = Finding(
        "PAGE_BLURRED",
        "medium",
        {"reason": "blur"},
        (Evidence("身份证欧阳文静.jpg", 1, document="id_card", document_id="d1"),),
    )
    assert raised(judged(but(paper), loose=[blurred])) == {"PAGE_BLURRED"}


def test_the_couple_is_asked_once_for_each_copy() -> None:
    """Both copies of the certificate, or one of them, are enough."""
    assert raised(judged([*papers(), marriage(SPOUSE)])) == set()
