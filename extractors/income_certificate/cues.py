"""The cues that introduce values in running text, found by a spaCy matcher."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from extractors.income_certificate.labels import CUES

Stretches = Sequence[tuple[str, int, int]]
"""(name of the cue, where the value begins, where the next cue stands), in the order of the text."""


@cache
def _matcher() -> tuple[Any, Any]:
    """The cues as one spaCy PhraseMatcher over single characters; loaded at the first certificate."""
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("zh")
    matcher = PhraseMatcher(language.vocab)
    for name, phrases in CUES.items():
        matcher.add(name, [language.make_doc(phrase) for phrase in phrases])
    return language, matcher


def prepare() -> None:
    """Loads spaCy and its matcher, more than a second, before the first certificate comes."""
    _matcher()


def cues(text: str) -> list[tuple[str, int, int]]:
    """(name, start, end) of the cues in a text, in order; of overlapping ones the longest counts. 主任职务 holds no 任职."""
    from spacy.util import filter_spans

    language, matcher = _matcher()
    doc = language.make_doc(text)
    spans = filter_spans(
        s for s in matcher(doc, as_spans=True) if not text.startswith("任职务", s.start_char)
    )
    return [(s.label_, s.start_char, s.end_char) for s in sorted(spans, key=lambda s: s.start_char)]
