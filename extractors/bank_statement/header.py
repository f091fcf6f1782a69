"""What stands around a statement's table: whose account, which days, totals, page numbers, bank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.bank_statement.labels import BANKS, EMPTY
from extractors.bank_statement.letter import is_part, said
from extractors.bank_statement.marks import Label, labels_in
from extractors.bank_statement.values import NORMAL, days_in
from pipeline.model import Field, Line, Sheet, union
from pipeline.table.cells import sure
from pipeline.table.header import bands
from pipeline.table.kinds import squeezed, tokens
from pipeline.text import parse_id_number, printed, printed_name

_PAGES = (
    re.compile(r"第(\d{1,4})页[/,，、|(（]*共计?(\d{1,4})页"),
    re.compile(r"共计?(\d{1,4})页[/,，、|(（]*第(\d{1,4})页"),
    re.compile(r"第(\d{1,4})[/／](\d{1,4})页"),
    re.compile(r"(?:页数|页码|页次|页号|page)(?:no\.?)?:?第?(\d{1,4})(?:/|of|共)(\d{1,4})", re.I),
    re.compile(r"^-*(\d{1,4})(?:of|/)(\d{1,4})(?:页)?-*$", re.I),
)
_PAGED = re.compile(r"\d(?:页|/|／|of|共)|page", re.I)
"""What every spelling of a page's number holds."""
MASKED = 0.97
"""The most that a masked value read from a picture is worth: how many stars stand there no engine tells for certain."""
RUNNING = 0.1
"""The share of a sheet's height that its running head takes, and its foot."""
_MOMENT = re.compile(
    r"\s*(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?,?\s*\d{1,2}[:：]\d\d(?:[:：]\d\d)?(?=$|[\s\u3000])"
)
_MASKED = re.compile(r"\d{4,6}(?:\s?\*{2,}){1,4}\s?\d{4}")
"""A card's number with its mask, as telephones show it without a label."""
_NUMBERED = re.compile(r"(?:No|NO|Nº|№|编号)\s?[.．:：]?\s*([A-Z]{0,4}\d[\dA-Z\-]{8,38}\d)")
"""A paper's number at its head."""
_SPAN = re.compile(r"[-~至到—]|to", re.I)
_ELSE = re.compile(r"定期|理财|贷款|信用卡|基金|外币|国债|保险")
"""What a customer holds at a bank beside the account."""
_OURS = re.compile(r"活期|结算|借记|储蓄卡|本账户")
_HAN = re.compile(r"[\u3400-\u9fff]")


def page_number(lines: Iterable[Line]) -> tuple[int, int] | None:
    """The printed n of N in any spelling; None where there is none, or where it cannot be (n over N)."""
    texts = []
    for band in bands(lines):
        texts += [squeezed(line.text) for line in band] if len(band) > 1 else []
        texts.append(squeezed("".join(line.text for line in band)))
    texts = [text for text in texts if _PAGED.search(text)]
    for index, pattern in enumerate(_PAGES):
        for text in texts:
            if index == 4 and len(text) > 12:
                continue
            m = pattern.search(text)
            if m:
                n, total = (int(m[2]), int(m[1])) if index == 1 else (int(m[1]), int(m[2]))
                if 1 <= n <= total <= 2000:
                    return n, total
    return None


def bank_of(lines: Sequence[Line], top: Sequence[Line]) -> tuple[str, Line] | None:
    """The bank: by its short name where it is a known one, else as printed; the title's lines (`top`) first."""
    for group in (top, lines):
        best: tuple[float, str, Line] | None = None
        for line in group:
            text = squeezed(line.text).lower()
            for short, names in BANKS:
                hit = next((n for n in names if n in text), None)
                if hit and not _as_party(text, hit):
                    size = line.height + (line.height if len(text) <= len(hit) + 20 else 0)
                    if best is None or size > best[0]:
                        best = (size, short, line)
                    break
        if best:
            return best[1], best[2]
        for line in group:
            m = re.search(
                r"[\u3400-\u9fff]{2,14}?(?:银行|信用社|信用合作社|信用合作联社|信用联社)(?:[(（]中国[)）](?:股份有限公司|有限责任公司|有限公司)?)?",
                printed(line.text),
            )
            if (
                m
                and "开户" not in line.text
                and not m[0].startswith(("手机", "网上", "企业", "电子", "个人"))
            ):
                return m[0], line
            m = re.match(
                r"([A-Z][A-Za-z&.]+(?: [A-Z][A-Za-z&.]+){0,3} (?:Bank|BANK)(?: [A-Z]{2}| Limited| Ltd)?)\b",
                line.text.strip(),
            )
            if m:
                return m[1], line
    return None


def _as_party(text: str, name: str) -> bool:
    """Whether a bank's name stands as a label's value (开户行：…) or as a branch, not as the paper's issuer."""
    before = text[: text.index(name)]
    return bool(re.search(r"(?:开户行|开户行名称|开户网点|开户机构|开户银行|受理行|subbranch):?$", before))


def _joined(band: list[Line]) -> list[Line]:
    """A printed line with its spaced labels put together: 户 and 名：欧阳文静 in runs of their own are one."""
    found: list[Line] = []
    for line in band:
        before = found[-1] if found else None
        if (
            before is not None
            and re.fullmatch(r"[\u3400-\u9fff]", before.text)
            and re.match(r"[\u3400-\u9fff]{1,2}[:：]", line.text)
        ):
            edges = (*before.edges[:-1], *line.edges) if before.edges and line.edges else ()
            probs = (*before.probs, *line.probs) if before.probs and line.probs else ()
            sure_both = min(before.confidence, line.confidence)
            found[-1] = Line(before.text + line.text, union([before.box, line.box]), sure_both, edges, probs)
        else:
            found.append(line)
    return found


class Around:
    """Reads the labelled values of one statement from the lines around its tables."""

    def __init__(self) -> None:
        self.fields: dict[str, Field] = {}
        self.stamps: list[Field] = []

    def read(self, sheet: Sheet, lines: Sequence[Line]) -> None:
        """Reads one sheet's lines outside its table; what an earlier page printed stays."""
        rows = bands(lines)
        rows = [_joined(band) for band in rows]
        for index, band in enumerate(rows):
            self._band(sheet, band, rows[index + 1 : index + 3])
        for name, text, pieces in said(lines):
            normal = NORMAL[name](text)
            if normal is not None:
                self.put(sheet, name, normal, text, pieces)
        for line in lines:
            if line.text.strip(" ()（）") in ("人民币", "人民币元"):
                self.put(sheet, "currency", "CNY", line.text, [line])
            m = _NUMBERED.fullmatch(line.text.strip()) if line.box[1] < 2 * RUNNING * sheet.height else None
            if m:
                self.put(sheet, "serial_number", m[1], line.text, [line])
            if line.box[3] < 0.3 * sheet.height and _MASKED.fullmatch(line.text.strip()):
                self.put(sheet, "account_number", re.sub(r"\s", "", line.text), line.text, [line])
        self._free_period(sheet, rows)
        self._stamp(sheet, lines)
        self._proof(sheet, lines)

    def _band(self, sheet: Sheet, band: list[Line], below: Sequence[list[Line]]) -> None:
        part = is_part(band[0].text)
        for at, line in enumerate(band):
            found = labels_in(line.text)
            if part:
                found = [replace(n, role="-") if n.role.startswith("total_") else n for n in found]
            for k, label in enumerate(found):
                if not label.colon and line.text[label.start : label.end].strip() in ("收入", "支出"):
                    continue  # a row's direction, unless both stand in the line: then `said` takes them
                end = found[k + 1].start if k + 1 < len(found) else len(line.text)
                value = [line.cut(label.end, end)] if line.text[label.end : end].strip(" :：") else []
                last = k + 1 == len(found)
                if last and not value:
                    value = self._beside(band, at, line, below)
                elif last and label.role.startswith("total_") and not _holds_money(value):
                    # 收入：7笔 4870.82元
                    value += self._rest(band, at, days=False)
                elif (
                    last
                    and value
                    and label.role
                    in ("period", "account_holder", "printed_at", "id_number", "account_number")
                ):
                    value += self._rest(band, at, days=label.role in ("period", "printed_at"))
                if value:
                    self._take(sheet, label, value)

    @staticmethod
    def _rest(band: list[Line], at: int, *, days: bool) -> list[Line]:
        """Runs right of a value in the same printed line that no label begins and that stand close; `days` says whether
        dates may be among them."""
        found: list[Line] = []
        edge = band[at].box[2]
        for other in band[at + 1 :]:
            if labels_in(other.text) or other.box[0] - edge > 2.5 * other.height:
                break
            if days_in(other.text) and not days:
                break
            found.append(other)
            edge = other.box[2]
        return found

    @staticmethod
    def _beside(band: list[Line], at: int, line: Line, below: Sequence[list[Line]]) -> list[Line]:
        """The value of a label without one of its own: right of it up to the next label, else just below it."""
        right: list[Line] = []
        for other in band[at + 1 :]:
            if labels_in(other.text):
                break
            if right and other.box[0] - right[-1].box[2] > 3 * other.height:
                break
            right.append(other)
        if right:
            return right
        if not below:
            return []
        if len(band) > 1 and len(band) == len(below[0]) and not any(tokens(n.text) for n in band):
            # A small table: labels in a row, their values below; of several rows the one of the account.
            value = below[0][at]
            rows = [row for row in below if len(row) == len(band)]
            own = not _ELSE.search(below[0][0].text) if len(rows) == 1 else _OURS.search(below[0][0].text)
            near = value.box[1] - line.box[3] < 2 * line.height
            return [value] if near and own and not labels_in(value.text) else []
        under = [
            n
            for n in below[0]
            if min(n.box[2], line.box[2]) > max(n.box[0], line.box[0]) and not labels_in(n.text)
        ]
        close = [n for n in under if n.box[1] - line.box[3] < 1.2 * line.height]
        return close[:1]

    def _take(self, sheet: Sheet, label: Label, value: list[Line]) -> None:
        coloned = label.colon or squeezed(value[0].text) in (":", "：")
        text = " ".join(n.text.strip(" :：") for n in value).strip(" :：;；,，")
        if not text or squeezed(text).strip("()") in EMPTY:
            return
        role = label.role
        if role in ("-", "name_of_bank"):
            return
        if role == "period":
            self._period(sheet, text, value)
            return
        normal = NORMAL[role](text)
        if normal is None:
            return
        if (
            role in ("total_in", "total_out", "opening_balance", "closing_balance")
            and not coloned
            and role.startswith("total")
            and len(value) > 3
        ):
            return
        self.put(sheet, role, normal, text, value)

    def _period(self, sheet: Sheet, text: str, value: list[Line]) -> None:
        days = days_in(text)
        if len(days) >= 2:
            self.put(sheet, "period_start", days[0], text, value)
            self.put(sheet, "period_end", days[1], text, value)

    def put(self, sheet: Sheet, role: str, value: str, text: str, lines: Sequence[Line]) -> None:
        """Takes a value for a field where none is known."""
        box = sheet.place(union(n.box for n in lines))
        told = min(sure(n) for n in lines)
        if sheet.source == "ocr" and "**" in value:
            told = min(told, MASKED)
        found = Field(value, text, told, sheet.file, sheet.page, box)
        if role == "filter" and role in self.fields and _open(str(self.fields[role].value)):
            self.fields[role] = found
        self.fields.setdefault(role, found)

    def _free_period(self, sheet: Sheet, rows: list[list[Line]]) -> None:
        """A period without a label: a printed line of two dates with a dash between."""
        if "period_start" in self.fields:
            return
        for band in rows:
            for lines in ([n] for n in band) if len(band) > 1 else ():
                if self._twodays_in(sheet, lines):
                    return
            if self._twodays_in(sheet, band):
                return

    def _twodays_in(self, sheet: Sheet, lines: list[Line]) -> bool:
        text = " ".join(n.text for n in lines)
        days = days_in(text)
        if len(days) != 2 or len(squeezed(text)) > 40 or days[0] > days[1]:
            return False
        bare = [t for t in tokens(text) if t.kind == "date"]
        between = text[bare[0].end : bare[1].start] if len(bare) == 2 else text
        if not _SPAN.search(between):
            return False
        self.put(sheet, "period_start", days[0], text, lines)
        self.put(sheet, "period_end", days[1], text, lines)
        return True

    def _stamp(self, sheet: Sheet, lines: Sequence[Line]) -> None:
        """A moment without a label in the running head or foot, as browsers and banks' machines print it."""
        for line in lines:
            if RUNNING * sheet.height < line.box[1] and line.box[3] < (1 - RUNNING) * sheet.height:
                continue
            m = _MOMENT.match(line.text)
            moment = NORMAL["printed_at"](m[0]) if m else None
            if m and moment:
                box = sheet.place(line.cut(0, m.end()).box)
                self.stamps.append(Field(moment, m[0], sure(line), sheet.file, sheet.page, box))

    def printed_at(self, last: str) -> None:
        """Takes the moment of the running head for that of printing where no label names one: one day on all pages, not
        before the `last` day of the rows."""
        days = {str(stamp.value)[:10] for stamp in self.stamps}
        if "printed_at" not in self.fields and len(days) == 1 and last and days.pop() >= last:
            self.fields["printed_at"] = self.stamps[0]

    def _proof(self, sheet: Sheet, lines: Sequence[Line]) -> None:
        """兹证明：name（居民身份证：number），在其微信号：account … : the prose head of wallets' proofs."""
        for line in lines:
            m = re.search(r"兹证明[:：]?\s*([\u3400-\u9fff·*]{2,20})\s*[(（]([^)）]*)[)）]", line.text)
            if not m:
                continue
            self.put(sheet, "account_holder", printed_name(m[1]), m[1], [line.cut(m.start(1), m.end(1))])
            number = parse_id_number(m[2])
            if number:
                self.put(sheet, "id_number", number, m[2], [line.cut(m.start(2), m.end(2))])
            a = re.search(r"(?:微信号|支付宝账[号户])[:：]?\s*([A-Za-z0-9_@.*\-]{4,40})", line.text)
            if a:
                self.put(sheet, "account_number", a[1], a[1], [line.cut(a.start(1), a.end(1))])


def _holds_money(lines: Sequence[Line]) -> bool:
    return any(t.kind == "money" for n in lines for t in tokens(n.text))


def _open(value: str) -> bool:
    return value in ("全部", "0", "0.00", "不限", "所有", "ALL")
