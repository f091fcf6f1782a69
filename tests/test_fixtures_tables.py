"""Drawn statements and payslips: their truth adds up, and is on the paper."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest

from fixtures import ledger, payroll, pdfpage
from fixtures.paper import Paper, Truth
from fixtures.papers import bank_statement, pay_stub

STATEMENTS = (*bank_statement.LAYOUTS, *bank_statement.WIDENED)
SLIPS = (*pay_stub.LAYOUTS, *pay_stub.WIDENED)
RADICALS = str.maketrans({"⺠": "民", "⼾": "户"})  # what NFKC leaves, or makes a traditional character of


@cache
def _account(seed: int) -> Truth:
    return bank_statement.invent(random.Random(seed), 24)


@cache
def _statement(layout: str, seed: int = 3) -> Paper:
    return bank_statement.draw(layout, _account(seed), seed)


@cache
def _slips(layout: str, seed: int) -> Paper:
    return pay_stub.draw(layout, pay_stub.invent(random.Random(seed)), seed, kind="pdf")


def _rows(truth: Truth) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = truth["tables"]["transactions"]
    return rows


def _words(pages: list[str]) -> str:
    """A text layer without spaces, line ends and separators of thousands, in the characters of the truth."""
    text = unicodedata.normalize("NFKC", "".join(pages).translate(RADICALS))
    return re.sub(r"(?<=\d),(?=\d{3})", "", re.sub(r"\s|\ufffe|\u0002", "", text))


def _printed(column: str, value: str) -> tuple[str, ...]:
    """The ways in which a value of the truth may stand on paper."""
    if column in ("date", "period_start", "period_end", "pay_date", "printed_at"):
        y, m, d = value[:10].split("-")
        return (
            f"{y}{m}{d}",
            f"{y}-{m}-{d}",
            f"{y}/{m}/{d}",
            f"{y}.{m}.{d}",
            f"{y}年{m}月{d}日",
            f"{y}年{int(m)}月{int(d)}日",
        )
    if column == "period":
        y, m = value.split("-")
        return (f"{y}-{m}", f"{y}{m}", f"{y}.{m}", f"{y}/{m}", f"{y}年{m}月", f"{y}年{int(m)}月")
    if column == "time":
        return (value, value.replace(":", ""))
    if column == "currency":
        return ("人民币", "CNY", "RMB")
    if column == "bank":
        return ({"Alipay": "支付宝", "WeChatPay": "微信支付", **bank_statement.NAMES}.get(value, value),)
    if re.fullmatch(r"-?\d+\.\d\d", value):
        return (value.lstrip("-"), "0") if float(value) == 0 else (value.lstrip("-"),)
    return (unicodedata.normalize("NFKC", value),)


def _missing(truth: Truth, text: str) -> list[tuple[str, str]]:
    cells = [*truth["fields"].items()]
    cells += [
        cell for rows in truth["tables"].values() for row in rows for cell in row.items() if cell[0] != "kind"
    ]
    return [(name, value) for name, value in cells if not any(form in text for form in _printed(name, value))]


@pytest.mark.parametrize("layout", STATEMENTS)
def test_balances_of_every_drawn_statement_chain(layout: str) -> None:
    """Each balance is the one before it and the amount; statements that run backwards chain backwards."""
    rows = _rows(_statement(layout).truth)
    if rows[0]["date"] > rows[-1]["date"]:
        rows = rows[::-1]
    assert len(rows) > 10
    for before, row in pairwise(rows):
        assert Decimal(before["balance"]) + Decimal(row["amount"]) == Decimal(row["balance"])


@pytest.mark.parametrize("layout", STATEMENTS)
def test_printed_totals_are_the_sums_of_the_rows(layout: str) -> None:
    """Totals in and out, where a layout prints them, are those of its rows."""
    truth = _statement(layout).truth
    amounts = [Decimal(row["amount"]) for row in _rows(truth)]
    sums = {"total_in": sum(a for a in amounts if a > 0), "total_out": -sum(a for a in amounts if a < 0)}
    for field, total in sums.items():
        assert Decimal(truth["fields"].get(field, str(total))) == total


@pytest.mark.parametrize("layout", STATEMENTS)
@pytest.mark.parametrize("seed", [3, 4])
def test_every_value_of_a_statement_stands_in_its_text_layer(layout: str, seed: int) -> None:
    """The truth claims nothing that the paper does not print."""
    paper = _statement(layout, seed)
    assert isinstance(paper.pages, bytes)
    pages = pdfpage.layer(paper.pages)
    text = _words(pages)
    lost = [(n, v) for n, v in _missing(paper.truth, text) if not _wrapped(v, pages)]
    assert not lost


def _wrapped(value: str, pages: list[str]) -> bool:
    """Whether a value broken over lines of its cell is on a page: its pieces are, each line's end giving the next."""
    text = unicodedata.normalize("NFKC", "\n".join(pages).translate(RADICALS))
    rest = unicodedata.normalize("NFKC", value)
    while rest:
        size = next((n for n in range(len(rest), 0, -1) if rest[:n] in text), 0)
        if not size:
            return False
        rest = rest[size:]
    return True


@pytest.mark.parametrize("layout", bank_statement.WALLETS)
def test_wallets_print_flags_and_no_balance(layout: str) -> None:
    """A wallet's proof holds its truth in its text layer; withdrawals are neutral and unsigned, order numbers hold the day."""
    paper = bank_statement.draw(layout, bank_statement.invent(random.Random(3), 60), 3)
    assert isinstance(paper.pages, bytes)
    pages = pdfpage.layer(paper.pages)
    assert not [
        v for n, v in _missing(paper.truth, _words(pages)) if n != "direction" and not _wrapped(v, pages)
    ]
    rows = _rows(paper.truth)
    assert not [row for row in rows if "balance" in row]
    assert {row["amount"][0] == "-" for row in rows if row.get("direction") == "neutral"} == {False}
    assert all(row["date"].replace("-", "") in row["serial"] for row in rows)


@pytest.mark.parametrize("layout", STATEMENTS)
def test_statements_are_drawn_alike_from_the_same_seed_alone(layout: str) -> None:
    """The same seed gives the same bytes, another seed another paper."""
    again = bank_statement.draw(layout, _account(3), 3)
    assert again.pages == _statement(layout).pages
    assert again.pages != _statement(layout, 4).pages


def test_interest_is_that_of_the_daily_balances_at_the_dated_rates() -> None:
    """The example of BS-5: 50,000 for 92 days at 0.05 % is 6.39; a change of the rate counts from its day on."""
    quarter = ledger.interest({}, Decimal("50000.99"), date(2026, 6, 21), date(2026, 9, 20))
    assert quarter == Decimal("6.39")
    changed = ledger.interest({}, Decimal(36_000), date(2025, 5, 19), date(2025, 5, 20))
    assert changed == Decimal("0.15")


def test_a_year_of_salaries_has_four_interest_rows_that_recompute() -> None:
    """Interest is booked on the 21st of the last months of the quarters, on what the rows themselves say."""
    truth = ledger.build_statement(
        bank="ABC", holder="甲", account="6228480000000000000", start=date(2025, 11, 1), end=date(2026, 10, 31),
        opening=Decimal(30_000), rng=random.Random(5),
        entries=ledger.salaries(payroll.payslips(Decimal(25_000), "2025-11", 12), "某公司"),
    )  # fmt: skip
    rows = _rows(truth)
    booked = {row["date"]: row for row in rows if row["summary"] == "结息"}
    assert sorted(booked) == ["2025-12-21", "2026-03-21", "2026-06-21", "2026-09-21"]
    closing = {date.fromisoformat(row["date"]): Decimal(row["balance"]) for row in rows}
    expected = ledger.interest(closing, Decimal(30_000), date(2026, 3, 21), date(2026, 6, 20))
    assert Decimal(booked["2026-06-21"]["amount"]) == expected
    assert len([row for row in rows if row["summary"] == "代发工资"]) == 12


def test_a_lost_page_takes_its_rows_from_the_truth_and_leaves_the_printed_numbers() -> None:
    """What a customer sends without page 2 says 第1页 and 第3页, and its truth has no row of page 2."""
    truth = bank_statement.invent(random.Random(2), 120)
    whole = bank_statement.draw("ccb", truth, 2)
    torn = bank_statement.draw("ccb", truth, 2, without_pages={2})
    assert isinstance(whole.pages, bytes)
    assert isinstance(torn.pages, bytes)
    pages = pdfpage.layer(whole.pages)
    left = pdfpage.layer(torn.pages)
    assert len(left) == len(pages) - 1
    assert f"第3页/共{len(pages)}页" in _words(left[1:2])
    assert 0 < len(_rows(torn.truth)) < len(_rows(whole.truth))


def test_a_row_printed_again_after_a_page_break_is_once_in_the_truth() -> None:
    """Where the last row of a page opens the next one, the paper prints a row more than its truth holds."""
    truth = bank_statement.invent(random.Random(2), 120)
    for seed in range(20):
        paper = bank_statement.draw("abc", truth, seed)
        assert isinstance(paper.pages, bytes)
        printed = re.findall(r"\d{8}", _words(pdfpage.layer(paper.pages)))
        assert len(_rows(paper.truth)) == len(_rows(truth))
        text = _words(pdfpage.layer(paper.pages))
        serials = [text.count(row["serial"]) for row in _rows(paper.truth)]
        if max(serials) == 2:
            return
    pytest.fail(f"no page break repeated its row in 20 drawings ({len(printed)} dates)")


@pytest.mark.parametrize("layout", SLIPS)
def test_every_value_of_a_payslip_stands_in_its_text_layer(layout: str) -> None:
    """The truth claims nothing that the paper does not print, for one month and for many."""
    for seed in range(2):
        paper = _slips(layout, seed)
        assert isinstance(paper.pages, bytes)
        assert not _missing(paper.truth, _words(pdfpage.layer(paper.pages)))


@pytest.mark.parametrize("layout", SLIPS)
def test_payslips_add_up_on_what_is_printed(layout: str) -> None:
    """Gross less the printed deductions is net; where lines are printed, they make the gross."""
    for seed in range(2):
        truth = _slips(layout, seed).truth
        for row in truth["tables"]["payslips"]:
            apart = [row.get(key) for key in ("pension", "medical", "unemployment")]
            insurance = [row["social_insurance"]] if None in apart else apart
            taken = [
                *insurance,
                *(row.get(key) for key in ("housing_fund", "income_tax", "other_deductions")),
            ]
            total = sum(Decimal(value) for value in taken if value)
            assert Decimal(row["gross_pay"]) - total == Decimal(row["net_pay"])
            lines = [i for i in truth["tables"].get("items", []) if i["period"] == row["period"]]
            signs = {"earning": 1, "deduction": -1, "employer": 0}
            if any(i["kind"] == "earning" for i in lines):
                assert sum(signs[i["kind"]] * Decimal(i["amount"]) for i in lines) == Decimal(
                    row["gross_pay"]
                )


@pytest.mark.parametrize("layout", SLIPS)
def test_payslips_are_drawn_alike_from_the_same_seed_alone(layout: str) -> None:
    """The same seed gives the same bytes."""
    again = pay_stub.draw(layout, pay_stub.invent(random.Random(1)), 1, kind="pdf")
    assert again.pages == _slips(layout, 1).pages
    assert again.truth == _slips(layout, 1).truth


def test_a_screen_is_a_picture_of_a_telephone() -> None:
    """The app's screens are pictures as wide as a telephone's, one a month, alike from the same seed."""
    slips = payroll.payslips(Decimal(9_000), "2026-05", 1)
    truth = payroll.stub_truth(slips, employer="某公司", name="甲乙")
    paper = pay_stub.draw("app_card", truth, 1)
    assert [page.width for page in paper.images] == [1125]
    assert paper.images[0].tobytes() == pay_stub.draw("app_card", truth, 1).images[0].tobytes()
