"""Statements against themselves: what breaks a chain, and all the odd rows that do not."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model import Document
from pipeline.result import Person
from tests.build import at, case, checked, codes, outcome
from tests.papers import AS_OF, END, ME, START, chain, changed, linear, on_pages, ordered, spread, statement
from validators.coverage import hides
from validators.parameters import Parameters
from validators.statement import (
    balance_chain,
    statement_filtered,
    statement_gap,
    statement_months,
    statement_totals,
)

PARAMETERS = [Parameters.load()]
ROWS = chain(*spread(START, END))
DAYS = [date(2026, 5, 1) + timedelta(days=index) for index in range(60)]


def judged(rule: Any, *papers: Document, employment: str = "salaried") -> tuple[str, Any]:
    """The outcome and the findings of a rule on these papers."""
    people = [Person(ME, role="borrower", employment=employment)]
    result = checked(case(*papers, people=people, as_of=AS_OF), rule, given=PARAMETERS)
    (check,) = result.checks
    return check.outcome, result.findings


# ---------------------------------------------------------------- the chain


def test_a_chaining_statement_passes_in_either_direction() -> None:
    """Rows from old to new or from new to old are the same account."""
    assert judged(balance_chain, statement(ROWS))[0] == "passed"
    assert judged(balance_chain, statement(ROWS[::-1]))[0] == "passed"


def test_an_altered_amount_is_one_finding_with_its_arithmetic() -> None:
    """A salary raised by 10,000 without touching the balances breaks one row, named with its numbers."""
    paper = changed(statement(ROWS), "transactions", 5, amount="9980.00")
    state, findings = judged(balance_chain, paper)
    assert state == "raised"
    assert codes(findings) == [("BALANCE_CHAIN_BROKEN", "high")]
    params = findings[0].params
    assert (params["rows"], params["row"], params["page"]) == (1, 6, 1)
    assert (params["expected"], params["found"], params["difference"]) == ("19880.00", "9880.00", "-10000.00")
    assert {seen.field for seen in findings[0].evidence} == {"amount", "balance"}


def test_an_altered_balance_is_seen_in_both_directions() -> None:
    """One balance changed breaks its own row and the next one; all rows are evidence of one finding."""
    for rows in (ROWS, ROWS[::-1]):
        paper = changed(statement(rows), "transactions", 5, balance="77777.77")
        assert codes(judged(balance_chain, paper)[1]) == [("BALANCE_CHAIN_BROKEN", "high")]
        assert judged(balance_chain, paper)[1][0].params["rows"] == 2


def test_rows_of_one_day_may_stand_in_any_order() -> None:
    """A bank that prints days from new to old but the rows of a day from old to new says nothing wrong."""
    rows = chain(*[(day, amount) for day in DAYS[:5] for amount in ("100.00", "-30.00", "-45.00", "200.00")])
    falling = sorted(rows, key=lambda row: row["date"], reverse=True)
    assert judged(balance_chain, statement(falling))[0] == "passed"
    mixed = changed(statement(falling), "transactions", 6, balance="1.00")
    assert judged(balance_chain, mixed)[0] == "raised"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(-500, 500)), min_size=3, max_size=14),
    st.randoms(use_true_random=False), st.booleans(),
)  # fmt: skip
def test_no_shuffle_within_days_is_ever_accused(
    moves: list[tuple[int, int]], order: random.Random, falling: bool
) -> None:
    """Whatever the amounts and however each day's rows are shuffled, a true account closes."""
    rows = chain(*[(DAYS[index], str(amount)) for index, amount in sorted(moves, key=lambda move: move[0])])
    order.shuffle(rows)
    rows.sort(key=lambda row: row["date"], reverse=falling)
    assert judged(balance_chain, statement(rows))[0] == "passed"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 19), st.integers(1, 99999), st.booleans())
def test_any_single_amount_altered_is_found(index: int, by: int, falling: bool) -> None:
    """In an account with one row a day, no changed amount goes unseen, but for the very first without an opening."""
    rows = chain(*[(day, "-7.00") for day in DAYS[:20]])
    rows = rows[::-1] if falling else rows
    paper = statement(rows, opening_balance="10000.00")
    value = str(Decimal("-7.00") + Decimal(by) / 100)
    assert judged(balance_chain, changed(paper, "transactions", index, amount=value))[0] == "raised"


def test_a_row_that_the_next_page_repeats_counts_once() -> None:
    """The same row with the same balance at the bottom of a page and at the top of the next is a print repeat (B9)."""
    rows = ROWS[:10] + ROWS[8:]
    paper = on_pages(statement(rows), [10, len(rows) - 10])
    assert judged(balance_chain, paper)[0] == "passed"
    assert judged(balance_chain, statement(rows))[0] == "raised", "on one page it is no page-break repeat"


def test_the_same_amount_twice_a_day_is_no_repeat() -> None:
    """Two 1,200.00 top-ups on one day with different balances are both real (B10), also across a page."""
    rows = chain((DAYS[0], "5000"), (DAYS[1], "-1200.00"), (DAYS[1], "-1200.00"), (DAYS[2], "10"))
    assert judged(balance_chain, statement(rows))[0] == "passed"
    assert judged(balance_chain, on_pages(statement(rows), [2, 2]))[0] == "passed"


def test_neutral_rows_and_other_accounts_stay_out_of_the_chain() -> None:
    """Rows that do not count (不计收支), sub-accounts and foreign currency have chains of their own or none."""
    euros = chain(*[(day, "5.00") for day in DAYS[:4]], opening="1.00", currency="EUR")
    savings = chain(*[(day, "700.00") for day in DAYS[:4]], opening="0.00", account="00002")
    plain = chain(*[(day, "-3.00") for day in DAYS[:4]], account="00001")
    neutral = [
        {"date": DAYS[2], "amount": "999.00", "balance": "1.00", "direction": "neutral", "account": "00001"}
    ]
    rows = ordered(plain, savings, [{**row, "account": "00001"} for row in euros], neutral)
    assert judged(balance_chain, statement(rows))[0] == "passed"
    broken = ordered(plain, savings)
    broken[3] = {**broken[3], "amount": Decimal("1.00")}
    assert judged(balance_chain, statement(broken))[0] == "raised"


def test_a_statement_in_booking_order_needs_no_rising_dates() -> None:
    """Dates that jump by a day where the balances follow are the bank's matter."""
    rows = [dict(row) for row in ROWS]
    rows[4]["date"], rows[5]["date"] = rows[5]["date"], rows[4]["date"]
    assert judged(balance_chain, statement(rows))[0] == "passed"


def test_a_missing_page_silences_the_chain_at_its_place_only() -> None:
    """Between pages 1 and 3 of 3 nothing follows and nothing is said; a break elsewhere is still told."""
    rows = chain(*[(day, "-7.00") for day in DAYS[:30]])
    gone = rows[:10] + rows[20:]
    paper = on_pages(statement(gone), [10, 10], [(1, 3), (3, 3)])
    assert judged(balance_chain, paper)[0] == "passed"
    assert judged(balance_chain, on_pages(statement(gone), [10, 10]))[0] == "raised"
    assert judged(balance_chain, changed(paper, "transactions", 4, amount="5.00"))[0] == "raised"
    assert judged(balance_chain, on_pages(statement(gone[::-1]), [10, 10], [(1, 3), (3, 3)]))[0] == "passed"


def test_a_doubtful_cell_makes_the_chain_unsure() -> None:
    """On a scan a break whose three cells are not all sure accuses nobody."""
    rows = [dict(row) for row in ROWS]
    rows[5]["amount"] = at("-28.00", 0.9)
    state, findings = judged(balance_chain, statement(rows))
    assert (state, findings) == ("unsure", [])


def test_a_sure_break_is_told_beside_a_doubtful_one() -> None:
    """The doubtful rows stay out of the evidence, so that they do not hide the sure one."""
    rows = [dict(row) for row in ROWS]
    rows[5]["amount"], rows[12]["amount"] = at("-28.00", 0.9), "-920.00"
    state, findings = judged(balance_chain, statement(rows))
    assert state == "raised"
    assert findings[0].params["rows"] == 1


def test_unread_rows_explain_any_break() -> None:
    """Where rows were lost, or a cell of the day is absent, the chain is unsure and never an accusation."""
    gone = ROWS[:5] + ROWS[6:]
    assert judged(balance_chain, statement(gone))[0] == "raised"
    assert judged(balance_chain, statement(gone, notes={"rows_lost": 1})) == ("unsure", [])
    assert judged(balance_chain, changed(statement(ROWS), "transactions", 5, amount=None))[0] == "unsure"
    assert judged(balance_chain, statement([], notes={"rows_lost": 9}))[0] == "unsure"


def test_where_every_other_row_breaks_the_reading_is_doubted() -> None:
    """A statement of which every other row was passed over in silence is no forgery: the chain is unsure, not raised, and
    so are the totals; six altered amounts among all its rows are accused."""
    half = statement(ROWS[::2], total_in="99999.00")
    assert judged(balance_chain, half)[0] == "unsure"
    assert judged(statement_totals, half)[0] == "unsure"
    altered = statement(ROWS)
    for index in range(2, 14, 2):
        altered = changed(altered, "transactions", index, amount="8.88")
    assert judged(balance_chain, altered)[0] == "raised"


def test_a_lost_row_that_breaks_nothing_lets_the_chain_pass() -> None:
    """Rows that follow one another prove that none is missing between them."""
    assert judged(balance_chain, statement(ROWS, notes={"rows_lost": 1}))[0] == "passed"


def test_the_printed_opening_begins_the_chain() -> None:
    """A first row that does not follow from the printed opening balance breaks it."""
    assert judged(balance_chain, statement(ROWS, opening_balance="10000.00"))[0] == "passed"
    assert judged(balance_chain, statement(ROWS[::-1], opening_balance="10000.00"))[0] == "passed"
    state, findings = judged(balance_chain, statement(ROWS, opening_balance="12000.00"))
    assert state == "raised"
    assert "opening_balance" in {seen.field for seen in findings[0].evidence}


def test_papers_without_balances_or_with_a_filter_are_not_asked() -> None:
    """WeChat prints no balances, and a filtered statement cannot follow."""
    bare = [{name: cell for name, cell in row.items() if name != "balance"} for row in ROWS]
    assert judged(balance_chain, statement(bare))[0] == "not_run"
    assert judged(balance_chain, statement(ROWS[::2], filter="按收支筛选：收入"))[0] == "not_run"
    assert outcome(case(people=[Person(ME, role="borrower")]), balance_chain, ME) == "not_run"


def test_interest_of_nothing_and_own_transfers_chain() -> None:
    """Interest and its tax of 0.00 in a swept account (B14), and 850,000 between two own accounts (B15), break nothing."""
    swept = chain(
        {"date": DAYS[0], "amount": "0.03", "summary": "结息"}, {"date": DAYS[0], "amount": "0.00", "summary": "利息税"},
        {"date": DAYS[0], "amount": "0.00", "summary": "结息"}, (DAYS[1], "-3.00"), opening="100.00",
    )  # fmt: skip
    for rows in (swept, swept[::-1]):
        assert judged(balance_chain, statement(rows))[0] == "passed"
        assert judged(balance_chain, on_pages(statement(rows), [2, 2]))[0] == "passed"
    came = {"date": DAYS[3], "amount": "850000.00", "summary": "转账", "counterparty": ME}
    went = {"date": DAYS[4], "amount": "-850000.00", "summary": "转账", "counterparty": ME}
    first = statement(chain(*ordered(spread(START, END), [went]), opening="900000.00"))
    second = statement(
        chain(*ordered(spread(START, END), [came])), account_number="6217999900001111", file="b.pdf"
    )
    for rule in (statement_months, statement_gap):
        assert judged(rule, first, second)[1] == []


@pytest.mark.parametrize("broken", [False, True], ids=["whole", "one row broken"])
def test_the_cost_of_a_statement_grows_with_its_rows(broken: bool) -> None:
    """All rules of statements take twice the work for twice the rows and pages, also where a row is broken."""
    start = date(2025, 11, 1)
    rules = (balance_chain, statement_totals, statement_filtered, statement_months, statement_gap)
    people = [Person(ME, role="borrower", employment="salaried")]

    def paper(pages: int) -> Document:
        count = 40 * pages
        rows = chain(
            *[(start + timedelta(days=index * 333 // count), "-1.25") for index in range(count)],
            opening="99999.00",
        )
        whole = on_pages(statement(rows, period_start=start, period_end=END), [40] * pages)
        return changed(whole, "transactions", count // 2, amount="5.00") if broken else whole

    def judge_all(one: Document) -> None:
        checked(case(one, people=people, as_of=AS_OF), *rules, given=PARAMETERS)

    assert linear(judge_all, *map(paper, (5, 10, 15)))


# ---------------------------------------------------------------- totals and filter


def test_printed_totals_are_held_against_the_rows() -> None:
    """Income and expense each; a total that was altered is told with its difference."""
    out = f"{20 * len(ROWS)}.00"
    assert judged(statement_totals, statement(ROWS, total_out=out, total_in="0.00"))[0] == "passed"
    state, findings = judged(statement_totals, statement(ROWS, total_out="999.00", total_in="0.00"))
    assert state == "raised"
    assert findings[0].params["field"] == "total_out"
    assert findings[0].params["expected"] == out


def test_reversed_rows_may_be_netted_in_the_totals() -> None:
    """A bank that takes a 冲正 out of the expenses instead of adding it to the income adds up too."""
    rows = chain(
        (DAYS[0], "-100.00"), {"date": DAYS[1], "amount": "100.00", "summary": "冲正"}, (DAYS[2], "-50.00")
    )
    assert judged(statement_totals, statement(rows, total_in="0.00", total_out="50.00"))[0] == "passed"
    assert judged(statement_totals, statement(rows, total_in="100.00", total_out="150.00"))[0] == "passed"
    assert judged(statement_totals, statement(rows, total_in="0.00", total_out="60.00"))[0] == "raised"


def test_totals_are_silent_where_rows_may_be_missing() -> None:
    """A missing page, a filter, lost rows, an unread amount or a doubtful one: never an accusation."""
    paper = statement(ROWS, total_out="1.00")
    assert judged(statement_totals, statement(ROWS))[0] == "not_run"
    assert judged(statement_totals, statement(ROWS, total_out="1.00", filter="支出"))[0] == "not_run"
    assert judged(statement_totals, on_pages(paper, [10, 17], [(1, 3), (3, 3)]))[0] == "unsure"
    assert judged(statement_totals, on_pages(paper, [10, 17], [(1, 3), (2, 3)]))[0] == "unsure"
    assert judged(statement_totals, statement(ROWS, total_out="1.00", notes={"rows_lost": 2}))[0] == "unsure"
    assert judged(statement_totals, changed(paper, "transactions", 3, amount=None))[0] == "unsure"
    assert (
        judged(statement_totals, statement(ROWS, total_out="1.00", notes={"unclaimed": (3,)}))[0] == "unsure"
    )
    whole = statement(ROWS, total_out="540.00", notes={"unclaimed": (3,)})
    assert judged(statement_totals, whole)[0] == "passed", (
        "a strange page behind rows that add up lacks nothing"
    )
    doubtful = [dict(row) for row in ROWS]
    doubtful[3]["amount"] = at("-28.00", 0.9)
    assert judged(statement_totals, statement(doubtful, total_out="540.00"))[0] == "unsure"


@pytest.mark.parametrize(("printed", "hidden"), [
    ("按收支筛选：收入", True), ("支出", True), ("金额区间：1000-5000", True), ("交易对手：张三", False),
    ("对方户名：张三，仅显示对方交易", True), ("查询最低限额：5,000.00", True),
    ("查询最低限额：0", False), ("全部", False), ("按收支筛选：全部 按币种筛选：人民币", False), ("全币种", False),
    ("20250601", False), ("2025/06/01 - 2025/11/30", False), ("明细范围：20250601-20251130", False), ("20000", True),
    ("收入和支出", False), (None, False), ("筛选条件:全部", False), ("金额区间：0.00-0.00", False),
])  # fmt: skip
def test_which_filters_hide_rows(printed: str | None, hidden: bool) -> None:
    """全部, a currency or a limit of nothing hide nothing; a direction or an amount does."""
    assert hides(printed) is hidden


def test_a_filter_is_told() -> None:
    """The filtered statement raises, the plain one passes."""
    assert codes(judged(statement_filtered, statement(ROWS, filter="收入"))[1]) == [
        ("STATEMENT_FILTERED", "medium")
    ]
    assert judged(statement_filtered, statement(ROWS))[0] == "passed"


# ---------------------------------------------------------------- months and gaps


def test_six_whole_months_or_six_months_day_to_day_are_enough() -> None:
    """Calendar months, or from a day to the same day six months on with three days of grace."""
    assert judged(statement_months, statement(ROWS))[0] == "passed"
    days = {"period_start": date(2026, 4, 20), "period_end": date(2026, 10, 17)}
    assert judged(statement_months, statement(ROWS, **days))[0] == "passed"
    days = {"period_start": date(2026, 4, 20), "period_end": date(2026, 10, 10)}
    state, findings = judged(statement_months, statement(ROWS, **days))
    assert state == "raised"
    assert (findings[0].params["months"], findings[0].params["expected"]) == (5, 6)


def test_a_free_lancer_needs_twelve_months() -> None:
    """What is asked for hangs on the employment."""
    state, findings = judged(statement_months, statement(ROWS), employment="freelance")
    assert state == "raised"
    assert (findings[0].params["months"], findings[0].params["expected"]) == (6, 12)


def test_several_statements_cover_the_months_together() -> None:
    """Two quarters of one account, or two accounts one after the other, are six months."""
    for number in ("6222000011112222", "6217999900001111"):
        first = statement(ROWS, period_end=date(2026, 7, 31))
        second = statement(ROWS, period_start=date(2026, 8, 1), account_number=number, file="b.pdf")
        assert judged(statement_months, first, second)[0] == "passed"
    late = statement(ROWS, period_start=date(2026, 8, 20), account_number="6217999900001111", file="b.pdf")
    assert judged(statement_months, statement(ROWS, period_end=date(2026, 7, 31)), late)[0] == "raised"


def test_without_a_printed_period_the_rows_speak() -> None:
    """Rows over six months are enough; rows that only touch six months decide nothing; fewer are short."""
    none: dict[str, Any] = {"period_start": None, "period_end": None}
    assert judged(statement_months, statement(ROWS, **none))[0] == "passed"
    touching = chain(*spread(date(2026, 5, 12), date(2026, 10, 20)))
    assert judged(statement_months, statement(touching, **none))[0] == "unsure"
    short = chain(*spread(date(2026, 8, 2), date(2026, 10, 30)))
    assert judged(statement_months, statement(short, **none))[0] == "raised"
    assert judged(statement_months, statement(short, **none, notes={"rows_lost": 3}))[0] == "unsure"
    assert judged(statement_months, statement([], **none))[0] == "unsure"


def test_exports_are_no_evidence_of_months_and_guarantors_need_none() -> None:
    """A spreadsheet alone is a missing statement; who brings no income is not asked."""
    assert judged(statement_months, statement(ROWS, notes={"export": True}))[0] == "not_run"
    people = [Person(ME, role="guarantor")]
    short = statement(ROWS, period_end=date(2026, 6, 1))
    result = checked(case(short, people=people, as_of=AS_OF), statement_months, given=PARAMETERS)
    assert result.checks[0].outcome == "not_run"


def halves(closing: str | None, opening: str | None, **second: Any) -> list[Document]:
    """Two printed periods of one account with the days from 11 to 20 July between them."""
    rows = chain(*spread(START, date(2026, 7, 10)))
    later = chain(*spread(date(2026, 7, 21), END), opening=str(rows[-1]["balance"]))
    return [
        statement(rows, period_end=date(2026, 7, 10), closing_balance=closing),
        statement(later, period_start=date(2026, 7, 21), opening_balance=opening, file="b.pdf", **second),
    ]


def test_days_between_two_periods_are_a_gap_only_if_money_moved() -> None:
    """Closing and next opening equal: nothing happened on those days, and nothing is said."""
    assert judged(statement_gap, *halves(None, None))[0] == "passed"
    state, findings = judged(statement_gap, *halves("500.00", "7500.00"))
    assert state == "raised"
    assert (findings[0].params["from"], findings[0].params["to"]) == ("2026-07-11", "2026-07-20")
    assert findings[0].params["difference"] == "7000.00"
    assert judged(statement_months, *halves("500.00", "7500.00"))[0] == "passed", "one cause, one accusation"


def test_gaps_are_asked_only_of_one_account_and_only_where_two_periods_are_printed() -> None:
    """Another account's period, a single statement or days before the months asked for say nothing."""
    assert judged(statement_gap, statement(ROWS))[0] == "not_run"
    other = halves("500.00", "7500.00", account_number="6217999900001111")
    assert judged(statement_gap, *other)[0] == "not_run"
    masked = halves("500.00", "7500.00", account_number="6222********2222")
    assert judged(statement_gap, *masked)[0] == "raised"
    early = [
        statement(
            ROWS[:3], period_start=date(2025, 1, 1), period_end=date(2025, 2, 28), closing_balance="1.00"
        ),
        statement(ROWS, file="b.pdf"),
    ]
    assert judged(statement_gap, *early)[0] == "passed"
    assert judged(statement_gap, *halves(None, None, notes={"rows_lost": 2}))[0] == "unsure"
