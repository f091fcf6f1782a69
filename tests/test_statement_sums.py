"""Statements whose lines of sums, columns of two labels, headings of days and letters say more than their rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extractors.bank_statement import MATERIAL
from extractors.bank_statement.chain import settle
from extractors.bank_statement.raw import RawRow
from extractors.bank_statement.raw import values as values_of
from extractors.bank_statement.stamps import without_stamps
from pipeline.model import Document
from pipeline.table import Cell
from pipeline.table.kinds import amount, tokens
from tests.test_bank_statement import read, rows_of, sheet
from tests.test_statement_forms import ABOVE, MOVES, WANTED, grid
from tests.test_table import at

SIDES = [(day, what, f"{-a}.00" if a < 0 else "", f"{a}.00" if a > 0 else "", f"{b}.00") for day, what, a, b in MOVES]  # fmt: skip
HEAD, XS = ("交易日期", "摘要", "支出金额", "收入金额", "余额"), (50, 120, 190, 260, 330)


def told(document: Document, *names: str) -> list[object]:
    """The values of fields, None where one is absent."""
    return [document.fields[n].value if n in document.fields else None for n in names]


@pytest.mark.parametrize("word", ["合计", "总计", "本期合计", "合　计"])
def test_sums_under_columns_are_the_totals_of_the_statement(word: str) -> None:
    """A line of 合计 with an amount under each side tells the totals; it is no row."""
    lines = grid(HEAD, [*SIDES, ("", word, "100.00", "305.00", "")], XS)
    found = read(sheet(lines))
    assert told(found, "total_out", "total_in") == ["100.00", "305.00"]
    assert len(rows_of(found)) == len(MOVES)


def test_sums_of_each_page_are_those_of_the_statement_only_where_they_are_the_rows() -> None:
    """Of two lines of sums the last counts where it is the sum of all rows, else none does."""
    first = [*SIDES[:3], ("", "合计", "50.00", "300.00", "")]
    for last, wanted in ((("100.00", "305.00"), ["100.00", "305.00"]), (("50.00", "5.00"), [None, None])):
        lines = grid(HEAD, [*first, *SIDES[3:], ("", "合计", *last, "")], XS)
        assert told(read(sheet(lines)), "total_out", "total_in") == wanted


@pytest.mark.parametrize("word", ["上笔余额", "承前页", "上期结余"])
def test_a_balance_brought_forward_under_its_column_is_the_opening_one(word: str) -> None:
    """Above the first row it opens the statement and is no row of it."""
    found = read(sheet(grid(HEAD, [("", word, "", "", "800.00"), *SIDES], XS)))
    assert told(found, "opening_balance") == ["800.00"]
    assert len(rows_of(found)) == len(MOVES)


def test_a_remark_behind_a_stroke_or_under_the_summary_is_one() -> None:
    """Under 摘要/备注, and under 交易类型 over 备注, a cell holds what the row is and what is said of it."""
    for label, between in (("摘要/备注", "/"), ("交易类型\n备注", "\n")):
        cells = [f"{what}{between}{said}" for (_, what, _, _), said in zip(MOVES, ("上月", "外卖", "还款", "水费", "急用", "订单"), strict=True)]  # fmt: skip
        head, xs = ("交易日期", label, "交易金额", "余额"), (50, 180, 250, 330)
        body = [(d, cell, f"{a:+}.00", f"{b}.00") for (d, _, a, b), cell in zip(MOVES, cells, strict=True)]
        body.append(("20260111", "银联在线支付", "-5.00", "1000.00"))
        rows = read(sheet(grid(head, body, xs))).tables["transactions"]
        found = [(r["summary"].value, r["remark"].value if "remark" in r else None) for r in rows]
        assert found[:2] == [("工资", "上月"), ("消费", "外卖")]
        assert found[-1] == ("银联在线支付", None)


def test_a_letter_tells_whose_account_and_which_days_with_its_signature_below() -> None:
    """兹证明客户 … 于 … 至 … 期间: its sums count, and the day under its end is that of printing and no row."""
    above = (
        "个人银行账户流水证明",
        "兹证明客户欧阳文静（证件号码11010519491231002X）在我行开立的账户6222020000332871151，于2026年1月1日至2026年1月31日",
        "期间发生交易6笔，收入合计人民币305.00元，支出合计人民币100.00元，明细如下。",
    )
    lines = grid(HEAD, SIDES, XS, above)
    foot = max(n.box[3] for n in lines)
    lines += [at(t, 10, foot + 14 + 14 * n) for n, t in enumerate(("特此证明。", "某某银行股份有限公司", "2026年2月2日 13:38:59"))]  # fmt: skip
    found = read(sheet(lines))
    assert told(found, "account_holder", "period_start", "period_end", "total_in", "printed_at") == [
        "欧阳文静",
        "2026-01-01",
        "2026-01-31",
        "305.00",
        "2026-02-02 13:38:59",
    ]
    assert len(rows_of(found)) == len(MOVES)
    assert not found.notes["rows_lost"]


def test_blocks_below_the_heading_of_a_day_are_of_that_day() -> None:
    """A telephone's screen: a day's heading over several blocks, in each a time before whom it paid, 余额 with no blank."""
    lines = [at("某某银行", 10, 10), at("6222 **** **** 5250", 10, 24)]
    y = 50.0
    for day, blocks in (("2026年1月6日星期二", MOVES[1:3]), ("2026年1月5日 星期一", MOVES[:1])):
        lines.append(at(day, 10, y))
        y += 30
        for _, what, value, left in blocks:
            lines += [at(what, 10, y), at(f"{value:+}.00", 200, y), at("08:17 某公司", 10, y + 14), at(f"余额{left}.00", 180, y + 14)]  # fmt: skip
            y += 50
    document = read(sheet(lines))
    rows = document.tables["transactions"]
    assert [r["date"].value for r in rows] == ["2026-01-06", "2026-01-06", "2026-01-05"]
    assert {(r["time"].value, r["counterparty"].value) for r in rows} == {("08:17", "某公司")}
    assert [r["amount"].value for r in rows] == ["-50.00", "200.00", "100.00"]
    assert told(document, "account_number") == ["6222********5250"]


def test_a_rows_direction_is_no_total() -> None:
    """收入 and 支出 before amounts of rows are flags; together in a line of their own they are totals."""
    lines = grid(HEAD, SIDES, XS)
    foot = max(n.box[3] for n in lines) + 20
    assert told(read(sheet([*lines, at("收入 305.00", 10, foot)])), "total_in") == [None]


def test_nothing_gets_no_sign() -> None:
    """An amount of 0.00 stays without one, whatever its summary says."""
    page = sheet([])
    row = RawRow(page, {"amount": Cell([at("0.00", 0, 0)]), "summary": Cell([at("消费", 40, 0)])})
    values_of([row])
    settle([row], None, (None, None), scanned=False)
    assert row.amount is None
    assert not row.inferred


def test_a_currency_before_an_amount_keeps_its_sign() -> None:
    """-RMB24.30 is an amount with its minus."""
    assert amount("-RMB24.30") == (Decimal("-24.30"), False)
    assert [t.kind for t in tokens("-RMB24.30")] == ["money"]


def test_a_watermarks_words_between_rows_are_none_of_a_scan() -> None:
    """The paper's title across its rows is not whom they paid."""
    lines = [at("平安银行借记卡流水", 10, 10), at("平安银行", 80, 30)]
    assert [n.text for n in without_stamps(lines)] == ["平安银行"]


def test_a_page_that_only_closes_a_statement_follows_one() -> None:
    """Totals or a letter's end behind the last row are claimed behind a statement, never alone."""
    for text in ("借方总额 100.00    贷方总额 305.00", "申请时间：2026-02-02 13:38:59", "特此证明。"):
        (claim,) = MATERIAL.recognise(sheet([at(text, 10, 40)]))
        assert not claim.alone
        assert not claim.starts
    assert not MATERIAL.recognise(sheet([at("某某小区业主须知", 10, 40)]))


def test_the_stars_of_a_mask_are_sure_in_a_text_layer_alone() -> None:
    """How many stars stand in a scanned account is told by no engine for certain."""
    page = sheet(grid(HEAD, SIDES, XS, (ABOVE[0], "户名：欧阳文静  账号：622202*********1151")))
    assert read(page).fields["account_number"].confidence == 1.0
    assert read(replace(page, source="ocr")).fields["account_number"].confidence < 0.98


def test_the_moves_are_what_the_rows_say() -> None:
    """The table that these tests draw is itself read whole."""
    assert rows_of(read(sheet(grid(HEAD, SIDES, XS)))) == WANTED
