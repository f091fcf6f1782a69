"""Bank statements: what rows say beside their amounts, and what stands around the table, in words of many banks."""

from __future__ import annotations

import pytest

from extractors.bank_statement import MATERIAL
from tests.test_bank_statement import read, rows_of, sheet, table
from tests.test_table import at

LOAN = [("20260103", "贷款还款", "-10.00", "990.00", "某银行"), ("20260104", "工资", "10.00", "1,000.00", "某公司"),
        ("20260105", "还款明细", "-10.00", "990.00", "")]  # fmt: skip


def test_what_a_row_says_is_no_name_of_the_paper() -> None:
    """Statements of who repays a loan hold the words of loan papers in their rows; those of loans hold them above."""
    (claim,) = MATERIAL.recognise(sheet(table(LOAN, above=("某某银行账户动账情况",))))
    assert claim.score > 0.8
    head = ("还款日期", "归还本金", "应还利息", "剩余本金", "备注")
    assert not MATERIAL.recognise(sheet(table(LOAN, head, above=("还款明细",))))


def test_labelled_lines_under_a_row_give_it_what_no_column_has() -> None:
    """The other party, the account and the remark stand under each row behind words of their own, in one run or in three;
    a label that a column has stays in it."""
    head, xs = ("日期时间", "交易摘要", "交易金额", "账户余额"), (10, 110, 190, 270)
    lines = table([], head, xs)
    for n, under in enumerate(("对方：某公司 账号：6222020011 附言：货款", "对方：张三", "")):
        y = 80 + 32 * n
        lines += [
            at(t, x, y)
            for t, x in zip(
                (f"2026-01-0{n + 1} 08:17", "转账", "-10.00", f"{90 - 10 * n}.00"), xs, strict=True
            )
        ]
        lines += [at(under, 110, y + 12)] if under else []
    rows = read(sheet(lines)).tables["transactions"]
    told = [
        [
            r[k].value if k in r else None
            for k in ("summary", "counterparty", "counterparty_account", "remark")
        ]
        for r in rows
    ]
    assert told == [
        ["转账", "某公司", "6222020011", "货款"],
        ["转账", "张三", None, None],
        ["转账", None, None, None],
    ]


def test_sums_under_the_rows_are_totals_but_for_those_of_a_page() -> None:
    """期间收入总额, and 收入 … 元；支出 … 元 alike; a page's own sums are the statement's of none."""
    rows = [("20260105", "工资", "+100.00", "900.00", "某公司"), ("20260106", "消费", "-50.00", "850.00", "")]
    for foot, wanted in (
        (["期间收入总额：100.00", "期间支出总额：50.00"], ("100.00", "50.00")),
        (["收入 100.00 元；支出 50.00 元；合计 2 笔"], ("100.00", "50.00")),
        (["收入：1笔，金额100.00元  支出：1笔，金额50.00元"], ("100.00", "50.00")),
        (["本页 2 笔  收入合计 100.00  支出合计 50.00"], (None, None)),
        (["本月合计  收入 100.00  支出 50.00"], (None, None)),
    ):
        lines = table(rows)
        lines += [at(text, 10, 100 + 14 * n) for n, text in enumerate(foot)]
        document = read(sheet(lines))
        assert (document.text("total_in"), document.text("total_out")) == wanted, foot
        assert [r[1] for r in rows_of(document)] == ["100.00", "-50.00"]
        assert (
            "summary" not in document.tables["transactions"][1]
            or document.tables["transactions"][1]["summary"].value == "消费"
        )


@pytest.mark.parametrize(
    ("above", "name", "value"),
    [
        ("From 起: 2026-01-01  To 止: 2026-01-31", "period_end", "2026-01-31"),
        ("起止期：2026-01-01/2026-01-31", "period_start", "2026-01-01"),
        ("活动期间: 2026/01/01 到 2026/01/31", "period_end", "2026-01-31"),
        ("生成于: 2026/02/08 15:19:21", "printed_at", "2026-02-08 15:19:21"),
        ("2026-02-08 15:19:21  长沙银行个人网上银行", "printed_at", "2026-02-08 15:19:21"),
        ("2025-02-08 15:19:21", "printed_at", None),
        ("长沙银行个人网上银行", "bank", "长沙银行"),
        ("江北银行股份有限公司", "bank", "江北银行"),
        ("远洋银行（中国）有限公司", "bank", "远洋银行（中国）有限公司"),
        ("期初余额： 2 ,44 3 .1 2", "opening_balance", "2443.12"),
    ],
)
def test_what_stands_above_the_table_in_words_of_many_banks(above: str, name: str, value: str | None) -> None:
    """Periods, moments of printing and names of banks; a moment before the last row is none of printing."""
    rows = [("20260105", "工资", "+100.00", "900.00", "某公司"), ("20260106", "消费", "-50.00", "850.00", "")]
    assert read(sheet(table(rows, above=(above, "户名：欧阳文静")))).text(name) == value


def test_a_number_is_never_cut_by_the_edge_of_a_column() -> None:
    """A long account that reaches over the edge to the names beside it stays whole."""
    head, xs = ("交易日期", "交易金额", "账户余额", "对方户名", "对方账号"), (10, 90, 150, 240, 300)
    rows = [(f"202601{n:02}", "-1.00", f"{100 - n}.00", "", "") for n in range(1, 9)]
    lines = table(rows, head, xs)
    for n in range(8):
        y = 58 + 16 * (n + 1)
        lines += [
            at("曹立新某某公司有限"[: 3 + n], 230, y),
            at("6224349340652978"[: 16 - 6 * (n % 2)], 284 + 16 * (n % 2), y),
        ]
    told = read(sheet(lines)).tables["transactions"]
    assert {str(r["counterparty_account"].value) for r in told} == {"6224349340652978", "6224349340"}


def test_a_number_that_begins_behind_a_stroke_goes_on_below() -> None:
    """A name and an account in one cell, the account broken over two lines."""
    head, xs = ("交易日期", "交易金额", "账户余额", "对方名称/账号"), (10, 90, 150, 240)
    lines = table(
        [
            ("20260105", "-1.00", "99.00", "明珠投资有限公司/9942185"),
            ("20260106", "-1.00", "98.00", "张三/62220211"),
        ],
        head,
        xs,
    )
    lines += [at("5666842723", 240, 83)]
    told = read(
        sheet(
            [
                n.__class__(
                    n.text, (n.box[0], 58 + 2 * (n.box[1] - 58), n.box[2], 58 + 2 * (n.box[1] - 58) + 10)
                )
                if n.box[1] > 60 and n.text != "5666842723"
                else n
                for n in lines
            ]
        )
    ).tables["transactions"]
    assert [(r["counterparty"].value, r["counterparty_account"].value) for r in told] == [
        ("明珠投资有限公司", "99421855666842723"), ("张三", "62220211")]  # fmt: skip
