"""Bank statements held against themselves: the running balance, the printed totals, the filter, the months they cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from extractors.bank_statement import BankStatement
from pipeline.model import Evidence, Finding
from pipeline.record import Cell
from validators.case import Case
from validators.coverage import (
    Balance,
    Span,
    accounts,
    closing_of,
    covered,
    filtered,
    opening_of,
    span_of,
)
from validators.ledger import Break, Ledger, Move, ledger_of
from validators.months import add_months, whole_months
from validators.parameters import Parameters, Values
from validators.rule import Person, Unsure, doubted, finding, page_of, rule

REVERSAL = re.compile(r"冲正|冲销|撤销|抹账|红字|退回")
MOST_ROWS = 50
"""A report shows at most so many crops; further rows add nothing."""


# ---------------------------------------------------------------- the filter


@rule("STATEMENT_FILTERED", "medium")
def statement_filtered(statement: BankStatement) -> Iterator[Finding]:
    """The printed filter hides rows."""
    if filtered(statement):
        yield finding(
            "STATEMENT_FILTERED", "medium", statement.filter, field="filter", found=statement.filter.value
        )


# ---------------------------------------------------------------- the chain and the totals


def _lost(ledger: Ledger) -> Unsure:
    return Unsure(
        "unreadable", "bank_statement.transactions", fields=((ledger.statement.document, "transactions"),)
    )


def _needs_rows(ledger: Ledger) -> None:
    """Raises Unsure where no rows could be read."""
    if not ledger.rows:
        if ledger.rows_lost or any(gap.name == "transactions" for gap in ledger.statement.document.unread):
            raise _lost(ledger)
        raise Unsure("insufficient", "bank_statement.transactions")


def row_on_page(ledger: Ledger, move: Move) -> int:
    """The number of a row on its page, counted from 1 among the rows of the table."""
    before = (row for row in ledger.statement.transactions[: move.row.index + 1])
    return sum(
        next(iter(row.cells.values())).page == move.place[1]
        and next(iter(row.cells.values())).file == move.place[0]
        for row in before
    )


@rule("BALANCE_CHAIN_BROKEN", "high")
def balance_chain(statement: BankStatement) -> Iterator[Finding]:
    """Each balance is the one before it plus the amount, per account and currency, in either direction.

    On a scan only breaks accuse on whose three cells two readers agree; a row that was lost explains any break."""
    ledger = ledger_of(statement)
    if filtered(statement):
        raise Unsure("not_applicable", "bank_statement.filter")
    _needs_rows(ledger)
    books = [book for book in ledger.books if book.chained]
    if not books:
        raise Unsure("not_applicable", "bank_statement.balance")
    breaks = [broken for book in books for broken in book.breaks]
    sure = [broken for broken in breaks if broken.sure and broken.agreed(statement.document)]
    if breaks and ledger.rows_lost:
        raise _lost(ledger)
    if breaks:
        yield _broken(statement, ledger, sure) if sure else doubted(_broken(statement, ledger, breaks))
    if any(book.unread for book in books):
        raise _lost(ledger)


def _broken(statement: BankStatement, ledger: Ledger, breaks: Sequence[Break]) -> Finding:
    seen: list[Cell[Decimal]] = []
    for broken in breaks[: MOST_ROWS // 3]:
        before = statement.opening_balance if broken.before is None else broken.before.row.balance
        seen += [broken.move.row.balance, broken.move.row.amount, before]
    first = breaks[0]
    found = first.move.balance or Decimal(0)
    return finding(
        "BALANCE_CHAIN_BROKEN",
        "high",
        *seen,
        document=statement.document,
        rows=len(breaks),
        page=first.move.place[1],
        row=row_on_page(ledger, first.move),
        date=first.move.day,
        field="balance",
        expected=first.expected,
        found=found,
        difference=found - first.expected,
    )


@rule("STATEMENT_TOTALS_MISMATCH", "high")
def statement_totals(statement: BankStatement) -> Iterator[Finding]:
    """The printed totals are the sums of the rows; not where pages or rows are missing or filtered, or may lie on a page
    beside that nobody claims."""
    totals = (statement.total_in, statement.total_out)
    if not any(totals):
        raise Unsure("not_applicable", "bank_statement.total_in", "bank_statement.total_out")
    ledger = ledger_of(statement)
    if filtered(statement):
        raise Unsure("not_applicable", "bank_statement.filter")
    if ledger.missing_pages:
        raise Unsure("insufficient", "bank_statement.pages")
    _needs_rows(ledger)
    if len({move.currency for move in ledger.rows}) > 1:
        raise Unsure("insufficient", "bank_statement.currency")
    if ledger.rows_lost or any(move.amount is None for move in ledger.rows):
        raise _lost(ledger)
    sums = _sums(ledger.rows)
    off = [total for total in totals if total.value is not None and total.value not in sums[total.name]]
    if off and ledger.torn:
        raise _lost(ledger)
    if off:
        total = off[0]
        expected, printed = min(sums[total.name]), total.value or Decimal(0)
        doubtful = [move.row.amount for move in ledger.rows if not move.row.amount.sure]
        yield finding(
            "STATEMENT_TOTALS_MISMATCH",
            "high",
            *off,
            *doubtful[:MOST_ROWS],
            field=total.name,
            expected=expected,
            found=printed,
            difference=printed - expected,
            rows=len(ledger.rows),
        )


def _sums(rows: Sequence[Move]) -> dict[str, list[Decimal]]:
    """What may be printed as the totals: the plain sums, or with reversed rows taken out of the side they undo."""
    zero = Decimal(0)
    came = sum((move.amount for move in rows if move.amount and move.amount > 0), zero)
    went = -sum((move.amount for move in rows if move.amount and move.amount < 0), zero)
    back = [move.amount for move in rows if move.amount and REVERSAL.search(move.words)]
    undone_out = sum((amount for amount in back if amount > 0), zero)
    undone_in = -sum((amount for amount in back if amount < 0), zero)
    return {
        "total_in": [came, came - undone_out, came - undone_in, came - undone_out - undone_in],
        "total_out": [went, went - undone_out, went - undone_in, went - undone_out - undone_in],
    }


# ---------------------------------------------------------------- periods


def expected_months(case: Case, person: Person, values: Values) -> int:
    """How many whole months of statements the checklist asks of a person's employment (6 where it is not known)."""
    months = values.counts("statement_months")
    return months.get(person.employment or "", min(months.values()))


def _enough(stretch: tuple[date, date], months: int, slack: int) -> bool:
    start, end = stretch
    if len(whole_months(start, end)) >= months:
        return True
    return add_months(start, months) <= end + timedelta(days=1 + slack)


@rule("STATEMENT_MONTHS_SHORT", "medium")
def statement_months(
    case: Case, person: Person, parameters: Parameters, statements: list[BankStatement]
) -> Iterator[Finding]:
    """All the statements of a person together cover the months asked for: whole calendar months, or day to day."""
    if not case.earns(person):
        raise Unsure("not_applicable", "bank_statement")
    originals = [statement for statement in statements if not statement.notes.get("export")]
    if not originals:
        raise Unsure("missing", "bank_statement")
    values = parameters.at(case.as_of)
    expected, slack = expected_months(case, person, values), values.count("statement_months_slack_days")
    stretches = covered(originals)
    spans = [span_of(statement) for statement in originals]
    if not stretches or None in spans:
        if any(_enough(stretch, expected, slack) for stretch in stretches):
            return
        raise Unsure(
            "unreadable",
            "bank_statement.period_start",
            "bank_statement.period_end",
            fields=tuple((statement.document, "period_start") for statement in originals),
        )
    if any(_enough(stretch, expected, slack) for stretch in stretches):
        return
    months = max(len(whole_months(start, end)) for start, end in stretches)
    if any(span is not None and not span.printed for span in spans):
        touched = max(_touched(stretch) for stretch in stretches)
        lost = any(not ledger.whole or ledger.torn for ledger in map(ledger_of, originals))
        if lost or touched >= expected:
            raise Unsure("insufficient", "bank_statement.period_start", "bank_statement.period_end")
    yield finding(
        "STATEMENT_MONTHS_SHORT",
        "medium",
        *_period_evidence(originals),
        person=person.name,
        months=months,
        expected=expected,
        **_days(stretches[0][0], stretches[-1][1]),
    )


def _days(first: date, last: date) -> dict[str, Any]:
    return {"from": first, "to": last}


def _touched(stretch: tuple[date, date]) -> int:
    (start, end) = stretch
    return (end.year - start.year) * 12 + end.month - start.month + 1


def _period_evidence(statements: Sequence[BankStatement]) -> list[Cell[date] | Evidence]:
    seen: list[Cell[date] | Evidence] = []
    for statement in statements:
        printed = [cell for cell in (statement.period_start, statement.period_end) if cell.field is not None]
        seen += printed or [page_of(statement.document)]
    return seen


@rule("STATEMENT_GAP", "medium")
def statement_gap(
    case: Case, person: Person, parameters: Parameters, statements: list[BankStatement]
) -> Iterator[Finding]:
    """Two printed periods of one account leave days between them, and money moved on those days."""
    if not case.earns(person):
        raise Unsure("not_applicable", "bank_statement")
    values = parameters.at(case.as_of)
    window = _window(statements, expected_months(case, person, values))
    unsure: Unsure | None = None
    several = False
    for group in accounts(statements):
        spans = [span for span in map(span_of, group) if span is not None and span.printed]
        spans.sort(key=lambda span: (span.start, span.end))
        several = several or len(spans) > 1
        for before, after in _neighbours(spans):
            first, last = before.end + timedelta(days=1), after.start - timedelta(days=1)
            if first > last or (window is not None and last < window):
                continue
            closing, opening = closing_of(before.statement), opening_of(after.statement)
            if closing is None or opening is None:
                unsure = Unsure(
                    "insufficient", "bank_statement.closing_balance", "bank_statement.opening_balance"
                )
            elif closing.value != opening.value:
                yield _gap(person, before, after, closing, opening, first, last)
    if unsure is not None:
        raise unsure
    if not several:
        raise Unsure("not_applicable", "bank_statement.period_start")


def _neighbours(spans: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Each period that begins after all earlier ones ended, with the one that ended last."""
    if not spans:
        return
    latest = spans[0]
    for span in spans[1:]:
        if span.start > latest.end:
            yield latest, span
        if span.end > latest.end:
            latest = span


def _window(statements: Sequence[BankStatement], months: int) -> date | None:
    """The first day of the months asked for, counted back from the last day that any statement covers."""
    ends = [span.end for span in map(span_of, statements) if span is not None]
    return add_months(max(ends) + timedelta(days=1), -months) if ends else None


def _gap(
    person: Person, before: Span, after: Span, closing: Balance, opening: Balance, first: date, last: date
) -> Finding:
    return finding(
        "STATEMENT_GAP",
        "medium",
        before.statement.period_end,
        after.statement.period_start,
        *closing.cells,
        *opening.cells,
        document=after.statement.document,
        person=person.name,
        **_days(first, last),
        expected=closing.value,
        found=opening.value,
        difference=opening.value - closing.value,
    )
