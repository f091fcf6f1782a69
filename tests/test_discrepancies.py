"""The forty discrepancies that are looked for and what is odd but fine, as far as the papers read so far can show them,
each as one change to the golden household: it raises its codes, about its person, and no other above `low`."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest

from fixtures import ledger, words
from fixtures.cases import A_JOB, B_JOB, HOME, A, B
from fixtures.stories import Draft, certificate, couple, marriage, pay, person, statement
from tests.from_truth import declared, judged, paper, papers, told, weighty
from tests.papers import on_pages

Change = Callable[[Draft], None]
Told = tuple[str, str, str]


def golden() -> Draft:
    """The golden household, with few rows of ordinary life: a copy that may be changed."""
    return deepcopy(_golden())


@cache
def _golden() -> Draft:
    return couple(A, B, (A_JOB, B_JOB), HOME, marriage(A, B, date(2016, 10, 18), "110108", 8231), rows=2)


def set_field(of: str, **values: str) -> Change:
    """Prints other values on one paper; the fields stay otherwise as they are."""

    def change(draft: Draft) -> None:
        draft.truths[of]["fields"].update(values)

    return change


def both(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def change(draft: Draft) -> None:
        for one in changes:
            one(draft)

    return change


def rows_of(draft: Draft, of: str = "statement_a") -> list[dict[str, str]]:
    rows: list[dict[str, str]] = draft.truths[of]["tables"]["transactions"]
    return rows


def salary(draft: Draft, month: str) -> dict[str, str]:
    """The row of A's salary in a month."""
    return next(
        row
        for row in rows_of(draft)
        if row["date"].startswith(month) and row.get("counterparty") == A_JOB.employer
    )


def raised_salary(later: bool) -> Change:
    """June's salary is 10,000 more; `later`: all balances from there on follow."""

    def change(draft: Draft) -> None:
        row = salary(draft, "2026-06")
        at = rows_of(draft).index(row)
        row["amount"] = f"{Decimal(row['amount']) + 10_000:.2f}"
        if later:
            ledger.rechain(draft.truths["statement_a"], at)

    return change


def one_slip(column: str, value: str) -> Change:
    """September's slip says something else."""

    def change(draft: Draft) -> None:
        draft.truths["stub_a"]["tables"]["payslips"][-2][column] = value

    return change


def items_short(draft: Draft) -> None:
    """The lines of September's slip add up to 800 less than its gross."""
    row = next(r for r in draft.truths["stub_a"]["tables"]["items"] if r["period"] == "2026-09")
    row["amount"] = f"{Decimal(row['amount']) - 800:.2f}"


def certified(amount: int) -> Change:
    """Certificate and application say more than is earned."""

    def change(draft: Draft) -> None:
        draft.truths["certificate_a"] = certificate(A, A_JOB, monthly=Decimal(amount))
        assert draft.application is not None
        draft.application["applicants"][0]["monthly_income"] = f"{amount}.00"

    return change


def expired(draft: Draft) -> None:
    draft.truths["card_b"]["fields"] |= {"valid_from": "2016-10-30", "valid_until": "2026-10-30"}


def other_wife(draft: Draft) -> None:
    """The certificate's number of the wife is that of another woman."""
    other = person("沈若彤", "F", B.birth, "120104", 682, B.card_from, "")
    draft.truths["marriage"]["tables"]["persons"][1]["id_number"] = other.id_number


def heavy_loan(draft: Draft) -> None:
    assert draft.application is not None
    draft.application["loan"]["amount"] = "4500000.00"
    draft.application["property"]["price"] = "5400000.00"


def total_in(draft: Draft) -> None:
    fields = draft.truths["statement_b"]["fields"]
    fields["total_in"] = f"{Decimal(fields['total_in']) + 30_000:.2f}"


HIGH, MEDIUM = "high", "medium"
SWAPPED = A.id_number[:14] + A.id_number[15] + A.id_number[14] + A.id_number[16:]
FORGED = A.id_number[:14] + str((int(A.id_number[14]) + 1) % 10) + A.id_number[15:]
FLAT = "18987.50"


def flat_net(draft: Draft) -> None:
    """Every slip prints the same net, whatever the tax of the month was."""
    for row in draft.truths["stub_a"]["tables"]["payslips"]:
        row["net_pay"] = FLAT
        left = sum(Decimal(row[name]) for name in ("social_insurance", "housing_fund"))
        row["income_tax"] = f"{Decimal(row['gross_pay']) - left - Decimal(FLAT):.2f}"


SEEDED: dict[str, tuple[Change, list[Told]]] = {
    "1 长期 on a card issued at 31": (set_field("card_a", valid_until="long_term"), [("ID_TERM_IMPLAUSIBLE", HIGH, A.name)]),
    "2 a digit of the card's number": (
        set_field("card_a", id_number=FORGED),
        [("ID_CHECKSUM", HIGH, A.name), ("ID_NUMBER_MISMATCH", HIGH, A.name)],
    ),
    "3 the sex on the card": (set_field("card_a", sex="F"), [("ID_SEX_MISMATCH", HIGH, A.name)]),
    "4 the spouse's card ran out": (expired, [("DOCUMENT_EXPIRED", HIGH, B.name)]),
    "5 the number on the certificate": (set_field("certificate_a", id_number=SWAPPED), [("ID_NUMBER_MISMATCH", HIGH, A.name)]),
    "8 the wife's number is another's": (other_wife, [("ID_NUMBER_MISMATCH", HIGH, B.name)]),
    "11 大写": (
        set_field("certificate_a", monthly_income_words=words.upper(Decimal(28_000))),
        [("AMOUNT_WORDS_MISMATCH", HIGH, A.name)],
    ),
    "12 38,000 certified": (certified(38_000), [("INCOME_OVERSTATED", HIGH, A.name)]),
    "13 another company's seal": (
        set_field("certificate_a", seal_company="北京云帆商贸有限公司"),
        [("EMPLOYER_MISMATCH", HIGH, A.name)],
    ),
    "14 a certificate of May": (set_field("certificate_a", issue_date="2026-05-10"), [("DOCUMENT_STALE", MEDIUM, A.name)]),
    "15 lines that add up to less": (items_short, [("PAYSTUB_ARITHMETIC", HIGH, A.name)]),
    "16 the net on a slip": (
        one_slip("net_pay", "21087.50"),
        [("PAYSTUB_ARITHMETIC", HIGH, A.name), ("SALARY_AMOUNT_MISMATCH", HIGH, A.name)],
    ),
    "17 a net that never changes": (flat_net, [("SALARY_AMOUNT_MISMATCH", HIGH, A.name)] * 6),
    "21 a salary edited, the balances left": (
        raised_salary(False),
        [("BALANCE_CHAIN_BROKEN", HIGH, A.name), ("SALARY_AMOUNT_MISMATCH", HIGH, A.name)],
    ),
    "22 a salary edited, the balances too": (raised_salary(True), [("SALARY_AMOUNT_MISMATCH", HIGH, A.name)]),
    "23 the printed total": (total_in, [("STATEMENT_TOTALS_MISMATCH", HIGH, B.name)]),
    "26 a filter": (
        set_field("statement_a", filter="按收支筛选：收入"),
        [("STATEMENT_FILTERED", MEDIUM, A.name)],
    ),
    "39 a loan beyond the income": (heavy_loan, [("PAYMENT_TO_INCOME", HIGH, "")]),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEDED)
def test_one_alteration_raises_its_codes_and_no_other(name: str) -> None:
    """Every altered paper is found out, by its codes, about its person; nothing else is accused."""
    change, expected = SEEDED[name]
    draft = golden()
    change(draft)
    judgement = judged(papers(draft), declared(draft))
    assert told(weighty(judgement)) == sorted(expected)


def test_a_page_that_is_missing_is_asked_for_and_silences_its_place() -> None:
    """25: without its second page of four a statement is asked for again, though salaries of those months are gone."""
    draft = golden()
    whole = [paper(truth, f"{name}.jpg") for name, truth in draft.truths.items() if name != "statement_a"]
    book = paper(draft.truths["statement_a"], "statement_a.jpg")
    size = -(-len(book.tables["transactions"]) // 4)
    book = on_pages(book, [size] * 4, [(1, 4), (2, 4), (3, 4), (4, 4)])
    rows = [row for row in book.tables["transactions"] if row["date"].page != 2]
    short = replace(
        book, pages=tuple(page for page in book.pages if page[1] != 2), tables={"transactions": rows},
        notes={"page_numbers": [(1, 4), (3, 4), (4, 4)]},
    )  # fmt: skip
    assert told(weighty(judged([*whole, book], declared(draft)))) == []
    assert told(weighty(judged([*whole, short], declared(draft)))) == [("PAGE_MISSING", MEDIUM, A.name)]


# ---------------------------------------------------------------- odd but fine


def paid_early(draft: Draft) -> None:
    """B2: February's pay comes on the 12th, before the Spring Festival."""
    slips = [replace(s, pay_date=date(2026, 2, 12)) if s.period == "2026-02" else s for s in pay(A_JOB)]
    draft.truths["statement_a"] = statement(A, A_JOB, slips, opening=Decimal(902_400), rows=2)


def paid_on(day: date) -> Change:
    """B3: pay on a weekend that is a working day."""

    def change(draft: Draft) -> None:
        slips = [replace(s, pay_date=day) if s.period == f"{day:%Y-%m}" else s for s in pay(A_JOB)]
        draft.truths["statement_a"] = statement(A, A_JOB, slips, opening=Decimal(902_400), rows=2)
        for row in draft.truths["stub_a"]["tables"]["payslips"]:
            if row["period"] == f"{day:%Y-%m}":
                row["pay_date"] = day.isoformat()

    return change


def paid_by(name: str) -> Change:
    """B6: the salary comes from an agency."""

    def change(draft: Draft) -> None:
        for row in rows_of(draft):
            if row.get("counterparty") == A_JOB.employer:
                row["counterparty"] = name

    return change


def fund_of_last_year(draft: Draft) -> None:
    """B5: the fund's base is last year's mean; slips and credits follow it."""
    job = replace(A_JOB, fund_base=Decimal(21_000))
    slips = pay(job)
    draft.truths["statement_a"] = statement(A, job, slips, opening=Decimal(902_400), rows=2)
    draft.truths["stub_a"]["tables"]["payslips"] = [slip.row() for slip in slips[-6:]]


def old_numbers(draft: Draft) -> None:
    """B7: a legacy marriage certificate with numbers of 15 digits."""
    persons = draft.truths["marriage"]["tables"]["persons"]
    for row, who in zip(persons, (A, B), strict=True):
        row["id_number"] = who.old_number
    draft.truths["marriage"]["fields"]["certificate_number"] = "京海政字第016号"


def like_rows(draft: Draft) -> None:
    """B10: two like top-ups on a day, each with its balance."""
    twice = [
        ledger.Entry(date(2026, 8, 8), Decimal(-1_200), "top_up", "健身会所", "充值", f"19:0{n}:12")
        for n in (1, 3)
    ]
    draft.truths["statement_a"] = statement(
        A, A_JOB, pay(A_JOB), opening=Decimal(902_400), rows=2, extra=twice
    )


def bonus(draft: Draft) -> None:
    """A year's bonus, paid with its own word beside the salary."""
    extra = [ledger.Entry(date(2026, 1, 28), Decimal(60_000), "salary", A_JOB.employer, summary="年终奖")]
    draft.truths["statement_a"] = statement(
        A, A_JOB, pay(A_JOB), opening=Decimal(902_400), rows=2, extra=extra
    )


def in_two_parts(draft: Draft) -> None:
    """Every salary comes in two credits, the second some days later."""
    parts: list[ledger.Entry] = []
    for entry in ledger.salaries(pay(A_JOB), A_JOB.employer):
        first = (entry.amount * Decimal("0.7")).quantize(Decimal("0.01"))
        parts.append(replace(entry, amount=first))
        parts.append(
            replace(entry, amount=entry.amount - first, day=entry.day + timedelta(days=4), summary="绩效")
        )
    draft.truths["statement_a"] = statement(A, A_JOB, [], opening=Decimal(902_400), rows=2, extra=parts)


FINE: dict[str, Change] = {
    "B2 paid early": paid_early,
    "B3 paid on a working Saturday": paid_on(date(2026, 2, 28)),
    "B3 paid on a working Sunday": paid_on(date(2026, 9, 20)),
    "B5 last year's fund base": fund_of_last_year,
    "B6 paid by an agency": paid_by("北京众信人力资源有限公司"),
    "B7 old numbers": old_numbers,
    "B8 a re-issued certificate": set_field(
        "marriage", certificate_number="BJ110105-2024-000321", registration_date="2009-05-20"
    ),
    "B10 like rows on one day": like_rows,
    "B12 from another province": set_field("card_a", address="河北省保定市竞秀区朝阳北大街12号", issuing_authority="保定市公安局竞秀分局"),
    "a bonus": bonus,
    "pay in two parts": in_two_parts,
    "the bank's payroll account": paid_by("应付代发业务款项"),
    "no payer printed": paid_by(""),
    "a masked payer": paid_by("北京**软件有限公司"),
    "a branch of the employer": set_field("stub_a", employer="北京云帆软件有限公司上海分公司"),
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_odd_but_fine_accuses_nobody(name: str) -> None:
    """What is unusual and in order raises a note at most."""
    draft = golden()
    FINE[name](draft)
    judgement = judged(papers(draft), declared(draft))
    assert told(weighty(judgement)) == []
    assert judgement.verdict == "pass"


def test_a_row_repeated_over_a_page_break_is_one_row() -> None:
    """B9: the last row of a page printed again at the top of the next breaks no chain and no total."""
    draft = golden()
    rows = rows_of(draft, "statement_b")
    at = len(rows) // 2
    rows.insert(at, dict(rows[at - 1]))
    whole = [paper(truth, f"{name}.jpg") for name, truth in draft.truths.items() if name != "statement_b"]
    book = on_pages(
        paper(draft.truths["statement_b"], "statement_b.jpg"), [at, len(rows) - at], [(1, 2), (2, 2)]
    )
    assert told(weighty(judged([*whole, book], declared(draft)))) == []


# ---------------------------------------------------------------- no cascades


def test_a_forged_card_leaves_the_other_checks_alone() -> None:
    """A card whose number fails says nothing of the money: income, salary and ratio are judged as ever."""
    draft = golden()
    both(SEEDED["2 a digit of the card's number"][0], heavy_loan)(draft)
    judgement = judged(papers(draft), declared(draft))
    assert told(weighty(judgement)) == sorted(
        [("ID_CHECKSUM", HIGH, A.name), ("ID_NUMBER_MISMATCH", HIGH, A.name), ("PAYMENT_TO_INCOME", HIGH, "")]
    )


def test_two_causes_are_two_accusations() -> None:
    """Words that do not fit and a salary that was edited are told each once."""
    draft = golden()
    both(SEEDED["11 大写"][0], SEEDED["22 a salary edited, the balances too"][0])(draft)
    judgement = judged(papers(draft), declared(draft))
    assert told(weighty(judgement)) == [
        ("AMOUNT_WORDS_MISMATCH", HIGH, A.name),
        ("SALARY_AMOUNT_MISMATCH", HIGH, A.name),
    ]


@pytest.mark.parametrize("name", [name for name in SEEDED if name[:2] not in ("4 ", "14", "26", "39")])
def test_an_alteration_read_in_doubt_is_asked_for_and_not_accused(name: str) -> None:
    """Read at 0.90 throughout, no alteration accuses anybody, and none lets the case pass: required fields hang on each."""
    change, _ = SEEDED[name]
    draft = golden()
    change(draft)
    judgement = judged(papers(draft, 0.9), declared(draft))
    assert {found.code for found in weighty(judgement)} <= {"FIELD_UNREADABLE"}
    assert judgement.verdict == "supplement"
