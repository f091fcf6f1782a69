"""How a value is shown to a reviewer: hostile characters made visible, personal data under the middle mask."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.text import mask_name

NAMES = frozenset({"name", "account_holder", "holder", "head_name", "contact_person", "payer", "spouse_name"})
NUMBERS = frozenset({"id_number", "spouse_id_number", "passport_number", "permit_number"})
ACCOUNTS = frozenset({"account_number", "bank_account", "account", "counterparty_account", "payer_account"})
PHONES = frozenset({"phone", "contact_phone"})
ADDRESSES = frozenset({"address", "property_address", "location"})

_COMPANY = re.compile(r"公司|银行|中心|集团|厂|店|局|院|学校|大学|部|所|社|基金|税务|支付|平台|[A-Za-z0-9]")
_STREET = re.compile(r"^(.*?(?:路|街|道|巷|弄|镇|乡|村|大道|胡同|小区))(.+)$")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z.,*])(?:\d{17}[\dXx]|\d{15}|\d{16}|\d{19})(?![0-9A-Za-z*])")
_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


def leaf(field: str | None) -> str:
    """The field itself of a path: `id_number` of `applicants[0].id_number`."""
    return (field or "").rpartition(".")[2]


def visible(text: str) -> str:
    """The text with every character that could hide or reorder others shown as its code point: control and
    direction marks, zero-width characters, lone surrogates; line feeds and tabs are blanks."""
    return _ODD.sub(lambda m: " " if m[0] in "\n\t" else f"⟨U+{ord(m[0]):04X}⟩", text)


def masked(field: str, value: str, against: Iterable[str] = ()) -> str:
    """A field's value under the middle mask. What differs from one of the values `against` it stays in the open:
    a reviewer must see the difference that a finding is about."""
    field = leaf(field)
    others = [other for other in against if other != value]
    if field in NAMES:
        return value if others or "*" in value or _COMPANY.search(value) else mask_name(value)
    if field in NUMBERS:
        return mask_number(value, others, head=6, tail=4)
    if field in ACCOUNTS:
        return mask_number(value, others, head=6, tail=4)
    if field in PHONES:
        return mask_number(value, others, head=3, tail=4)
    if field in ADDRESSES and not others:
        found = _STREET.match(value)
        return found[1] + "****" if found else value
    return value


def mask_number(value: str, others: Iterable[str] = (), head: int = 6, tail: int = 4) -> str:
    """The number with its middle as `*`, but for the characters in which one of `others` differs; a number of
    another length leaves the whole of it in the open."""
    shown = set(range(head)) | set(range(len(value) - tail, len(value)))
    for other in others:
        if len(other) != len(value):
            return value
        shown |= {at for at, (a, b) in enumerate(zip(value, other, strict=True)) if a != b}
    if len(value) <= head + tail:
        return value
    return "".join(char if at in shown else "*" for at, char in enumerate(value))


def mask_sentence(text: str, people: Iterable[str], disputed: Iterable[str] = ()) -> str:
    """A sentence with the names of `people` and long numbers masked, but for the values that are `disputed` in it."""
    disputed = list(disputed)
    for name in sorted(people, key=len, reverse=True):
        if len(name) > 1 and name not in disputed:
            text = text.replace(name, mask_name(name))
    numbers = _LONG_NUMBER.findall(text)
    return _LONG_NUMBER.sub(
        lambda m: mask_number(m[0], [n for n in [*numbers, *disputed] if n != m[0] and len(n) == len(m[0])]),
        text,
    )


def mask_counterparty(name: str) -> str:
    """A statement's counterparty: companies in full, persons by their family name alone."""
    return name if not name or _COMPANY.search(name) or "*" in name else mask_name(name)
