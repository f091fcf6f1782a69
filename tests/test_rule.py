"""How a rule asks for its papers, and what the runner makes of what it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from extractors.bank_statement import BankStatement
from extractors.id_card import IdCard
from extractors.income_certificate import IncomeCertificate
from extractors.marriage_certificate import MarriageCertificate
from extractors.pay_stub import PayStub
from pipeline.model import Finding
from pipeline.result import Person
from tests.build import at, case, checked, codes, document, outcome
from validators.rule import Case, Unsure, finding, need, rule


@rule("HIGH", "high")
def names_a_sex(card: IdCard) -> Iterator[Finding]:
    """Raises on every card of a woman."""
    if need(card.sex) == "F":
        yield finding("HIGH", "high", card.sex, field="sex")


@rule("BOTH", "medium")
def wants_both(
    case: Case, person: Person, slips: list[PayStub], statements: tuple[BankStatement, ...]
) -> Iterator[Finding]:
    """Raises where there are slips and no statements."""
    if not statements:
        yield finding("BOTH", "medium", slips[0].name, count=len(slips))


def card(**more: object) -> object:
    return document("id_card", **{"name": "张三", "sex": "F", "sides": ["front"], **more})  # type: ignore[arg-type]


def test_a_raised_finding_carries_its_person_and_place() -> None:
    """A finding gets the person and the paper of the run, and its evidence names field, value and box."""
    result = checked(case(card()), names_a_sex)  # type: ignore[arg-type]
    (found,) = result.findings
    assert (found.person, found.material, found.severity) == ("张三", "id_card", "high")
    assert found.evidence[0].value == "F"
    assert found.evidence[0].box is not None
    assert [(c.code, c.person, c.outcome, c.why) for c in result.checks] == [("HIGH", "张三", "raised", None)]


def test_a_doubtful_field_accuses_nobody() -> None:
    """Below 0.98 the check is unsure, and a required field that would accuse is kept as a doubt."""
    result = checked(case(card(sex=at("F", 0.97))), names_a_sex)  # type: ignore[arg-type]
    assert result.findings == []
    assert result.checks[0].outcome == "unsure"
    assert result.checks[0].why == {"reason": "unreadable", "needs": ["id_card.sex"]}
    assert [(doc.type, name) for doc, name, _ in result.doubts] == [("id_card", "sex")]


def test_a_doubtful_field_may_satisfy() -> None:
    """A field of 0.80 to 0.98 that agrees lets the check pass."""
    assert outcome(case(card(sex=at("M", 0.85))), names_a_sex) == "passed"  # type: ignore[arg-type]


def test_an_absent_cell_is_unsure_not_passed() -> None:
    """`need` on a cell that could not be read ends as unsure and names the field."""
    result = checked(case(card(sex=None)), names_a_sex)  # type: ignore[arg-type]
    assert result.checks[0].why == {"reason": "unreadable", "needs": ["id_card.sex"]}
    assert [name for _, name, _ in result.doubts] == ["sex"]


def test_a_missing_paper_is_not_run() -> None:
    """A rule whose paper is absent says for every applicant that it did not run, and which paper it wanted."""
    people = [Person("张三", role="borrower"), Person("李四", role="co_borrower"), Person("王五")]
    result = checked(case(card(), people=people), names_a_sex, wants_both)  # type: ignore[arg-type]
    seen = {(c.code, c.person): (c.outcome, c.why) for c in result.checks}
    assert seen[("HIGH", "李四")] == ("not_run", {"reason": "missing", "needs": ["id_card"]})
    assert seen[("BOTH", "张三")] == ("not_run", {"reason": "missing", "needs": ["pay_stub"]})
    assert ("BOTH", "王五") not in seen


def test_a_list_wants_one_and_a_tuple_none() -> None:
    """`list[...]` needs at least one paper, `tuple[..., ...]` is content with none."""
    slip = document("pay_stub", name="张三")
    result = checked(case(slip), wants_both)
    assert codes(result.findings) == [("BOTH", "medium")]
    assert result.findings[0].params == {"count": 1}
    assert outcome(case(slip, document("bank_statement", account_holder="张三")), wants_both) == "passed"


def test_what_concerns_nobody_is_no_gap() -> None:
    """Papers of income are missing for those who earn, a marriage certificate for those who may be married."""

    @rule("PAY", "high")
    def wants_pay(slip: PayStub) -> None:
        """Nothing."""

    @rule("COUPLE", "high")
    def wants_couple(person: Person, certificates: list[MarriageCertificate]) -> None:
        """Nothing."""

    people = [Person("张三", role="borrower", marital_status="single"), Person("李四", role="guarantor")]
    result = checked(case(people=people), wants_pay, wants_couple)
    seen = [(c.code, c.person, (c.why or {}).get("reason")) for c in result.checks]
    assert seen == [
        ("PAY", "张三", "missing"),
        ("COUPLE", "张三", "not_applicable"),
        ("COUPLE", "李四", "missing"),
    ]


def test_not_applicable_is_not_run_and_insufficient_is_unsure() -> None:
    """The reason of a doubt decides between the two outcomes."""

    @rule("WHY", "high")
    def gives_up(card: IdCard) -> None:
        raise Unsure(need(card.name))

    for reason, expected in (
        ("not_applicable", "not_run"),
        ("missing", "not_run"),
        ("insufficient", "unsure"),
        ("unreadable", "unsure"),
    ):
        assert outcome(case(card(name=reason)), gives_up) == expected  # type: ignore[arg-type]


def test_raised_stands_before_unsure() -> None:
    """Of two cards one accused and one unread, the code counts as raised."""
    one = case(card(), card(sex=None), people=[Person("张三", role="borrower")])  # type: ignore[arg-type]
    assert outcome(one, names_a_sex) == "raised"


def test_what_was_found_before_the_doubt_is_kept() -> None:
    """Findings that a rule yielded before it met an unread cell are not lost."""

    @rule("PART", "medium")
    def half(certificate: IncomeCertificate) -> Iterator[Finding]:
        yield finding("PART", "medium", certificate.name)
        need(certificate.employer)

    result = checked(case(document("income_certificate", name="张三")), half)
    assert codes(result.findings) == [("PART", "medium")]
    assert result.checks[0].outcome == "raised"


def test_a_replaced_paper_raises_for_the_record_only() -> None:
    """What a paper that was replaced raises is info, unless its code stays by the judge's word."""
    from validators.rule import run

    old = document("id_card", id="old", name="张三", sex="F")
    new = document("id_card", id="new", name="张三", sex="M")
    replaced = case(new, people=[Person("张三", role="borrower")], replaced=(old,))
    assert codes(run([names_a_sex], replaced).findings) == [("HIGH", "info")]
    assert run([names_a_sex], replaced).checks[0].outcome == "passed"
    kept = run([names_a_sex], replaced, replaceable=lambda code: False)
    assert codes(kept.findings) == [("HIGH", "high")]


def test_a_signature_that_cannot_be_filled_fails_at_import() -> None:
    """A parameter without a type, or two single documents, is refused where the rule is declared."""
    with pytest.raises(TypeError, match="nothing says what"):

        @rule("X", "low")
        def untyped(card) -> None:  # type: ignore[no-untyped-def]
            """Nothing."""

    with pytest.raises(TypeError, match="two single documents"):

        @rule("X", "low")
        def both(card: IdCard, slip: PayStub) -> None:
            """Nothing."""


def test_the_day_of_the_next_answer_is_kept() -> None:
    """A paper that is fresh today but not for ever settles the case only until its limit is crossed."""
    from datetime import date

    one = case(card(), as_of="2026-06-10")  # type: ignore[arg-type]
    assert not one.older_than(date(2026, 6, 1), 30)
    assert one.settled_until == date(2026, 7, 2)
    assert one.older_than(date(2026, 5, 1), 30)
    assert one.settled_until == date(2026, 7, 2)
    fixed = case(card(), as_of_is_submission=True)  # type: ignore[arg-type]
    fixed.older_than(date(2026, 6, 1), 30)
    assert fixed.settled_until is None
