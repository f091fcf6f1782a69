"""pass, supplement or review, and one line on why (findings.md, rule 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.model import Finding
from pipeline.result import Verdict
from validators.catalogue import CATALOGUE

CUSTOMERS_MATTER = frozenset({"intake", "readability", "completeness"})
"""Chapters that a supplement settles."""
WEIGHTY = ("high", "medium")
MOST_NAMED = 4

NOTHING = {"zh": "没有高于提示级别的发现。", "en": "Nothing above a note was found."}


def verdict(findings: Sequence[Finding]) -> tuple[Verdict, dict[str, str]]:
    """The verdict of a case and its reason in both languages; the gravest kinds of findings are named first."""
    weighty = [found for found in findings if found.severity in WEIGHTY]
    if not weighty:
        outcome: Verdict = "pass"
    elif all(CATALOGUE[found.code].category in CUSTOMERS_MATTER for found in weighty):
        outcome = "supplement"
    else:
        outcome = "review"
    if outcome == "review":
        weighty.sort(key=lambda found: CATALOGUE[found.code].category in CUSTOMERS_MATTER)
    weighty.sort(key=lambda found: WEIGHTY.index(found.severity))
    counts = Counter(found.code for found in weighty)
    if not counts:
        return outcome, dict(NOTHING)
    return outcome, {"zh": _named(counts, "zh") + "。", "en": _named(counts, "en") + "."}


def _named(counts: Counter[str], lang: str) -> str:
    titles: Counter[str] = Counter()
    for code, count in counts.items():
        titles[CATALOGUE[code].title[lang]] += count
    mark = "（{}）" if lang == "zh" else " ({})"
    names = [
        title + (mark.format(count) if count > 1 else "")
        for title, count in list(titles.items())[:MOST_NAMED]
    ]
    rest = len(titles) - len(names)
    joined = ("、" if lang == "zh" else ", ").join(names)
    if rest > 0:
        joined += f"等{len(titles)}类" if lang == "zh" else f" and {rest} more kinds"
    return joined
