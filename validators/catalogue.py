"""Every code of findings.md in words: its chapter, its title, what it says, what settles it, what the customer may hear."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pipeline.model import Finding

SOURCE = Path(__file__).with_name("catalogue.toml")
CATEGORIES = (
    "intake",
    "readability",
    "completeness",
    "authenticity",
    "consistency",
    "income",
    "affordability",
    "risk",
)
"""The chapters of the report, in their order."""
LANGS = ("zh", "en")
MAY_ASK_ANEW = frozenset(
    {"AMOUNT_WORDS_MISMATCH", "PAYSTUB_ARITHMETIC", "STATEMENT_TOTALS_MISMATCH", "STATEMENT_ORDER"}
)
"""The codes of authenticity for which the customer may be asked to bring the paper anew (rule 13)."""
NAMES = frozenset({"material", "any_of", "candidates", "fields", "field", "side", "reason", "basis", "source", "kind", "kinds", "pages"})  # fmt: skip
"""Params whose values are words of ours; in the others only the words in VALUES are."""
VALUES = frozenset({"M", "F", "long_term", "gross", "net", "single", "married", "divorced", "widowed"})
UNITS: Mapping[str, Mapping[str, tuple[tuple[int, str], ...]]] = {
    "zh": {"bytes": ((10**6, " MB"), (1, "字节")), "pixels": ((10**4, "万像素"), (1, "像素")), "pages": ((1, "页"),)},
    "en": {"bytes": ((10**6, " MB"), (1, " bytes")), "pixels": ((10**6, " megapixels"), (1, " pixels")), "pages": ((1, " pages"),)},
}  # fmt: skip
"""In which unit a size of a file is shown: the first that is no larger than it."""
_SIZE = re.compile(r"(\d+) (bytes|pixels|pages)")
_MONEY = re.compile(r"-?\d{4,}\.\d\d")

Pair = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code. The texts are pairs of zh and en, `says` and `asks` with variants by rule, reason or severity."""

    code: str
    category: str
    title: Pair
    says: Mapping[str, Pair]
    settles: Mapping[str, Pair]
    asks: Mapping[str, Pair] = field(default_factory=dict)

    def sentence(self, finding: Finding, lang: str) -> str:
        """What the finding says to the reviewer, with its numbers."""
        return _fill(_variant(self.says, finding)[lang], finding, lang)

    def clears(self, finding: Finding, lang: str) -> str:
        """What would settle it."""
        return _fill(_variant(self.settles, finding)[lang], finding, lang)

    def customer(self, finding: Finding, lang: str) -> str | None:
        """What the customer may hear: what to bring, politely and without a reason; None where it is not theirs to hear."""
        return _fill(_variant(self.asks, finding)[lang], finding, lang) if self.asks else None

    @property
    def for_customers(self) -> bool:
        """Whether a better paper from the customer can settle it."""
        return bool(self.asks)


def sentence(finding: Finding, lang: str) -> str:
    """What a finding says, in `zh` or `en`; KeyError for a code that is not in the catalogue."""
    return CATALOGUE[finding.code].sentence(finding, lang)


def clears(finding: Finding, lang: str) -> str:
    """What would settle a finding, in `zh` or `en`."""
    return CATALOGUE[finding.code].clears(finding, lang)


def customer(finding: Finding, lang: str) -> str | None:
    """What the customer may hear of a finding, or None."""
    return CATALOGUE[finding.code].customer(finding, lang)


def replaceable(code: str) -> bool:
    """Whether a paper sent anew settles what the replaced one raised (rule 5)."""
    entry = CATALOGUE[code]
    return entry.category != "authenticity" or entry.for_customers


def word(key: str, lang: str) -> str:
    """A material, a field, a side, a reason in words; what is not known stays as it is."""
    return WORDS.get(key, {lang: key})[lang]


# ---------------------------------------------------------------- filling in


def _variant(texts: Mapping[str, Pair], finding: Finding) -> Pair:
    keys = [
        str(finding.params.get("rule", "")),
        str(finding.params.get("reason", "")),
        finding.severity,
        *finding.params,
    ]
    return next((texts[key] for key in keys if key and key in texts), texts[""])


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


def _fill(template: str, finding: Finding, lang: str) -> str:
    return string.Formatter().vformat(template, (), _Values(values_of(finding, lang)))


def values_of(finding: Finding, lang: str) -> dict[str, str]:
    """What the braces of a sentence may hold, as it is shown."""
    params = finding.params
    shown = {key: shown_value(key, value, lang) for key, value in params.items()}
    shown["person"] = finding.person or ("借款人" if lang == "zh" else "the borrower")
    if finding.evidence:
        shown["file"] = finding.evidence[0].file
    document = next((seen.document for seen in finding.evidence if seen.document), None) or finding.material
    if document is not None:
        shown["document"] = word(document, lang)
    if "any_of" in params:
        shown["material"] = shown["any_of"]
    for name, work in DERIVED.items():
        found = work(params)
        if found is not None:
            shown[name] = found
    return shown


def shown_value(key: str, value: Any, lang: str) -> str:
    """A param as a sentence shows it: words in the language, money with separators, lists joined."""
    if isinstance(value, (list, tuple)):
        shown = [shown_value(key, item, lang) for item in value]
        comma, last = ("、", "或") if lang == "zh" else (", ", " or ")
        if key in ("any_of", "candidates") and len(shown) > 1:
            return comma.join(shown[:-1]) + last + shown[-1]
        return comma.join(shown)
    text = str(value)
    if key in NAMES or text in VALUES:
        return word(text, lang)
    if key == "difference":
        text = text.lstrip("-")
    size = _SIZE.fullmatch(text)
    if size is not None:
        number, units = int(size[1]), UNITS[lang][size[2]]
        whole, unit = next((one for one in units if one[0] <= number), units[-1])
        return f"{round(Decimal(number) / whole, 1):,}".removesuffix(".0") + unit
    return f"{Decimal(text):,}" if _MONEY.fullmatch(text) else text


def _number(params: Mapping[str, Any], name: str) -> Decimal | None:
    try:
        return Decimal(str(params[name]))
    except (KeyError, InvalidOperation):
        return None


def _share(
    top: str, bottom: str, less: int = 0, digits: str = "0.1"
) -> Callable[[Mapping[str, Any]], str | None]:
    def work(params: Mapping[str, Any]) -> str | None:
        a, b = _number(params, top), _number(params, bottom)
        return None if a is None or not b else f"{((a / b - less) * 100).quantize(Decimal(digits))}%"

    return work


def _percent(name: str) -> Callable[[Mapping[str, Any]], str | None]:
    def work(params: Mapping[str, Any]) -> str | None:
        value = _number(params, name)
        return None if value is None else f"{(value * 100).normalize():f}%"

    return work


def _lacking(params: Mapping[str, Any]) -> str | None:
    months, expected = _number(params, "months"), _number(params, "expected")
    return None if months is None or expected is None else str(expected - months)


DERIVED: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "over": _share("declared", "verified", less=1, digits="1"),
    "ratio": _share("numerator", "denominator"),
    "limit_percent": _percent("limit"),
    "share_percent": _percent("share"),
    "lacking": _lacking,
}
"""What sentences say besides the params, worked out from them."""


# ---------------------------------------------------------------- loading


def _pair(where: str, texts: Any) -> Pair:
    if not (
        isinstance(texts, list) and len(texts) == 2 and all(isinstance(text, str) and text for text in texts)
    ):
        raise ValueError(f"catalogue.toml, {where}: no pair of Chinese and English")
    return dict(zip(LANGS, texts, strict=True))


def _load(path: Path) -> tuple[dict[str, Entry], dict[str, Pair]]:
    data = tomllib.loads(path.read_text("utf-8"))
    words = {key: _pair(f"words.{key}", texts) for key, texts in data.pop("words").items()}
    entries = {}
    for code, entry in data.items():
        texts: dict[str, dict[str, Pair]] = {"says": {}, "clears": {}, "customer": {}}
        for key, value in entry.items():
            part, _, variant = key.partition(".")
            if part in texts:
                texts[part][variant] = _pair(f"{code}.{key}", value)
            elif part not in ("category", "title"):
                raise ValueError(f"catalogue.toml, {code}: {key!r} is unknown")
        entries[code] = Entry(
            code, entry["category"], _pair(f"{code}.title", entry["title"]), texts["says"], texts["clears"], texts["customer"]
        )  # fmt: skip
    return entries, words


CATALOGUE: Mapping[str, Entry]
WORDS: Mapping[str, Pair]
CATALOGUE, WORDS = _load(SOURCE)
