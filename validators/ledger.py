"""A statement's rows as an account's ledger: page-break repeats removed, in time order, with the places where the balance breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from weakref import WeakKeyDictionary

from extractors.bank_statement import BankStatement, Transaction
from pipeline.model import SURE, Document, Field
from pipeline.text import as_date, squeeze

Place = tuple[str, int]
"""A file and a page of it."""

REPEATED_ROWS = 5
"""So many rows at most are printed again at the top of the next page."""
LEAST_OUT, MOST_OUT = 6, 1 / 4
"""So many balances out of step, and more than this share of them, are a reading that lost rows or took columns for others."""
WORDS = ("summary", "remark", "counterparty")
_SAME = ("date", "time", "amount", "balance", "summary", "counterparty", "serial")


@dataclass(slots=True, eq=False)
class Move:
    """One row with its values taken once. `amount` is signed, in the account's currency; None where it was not read.

    `sure` is said of amount and balance, `legible` of the words and the counterparty."""

    row: Transaction
    day: date | None
    amount: Decimal | None
    balance: Decimal | None
    place: Place
    sure: bool
    legible: bool
    words: str
    payer: str
    account: str
    currency: str
    neutral: bool

    @property
    def whole(self) -> bool:
        return self.amount is not None and self.balance is not None


@dataclass(frozen=True, slots=True)
class Break:
    """A row whose balance is not the one before it plus its amount. `before` is None where that is the printed opening."""

    before: Move | None
    move: Move
    expected: Decimal

    @property
    def sure(self) -> bool:
        return self.move.sure and (self.before is None or self.before.sure)

    def agreed(self, document: Document) -> bool:
        """Whether two readers agree on its three cells; a text layer needs no second reader (findings.md, rule 2)."""
        if document.notes.get("layer") is not False:
            return True
        before = ("opening_balance", None) if self.before is None else ("balance", self.before.row.index)
        cells = {("amount", self.move.row.index), ("balance", self.move.row.index), before}
        return cells <= {(name, row) for name, row in document.notes.get("agreed", ())}


@dataclass(slots=True)
class Book:
    """One account in one currency: its moves in time order, what breaks in it, where rows could not be held together."""

    account: str
    currency: str
    moves: list[Move]
    breaks: list[Break] = field(default_factory=list)
    unread: list[Move] = field(default_factory=list)

    @property
    def chained(self) -> bool:
        """Whether balances are printed at all."""
        return any(move.balance is not None for move in self.moves)


@dataclass(slots=True)
class Ledger:
    """All accounts of one statement. `rows` are its moves in printed order without repeats and neutral rows; `rows_lost`
    those that were seen to be lost, or must be, since hardly a balance follows from the one before."""

    statement: BankStatement
    rows: list[Move]
    books: list[Book]
    holes: frozenset[Place]
    missing_pages: bool
    rows_lost: int

    @property
    def whole(self) -> bool:
        """Whether every row that the statement prints was seen: no page and no row is lost."""
        return not self.missing_pages and not self.rows_lost

    @property
    def torn(self) -> bool:
        """Whether a page that nobody claims lies among its pages or right behind them: its rows may be the statement's."""
        return bool(self.statement.document.notes.get("unclaimed"))


_ledgers: WeakKeyDictionary[BankStatement, Ledger] = WeakKeyDictionary()


def ledger_of(statement: BankStatement) -> Ledger:
    """The statement's ledger; made once for a record."""
    found = _ledgers.get(statement)
    if found is None:
        found = _ledgers[statement] = _ledger(statement)
    return found


def _ledger(statement: BankStatement) -> Ledger:
    document = statement.document
    rows = [move for move in without_repeats(_moves(statement)) if not move.neutral]
    holes, missing = missing_pages(document)
    groups: dict[tuple[str, str], list[Move]] = {}
    for move in rows:
        groups.setdefault((move.account, move.currency), []).append(move)
    opening = statement.opening_balance.value if len(groups) == 1 else None
    if missing and document.pages and document.pages[0] in holes:
        opening = None
    books = [_book(account, currency, moves, opening, holes) for (account, currency), moves in groups.items()]
    lost = max(int(document.notes.get("rows_lost") or 0), _out_of_step(books))
    return Ledger(statement, rows, books, holes, missing, lost)


def _out_of_step(books: Sequence[Book]) -> int:
    """How many balances do not follow from the ones before, where that is so many that rows or columns were not read as
    they are printed: an altered statement is altered in some rows, not in every fourth. 0 elsewhere."""
    breaks = sum(len(book.breaks) for book in books)
    chained = sum(move.balance is not None for book in books for move in book.moves)
    return breaks if breaks >= LEAST_OUT and breaks > MOST_OUT * chained else 0


# ---------------------------------------------------------------- rows


def _decimal(cell: Field | None) -> Decimal | None:
    return None if cell is None else Decimal(str(cell.value))


def _moves(statement: BankStatement) -> Iterator[Move]:
    """The rows in printed order; accounts and currencies that a row does not print are those of the header."""
    base = statement.currency.value or "CNY"
    rows = statement.transactions
    accounts = {str(row.cells["account"].value) for row in rows if "account" in row.cells}
    only = next(iter(accounts)) if len(accounts) == 1 else ""
    for row in rows:
        cells = row.cells
        first = next(iter(cells.values()))
        amount, balance = cells.get("amount"), cells.get("balance")
        day, direction = cells.get("date"), cells.get("direction")
        read = [cell.confidence for cell in (amount, balance) if cell is not None]
        words = "|".join(str(cells[name].value) for name in ("summary", "remark") if name in cells)
        yield Move(
            row=row,
            day=None if day is None else as_date(str(day.value)),
            amount=_decimal(amount),
            balance=_decimal(balance),
            place=(first.file, first.page),
            sure=bool(read) and min(read) >= SURE,
            legible=all(cells[name].confidence >= SURE for name in WORDS if name in cells),
            words=squeeze(words),
            payer=str(cells["counterparty"].value) if "counterparty" in cells else "",
            account=str(cells["account"].value) if "account" in cells else only,
            currency=str(cells["currency"].value) if "currency" in cells else base,
            neutral=direction is not None and direction.value == "neutral",
        )


def _alike(one: Move, other: Move) -> bool:
    """Whether a row is a print of the other: the same cells and the same balance."""
    if one.balance is None or one.balance != other.balance or one.amount != other.amount:
        return False
    a, b = one.row.cells, other.row.cells
    return all(a[name].value == b[name].value for name in _SAME if name in a and name in b)


def without_repeats(moves: Iterable[Move]) -> list[Move]:
    """The rows without those that the top of a page prints again from the bottom of the page before."""
    pages: list[list[Move]] = []
    for move in moves:
        if not pages or pages[-1][0].place != move.place:
            pages.append([])
        pages[-1].append(move)
    kept: list[Move] = []
    for page in pages:
        again = 0
        for count in range(1, min(REPEATED_ROWS, len(page), len(kept)) + 1):
            if all(_alike(one, other) for one, other in zip(kept[-count:], page[:count], strict=True)):
                again = count
        kept += page[again:]
    return kept


def missing_pages(document: Document) -> tuple[frozenset[Place], bool]:
    """The pages before which a printed page is missing, and whether one is missing anywhere (the end included)."""
    numbers = [(int(n), int(total or 0)) for n, total in document.notes.get("page_numbers") or ()]
    if not numbers:
        return frozenset(), False
    last = max(total for _, total in numbers)
    if len(numbers) < len(document.pages) and last <= len(document.pages):
        return frozenset(), False  # a page whose number is not legible, and enough pages
    holes: set[Place] = set()
    aligned = len(numbers) == len(document.pages)
    missing = numbers[0][0] > 1
    if missing and aligned:
        holes.add(document.pages[0])
    for index, ((n, total), (following, _)) in enumerate(pairwise(numbers), start=1):
        if following in (n, n + 1) or (following == 1 and total in (0, n)):
            continue
        missing = True
        if aligned:
            holes.add(document.pages[index])
    if missing and not aligned:
        holes.update(document.pages)
    return frozenset(holes), missing or numbers[-1][0] < numbers[-1][1]


# ---------------------------------------------------------------- the chain


def _book(
    account: str, currency: str, printed: list[Move], opening: Decimal | None, holes: frozenset[Place]
) -> Book:
    """The account in that time order, of both directions and by date, in which the fewest rows break."""
    orders = [printed, printed[::-1]]
    if _falling(printed):
        orders.reverse()
    best: Book | None = None
    for moves in orders:
        book = Book(account, currency, moves, *_chain(moves, opening, holes))
        if best is None or len(book.breaks) < len(best.breaks):
            best = book
        if not best.breaks:
            return best
    if not holes and all(move.day is not None for move in printed):
        moves = sorted(printed, key=lambda move: move.day or date.min)
        book = Book(account, currency, moves, *_chain(moves, opening, holes))
        if best is None or not book.breaks:
            best = book
    assert best is not None
    return best


def _falling(moves: Sequence[Move]) -> bool:
    days = [move.day for move in moves if move.day is not None]
    return sum(a > b for a, b in pairwise(days)) > sum(a < b for a, b in pairwise(days))


def _runs(moves: Sequence[Move], holes: frozenset[Place]) -> Iterator[tuple[bool, list[Move]]]:
    """Rows of one day that stand together, each run with whether pages are missing before it."""
    run: list[Move] = []
    hole = False
    for move in moves:
        if run:
            last = run[-1]
            cut = move.place != last.place and bool(holes & {move.place, last.place})
            if cut or move.day is None or move.day != last.day:
                yield hole, run
                run, hole = [], cut
        run.append(move)
    if run:
        yield hole, run


def _chain(
    moves: Sequence[Move], opening: Decimal | None, holes: frozenset[Place]
) -> tuple[list[Break], list[Move]]:
    """The breaks of the chain in this order, and the rows that are lacking a value where it could not be followed.

    Carried along are the balances that may stand at the end of each day: None where any may."""
    breaks: list[Break] = []
    unread: list[Move] = []
    states: set[Decimal] | None = None if opening is None else {opening}
    before: Move | None = None
    for hole, run in _runs(moves, holes):
        if hole:
            states, before = None, None
        after = _after(run, states)
        if after is None:
            lacking = [move for move in run if not move.whole]
            if lacking:
                unread += lacking
            else:
                breaks += _locate(run, before, states)
            after = {move.balance for move in run if move.balance is not None}
        elif any(not move.whole for move in run):
            unread += [move for move in run if not move.whole]
        states, before = after or None, run[-1]
    return breaks, unread


def _after(run: Sequence[Move], states: set[Decimal] | None) -> set[Decimal] | None:
    """The balances at the end of a day that begins at one of `states`; empty where any may stand, None where none closes."""
    if all(move.whole for move in run):
        starts = states if states is not None else {_start(move) for move in run}
        total = sum((move.amount or Decimal(0) for move in run), Decimal(0))
        ends = {start + total for start in starts if _in_order(run, start) or _any_order(run, start)}
        return ends or None
    ends = set()
    for start in states if states is not None else (None,):
        reached, end = _partly(run, start)
        if reached and end is None:
            return set()
        if end is not None:
            ends.add(end)
    return ends or None


def _start(move: Move) -> Decimal:
    return (move.balance or Decimal(0)) - (move.amount or Decimal(0))


def _in_order(run: Sequence[Move], start: Decimal) -> bool:
    balance = start
    for move in run:
        balance += move.amount or Decimal(0)
        if balance != move.balance:
            return False
    return True


def _any_order(run: Sequence[Move], start: Decimal) -> bool:
    """Whether the rows of a day close in some order: a walk from `start` over all steps balance − amount → balance."""
    if len(run) == 1:
        return False
    degree: dict[Decimal, int] = {}
    parent: dict[Decimal, Decimal] = {}

    def root(node: Decimal) -> Decimal:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    total = Decimal(0)
    for move in run:
        begin, end = _start(move), move.balance or Decimal(0)
        degree[begin] = degree.get(begin, 0) + 1
        degree[end] = degree.get(end, 0) - 1
        parent[root(begin)] = root(end)
        total += move.amount or Decimal(0)
    if start not in parent or len({root(node) for node in list(parent)}) > 1:
        return False
    wanted = {start: 1, start + total: -1} if total else {}
    return all(degree[node] == wanted.get(node, 0) for node in degree)


def _partly(run: Sequence[Move], start: Decimal | None) -> tuple[bool, Decimal | None]:
    """Follows a day of which some values are unread in its printed order: whether nothing contradicts, and the end."""
    balance = start
    for move in run:
        if move.amount is None or balance is None:
            balance = move.balance
        elif move.balance is None:
            balance += move.amount
        elif balance + move.amount != move.balance:
            return False, None
        else:
            balance = move.balance
    return True, balance


def _locate(run: Sequence[Move], before: Move | None, states: set[Decimal] | None) -> list[Break]:
    """The rows of a day that do not follow, in whichever printed direction fewer do not."""
    found: list[list[Break]] = []
    for order in (list(run), list(run)[::-1]):
        breaks: list[Break] = []
        last = before
        balance = _nearest(states, order[0])
        for move in order:
            if balance is not None and balance + (move.amount or Decimal(0)) != move.balance:
                breaks.append(Break(last, move, balance + (move.amount or Decimal(0))))
            last, balance = move, move.balance
        found.append(breaks)
    return min(found, key=len)


def _nearest(states: set[Decimal] | None, move: Move) -> Decimal | None:
    if not states:
        return None
    return min(states, key=lambda state: (abs(state - _start(move)), state))
