"""The arithmetic of a statement: the order of its rows, the signs of its amounts, and what the running balance proves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from extractors.bank_statement.amounts import sign_of
from extractors.bank_statement.raw import RawRow, row_date
from extractors.bank_statement.signs import without_marks
from pipeline.table.kinds import squeezed

CERTAIN_IN = (
    "工资",
    "结息",
    "利息存入",
    "存款利息",
    "转入",
    "存入",
    "收入",
    "退款",
    "代发",
    "汇入",
    "来账",
    "入账",
    "salary",
    "deposit",
)
CERTAIN_OUT = (
    "消费",
    "支取",
    "转出",
    "支出",
    "扣款",
    "缴费",
    "手续费",
    "还款",
    "取款",
    "付款",
    "代扣",
    "汇出",
    "往账",
    "withdrawal",
    "payment",
)
"""Summaries that name the direction: they decide only for a first row that no balance precedes, and mark it inferred."""

PROVED = 0.995
"""The confidence of amounts whose sums close with both neighbours."""
INFERRED = 0.97


def settle(
    rows: Sequence[RawRow],
    opening: Decimal | None,
    totals: tuple[Decimal | None, Decimal | None],
    scanned: bool,
) -> None:
    """Gives every row its signed amount, or none where the sign is not proved. `opening` is the printed opening balance,
    `totals` the printed sums of in and out; `scanned` rows may be mended by other readings of the engine."""
    if scanned:
        without_marks(rows)
    flags = _flags(rows)
    groups: dict[tuple[str, str], list[RawRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    unsigned = _printed(rows, flags)
    for group in groups.values():
        ordered = in_time(group)
        if unsigned:
            _by_chain(ordered, opening if len(groups) == 1 else None)
        else:
            _turned(ordered)
        if scanned:
            _mend(ordered, opening if len(groups) == 1 else None)
        _prove(ordered, opening if len(groups) == 1 else None)
        _doubt(ordered)
    if unsigned:
        if len(groups) == 1:
            _by_totals(rows, totals)
        for row in rows:
            _by_words(row)


def without_carried(rows: Sequence[RawRow]) -> tuple[list[RawRow], Decimal | None]:
    """The rows without those that only carry a balance over (承前页, 上期余额 and the like with no word that says so):
    no amount, and the balance of the row before. A first row of that kind gives the opening balance."""
    kept: list[RawRow] = []
    opening: Decimal | None = None
    for row in rows:
        moved = any(row.text(role) for role in ("amount", "in", "out"))
        if moved or row.balance is None or row.group != (kept[-1].group if kept else row.group):
            kept.append(row)
        elif not kept and opening is None:
            opening = row.balance
        elif row.balance != (kept[-1].balance if kept else opening):
            kept.append(row)
    return kept, opening


def in_time(rows: Sequence[RawRow]) -> list[RawRow]:
    """The rows of one account from the earliest to the latest: in printed order or turned, whichever closes more sums."""
    up = sum(_closes(a, b) for a, b in pairwise(rows))
    down = sum(_closes(b, a) for a, b in pairwise(rows))
    if up != down:
        return list(rows) if up > down else list(rows)[::-1]
    days = [d for d in (row_day(row) for row in rows) if d]
    return list(rows)[::-1] if len(days) > 1 and days[0] > days[-1] else list(rows)


def row_day(row: RawRow) -> str | None:
    return row_date(row)[0]


def _size(row: RawRow) -> Decimal | None:
    """The row's amount without its sign, whichever column holds it."""
    if row.amount is not None:
        return abs(row.amount)
    for role in ("amount", "in", "out"):
        found = row.money.get(role)
        if found and found.value:
            return abs(found.value)
    return None


def _closes(before: RawRow, row: RawRow) -> bool:
    size = _size(row)
    return (
        size is not None
        and before.balance is not None
        and row.balance is not None
        and abs(row.balance - before.balance) == size
    )


def _flags(rows: Sequence[RawRow]) -> dict[int, int]:
    """The printed direction of each row (by id): of a flag column, or of a column of types that holds nothing but flags."""
    for role in ("flag", "name", "summary"):
        texts = [(row, text) for row in rows if (text := row.flag if role == "flag" else row.text(role))]
        if role == "flag" and any("+" in text for _, text in texts):
            # Where + is a flag, - is one too, and not the mark of an empty cell.
            texts = [(row, row.cells[role].text) for row in rows if role in row.cells]
        signs = {id(row): sign_of(text) for row, text in texts}
        known = {key: sign for key, sign in signs.items() if sign is not None}
        if known and (role == "flag" or len(known) >= 0.95 * len(rows)):
            return known
    return {}


def _printed(rows: Sequence[RawRow], flags: dict[int, int]) -> bool:
    """Sets the amounts that columns, signs or flags give. True where the statement prints amounts without any direction."""
    two = any("in" in row.money or "out" in row.money for row in rows)
    outs = [row.money["out"].value for row in rows if "out" in row.money and row.money["out"].value]
    minus = sum(v < 0 for v in outs) > 0.5 * len(outs)
    signed = any(
        (m := row.money.get("amount"))
        and m.value is not None
        and (m.value < 0 or m.direction or "+" in m.cell.text)
        for row in rows
    )
    bare = False
    for row in rows:
        found = row.money.get("amount")
        if two and not (found and found.value is not None):
            row.amount = _of_columns(row, minus)
        elif found and found.value is not None and not found.signless:
            flag = flags.get(id(row))
            if flag == 0:
                row.amount = abs(found.value)
            elif flag is not None:
                row.amount = flag * abs(found.value) if found.value > 0 or flag < 0 else found.value
            elif found.direction:
                row.amount = found.direction * abs(found.value)
            elif signed:
                row.amount = found.value
            else:
                bare = True
    return bare and not signed


def _of_columns(row: RawRow, minus: bool) -> Decimal | None:
    got = [(role, row.money[role].value) for role in ("in", "out") if role in row.money]
    known = [(role, value) for role, value in got if value]
    if len(known) > 1:
        return None
    if not known:
        zero = [value for _, value in got if value is not None]
        unread = [
            role
            for role in ("in", "out")
            if role in row.money and row.money[role].value is None and row.text(role)
        ]
        return Decimal(0) if zero and not unread else None
    role, value = known[0]
    assert value is not None
    if role == "in":
        return value
    return -abs(value) if minus else -value


def _turned(rows: Sequence[RawRow]) -> None:
    """Where the balances say that all printed directions are the other way round (借 for money in), they are turned."""
    straight = turned = 0
    for before, row in pairwise(rows):
        if row.amount and before.balance is not None and row.balance is not None:
            step = row.balance - before.balance
            straight += step == row.amount
            turned += step == -row.amount
    if turned > 3 and turned > 4 * straight:
        for row in rows:
            if row.amount is not None:
                row.amount = -row.amount


def _by_chain(rows: Sequence[RawRow], opening: Decimal | None) -> None:
    """Signs from the balances alone: a row whose step is not its amount gets none."""
    before = opening
    for row in rows:
        found = row.money.get("amount")
        if row.amount is None and found and found.value is not None and row.balance is not None:
            if before is not None and abs(row.balance - before) == abs(found.value):
                row.amount = row.balance - before
            elif before is None and row.balance - abs(found.value) < 0 <= row.balance:
                row.amount = -abs(found.value)
        before = row.balance if row.balance is not None else None


def _by_totals(rows: Sequence[RawRow], totals: tuple[Decimal | None, Decimal | None]) -> None:
    """The sign of the one row that is left, from the printed totals."""
    left = [
        row
        for row in rows
        if row.amount is None and "amount" in row.money and row.money["amount"].value is not None
    ]
    if len(left) != 1:
        return
    value = abs(left[0].money["amount"].value or Decimal(0))
    sums = (
        sum((r.amount for r in rows if r.amount is not None and r.amount > 0), Decimal(0)),
        -sum((r.amount for r in rows if r.amount is not None and r.amount < 0), Decimal(0)),
    )
    for sign, total, other, total_other in (
        (1, totals[0], sums[1], totals[1]),
        (-1, totals[1], sums[0], totals[0]),
    ):
        own = sums[0] if sign > 0 else sums[1]
        if total is not None and own + value == total and (total_other is None or other == total_other):
            left[0].amount = sign * value
            return


def _by_words(row: RawRow) -> None:
    found = row.money.get("amount")
    if row.amount is not None or found is None or not found.value:
        return
    plain = squeezed(row.text("summary") + row.text("name")).lower()
    signs = {sign for words, sign in ((CERTAIN_IN, 1), (CERTAIN_OUT, -1)) if any(w in plain for w in words)}
    if len(signs) == 1:
        row.amount = signs.pop() * abs(found.value)
        row.inferred = True


def _mend(rows: Sequence[RawRow], opening: Decimal | None) -> None:
    """Scans only: an amount or a balance whose sums break takes another reading that the engine held possible, where just
    one closes the sums on both sides; a minus that was not seen comes back where the balances prove it."""
    for i, row in enumerate(rows):
        old = rows[i - 1].balance if i else opening
        after = rows[i + 1] if i + 1 < len(rows) else None
        if old is None:
            continue
        own = row.money.get("balance")
        if (
            own is not None
            and row.amount is not None
            and after is not None
            and after.amount is not None
            and after.balance is not None
        ):
            wanted = old + row.amount
            closes = after.balance - after.amount == wanted
            if closes and (own.value == wanted or own.others.count(wanted) == 1):
                own.value, own.doubtful = wanted, False
        if row.balance is None:
            continue
        step = row.balance - old
        moved = next(
            (
                row.money[r]
                for r in ("amount", "in", "out")
                if r in row.money and row.money[r].value is not None
            ),
            None,
        )
        if moved is None or row.amount == step:
            continue
        beyond = after is None or (
            after.amount is not None
            and after.balance is not None
            and after.balance - row.balance == after.amount
        )
        same = bool(step) and abs(moved.value or 0) == abs(step)
        if same or (beyond and [abs(v) for v in moved.others].count(abs(step)) == 1):
            row.amount = step


def _prove(rows: Sequence[RawRow], opening: Decimal | None) -> None:
    """Marks the rows whose amount closes with the balance before, and whose balance closes with the row after."""
    closed = [False] * (len(rows) + 1)
    for i, row in enumerate(rows):
        before = rows[i - 1].balance if i else opening
        if row.amount is not None and before is not None and row.balance is not None:
            closed[i] = before + row.amount == row.balance
    for i, row in enumerate(rows):
        row.proved = closed[i] and (i == len(rows) - 1 or closed[i + 1])
        for role, money in row.money.items():
            # The first balance is proved by the row after it, though nothing proves the first amount.
            if row.proved or (role == "balance" and i == 0 and closed[1]):
                money.confidence, money.doubtful = max(money.confidence, PROVED), False


def _doubt(rows: Sequence[RawRow]) -> None:
    """Where most steps of the balance are no amount of their row, the amounts or the balances were read from another
    column: none of them is certain. A print of one direction only (filtered) leaves steps open by itself."""
    steps = [(a, b) for a, b in pairwise(rows) if a.balance is not None and b.balance is not None]
    closed = sum(_closes(a, b) for a, b in steps)
    signs = {row.amount > 0 for row in rows if row.amount}
    if len(steps) < 4 or closed >= 0.5 * len(steps) or len(signs) < 2:
        return
    for row in rows:
        for found in row.money.values():
            if not row.proved:
                found.doubtful = True
