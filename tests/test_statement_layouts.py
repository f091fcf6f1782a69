"""Statements in forms of their own: tables side by side, dates over columns, tiers of heads, letters, sums, slanting photos."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from bench.statement_rows import sheets_of
from extractors.bank_statement import MATERIAL
from fixtures.varied import bank_statement as varied
from pipeline.model import Line, Sheet
from pipeline.table import level
from tests.test_bank_statement import rows_of, sheet, table
from tests.test_table import at

PROOF = ("date", "amount", "balance")


def under(
    heads: Sequence[tuple[str, float, float]], rows: Sequence[Sequence[str]], xs: Sequence[float]
) -> list[Line]:
    """Labels at their places, and rows of cells below them; empty cells print nothing."""
    lines = [at(text, x, y) for text, x, y in heads]
    for n, row in enumerate(rows):
        lines += [at(text, x, 100 + 16 * n) for text, x in zip(row, xs, strict=True) if text]
    return lines


@pytest.mark.parametrize(
    "layout", ["two_up", "ledger_leaf", "tiers", "double_rows", "page_sums", "cover", "day_heads"]
)
def test_a_drawn_form_gives_its_rows_and_its_head(layout: str) -> None:
    """Date, amount and balance of all rows, and the single values around the table, whatever the form."""
    paper = varied.draw(layout, varied.invent(random.Random(5), 40), 5)
    assert isinstance(paper.pages, bytes)
    sheets = sheets_of(paper.pages)
    assert all(MATERIAL.recognise(s) for s in sheets)
    (document,) = MATERIAL.extract(sheets)
    wanted = [tuple(row.get(name) for name in PROOF) for row in paper.truth["tables"]["transactions"]]
    assert rows_of(document) == wanted
    for name in (
        "account_holder",
        "account_number",
        "period_start",
        "period_end",
        "total_in",
        "opening_balance",
    ):
        assert document.text(name) == paper.truth["fields"].get(name), name


def test_tables_side_by_side_are_read_one_after_the_other() -> None:
    """The rows of the left table come before those of the right one, and a printed sign is kept."""
    heads = [
        (t, x + far, 80.0)
        for far in (0, 250)
        for t, x in (("日期", 10), ("摘要", 70), ("支出/存入", 110), ("余额", 170))
    ]
    rows = [(f"202601{n:02}", "往来", "-10.00", f"{200 - 10 * n}.00", f"202602{n:02}", "往来", "+5.00", f"{100 + 5 * n}.00")
            for n in range(1, 11)]  # fmt: skip
    xs = (10, 70, 110, 170, 260, 320, 360, 420)
    (document,) = MATERIAL.extract([sheet(under(heads, rows, xs))])
    read = rows_of(document)
    assert [r[0] for r in read[:2]] == ["2026-01-01", "2026-01-02"]
    assert [r[1:] for r in read[9:11]] == [("-10.00", "100.00"), ("5.00", "105.00")]


def test_a_year_a_month_and_a_day_in_columns_of_their_own_are_one_date() -> None:
    """A month that the text layer leaves out is the one above; labels in spaced characters are labels."""
    heads = [("年", 10.0, 80.0), ("月", 40.0, 80.0), ("日", 60.0, 80.0), ("摘", 100.0, 80.0), ("要", 115.0, 80.0),
             ("借方发生额", 150.0, 80.0), ("贷方发生额", 220.0, 80.0), ("余", 300.0, 80.0), ("额", 316.0, 80.0)]  # fmt: skip
    rows = [("2026", "01", "05", "转账", "10.00", "", "90.00"), ("", "", "06", "工资", "", "20.00", "110.00"),
            ("", "02", "07", "转账", "5.00", "", "105.00")]  # fmt: skip
    (document,) = MATERIAL.extract([sheet(under(heads, rows, (8, 40, 60, 100, 160, 230, 300)))])
    assert rows_of(document) == [
        ("2026-01-05", "-10.00", "90.00"), ("2026-01-06", "20.00", "110.00"), ("2026-02-07", "-5.00", "105.00"),
    ]  # fmt: skip
    assert document.tables["transactions"][0]["summary"].value == "转账"


def test_the_sums_of_months_and_pages_are_not_those_of_the_statement() -> None:
    """收入 and 支出 in a month's heading or at a page's foot say nothing of the whole; the statement's own sum does."""
    rows = [("20260105", "往来", "-10.00", "90.00", ""), ("20260106", "往来", "20.00", "110.00", ""),
            ("20260107", "往来", "-5.00", "105.00", "")]  # fmt: skip
    lines = table(rows)
    foot = max(n.box[3] for n in lines)
    page = at("本页收入 20.00 本页支出 15.00", 10, foot + 10)
    (document,) = MATERIAL.extract([sheet([*lines, page])])
    assert document.text("total_in") is None
    assert len(document.tables["transactions"]) == 3
    (document,) = MATERIAL.extract([sheet([*lines, at("本期合计 减少 15.00 增加 20.00", 10, foot + 10)])])
    assert (document.text("total_in"), document.text("total_out")) == ("20.00", "15.00")


def test_a_label_in_two_languages_keeps_its_value() -> None:
    """客户姓名 Account Name 江鹏斌: the English is the label's, with or without a colon."""
    above = ("某某银行账户交易明细", "客户姓名 Account Name 江鹏斌", "期初余额 Opening Balance 100.00")
    (document,) = MATERIAL.extract(
        [sheet(table([("20260105", "往来", "-10.00", "90.00", "")] * 1, above=above))]
    )
    assert document.text("account_holder") == "江鹏斌"
    assert document.text("opening_balance") == "100.00"


def test_a_photo_seen_aslant_is_read_column_by_column() -> None:
    """Columns that run together downward by a tenth of the height are straightened by all of them; places stay on the page."""
    rows = [
        (f"2026-01-{n:02} 09:0{n % 10}:00", "网上支付", "-10.00", f"{900 - 10 * n}.00", "华康口腔门诊部")
        for n in range(1, 26)
    ]
    flat = table(rows, xs=(10, 130, 190, 270, 350))
    aslant = [replace(n, box=(_x(n.box[0], n), n.box[1], _x(n.box[2], n), n.box[3]), edges=()) for n in flat]
    taken = sheet(aslant, source="ocr")
    (document,) = MATERIAL.extract([taken])
    read = document.tables["transactions"]
    assert {row["summary"].value for row in read} == {"网上支付"}
    assert {row["counterparty"].value for row in read} == {"华康口腔门诊部"}
    spread = [abs(n.box[0] - m.box[0]) for n, m in _last(level(taken))]
    assert max(spread) < 4


def _x(x: float, line: Line) -> float:
    """The x of a point where the columns run together toward the left rim."""
    return x * (1 - 0.0004 * line.middle[1])


def _last(made: Sheet) -> list[tuple[Line, Line]]:
    names = [n for n in made.lines if n.text == "华康口腔门诊部"]
    return list(pairwise(names))
