"""A statement's broken chain read again: mended where just one way closes all its sums, else held to what two readers say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, product

from pipeline.model import Document, Field
from pipeline.proof import Opinions, Readings, Suspect, agree, cell_of, held, mended, values_of, with_cells
from pipeline.table.kinds import amount, squeezed
from pipeline.text import money

TABLE = "transactions"
OPENING = Suspect("opening_balance")
MOST_WAYS = 5000
"""A stretch of breaks with more combinations of readings is left as it is: it was read in the wrong columns."""

Values = dict[Suspect, Decimal]


@dataclass(frozen=True, slots=True)
class Sum:
    """One step of the chain: the balance before, the amount, the balance after; the days on which they moved."""

    before: Suspect
    amount: Suspect
    after: Suspect

    @property
    def cells(self) -> tuple[Suspect, Suspect, Suspect]:
        return (self.before, self.amount, self.after)

    def closes(self, values: Mapping[Suspect, Decimal]) -> bool:
        """Whether the balance before and the amount make the balance after."""
        return values[self.before] + values[self.amount] == values[self.after]


def suspects(document: Document) -> list[Suspect]:
    """The cells of every sum that does not close on a scanned statement, in the order of the rows."""
    if document.notes.get("layer") is not False:
        return []
    found: dict[Suspect, None] = {}
    for sums, values in _chains(document):
        for broken in _broken(sums, values):
            found.update(dict.fromkeys(sums[broken].cells))
    return list(found)


def mend(document: Document, readings: Readings) -> Document:
    """The statement with its broken stretches mended where one way alone closes them. `notes["agreed"]` holds the cells
    (column, row; row None for the opening balance) of sums that stay broken on which two readers agree."""
    cells: dict[Suspect, Field] = {}
    agreed: set[tuple[str, int | None]] = set()
    for sums, values in _chains(document):
        changes = _mended(sums, values, readings)
        for suspect, value in changes.items():
            cells[suspect] = mended(cell_of(document, suspect), money(value))
        now = {**values, **changes}
        for broken in _broken(sums, now):
            for suspect in sums[broken].cells:
                if suspect in changes:
                    continue
                sure = agree(readings.get(suspect, ()), _size, abs(now[suspect]))
                cells[suspect] = held(cell_of(document, suspect), sure)
                if sure:
                    agreed.add((suspect.name, suspect.row))
    notes = {**document.notes, "agreed": sorted(agreed, key=str)}
    return replace(with_cells(document, cells), notes=notes)


# ---------------------------------------------------------------- the chain of a read statement


def _chains(document: Document) -> Iterator[tuple[list[Sum], Values]]:
    """The sums of each account and currency in time order, with the values of their cells."""
    rows = document.tables.get(TABLE, ())
    groups: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(rows):
        direction = row.get("direction")
        if direction is None or direction.value != "neutral":
            key = tuple(str(row[name].value) if name in row else "" for name in ("account", "currency"))
            groups.setdefault((key[0], key[1]), []).append(index)
    for group in groups.values():
        order = _in_time(rows, group)
        values = {
            Suspect(name, TABLE, index): Decimal(str(rows[index][name].value))
            for index in order
            for name in ("amount", "balance")
            if name in rows[index]
        }
        first = [OPENING] if len(groups) == 1 and "opening_balance" in document.fields else []
        if first:
            values[OPENING] = Decimal(str(document.fields["opening_balance"].value))
        balances = [*first, *(Suspect("balance", TABLE, index) for index in order)]
        steps = (
            Sum(before, Suspect("amount", TABLE, after.row), after) for before, after in pairwise(balances)
        )
        yield [step for step in steps if all(cell in values for cell in step.cells)], values


def _in_time(rows: Sequence[Mapping[str, Field]], group: list[int]) -> list[int]:
    """The rows of a group from the earliest to the latest: in printed order or turned, whichever closes more sums."""

    def closing(order: Sequence[int]) -> int:
        whole = [i for i in order if "amount" in rows[i] and "balance" in rows[i]]
        worth = {
            i: (Decimal(str(rows[i]["amount"].value)), Decimal(str(rows[i]["balance"].value))) for i in whole
        }
        return sum(worth[a][1] + worth[b][0] == worth[b][1] for a, b in pairwise(whole))

    return max((group, group[::-1]), key=closing)


def _broken(sums: Sequence[Sum], values: Values) -> list[int]:
    return [index for index, step in enumerate(sums) if not step.closes(values)]


# ---------------------------------------------------------------- the ways to mend


def _mended(sums: Sequence[Sum], values: Values, readings: Readings) -> Values:
    """The values that change: for each stretch of broken sums those of its one way to close, none where there are more."""
    changes: Values = {}
    for stretch in _stretches(_broken(sums, values)):
        ways = _ways(sums[max(0, stretch[0] - 1) : stretch[-1] + 2], values, readings)
        if len(ways) == 1:
            changes.update(ways[0])
    return changes


def _stretches(broken: Sequence[int]) -> list[list[int]]:
    """Breaks that follow each other: one misread balance makes two of them."""
    found: list[list[int]] = []
    for index in broken:
        if found and index == found[-1][-1] + 1:
            found[-1].append(index)
        else:
            found.append([index])
    return found


def _ways(window: Sequence[Sum], values: Values, readings: Readings) -> list[Values]:
    """Every choice among the readings of the cells that closes all sums of a window, as the values that it changes. A
    balance may change only where it stands in two of the sums."""
    cells = list(dict.fromkeys(cell for step in window for cell in step.cells))
    ends = {window[0].before, window[-1].after}
    options = [
        [values[cell], *(() if cell in ends else _others(values[cell], readings.get(cell, ())))]
        for cell in cells
    ]
    count = 1
    for each in options:
        count *= len(each)
    if count > MOST_WAYS:
        return []
    found = []
    for choice in product(*options):
        chosen = dict(zip(cells, choice, strict=True))
        if all(step.closes(chosen) for step in window):
            found.append({cell: value for cell, value in chosen.items() if value != values[cell]})
    return found


def _others(own: Decimal, opinions: Opinions) -> list[Decimal]:
    """Other values that second readers give; the sign is that of the first reading, which columns and flags decide."""
    sizes = values_of(opinions, _size)
    return [-size if own < 0 else size for size in sizes if size != abs(own)]


def _size(text: str) -> Decimal | None:
    """The amount in a text without its sign, None where it holds none."""
    found = amount(squeezed(text))
    return None if found is None else abs(found[0])
