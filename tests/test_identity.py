"""The card against itself, papers against the card, the couple, the employer: raised, silent, unsure and not run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.application import Applicant
from pipeline.result import Judgement
from tests.build import at, document, id_number
from tests.household import (
    HIS_NUMBER,
    ME,
    MONTHS,
    MY_NUMBER,
    OTHER,
    OTHER_NUMBER,
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
from tests.papers import slip, stub


def with_card(**changes: Any) -> Judgement:
    """The couple's case with another card of the borrower's."""
    return judged(but(card(**changes)))


# ---------------------------------------------------------------- the card against itself


def forged(number: str, at_place: int) -> str:
    """The number with one digit of the sequence changed and its check character kept."""
    digit = str((int(number[at_place]) + 2) % 10)
    return number[:at_place] + digit + number[at_place + 1 :]


def test_a_changed_digit_fails_its_check() -> None:
    """A digit of the sequence changed on the card: the number fails its check, and differs from the other papers'."""
    judgement = with_card(id_number=forged(MY_NUMBER, 14))
    assert raised(judgement, "medium") == {"ID_CHECKSUM", "ID_NUMBER_MISMATCH"}
    found = the(judgement, "ID_CHECKSUM")
    assert (found.severity, found.person) == ("high", ME)
    assert found.params["found"] == MY_NUMBER[-1]
    assert found.params["expected"] != MY_NUMBER[-1]
    assert judgement.verdict == "review"


def test_the_standards_own_numbers_pass() -> None:
    """The example numbers of GB 11643 satisfy their check characters."""
    for number in ("11010519491231002X", "440524188001010014"):
        alone = judged([card("某人", number)], application=False)
        assert outcome_of(alone, "ID_CHECKSUM", "某人") == "passed"


def test_a_doubtful_number_accuses_nobody_but_must_be_looked_at() -> None:
    """A card's number read at 0.9 that fails its check makes no accusation; a person has to look."""
    judgement = with_card(id_number=at(forged(MY_NUMBER, 14), 0.9))
    assert outcome_of(judgement, "ID_CHECKSUM") == "unsure"
    assert raised(judgement, "medium") == {"FIELD_UNREADABLE"}
    assert the(judgement, "FIELD_UNREADABLE").params["fields"] == ["id_number"]
    assert judgement.verdict == "supplement"


@pytest.mark.parametrize("number", ["510107********2646", "510107880315264"])
def test_masked_and_old_numbers_have_no_check(number: str) -> None:
    """A masked number, or one of 15 digits, has no check character: not run, never an accusation."""
    judgement = with_card(id_number=number)
    assert outcome_of(judgement, "ID_CHECKSUM") == "not_run"
    assert raised(judgement) == set()


def test_no_card_is_not_run() -> None:
    """Without a card the checks of the card say so for each person who lacks one."""
    judgement = judged(without("id_card"))
    for code in (
        "ID_CHECKSUM",
        "ID_SEX_MISMATCH",
        "ID_BIRTH_DATE_MISMATCH",
        "ID_TERM_IMPLAUSIBLE",
        "DOCUMENT_EXPIRED",
    ):
        assert outcome_of(judgement, code, ME) == "not_run"
        assert outcome_of(judgement, code, SPOUSE) == "not_run"


def test_birth_and_sex_stand_in_the_number() -> None:
    """Another birth date or sex than the number's is raised, each under its own code and no other."""
    birth = with_card(birth_date="1988-03-16")
    assert raised(birth) == {"ID_BIRTH_DATE_MISMATCH"}
    assert the(birth, "ID_BIRTH_DATE_MISMATCH").params == {
        "field": "birth_date",
        "expected": "1988-03-15",
        "found": "1988-03-16",
    }
    sex = with_card(sex="M")
    assert raised(sex) == {"ID_SEX_MISMATCH"}
    assert the(sex, "ID_SEX_MISMATCH").params["expected"] == "F"


def test_an_impossible_birth_date_is_not_the_numbers() -> None:
    """A date that no calendar has is compared as printed, not dropped."""
    assert "ID_BIRTH_DATE_MISMATCH" in raised(with_card(birth_date="1988-02-30"))


def test_an_unread_sex_is_unsure() -> None:
    """A sex that could not be read is no mismatch; the required field is named."""
    judgement = with_card(sex=None, unread=["sex"])
    assert outcome_of(judgement, "ID_SEX_MISMATCH") == "unsure"
    assert raised(judgement) == {"FIELD_UNREADABLE"}


def test_regions_that_were_revoked_are_known() -> None:
    """A revoked region (110103 崇文) is fine, an unknown one a note, an impossible province an accusation."""
    for region, severity in (("110103", None), ("510199", "low"), ("990101", None), ("770101", "high")):
        judgement = judged([card("某人", id_number("1970-01-02", "013", region))], application=False)
        found = [finding.severity for finding in judgement.findings if finding.code == "ID_REGION_UNKNOWN"]
        assert found == ([severity] if severity else []), region


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("2019-05-20", "2039-05-20", True),  # 31 at issue: twenty years
        ("2019-05-20", "2039-05-21", True),
        ("2019-05-20", "long_term", False),
        ("2019-05-20", "2029-05-20", False),
        ("2012-01-10", "2022-01-10", True),  # 23 at issue: ten years
        ("2014-03-01", "2024-03-01", True),  # two weeks before 26
        ("2014-03-01", "2034-03-01", True),
        ("2016-02-29", "2036-02-28", True),
        ("2004-03-01", "2009-03-01", False),  # before the second generation
        ("2026-09-01", "2026-12-01", True),  # a temporary card
    ],
)
def test_the_term_fits_the_age_at_issue(start: str, end: str, fits: bool) -> None:
    """Five, ten, twenty years or no end by the age at issue; both are right within 60 days of the birthday."""
    judgement = with_card(valid_from=start, valid_until=end)
    assert ("ID_TERM_IMPLAUSIBLE" not in raised(judgement)) is fits


def test_a_card_without_end_is_right_above_45() -> None:
    """长期 is right for somebody issued with it at 46 or more."""
    number = id_number("1970-01-02", "013")
    old = card("某人", number, valid_from="2019-05-20", valid_until="long_term")
    assert outcome_of(judged([old], application=False), "ID_TERM_IMPLAUSIBLE", "某人") == "passed"


def test_a_back_that_may_be_anothers_is_unsure() -> None:
    """A back in another file that fits another front of the case accuses nobody."""
    young = card(
        "年轻人", id_number("2001-04-05", "112"), valid_from="2019-05-20", valid_until="2029-05-20", sides=["front", "back"]
    )  # fmt: skip
    front = card(sides=["front"], valid_from=None, valid_until=None)
    loose = document(
        "id_card", file="背.jpg", sides=["back"], valid_from="2020-05-20", valid_until="2030-05-20"
    )
    judgement = judged(
        [*without("id_card"), front, card(SPOUSE, HIS_NUMBER), loose, young], application=False
    )
    assert outcome_of(judgement, "ID_TERM_IMPLAUSIBLE", ME) == "unsure"
    assert "ID_TERM_IMPLAUSIBLE" not in raised(judgement)


# ---------------------------------------------------------------- names and numbers on other papers


def test_another_number_on_the_certificate() -> None:
    """The certificate's number with its last digits turned round: one finding, the card first, the paper after it."""
    swapped = MY_NUMBER[:14] + MY_NUMBER[16:18] + MY_NUMBER[14:16]
    judgement = judged(but(paid(id_number=swapped)))
    assert raised(judgement) == {"ID_NUMBER_MISMATCH"}
    found = the(judgement, "ID_NUMBER_MISMATCH")
    assert found.params == {"field": "id_number", "expected": MY_NUMBER, "found": swapped}
    assert [seen.document for seen in found.evidence] == ["id_card", "income_certificate"]


def test_several_papers_are_one_finding() -> None:
    """Two papers with another number are one finding with both as evidence."""
    judgement = judged(but(replace(pay(), fields={**pay().fields, "id_number": paid(id_number=OTHER_NUMBER).fields["id_number"]}), but(paid(id_number=OTHER_NUMBER))))  # fmt: skip
    found = the(judgement, "ID_NUMBER_MISMATCH")
    assert found.params["found"] == OTHER_NUMBER
    assert len(found.evidence) == 3


def test_the_spouses_number_on_the_certificate_of_marriage() -> None:
    """A certificate with the spouse's name and somebody else's number is the number's matter alone."""
    judgement = judged(but(marriage(ME, (SPOUSE, OTHER_NUMBER), (ME, MY_NUMBER))))
    assert "ID_NUMBER_MISMATCH" in raised(judgement)
    assert the(judgement, "ID_NUMBER_MISMATCH").person == SPOUSE
    assert "SPOUSE_MISMATCH" not in raised(judgement)


@pytest.mark.parametrize("number", ["510107880315264", "510107********2646", None, "E12345678"])
def test_old_masked_absent_and_other_numbers_agree(number: str | None) -> None:
    """A 15-digit number, a mask, no number or a passport's is no mismatch."""
    judgement = judged(but(paid(id_number=number)))
    assert raised(judgement) == set()
    assert outcome_of(judgement, "ID_NUMBER_MISMATCH") == "passed"


def test_a_doubtful_number_elsewhere_is_unsure() -> None:
    """Another number read at 0.9 on a paper that need not print one accuses nobody and is a note."""
    judgement = judged(but(paid(id_number=at(OTHER_NUMBER, 0.9))))
    assert outcome_of(judgement, "ID_NUMBER_MISMATCH") == "unsure"
    assert raised(judgement) == {"FIELD_LOW_CONFIDENCE"}


def test_a_sure_deviation_is_raised_beside_a_doubtful_one() -> None:
    """A doubtful paper does not hide what another surely says."""
    doubtful = replace(
        pay(), fields={**pay().fields, "id_number": paid(id_number=at(OTHER_NUMBER, 0.9)).fields["id_number"]}
    )
    judgement = judged(but(doubtful, but(paid(id_number=OTHER_NUMBER))))
    found = the(judgement, "ID_NUMBER_MISMATCH")
    assert [seen.document for seen in found.evidence] == ["id_card", "income_certificate"]


def test_the_application_is_held_against_the_card() -> None:
    """A declared number that is not the card's is raised with the application as evidence."""
    application = declared(id_number=OTHER_NUMBER)
    found = the(judged(application=application), "ID_NUMBER_MISMATCH")
    assert [seen.file for seen in found.evidence] == ["身份证欧阳文静.jpg", "application.yaml"]
    assert found.evidence[1].field == "applicants[0].id_number"


def test_without_a_card_the_majority_is_the_reference() -> None:
    """Neither card nor declaration: the number that most papers give is the one that others deviate from."""
    odd = replace(
        pay(), fields={**pay().fields, "id_number": paid(id_number=OTHER_NUMBER).fields["id_number"]}
    )
    judgement = judged([odd, marriage(), paid(), flow(id_number=MY_NUMBER)], application=False)
    found = the(judgement, "ID_NUMBER_MISMATCH")
    assert (found.params["expected"], found.params["found"]) == (MY_NUMBER, OTHER_NUMBER)


def test_another_name_with_the_same_number() -> None:
    """Number equal and name not: raised; the paper is not a stranger's."""
    judgement = judged(but(paid(name="欧阳文敬")))
    assert raised(judgement) == {"NAME_MISMATCH"}
    found = the(judgement, "NAME_MISMATCH")
    assert (found.severity, found.params["expected"], found.params["found"]) == ("high", ME, "欧阳文敬")


@pytest.mark.parametrize("printed", ["欧阳**", "欧阳文?", "欧阳文\ue123", "OUYANG WENJING"])
def test_masks_and_rare_characters_are_a_note(printed: str) -> None:
    """A mask, a character that the bank cannot print, or the name in Latin letters is low at most."""
    judgement = judged(but(flow(account_holder=printed, id_number=MY_NUMBER)))
    found = the(judgement, "NAME_MISMATCH")
    assert (found.severity, found.params["rule"]) == ("low", "variant")
    assert judgement.verdict == "pass"


@pytest.mark.parametrize("printed", ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽．买买提"])
def test_middle_dots_are_one(printed: str) -> None:
    """Every printed form of the middle dot is the same name."""
    number = id_number("1988-03-15", "264", "650102")
    judgement = judged(
        [card("阿依古丽·买买提", number), paid(name=printed, id_number=number)], application=False
    )
    assert "NAME_MISMATCH" not in raised(judgement)


def test_one_paper_alone_compares_with_nothing() -> None:
    """With one paper there is nothing to compare: not run, not passed."""
    judgement = judged([card()], application=False)
    assert outcome_of(judgement, "NAME_MISMATCH") == "not_run"
    assert outcome_of(judgement, "ID_NUMBER_MISMATCH") == "not_run"


def test_the_birth_date_on_the_certificate() -> None:
    """Another birth date beside the right number is raised, but not beside a card that contradicts itself."""
    rows = [
        {"name": SPOUSE, "birth_date": "1986-11-12", "id_number": HIS_NUMBER},
        {"name": ME, "birth_date": "1988-05-13", "id_number": MY_NUMBER},
    ]
    paper = document(
        "marriage_certificate",
        file="结婚证欧阳文静.jpg",
        holder=ME,
        registration_date="2016-10-18",
        persons=rows,
    )
    judgement = judged(but(paper))
    assert raised(judgement) == {"BIRTH_DATE_MISMATCH"}
    assert the(judgement, "BIRTH_DATE_MISMATCH").params["found"] == "1988-05-13"
    both = judged(but(card(birth_date="1988-05-13"), but(paper)))
    assert raised(both) == {"ID_BIRTH_DATE_MISMATCH"}


def test_a_marriage_certificate_with_old_numbers() -> None:
    """15-digit numbers and a number of the old style on the certificate are fine."""
    old = marriage(ME, (SPOUSE, HIS_NUMBER), (ME, MY_NUMBER), certificate_number="政字第2002208号")
    rows = [dict(row) for row in old.tables["persons"]]
    for row, number in zip(rows, (HIS_NUMBER, MY_NUMBER), strict=True):
        short = number[:6] + number[8:17]
        row["id_number"] = replace(row["id_number"], value=short, text=short)
    assert raised(judged(but(replace(old, tables={"persons": rows})))) == set()


# ---------------------------------------------------------------- the couple


def test_another_spouse_than_declared() -> None:
    """The certificate's other person is neither by name nor by number the declared spouse."""
    judgement = judged(but(marriage(ME, (OTHER, OTHER_NUMBER), (ME, MY_NUMBER))))
    assert raised(judgement) == {"SPOUSE_MISMATCH"}
    found = the(judgement, "SPOUSE_MISMATCH")
    assert (found.severity, found.person) == ("high", ME)
    assert (found.params["expected"], found.params["found"]) == (SPOUSE, OTHER)
    assert judgement.verdict == "review"


def test_the_spouses_copy_with_another_borrower() -> None:
    """The declared spouse's copy shows a marriage with somebody who is not the borrower."""
    judgement = judged(
        but(marriage(SPOUSE, (SPOUSE, HIS_NUMBER), (OTHER, OTHER_NUMBER), file="结婚证欧阳文静.jpg"))
    )
    found = the(judgement, "SPOUSE_MISMATCH")
    assert (found.person, found.params["expected"], found.params["found"]) == (SPOUSE, ME, OTHER)


def test_a_doubtful_spouse_is_unsure() -> None:
    """A name read at 0.9 on the certificate accuses nobody, and somebody has to look."""
    paper = marriage(ME, (OTHER, OTHER_NUMBER), (ME, MY_NUMBER))
    rows = [dict(row) for row in paper.tables["persons"]]
    rows[0]["name"] = replace(rows[0]["name"], confidence=0.9)
    judgement = judged(but(replace(paper, tables={"persons": rows})))
    assert outcome_of(judgement, "SPOUSE_MISMATCH") == "unsure"
    assert raised(judgement, "medium") == {"FIELD_UNREADABLE"}


def test_no_declared_spouse_is_nothing_to_compare() -> None:
    """Nobody is declared as spouse: not run; no certificate: not run either."""
    alone = replace(declared(), applicants=declared().applicants[:1])
    assert outcome_of(judged(application=alone), "SPOUSE_MISMATCH") == "not_run"
    assert outcome_of(judged(without("marriage_certificate")), "SPOUSE_MISMATCH") == "not_run"
    assert outcome_of(judged(), "SPOUSE_MISMATCH") == "passed"


# ---------------------------------------------------------------- the employer


def test_the_seal_of_another_company() -> None:
    """A seal that names another company than the text is high, whatever the application says."""
    judgement = judged(but(paid(seal_company="成都锦江商贸有限公司")))
    assert raised(judgement) == {"EMPLOYER_MISMATCH"}
    found = the(judgement, "EMPLOYER_MISMATCH")
    assert (found.severity, found.params["rule"]) == ("high", "seal")


@pytest.mark.parametrize("seal", [None, at("成都锦江商贸有限公司", 0.9), "成都天府软仵有限公司", "天府"])
def test_a_seal_that_is_hard_to_read_accuses_nobody(seal: Any) -> None:
    """No arc, a doubtful one, one character apart or a scrap of it: unsure, never a finding above low."""
    judgement = judged(but(paid(seal_company=seal)))
    assert outcome_of(judgement, "EMPLOYER_MISMATCH") == "unsure"
    assert judgement.verdict == "pass"


def test_another_employer_on_the_slips() -> None:
    """Slips of another company are medium; those of an agency, a branch or under a short name are low."""
    other = stub(*_slips(), employer="成都锦江商贸有限公司", id_number=MY_NUMBER)
    judgement = judged(but(other))
    assert ("EMPLOYER_MISMATCH", "medium") in {(f.code, f.severity) for f in judgement.findings}
    for name in (
        "北京融通人力资源有限公司",
        "成都天府软件有限公司北京分公司",
        "天府软件",
        "成都***件有限公司",
        "成都天府软仵有限公司",
    ):
        found = the(judged(but(stub(*_slips(), employer=name, id_number=MY_NUMBER))), "EMPLOYER_MISMATCH")
        assert (found.severity, found.params["rule"]) == ("low", "related"), name


def _slips() -> list[dict[str, Any]]:
    return [slip(month) for month in MONTHS]


@pytest.mark.parametrize(
    "name", ["成都天府软件有限公司", "成都天府软件 有限公司", "成都天府软件（集团）有限公司"]
)
def test_brackets_and_groups_are_the_same_company(name: str) -> None:
    """Spaces, brackets and （集团） make no other company."""
    assert raised(judged(but(stub(*_slips(), employer=name, id_number=MY_NUMBER)))) == set()


def test_the_declared_employer_is_compared_too() -> None:
    """The application's employer is one of the papers that may deviate."""
    found = the(judged(application=declared(employer="成都锦江商贸有限公司")), "EMPLOYER_MISMATCH")
    assert (found.severity, found.evidence[1].file) == ("medium", "application.yaml")


def test_two_employers_with_a_certificate_each() -> None:
    """Somebody who works for two companies and certifies both contradicts nothing."""
    second = "成都锦江商贸有限公司"
    two = [
        *papers(),
        paid(file="第二份.jpg", employer=second, seal_company=second, monthly_income="3000.00", monthly_income_words="叁仟元整"),
        stub(*_slips(), file="第二份工资.jpg", employer=second, id_number=MY_NUMBER),
    ]  # fmt: skip
    assert "EMPLOYER_MISMATCH" not in raised(judged(two))


def test_no_second_paper_is_no_comparison() -> None:
    """Neither declared employer nor slip: the comparison is not run, and the seal alone is."""
    judgement = judged(without("pay_stub"), declared(employer=None))
    assert outcome_of(judgement, "EMPLOYER_MISMATCH") == "not_run"


def test_a_name_alone_is_enough_to_compare() -> None:
    """An applicant declared by name alone is held against the papers, which agree."""
    judgement = judged(application=replace(declared(), applicants=(Applicant(name=ME),)))
    assert outcome_of(judgement, "NAME_MISMATCH") == "passed"


def test_no_paper_is_lost() -> None:
    """Every document that was read is in the judgement, strangers' and replaced ones too."""
    every = [*papers(), card(OTHER, OTHER_NUMBER), paid(file="旧.jpg", issue_date="2026-09-01")]
    assert len(judged(every).documents) == len(every)
