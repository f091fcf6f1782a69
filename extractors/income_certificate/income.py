"""What is earned: a month, a year, in figures and in words, before or after tax."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extractors.income_certificate.cues import Stretches
from extractors.income_certificate.labels import AMOUNT, OPEN, TICKED, UPPER
from pipeline.layout import Reader, Row
from pipeline.text import money, parse_money, parse_upper_amount


def put_income(reader: Reader, text: Row, stretches: Stretches) -> None:
    for name in ("monthly_income", "annual_income"):
        for kind, start, _ in stretches:
            if kind != name:
                continue
            stop = _sentence_end(
                text.text,
                start,
                [
                    s
                    for s in stretches
                    if s[0] in ("monthly_income", "annual_income", "part", "contact_phone")
                ],
            )
            _amounts(reader, text, name, start, stop)
            if name in reader.fields:
                break
    if "monthly_income" not in reader.fields and "annual_income" not in reader.fields:
        words = "收入|工资|薪酬|薪资|报酬|薪"
        found = re.search(
            rf"(?<!个)月[^年。]{{0,14}}?(?:{words})(?!.{{0,4}}(?:总额|累计|共计|合计))|(?:{words})[^年。]{{0,6}}?每?月",
            text.text,
        )
        if found:
            _amounts(
                reader, text, "monthly_income", found.end(), _sentence_end(text.text, found.end(), stretches)
            )
    if "monthly_income_words" not in reader.fields:
        for found in UPPER.finditer(text.text):
            before = text.text[max(0, found.start() - 14) : found.start()]
            monthly = "月" in before and "年" not in before
            if len(found[0]) >= 4 and ("annual_income" not in reader.fields or monthly):
                _words(reader, text, found.start(), found.end())
                break


def _sentence_end(text: str, start: int, others: Stretches) -> int:
    """Where what is said of an amount ends: at the next cue of another amount, or two full stops on."""
    after = [s - 2 for _, s, _ in others if s > start + 2]
    return min([start + 90, *after, len(text)])


def _amounts(reader: Reader, text: Row, name: str, start: int, stop: int) -> None:
    part = text.text[start:stop]
    if re.match(r".{0,3}(?:总额|累计|共计)", part) and name == "monthly_income":
        return
    upper = next(
        (m for m in UPPER.finditer(part) if len(m[0]) >= 3 and parse_upper_amount(m[0]) is not None), None
    )
    if upper and name == "monthly_income":
        _words(reader, text, start + upper.start(), start + upper.end())
    figures = [
        m
        for m in AMOUNT.finditer(part)
        if part[m.end() : m.end() + 1] not in ("年", "月", "日", "%", "个", "次", "、")
    ]
    small = re.search("小写|¥", part)
    if small:
        figures = [m for m in figures if m.start() >= small.start()] or figures
    for m in figures:
        value = parse_money(m[1].replace("，", ","))
        if value is None or (value < 100 and not m[2]):
            continue
        value = value * 10_000 if m[2] else value
        reader.put(name, text.cut(start + m.start(), start + m.end()), money(Decimal(value)))
        return


def _words(reader: Reader, text: Row, start: int, end: int) -> None:
    pieces = text.cut(start, end)
    shown = re.sub(r"[\s_＿]", "", "".join(p.text for p in pieces))
    reader.put("monthly_income_words", pieces, shown if parse_upper_amount(shown) is not None else None)


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


def row_end(text: Row, start: int) -> int:
    """Where the printed row of the character before `start` ends in the running text."""
    before = text.lines[text.marks[max(0, start - 1)][0]]
    for index in range(start, len(text.text)):
        if text.lines[text.marks[index][0]].middle[1] > before.box[3]:
            return index
    return len(text.text)
