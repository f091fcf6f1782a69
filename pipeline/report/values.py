"""What a finding shows of its papers: values side by side, what differs in them, amounts, places, captions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from pipeline.model import SURE, Evidence, Value
from pipeline.report.crops import Crop
from pipeline.report.masks import ADDRESSES, NAMES, NUMBERS, leaf, masked, visible
from pipeline.report.ratios import number
from pipeline.report.words import BANK, FIELD, MATERIAL, MONEY, PARAM, PARTS, VALUES, Pair, pair, same, told

VALUES_SHOWN = 8
"""Values that stand side by side at one finding; further ones are told as places."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value at a finding: where it stands and what it says, in parts of which some differ from the first value."""

    paper: Pair
    field: Pair
    parts: tuple[tuple[str, bool], ...]
    words: Pair | None
    place: Pair
    more: int
    unsure: int | None


def numbers(params: Mapping[str, Any]) -> tuple[tuple[Pair, Pair], ...]:
    """The amounts, months and bases of a finding; disputed texts and numbers of persons stand in its values instead."""
    words_too = ("basis", "source", "month", "from", "to", "words", "side")
    personal = _kind(str(params.get("field"))) != "other"
    both = {"expected", "found"} <= params.keys()
    shown = []
    for key in PARAM:
        value = params.get(key)
        if not isinstance(value, str | int | Decimal) or value == "":
            continue
        disputed = both and key in ("expected", "found") and not (personal and len(str(value)) > 2)
        if disputed or key in words_too or (key not in ("expected", "found") and number(value) is not None):
            shown.append((PARAM[key], value_words(str(params.get("field")) if disputed else key, value)))
    return tuple(shown) if any(title is not PARAM["month"] for title, _ in shown) else ()


def side_by_side(evidence: Sequence[Evidence]) -> tuple[tuple[Shown, ...], list[Evidence]]:
    """The values of a finding, each masked but for what differs, the differing characters marked; equal values of one
    field of one paper are told once. Also the evidence that is told so."""
    told_once: dict[tuple[object, ...], list[Evidence]] = {}
    for one in evidence:
        told_once.setdefault((one.document, one.document_id, one.field, one.value), []).append(one)
    groups = list(told_once.values())[:VALUES_SHOWN]
    heads = [group[0] for group in groups]
    raw = [e.value if isinstance(e.value, str) else "、".join(e.value or ()) for e in heads]
    kinds = [_kind(e.field) for e in heads]
    texts = []
    for at, one in enumerate(heads):
        others = [raw[k] for k in range(len(raw)) if k != at and kinds[k] == kinds[at] != "other"]
        texts.append(visible(masked(one.field or "", raw[at], others)))
    shown = []
    for at, (one, group) in enumerate(zip(heads, groups, strict=True)):
        rivals = [
            texts[k] for k in range(len(texts)) if kinds[k] == kinds[at] != "other" and texts[k] != texts[at]
        ]
        shown.append(
            Shown(
                paper=_paper(one),
                field=field_title(one.field),
                parts=_differing(rivals[0], texts[at]) if rivals else ((texts[at], False),),
                words=None if kinds[at] != "other" else value_words(one.field or "", one.value),
                place=place(one),
                more=len(group) - 1,
                unsure=None if one.confidence >= SURE else round(one.confidence * 100),
            )
        )
    return tuple(shown), [one for group in groups for one in group]


def field_title(field: str | None) -> Pair:
    """A field in words, the last part of a path."""
    return told({**PARTS, **FIELD}, leaf(field) or None)


def _paper(one: Evidence) -> Pair:
    """The title of the paper that evidence is of; the application and other files without a type by their own."""
    if one.document is None:
        return MATERIAL["application"] if one.file == "application.yaml" else same(visible(one.file))
    return told(MATERIAL, one.document)


def _kind(field: str | None) -> str:
    """Which fields can be compared character by character."""
    field = leaf(field)
    if field in NAMES:
        return "name"
    if field in NUMBERS:
        return "number"
    if field in ADDRESSES:
        return "address"
    return (
        "company"
        if field in ("employer", "seal_company", "company_name", "counterparty", "seller")
        else "other"
    )


def _differing(other: str, text: str) -> tuple[tuple[str, bool], ...]:
    """The text in parts, those marked that the other value does not have; wholly marked where little is alike."""
    if len(other) == len(text):
        runs = groupby(zip(text, other, strict=True), key=lambda both: both[0] != both[1])
        parts = tuple(("".join(char for char, _ in run), off) for off, run in runs)
        if sum(len(part) for part, off in parts if off) * 2 <= len(text):
            return parts
    match = SequenceMatcher(None, other, text, autojunk=False)
    if match.ratio() < 0.5:
        return ((text, True),)
    return tuple((text[j0:j1], tag != "equal") for tag, _, _, j0, j1 in match.get_opcodes() if j1 > j0)


def value_words(field: str, value: Value | object | None) -> Pair:
    """A value as a reader should meet it: money with separators, codes as words, hostile characters visible."""
    field = leaf(field)
    if value is None or value == "":
        return same("—")
    if isinstance(value, tuple | list):
        parts = [value_words(field, part) for part in value]
        return pair("、".join(p["zh"] for p in parts), ", ".join(p["en"] for p in parts))
    text = str(value)
    if field == "bank" and text in BANK:
        return pair(BANK[text], text)
    if text in VALUES.get(field, {}):
        return VALUES[field][text]
    amount = number(text)
    if field in MONEY and amount is not None and ("." in text or abs(amount) >= 10):
        return same(f"{amount:,.2f}")
    if amount is not None and re.fullmatch(r"-?\d{1,10}\.\d\d", text):
        return same(f"{amount:,.2f}")
    if field == "limit" and amount is not None and 0 < amount <= 2:
        return same(f"{amount * 100:.1f} %")
    return same(visible(text))


def place(one: Evidence) -> Pair:
    """File, page and row of evidence, in words."""
    file = visible(one.file)
    zh = ([f"第 {one.page} 页"] if one.page is not None else []) + (
        [f"第 {one.row + 1} 行"] if one.row is not None else []
    )
    en = ([f"page {one.page}"] if one.page is not None else []) + (
        [f"row {one.row + 1}"] if one.row is not None else []
    )
    return pair(" ".join([file, *zh]), " ".join([file, *en]))


def caption(crop: Crop, evidence: Sequence[Evidence]) -> Pair:
    """What a cut-out shows: the paper and the fields whose boxes are drawn."""
    shown = [evidence[at] for at in crop.shows]
    kinds = list(dict.fromkeys(e.document for e in shown if e.document))
    fields = list(dict.fromkeys(e.field for e in shown if e.field))
    return {
        lang: " · ".join(
            part
            for part in ("/".join(told(MATERIAL, k)[lang] for k in kinds), joint.join(field_title(f)[lang] for f in fields[:4]))
            if part
        )
        for lang, joint in (("zh", "、"), ("en", ", "))
    }  # fmt: skip
