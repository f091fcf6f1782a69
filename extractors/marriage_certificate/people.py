"""The two persons of a certificate: which labels and values belong to whom, and what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.marriage_certificate.labels import LABEL_WORDS, PERSON
from pipeline.layout import MASKING, Label, Reader, Row, below, find_labels
from pipeline.model import READ, Line
from pipeline.model import Row as Cells
from pipeline.numbers import mended_id_number
from pipeline.text import find_dates, printed, printed_name, squeeze

Pieces = tuple[Line, ...]


def people(table: Sequence[Row]) -> list[dict[str, Pieces]]:
    """What is printed of each person, by label: two blocks of labels, or one block with a column for each person."""
    table = [row for row in table if not MASKING.search(row.text)]
    labels = [n for n in find_labels(table, PERSON) if n.name != "other"]
    names = [n for n in labels if n.name == "name"]
    if len(names) == 1:
        columns = _groups(names[0])
        if len(columns) == 2:
            return _by_column(labels, columns)
    each: list[dict[str, Pieces]] = [{"name": value_of(table, n)} for n in names]
    nameless: list[dict[str, Pieces]] = [{} for _ in (*names, None)]
    for label in labels:
        if label.name == "name":
            continue
        above = [i for i, n in enumerate(names) if n.box[1] <= label.box[1] + 0.6 * label.row.height]
        if not above:
            nameless[0].setdefault(label.name, value_of(table, label))
            continue
        level = max(names[i].box[1] for i in above)
        beside = [i for i in above if level - names[i].box[1] < 1.5 * label.row.height]
        left = [i for i in beside if names[i].box[0] <= label.box[0] + 2 * label.row.height] or beside
        owner = max(left, key=lambda i: names[i].box[0])
        holder = nameless[owner + 1] if label.name in each[owner] else each[owner]
        holder.setdefault(label.name, value_of(table, label))
    # Labels before the first name, or such as a person has already: those of one whose name was lost.
    found = [one for pair in zip(nameless, [*each, {}], strict=True) for one in pair]
    return [one for one in found if "name" in one or ("id_number" in one and len(one) >= 2)]


def _groups(label: Label) -> list[Pieces]:
    """The value's pieces, cut where the gap is wider than two heights."""
    groups: list[list[Line]] = []
    for piece in label.value:
        if groups and piece.box[0] - groups[-1][-1].box[2] < 2 * label.row.height:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [tuple(group) for group in groups]


def _by_column(labels: Sequence[Label], columns: Sequence[Pieces]) -> list[dict[str, Pieces]]:
    """One label for both persons: each piece of value belongs to the nearer column."""
    middles = [sum(p.middle[0] for p in column) / len(column) for column in columns]
    people: list[dict[str, Pieces]] = [{}, {}]
    for label in labels:
        for piece in label.value:
            nearer = min((0, 1), key=lambda i: abs(piece.middle[0] - middles[i]))
            people[nearer][label.name] = (*people[nearer].get(label.name, ()), piece)
    return people


def value_of(table: Sequence[Row], label: Label) -> Pieces:
    """The pieces after a label up to a wide gap; where there are none, the piece below it."""
    beside = _near(label)
    if beside:
        return beside
    x0, _, x1, _ = label.box
    under = below(table, label, x0 - 2 * label.row.height, x1 + 4 * label.row.height, 1)
    if not under or LABEL_WORDS.search(squeeze(under[0][0].text)):
        return ()
    return under[0]


def unmixed(cells: Cells) -> Cells:
    """A person whose name was lost, without a day of birth that the number contradicts: it may be the other's."""
    number, born = cells.get("id_number"), cells.get("birth_date")
    if "name" in cells or number is None or born is None:
        return cells
    digits, day = str(number.value), str(born.value).replace("-", "")
    same = day == (digits[6:14] if len(digits) == 18 else f"19{digits[6:12]}")
    return cells if same else {name: cell for name, cell in cells.items() if name != "birth_date"}


def name_in(pieces: Sequence[Line]) -> str | None:
    name = printed_name("".join(p.text for p in pieces))
    like = re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,20}|[A-Za-z .,'-]{3,40}", name)
    return name if like and not LABEL_WORDS.search(name) else None


def person_cells(reader: Reader, labels: dict[str, Pieces]) -> Cells:
    cells: Cells = {}

    def put(name: str, pieces: Sequence[Line], value: str | None, inferred: bool = False) -> None:
        if not pieces:
            return
        found = reader.field(pieces, value or "", inferred=inferred)
        if value and (found.confidence >= READ or inferred):
            cells[name] = found
        else:
            reader.miss("persons", pieces)

    labels = _apart(labels)
    for name, pieces in labels.items():
        text = "".join(p.text for p in pieces)
        if name == "name":
            put("name", pieces, name_in(pieces))
        elif name == "sex":
            at = re.search("[男女]", text)
            put("sex", pieces[:1], {"男": "M", "女": "F"}[at[0]] if at else None)
        elif name == "nationality":
            country = re.match(
                r"中国(?:（.{2,4}）)?|[\u4e00-\u9fff]{2,10}(?=\W|$)", printed(text).replace(" ", "")
            )
            put("nationality", pieces[:1], country[0] if country else None)
        elif name == "birth_date":
            dates = find_dates(squeeze(text))
            put("birth_date", pieces, dates[0][0] if dates else None)
        elif pieces:
            number, inferred = (
                mended_id_number(pieces[0]) if len(pieces) == 1 else (_joined_number(pieces), False)
            )
            number = number or _passport_number(pieces)
            put("id_number", pieces, number, inferred)
    return cells


def _apart(labels: dict[str, Pieces]) -> dict[str, Pieces]:
    """A 男 or 女 that stands apart behind a name is no part of it: it is the sex, whose label was not found."""
    name = labels.get("name", ())
    if not name or "sex" in labels or name[-1].text[-1:] not in ("男", "女"):
        return labels
    last = name[-1]
    if len(name) > 1 and len(last.text) == 1:
        return {**labels, "name": name[:-1], "sex": (last,)}
    widths = [last.edge(i + 1) - last.edge(i) for i in range(len(last.text))]
    if len(widths) >= 3 and widths[-2] > 1.4 * sorted(widths[:-2])[len(widths[:-2]) // 2]:
        return {
            **labels,
            "name": (*name[:-1], last.cut(0, len(last.text) - 1)),
            "sex": (last.cut(len(last.text) - 1),),
        }
    return labels


def _near(label: Label) -> tuple[Line, ...]:
    """The value's pieces up to a wide gap: what stands in the other person's column is not this one's."""
    kept: list[Line] = []
    end = label.box[2]
    for piece in label.value:
        if kept and piece.box[0] - end > 9 * label.row.height:
            break
        kept.append(piece)
        end = piece.box[2]
    return tuple(kept)


def _joined_number(pieces: Sequence[Line]) -> str | None:
    text = squeeze("".join(p.text for p in pieces)).upper()
    found = re.search(r"\d{17}[\dX]|\d{15}", text)
    return found[0] if found else None


def _passport_number(pieces: Sequence[Line]) -> str | None:
    """The number of a foreigner's passport, that is all of the value: one or two letters and six to eight digits."""
    found = re.fullmatch(r"[A-Z]{1,2}\d{6,8}", squeeze("".join(p.text for p in pieces)).upper())
    return found[0] if found else None
