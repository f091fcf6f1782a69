"""Invented households whose papers agree: whatever the bank, the pay day and the layout, no rule about money accuses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fixtures import ledger, payroll
from pipeline.model import Document, Finding
from pipeline.result import Person
from tests.build import case, checked, document
from tests.papers import EMPLOYER, ME
from validators import RULES
from validators.months import last_day, shift
from validators.parameters import Parameters

PARAMETERS = Parameters.load()
ROOMS = ("statement", "payslip", "certificate", "pay", "income", "affordability")
MONEY = [rule for rule in RULES if rule.function.__module__.split(".")[-1] in ROOMS]
WAYS = ("word", "no word", "inner account", "split", "no payer", "agent")
"""How the salary looks in the statement."""


def credited(entries: list[ledger.Entry], way: str, end: date, rng: random.Random) -> Iterator[ledger.Entry]:
    """The salary credits in one of the ways in which banks print them."""
    for entry in entries:
        part = (entry.amount * Decimal("0.6")).quantize(Decimal("0.01"))
        later = entry.day + timedelta(days=rng.choice([1, 5, 9]))
        if way == "no word":
            yield replace(entry, summary="转账")
        elif way == "inner account":
            yield replace(entry, counterparty="应付代发业务款项")
        elif way == "no payer":
            yield replace(entry, counterparty="")
        elif way == "agent":
            yield replace(entry, summary="跨行转账", counterparty="四川某某人力资源服务有限公司")
        elif way == "split" and later <= end:
            yield replace(entry, amount=part)
            yield replace(entry, amount=entry.amount - part, day=later, summary="绩效")
        else:
            yield entry


def household(seed: int) -> tuple[list[Document], date, list[payroll.Payslip]]:
    """Statement, slips and certificate of one person, and the last day of the statement."""
    rng = random.Random(seed)
    months = rng.choice([6, 12])
    last = shift("2026-10", -rng.randrange(12))
    first = shift(last, 1 - months)
    slips = list(payroll.random_pay(rng, shift(first, -2), months + 2))
    moved = timedelta(days=rng.choice([0, 0, 7, 14]))
    start, end = date.fromisoformat(f"{first}-01") + moved, last_day(last) + moved
    paid = ledger.salaries([slip for slip in slips if start <= slip.pay_date <= end], EMPLOYER)
    entries = list(credited(paid, WAYS[seed % len(WAYS)], end, rng))
    bonus = Decimal(rng.randrange(5_000, 90_000)) if rng.random() < 0.3 else Decimal(0)
    if bonus:
        day = start + timedelta(days=rng.randrange(10, 150))
        entries.append(ledger.Entry(day, bonus, "salary", EMPLOYER, rng.choice(["年终奖", "奖金", ""])))
    book = ledger.build_statement(
        bank=rng.choice(["ABC", "CCB", "BOC", "CMB", "ICBC"]), holder=ME, account="6222000011112222", start=start, end=end,
        opening=Decimal(rng.randrange(200, 50_000)), rng=rng, entries=entries, rows_a_month=rng.choice([2, 10, 30]),
    )  # fmt: skip
    rows = book["tables"]["transactions"]
    rows = rng.choice([rows, rows[::-1], sorted(rows, key=lambda row: row["date"], reverse=True)])
    fields = {
        name: value for name, value in book["fields"].items() if "_in" not in name or rng.random() < 0.5
    }
    papers = [document("bank_statement", file="流水.pdf", transactions=[dict(row) for row in rows], **fields)]
    printed = [
        {name: cell for name, cell in slip.row().items() if name != "pay_date"}
        for slip in slips[-rng.choice([3, 6]) :]
    ]
    if rng.random() < 0.7:
        papers.append(document("pay_stub", file="工资单.pdf", name=ME, employer=EMPLOYER, payslips=printed))
    mean = sum((slip.gross for slip in slips), Decimal(0)) / len(slips) + bonus / 12
    values: dict[str, Any] = {
        "name": ME,
        "employer": EMPLOYER,
        "employed_since": "2019-03-01",
        "issue_date": end,
    }
    basis = rng.choice(["gross", None])
    income = mean.quantize(Decimal("0.01"))
    papers.append(
        document("income_certificate", file="证明.jpg", monthly_income=income, income_basis=basis, **values)
    )
    return papers, end, slips


def told(papers: list[Document], end: date) -> list[Finding]:
    """The findings above `low` of all rules about money."""
    people = [Person(ME, role="borrower", employment="salaried")]
    one = case(*papers, people=people, as_of=end + timedelta(days=5))
    findings = checked(one, *MONEY, given=[PARAMETERS]).findings
    return [found for found in findings if found.severity in ("high", "medium")]


@pytest.mark.parametrize("seed", range(36))
def test_papers_that_agree_accuse_nobody(seed: int) -> None:
    """Statement, slips and certificate of an invented person raise nothing, in every way that salary is printed."""
    papers, end, _ = household(seed)
    assert [(found.code, dict(found.params)) for found in told(papers, end)] == []


@pytest.mark.parametrize("seed", range(36, 48))
def test_a_salary_raised_by_three_thousand_is_told(seed: int) -> None:
    """The same people with one credit of the statement edited, no balance following: the chain tells it."""
    papers, end, slips = household(seed)
    rows = papers[0].tables["transactions"]
    nets = {str(slip.net) for slip in slips}
    index = next(
        (i for i, row in enumerate(rows[1:-1], start=1) if row["amount"].value in nets), len(rows) // 2
    )
    edited = [dict(row) for row in rows]
    cell = edited[index]["amount"]
    edited[index]["amount"] = replace(cell, value=str(Decimal(str(cell.value)) + 3000))
    papers[0] = replace(papers[0], tables={"transactions": edited})
    assert "BALANCE_CHAIN_BROKEN" in {found.code for found in told(papers, end)}
