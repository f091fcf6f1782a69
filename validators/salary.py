"""What a person is paid by the statements: the credits, the day of pay, the bonuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from statistics import median
from weakref import WeakKeyDictionary

from extractors.bank_statement import BankStatement
from extractors.income_certificate import IncomeCertificate
from extractors.pay_stub import PayStub
from pipeline.model import Document
from validators.case import Case
from validators.coverage import accounts, covered, filtered, span_of
from validators.inflows import (
    BONUS,
    NEVER,
    PAID_FOR,
    SALARY,
    WALLETS,
    any_vague,
    comes_monthly,
    is_credit,
    is_inflow,
    is_pay,
    is_pension,
    recurring,
    rows_once,
    same_company,
    with_payers,
)
from validators.ledger import Ledger, Move, ledger_of
from validators.months import (
    add_working_days,
    first_day,
    is_workday,
    month_of,
    payday,
    shift,
    whole_months,
    working_days,
)
from validators.parameters import Values
from validators.rule import Person

__all__ = [
    "BONUS", "NEVER", "PAID_FOR", "SALARY", "Credit", "Payroll", "likely_start", "nearest_sum", "payroll_of", "same_company",
    "window_of",
]  # fmt: skip

ZERO = Decimal(0)
SPLITS = 6
"""Of so many credits in one month every sum is tried."""


@dataclass(slots=True, eq=False)
class Credit:
    """One inflow that is pay. `month` is the month of the pay day that it belongs to; `bonus` the part that is no regular pay."""

    move: Move
    month: str
    bonus: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return self.move.amount or ZERO

    @property
    def regular(self) -> Decimal:
        return self.amount - self.bonus


@dataclass(slots=True)
class Payroll:
    """What a person's statements show of pay: the credits, the day of pay, the months they cover and those in doubt."""

    credits: list[Credit] = field(default_factory=list)
    day: int | None = None
    stretches: list[tuple[date, date]] = field(default_factory=list)
    months: list[str] = field(default_factory=list)
    clouded: list[tuple[date, date]] = field(default_factory=list)
    lost: list[Document] = field(default_factory=list)
    hired: str | None = None
    vague: bool = False
    """Whether credits come that might be pay: month by month without payer and purpose, or often from one company."""

    def of(self, month: str) -> list[Credit]:
        """The credits of one month."""
        return [credit for credit in self.credits if credit.month == month]

    doubtful: list[Move] = field(default_factory=list)
    """Credits that are no pay as they were read, and were not read surely."""

    def has_pay(self, month: str) -> bool:
        """Whether anything but a bonus came in the month."""
        return any(credit.regular for credit in self.of(month))

    def regular(self, month: str) -> Decimal | None:
        """The month's pay without bonuses; None where nothing came."""
        found = self.of(month)
        return sum((credit.regular for credit in found), ZERO) if found else None

    def paid(self, month: str) -> Decimal | None:
        """All that was paid in the month."""
        found = self.of(month)
        return sum((credit.amount for credit in found), ZERO) if found else None

    @property
    def hidden(self) -> bool:
        """Whether every credit stands where further rows may be hidden, so that no sum over them is certain."""
        days = [credit.move.day for credit in self.credits if credit.move.day]
        return bool(days) and not any(self.clear(day, day) for day in days)

    def clear(self, start: date, end: date) -> bool:
        """Whether no missing page and no filter may hide a credit on these days."""
        return not any(first <= end and start <= last for first, last in self.clouded)


_payrolls: WeakKeyDictionary[BankStatement, dict[tuple[Person, date], Payroll]] = WeakKeyDictionary()


def payroll_of(case: Case, person: Person, values: Values) -> Payroll:
    """The pay of one person over all statements in force; empty of credits where none is found.

    Kept with the case's view of the first statement, so that the rules of a case find it once."""
    statements = case.records(BankStatement, person)
    if not statements:
        return Payroll(hired=_hired(case, person))
    kept = _payrolls.setdefault(statements[0], {})
    key = (person, values.day)
    if key not in kept:
        kept[key] = _payroll(case, person, statements, values)
    return kept[key]


def _payroll(case: Case, person: Person, statements: Sequence[BankStatement], values: Values) -> Payroll:
    ledgers = [ledger_of(statement) for statement in statements]
    payroll = Payroll(
        lost=[ledger.statement.document for ledger in ledgers if ledger.rows_lost], hired=_hired(case, person)
    )
    _cover(payroll, [s for s in statements if s.bank.value not in WALLETS])
    chosen = _choose(case, person, rows_once(ledgers), payroll, values)
    payroll.credits = [Credit(move, month_of(move.day)) for move in chosen if move.day is not None]
    paying = {id(move.row.document) for move in chosen}
    if paying:
        _cover(
            payroll,
            [
                s
                for group in accounts(statements)
                if any(id(one.document) in paying for one in group)
                for s in group
            ],
        )
    _set_pay_day(payroll, values)
    _set_bonuses(payroll, values)
    return payroll


def _cover(payroll: Payroll, statements: Sequence[BankStatement]) -> None:
    """Sets the days and months that these statements cover, and the days on which rows of theirs may be hidden."""
    payroll.stretches = covered(statements)
    payroll.months = [month for start, end in payroll.stretches for month in whole_months(start, end)]
    payroll.clouded = [cloud for statement in statements for cloud in clouds(ledger_of(statement))]


def _choose(case: Case, person: Person, rows: Sequence[Move], payroll: Payroll, values: Values) -> list[Move]:
    """The credits that are pay, by day; marks on the payroll whether others might be."""
    employers = employers_of(case, person)
    own = [person.name] + ([spouse.name] if (spouse := case.spouse_of(person)) else [])
    inflows = [move for move in rows if is_inflow(move, own, employers)]
    slips = [slip for stub in case.records(PayStub, person) for slip in stub.payslips]
    nets = {slip.net_pay.value for slip in slips if slip.net_pay.value}
    chosen = with_payers([move for move in inflows if is_pay(move, employers, nets)], inflows)
    if person.employment == "retired":
        chosen += [move for move in rows if is_pension(move) and move not in chosen]
    if not comes_monthly(chosen, payroll.months, values):
        chosen += recurring(inflows, chosen, rows, payroll.months, values)
    payroll.vague = any_vague(inflows, payroll.months, values)
    payroll.doubtful = [move for move in rows if not move.legible and is_credit(move) and move not in chosen]
    return sorted(chosen, key=lambda move: move.day or date.min)


def employers_of(case: Case, person: Person) -> list[str]:
    """The employers that the person's papers and the application name."""
    names = [
        record.employer.value
        for kind in (IncomeCertificate, PayStub)
        for record in case.records(kind, person)
        if isinstance(record, (IncomeCertificate, PayStub))
    ]
    declared = case.declared.get(person.name)
    names.append(declared.employer if declared is not None else None)
    return [name for name in dict.fromkeys(names) if name]


def _hired(case: Case, person: Person) -> str | None:
    """The month of hire by the certificate, the latest where there are several."""
    since = [record.employed_since.value for record in case.records(IncomeCertificate, person)]
    return max((value[:7] for value in since if value), default=None)


# ---------------------------------------------------------------- the pay day


def _set_pay_day(payroll: Payroll, values: Values) -> None:
    """Finds the day of pay and lets a credit paid early or late count for its own month.

    A credit goes over to a neighbouring month if it lies closer to that month's pay day, within −10 to +3 working days,
    and no credit of that month lies as close."""
    payroll.day = day = _pay_day(payroll.credits)
    if day is None:
        return
    early, late = values.count("salary_days_early"), values.count("salary_days_late")

    def off(credit: Credit, month: str) -> int:
        return working_days(payday(month, day), credit.move.day or first_day(month))

    own: dict[str, list[int]] = {}
    for credit in payroll.credits:
        own.setdefault(credit.month, []).append(abs(off(credit, credit.month)))
    for credit in payroll.credits:
        home = credit.month
        for month in (shift(home, -1), shift(home, 1)):
            distance = off(credit, month)
            closer = abs(distance) < abs(off(credit, credit.month)) and -early <= distance <= late
            if closer and all(other > abs(distance) for other in own.get(month, [])):
                credit.month = month


def _pay_day(credits: Sequence[Credit]) -> int | None:
    """The day of the month to which the main credits come closest, counted in working days; the later one of a tie."""
    main: dict[str, Credit] = {}
    for credit in credits:
        if credit.month not in main or credit.amount > main[credit.month].amount:
            main[credit.month] = credit
    if not main:
        return None

    def distance(day: int) -> tuple[int, int]:
        off = [
            abs(working_days(payday(month, day), credit.move.day or first_day(month)))
            for month, credit in main.items()
        ]
        return sum(off), -day

    return min(range(1, 32), key=distance)


# ---------------------------------------------------------------- step 4: bonuses


def _set_bonuses(payroll: Payroll, values: Values) -> None:
    """Marks what is no regular pay: a bonus by its word, unless it comes most months, or what towers over the usual month."""
    months = {credit.month for credit in payroll.credits}
    named = {credit.month for credit in payroll.credits if BONUS.search(credit.move.words)}
    if len(named) * 3 <= max(len(months), 3):
        for credit in payroll.credits:
            if BONUS.search(credit.move.words):
                credit.bonus = credit.amount
    whole = months & set(payroll.months)
    usual = [payroll.regular(month) or ZERO for month in (whole if len(whole) >= 3 else months)]
    usual = [amount for amount in usual if amount]
    if len(usual) < 3:
        return
    middle, factor = median(usual), values.number("bonus_factor")
    for month in months:
        regular = [credit for credit in payroll.of(month) if credit.regular]
        total = sum((credit.regular for credit in regular), ZERO)
        if total < factor * middle:
            continue
        if len(regular) == 1:
            regular[0].bonus += total - middle
            continue
        keep = min(regular, key=lambda credit: abs(credit.regular - middle))
        for credit in regular:
            if credit is not keep:
                credit.bonus = credit.amount


# ---------------------------------------------------------------- what may be hidden


def clouds(ledger: Ledger) -> Iterator[tuple[date, date]]:
    """The days on which rows may be hidden: all of a filtered statement, those round a missing page, those of rows whose
    day or amount was not read."""
    span = span_of(ledger.statement)
    if span is None:
        return
    if filtered(ledger.statement):
        yield span.start, span.end
        return
    yield from _unread(ledger.rows, span.start, span.end)
    if not ledger.missing_pages:
        return
    pages: dict[tuple[str, int], list[date]] = {}
    for move in ledger.rows:
        if move.day is not None:
            pages.setdefault(move.place, []).append(move.day)
    order = [page for page in ledger.statement.document.pages if page in pages]
    falling = len(order) > 1 and min(pages[order[0]]) > max(pages[order[-1]])
    if falling:
        order.reverse()
    edges = {page for page in order if page in ledger.holes}
    for before, after in pairwise(order):
        if (before if falling else after) in edges:
            yield max(pages[before]), min(pages[after])
    if not order:
        yield span.start, span.end
        return
    yield span.start, min(pages[order[0]])
    yield max(pages[order[-1]]), span.end


def _unread(rows: Sequence[Move], start: date, end: date) -> Iterator[tuple[date, date]]:
    """The days of rows without an amount, and those between the neighbours of rows without a day."""
    for index, move in enumerate(rows):
        if move.day is not None:
            if move.amount is None:
                yield move.day, move.day
            continue
        before = next((other.day for other in reversed(rows[:index]) if other.day is not None), start)
        after = next((other.day for other in rows[index + 1 :] if other.day is not None), end)
        yield min(before, after), max(before, after)


# ---------------------------------------------------------------- sums and windows


def window_of(month: str, day: int, values: Values) -> tuple[date, date]:
    """The days on which a month's pay may come: −10 to +3 working days round its pay day."""
    due = payday(month, day)
    return (
        add_working_days(due, -values.count("salary_days_early")),
        add_working_days(due, values.count("salary_days_late")),
    )


def likely_start(month: str, day: int, values: Values) -> date:
    """The first day on which the month's pay is to be looked for: ten working days early only within a week of a holiday."""
    due, (start, _) = payday(month, day), window_of(month, day, values)
    around = (due + timedelta(days=offset) for offset in range(-7, 4))
    holiday = any(one.weekday() < 5 and not is_workday(one) for one in around)
    return start if holiday else due - timedelta(days=3)


def nearest_sum(credits: Sequence[Credit], goal: Decimal) -> tuple[Decimal, list[Credit]]:
    """The sum of one or several credits that comes closest to `goal`, with those credits. ValueError for no credits."""
    groups: Iterator[tuple[Credit, ...]]
    if len(credits) <= SPLITS:
        groups = (group for size in range(1, len(credits) + 1) for group in combinations(credits, size))
    else:
        groups = iter([*((credit,) for credit in credits), tuple(credits)])
    best = min(groups, key=lambda group: (abs(sum((c.amount for c in group), ZERO) - goal), len(group)))
    return sum((credit.amount for credit in best), ZERO), list(best)
