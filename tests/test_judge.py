"""A whole case through the judge: what is silent, what one change raises, verdicts, order, time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.model import Document, Evidence, File, Finding
from pipeline.result import Judgement
from tests.build import at
from tests.household import (
    HIS_NUMBER,
    MONTHS,
    MY_NUMBER,
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
    without,
)
from tests.papers import chain, changed, linear, on_pages, ordered, salaries, slip, spread, statement, stub
from validators import RULES
from validators.catalogue import CATALOGUE
from validators.verdict import verdict


def half_year(**more: Any) -> Document:
    """The statement on three numbered pages."""
    paper = flow(**more)
    rows = len(paper.tables["transactions"])
    sizes = [rows // 3, rows // 3, rows - 2 * (rows // 3)]
    return on_pages(paper, sizes, [(1, 3), (2, 3), (3, 3)])


def edited_salary(shift_rest: bool) -> Document:
    """The statement with one salary raised by 10,000, its balance column adjusted or not."""
    paper = flow()
    rows = [dict(row) for row in paper.tables["transactions"]]
    at_row = next(
        i
        for i, row in enumerate(rows)
        if row["amount"].value == "18087.50" and str(row["date"].value) > "2026-06"
    )
    rows[at_row]["amount"] = replace(rows[at_row]["amount"], value="28087.50", text="28087.50")
    if shift_rest:
        for row in rows[at_row:]:
            value = str(Decimal(str(row["balance"].value)) + 10_000)
            row["balance"] = replace(row["balance"], value=value, text=value)
    return replace(paper, tables={"transactions": rows})


def missing_page() -> Document:
    """The statement without its second page of three."""
    paper = half_year()
    rows = [row for row in paper.tables["transactions"] if row["date"].page != 2]
    kept = tuple(page for page in paper.pages if page[1] != 2)
    return replace(paper, pages=kept, tables={"transactions": rows}, notes={"page_numbers": [(1, 3), (3, 3)]})


FORGED = MY_NUMBER[:14] + "9" + MY_NUMBER[15:]
SWAPPED = MY_NUMBER[:14] + MY_NUMBER[16:18] + MY_NUMBER[14:16]
SEEDED: dict[str, tuple[Callable[[], list[Document]], set[str]]] = {
    "1 a term without end at 31": (lambda: but(card(valid_until="long_term")), {"ID_TERM_IMPLAUSIBLE"}),
    "2 a digit of the sequence": (lambda: but(card(id_number=FORGED)), {"ID_CHECKSUM", "ID_NUMBER_MISMATCH"}),
    "3 the sex": (lambda: but(card(sex="M")), {"ID_SEX_MISMATCH"}),
    "4 a card that ran out": (
        lambda: but(card(SPOUSE, HIS_NUMBER, valid_from="2006-10-30", valid_until="2016-10-30")),
        {"DOCUMENT_EXPIRED"},
    ),
    "5 the number on the certificate": (lambda: but(paid(id_number=SWAPPED)), {"ID_NUMBER_MISMATCH"}),
    "8 the spouse's number": (
        lambda: but(changed(marriage(), "persons", 0, id_number=OTHER_NUMBER)),
        {"ID_NUMBER_MISMATCH"},
    ),
    "11 the words": (lambda: but(paid(monthly_income_words="贰万捌仟元整")), {"AMOUNT_WORDS_MISMATCH"}),
    "12 the certified income": (
        lambda: but(paid(monthly_income="38000.00", monthly_income_words="叁万捌仟元整")),
        {"INCOME_OVERSTATED"},
    ),
    "13 the seal": (lambda: but(paid(seal_company="成都天府商贸有限公司")), {"EMPLOYER_MISMATCH"}),
    "14 an old certificate": (lambda: but(paid(issue_date="2026-05-10")), {"DOCUMENT_STALE"}),
    "16 the net on a slip": (
        lambda: but(changed(pay(), "payslips", 2, net_pay="21087.50")),
        {"PAYSTUB_ARITHMETIC", "SALARY_AMOUNT_MISMATCH"},
    ),
    "21 a credit, the balances left": (
        lambda: but(edited_salary(False)),
        {"BALANCE_CHAIN_BROKEN", "SALARY_AMOUNT_MISMATCH"},
    ),
    "22 a credit, the balances too": (lambda: but(edited_salary(True)), {"SALARY_AMOUNT_MISMATCH"}),
    "23 the printed total": (lambda: but(flow(total_in="118525.00")), {"STATEMENT_TOTALS_MISMATCH"}),
    "25 a page": (lambda: but(missing_page()), {"PAGE_MISSING"}),
    "26 a filter": (lambda: but(flow(filter="按收支筛选：收入")), {"STATEMENT_FILTERED"}),
}


# ---------------------------------------------------------------- silence and single changes


def test_papers_that_agree_are_silent() -> None:
    """A case whose papers agree raises nothing, passes, and leaves nothing unsure."""
    judgement = judged()
    assert judgement.findings == ()
    assert judgement.verdict == "pass"
    assert [check for check in judgement.checks if check.outcome == "unsure"] == []


@pytest.mark.parametrize("name", SEEDED)
def test_one_change_raises_its_codes_and_no_other(name: str) -> None:
    """Each altered paper raises exactly its codes above a note."""
    alter, expected = SEEDED[name]
    assert raised(judged(alter()), "medium") == expected


def test_a_loan_beyond_the_income() -> None:
    """39: a loan whose payment takes more than half of the income is over the limit, and nothing else is."""
    application = declared()
    heavy = replace(application, loan=replace(application.loan, amount=Decimal("4500000")))
    heavy = replace(heavy, property=replace(heavy.property, price=Decimal("6000000")))
    judgement = judged(application=heavy)
    assert raised(judgement, "medium") == {"PAYMENT_TO_INCOME"}
    assert judgement.verdict == "review"


FINE: dict[str, Callable[[], list[Document]]] = {
    "net pay jumps in January": lambda: but(
        statement(
            chain(*ordered(salaries(["17037.50", "17037.50", *["18087.50"] * 4]), spread(date(2026, 5, 2), date(2026, 10, 30))))
        ),
        but(stub(*(slip(m, net=n) for m, n in zip(MONTHS, ["17037.50", "17037.50", *["18087.50"] * 4], strict=True)), id_number=MY_NUMBER)),
    ),
    "B7 an old marriage number": lambda: but(marriage(certificate_number="政字第2002208号")),
    "B8 a re-issued certificate": lambda: but(
        marriage(certificate_number="BJ110105-2024-000321", registration_date="2009-05-20")
    ),
    "B12 a card from elsewhere": lambda: but(card(address="河北省石家庄市长安区", issuing_authority="石家庄市公安局")),
    "a wish for both copies": lambda: [*papers(), marriage(SPOUSE)],
    "the same card twice": lambda: [*papers(), card(file="再扫.jpg")],
    "an older certificate beside": lambda: [*papers(), paid(file="旧.jpg", issue_date="2026-05-01", monthly_income="24000.00", monthly_income_words="贰万肆仟元整")],
    "all at 0.9": lambda: [
        replace(paper, fields={name: replace(cell, confidence=0.9) for name, cell in paper.fields.items()})
        for paper in papers()
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_odd_but_fine_stays_below_medium(name: str) -> None:
    """What is unusual and in order raises a note at most, and the case passes."""
    judgement = judged(FINE[name]())
    assert raised(judgement, "medium") == set()
    assert judgement.verdict == "pass"


# ---------------------------------------------------------------- sent again


def test_a_better_paper_settles_what_the_first_raised() -> None:
    """A stale certificate beside a fresh one is for the record only; the old paper says what replaced it."""
    old = paid(file="旧.jpg", issue_date="2026-01-05")
    judgement = judged([*papers(), old])
    assert {(f.code, f.severity) for f in judgement.findings} == {("DOCUMENT_STALE", "info")}
    assert judgement.verdict == "pass"
    assert outcome_of(judgement, "DOCUMENT_STALE") == "passed"
    (replaced,) = [document for document in judgement.documents if document.replaced_by]
    assert replaced.pages[0][0] == "旧.jpg"


def test_a_forged_card_stays_though_a_clean_one_came() -> None:
    """Authenticity of a replaced paper stays, but for the codes whose paper a customer may bring anew."""
    forged = card(sex="M", file="旧.jpg", unread=["address"], address=None)
    judgement = judged([*papers(), forged])
    assert ("ID_SEX_MISMATCH", "high") in {(f.code, f.severity) for f in judgement.findings}
    wrong_words = paid(file="旧.jpg", issue_date="2026-10-01", monthly_income_words="贰万捌仟元整")
    again = judged([*papers(), wrong_words])
    assert {(f.code, f.severity) for f in again.findings} == {("AMOUNT_WORDS_MISMATCH", "info")}
    assert again.verdict == "pass"


# ---------------------------------------------------------------- before the rules


def found(code: str, severity: Any = "medium", key: str = "甲.pdf") -> Finding:
    """A finding of intake."""
    return Finding(code, severity, {}, (Evidence(key),), key=key)


def test_intake_and_assembly_are_part_of_the_judgement() -> None:
    """What intake and assembly found is told with the rest, counts for the verdict, and has its checks."""
    file = File("甲.pdf", "0" * 64, 0, "empty", findings=(found("FILE_EMPTY"),))
    judgement = judged(
        files=(file,), loose=[found("FILE_EMPTY"), found("DOCUMENT_UNRECOGNISED", "low", "乙.pdf")]
    )
    assert [(f.code, f.severity) for f in judgement.findings] == [
        ("FILE_EMPTY", "medium"),
        ("DOCUMENT_UNRECOGNISED", "low"),
    ]
    assert outcome_of(judgement, "FILE_EMPTY", None) == "raised"
    assert outcome_of(judgement, "FILE_CORRUPT", None) == "passed"
    assert outcome_of(judgement, "DOCUMENT_UNRECOGNISED", None) == "raised"
    assert judgement.verdict == "supplement"


def test_an_unreadable_page_weighs_as_the_paper_it_may_be() -> None:
    """A page that nobody can read is medium while a required paper is missing, else a note."""
    page = found("PAGE_UNREADABLE", "low")
    assert judged(loose=[page]).verdict == "pass"
    lacking = judged(without("income_certificate"), loose=[page])
    assert ("PAGE_UNREADABLE", "medium") in {(f.code, f.severity) for f in lacking.findings}


def test_for_the_record_is_no_check_raised() -> None:
    """A duplicate file is told and leaves its check passed."""
    judgement = judged(loose=[found("FILE_DUPLICATE", "info")])
    assert outcome_of(judgement, "FILE_DUPLICATE", None) == "passed"
    assert judgement.verdict == "pass"


def test_no_application_is_not_run() -> None:
    """Without an application its check did not run."""
    assert outcome_of(judged(application=False), "APPLICATION_INVALID", None) == "not_run"
    assert outcome_of(judged(), "APPLICATION_INVALID", None) == "passed"


# ---------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], "pass"),
        ([("FIELD_LOW_CONFIDENCE", "low"), ("FILE_DUPLICATE", "info")], "pass"),
        ([("MATERIAL_MISSING", "medium"), ("FILE_EMPTY", "medium")], "supplement"),
        ([("DOCUMENT_EXPIRED", "high")], "supplement"),
        ([("MATERIAL_MISSING", "medium"), ("EMPLOYER_MISMATCH", "medium")], "review"),
        ([("NAME_MISMATCH", "low")], "pass"),
    ],
)
def test_the_verdict(findings: list[tuple[str, Any]], expected: str) -> None:
    """Pass, supplement or review by the chapters of what lies above a note; the reason is told in both languages."""
    outcome, why = verdict([Finding(code, severity) for code, severity in findings])
    assert outcome == expected
    assert set(why) == {"zh", "en"}
    for code, severity in findings:
        told = CATALOGUE[code].title["zh"] in why["zh"]
        assert told is (severity in ("high", "medium"))


def test_doubt_never_passes() -> None:
    """A high check that stayed open for a required field keeps the case from passing."""
    judgement = judged(but(card(valid_until=at("long_term", 0.9))))
    assert outcome_of(judgement, "ID_TERM_IMPLAUSIBLE") == "unsure"
    assert judgement.verdict == "supplement"


# ---------------------------------------------------------------- all of it


def test_every_code_has_an_entry() -> None:
    """Every rule's code has an entry in the checks, whatever the case holds."""
    for judgement in (judged(), judged([], application=False), judged([card()], application=False)):
        assert {rule.code for rule in RULES} <= {check.code for check in judgement.checks}
        pairs = [(check.code, check.person) for check in judgement.checks]
        assert len(pairs) == len(set(pairs))
        for check in judgement.checks:
            assert (check.why is None) is (check.outcome in ("raised", "passed"))


def test_the_same_papers_are_judged_the_same() -> None:
    """Two runs over the same papers agree in every word, and so do the findings in another order of the files."""
    documents = but(card(sex="M"), without("pay_stub"))

    def told(judgement: Judgement) -> set[tuple[str, str]]:
        return {(one.id, one.severity) for one in judgement.findings}

    assert judged(documents) == judged(documents)
    assert told(judged(documents)) == told(judged(documents[::-1]))


def test_the_cost_of_a_case_grows_with_its_rows() -> None:
    """All checks of a case take twice the work for twice the transactions, not four times: 2,000 rows are no burden."""
    sizes = {}
    for count in (150, 300, 450):
        days = [date(2026, 5, 1) + timedelta(days=i % 184) for i in range(count)]
        rows = [
            {"date": day, "amount": "-1.00", "summary": "消费", "counterparty": "便利店"}
            for day in sorted(days)
        ]
        sizes[count] = but(statement(chain(*ordered(salaries(["18087.50"] * 6), rows))))
    assert linear(judged, *sizes.values())
