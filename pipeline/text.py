"""Normal forms of what is printed: characters, dates, months, money, 大写, names, numbers ."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

# CJK Radicals Supplement, which NFKC leaves alone (U+2F00 to U+2FD5 it maps).
_RADICALS = str.maketrans(
    {
        "⺠": "民", "⺟": "母", "⻅": "见", "⻆": "角", "⻉": "贝", "⻋": "车", "⻓": "长", "⻔": "门", "⻘": "青", "⻚": "页",
        "⻛": "风", "⻜": "飞", "⻝": "食", "⻢": "马", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄",
        "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻳": "龟", "⺮": "竹", "⺌": "小", "⺍": "小", "⺝": "月", "⺼": "肉", "⻄": "西",
        "⻁": "虎", "⻣": "骨", "⻙": "韦", "⻪": "齐", "⻫": "齐", "⻑": "長", "⻒": "镸", "⻀": "艹", "⺘": "手", "⺡": "水",
        "⺙": "攵", "⺫": "目", "⺬": "示", "⺯": "糸", "⺶": "羊", "⺻": "聿", "⺩": "王", "⻌": "辶", "⻏": "阝", "⻖": "阝",
        # NFKC gives these three their traditional forms.
        "⼾": "户", "⾭": "青", "⿈": "黄",
    }
)  # fmt: skip
_DOTS = str.maketrans(dict.fromkeys("•・．‧･∙⋅●", "·"))
_DASHES = str.maketrans(dict.fromkeys("−－–—―‐‑‒", "-"))
_CJK = "\u3400-\u9fff\uf900-\ufaff"
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


@lru_cache(8192)  # every material asks this of every line of a page
def clean(text: str) -> str:
    """Radical code points as their characters, digits and Latin half-width, spaces folded; punctuation kept as it is."""
    text = text.translate(_RADICALS)
    out = []
    for char in text:
        code = ord(char)
        if (
            0x2F00 <= code <= 0x2FD5
            or 0xFF10 <= code <= 0xFF19
            or 0xFF21 <= code <= 0xFF5A
            or 0xF900 <= code <= 0xFAFF
        ):
            out.append(unicodedata.normalize("NFKC", char))
        else:
            out.append(" " if char.isspace() else char)
    return re.sub(r" +", " ", "".join(out)).strip()


@lru_cache(8192)
def squeeze(text: str) -> str:
    """`clean` without any spaces and in half-width punctuation: the form in which labels and keywords are compared."""
    return unicodedata.normalize("NFKC", clean(text)).replace(" ", "").translate(_DASHES)


def printed(text: str) -> str:
    """Names and addresses in the normal form: no layout spaces beside Chinese, brackets there full-width, dots `·`."""
    text = clean(text).translate(_DOTS)
    text = re.sub(rf"(?<=[{_CJK}·（）()、，。]) | (?=[{_CJK}·（）()、，。])", "", text)
    if re.search(rf"[{_CJK}]", text):
        text = text.replace("(", "（").replace(")", "）")
    return text


def printed_name(text: str) -> str:
    """A person's name: as `printed`, a full stop or a katakana dot between characters as the middle dot."""
    text = printed(text).strip("·,，。.、:：;；-_ ")
    return re.sub(rf"(?<=[{_CJK}])[.．](?=[{_CJK}])", "·", text)


# ---------------------------------------------------------------- dates

_HAN_DIGITS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    "Ｏ": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_SEP = r"\s*[-/.年·]\s*"
_DATE = re.compile(rf"(?<!\d)((?:19|20)\d{{2}}){_SEP}(\d{{1,2}})\s*[-/.月·]\s*(\d{{1,2}})(?!\d)\s*日?")
_DATE8 = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(\d{2})(?!\d)")
_MONTH = re.compile(rf"(?<!\d)((?:19|20)\d{{2}}){_SEP}(\d{{1,2}})(?!\d)\s*月?")
_MONTH6 = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(?!\d)")
_HAN_DATE = re.compile(
    r"([一二三四五六七八九〇○零Ｏ]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})日)?"
)


def _han_number(text: str) -> int:
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _HAN_DIGITS.get(tens, 1) * 10 + (_HAN_DIGITS[ones] if ones else 0)
    return _HAN_DIGITS[text]


def find_dates(text: str) -> list[tuple[str, int, int]]:
    """Every full date in `text` as (`YYYY-MM-DD`, start, end), in order. Impossible days keep their form (2026-02-30)."""
    text = text.translate(_WIDE).translate(_DASHES)
    found = [(f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}", m.start(), m.end()) for m in _DATE.finditer(text)]
    found += [(f"{m[1]}-{m[2]}-{m[3]}", m.start(), m.end()) for m in _DATE8.finditer(text)]
    for m in _HAN_DATE.finditer(text):
        if m[3]:
            year = "".join(str(_HAN_DIGITS[c]) for c in m[1])
            found.append((f"{year}-{_han_number(m[2]):02}-{_han_number(m[3]):02}", m.start(), m.end()))
    return sorted(
        (f for f in found if 1 <= int(f[0][5:7]) <= 12 and 1 <= int(f[0][8:]) <= 31), key=lambda f: f[1]
    )


def parse_date(text: str) -> str | None:
    """The one full date in `text`, `YYYY-MM-DD`; else the month `YYYY-MM` where no day is printed; None without a year."""
    dates = find_dates(text)
    if dates:
        return dates[0][0]
    return parse_month(text)


def parse_month(text: str) -> str | None:
    """The first month in `text`, `YYYY-MM`, or None."""
    text = text.translate(_WIDE).translate(_DASHES)
    for pattern in (_MONTH, _MONTH6):
        m = pattern.search(text)
        if m and 1 <= int(m[2]) <= 12:
            return f"{m[1]}-{int(m[2]):02}"
    m = _HAN_DATE.search(text)
    if m:
        return "".join(str(_HAN_DIGITS[c]) for c in m[1]) + f"-{_han_number(m[2]):02}"
    return None


def as_date(value: str | None) -> date | None:
    """The day of a `YYYY-MM-DD`, None for an impossible or absent one."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


# ---------------------------------------------------------------- money

_MONEY = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?-?|[-+]?\d+(?:\.\d{1,2})?-?")


def parse_money(text: str) -> Decimal | None:
    """One amount with its sign, or None where the text is not exactly one amount.

    Takes `,` and `，` as separators of thousands, `¥`, `￥`, `元`, `CNY`, `RMB`, `+`, every dash, and a trailing `-`.
    Full stops in the place of a separator (1.234.56) are not guessed at.
    """
    plain = unicodedata.normalize("NFKC", clean(text)).translate(_DASHES).replace(" ", "")
    plain = re.sub(r"^(?:人民币|CNY|RMB)|[¥￥]|元整?$|元正$|(?:CNY|RMB)$", "", plain).strip()
    if not plain or not _MONEY.fullmatch(plain):
        return None
    negative = plain.startswith("-") or plain.endswith("-")
    try:
        value = Decimal(plain.strip("+-").replace(",", ""))
    except InvalidOperation:
        return None
    return -value if negative else value


def money(value: Decimal) -> str:
    """An amount in the normal form: two digits after the point."""
    return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


_UPPER_DIGITS = {
    "零": 0, "〇": 0, "○": 0, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "弍": 2, "貳": 2, "參": 3, "叄": 3, "陸": 6, "×": 0, "X": 0, "x": 0, "✕": 0, "/": 0, "¥": 0, "⊗": 0,
}  # fmt: skip
_UPPER_UNITS = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}


def parse_upper_amount(text: str) -> Decimal | None:
    """The value of an amount in 大写, slot forms with 零 or × included; None where it is no such amount.

    >>> parse_upper_amount("人民币壹万捌仟零捌拾捌元柒角伍分")
    Decimal('18088.75')
    """
    plain = (
        squeeze(text)
        .replace("人民币", "")
        .replace("圆", "元")
        .replace("園", "元")
        .replace("萬", "万")
        .replace("億", "亿")
    )
    plain = re.sub(r"^[:：（(¥￥大写)）]+|[()（）_＿。，,;；]+|[整正]$", "", plain).strip("整正")
    if not plain or ("元" not in plain and "角" not in plain and "分" not in plain):
        return None
    whole, _, rest = plain.rpartition("元") if "元" in plain else ("", "", plain)
    total = section = digit = 0
    seen = False
    last_unit = 10**9
    for char in whole:
        if char in _UPPER_DIGITS:
            if seen and digit:
                return None
            digit, seen = _UPPER_DIGITS[char], True
        elif char in _UPPER_UNITS:
            unit = _UPPER_UNITS[char]
            if unit >= last_unit:
                return None
            section += (digit if seen else (1 if unit == 10 and last_unit > 1000 else 0)) * unit
            last_unit, digit, seen = unit, 0, False
        elif char in "万亿":
            if total % 10**8 if char == "万" else total >= 10**8:
                return None
            total += (section + digit) * (10**4 if char == "万" else 1)
            total *= 1 if char == "万" else 10**8
            section, digit, seen, last_unit = 0, 0, False, 10**9
        else:
            return None
    amount = Decimal(total + section + digit)
    for char, part in (("角", Decimal("0.1")), ("分", Decimal("0.01"))):
        if char in rest:
            head, _, rest = rest.partition(char)
            head = head.lstrip("零") or "零"
            if len(head) != 1 or head not in _UPPER_DIGITS:
                return None
            amount += _UPPER_DIGITS[head] * part
    if rest.strip("零整正"):
        return None
    told = any(char in _UPPER_DIGITS for char in plain) or whole.startswith(("拾", "十"))
    return amount if told else None


# ---------------------------------------------------------------- names and numbers


def parse_id_number(text: str) -> str | None:
    """An 18- or 15-digit resident number, upper case without spaces, masked characters kept as `*`; None for other text."""
    plain = squeeze(text).upper().replace("×", "X").replace("Ｘ", "X")
    m = re.search(r"(?<![0-9A-Z*])(\d{17}[\dX]|\d{15}|\d{1,10}\*{2,16}[\dX]{1,6})(?![0-9A-Z*])", plain)
    return m[1] if m else None


def same_masked(a: str, b: str) -> bool:
    """Whether two texts are the same where `*` runs stand for any one or more characters."""
    if "*" not in a and "*" not in b:
        return a == b
    if "*" in a and "*" in b:
        if len(a) == len(b):
            return all(x == y or "*" in (x, y) for x, y in zip(a, b, strict=True))
        return all(x == y or "*" in (x, y) for x, y in zip(a, b, strict=False))
    pattern, whole = (a, b) if "*" in a else (b, a)
    parts = [re.escape(p) for p in re.split(r"\*+", pattern)]
    return re.fullmatch(".+".join(parts), whole) is not None


def same_number(a: str, b: str) -> bool:
    """Whether two identity or account numbers agree on their unmasked digits, 15 → 18 digits converted."""
    if len(a) == 15 and len(b) == 18 and a.isdigit():
        return b[:6] + b[8:17] == a and b[6:8] == "19"
    if len(b) == 15 and len(a) == 18 and b.isdigit():
        return same_number(b, a)
    return same_masked(a, b)


def name_key(text: str) -> str:
    """A name as it is compared: middle dots unified, brackets half-width, no spaces, Latin upper case."""
    return squeeze(text.translate(_DOTS)).upper()


def same_name(a: str, b: str) -> bool:
    """Whether two names are the same: masks match, `?` and private code points stand for one rare character."""
    x, y = name_key(a), name_key(b)
    if x == y:
        return True

    def wild(text: str) -> str:
        return re.sub(r"[?？\ue000-\uf8ff□■]", "*", text)

    return same_masked(wild(x), wild(y))


def company_key(text: str) -> str:
    """A company's name as it is compared: brackets, spaces and （集团） left out."""
    return re.sub(r"[()（）\[\]【】·.]", "", squeeze(text).replace("(集团)", "")).upper()


def mask_name(text: str) -> str:
    """张* and 欧阳**: the family name and one mark for each further character."""
    compound = (
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "司徒",
        "夏侯",
        "慕容",
        "皇甫",
        "尉迟",
        "长孙",
        "令狐",
        "宇文",
        "东方",
        "南宫",
    )
    head = 2 if text.startswith(compound) and len(text) > 2 else 1
    return text[:head] + "*" * max(1, len(text) - head)
