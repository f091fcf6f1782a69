"""A sheet's lines cut into labels and values: glued pairs, glued labels, `label：value`, several amounts in one box."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from extractors.pay_stub.labels import TEXTS, TITLE, WORDS, cuts, head, meaning, section
from extractors.pay_stub.whose import SURNAMES
from pipeline.layout import MASKING
from pipeline.model import Line
from pipeline.table.kinds import amount
from pipeline.text import find_dates, parse_month, squeeze

POINTS = re.compile(r"[-+¥￥]*\d{1,3}(?:[.,]\d{3})+[.,]\d{2}")
"""An amount in which the engine took commas for points (31.054.36), or a point for a comma."""
FAINT = re.compile(r"\d{1,3}(?:[.,]\d{3})+ \d{2}")
"""An amount whose point was too faint to be read."""
UNPRINTED = re.compile(rf"{MASKING.pattern}|^[-_=—－─━~.·…\s]{{5,}}$", re.I)
"""What is no text of the paper: stamps, lines of dashes."""
LEADER = re.compile(r"\s*(?:[.·‥_＿]{3,}|…+|[-—－]{4,}|\.{2,}(?=[¥￥]))\s*")
"""A row of points between a label and its amount."""
POINTED, POINTED_AT = (
    re.compile(r"\s*[.·…‥_＿]+\s*(?=[¥￥\d-])"),
    re.compile(r"\s*(?:[.·‥_＿]{2,}|…[.…]*)\s*$"),
)
"""Such points before an amount, and behind a label."""
NOUGHT = {"O", "o", "○", "〇", "Ｏ"}
"""What a nought that stands alone is read as."""
AMOUNT = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+[.,]\d{2}(?!\d)|(?<![\d.,])[-+−－–]?\s?[¥￥]?\s?[-+]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)[.．]\d{1,2}(?![\d.%％])|[¥￥]\s?-?\d[\d,]*(?![\d.])|(?<![\d.])-?\d{1,3}(?:[,，]\d{3})+(?![\d.,])"
)
_RUN = re.compile(r"(?:[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d\d){2,}")
_ONE = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d\d")
_MONTH = re.compile(
    r"(?:(?:19|20)\d{2}\s*[-/.年]\s*)?(?:\d{1,2}|十[一二]?|[一二三四五六七八九])\s*月份?|(?:19|20)\d{2}\s*[-/.年]\s*(?:0?[1-9]|1[0-2])|(?:19|20)\d{2}(?:0[1-9]|1[0-2])"
)
_RANGE = re.compile(
    r"(?:月|\d)\s*(?:-|—|–|~|～|至|到)\s*(?:(?:19|20)\d{2}\s*[-/.年]\s*)?\d{1,2}\s*月?(?!\d)(?!\s*[-/.月])"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|\D|$)")
_HAN_MONTHS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_ENGLISH = {
    m: n
    for n, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_STRICT = re.compile(
    r"(?:员工姓名|职工姓名|姓名|部门|工号|身份证号码|身份证号|证件号码|银行账号|银行卡号|工资卡号|单位名称|公司名称|工作单位|工资月份|所属月份|月份|发放日期|发薪日期)(?=[^\s:：])"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_INNER = re.compile(r"\S\s+[^\s:：]{2,8}[:：]\s*\S")
"""A label with its value behind a blank."""
_NAMED = re.compile(
    r"([\u3400-\u9fff]{2,4}?)(?:部门|(?:所在|所属)部门|工号|岗位|职务|职位|职级|(?:员工|人员)?编[号码]|[应实]?(?:际)?出勤(?:天数)?|身份证号码?|(?:银行|工资)?卡号|(?:银行|工资卡?)账号|月份|所属期)$"
)
_MARKS = re.compile(r"(?<=[\u3400-\u9fff]{2})[^\w()（）:：/、·,，.+-]+(?=[\u3400-\u9fff]+$)")
"""A blank, or a mark that is no letter, between two runs of Chinese."""
BLANK = {"-", "--", "---", "/", "—", "——", "无", "空", "*"}


def split(lines: Iterable[Line]) -> list[Line]:
    """The printed lines of a sheet cut into labels and values; titles stay whole."""
    out: list[Line] = []
    for line in lines:
        if line.kind == "print" and line.text.strip() and not UNPRINTED.search(line.text):
            out += [part for part in _split(line) if part.text]
    return out


def _split(line: Line) -> list[Line]:
    text = line.text
    if FAINT.fullmatch(text):
        return [line]
    lead = re.match(r"[\s；;，,。、]*(?:元[；;，,。、\s]*)?", text)
    if lead and lead.end() and lead.end() < len(text):
        return _split(line.cut(lead.end()))
    tail = re.search(r"(?<=[\d元])[；;，,。、\s]+$", text)
    if tail and tail.start():
        return _split(line.cut(0, tail.start()))
    if re.search("[您你]好", text) or (span_of_days(text, 2000) and re.match(r"[（(\d]", text)):
        return [line]
    points = POINTED.match(text)
    if points and points.end() < len(text) and AMOUNT.search(text):
        return _split(line.cut(points.end()))
    points = POINTED_AT.search(text)
    if points and points.start() and _HAN.search(text):
        return _split(line.cut(0, points.start()))
    coin = re.search(r"\s*(?:RMB|CNY|人民币)\s*(?=[-¥￥]?\d)", text, re.I)
    if coin:
        front = _split(line.cut(0, coin.start())) if coin.start() else []
        return [*front, *_split(line.cut(coin.end()))]
    dots = LEADER.search(text)
    if dots and dots.start() and dots.end() < len(text):
        return [*_split(line.cut(0, dots.start())), *_split(line.cut(dots.end()))]
    if TITLE.search(squeeze(text)) and (cut := _within(text)):
        return [line.cut(a, b) for a, b in itertools.pairwise(cut)]
    if TITLE.search(squeeze(text)) and (beside := _beside(text)):
        return [*_split(line.cut(0, beside)), *_split(line.cut(beside))]
    if TITLE.search(squeeze(text)) and not AMOUNT.search(re.sub(r"(?:19|20)\d\d\.\d\d?", "", text)):
        return [line]
    plain = squeeze(text)
    if len(plain) == len(text) and _RUN.fullmatch(plain) and not POINTS.fullmatch(plain):
        return [line.cut(m.start(), m.end()) for m in _ONE.finditer(plain)]
    spans = [(s, e) for _, s, e in find_dates(text)]
    spans += [
        (m.start(), m.end())
        for m in AMOUNT.finditer(text)
        if not any(s < m.end() and m.start() < e for s, e in spans)
    ]
    parts: list[Line] = []
    at = 0
    for start, end in [*sorted(spans), (len(text), len(text))]:
        if start > at:
            parts += _words(_bare(line.cut(at, start)))
        if end > start:
            parts.append(line.cut(start, end))
        at = max(at, end)
    return parts if len(parts) > 1 else _words(line)


def _within(text: str) -> list[int]:
    """Where a title line is to be cut in which a label and its value stand without blanks (…公司姓名：张三工资条)."""
    colon, title = re.search(r"[:：]", text), TITLE.search(text)
    if not colon or not title or title.start() <= colon.end() or re.search(r"\s", text.strip()):
        return []
    for start in range(max(0, colon.start() - 6), colon.start() - 1):
        found = meaning(text[start : colon.start()])
        if start and found is not None and found.role in TEXTS:
            return [0, start, colon.end(), title.start(), len(text)]
    return []


def _beside(text: str) -> int:
    """Where, in a line with a title, the next of the parts begins that blanks keep apart; 0 where none is labelled with a
    colon (a company's name, 姓名：张三, a title)."""
    told = any(
        (m := meaning(w)) and m.role in TEXTS for w in re.findall(r"(?:^|\s)([^\s:：]{1,12})[:：]", text)
    )
    blank_ = re.search(r"(?<=[^\s:：])\s+", text.strip())
    return blank_.end() + len(text) - len(text.lstrip()) if told and blank_ else 0


def _bare(piece: Line) -> Line:
    """A piece without the punctuation of running text before it (元；代扣…)."""
    found = re.match(r"[\s；;，,。、]*(?:元(?![\u3400-\u9fff]))?[\s；;，,。、]*", piece.text)
    return piece.cut(found.end()) if found and found.end() else piece


def known(text: str) -> bool:
    """Whether a text is a label, or a head over labels or over amounts."""
    return meaning(text) is not None or section(text) is not None or head(text) is not None


def _words(piece: Line) -> list[Line]:
    """A piece without amounts cut at colons, wide blanks and between labels."""
    text = piece.text
    if not text:
        return []
    if is_month(text):
        return [piece]
    words = _run_of_words(text)
    if words:
        return [part for a, b in words for part in _words(piece.cut(a, b))]
    several = _several(text)
    if several:
        return [*_words(piece.cut(0, several)), *_words(piece.cut(several))]
    behind = _behind(text)
    if behind:
        return [*_words(piece.cut(0, behind[0])), piece.cut(behind[1])]
    if known(text.strip(" :：")) and not (
        _told(text) or _INNER.search(text) or _after_person(re.split("[:：]", text)[0])
    ):
        return [piece]
    for colon in re.finditer(r"[:：]", text):
        before = text[: colon.start()]
        last = _labelled(before) or _after_person(before)
        if last:
            return [
                *_words(piece.cut(0, last)),
                piece.cut(last, colon.end()),
                *_words(piece.cut(colon.end())),
            ]
        for start in range(len(before)):
            if (
                (start == 0 or len(before) - start >= 2)
                and known(before[start:])
                and not re.fullmatch(r"[\W_]*", before[start:])
            ):
                lead = _words(piece.cut(0, start)) if start else []
                return [*lead, piece.cut(start, colon.end()), *_words(piece.cut(colon.end()))]
    spans = cuts(text)
    if spans:
        return [piece.cut(a, b) for a, b in spans]
    gap = next((m for m in re.finditer(r"\s+", text) if _apart(text, m.start(), m.end())), None)
    if gap:
        return [*_words(piece.cut(0, gap.start())), *_words(piece.cut(gap.end()))]
    glued = re.fullmatch(r"([\u4e00-\u9fff()（）]{2,}?)([-+]?\d+)", text)
    if glued and meaning(glued[1]):
        return [piece.cut(0, glued.end(1)), piece.cut(glued.end(1))]
    payee = re.match(r"(?:领款人|领薪人|受薪人|员工)(?=([\u3400-\u9fff])[\u3400-\u9fff]{1,2}$)", text)
    if payee and payee[1] in SURNAMES and meaning(text) is None:
        return [piece.cut(0, payee.end()), piece.cut(payee.end())]
    strict = _STRICT.match(text)
    if strict:
        return [piece.cut(0, strict.end()), piece.cut(strict.end())]
    return [piece]


def _after_person(text: str) -> int:
    """Where, right behind a person's name, a label begins that ends a text (张三应出勤天数); 0 where there is none."""
    found = _NAMED.match(text)
    return found.end(1) if found and found[1][0] in SURNAMES else 0


def _told(text: str) -> bool:
    """Whether a text is a label of the person's or the month's with what stands behind its colon."""
    label, _, value = text.replace("：", ":").partition(":")
    found = meaning(label)
    return bool(value.strip()) and found is not None and found.role in TEXTS


def _labelled(text: str) -> int:
    """Where, behind a blank, a label of the person's or the month's begins that ends a text which is no such label whole
    (张三 工资账户); 0 where there is none."""
    whole = meaning(text)
    if whole is not None and whole.role in TEXTS:
        return 0
    for gap in re.finditer(r"(?<=\S)\s+", text):
        last = meaning(text[gap.end() :])
        strange = (whole is None or whole.role == "skip") and not known(text[: gap.start()])
        if last is not None and (last.role in TEXTS or (strange and gap.end() < len(text) - 1)):
            return gap.end()
    return 0


def _run_of_words(text: str) -> list[tuple[int, int]]:
    """The words of a whole row in one box: of a head, most of them labels (序号 姓名 部门 …), or of what stands before a row's
    amounts (1 张三 财务部); nothing where it is neither."""
    spans = [m.span() for m in re.finditer(r"\S+", text)]
    words = [text[a:b] for a, b in spans]
    if len(words) < 3 or not all(len(w) > 1 or w.isdigit() for w in words) or re.search(r"[:：]", text):
        return []
    labels = sum(bool(_HAN.search(w)) and meaning(w) is not None for w in words)
    if labels >= max(3, 0.6 * len(words)) and len(words) > 3:
        return spans
    telling = any((m := meaning(w)) is not None and m.role != "skip" for w in words)
    return spans if words[0].isdigit() and not telling and all(_HAN.search(w) for w in words[1:]) else []


def _several(text: str) -> int:
    """Where the second of several labels with blanks between them begins; 0 where the text is one label or none."""
    words = text.split()
    if len(words) < 2 or not all(len(w) > 1 and _HAN.search(w) and known(w) for w in words):
        return 0
    whole = meaning(text)
    if (whole is not None and whole.role not in ("skip", "item")) or squeeze(text) in WORDS:
        return 0
    return text.index(words[1], len(words[0]))


def _behind(text: str) -> tuple[int, int] | None:
    """The blank, or the mark that is no letter, behind which a label stands that has nothing to do with what is before it
    (会计 底薪); None where there is none."""
    found = _MARKS.search(text)
    if found is None or text[found.end() :] not in WORDS or known(text[: found.start()]):
        return None
    return found.span() if squeeze(text) not in WORDS else None


def _apart(text: str, start: int, end: int) -> bool:
    """Whether a blank stands between two words, not within one (姓  名, Gross Pay)."""
    before, after = text[:start].split()[-1:], text[end:].split()[:1]
    if not before or not after:
        return False
    if re.fullmatch(r"[\d*]{3,}", before[0]) and re.fullmatch(r"[\d*]{2,}", after[0]):
        return False
    latin = re.fullmatch(r"[A-Za-z.,&'/]+", before[0]) and re.match(r"[A-Za-z&(/.]", after[0])
    return not latin and (len(before[0]) > 1 or len(after[0]) > 1)


# ---------------------------------------------------------------- values


@lru_cache(maxsize=8192)
def money(text: str) -> Decimal | None:
    """The one amount that a text is; None for others, for blank marks, and for forms that leave its digits in doubt."""
    if FAINT.fullmatch(text):
        return Decimal(f"{re.sub('[.,]', '', text[:-3])}.{text[-2:]}")
    if text.strip() in NOUGHT:
        return Decimal(0)
    found = amount(text)
    return found[0] if found is not None and (not found[1] or POINTS.fullmatch(squeeze(text))) else None


def doubtful(text: str) -> bool:
    """Whether the form of an amount leaves doubt (points in the place of commas, a blank in that of the point)."""
    found = amount(text)
    if text.strip() in NOUGHT or FAINT.fullmatch(text):
        return True
    return found is not None and found[1]


def blank(text: str) -> bool:
    """Whether a cell says that there is nothing."""
    return squeeze(text) in BLANK or not squeeze(text)


@lru_cache(maxsize=4096)
def month(text: str, year: int | None = None) -> str | None:
    """The one month `YYYY-MM` that a text names; a month alone takes `year`. None for ranges over several months."""
    plain = _LOST_NOUGHT.sub("二〇", unicodedata.normalize("NFKC", text)).strip()
    if span_of_days(plain, year or 2000):
        return None
    dates = find_dates(plain)
    if dates:
        months = {d[:7] for d, _, _ in dates}
        return months.pop() if len(months) == 1 else None
    if _RANGE.search(re.sub(r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}(?!\d)", "", plain)) or re.search(
        r"月\s*(?:-|—|–|~|～|至|到)\s*\d", plain
    ):
        return None
    found = parse_month(plain)
    if found:
        return found
    latin = re.search(
        r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[. ,'-]*((?:19|20)?\d{2})(?!\d)", plain, re.I
    )
    if latin:
        return f"{latin[2] if len(latin[2]) == 4 else '20' + latin[2]}-{_ENGLISH[latin[1].lower()]:02}"
    alone = re.search(r"(?<![\d年.])(\d{1,2}|十[一二]?|[一二三四五六七八九])月", squeeze(plain))
    if alone and year:
        number = int(alone[1]) if alone[1].isdigit() else _HAN_MONTHS[alone[1]]
        return f"{year}-{number:02}" if 1 <= number <= 12 else None
    return None


_LOST_NOUGHT = re.compile(r"(?<![一二三四五六七八九〇○零])二\s*(?=[二三][一二三四五六七八九]年)")
"""What is before the tens of a year whose nought was not read (二 二五年)."""
_DAYS = re.compile(
    r"(?:((?:19|20)\d\d)[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?(?:[-—–－~～至到]|\.\.)+(?:((?:19|20)\d\d)[-/.年])?(\d{1,2})[-/.月](\d{1,2})(?!\d)"
)


def span_of_days(text: str, year: int | None = None) -> str | None:
    """The month `YYYY-MM` in which days from one month into the next end (26 August to 25 September: of September), as employers
    count that pay from a day of the month to the day before; None for others, or where no year is told."""
    found = _DAYS.search(squeeze(unicodedata.normalize("NFKC", text)))
    if found is None:
        return None
    first, last = int(found[2]), int(found[5])
    if (last - first) % 12 != 1 or int(found[6]) != int(found[3]) - 1 or not 1 <= last <= 12:
        return None
    begun = int(found[1]) + (last < first) if found[1] else year
    own = int(found[4]) if found[4] else begun
    return f"{own}-{last:02}" if own else None


def is_month(text: str) -> bool:
    """Whether a whole text is a month."""
    return _MONTH.fullmatch(squeeze(text)) is not None or (
        re.fullmatch(
            r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[. ,'-]*(?:19|20)?\d{2}",
            text.strip(),
            re.I,
        )
        is not None
    )


def year(text: str) -> int | None:
    """The one year that a text names."""
    years = {int(m[1]) for m in _YEAR.finditer(unicodedata.normalize("NFKC", text))}
    return years.pop() if len(years) == 1 else None


@lru_cache(maxsize=8192)
def is_value(text: str) -> bool:
    """Whether a text has the form of a value: an amount, a month, a date, a number, a blank mark."""
    plain = squeeze(text)
    return (
        amount(text) is not None
        or FAINT.fullmatch(text) is not None
        or plain in NOUGHT
        or plain in BLANK
        or is_month(text)
        or (bool(find_dates(text)) and len(plain) <= 24)
        or re.fullmatch(r"[\d*Xx-]{3,}", plain) is not None
    )
