"""Which column of amounts is which: the header's word for it, unless the running balance says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise
from typing import NamedTuple

from pipeline.model import Line
from pipeline.table import Column
from pipeline.table.columns import Cluster, Piece, clusters, pieces
from pipeline.table.header import bands
from pipeline.table.kinds import amount

MOVES = ("amount", "in", "out")
MOST = 6
"""More columns of amounts than these are not tried: the header's words stay."""
LEAST = 3
"""So many steps must close before arithmetic overrules a header."""

Grid = list[list[Decimal | None]]
"""The amounts of each printed line by column of amounts."""


class Proof(NamedTuple):
    """How well a choice of columns holds: steps that close, steps of the balance, and of those that close by column how
    many more went up than down."""

    closed: int
    steps: int
    ups: Mapping[int, int]


NOTHING = Proof(0, 0, {})


def chosen(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """The columns with the roles of amounts that the balances prove, where those of the header leave steps open that
    another choice closes. Columns without a header are added where the proof needs them."""
    sums = clusters(pieces(lines), "money")
    if not 2 <= len(sums) <= MOST:
        return tuple(columns)
    told = {i: c for i, s in enumerate(sums) if (c := _over(columns, s))}
    balance = next((i for i, c in told.items() if c.role == "balance"), None)
    moves = [i for i, c in told.items() if c.role in MOVES]
    grid = grid_of(lines, sums)
    own = proof(grid, balance, moves) if balance is not None else NOTHING
    if own.steps and own.closed >= 0.9 * own.steps:
        return tuple(columns)
    roles = best_roles(grid, len(sums), own)
    return _with_roles(columns, sums, told, roles) if roles else tuple(columns)


def grid_of(lines: Sequence[Line], sums: Sequence[Cluster]) -> Grid:
    """The amounts of each printed line, by the column of amounts in which their middle lies."""
    grid: Grid = []
    parts: dict[int, list[Piece]] = {}
    for piece in pieces(lines):
        if piece.kind == "money":
            parts.setdefault(id(piece.line), []).append(piece)
    for band in bands(lines):
        row: list[Decimal | None] = [None] * len(sums)
        for piece in (p for n in band if id(n) in parts for p in parts[id(n)]):
            middle = (piece.x0 + piece.x1) / 2
            at = next((i for i, c in enumerate(sums) if c.x0 - 1 <= middle <= c.x1 + 1), None)
            read = amount(piece.line.text[piece.start : piece.end]) if at is not None else None
            if at is not None and read:
                row[at] = read[0]
        if any(v is not None for v in row):
            grid.append(row)
    return grid


def proof(grid: Grid, balance: int, moves: Sequence[int]) -> Proof:
    """How many steps of a balance the one amount of its row makes, from the top down or from the foot up."""
    down, up = _proof(grid, balance, moves), _proof(grid[::-1], balance, moves)
    return max(down, up, key=lambda p: p.closed)


def _proof(grid: Grid, balance: int, moves: Sequence[int]) -> Proof:
    closed = steps = 0
    ups = dict.fromkeys(moves, 0)
    for before, row in pairwise(row for row in grid if row[balance] is not None):
        step = (row[balance] or Decimal(0)) - (before[balance] or Decimal(0))
        moved = [i for i in moves if row[i]]
        steps += 1
        if step and len(moved) == 1 and abs(row[moved[0]] or 0) == abs(step):
            closed += 1
            ups[moved[0]] += 1 if step > 0 else -1
    return Proof(closed, steps, ups)


def best_roles(grid: Grid, count: int, own: Proof = NOTHING) -> dict[int, str] | None:
    """The roles under which clearly more steps close than under the header's, None where there are none."""
    best: tuple[int, int, dict[int, str]] = (0, 0, {})
    for balance in range(count):
        rest = [i for i in range(count) if i != balance]
        for moves in [*combinations(rest, 1), *combinations(rest, 2)]:
            found = proof(grid, balance, moves)
            enough = found.closed >= LEAST and found.closed >= 0.8 * found.steps
            better = found.closed >= own.closed + max(2, 0.15 * found.steps)
            roles = _directions(found, moves)
            if enough and better and roles and (found.closed, -len(moves)) > best[:2]:
                best = (found.closed, -len(moves), {balance: "balance", **roles})
    return best[2] or None


def _directions(found: Proof, moves: Sequence[int]) -> dict[int, str] | None:
    """One column of amounts holds both directions; of two, one holds what came in and one what went out."""
    if len(moves) == 1:
        return {moves[0]: "amount"}
    a, b = moves
    if found.ups[a] * found.ups[b] >= 0:
        return None
    return {a: "in", b: "out"} if found.ups[a] > 0 else {a: "out", b: "in"}


def _over(columns: Sequence[Column], span: Cluster) -> Column | None:
    """The column of amounts that lies on a cluster."""
    over = [c for c in columns if c.kind == "money" and min(c.x1, span.x1) - max(c.x0, span.x0) > 0]
    return max(over, key=lambda c: min(c.x1, span.x1) - max(c.x0, span.x0), default=None)


def _with_roles(
    columns: Sequence[Column], sums: Sequence[Cluster], told: Mapping[int, Column], roles: Mapping[int, str]
) -> tuple[Column, ...]:
    """The columns with the proved roles: on those told, on those of unknown label over the data, else on new ones."""
    given: dict[int, str] = {}
    new = []
    for i, role in roles.items():
        span = sums[i]
        under = told.get(i) or next(
            (c for c in columns if c.role in ("", "other") and min(c.x1, span.x1) > max(c.x0, span.x0)), None
        )
        if under is None or id(under) in given:
            new.append(Column(role, "money", span.x0, span.x1))
        else:
            given[id(under)] = role
    at = {id(told[i]): i for i in told}
    found = []
    for c in columns:
        proved = given.get(id(c))
        if proved:
            span = sums[at[id(c)]] if id(c) in at else next(sums[i] for i, r in roles.items() if r == proved)
            found.append(replace(c, role=proved, kind="money", x0=span.x0, x1=span.x1))
        else:
            # An amount that takes no part in the proof is another sum (a fee, the available balance).
            found.append(replace(c, role="other") if c.role in (*MOVES, "balance") else c)
    return (*found, *new)
