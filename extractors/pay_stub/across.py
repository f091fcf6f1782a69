"""Tables that lie on their side: a column for each month, or for each person, and a row for each part of the pay."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.pay_stub.cells import Block, Cell, kind_of, role_of
from extractors.pay_stub.labels import TITLE, Meaning, head, meaning, section
from extractors.pay_stub.parts import is_month, is_value, known, month
from extractors.pay_stub.whose import SURNAMES
from pipeline.layout import Row
from pipeline.model import Line, Sheet, union
from pipeline.text import printed_name, squeeze

FEWEST = 2
"""So many months, or people, at least stand beside each other, over so many rows whose labels are known."""
APART = 4.0
"""Rows of such a table stand less than so many of their heights apart."""
PERSON = re.compile(r"[\u3400-\u9fff·*＊]{2,12}")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_ALONE = re.compile(r"(\d{1,2})月?份?")


@dataclass(frozen=True, slots=True)
class _Part:
    """A row of such a table: the words at its left, and its values by column."""

    labels: tuple[Line, ...]
    values: dict[int, list[Line]]


def across(table: Sequence[Row], sheet: Sheet) -> list[Block]:
    """The tables on their side among a sheet's rows."""
    found: list[Block] = []
    for index, row in enumerate(table):
        if not found or index > found[-1].last:
            role, heads = _heads(row)
            block = _block(table, index, role, heads, sheet) if heads else None
            found += [block] if block else []
    return found


def _heads(row: Row) -> tuple[str, list[Line]]:
    """What stands over a row's columns, "period" or "name", and the heads: sums and what else stands among them too."""
    months = [n for n in row.lines if is_month(n.text)]
    rest = [n for n in row.lines if n not in months]
    if len(months) >= FEWEST or (months and any(_right(n, months) and head(n.text) == "skip" for n in rest)):
        fit = all(
            head(n.text) or section(n.text) or role_of(n) in ("period", "total", "skip") or _aside(n, months)
            for n in rest
        )
        right = [n for n in rest if _right(n, months)]
        return "period", sorted([*months, *right], key=lambda n: n.box[0]) if fit else []
    if len(row.lines) > FEWEST and role_of(row.lines[0]) == "name":
        people = [n for n in row.lines[1:] if head(n.text) is None and role_of(n) != "total"]
        surnamed = sum(_surnamed(n) for n in people)
        if len(people) >= FEWEST and all(_person(n) for n in people) and 2 * surnamed >= len(people):
            return "name", list(row.lines[1:])
    return "", []


def _right(line: Line, months: Sequence[Line]) -> bool:
    return line.box[0] > months[0].box[2]


def _aside(line: Line, months: Sequence[Line]) -> bool:
    """Whether a line is what stands over the labels (项目/月份)."""
    return line.box[2] <= months[0].box[0] and not is_value(line.text) and len(squeeze(line.text)) <= 8


def _person(line: Line) -> bool:
    return not known(line.text) and bool(PERSON.fullmatch(printed_name(line.text)))


def _surnamed(line: Line) -> bool:
    plain = printed_name(line.text)
    return plain[:1] in SURNAMES or "·" in plain or "*" in plain


def _block(table: Sequence[Row], index: int, role: str, heads: list[Line], sheet: Sheet) -> Block | None:
    """The table under a row of heads; None where too few of its rows have labels that are known."""
    middles = [h.middle[0] for h in heads]
    pitch = min((b - a for a, b in itertools.pairwise(middles)), default=0.0)
    left = middles[0] - 0.6 * pitch
    parts: list[_Part] = []
    last = index
    for at in range(index + 1, len(table)):
        row = table[at]
        if row.top - table[last].bottom > APART * row.height or _ends(row):
            break
        labels = tuple(n for n in row.lines if n.box[0] < left and n.box[2] < middles[0] + 0.3 * pitch)
        values: dict[int, list[Line]] = {}
        for line in (n for n in row.lines if n not in labels):
            near = min(range(len(heads)), key=lambda k: abs(middles[k] - line.middle[0]))
            values.setdefault(near, []).append(line)
        if any(role_of(n) not in (None, "skip", "total") and not is_value(n.text) for v in values.values() for n in v):  # fmt: skip
            break
        parts.append(_Part(labels, values))
        last = at
    cells = _rows(parts)
    if sum(_pays(meaning(label.text)) for label, _, _ in cells) < FEWEST:
        return None
    told = _months(heads, _years(table, index)) if role == "period" else [None] * len(heads)
    records = []
    for place, top in enumerate(heads):
        if (role == "period" and not is_month(top.text)) or (role == "name" and not _person(top)):
            continue  # a column of sums
        first = Cell("", Meaning(role), (top,), sheet, told[place])
        own = (_cell(label, kind, values.get(place, []), sheet) for label, kind, values in cells)
        records.append([first, *(c for c in own if c is not None)])
    return Block(index, last, records)


def _pays(found: Meaning | None) -> bool:
    return found is not None and found.role != "skip"


def _ends(row: Row) -> bool:
    """Whether a row stands below such a table: a title, or another row of heads."""
    titled = any(TITLE.search(squeeze(n.text)) and meaning(n.text) is None for n in row.lines)
    return titled or bool(_heads(row)[1])


def _rows(parts: Sequence[_Part]) -> list[tuple[Line, str | None, dict[int, list[Line]]]]:
    """The rows with their labels, whole where they were wrapped, and the section that each stands in."""
    found: list[tuple[Line, str | None, dict[int, list[Line]]]] = []
    now: str | None = None
    used: set[int] = set()
    for at, part in enumerate(parts):
        if at in used:
            continue
        labels = [n for n in part.labels if not (section(n.text) and n is not part.labels[-1])]
        if not part.values and len(part.labels) == 1 and section(part.labels[0].text):
            now = section(part.labels[0].text)
            continue
        if not part.values:
            continue
        if not labels or not known("".join(n.text for n in labels)):
            around = [
                k for k in (at - 1, at + 1) if 0 <= k < len(parts) and not parts[k].values and k not in used
            ]
            whole = [n for k in sorted([*around, at]) for n in parts[k].labels]
            if around and whole and known("".join(n.text for n in whole)):
                labels, used = whole, used | set(around)
        if labels:
            text = "".join(n.text for n in labels)
            own = labels if known(text) or len(labels) == 1 else labels[-1:]
            label = Line(
                "".join(n.text for n in own), union([n.box for n in own]), min(n.confidence for n in own)
            )
            found.append((label, now, part.values))
    return found


def _cell(label: Line, kind: str | None, values: Sequence[Line], sheet: Sheet) -> Cell | None:
    """One part of a slip, as the section that it stands in tells it."""
    text = label.text.strip(" :：")
    mean = meaning(text) or Meaning("?", kind_of(kind))
    if not values:
        return None
    if kind == "employer":
        summed = mean.role in ("total", "social_insurance")
        mean = Meaning("total") if summed else Meaning("item", "employer")
    elif kind == "other" and mean.role == "item":
        mean = Meaning("skip")
    return Cell(text, mean, tuple(values), sheet)


# ---------------------------------------------------------------- the months of heads without a year


def _years(table: Sequence[Row], index: int) -> list[int]:
    """The years that the rows near above name, each once."""
    near = [n.text for row in table[max(0, index - 4) : index + 1] for n in row.lines if not is_month(n.text)]
    return sorted({int(y) for text in near for y in _YEARS.findall(text)})


def _months(heads: Sequence[Line], years: Sequence[int]) -> list[str | None]:
    """The month of each head, "" where its year cannot be told: months without one run on over the years that are named."""
    alone = [(n, m) for n in heads if (m := _ALONE.fullmatch(squeeze(n.text)))]
    if not alone:
        return [month(n.text) or "" if is_month(n.text) else None for n in heads]
    numbers = [int(m[1]) for _, m in alone]
    breaks = [int(b < a) for a, b in itertools.pairwise(numbers)]
    back = bool(breaks) and sum(breaks) > len(breaks) / 2
    turns = list(
        itertools.accumulate(
            (int(b > a) for a, b in itertools.pairwise(numbers)) if back else breaks, initial=0
        )
    )
    sure = len(years) == turns[-1] + 1 and (not years or years[-1] - years[0] == turns[-1])
    told = {}
    for (line, _), number, turn in zip(alone, numbers, turns, strict=True):
        own = years[-1 - turn if back else turn] if sure else None
        told[id(line)] = f"{own}-{number:02}" if own and 1 <= number <= 12 else ""
    return [told.get(id(n), month(n.text) if is_month(n.text) else None) for n in heads]
