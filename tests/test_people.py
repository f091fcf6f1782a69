"""Whose each paper is, who is in the case, what is inferred of them, and which papers others replace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.application import Applicant, Application
from tests.build import MATERIALS, at, document, id_number, numbered
from tests.household import (
    HIS_NUMBER,
    ME,
    MY_NUMBER,
    SPOUSE,
    card,
    declared,
    flow,
    marriage,
    paid,
    papers,
    pay,
)
from tests.papers import certificate, chain, statement, stub
from validators.likeness import mentions_of, number_kind, numbers_agree
from validators.people import Linked, link
from validators.resent import resent

OTHER = "王小明"
OTHER_NUMBER = id_number("1990-01-02", "031")


def linked(*documents: object, application: Application | None = None) -> Linked:
    return link(numbered(documents), application)  # type: ignore[arg-type]


def whose(result: Linked) -> dict[str, tuple[str, ...]]:
    """The holders of each paper, by its file."""
    every = (*result.documents, *result.strangers)
    return {paper.pages[0][0]: result.holders[paper.id] for paper in every}


# ---------------------------------------------------------------- likeness


def test_numbers_are_compared_within_their_kind() -> None:
    """A 15-digit number agrees with its 18-digit form, a mask with what it hides; a passport number says nothing."""
    assert numbers_agree("510107880315264", "510107198803152646")
    assert numbers_agree("510107********2646", MY_NUMBER)
    assert numbers_agree("510107********2647", MY_NUMBER) is False
    assert numbers_agree("E12345678", MY_NUMBER) is None
    assert number_kind("510107198803152646") == "resident"


def test_a_certificate_names_its_holder_first() -> None:
    """Of the two persons of a marriage certificate the holder comes first, in whatever row."""
    assert [mention.said_name for mention in mentions_of(marriage(ME))] == [ME, SPOUSE]
    assert [mention.said_name for mention in mentions_of(marriage(SPOUSE))] == [SPOUSE, ME]


# ---------------------------------------------------------------- with an application


def test_papers_go_to_those_declared() -> None:
    """By number and by name, each paper finds its applicant; a marriage certificate belongs to both."""
    result = linked(*papers(), application=declared())
    assert [(p.name, p.role, p.inferred) for p in result.people] == [
        (ME, "borrower", ()),
        (SPOUSE, "spouse", ()),
    ]
    held = whose(result)
    assert held["结婚证欧阳文静.jpg"] == (ME, SPOUSE)
    assert held["流水.pdf"] == (ME,)
    assert held["身份证周建国.jpg"] == (SPOUSE,)
    assert result.couples == {ME: SPOUSE, SPOUSE: ME}
    assert result.strangers == ()


def test_the_number_decides_before_the_name() -> None:
    """A paper with an applicant's number and another name is the applicant's."""
    result = linked(card(), paid(name="欧阳文敬"), application=declared())
    assert whose(result)["收入证明.jpg"] == (ME,)


def test_the_name_decides_where_the_number_is_another() -> None:
    """A paper with an applicant's name and another number is still the applicant's."""
    result = linked(card(), paid(id_number=OTHER_NUMBER), application=declared())
    assert whose(result)["收入证明.jpg"] == (ME,)


def test_a_paper_like_nobody_is_a_strangers() -> None:
    """Neither name nor number known: the paper is a stranger's and linked to nobody."""
    result = linked(card(), paid(name=OTHER, id_number=OTHER_NUMBER), application=declared())
    assert [paper.type for paper in result.strangers] == ["income_certificate"]
    assert whose(result)["收入证明.jpg"] == ()


def test_a_doubtful_name_that_is_nearly_one_is_no_strangers() -> None:
    """A name read with doubt, one character off, is taken for the person it nearly names; a sure one is not."""
    doubtful = linked(card(), pay_of(at("欧阳文净", 0.9)), application=declared())
    assert doubtful.strangers == ()
    sure = linked(card(), pay_of("欧阳文净"), application=declared())
    assert [paper.type for paper in sure.strangers] == ["pay_stub"]


def pay_of(name: object) -> object:
    return replace(stub(name=name), person=None)


@pytest.mark.parametrize("printed", ["欧阳**", "**文静", "欧阳文?", "欧阳文静"])
def test_masks_and_rare_characters_name_the_same_person(printed: str) -> None:
    """Masked names and characters that a bank cannot print still link a statement."""
    result = linked(card(), flow(account_holder=printed), application=declared())
    assert whose(result)["流水.pdf"] == (ME,)


def test_a_mask_that_fits_two_is_nobodys_and_no_strangers() -> None:
    """A masked name that fits two applicants links to neither, and is held for no stranger."""
    two = Application(
        applicants=(Applicant(name="张三", role="borrower"), Applicant(name="张丽", role="co_borrower"))
    )
    result = linked(flow(account_holder="张*"), application=two)
    assert result.strangers == ()
    assert whose(result)["流水.pdf"] == ()


def test_an_undeclared_spouse_comes_from_the_certificate() -> None:
    """A married borrower's other half on the certificate becomes the spouse, and so the spouse's card finds its place."""
    alone = replace(declared(), applicants=declared().applicants[:1])
    result = linked(card(SPOUSE, HIS_NUMBER), card(), marriage(), application=alone)
    spouse = result.people[1]
    assert (spouse.name, spouse.role) == (SPOUSE, "spouse")
    assert "role" in spouse.inferred
    assert whose(result)["身份证周建国.jpg"] == (SPOUSE,)


def test_a_declared_spouse_is_not_replaced_by_the_certificate() -> None:
    """Where another spouse is declared, the certificate's other person is nobody of the case."""
    result = linked(card(), marriage(ME, (OTHER, OTHER_NUMBER), (ME, MY_NUMBER)), application=declared())
    assert [person.name for person in result.people] == [ME, SPOUSE]
    assert whose(result)["结婚证欧阳文静.jpg"] == (ME,)


def test_a_name_that_was_not_declared_comes_from_the_card() -> None:
    """An applicant declared by number alone gets the name of the card."""
    only_number = Application(applicants=(Applicant(id_number=MY_NUMBER),))
    result = linked(card(), application=only_number)
    assert (result.people[0].name, result.people[0].role) == (ME, "borrower")
    assert "name" in result.people[0].inferred


def test_there_is_one_main_borrower() -> None:
    """The first applicant borrows, unless another one says so; a second borrower borrows along."""
    a, b = Applicant(name=ME), Applicant(name=SPOUSE)

    def roles(*applicants: Applicant) -> list[str | None]:
        return [person.role for person in linked(application=Application(applicants=applicants)).people]

    assert roles(a, b) == ["borrower", "co_borrower"]
    assert roles(replace(a, role="spouse"), replace(b, role="borrower")) == ["spouse", "borrower"]
    assert roles(replace(a, role="borrower"), replace(b, role="borrower")) == ["borrower", "co_borrower"]


# ---------------------------------------------------------------- without one


def test_the_holder_of_most_papers_borrows() -> None:
    """Without an application the holder of most papers is the borrower, married and salaried by the papers."""
    result = linked(*papers())
    borrower, spouse = result.people
    assert (borrower.name, borrower.role, borrower.marital_status, borrower.employment) == (
        ME,
        "borrower",
        "married",
        "salaried",
    )
    assert {"role", "marital_status", "employment", "id_number"} <= set(borrower.inferred)
    assert (spouse.name, spouse.role, spouse.employment) == (SPOUSE, "spouse", None)


def test_other_adults_with_a_card_are_household() -> None:
    """A card of somebody whom no certificate marries to the borrower belongs to the household, not to an applicant."""
    result = linked(*papers(), card(OTHER, OTHER_NUMBER))
    assert [(person.name, person.role) for person in result.people][2] == (OTHER, None)


def test_a_declared_borrower_without_a_name_is_the_one_of_the_papers() -> None:
    """What was declared of a borrower without a name holds for the one the papers name."""
    nameless = Application(applicants=(Applicant(employment="retired"),))
    result = linked(card(), application=nameless)
    assert (result.people[0].name, result.people[0].employment) == (ME, "retired")
    assert result.declared[ME].employment == "retired"


def test_payroll_makes_an_employee_and_a_fund_withdrawal_does_not() -> None:
    """A credit called pay makes its holder salaried; a housing fund payout does not."""
    assert linked(card(), flow()).people[0].employment == "salaried"
    fund = statement(chain({"date": date(2026, 6, 1), "amount": "3000.00", "summary": "代发公积金"}))
    assert linked(card(), fund).people[0].employment is None


# ---------------------------------------------------------------- papers without a name


def front(name: str, number: str, **more: object) -> object:
    values: dict[str, object] = {"valid_from": None, "valid_until": None, "issuing_authority": None, **more}
    return card(name, number, sides=["front"], **values)


def back(file: str, start: str, end: str) -> object:
    return document(
        "id_card",
        file=file,
        sides=["back"],
        valid_from=start,
        valid_until=end,
        issuing_authority="某市公安局",
    )


def test_a_back_that_lies_apart_joins_its_front() -> None:
    """The two sides of a card in two files are one document of one person."""
    result = linked(
        front(ME, MY_NUMBER), back("反面.jpg", "2019-05-20", "2039-05-20"), application=declared()
    )
    (paper,) = result.documents
    assert [file for file, _ in paper.pages] == ["身份证欧阳文静.jpg", "反面.jpg"]
    assert paper.fields["sides"].value == ("front", "back")
    assert paper.text("valid_until") == "2039-05-20"
    assert paper.notes["bound"] is False


def test_two_backs_go_where_their_terms_fit() -> None:
    """Of two loose backs each goes to the person whose age at issue fits its term, not by the order of the files."""
    young = id_number("2001-04-05", "112")
    result = linked(
        front("年轻人", young, file="a.jpg"),
        front(ME, MY_NUMBER, file="b.jpg"),
        back("c.jpg", "2019-05-20", "2039-05-20"),
        back("d.jpg", "2019-06-01", "2029-06-01"),
    )
    ends = {paper.person: paper.text("valid_until") for paper in result.documents}
    assert ends == {"年轻人": "2029-06-01", ME: "2039-05-20"}


def test_a_paper_without_a_name_is_the_only_borrowers() -> None:
    """A slip that prints no name belongs to the one who earns; with two who may, to the one at that employer."""
    nameless = stub({"period": "2026-05", "net_pay": "18087.50"}, name=None)
    assert whose(linked(card(), nameless, application=declared()))["工资条.jpg"] == (ME,)
    two = Application(
        applicants=(Applicant(name=ME, role="borrower"), Applicant(name=OTHER, role="co_borrower"))
    )
    assert whose(linked(card(), card(OTHER, OTHER_NUMBER), nameless, application=two))["工资条.jpg"] == ()
    with_employer = linked(certificate(), card(OTHER, OTHER_NUMBER), nameless, application=two)
    assert whose(with_employer)["工资条.jpg"] == (ME,)


def test_a_statement_without_a_name_is_whose_pay_it_shows() -> None:
    """Of two who borrow, a statement without a holder belongs to the one whose slips name its account, or whose employer
    pays into it."""
    two = Application(
        applicants=(Applicant(name=OTHER, role="borrower"), Applicant(name=ME, role="co_borrower"))
    )
    both = [card(), card(OTHER, OTHER_NUMBER)]
    nameless = flow(account_holder=None)
    slips = stub({"period": "2026-05", "net_pay": "18087.50"}, employer=None, bank_account="622200******2222")
    assert whose(linked(*both, slips, nameless, application=two))["流水.pdf"] == (ME,)
    assert whose(linked(*both, certificate(), nameless, application=two))["流水.pdf"] == (ME,)
    assert whose(linked(*both, nameless, application=two))["流水.pdf"] == ()


# ---------------------------------------------------------------- sent again


def kept(*documents: object) -> tuple[list[str], dict[str, str | None]]:
    """The files in force, and for each replaced file the id of what replaced it."""
    by_type = {material.type: material for material in MATERIALS}
    stay, gone = resent(linked(*documents, application=declared()).documents, by_type)
    return [paper.pages[0][0] for paper in stay], {paper.pages[0][0]: paper.replaced_by for paper in gone}


def test_a_later_certificate_replaces_the_earlier() -> None:
    """Of two certificates of one employer the later counts."""
    old, new = paid(file="旧.jpg", issue_date="2026-03-01"), paid(file="新.jpg", issue_date="2026-10-28")
    assert kept(old, new) == (["新.jpg"], {"旧.jpg": "d2"})
    assert kept(new, old) == (["新.jpg"], {"旧.jpg": "d1"})


def test_a_complete_paper_stands_before_a_later_one() -> None:
    """A later certificate whose income is not legible does not replace a complete one."""
    old, new = paid(file="旧.jpg", issue_date="2026-09-01"), paid(file="新.jpg", monthly_income=None)
    assert kept(old, new)[0] == ["旧.jpg"]


def test_certificates_of_two_employers_both_count() -> None:
    """Another employer's certificate is another thing."""
    assert len(kept(paid(file="a.jpg"), paid(file="b.jpg", employer="成都锦江商贸有限公司"))[0]) == 2


def test_cards_with_different_terms_both_count() -> None:
    """An old card and its renewal are different things; a second scan of the same card is not."""
    renewed = card(file="新.jpg", valid_from="2029-01-01", valid_until="2049-01-01")
    assert len(kept(card(), renewed)[0]) == 2
    assert kept(card(sides=["front"], valid_until=None, file="旧.jpg"), card())[0] == ["身份证欧阳文静.jpg"]


def test_each_spouses_copy_stays() -> None:
    """The two copies of one marriage are two documents; a second scan of one copy replaces the worse."""
    assert len(kept(marriage(ME), marriage(SPOUSE))[0]) == 2
    assert kept(marriage(ME, file="差.jpg", registration_date=None), marriage(ME)) == (
        ["结婚证欧阳文静.jpg"],
        {"差.jpg": "d2"},
    )


def test_a_statement_inside_another_is_replaced() -> None:
    """A statement of the same account whose period lies within another's gives way; one that goes beyond stays."""
    short = flow(file="短.pdf", period_start=date(2026, 8, 1))
    assert kept(short, flow())[0] == ["流水.pdf"]
    later = flow(file="后.pdf", period_start=date(2026, 8, 1), period_end=date(2026, 11, 1))
    assert len(kept(flow(), later)[0]) == 2
    other = flow(file="他.pdf", account_number="6222000011119999")
    assert len(kept(flow(), other)[0]) == 2


def test_slips_of_the_same_months_are_replaced() -> None:
    """Slips of months that a fuller paper holds give way; slips of another month stay."""
    assert kept(stub({"period": "2026-05", "net_pay": "18087.50"}, file="一月.jpg"), pay())[0] == [
        "工资条.jpg"
    ]
    assert len(kept(stub({"period": "2026-04", "net_pay": "18087.50"}, file="四月.jpg"), pay())[0]) == 2
