"""Two readings of one line as one: what they share is surer, what they differ on is doubted."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from pipeline.ocr.engine import Span

DISAGREED = 0.80
"""The most that a character counts on which two readings differ."""
LOUD = 0.5
"""A character that only the second network sees counts from this probability on: below it is a mark that it stumbles over."""
SUREST = 0.9999
"""The most that agreement makes of a character."""


def least(span: Span) -> float:
    """The probability of the least sure character that tells something."""
    telling = [p for c, p in zip(span.text, span.probs, strict=True) if c.isalnum() or c in ".-,"]
    return min(telling, default=0.0)


def settled(first: Span, second: Span) -> Span:
    """Two readings of one line as one: of characters that agree the mean counts, of two that differ the likelier stays and the other
    is a doubt; where the lengths differ the likelier line stays, and is trusted less."""
    if not second.text or not second.probs:
        return first
    if len(first.text) != len(second.text):
        better, _ = sorted((first, second), key=least, reverse=True)
        if first.text.replace(" ", "") == second.text.replace(" ", ""):
            return better
        return Span(
            better.text,
            first.quad,
            tuple(min(p, DISAGREED) for p in better.probs),
            better.edges,
            better.doubts,
        )
    text, probs, doubts = "", [], []
    for i, (a, p, b, q) in enumerate(zip(first.text, first.probs, second.text, second.probs, strict=True)):
        char, sure, rival, less = (a, p, b, q) if p >= q else (b, q, a, p)
        text += char
        if char == rival:
            probs.append(round((sure + less) / 2, 4))
            continue
        probs.append(min(sure, DISAGREED))
        doubts.append((i, rival, round(less, 3)))
    held = {(i, c) for i, c, _ in doubts}
    for i, c, p in (*first.doubts, *second.doubts):
        if (i, c) not in held and c != text[i]:
            held.add((i, c))
            doubts.append((i, c, p))
    return Span(text, first.quad, tuple(probs), first.edges, tuple(sorted(doubts)))


def confirmed(first: Span, second: Span, known: frozenset[str]) -> Span:
    """A line of the first network as a second one, independent of it, sees it. `known` are the characters that the second
    can tell: on others it has no say. Only letters, digits and the marks of numbers are compared.

    Characters that both read err together less than either alone; where they differ the first one's stays, counts no more
    than DISAGREED, and the other is a doubt; a character that only one of them sees takes its neighbours' sureness too."""
    if not second.text or not second.probs:
        return first
    mine, theirs = _telling(first), _telling(second)
    probs, doubts = list(first.probs), list(first.doubts)
    a, b = [first.text[i] for i in mine], [second.text[j] for j in theirs]
    for step in Levenshtein.opcodes(a, b):
        own, other = mine[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        if step.tag == "equal":
            for i, j in zip(own, other, strict=True):
                probs[i] = min(SUREST, round(1 - (1 - probs[i]) * (1 - second.probs[j]), 4))
        elif len(own) == len(other):
            for i, j in zip(own, other, strict=True):
                if first.text[i] in known:
                    probs[i] = min(probs[i], DISAGREED)
                    doubts.append((i, second.text[j], round(second.probs[j], 3)))
        elif any(first.text[i] in known for i in own) or any(second.probs[j] >= LOUD for j in other):
            at = mine[min(step.src_start, len(mine) - 1)] if mine else 0
            for i in own or [at, *([mine[step.src_start - 1]] if step.src_start else [])]:
                if i < len(probs):
                    probs[i] = min(probs[i], DISAGREED)
    return Span(first.text, first.quad, tuple(probs), first.edges, tuple(sorted(set(doubts))))


def _telling(span: Span) -> list[int]:
    """The indices of the characters that carry meaning."""
    return [i for i, char in enumerate(span.text) if char.isalnum() or char in ".-*"]
