"""The counterparty's cell: a name, an account, or both in one line or on lines of their own."""

from __future__ import annotations

import re

from pipeline.table import Cell
from pipeline.table.header import bands
from pipeline.text import printed, printed_name

_HAN = re.compile(r"[\u3400-\u9fff]")
_SPLIT = re.compile(r"[A-Za-z]{0,3}[\d*]{6,}[\d*A-Za-z]*")
_ACCOUNT = re.compile(r"[A-Za-z]{0,4}[\d*\- ]{4,}[\dA-Za-z*]*")
_MASK_OF_NAME = re.compile(r"^\*{1,2}(?=\d{10,}$)")
"""Accounts are masked in their middle: stars before a whole number close the name before it."""
_TAIL = re.compile(r"^(.*?[\u3400-\u9fff）)*·])\s*(\d[\d*]{8,}\d)$")

_BEGUN = re.compile(r"(.*[\u3400-\u9fff）)*·A-Za-z])\s*[/／|]\s*([\d*]+)")


def party(cell: Cell, role: str) -> tuple[str, str]:
    """The name and the account in a cell of a column of `role`; one of both may be empty."""
    text = cell.text
    if role == "counterparty_account":
        return _of_account(re.sub(r"\s", "", text))
    lines = ["".join(n.text for n in band) for band in bands(cell.lines)]
    numbers = [bool(_ACCOUNT.fullmatch(t.strip()) and re.search(r"\d{3}", t)) for t in lines]
    if any(numbers) and not all(numbers):
        name = "".join(t for t, number in zip(lines, numbers, strict=True) if not number)
        account = "".join(t for t, number in zip(lines, numbers, strict=True) if number)
        begun = _BEGUN.fullmatch(name)
        if begun:
            # 某某公司/9942185 over 5666842723: the number begins behind the name's stroke.
            name, account = begun[1], begun[2] + account
        if _HAN.search(name) or role == "party":
            return printed(name), re.sub(r"\s", "", account)
    return _of_text(printed(text), role)


def _of_account(plain: str) -> tuple[str, str]:
    """A column of accounts; a name before the account is that of a column whose edge was crossed."""
    tail = _TAIL.match(plain)
    if tail:
        return tail[1], tail[2]
    return "", _MASK_OF_NAME.sub("", plain)


def _of_text(plain: str, role: str) -> tuple[str, str]:
    tail = _TAIL.match(plain)
    if tail:
        return printed(tail[1]), tail[2]
    if role == "counterparty" and _HAN.search(plain) and not _SPLIT.search(plain):
        return plain, ""
    if role == "counterparty" and not _HAN.search(plain):
        return printed_name(plain), ""
    halves = [h.strip() for h in re.split(r"[/／|]", plain) if h.strip() and h.strip() != "-"]
    account = next((h for h in halves if _ACCOUNT.fullmatch(h) and any(c.isdigit() for c in h)), "")
    if len(halves) > 1 and account:
        return "".join(h for h in halves if h != account), account.replace(" ", "")
    m = _SPLIT.search(plain)
    if m and role == "party":
        rest = (plain[: m.start()] + " " + plain[m.end() :]).strip(" /,，-;；（）()")
        return printed(rest), m[0]
    return plain, ""
