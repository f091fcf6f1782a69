"""Labels of single values in a line, and the role of each: listed ones, and those that their parts make."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extractors.bank_statement.labels import LABELS
from extractors.bank_statement.stems import MADE, Product
from pipeline.table.kinds import squeezed

_VARIANTS = str.maketrans("戶賬帳帐", "户账账账")
"""Characters that fonts and engines give in the place of others in labels."""
_GAP = "[ \u3000]*"
_HAN = re.compile(r"[\u3400-\u9fff]")
COLONED = ("客户",)
"""Words that are labels before a colon alone."""
_BEFORE = {"printed_at": " \u3000)）.、。；;，,"}
"""What may stand before a label without a colon, by role: a moment of printing comes in notes with numbers (2.申请时间)."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label found in a line: the role it stands for, and the characters that it covers (its colon included)."""

    role: str
    start: int
    end: int
    colon: bool


def _any(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first; blanks may stand between the characters (户  名)."""
    forms = {"/": "[/／]", "(": "[(（]", ")": "[)）]"}
    spaced = (
        _GAP.join(forms.get(c, re.escape(c)) for c in w.lower().translate(_VARIANTS))
        for w in sorted(words, key=len, reverse=True)
        if w
    )
    return "|".join(spaced)


def _made(product: Product) -> str:
    """A pattern of the labels that a product's parts make."""
    parts = [(f"(?:{_any(words)})", "" in words) for words in product]
    return "".join(f"(?:{p}{_GAP})?" if missing else f"{p}{_GAP}" for p, missing in parts).removesuffix(_GAP)


@lru_cache(maxsize=1)
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern of all labels: those put together of parts, then those listed, the longest first."""
    roles = {
        squeezed(name).lower().translate(_VARIANTS): role for role, names in LABELS.items() for name in names
    }
    han = [name for name in roles if _HAN.search(name)]
    latin = rf"(?<![a-z])(?:{_any(name for name in roles if not _HAN.search(name))})(?![a-z])"
    made = [_made(product) for products in MADE.values() for product in products]
    body = "|".join([*made, _any(han), latin])
    tail = r"(?:[ ]*[(（]?[a-z][a-z ./&'()-]*[)）]?)?(?:[(（](?:元|人民币|rmb|cny)[)）])?[ ]*"
    return re.compile(rf"({body})({tail}[:：]|(?=[ \u3000]|$|(?:19|20)\d\d[-/.年]))[ ]*"), roles


@lru_cache(maxsize=1)
def _products() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(_made(product)), role) for role, products in MADE.items() for product in products
    )


@lru_cache(maxsize=4096)
def role_of(label: str) -> str | None:
    """The role of a label as it is listed, else as its parts make it."""
    plain = squeezed(label).lower().translate(_VARIANTS)
    listed = _pattern()[1].get(plain)
    return listed or next((role for pattern, role in _products() if pattern.fullmatch(plain)), None)


def labels_in(text: str) -> list[Label]:
    """The labels in a line, in order. A label counts at the line's start, before a colon, or after a blank."""
    pattern, _ = _pattern()
    found: list[Label] = []
    for m in pattern.finditer(text.lower().translate(_VARIANTS)):
        role = role_of(m[1])
        colon = ":" in m[2] or "：" in m[2]
        if (
            role is None
            or (not colon and m[1] in COLONED)
            or (len(m[1]) == 1 and (not colon or not _alone(text, m.start())))
            or (
                not colon
                and m.start()
                and (text[m.start() - 1] not in _BEFORE.get(role, " \u3000)）") or not _HAN.search(m[1]))
            )
        ):
            continue
        end = m.end()
        if not colon:
            end += len(m[2])
            end += _translation(text[end:], role)
        found.append(Label(role, m.start(), end, colon))
    return found


def _alone(text: str, at: int) -> bool:
    """Whether a label of one character (起: , 止: ) begins a line or stands behind a blank or its English."""
    return not at or text[at - 1] in " \u3000" or (text[at - 1].isascii() and text[at - 1].isalpha())


def _translation(rest: str, role: str) -> int:
    """How many characters the English of a label takes that stands behind it (户名 Account Name)."""
    words = list(re.finditer(r"[(（]?[A-Za-z][A-Za-z./&']*[)）]?\s*", rest))
    for count in range(min(5, len(words)), 0, -1):
        own = words[:count]
        run = own[0].start() <= 2 and all(a.end() == b.start() for a, b in pairwise(own))
        if run and role_of(rest[own[0].start() : own[-1].end()].strip(" ()（）:：")) in (role, "-"):
            return own[-1].end()
    return 0
