"""税前 or 税后: what a certificate says of its income, or what is ticked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.income_certificate.amounts import Amount
from extractors.income_certificate.labels import OPEN, TICKED
from pipeline.layout import Reader, Row
from pipeline.model import Line


def put_basis_of(reader: Reader, text: Row, taken: Amount | None, found: Sequence[Amount]) -> None:
    """What is said of the amount that was taken, else what the whole paper says, but not what it says of another amount."""
    told = taken.basis if taken else None
    if taken and told and not re.search(rf"[{TICKED}{OPEN}]", taken.said):
        at = taken.row.text.rfind(told, 0, taken.start)
        pieces = taken.row.cut(at, at + 2) if at >= 0 else taken.heads or _printed(text, told)
        reader.put("income_basis", pieces, "gross" if told == "税前" else "net")
        return
    same = (taken.value, 12 * taken.value) if taken else ()
    if not any(a.basis and a.value not in same for a in found if taken and a.kind in ("month", "other")):
        put_basis(reader, text)


def _printed(text: Row, told: str) -> tuple[Line, ...]:
    """Where a paper says first what it says of its amount."""
    at = text.text.find(told)
    return text.cut(at, at + 2) if at >= 0 else ()


def put_basis(reader: Reader, text: Row) -> None:
    """税前 or 税后: the only one that is printed, or the one that is ticked."""
    spots = [(m.start(), m.end(), m[0]) for m in re.finditer("税前|税后", text.text)]
    kinds = {word for _, _, word in spots}
    marks = _marks(text.text, spots)
    between = text.text[spots[0][1] : spots[1][0]] if len(spots) == 2 else ""
    if len(kinds) == 2 and between in tuple(OPEN) and sorted(marks) == ["none", "open"]:
        _unseen_tick(reader, text, spots[0], spots[1])
        return
    chosen = spots[:1] if len(kinds) == 1 else []
    if len(kinds) == 2:
        marked = [s for s, mark in zip(spots, marks, strict=True) if mark == "ticked"]
        free = [s for s, mark in zip(spots, marks, strict=True) if mark == "open"]
        if len({s[2] for s in marked}) == 1:
            chosen = marked[:1]
        elif not marked and len({s[2] for s in free}) == 1:
            chosen = [s for s in spots if s[2] != free[0][2]][:1]
            chosen = chosen if re.search(rf"[{TICKED}]", text.text) else []
    elif chosen and marks[0] == "open":
        chosen = []
    for start, end, word in chosen:
        reader.put("income_basis", text.cut(start, end), "gross" if word == "税前" else "net")


def _unseen_tick(reader: Reader, text: Row, one: tuple[int, int, str], two: tuple[int, int, str]) -> None:
    """`(税前□税后)` where the place of a second box is wide enough for one: engines pass over filled boxes. The wide
    place tells on which side of the words the boxes stand; the word of the unseen one is given with doubt."""
    first = _wide(text, one[0] - 1, one[1])
    last = _wide(text, two[0], two[1] + 1)
    if first == last:
        return
    start, end, word = one if first else two
    pieces = [replace(piece, confidence=min(piece.confidence, 0.9)) for piece in text.cut(start, end)]
    reader.put("income_basis", pieces, "gross" if word == "税前" else "net")


def _wide(text: Row, start: int, end: int) -> bool:
    """Whether the characters from `start` to before `end` take more than half a character more room than usual."""
    if start < 0 or end > len(text.text) or len({text.marks[i][0] for i in range(start, end)}) > 1:
        return False
    line = text.lines[text.marks[start][0]]
    pitch = sorted(line.edge(i + 1) - line.edge(i) for i in range(len(line.text)))[len(line.text) // 2]
    return text.x(end - 1) - text.x(start) > (end - 1 - start + 0.6) * pitch


def _marks(text: str, spots: Sequence[tuple[int, int, str]]) -> list[str]:
    """What the box of each word is: ticked, open, none. Boxes stand before their words where the first one does."""
    around = [(text[max(0, start - 1) : start], text[end : end + 1]) for start, end, _ in spots]
    boxed = [pair for pair in around if _box(pair[0]) != "none" or _box(pair[1]) != "none"]
    side = 0 if boxed and _box(boxed[0][0]) != "none" else 1
    return [_box(pair[side]) for pair in around]


def _box(char: str) -> str:
    return "none" if not char else "ticked" if char in TICKED else "open" if char in OPEN else "none"
