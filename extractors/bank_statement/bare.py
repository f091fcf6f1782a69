"""Columns of a statement's table whose header is missing: told by the data's form and by its arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extractors.bank_statement.choice import MOST, best_roles, grid_of
from pipeline.model import Line
from pipeline.table import Column
from pipeline.table.columns import Cluster, clusters, pieces
from pipeline.table.header import bands
from pipeline.table.kinds import tokens


def bare_columns(kept: Sequence[Line]) -> tuple[Column, ...] | None:
    """Columns of a table without a header, by its data: a column of dates and one to three of amounts, of which the
    arithmetic tells the balance."""
    found = pieces(kept)
    dates = [c for c in clusters(found, "date") if c.parts >= 3]
    every = clusters(found, "money")
    sums = [c for c in every if dates and c.parts >= 0.1 * dates[0].parts]
    if not dates or not sums:
        return None
    columns = [Column("date", "date", dates[0].x0, dates[0].x1)]
    proved = best_roles(grid_of(kept, every), len(every)) if len(every) <= MOST else None
    if proved:
        sums = every
        columns += [Column(proved.get(i, "other"), "money", c.x0, c.x1) for i, c in enumerate(every)]
    elif len(sums) <= 3:
        columns += [
            Column(r, "money", c.x0, c.x1) for r, c in zip(_money_roles(kept, sums), sums, strict=True)
        ]
    else:
        return None
    columns += _texts(kept, [*dates[:1], *sums])
    return tuple(sorted(columns, key=lambda c: c.middle))


def _money_roles(lines: Sequence[Line], sums: Sequence[Cluster]) -> list[str]:
    """The roles of two or three columns of amounts: the balance is the one whose steps the others hold, in and out are
    told by the direction of the steps. Without any proof the last one is the balance."""
    if len(sums) == 1:
        return ["amount"]
    grid = grid_of(lines, sums)
    best, roles = -1, [""] * len(sums)
    for balance in reversed(range(len(sums))):
        closed, ups = 0, [0] * len(sums)
        for before, row in pairwise(grid):
            new, old = row[balance], before[balance]
            if new is None or old is None:
                continue
            for i in range(len(sums)):
                for value, step in ((row[i], new - old), (before[i], old - new)):
                    if i != balance and value and abs(value) == abs(step):
                        closed += 1
                        ups[i] += 1 if step > 0 else -1
        if closed > best:
            others = [i for i in range(len(sums)) if i != balance]
            more = max(others, key=lambda i: ups[i])
            best = closed
            roles = [
                "balance" if i == balance else "amount" if len(sums) == 2 else "in" if i == more else "out"
                for i in range(len(sums))
            ]
    return roles


def _texts(lines: Sequence[Line], typed: Sequence[Cluster]) -> list[Column]:
    """The widest column of text in a table without a header stands for its summary."""
    spans = [(t.x0, t.x1) for t in typed]
    texts = [n for n in lines if not tokens(n.text) and all(n.box[2] < a or n.box[0] > b for a, b in spans)]
    rows = bands(texts)
    if len(rows) < 3:
        return []
    groups: dict[int, list[Line]] = {}
    for line in texts:
        slot = sum(1 for a, _ in spans if a < line.box[0])
        groups.setdefault(slot, []).append(line)
    best = max(groups.values(), key=len)
    return [Column("summary", "text", min(n.box[0] for n in best), max(n.box[2] for n in best))]
