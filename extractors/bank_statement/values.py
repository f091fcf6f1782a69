"""The normal forms of what a statement prints beside its labels: names, accounts, sums, moments, currencies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

from extractors.bank_statement.labels import CURRENCIES
from pipeline.table.kinds import amount, clock, squeezed, tokens, when
from pipeline.text import money, parse_id_number, printed, printed_name

_ACCOUNT = re.compile(r"(?:[A-Z]{2,4}-?)?[\d*][\d*\-]{3,}[\d*](?!\d)|[A-Za-z][A-Za-z0-9_\-]{5,19}")
_POINT = re.compile(r"(?<=\d)\s*([.,，])\s*(?=\d)")
_MASKED_NAME = re.compile(r"[\u3400-\u9fff·*＊（）()A-Za-z.' ]{2,40}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_APART = re.compile(r"(?=.*(?: [,，.]|[,，.] ))[-+]?[¥￥]?[\d,，]+(?: [\d,，.]+)+")
"""An amount set apart character by character: no number begins or ends with a comma or a point."""


def days_in(text: str) -> list[str]:
    """Every date in a text, in order; two in one without a separator (20250101-20250630) count as two."""
    found: list[str] = []
    rest = text
    eight = re.findall(r"(?<!\d)((?:19|20)\d{6})(?!\d)", squeezed(text))
    if len(eight) >= 2:
        return [d for d in (when(e).date for e in eight) if d]
    for t in tokens(re.sub(r"(?<=\d) +(?=[-/.])|(?<=[-/.]) +(?=\d)", "", rest)):
        if t.kind == "date":
            day = when(re.sub(r"(?<=\d) +(?=[-/.])|(?<=[-/.]) +(?=\d)", "", rest)[t.start : t.end]).date
            if day:
                found.append(day)
    return found


def _holder(text: str) -> str | None:
    m = _MASKED_NAME.match(printed_name(text))
    if not m:
        return None
    name = printed_name(m[0])
    if _HAN.search(name):
        name = re.split(r"[（(]", name)[0] if len(name) < 8 else name
        name = name.split(" ")[0] if _HAN.match(name) else name
    return name if len(name.strip("*")) >= 1 and len(name) >= 2 else None


def _account(text: str) -> str | None:
    plain = re.sub(r"(?<=[\d*]) (?=[\d*])", "", squeeze_spaces(text))
    m = _ACCOUNT.search(plain.replace("×", "*").replace("＊", "*").replace("•", "*"))
    if m is None or sum(c.isdigit() for c in m[0]) < 3 or m[0].endswith("*"):
        return None  # a mask hides the middle of an account, never the end that tells it from others
    return m[0]


def squeeze_spaces(text: str) -> str:
    """The text with its spaces removed between digits only."""
    return re.sub(r"(?<=[\d*])\s+(?=[\d*])", "", text)


def _sum(text: str) -> str | None:
    value = _money(text)
    return None if value is None else money(abs(value))


def _signed_sum(text: str) -> str | None:
    value = _money(text)
    return None if value is None else money(value)


def _money(text: str) -> Decimal | None:
    """The first amount in a text, its digits apart or not (2 ,44 3 .1 2); a whole number where nothing else stands there."""
    if _APART.fullmatch(text.strip()):
        text = squeezed(text)
    found = [t for t in tokens(text) if t.kind == "money"]
    if not found:
        text = _POINT.sub(r"\1", text)
        found = [t for t in tokens(text) if t.kind == "money"]
    value = amount(text[found[0].start : found[0].end]) if found else amount(text)
    return value[0] if value else None


@lru_cache(maxsize=512)
def currency(text: str) -> str | None:
    """ISO 4217 of a printed currency; None for `全部` and the like."""
    plain = squeezed(text).lower()
    for code, names in CURRENCIES:
        if any(plain.startswith(n) or plain == n or (len(n) > 2 and n in plain) for n in names):
            return code
    return None


def _day(text: str) -> str | None:
    return when(text).date


def _moment(text: str) -> str | None:
    found = when(text)
    if found.date is None:
        return None
    time = found.time or clock(text.replace(found.date, ""))
    return f"{found.date} {time}" if time else found.date


def _serial(text: str) -> str | None:
    m = re.search(r"[A-Za-z0-9\-]{4,40}", squeeze_spaces(text))
    return m[0] if m else None


def _filter(text: str) -> str | None:
    value = printed(text).split(" ")[0].strip("，,;；")
    return value if re.search(r"[\u3400-\u9fffA-Za-z]", value) else None


NORMAL: dict[str, Callable[[str], str | None]] = {
    "account_holder": _holder,
    "account_number": _account,
    "id_number": parse_id_number,
    "currency": currency,
    "period_start": _day,
    "period_end": _day,
    "opening_balance": _signed_sum,
    "closing_balance": _signed_sum,
    "total_in": _sum,
    "total_out": _sum,
    "filter": _filter,
    "printed_at": _moment,
    "serial_number": _serial,
}

_OLD = "黃鮮張陳劉趙楊吳孫馬鄭馮葉鄧蕭龍貿業銀電東國華廣戶帳餘額轉賬長門開關學實業務財貨費購運連進遠達適選還鐵錢錦鋼鎮閱陽陰際險隨雲靈韓韋順頭顧願額養館駿驗魯麗齊"
_NEW = "黄鲜张陈刘赵杨吴孙马郑冯叶邓萧龙贸业银电东国华广户账余额转账长门开关学实业务财货费购运连进远达适选还铁钱锦钢镇阅阳阴际险随云灵韩韦顺头顾愿额养馆骏验鲁丽齐"
FORMS = str.maketrans(_OLD, _NEW)
"""Traditional forms that engines give for their simplified look-alikes in small print, and these."""


def simplified(texts: Iterable[str]) -> bool:
    """Whether a paper is printed in simplified characters: next to none of its characters has a traditional form."""
    plain = "".join(texts)
    return sum(ord(c) in FORMS and FORMS[ord(c)] != ord(c) for c in plain) < 0.02 * max(
        1, len(_HAN.findall(plain))
    )
