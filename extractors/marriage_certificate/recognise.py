"""Whether a sheet is a marriage certificate, and how many books lie on it."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.marriage_certificate.labels import LABELS, MARRIED, NOT_MINE, NUMBER
from extractors.marriage_certificate.people import people
from pipeline.layout import Row, find_labels, rows
from pipeline.material import Claim
from pipeline.model import Box, Sheet


def recognise(sheet: Sheet) -> list[Claim]:
    """Text page, photo page or persons page by their labels; a page that mentions divorce is another paper."""
    table = rows(sheet.lines)
    text = "".join(row.text for row in table)
    if NOT_MINE.search(text):
        return []
    own = {n.name for n in find_labels(table, LABELS)}
    persons = people(table)
    score = 0.0
    if MARRIED.search(text):
        score += 0.5
    if "holder" in own:
        score += 0.35
    score += 0.1 * len(own & {"registration_date", "certificate_number", "authority", "registrar"})
    if NUMBER.search(text.replace(" ", "")):
        score += 0.2
    pairs = [p for p in persons if "id_number" in p and p.keys() & {"nationality", "birth_date"}]
    if len(pairs) == 2 and any("nationality" in p for p in pairs) and any("name" in p for p in pairs):
        score += 0.6
    if score < 0.5:
        return []
    return [Claim(min(1.0, score), area) for area in _books(sheet, table)]


def _books(sheet: Sheet, table: Sequence[Row]) -> list[Box | None]:
    """Where the books lie on the sheet: two 持证人 beside each other, or one far below the other, are two books, where
    nothing is printed across the border between them."""
    holders = find_labels(table, {"holder": LABELS["holder"]}, strict=True)
    if len(holders) != 2:
        return [None]
    one, two = sorted(holders, key=lambda n: n.box[0])
    high, wide = sheet.height, sheet.width
    lines = [line for row in table for line in row.lines]
    if two.box[0] - one.box[2] > 8 * one.row.height and abs(one.box[1] - two.box[1]) < 6 * one.row.height:
        x = _border([(line.box[0], line.box[2]) for line in lines], one.box[2], two.box[0])
        return [None] if x is None else [(0, 0, x, high), (x, 0, wide, high)]
    one, two = sorted(holders, key=lambda n: n.box[1])
    y = _border([(row.top, row.bottom) for row in table], two.box[1] - 3 * two.row.height, two.box[1])
    if y is None or two.box[1] - one.box[1] < 8 * one.row.height:
        return [None]
    return [(0, 0, wide, y), (0, y, wide, high)]


def _border(places: Sequence[tuple[float, float]], low: float, up: float) -> float | None:
    """The middle of the widest stretch between two bounds over which nothing is printed; None where there is none."""
    edges = sorted((max(a, low), min(b, up)) for a, b in places if b > low and a < up)
    free, at = [], low
    for start, end in [*edges, (up, up)]:
        if start > at:
            free.append((start - at, (start + at) / 2))
        at = max(at, end)
    return max(free)[1] if free else None
