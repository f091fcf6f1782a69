"""结婚证: one certificate per spouse's copy, its text, photo and persons pages (domain.md 1.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.layout import MASKING, Label, Reader, Row, find_labels, rows
from pipeline.material import Claim, Material
from pipeline.model import READ, Document, Field, Line, Sheet
from pipeline.model import Row as Cells
from pipeline.numbers import mended_id_number
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
    "holder": ("持证人", "持有人"),
    "registration_date": ("登记日期", "结婚登记日期", "发证日期"),
    "certificate_number": ("结婚证字号", "证件字号", "婚证字号", "字号", "结婚证号", "证书编号"),
    "authority": ("登记机关", "发证机关"),
    "registrar": ("婚姻登记员", "登记员"),
    "note": ("备注", "附注"),
}
PERSON = {
    "name": ("姓名",),
    "sex": ("性别",),
    "nationality": ("国籍",),
    "birth_date": ("出生日期", "出生年月日", "出生年月", "出生"),
    "id_number": ("身份证件号码", "身份证件号", "身份证号码", "公民身份号码", "身份证号", "证件号码", "证件号"),
}
NUMBER = re.compile(r"(?<![A-Z\d])(B?[JLI1]\d{6}[-一—－]?(?:19|20)\d{2}[-一—－]?\d{6})(?!\d)")
LEGACY_NUMBER = re.compile(r"[\u4e00-\u9fff（()）]{0,8}字第?[（(]?\d{2,4}[）)]?[^号]{0,12}\d{2,}号?|[\u4e00-\u9fff]{1,6}结字\d{6,}号?")
LAW = re.compile(r"《(中华人民共和国(?:婚姻法|民法典))》?|(中华人民共和国(?:婚姻法|民法典))")
MARRIED = re.compile(r"结婚证|结婚申请|结婚登记|申请结婚|自愿结婚|结婚条件")
NOT_MINE = re.compile(r"离婚|户主|兹证明|收入|合同|户口|婚姻状况|声明")


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
    pairs = [p for p in persons if {"name", "id_number"} <= p.keys() and p.keys() & {"nationality", "birth_date"}]
    if len(pairs) == 2 and any("nationality" in p for p in pairs):
        score += 0.6
    return [Claim(min(1.0, score))] if score >= 0.5 else []


def _people(table: Sequence[Row]) -> list[dict[str, Label]]:
    """The labels of each person: below or beside a 姓名, in its column, before the next one."""
    labels = find_labels([row for row in table if not MASKING.search(row.text)], PERSON)
    names = [n for n in labels if n.name == "name"]
    people: list[dict[str, Label]] = [{"name": n} for n in names]
    for label in labels:
        if label.name == "name":
            continue
        above = [i for i, n in enumerate(names) if n.box[1] <= label.box[1] + 0.6 * label.row.height]
        if not above:
            continue
        level = max(names[i].box[1] for i in above)
        beside = [i for i in above if level - names[i].box[1] < 1.5 * label.row.height]
        left = [i for i in beside if names[i].box[0] <= label.box[0] + 2 * label.row.height] or beside
        owner = max(left, key=lambda i: names[i].box[0])
        people[owner].setdefault(label.name, label)
    return people


# ---------------------------------------------------------------- reading


def extract(sheets: Sequence[Sheet]) -> list[Document]:
    """A document for each sheet; the pages of one copy are put together by `gather`."""
    return [document for sheet in sheets for document in _read(sheet)]


def _read(sheet: Sheet) -> list[Document]:
    table = [row for row in rows(sheet.lines) if not MASKING.search(row.text)]
    reader = Reader(sheet)
    labels = find_labels(table, {**LABELS, **PERSON})
    first = {n.name: n for n in reversed(labels)}
    if "holder" in first:
        reader.put("holder", first["holder"].value[:1], _name(first["holder"].value[:1]))
    _dates(reader, table, first.get("registration_date"))
    _number(reader, table, first.get("certificate_number"))
    _law(reader, table)
    _authority(reader, first.get("authority"))
    persons = [row for row in (_person(reader, p) for p in _people(table)) if row]
    if not reader.fields and not persons:
        return []
    tables = {"persons": persons} if persons else {}
    pages = ((sheet.file, sheet.page),)
    return [Document("marriage_certificate", pages, 1.0, reader.fields, tables, tuple(reader.unread), {"colour": sheet.colour})]


def _name(pieces: Sequence[Line]) -> str | None:
    name = printed_name("".join(p.text for p in pieces))
    return name if re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,20}|[A-Za-z .,'-]{3,40}", name) else None


def _dates(reader: Reader, table: Sequence[Row], label: Label | None) -> None:
    if label is None:
        return
    pieces = label.value
    reader.put("registration_date", pieces, parse_date(squeeze("".join(p.text for p in pieces))) if pieces else None)


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
    if label is not None and label.value:
        text = printed("".join(p.text for p in label.value)).replace(" ", "")
        legacy = LEGACY_NUMBER.search(text)
        reader.put("certificate_number", label.value, text if legacy else None)


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


def _authority(reader: Reader, label: Label | None) -> None:
    if label is None or not label.value:
        return
    text = printed("".join(p.text for p in label.value)).replace(" ", "")
    text = re.sub(r"[（(](?:盖章|印章|章)[）)]", "", text)
    reader.put("authority", label.value, text if re.search(r"民政|政府|登记|街道|乡|镇|公社|领事", text) else None)


def _person(reader: Reader, labels: dict[str, Label]) -> Cells:
    cells: Cells = {}

    def put(name: str, pieces: Sequence[Line], value: str | None, inferred: bool = False) -> None:
        if not pieces:
            return
        found = reader.field(pieces, value or "", inferred=inferred)
        if value and (found.confidence >= READ or inferred):
            cells[name] = found
        else:
            reader.miss("persons", pieces)

    for name, label in labels.items():
        pieces = _near(label)
        text = "".join(p.text for p in pieces)
        if name == "name":
            put("name", pieces, _name(pieces))
        elif name == "sex":
            at = re.search("[男女]", text)
            put("sex", pieces[:1], {"男": "M", "女": "F"}[at[0]] if at else None)
        elif name == "nationality":
            put("nationality", pieces, printed(text) or None)
        elif name == "birth_date":
            dates = find_dates(squeeze(text))
            put("birth_date", pieces, dates[0][0] if dates else None)
        elif pieces:
            number, inferred = mended_id_number(pieces[0]) if len(pieces) == 1 else (_joined_number(pieces), False)
            put("id_number", pieces, number, inferred)
    return cells


def _near(label: Label) -> tuple[Line, ...]:
    """The value's pieces up to a wide gap: what stands in the other person's column is not this one's."""
    kept: list[Line] = []
    end = label.box[2]
    for piece in label.value:
        if piece.box[0] - end > 9 * label.row.height:
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
    if any(n in a.fields and n in b.fields for n in own) or (a.tables.get("persons") and b.tables.get("persons")):
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
    tables={"persons": ("name", "sex", "nationality", "birth_date", "id_number")},
    required=("registration_date", "certificate_number", "persons"),
    gather=gather,
)
