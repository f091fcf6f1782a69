"""Which papers are asked of whom: the rows as data, the profile, whose paper stands where."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.application import Applicant, Application
from pipeline.errors import UsageError
from pipeline.result import Judgement
from tests.build import id_number
from tests.household import (
    HIS_NUMBER,
    ME,
    MY_NUMBER,
    SPOUSE,
    card,
    declared,
    flow,
    judged,
    marriage,
    outcome_of,
    paid,
    papers,
    raised,
    without,
)
from validators.checklist import Checklist

OTHER = "王小明"
OTHER_NUMBER = id_number("1990-01-02", "031")
PARENT = "欧阳建军"
PARENT_NUMBER = id_number("1962-01-02", "031")


def missing(judgement: Judgement) -> set[tuple[str | None, str, str, str]]:
    """Who lacks what: person, material, severity, reason."""
    return {
        (
            found.person,
            str(found.params.get("material") or "/".join(found.params["any_of"])),
            found.severity,
            str(found.params["reason"]),
        )
        for found in judgement.findings
        if found.code == "MATERIAL_MISSING"
    }


def one(**changes: object) -> Application:
    """An application of the borrower alone."""
    return replace(
        declared(),
        applicants=(Applicant(name=ME, id_number=MY_NUMBER, role="borrower", **changes),),  # type: ignore[arg-type]
    )


# ---------------------------------------------------------------- the rows


def test_the_rows_of_this_step_are_on() -> None:
    """The five materials that can be read are asked for, the others are switched off and told."""
    off = Checklist.load().switched_off()
    for material in ("id_card", "marriage_certificate", "pay_stub", "income_certificate", "bank_statement"):
        assert material not in off
    assert {"household_register", "purchase_contract", "tax_record", "credit_report"} <= set(off)


def test_switched_off_rows_are_shown_and_raise_nothing() -> None:
    """A material that cannot be read yet stands in the materials table and is nobody's finding."""
    judgement = judged()
    states = {(row.person, row.material): row.state for row in judgement.materials}
    assert states[(None, "household_register")] == "switched_off"
    assert states[(ME, "tax_record")] == "switched_off"
    assert states[(ME, "id_card")] == "received"
    assert raised(judgement) == set()


def test_a_bank_brings_its_own_rows(tmp_path: Path) -> None:
    """A file of the bank's own takes the place of the rows: here a certificate may be 30 days old."""
    own = tmp_path / "checklist.toml"
    own.write_text(
        '[[row]]\nwho = "salaried"\nmaterial = "income_certificate"\nneed = "required"\nfresh = 3\n', "utf-8"
    )
    judgement = judged(checklist=Checklist.load(own))
    assert raised(judgement) == {"DOCUMENT_STALE"}
    assert [row.material for row in judgement.materials] == ["income_certificate"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[row]]\nwho = "martian"\nmaterial = "id_card"\nneed = "required"', "martian"),
        ('[[row]]\nwho = "single"\nmaterial = "id_card"\nneed = "perhaps"', "perhaps"),
        ('[[row]]\nwho = "single"\nneed = "asked"', "names no material"),
        ('[[row]]\nwho = "single"\nmaterial = "id_card"\nneed = "asked"\nfrsh = 3', "frsh"),
        ("[[row", "checklist.toml"),
        ('[[row]]\nwho = "single"\nmaterial = "id_crad"\nneed = "asked"', "id_crad"),
        ('[[row]]\nwho = "single"\nmaterial = "id_card"\nneed = "asked"\nfresh = "90"', "fresh"),
        ('[[row]]\nwho = "single"\nmaterial = "id_card"\nneed = "asked"\non = 1', "true or false"),
        ('[row]\nwho = "single"', "rows are wanted"),
        ('[[rows]]\nwho = "single"', "rows are wanted"),
        ("", "rows are wanted"),
    ],
)
def test_a_wrong_row_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """A row that says nothing sensible is a usage error that names the file and the word."""
    own = tmp_path / "checklist.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        Checklist.load(own)


# ---------------------------------------------------------------- what is missing


@pytest.mark.parametrize(
    ("material", "who", "severity"),
    [
        ("marriage_certificate", ME, "medium"),
        ("income_certificate", ME, "medium"),
        ("bank_statement", ME, "medium"),
        ("pay_stub", ME, "low"),
    ],
)
def test_each_paper_that_lacks_is_named(material: str, who: str, severity: str) -> None:
    """Without one paper exactly that one is missing, required ones medium, those asked for low."""
    assert missing(judged(without(material))) == {(who, material, severity, "absent")}


def test_each_applicant_needs_a_card() -> None:
    """The spouse's card is asked for like the borrower's."""
    no_spouse = [paper for paper in papers() if paper.person != SPOUSE]
    assert missing(judged(no_spouse)) == {(SPOUSE, "id_card", "medium", "absent")}
    assert missing(judged(without("id_card"))) == {
        (ME, "id_card", "medium", "absent"),
        (SPOUSE, "id_card", "medium", "absent"),
    }


def test_a_spouse_nobody_names_lacks_a_card_too() -> None:
    """Married, no spouse declared and no certificate: both the certificate and the spouse's card are missing."""
    found = missing(
        judged(
            [*without("marriage_certificate", "id_card"), card()],
            one(marital_status="married", employment="salaried"),
        )
    )
    assert found == {
        (ME, "marriage_certificate", "medium", "absent"),
        (ME, "id_card", "medium", "absent"),
    }


def test_a_card_that_may_be_the_unnamed_spouses_is_taken_for_it() -> None:
    """Married, the spouse named nowhere: another adult's card is most likely the spouse's and accuses nobody."""
    theirs = card(OTHER, OTHER_NUMBER)
    found = missing(
        judged(
            [*without("marriage_certificate", "id_card"), card(), theirs],
            one(marital_status="married", employment="salaried"),
        )
    )
    assert found == {(ME, "marriage_certificate", "medium", "absent")}


def test_strangers_paper_in_an_empty_place() -> None:
    """Somebody else's certificate where the borrower's should be: missing, wrong person, with the page as evidence."""
    theirs = paid(name=OTHER, id_number=OTHER_NUMBER)
    judgement = judged([*without("income_certificate"), theirs])
    assert missing(judgement) == {(ME, "income_certificate", "medium", "wrong_person")}
    (found,) = [f for f in judgement.findings if f.code == "MATERIAL_MISSING"]
    assert found.evidence[0].file == "收入证明.jpg"
    assert "DOCUMENT_UNRECOGNISED" not in raised(judgement)


def test_strangers_paper_beside_a_full_place() -> None:
    """Somebody else's certificate beside the borrower's own is a note."""
    judgement = judged([*papers(), paid(name=OTHER, id_number=OTHER_NUMBER, file="他人.jpg")])
    found = [f for f in judgement.findings if f.severity != "info"]
    assert [(f.code, f.severity, f.params["reason"]) for f in found] == [
        ("DOCUMENT_UNRECOGNISED", "low", "stranger")
    ]
    assert judgement.verdict == "pass"


def test_an_export_is_no_statement() -> None:
    """A statement that is there only as an editable export is missing for that reason; beside a PDF it is fine."""
    export = replace(flow(file="流水.csv"), notes={"export": True})
    judgement = judged([*without("bank_statement"), export])
    assert (ME, "bank_statement", "medium", "export") in missing(judgement)
    assert missing(judged([*papers(), export])) == set()


def test_the_states_of_the_table() -> None:
    """Each row of the materials table shows the worst that is known of its paper."""
    judgement = judged(
        [
            card(sides=["front"], valid_from=None, valid_until=None),
            card(SPOUSE, HIS_NUMBER, valid_until="2026-01-01", valid_from="2006-01-01"),
            paid(issue_date="2026-01-01"),
            flow(),
            marriage(),
        ]
    )
    states = {(row.person, row.material): row.state for row in judgement.materials}
    assert states[(ME, "id_card")] == "incomplete"
    assert states[(SPOUSE, "id_card")] == "expired"
    assert states[(ME, "income_certificate")] == "stale"
    assert states[(ME, "pay_stub")] == "missing"
    assert states[(ME, "bank_statement")] == "received"


# ---------------------------------------------------------------- profiles


def test_nothing_known_asks_for_one_of_several() -> None:
    """No application, no marital paper, no paper of income: one finding each with the papers that would do."""
    found = missing(judged([card()], application=False))
    assert found == {
        (ME, "marriage_certificate/divorce_certificate/single_declaration", "medium", "absent"),
        (ME, "income_certificate/bank_statement/business_license", "medium", "absent"),
    }


def test_an_empty_case_lacks_what_every_case_needs() -> None:
    """A case without any paper that can be read still says what it lacks."""
    judgement = judged([], application=False)
    assert {material for _, material, _, _ in missing(judgement)} == {
        "id_card",
        "marriage_certificate/divorce_certificate/single_declaration",
        "income_certificate/bank_statement/business_license",
    }
    assert judgement.verdict == "supplement"


@pytest.mark.parametrize("status", ["single", "divorced", "widowed"])
def test_the_unmarried_need_no_certificate_of_marriage(status: str) -> None:
    """A single, divorced or widowed borrower is asked for no marriage certificate and no spouse's card."""
    own = [paper for paper in without("marriage_certificate") if paper.person == ME]
    assert missing(judged(own, one(marital_status=status, employment="salaried"))) == set()


@pytest.mark.parametrize(
    ("employment", "lacks"),
    [
        ("salaried", {"income_certificate", "bank_statement", "pay_stub"}),
        ("self_employed", {"bank_statement"}),
        ("company_owner", {"bank_statement"}),
        ("freelance", {"bank_statement"}),
        ("retired", {"bank_statement"}),
    ],
)
def test_each_employment_has_its_rows(employment: str, lacks: set[str]) -> None:
    """The papers of income go by employment."""
    found = missing(judged([card()], one(marital_status="single", employment=employment)))
    assert {material for _, material, _, _ in found} == lacks


def test_a_guarantor_and_a_spouse_without_income_bring_their_identity() -> None:
    """Neither is asked for papers of income; a spouse who declares income is."""
    application = declared()
    guarantor = Applicant(name=OTHER, id_number=OTHER_NUMBER, role="guarantor", monthly_income=Decimal(9000))
    with_guarantor = replace(application, applicants=(*application.applicants, guarantor))
    assert missing(judged(application=with_guarantor)) == {(OTHER, "id_card", "medium", "absent")}
    borrower, spouse = application.applicants
    earning = replace(
        application,
        applicants=(borrower, replace(spouse, monthly_income=Decimal(8000), employment="salaried")),
    )
    assert {material for who, material, _, _ in missing(judged(application=earning)) if who == SPOUSE} == {
        "income_certificate",
        "bank_statement",
        "pay_stub",
    }


def test_a_co_borrower_brings_a_marriage_of_their_own() -> None:
    """A parent who borrows along is asked for a certificate of their own; a couple that borrows together for one."""
    application = declared()
    parent = Applicant(
        name=PARENT,
        id_number=PARENT_NUMBER,
        role="co_borrower",
        marital_status="married",
        employment="retired",
    )
    both = replace(application, applicants=(*application.applicants, parent))
    found = missing(judged([*papers(), card(PARENT, PARENT_NUMBER, valid_until="long_term")], both))
    assert (PARENT, "marriage_certificate", "medium", "absent") in found
    borrower, spouse = application.applicants
    couple = replace(
        application, applicants=(borrower, replace(spouse, role="co_borrower", employment="freelance"))
    )
    assert missing(judged(application=couple)) == set()
    assert missing(judged(without("marriage_certificate"), couple)) == {
        (ME, "marriage_certificate", "medium", "absent")
    }


def test_somebody_outside_never_raises_completeness() -> None:
    """An adult of the household with a card is asked for nothing."""
    judgement = judged(
        [*papers(), card(OTHER, OTHER_NUMBER, sides=["front"], valid_until=None)], application=False
    )
    assert {
        found.person for found in judgement.findings if found.code in ("MATERIAL_MISSING", "SIDE_MISSING")
    } == set()


def test_the_check_has_an_entry_for_every_applicant() -> None:
    """The checklist is a check of each applicant, and of the case."""
    judgement = judged(without("pay_stub"))
    assert outcome_of(judgement, "MATERIAL_MISSING", ME) == "raised"
    assert outcome_of(judgement, "MATERIAL_MISSING", SPOUSE) == "passed"
    assert outcome_of(judgement, "MATERIAL_MISSING", None) == "passed"


def test_ids_tell_the_papers_apart() -> None:
    """Every missing paper has an id of its own, the same in every run."""

    def ids() -> list[str]:
        return [found.id for found in judged([], application=False).findings]

    assert len(set(ids())) == len(ids()) == 3
    assert ids() == ids()


def test_a_finding_is_about_its_row() -> None:
    """The finding names its material where reports look for it."""
    (found,) = judged(without("pay_stub")).findings
    assert found.material == "pay_stub"
