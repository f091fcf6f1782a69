"""What a statement covers: its period, its account, the balances at its edges, and whether it was filtered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from extractors.bank_statement import BankStatement
from pipeline.record import Cell
from pipeline.text import same_masked, squeeze
from validators.ledger import Book, ledger_of

ALL = (
    "全部",
    "全",
    "无",
    "不限",
    "所有",
    "all",
    "none",
    "空",
    "无限制",
    "全部交易",
    "收支",
    "收入支出",
    "收入和支出",
)
"""What a filter line prints where it hides nothing."""
CURRENCIES = re.compile(r"(?:人民币|全币种|本外币|cny|rmb|元|钞|汇|钞汇)+", re.IGNORECASE)
DATES = re.compile(
    r"(?:19|20)\d{2}(?:[-/.年](?:1[0-2]|0?[1-9])[-/.月](?:3[01]|[0-2]?\d)日?|(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))(?!\d)"
)
"""A range of dates is a period, no filter."""
HIDES = re.compile(
    r"收入|支出|转入|转出|存入|取出|借方|贷方|仅|大于|小于|不低于|不高于|以上|以下|[<>≥≤]|对方|对手|入账|出账"
)


def hides(printed: str | None) -> bool:
    """Whether a printed filter leaves rows out (by direction, amount or counterparty); a currency alone does not."""
    for part in re.split(r"[,，;；、|]|/(?!\d)|\s{2,}", printed or ""):
        value = re.split(r"[:：]", squeeze(part))[-1].strip("()[]【】")
        plain = CURRENCIES.sub("", DATES.sub("", value))
        if not plain or plain.lower() in ALL or re.fullmatch(r"[-0.,~至]*", plain):
            continue
        if HIDES.search(plain) or re.search(r"[1-9]", plain):
            return True
    return False


def filtered(statement: BankStatement) -> bool:
    """Whether the statement prints that it was filtered."""
    return hides(statement.filter.value)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a statement covers, both included; `printed` where its header says so, else from its rows."""

    start: date
    end: date
    printed: bool
    statement: BankStatement


def span_of(statement: BankStatement) -> Span | None:
    """The printed period, else the days from the first to the last row; None where neither was read."""
    start, end = statement.period_start.value, statement.period_end.value
    if start is not None and end is not None and start <= end:
        return Span(start, end, True, statement)
    days = [move.day for move in ledger_of(statement).rows if move.day is not None]
    if not days:
        return None
    return Span(start or min(days), end or max(days), False, statement)


def same_account(one: BankStatement, other: BankStatement) -> bool:
    """Whether two statements are of one account: numbers equal but for masks, and one currency."""
    a, b = one.account_number.value, other.account_number.value
    if not a or not b:
        return False
    return same_masked(a, b) and (one.currency.value or "CNY") == (other.currency.value or "CNY")


def accounts(statements: Sequence[BankStatement]) -> list[list[BankStatement]]:
    """The statements put together by account, in the order of the case."""
    groups: list[list[BankStatement]] = []
    for statement in statements:
        home = next((group for group in groups if same_account(group[0], statement)), None)
        if home is None:
            groups.append([statement])
        else:
            home.append(statement)
    return groups


def covered(statements: Sequence[BankStatement]) -> list[tuple[date, date]]:
    """The stretches of days that a person's statements cover together, earliest first.

    Within one account a hole between two periods is bridged: it is STATEMENT_GAP's matter."""
    stretches = []
    for group in accounts(statements):
        spans = [span for span in map(span_of, group) if span is not None]
        if spans:
            stretches.append((min(span.start for span in spans), max(span.end for span in spans)))
    merged: list[tuple[date, date]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1] + timedelta(days=1):
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance at the edge of a statement: its value and the cells that give it."""

    value: Decimal
    cells: tuple[Cell[Decimal], ...]


def _only_book(statement: BankStatement) -> Book | None:
    books = [book for book in ledger_of(statement).books if book.moves]
    return books[0] if len(books) == 1 else None


def closing_of(statement: BankStatement) -> Balance | None:
    """The printed closing balance, else the balance of the last row in time; None where it is not known."""
    printed = statement.closing_balance
    if printed.value is not None:
        return Balance(printed.value, (printed,))
    book = _only_book(statement)
    if book is None or not ledger_of(statement).whole or book.breaks or book.moves[-1].balance is None:
        return None
    return Balance(book.moves[-1].balance, (book.moves[-1].row.balance,))


def opening_of(statement: BankStatement) -> Balance | None:
    """The printed opening balance, else the one before the first row in time; None where it is not known."""
    printed = statement.opening_balance
    if printed.value is not None:
        return Balance(printed.value, (printed,))
    book = _only_book(statement)
    if book is None or not ledger_of(statement).whole or book.breaks or not book.moves[0].whole:
        return None
    first = book.moves[0]
    return Balance(
        (first.balance or Decimal(0)) - (first.amount or Decimal(0)), (first.row.balance, first.row.amount)
    )
