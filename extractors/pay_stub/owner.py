"""Whose slip it is, and which month's: from labels, titles, and what stands without a label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.pay_stub.amounts import (
    joined_line,
    text_of_cell,
)
from extractors.pay_stub.cells import YEARS, Cell, Slip
from extractors.pay_stub.labels import key
from extractors.pay_stub.parts import blank, is_month, known, money, month, span_of_days, year
from extractors.pay_stub.whose import (
    BARE_NAME,
    GREETING,
    NAME,
    NO_NAME,
    SURNAMES,
    UNTOLD,
    before,
    companies,
    month_spot,
    name_in_title,
)  # fmt: skip
from pipeline.layout import Reader
from pipeline.model import Line, Sheet
from pipeline.numbers import mended_id_number
from pipeline.text import find_dates, printed, printed_name, squeeze

DOUBT = 0.97
"""The confidence of an amount whose form is in doubt and that no sum proves: it accuses nobody."""
PAID_IN = re.compile("发放|发薪|支付|发工资|账单|到账")
"""Words of a label over the month in which was paid: where another month stands beside it, that one is paid for."""
NUMBER = re.compile(r"^[A-Za-z]{0,3}\d{2,8}[\s、，,/-]*|[（(\s/-]+[A-Za-z]{0,3}\d{2,8}[）)]?$")
"""The number of an employee before or behind the name."""
ADDRESS = re.compile(r"\s*[<＜(（]?[\w.+-]+@[\w.-]+[>＞)）]?$")
"""A mail's address behind a name."""
CURRENCY = re.compile("^(?:人民币|RMB|CNY)|(?:万元|元)$")
"""What stands behind 单位 where it is the unit of the amounts."""
LOOSE_NAMES = (
    "员工", "职工", "雇员", "户名", "employee", "人员", "领款人", "领薪人", "收款人", "受薪人", "收件人", "收信人",
)  # fmt: skip
"""Labels that stand over much else than names: less than 姓名."""
CARD = re.compile(
    r"\s*([\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{2,10})*)\s*[/|｜]\s*[A-Za-z]{0,4}\d{2,8}(?=\s*(?:[/|｜]|$))"
)
"""A person as a web page shows it: name, number, post."""


class OwnerReader:
    """A slip being read as to whom it belongs: `fields` of the document, `cells` of its row, `years` that it names."""

    def __init__(self, slip: Slip) -> None:
        self.slip = slip
        sheet = slip.cells[0].sheet
        self.fields, self.cells = Reader(sheet), Reader(sheet)
        shown = [line.text for line, _ in slip.titles] + [
            c.pieces[0].text for c in slip.cells if c.meaning.role == "period" and c.pieces
        ]
        self.years = {y for t in shown if (y := year(t) or (int(m[:4]) if (m := month(t)) else None))}

    def read_owner(self, own: int | None) -> None:
        """Reads what labels say first; `own` is the year of months that are printed without one."""
        late = {id(c): bool(PAID_IN.search(c.label) or key(c.label) in LOOSE_NAMES) for c in self.slip.cells}
        for cell in sorted(self.slip.cells, key=lambda c: late[id(c)]):
            self._text_cell(cell, own)
        self._titles(own)
        self._loose(own)

    def _put(
        self, reader: Reader, name: str, pieces: Sequence[Line], value: str | None, sheet: Sheet
    ) -> bool:
        reader.sheet = sheet
        return reader.put(name, pieces, value)

    def _text_cell(self, cell: Cell, own: int | None) -> None:
        role, pieces, sheet = cell.meaning.role, cell.pieces, cell.sheet
        text = (" " if role in ("period", "pay_date") else "").join(p.text for p in pieces)
        if not pieces or blank(text):
            return
        if role == "name":
            if len(pieces) == 2 and all(re.fullmatch(r"[\u3400-\u9fff]{2,}", p.text) for p in pieces):
                text = "·".join(p.text for p in pieces)
                pieces = tuple(replace(p, confidence=min(p.confidence, UNTOLD), probs=()) for p in pieces)
            plain = NUMBER.sub("", printed_name(ADDRESS.sub("", text)))
            if key(cell.label) in LOOSE_NAMES and not (2 <= len(plain) <= 16 and NAME.fullmatch(plain)):
                return
            legible = NAME.fullmatch(plain) and not re.fullmatch(r"[*＊xX?？\s]+", plain)
            self._put(self.fields, "name", pieces, plain if legible else None, sheet)
        elif role == "id_number":
            number, inferred = mended_id_number(pieces[0] if len(pieces) == 1 else joined_line(pieces))
            self.fields.sheet = sheet
            self.fields.put("id_number", pieces, number, inferred=inferred)
        elif role == "bank_account":
            plain = re.sub(r"[\s-]", "", squeeze(text))
            number = plain if re.fullmatch(r"(?=.*\d{4})[\d*]{8,30}", plain) else None
            if number or re.search(r"\d{4}", plain):
                self._put(self.fields, "bank_account", pieces, number, sheet)
        elif role == "employer":
            plain = printed(text)
            if (
                len(plain) >= 4
                and not money(text)
                and not CURRENCY.search(plain)
                and re.search(r"[\u4e00-\u9fffA-Za-z]", plain)
            ):
                self._put(self.fields, "employer", pieces, plain, sheet)
        elif role == "period":
            own = self._year_beside() or own
            text = f"{text}月" if re.fullmatch(r"\d{1,2}", text.strip()) else text
            over = span_of_days("至".join(p.text for p in pieces), own)
            value = cell.told if cell.told is not None else over or month(text, own)
            if over and cell.told is None:
                pieces = tuple(replace(p, confidence=min(p.confidence, DOUBT), probs=()) for p in pieces)
            if value is None and own is None and cell.told is None:
                value = self._month_by_pay_date(text)
            self._put(self.cells, "period", pieces, value, sheet)
        elif role == "pay_date":
            dates = find_dates(text)
            self._put(self.cells, "pay_date", pieces, dates[0][0] if len(dates) == 1 else None, sheet)

    def _year_beside(self) -> int | None:
        """The year in a column of its own beside the month."""
        found = [text_of_cell(c) for c in self.slip.cells if key(c.label) in YEARS]
        return year(found[0]) if len(found) == 1 else None

    def _month_by_pay_date(self, text: str) -> str | None:
        """A month without a year is the last such month before the pay was paid."""
        cell = self.slip.has("pay_date")
        dates = find_dates("".join(p.text for p in cell.pieces)) if cell else []
        if len(dates) != 1:
            return None
        paid = dates[0][0]
        value = month(text, int(paid[:4]))
        return value if value is None or value <= paid[:7] else month(text, int(paid[:4]) - 1)

    def _titles(self, own: int | None) -> None:
        """Month and company from the title, the last title line first."""
        for line, sheet in reversed(self.slip.titles):
            value = month(line.text, own)
            spot = month_spot(line.text)
            if self._span(line, sheet, own):
                continue
            if value and spot and "period" not in self.cells.fields:
                self._put(self.cells, "period", [line.cut(*spot)], value, sheet)
        for line, sheet in [*self.slip.titles, *((n, s) for n, s in self.slip.texts)]:
            if "employer" in self.fields.fields:
                break
            for start, end in companies(line.text):
                self._put(
                    self.fields, "employer", [line.cut(start, end)], printed(line.text[start:end]), sheet
                )
        for line, sheet in self.slip.titles if "name" not in self.fields.fields else ():
            named = name_in_title(line.text)
            if named is not None:
                start, end, sure = named
                piece = line.cut(start, end)
                piece = (
                    replace(piece, confidence=min(piece.confidence, UNTOLD), probs=()) if not sure else piece
                )
                self._put(self.fields, "name", [piece], printed_name(piece.text), sheet)

    def _span(self, line: Line, sheet: Sheet, own: int | None) -> bool:
        """Whether a line names days from one month into the next, which are the month's in which they end, if none is named."""
        over = span_of_days(line.text, own)
        if over is None or "period" in self.cells.fields:
            return over is not None
        sure = replace(line, confidence=min(line.confidence, DOUBT), probs=())
        return self._put(self.cells, "period", [sure], over, sheet)

    def _loose(self, own: int | None) -> None:
        """What stands without labels: a month, a greeting, a person beside the company's name."""
        for _index, (line, sheet) in enumerate(self.slip.texts):
            if "period" not in self.cells.fields and not self._span(line, sheet, own):
                value = month(line.text, own if is_month(line.text) else None)
                spot = month_spot(line.text)
                if value and spot and len(squeeze(line.text)) <= 20 and not find_dates(line.text):
                    self._put(self.cells, "period", [line.cut(*spot)], value, sheet)
            if "name" in self.fields.fields:
                continue
            hello = GREETING.match(line.text.strip())
            if hello and hello[1][0] in SURNAMES:
                at = line.text.index(hello[1])
                self._put(
                    self.fields, "name", [line.cut(at, at + len(hello[1]))], printed_name(hello[1]), sheet
                )
                continue
            carded = CARD.match(line.text)
            if carded:
                self._put(self.fields, "name", [line.cut(*carded.span(1))], printed_name(carded[1]), sheet)
                continue
            plain = printed_name(line.text)
            if not BARE_NAME.fullmatch(plain) or NO_NAME.search(plain):
                continue
            beside = [
                n
                for n, s in self.slip.texts
                if s is sheet
                and n is not line
                and companies(n.text)
                and abs(n.middle[1] - line.middle[1]) < 2.5 * line.height
            ]
            if beside and (plain[0] in SURNAMES or "·" in plain):
                self._put(self.fields, "name", [line], plain, sheet)
            elif any(before(line, n) for n in beside) and not known(plain):
                sure = min(line.confidence, UNTOLD)
                self._put(self.fields, "name", [replace(line, confidence=sure, probs=())], plain, sheet)
