"""居民身份证: either side of the card, both sides on one copy, a photo on a desk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.layout import MASKING, Label, Reader, Row, find_labels, rows
from pipeline.material import Claim, Material
from pipeline.model import Box, Document, Line, Sheet, union
from pipeline.numbers import ETHNICITIES, mended_id_number, numbers_read_again, unproved_numbers
from pipeline.record import Record, day_cell, list_cell, text_cell
from pipeline.text import find_dates, parse_date, printed, printed_name, squeeze


class IdCard(Record):
    """What rules ask of a card; `valid_until` may be `long_term`."""

    TYPE = "id_card"
    name = text_cell()
    sex = text_cell()
    ethnicity = text_cell()
    birth_date = day_cell()
    address = text_cell()
    id_number = text_cell()
    issuing_authority = text_cell()
    valid_from = day_cell()
    valid_until = text_cell()
    sides = list_cell()


FRONT = {
    "name": ("姓名",),
    "sex": ("性别", "性別"),
    "ethnicity": ("民族",),
    "birth_date": ("出生",),
    "address": ("住址",),
    "id_number": ("公民身份号码", "公民身份证号码", "身份号码"),
}
BACK = {
    "issuing_authority": ("签发机关",),
    "validity": ("有效期限", "有效期至"),
}
TITLE = "居民身份证"
NOT_MINE = re.compile(
    r"户主|籍贯|婚姻状况|服务处所|持证人|登记机关|结婚|离婚|收入|工资|薪|员工|职务|兹|特此|声明|申请人|单位|居住证|通行证|驾驶证|准驾车型|护照|社会保障|不动产|兹证明|营业执照|合同|申请表"
    r"|签发机关.{0,12}出入境|永久居留|港澳|台湾"
)
"""Words of papers that print the same labels: with one of them nearby, a person's labels make no ID card."""
TERM = re.compile(r"\d{4}[.年/-]\d{1,2}[.月/-]\d{1,2}日?[-—–~至]+(?:\d{4}[.年/-]\d{1,2}[.月/-]\d{1,2}|长期)")
"""A term of validity: from a day to a day, or for ever."""
STAMPED = re.compile("[审核用供限印效办理证件复]|银行|贷款|申请")
"""What is stamped across copies of cards."""
CARD = 85.6 / 54.0
"""Width over height of the card."""


# ---------------------------------------------------------------- recognising


def recognise(sheet: Sheet) -> list[Claim]:
    """A claim for each face found: a front by its number and the labels above it, a back by its two labels."""
    table = rows(sheet.lines)
    claims = []
    for area, score in _parted(_one_faced([*_fronts(table), *_backs(table)], table)):
        text = "".join(row.text for row in rows(sheet.within(area).lines))
        if not NOT_MINE.search(text):
            claims.append(Claim(score, area))
    if len(claims) == 1 and not NOT_MINE.search("".join(row.text for row in table)):
        return [replace(claims[0], area=None)]
    return claims


def _parted(found: list[tuple[Box, float]]) -> list[tuple[Box, float]]:
    """The faces with those that reach a little into each other cut at the middle between them: how wide a card is, is only
    estimated by its labels."""
    out = [list(area) for area, _ in found]
    for n, one in enumerate(out):
        for other in out[n + 1 :]:
            shared = [min(one[i + 2], other[i + 2]) - max(one[i], other[i]) for i in (0, 1)]
            shares = [shared[i] / min(one[i + 2] - one[i], other[i + 2] - other[i]) for i in (0, 1)]
            axis = 0 if shares[0] < shares[1] else 1
            if min(shared) > 0 and shares[axis] < 0.4:
                first, last = (one, other) if one[axis] < other[axis] else (other, one)
                first[axis + 2] = last[axis] = (first[axis + 2] + last[axis]) / 2
    return [((a[0], a[1], a[2], a[3]), score) for a, (_, score) in zip(out, found, strict=True)]


def _one_faced(found: list[tuple[Box, float]], table: Sequence[Row]) -> list[tuple[Box, float]]:
    """The faces, but one where 签发机关 stands right below the number, at the same edge: a 临时居民身份证 prints both on
    one side."""
    numbers = [n for n in find_labels(table, FRONT) if n.name == "id_number"]
    offices = [n for n in _back_labels(table) if n.name == "issuing_authority"]
    close = [
        (number, office)
        for number in numbers
        for office in offices
        if 0 < office.box[1] - number.row.bottom < 4 * number.row.height
        and abs(office.box[0] - number.box[0]) < 1.5 * number.row.height
    ]
    if len(close) != 1 or len(found) != 2 or len(numbers) != 1 or len(offices) != 1:
        return found
    _, office = close[0]
    (left, upper, right, lower), score = found[0]
    return [((left, upper, right, max(lower, office.row.bottom + 4 * office.row.height)), score)]


def _fronts(table: Sequence[Row]) -> list[tuple[Box, float]]:
    labels = find_labels(table, FRONT)
    names = [n for n in labels if n.name == "name"]
    found = []
    for bottom in [n for n in labels if n.name == "id_number"] or _bare_numbers(table, labels):
        height = bottom.row.height
        above = [
            n
            for n in labels
            if n.name in ("name", "sex", "ethnicity", "address", "birth_date")
            and n.index < bottom.index
            and abs(n.box[0] - bottom.box[0]) < 9 * height
            and bottom.box[1] - n.box[1] < 22 * height
        ]
        mine = {n.name: n for n in sorted(above, key=lambda n: n.index)}
        if len(mine) < 2:
            continue
        top = mine.get("name") or min(mine.values(), key=lambda n: n.index)
        share = {"name": 0.68, "sex": 0.55, "ethnicity": 0.55, "birth_date": 0.43, "address": 0.30}[top.name]
        tall = max(4 * height, (bottom.box[1] - top.box[1]) / share)
        # A number without its label begins further to the right than the labels above it.
        edge = min(bottom.box[0], *(n.box[0] for n in mine.values() if n.name != "ethnicity"))
        left, upper = edge - 0.09 * tall * CARD, bottom.box[1] - 0.86 * tall
        area = (left, upper, left + 1.04 * tall * CARD, upper + 1.05 * tall)
        found.append((area, min(1.0, 0.55 + 0.1 * len(mine))))
    if not found and len({n.name for n in labels}) >= 4 and names:
        boxes = [n.box for n in labels]
        x0, y0, x1, y1 = union(boxes)
        found.append(((x0 - (x1 - x0), y0 - (y1 - y0), x1 + 8 * (x1 - x0), y1 + (y1 - y0)), 0.6))
    return found


def _bare_numbers(table: Sequence[Row], labels: Sequence[Label]) -> list[Label]:
    """Rows that hold nothing but an 18-character number: the label may be lost under a stamp."""
    return [
        Label("id_number", i, row, 0, len(row.text), row.cut(0))
        for i, row in enumerate(table)
        if re.fullmatch(r"\d{17}[\dXx]", row.text) and not any(n.index == i for n in labels)
    ]


def _backs(table: Sequence[Row]) -> list[tuple[Box, float]]:
    labels = [*_back_labels(table), *find_labels(table, {"title": (TITLE,)})]
    found = []
    for term in (n for n in labels if n.name == "validity"):
        near = [
            n
            for n in labels
            if n.name == "issuing_authority"
            and 0 < term.index - n.index <= 3
            and abs(n.box[0] - term.box[0]) < 4 * term.row.height
        ]
        if not near:
            continue
        gap = max(term.box[1] - near[-1].box[1], 1.2 * term.row.height)
        tall = min(max(gap / 0.12, 6 * term.row.height), 16 * term.row.height)
        left, upper = term.box[0] - 0.32 * tall * CARD, term.box[1] - 0.90 * tall
        area = (left, upper, left + 1.15 * tall * CARD, upper + 1.06 * tall)
        titled = any(n.name == "title" and area[1] <= n.box[1] <= area[3] for n in labels)
        found.append((area, 0.95 if titled else 0.75))
    return found


def _back_labels(table: Sequence[Row]) -> list[Label]:
    """The labels of a back; a term of validity below 签发机关 counts for its own label, where that was misread."""
    labels = find_labels(table, BACK)
    if any(n.name == "validity" for n in labels):
        return labels
    for authority in (n for n in labels if n.name == "issuing_authority"):
        for index, row in enumerate(table[authority.index + 1 : authority.index + 4], authority.index + 1):
            term = TERM.search(row.text)
            if term:
                value = row.cut(term.start())
                return [*labels, Label("validity", index, row, 0, term.start(), value)]
    return labels


# ---------------------------------------------------------------- reading


def extract(sheets: Sequence[Sheet]) -> list[Document]:
    """One document for each face: the sheets are what the claims cut out."""
    return [document for sheet in sheets for document in _faces(sheet)]


def _faces(sheet: Sheet) -> list[Document]:
    table = rows(line for line in sheet.lines if not MASKING.search(line.text))
    reader = Reader(sheet)
    sides: list[tuple[str, Sequence[Line]]] = []
    front = find_labels(table, FRONT)
    if len({n.name for n in front}) >= 2:
        _front(reader, table, front)
        sides.append(("front", [n.row.lines[0] for n in front]))
    back = _back_labels(table)
    if back and not (sides and len(back) < 2):
        _back(reader, table, back)
        sides.append(("back", [n.row.lines[0] for n in back]))
    if not sides:
        return []
    pieces = [line for _, lines in sides for line in lines]
    fields = dict(reader.fields)
    fields["sides"] = replace(reader.field(pieces, tuple(s for s, _ in sides)), confidence=1.0)
    return [
        Document(
            type="id_card",
            pages=((sheet.file, sheet.page),),
            confidence=1.0,
            fields=fields,
            unread=tuple(reader.unread),
            notes={"sheet": sheet.index, "colour": sheet.colour},
        )
    ]


def _front(reader: Reader, table: Sequence[Row], labels: Sequence[Label]) -> None:
    first = {n.name: n for n in reversed(labels)}
    if "name" in first:
        pieces = _value(first["name"], first)
        name = printed_name("".join(p.text for p in pieces))
        reader.put(
            "name",
            pieces,
            name if re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,20}", name) else None,
        )
    elif sum(n in first for n in ("sex", "ethnicity", "address", "birth_date", "id_number")) >= 2:
        _unlabelled_name(reader, table, first)
    _second_row(reader, table, first)
    if "birth_date" in first:
        pieces = _value(first["birth_date"], first)
        reader.put("birth_date", pieces, parse_date(squeeze("".join(p.text for p in pieces))))
    if "address" in first:
        lines = _address(table, first)
        address = printed("".join(p.text for p in lines)).replace(" ", "")
        reader.put("address", lines, re.sub(r"(?<=[\d-])[Oo](?=[\d号室-]|$)", "0", address))
    _number(reader, table, first.get("id_number"))
    if "birth_date" not in reader.fields:
        _born(reader, table, first)


def _unlabelled_name(reader: Reader, table: Sequence[Row], first: dict[str, Label]) -> None:
    """The name whose label was not read: the only piece of print right above 性别 or 民族, in the column in which the
    address begins."""
    below = next((first[n] for n in ("sex", "ethnicity") if n in first), None)
    if below is None or "address" not in first or below.index == 0:
        return
    row, place = table[below.index - 1], _value(first["address"], first)
    name = printed_name(row.lines[0].text)
    aligned = bool(place) and abs(row.lines[0].box[0] - place[0].box[0]) < 1.2 * row.height
    near = below.row.top - row.bottom < 1.8 * row.height and 0.7 < row.height / below.row.height < 1.5
    if (
        len(row.lines) == 1
        and aligned
        and near
        and not STAMPED.search(name)
        and re.fullmatch(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]+·[\u3400-\u9fff·]+", name)
    ):
        doubted = [replace(piece, confidence=min(piece.confidence, 0.95)) for piece in row.lines]
        reader.put("name", doubted, name)


def _born(reader: Reader, table: Sequence[Row], first: dict[str, Label]) -> None:
    """A day that stands by itself above the number is the day of birth, whose label was not read, where the number says the
    same; another day is told as unread."""
    number = reader.fields.get("id_number")
    born = str(number.value)[6:14] if number is not None else ""
    stop = first["id_number"].index if "id_number" in first else len(table)
    pieces = [piece for row in table[:stop] for piece in row.lines if len(squeeze(piece.text)) <= 11]
    days = [(piece, day) for piece in pieces if (day := parse_date(squeeze(piece.text)))]
    for piece, day in days:
        if day.replace("-", "") == born:
            reader.put("birth_date", [piece], day)
            return
    if days:
        reader.miss("birth_date", [days[0][0]])


def _second_row(reader: Reader, table: Sequence[Row], first: dict[str, Label]) -> None:
    """性别 男 民族 汉: one row, in which a label of two characters may be misread in one of them; 漢 is an engine's 汉."""
    start = first["name"].index + 1 if "name" in first else 0
    stop = first["birth_date"].index if "birth_date" in first else len(table)
    lines = [first[n].row for n in ("sex", "ethnicity") if n in first] or list(table[start:stop])
    for row in lines:
        sex = re.search(r"(?:性.?|^.?别|^)([男女])(?=.?族|民|$)", row.text) or re.search(
            r"性别?.?([男女])", row.text
        )
        if sex:
            reader.put("sex", row.cut(sex.start(1), sex.end(1)), "M" if sex[1] == "男" else "F")
        said = row.text.replace("漢", "汉")
        group = re.search(rf"(?:民族|民.|.族)[^\u4e00-\u9fff]?({'|'.join(ETHNICITIES)})", said) or (
            re.search(rf"别?[男女].{{0,3}}?({'|'.join(ETHNICITIES)})$", said) if sex else None
        )
        if group:
            reader.put("ethnicity", row.cut(group.start(1), group.end(1)), group[1])
    for name in ("sex", "ethnicity"):
        if name in first:
            reader.miss(name, first[name].row.cut(first[name].start, first[name].end))


def _value(label: Label, first: dict[str, Label]) -> tuple[Line, ...]:
    """The pieces after a label, without what stands beyond a wide gap (the photo's side of the card)."""
    kept: list[Line] = []
    end = label.box[2]
    for piece in label.value:
        if piece.box[0] - end > 6 * label.row.height:
            break
        kept.append(piece)
        end = piece.box[2]
    return tuple(kept)


def _address(table: Sequence[Row], first: dict[str, Label]) -> list[Line]:
    """The address from its label down to the number, each line where the first one begins or at its indent."""
    label = first["address"]
    pieces = list(_value(label, first))
    left = pieces[0].box[0] if pieces else label.box[2]
    last = pieces[-1] if pieces else None
    stop = first["id_number"].index if "id_number" in first else len(table)
    for row in table[label.index + 1 : stop]:
        mine = [
            n for n in row.lines if abs(n.box[0] - left) < 3 * row.height and not re.search(r"\d{15}", n.text)
        ]
        low = last.box[3] if last else label.row.bottom
        if not mine or row.top - low > 1.6 * row.height:
            continue
        pieces += mine
        last = mine[-1]
    return pieces


def _number(reader: Reader, table: Sequence[Row], label: Label | None) -> None:
    for row in table if label is None else [label.row, *table]:
        pieces = row.cut(0 if label is None or row is not label.row else label.end)
        for whole in pieces:
            at = re.search(r"(?<![\dX*])[\dX*]{15,19}(?![\dX*])", whole.text.upper().replace(" ", ""))
            if at is None:
                continue
            piece = whole if " " in whole.text else whole.cut(at.start(), at.end())
            number, inferred = mended_id_number(piece)
            reader.put("id_number", [piece], number, inferred=inferred)
            return
    if label is not None:
        reader.miss("id_number", label.value or label.row.lines)


def _back(reader: Reader, table: Sequence[Row], labels: Sequence[Label]) -> None:
    first = {n.name: n for n in reversed(labels)}
    if "issuing_authority" in first:
        label = first["issuing_authority"]
        pieces = [*_value(label, first)]
        after = table[label.index + 1] if label.index + 1 < len(table) else None
        if after and pieces and "validity" in first and after is not first["validity"].row:
            pieces += [n for n in after.lines if abs(n.box[0] - pieces[0].box[0]) < 2 * after.height]
        reader.put("issuing_authority", pieces, printed("".join(p.text for p in pieces)).replace(" ", ""))
    if "validity" in first:
        _term(reader, _value(first["validity"], first))


def _term(reader: Reader, pieces: Sequence[Line]) -> None:
    """`2019.05.20-2039.05.20` or `2019.05.20-长期`: two fields of one stretch of text."""
    if not pieces:
        return
    text = squeeze("".join(p.text for p in pieces))
    dates = find_dates(text)
    if dates:
        reader.put("valid_from", pieces, dates[0][0])
    else:
        reader.miss("valid_from", pieces)
    if re.search("长期|長期", text):
        reader.put("valid_until", pieces, "long_term")
    elif len(dates) > 1:
        reader.put("valid_until", pieces, dates[1][0])
    else:
        reader.miss("valid_until", pieces)


# ---------------------------------------------------------------- the two sides of one card


def gather(documents: list[Document]) -> list[Document]:
    """Fronts with their backs: on the same page, then in the same file, then by the places they name, then the one
    pair that is left. A back that could belong to two fronts stays by itself."""
    fronts = [d for d in documents if "front" in _sides(d) and "back" not in _sides(d)]
    backs = [d for d in documents if "back" in _sides(d) and "front" not in _sides(d)]
    whole = [d for d in documents if d not in fronts and d not in backs]
    for near in (_same_page, _next_page, _same_place, _anywhere):
        for back in list(backs):
            fitting = [f for f in fronts if near(f, back)]
            rivals = [b for b in backs if fitting and near(fitting[0], b)]
            if len(fitting) == 1 and len(rivals) == 1:
                whole.append(_joined(fitting[0], back, bound=near in (_same_page, _next_page)))
                fronts.remove(fitting[0])
                backs.remove(back)
    return sorted(
        [*whole, *fronts, *backs], key=lambda d: documents.index(d) if d in documents else d.pages[0][1]
    )


def _sides(document: Document) -> tuple[str, ...]:
    value = document.fields["sides"].value
    return value if isinstance(value, tuple) else (value,)


def _same_page(front: Document, back: Document) -> bool:
    return front.pages[0] == back.pages[0]


def _next_page(front: Document, back: Document) -> bool:
    return front.pages[0][0] == back.pages[0][0] and abs(front.pages[0][1] - back.pages[0][1]) == 1


def _same_place(front: Document, back: Document) -> bool:
    """The issuing authority names a place of the address: 成都市公安局武侯分局 and 四川省成都市武侯区…"""
    address, authority = front.text("address") or "", back.text("issuing_authority") or ""
    words = [w for w in re.split(r"公安局|分局|公安|[省市县区局]", authority) if len(w) >= 2]
    return bool(words) and all(w in address for w in words)


def _anywhere(front: Document, back: Document) -> bool:
    return True


def _joined(front: Document, back: Document, bound: bool) -> Document:
    fields = {**back.fields, **front.fields}
    fields["sides"] = replace(front.fields["sides"], value=("front", "back"))
    pages = front.pages if back.pages == front.pages else front.pages + back.pages
    return replace(
        front,
        pages=pages,
        fields=fields,
        unread=front.unread + back.unread,
        notes={**front.notes, "bound": bound},
    )


MATERIAL = Material(
    type="id_card",
    title="居民身份证",
    english="resident identity card",
    fields=(
        "name", "sex", "ethnicity", "birth_date", "address", "id_number",
        "issuing_authority", "valid_from", "valid_until", "sides",
    ),
    recognise=recognise,
    extract=extract,
    suspects=unproved_numbers,
    mend=numbers_read_again,
    required=("name", "id_number", "birth_date", "valid_until"),
    most_lines=220,
    gather=gather,
)  # fmt: skip
