"""结婚证: one certificate per spouse's copy, its text, photo and persons pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.layout import MASKING, Label, Reader, Row, below, find_labels, rows
from pipeline.material import Claim, Material
from pipeline.model import READ, Box, Document, Field, Line, Sheet
from pipeline.model import Row as Cells
from pipeline.numbers import mended_id_number, numbers_read_again, unproved_numbers
from pipeline.record import Record, RowRecord, Table, day_cell, text_cell
from pipeline.text import find_dates, parse_date, printed, printed_name, squeeze


class Spouse(RowRecord):
    """One of the two persons of a certificate."""

    name = text_cell()
    sex = text_cell()
    nationality = text_cell()
    birth_date = day_cell()
    id_number = text_cell()


class MarriageCertificate(Record):
    """What rules ask of a marriage certificate."""

    TYPE = "marriage_certificate"
    holder = text_cell()
    registration_date = day_cell()
    certificate_number = text_cell()
    authority = text_cell()
    legal_basis = text_cell()
    persons = Table(Spouse)


LABELS = {
    "holder": ("持证人姓名", "持证人", "持有人", "证件持有人", "证照持有人", "持证者"),
    "registration_date": (
        "结婚登记日期",
        "婚姻登记日期",
        "登记日期",
        "登记时间",
        "发证日期",
        "发证时间",
        "结婚日期",
        "颁证日期",
        "办理日期",
    ),
    "certificate_number": (
        "结婚证字号",
        "结婚证编号",
        "结婚证号码",
        "结婚证号",
        "结婚证书号",
        "证件字号",
        "婚证字号",
        "证书字号",
        "证书编号",
        "证照编号",
        "字号",
    ),
    "authority": ("婚姻登记机关", "登记机关", "发证机关", "颁发机构", "发证单位", "颁证机关", "登记机构"),
    "registrar": ("婚姻登记员", "登记员"),
    "note": ("备注", "附注"),
}
PERSON = {
    "name": ("男方姓名", "女方姓名", "丈夫姓名", "妻子姓名", "姓名"),
    "sex": ("性别", "性別"),
    "nationality": ("国籍(地区)", "国籍", "國籍"),
    "birth_date": ("出生日期", "出生年月日", "出生年月", "出生时间", "出生", "生日"),
    "id_number": (
        "身份证件号码", "身份证件号", "身份证件编号", "居民身份证号码", "居民身份证号", "身份证编号", "身份证号码", "公民身份号码", "公民身份证号码",
        "身份证号", "证件号码", "证件编号", "证件号", "身份证",
    ),
    "other": ("民族", "证件类型", "文化程度", "职业", "住址", "婚姻状况", "年龄", "籍贯", "户籍地"),
}  # fmt: skip
"""What the persons page prints of each; `other` only ends the value before it."""
LABEL_WORDS = re.compile(
    "持证|持有|登记|日期|时间|字号|编号|机关|机构|备注|附注|姓名|性[别別]|[国國]籍|出生|身份|证件|号码|民族|住址|职业|年龄|户籍|籍贯|结婚|婚姻|证书"
)
"""Words of labels and titles, which no name of a person holds: a value that is one is none."""
NUMBER = re.compile(r"(?<![A-Z\d])(B?[JLI1]\d{6}[-一—－]?(?:19|20)\d{2}[-一—－]?\d{6})(?!\d)")
LEGACY_NUMBER = re.compile(
    r"[\u4e00-\u9fff〔〕（()）\[\]\d]{0,12}字第?[〔（(\[]?\d[^号\s]{0,16}号?|[〔（(\[]?\d{4}[〕）)\]]?[\u4e00-\u9fff]{1,8}第?\d{2,}号"
)
LEGACY_ALONE = re.compile(
    r"(?:结婚证|字号|编号|No\.?)?[:：]?([(（〔\[]?(?:\d{2,4}[)）〕\]]?)?[\u4e00-\u9fff]{1,10}(?:[(（〔\[]\d{2,4}[)）〕\]])?字[(（〔\[]?(?:\d{2,4}[)）〕\]])?第?[\d-]{2,16}号)",
    re.I,
)
"""A number of the years before 2004 that stands in a row of its own, without a label: 政字第980123号, (1998)武结字第0012号."""
LAW = re.compile(r"《(中华人民共和国(?:婚姻法|民法典))》?|(中华人民共和国(?:婚姻法|民法典))")
MARRIED = re.compile(r"结婚证|结婚申请|结婚登记|申请结婚|自愿结婚|结婚条件|关于结婚")
NOT_MINE = re.compile(
    r"离婚证|离婚登记|离婚申请|离婚协议|户主|常住人口|兹证明|收入证明|买卖合同|单身|声明书|声明人|无婚姻登记|信用报告|申请表|审批表"
)
AUTHORITY = re.compile(
    r"[\u4e00-\u9fff]{2,24}(?:民政局|民政厅|人民政府|街道办事处|婚姻登记处|婚姻登记中心|领事馆|大使馆)(?:婚姻登记处)?"
)


# ---------------------------------------------------------------- recognising


def recognise(sheet: Sheet) -> list[Claim]:
    """Text page, photo page or persons page by their labels; a page that mentions divorce is another paper."""
    table = rows(sheet.lines)
    text = "".join(row.text for row in table)
    if NOT_MINE.search(text):
        return []
    own = {n.name for n in find_labels(table, LABELS)}
    persons = _people(table)
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


Pieces = tuple[Line, ...]


def _people(table: Sequence[Row]) -> list[dict[str, Pieces]]:
    """What is printed of each person, by label: two blocks of labels, or one block with a column for each person."""
    table = [row for row in table if not MASKING.search(row.text)]
    labels = [n for n in find_labels(table, PERSON) if n.name != "other"]
    names = [n for n in labels if n.name == "name"]
    if len(names) == 1:
        columns = _groups(names[0])
        if len(columns) == 2:
            return _by_column(labels, columns)
    people: list[dict[str, Pieces]] = [{"name": _value(table, n)} for n in names]
    nameless: list[dict[str, Pieces]] = [{} for _ in (*names, None)]
    for label in labels:
        if label.name == "name":
            continue
        above = [i for i, n in enumerate(names) if n.box[1] <= label.box[1] + 0.6 * label.row.height]
        if not above:
            nameless[0].setdefault(label.name, _value(table, label))
            continue
        level = max(names[i].box[1] for i in above)
        beside = [i for i in above if level - names[i].box[1] < 1.5 * label.row.height]
        left = [i for i in beside if names[i].box[0] <= label.box[0] + 2 * label.row.height] or beside
        owner = max(left, key=lambda i: names[i].box[0])
        holder = nameless[owner + 1] if label.name in people[owner] else people[owner]
        holder.setdefault(label.name, _value(table, label))
    # Labels before the first name, or such as a person has already: those of one whose name was lost.
    found = [one for pair in zip(nameless, [*people, {}], strict=True) for one in pair]
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


def _value(table: Sequence[Row], label: Label) -> Pieces:
    """The pieces after a label up to a wide gap; where there are none, the piece below it."""
    beside = _near(label)
    if beside:
        return beside
    x0, _, x1, _ = label.box
    under = below(table, label, x0 - 2 * label.row.height, x1 + 4 * label.row.height, 1)
    if not under or LABEL_WORDS.search(squeeze(under[0][0].text)):
        return ()
    return under[0]


def extract(sheets: Sequence[Sheet]) -> list[Document]:
    """A document for each sheet; the pages of one copy are put together by `gather`."""
    return [document for sheet in sheets for document in _read(sheet)]


def _read(sheet: Sheet) -> list[Document]:
    table = [row for row in rows(sheet.lines) if not MASKING.search(row.text)]
    reader = Reader(sheet)
    labels = find_labels(table, {**LABELS, **PERSON})
    first = {n.name: n for n in reversed(labels)}
    if "holder" in first:
        pieces = _value(table, first["holder"])[:1]
        reader.put("holder", pieces, _name(pieces))
    _dates(reader, table, first.get("registration_date"))
    _number(reader, table, first.get("certificate_number"))
    _law(reader, table)
    _authority(reader, table, first.get("authority"))
    persons = [row for row in (_unmixed(_person(reader, p)) for p in _people(table)) if row]
    if not reader.fields and not persons:
        return []
    tables = {"persons": persons} if persons else {}
    pages = ((sheet.file, sheet.page),)
    return [
        Document(
            "marriage_certificate",
            pages,
            1.0,
            reader.fields,
            tables,
            tuple(reader.unread),
            {"colour": sheet.colour},
        )
    ]


def _unmixed(cells: Cells) -> Cells:
    """A person whose name was lost, without a day of birth that the number contradicts: it may be the other's."""
    number, born = cells.get("id_number"), cells.get("birth_date")
    if "name" in cells or number is None or born is None:
        return cells
    digits, day = str(number.value), str(born.value).replace("-", "")
    same = day == (digits[6:14] if len(digits) == 18 else f"19{digits[6:12]}")
    return cells if same else {name: cell for name, cell in cells.items() if name != "birth_date"}


def _name(pieces: Sequence[Line]) -> str | None:
    name = printed_name("".join(p.text for p in pieces))
    like = re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,20}|[A-Za-z .,'-]{3,40}", name)
    return name if like and not LABEL_WORDS.search(name) else None


def _dates(reader: Reader, table: Sequence[Row], label: Label | None) -> None:
    """The registration's date by its label, else the paper's only date that stands in a row of its own."""
    if label is not None:
        pieces = _value(table, label)
        reader.put(
            "registration_date",
            pieces,
            parse_date(squeeze("".join(p.text for p in pieces))) if pieces else None,
        )
        return
    alone = []
    for row in table:
        dates = find_dates(row.text)
        little = len(dates) == 1 and len(re.sub(r"\W", "", row.text)) <= dates[0][2] - dates[0][1] + 2
        if little and not _birth(dates[0][0], table):
            alone.append((row, dates[0]))
    if len(alone) == 1:
        row, (value, start, end) = alone[0]
        reader.put("registration_date", row.cut(start, end), value)


def _birth(day: str, table: Sequence[Row]) -> bool:
    """Whether a resident number of the paper says that somebody was born on a day (YYYY-MM-DD)."""
    plain = day.replace("-", "")
    numbers = [n for row in table for n in re.findall(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)", row.text)]
    return any(plain in (n[6:14], f"19{n[6:12]}" if len(n) == 15 else "") for n in numbers)


def _number(reader: Reader, table: Sequence[Row], label: Label | None) -> None:
    for row in table:
        found = NUMBER.search(row.text.upper())
        if found:
            plain = re.sub(r"[一—－]", "-", found[1])
            plain = re.sub(r"^(B?)[I1]", r"\1J", plain)
            digits = re.sub(r"\D", "", plain)
            prefix = re.match(r"[A-Z]+", plain)
            value = f"{prefix[0] if prefix else 'J'}{digits[:6]}-{digits[6:10]}-{digits[10:]}"
            reader.put("certificate_number", row.cut(found.start(1), found.end(1)), value)
            return
    pieces = _value(table, label) if label is not None else ()
    if pieces and label is not None:
        text = printed("".join(p.text for p in pieces)).replace(" ", "")
        opened = re.match(r"[:：]*[(（]", label.row.text[label.end :]) and not text.startswith("（")
        text = f"（{text}" if opened and "）" in text else text
        reader.put("certificate_number", pieces, text if LEGACY_NUMBER.search(text) else None)
        return
    for row in table:
        legacy = LEGACY_ALONE.fullmatch(row.text)
        if legacy:
            reader.put("certificate_number", row.cut(*legacy.span(1)), printed(legacy[1]))
            return


def _law(reader: Reader, table: Sequence[Row]) -> None:
    """The law that the text cites; it may break over two rows."""
    for row, after in zip(table, [*table[1:], None], strict=True):
        found = LAW.search(row.text)
        if found:
            reader.put("legal_basis", row.cut(found.start(), found.end()), found[1] or found[2])
            return
        if after is not None and "《" in row.text:
            found = LAW.search(row.text[row.text.index("《") :] + after.text)
            if found:
                pieces = [*row.cut(row.text.index("《")), *after.cut(0)]
                reader.put("legal_basis", pieces, found[1] or found[2])
                return


def _authority(reader: Reader, table: Sequence[Row], label: Label | None) -> None:
    row = label.row if label is not None and label.value else None
    for one in (row, *table) if row is not None else table:
        found = AUTHORITY.search(one.text, label.end if one is row and label is not None else 0)
        if found and (one is row or len(found[0]) >= 0.8 * len(re.sub(r"\W", "", one.text))):
            reader.put("authority", one.cut(found.start(), found.end()), found[0])
            return
    if label is not None and label.value:
        reader.miss("authority", label.value)


def _person(reader: Reader, labels: dict[str, Pieces]) -> Cells:
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
            put("name", pieces, _name(pieces))
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


# ---------------------------------------------------------------- the pages of one copy


def gather(documents: list[Document]) -> list[Document]:
    """Pages that complete each other are one copy: neighbours in a file, or a holder among the persons."""
    out: list[Document] = []
    for document in documents:
        for index, other in enumerate(out):
            if _completes(other, document):
                out[index] = _together(other, document)
                break
        else:
            out.append(document)
    return out


def _completes(a: Document, b: Document) -> bool:
    """Whether two parts hold different things of one certificate."""
    own = ("holder", "registration_date", "certificate_number")
    if any(n in a.fields and n in b.fields for n in own) or (
        a.tables.get("persons") and b.tables.get("persons")
    ):
        return False
    names = {row["name"].value for d in (a, b) for row in d.tables.get("persons", ()) if "name" in row}
    holder = a.text("holder") or b.text("holder")
    if holder and names:
        return holder in names
    (file_a, page_a), (file_b, page_b) = a.pages[-1], b.pages[0]
    return file_a == file_b and abs(page_a - page_b) <= 1


def _together(a: Document, b: Document) -> Document:
    fields: dict[str, Field] = {**b.fields, **a.fields}
    pages = a.pages + tuple(p for p in b.pages if p not in a.pages)
    return replace(a, pages=pages, fields=fields, tables={**b.tables, **a.tables}, unread=a.unread + b.unread)


MATERIAL = Material(
    type="marriage_certificate",
    title="结婚证",
    english="marriage certificate",
    fields=("holder", "registration_date", "certificate_number", "authority", "legal_basis"),
    recognise=recognise,
    extract=extract,
    suspects=unproved_numbers,
    mend=numbers_read_again,
    tables={"persons": ("name", "sex", "nationality", "birth_date", "id_number")},
    required=("registration_date", "certificate_number", "persons"),
    most_lines=200,
    gather=gather,
)
