"""Forms without sentences: labels in cells of their own, and the value beside or below each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extractors.income_certificate.digits import digit_rows
from extractors.income_certificate.labels import LABELS, LATIN_LABEL, NAMED_TITLE, POINT
from pipeline.layout import Row, flow, rows
from pipeline.model import Line

_NOTE = re.compile(r"[(（\[【][^()（）\[\]【】:：\d]{0,16}(?:[)）\]】]|$)")
"""What stands in brackets behind a label: (税前), (小写), (盖章); left open where the cell's line ends."""
_LABELS = {name: re.compile(rf"{POINT}(?:{pattern})", re.I) for name, pattern in LABELS.items()}
_AMOUNT = re.compile(r"(?:人民币|RMB|CNY|¥)*\d[\d,]*(?:\.\d{1,2})?万?元?(?:整|/月|/年)?", re.I)
_BEGINS = re.compile("[月每近]|年[^元]|平均|税[前后]|大写|小写")
"""How the labels of amounts begin that nothing parts from the value before them."""
_DAY_MARK = re.compile(r"(?<=月\d)[旦曰目](?!\d)|(?<=月\d\d)[旦曰目](?!\d)")
_FIGURED = ("employed_since", "issue_date", "amount", "id_number", "contact_phone")
"""Labels whose values are written in figures."""
_ASKED = re.compile(
    r"(?:联系|咨询|垂询|核实|核验|查证|查询|接洽|洽询|沟通|详询)(?:人|方式|信息|人信息|渠道|途径|人员|我们|如下|以下人员|以下)*[:：]?[.。]?$"
)
"""How a text ends behind which the one is named who is to be asked."""
_SENTENCE = re.compile(r"[,，。;；]|[为是系]|人民币")
"""What shows that the words behind a label go on as running text."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A label's name (a field's, or `other`), its words, and its value as one row. `close` where nothing but the label's
    own wording parts the two (姓名张三), so that only a value of full shape counts; `heads` are the label's pieces of
    print, `row` is the index of its row."""

    name: str
    label: str
    value: Row
    close: bool = False
    heads: tuple[Line, ...] = ()
    row: int = -1


@dataclass(frozen=True, slots=True)
class _Spot:
    """A label in a row: the row's index, the label's name, its words, from where to where."""

    index: int
    name: str
    words: str
    start: int
    end: int
    close: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """The pairs of a sheet, in order, and the rows that are no part of them: the running text."""

    pairs: tuple[Pair, ...]
    prose: tuple[Row, ...]

    def of(self, *names: str) -> list[Pair]:
        """The pairs of these names, in their order on the paper."""
        return [pair for pair in self.pairs if pair.name in names]


def cells(table: Sequence[Row]) -> Cells:
    """Labels at the beginning of a row or a piece of print, or behind a gap, with what stands beside, else below them."""
    table = _whole_labels(table)
    found = {index: _spots(index, row) for index, row in enumerate(table)}
    pairs: list[Pair] = []
    taken: set[int] = set()
    for index, low, around, value in digit_rows(table):
        pairs.append(Pair("amount", around, value, row=low))
        taken |= {index, low}
    for index, row in enumerate(table):
        if index in taken:
            continue
        stops = [*(spot.start for spot in found[index][1:]), len(row.text)]
        beside = [_part(row, spot.end, stop) for spot, stop in zip(found[index], stops, strict=False)]
        heads = not any(beside) or beside.count(None) >= max(2, len(beside) - 1)
        heads = heads or _heads_all(row, table[index + 1 : index + 2], found[index], beside)
        if found[index] and heads and index + 1 < len(table) and not found[index + 1]:
            under = [_below(row, table[index + 1], spot) for spot in found[index]]
            if any(under):
                beside = under
                taken.add(index + 1)
        found[index] = _with_form(found[index], beside)
        asked = _ASKED.search("".join(each.text for each in table[max(0, index - 2) : index])) is not None
        pairs += [
            Pair(
                "contact_person" if asked and spot.name == "name" else spot.name,
                spot.words,
                value,
                spot.close,
                row.cut(spot.start, spot.end),
                index,
            )
            for spot, value in zip(found[index], beside, strict=True)
            if value is not None
        ]
        whole = bool(found[index]) and found[index][0].start == 0
        if whole and any(beside) and not any(spot.close for spot in found[index]):
            taken.add(index)
        elif not found[index] and index not in taken and (loose := _amount_cells(row)):
            pairs += loose
            taken.add(index)
    prose = (row for index, row in enumerate(table) if index not in taken or "。" in row.text)
    return Cells(tuple(pairs), tuple(prose))


def _heads_all(row: Row, under: Sequence[Row], spots: Sequence[_Spot], beside: Sequence[Row | None]) -> bool:
    """Whether a row is all labels, unknown ones too: beside one whose value is written in figures stands no figure, and
    each piece of print has one of its own right below it, figures below that label."""
    if not under or len(row.lines) < 2 or len(under[0].lines) != len(row.lines) or re.search(r"\d", row.text):
        return False
    figured = [
        spot for spot, value in zip(spots, beside, strict=True) if spot.name in _FIGURED and value is not None
    ]
    apart = all(
        abs(low.box[0] - line.box[0]) < line.height or abs(low.middle[0] - line.middle[0]) < line.height
        for line, low in zip(row.lines, under[0].lines, strict=True)
    )
    below = [_below(row, under[0], spot) for spot in figured]
    return apart and bool(figured) and all(value and re.search(r"\d", value.text) for value in below)


def _with_form(spots: Sequence[_Spot], values: Sequence[Row | None]) -> list[_Spot]:
    """小写 and 大写 behind a label without a value of its own say in which form that label's value is given."""
    out: list[_Spot] = []
    for n, spot in enumerate(spots):
        form = n > 0 and values[n - 1] is None and re.match("[(（]?(?:小写|大写|人民币)", spot.words)
        out.append(replace(spot, words=spots[n - 1].words + spot.words) if form else spot)
    return out


def is_label(text: str) -> bool:
    """Whether a text is nothing but a label."""
    return any(pattern.fullmatch(text) for pattern in _LABELS.values())


def _spots(index: int, row: Row) -> list[_Spot]:
    out: list[_Spot] = []
    at = len(row.text) if NAMED_TITLE.fullmatch(row.text) else 0
    while at < len(row.text):
        stop = _cell_end(row, at)
        ends = [(m.end(), name) for name, p in _LABELS.items() if (m := p.match(row.text, at, stop))]
        most = max((end for end, _ in ends), default=at)
        goes_on = bool(out) and row.text[most : most + 1] == ":" and _tight(row.text, at, most, ends)
        if not ends or not (_opens(row, at) or goes_on):
            at += 1
            continue
        name = next(name for end, name in ends if end == most)
        end = _label_end(row, most)
        words = row.text[at:end]
        name = "words" if "大写" in words and "小写" not in words and name in ("amount", "words") else name
        parted = ":" in words or end == len(row.text) or _gap(row, end)
        stop = next((i for i in range(end, len(row.text)) if _gap(row, i)), len(row.text))
        if parted or (_gap(row, at) and not _SENTENCE.search(row.text[end:stop].rstrip("。;；"))):
            out.append(_Spot(index, name, words, at, end, not parted))
            at = end
        else:
            at = most
    return out


def _tight(text: str, start: int, end: int, found: Sequence[tuple[int, str]]) -> bool:
    """Whether a label that nothing parts from the value before it holds none of that value: a shorter label that ends with
    it begins later (有限公司联系电话)."""
    if any(stop == end and name in ("amount", "words") for stop, name in found):
        return _BEGINS.match(text, start) is not None
    later = (range(start + 1, end - 2)) if end - start > 3 else ()
    return not any(p.fullmatch(text, at, end) for at in later for p in _LABELS.values())


def _label_end(row: Row, end: int) -> int:
    """Where a label ends whose wording ends at `end`: behind notes in brackets, what another language adds, and a colon."""
    colon = False
    while end < len(row.text) and not _gap(row, end):
        if row.text[end] == ":" and not colon:
            colon, end = True, end + 1
            continue
        more = _NOTE.match(row.text, end) or (None if colon else LATIN_LABEL.match(row.text, end))
        if more is None or (colon and not re.search("章|写|元|税", more[0])):
            break
        end = next((i for i in range(end + 1, more.end()) if _gap(row, i)), more.end())
    return end


def _cell_end(row: Row, start: int) -> int:
    """Where the words of a label that begins at `start` must end: at the next gap, those between single characters aside."""
    at = start
    while at < len(row.text):
        stop = next((i for i in range(at + 1, len(row.text)) if _gap(row, i)), len(row.text))
        if stop - at > 1:
            return stop
        at = stop
    return len(row.text)


def _opens(row: Row, start: int) -> bool:
    return start == 0 or row.text[start - 1] in ":：|/_" or _gap(row, start)


def _gap(row: Row, start: int) -> bool:
    """Whether the character at `start` stands apart from the one before it: another piece of print (but for
    the second line of a broken label), or a wide gap."""
    if start == 0:
        return True
    before, here = row.marks[start - 1], row.marks[start]
    line, next_ = row.lines[before[0]], row.lines[here[0]]
    if line is not next_:
        return not (
            next_.box[0] < line.box[2] - 0.5 * line.height
            and next_.middle[1] > line.box[3] - 0.2 * line.height
        )
    skipped = line.text[before[1] + 1 : here[1]]
    return (len(skipped) >= 2 and skipped.isspace()) or row.x(start) - line.edge(
        before[1] + 1
    ) > 0.8 * row.height


def filled(row: Row) -> Row:
    """The row without the lines of its blanks, 日 as it must be behind a day: __2026__年__10__月 is 2026年10月."""
    kept = [i for i, char in enumerate(row.text) if char not in "_＿"]
    text = "".join(row.text[i] for i in kept)
    return Row(row.lines, _DAY_MARK.sub("日", text), tuple(row.marks[i] for i in kept))


def as_row(pieces: Iterable[Line]) -> Row:
    """Pieces of print as one row."""
    return flow(rows(pieces))


def _part(row: Row, start: int, end: int) -> Row | None:
    pieces = row.cut(start, end)
    ink = re.sub(r"[_＿\W]", "", "".join(piece.text for piece in pieces))
    return as_row(pieces) if ink or re.search("[☑√■]", "".join(p.text for p in pieces)) else None


def _below(row: Row, under: Row, spot: _Spot) -> Row | None:
    """The piece of print right below a label that stands in its column."""
    if under.top - row.bottom > 1.6 * row.height:
        return None
    pieces = row.cut(spot.start, spot.end)
    left, right = min(p.box[0] for p in pieces), max(p.box[2] for p in pieces)
    for line in under.lines:
        middle = abs(line.middle[0] - (left + right) / 2) < row.height
        if abs(line.box[0] - left) < 1.2 * row.height or middle:
            return as_row([line])
    return None


def _amount_cells(row: Row) -> list[Pair]:
    """Short words and, in a cell of its own behind them, an amount: what the amount is, the words say."""
    if len(row.lines) < 2 or len(row.lines) % 2:
        return []
    out = []
    for words, value in zip(row.lines[::2], row.lines[1::2], strict=True):
        said, amount = as_row([words]), as_row([value])
        if not _AMOUNT.fullmatch(amount.text) or not re.fullmatch(
            r"[\u4e00-\u9fff()（）/、]{2,16}", said.text
        ):
            return []
        if value.box[0] - words.box[2] < 1.5 * row.height:
            return []
        out.append(Pair("amount", said.text, amount, False, (words,)))
    return out


def _whole_labels(table: Sequence[Row]) -> list[Row]:
    """The rows with those labels whole that were broken over two lines within their cell (人事部门联系 / 人)."""
    out = list(table)
    at = 0
    while at + 1 < len(out):
        row, low = out[at], out[at + 1]
        tail = low.lines[0]
        joined = _joined(row, tail) if len(low.lines) == 1 and len(low.text) <= 5 else None
        around = None if joined else _around(out[at : at + 3])
        if around:
            out[at : at + 3] = [around]
        else:
            out[at : at + 2] = [joined] if joined else [row, low]
        at += 1
    return out


def _around(three: Sequence[Row]) -> Row | None:
    """A label broken over two lines between whose heights its value stands, as one row; None for any other three rows."""
    if len(three) < 3 or any(len(row.lines) > 1 for row in three) or len(three[2].text) > 5:
        return None
    (head,), (value,), (tail,) = (row.lines for row in three)
    within = head.middle[1] < value.middle[1] < tail.middle[1] and value.box[0] > head.box[2]
    shared = min(head.box[2], tail.box[2]) - max(head.box[0], tail.box[0])
    near = tail.box[1] - head.box[3] < 0.5 * head.height and shared > 0.5 * min(head.width, tail.width)
    whole = three[0].text + three[2].text
    return flow([three[0], three[2], three[1]]) if within and near and _is_whole(whole) else None


def _joined(row: Row, tail: Line) -> Row | None:
    for n, head in enumerate(row.lines):
        shared = min(head.box[2], tail.box[2]) - max(head.box[0], tail.box[0])
        near = tail.box[1] - head.box[3] < 0.3 * head.height and shared > 0.5 * min(head.width, tail.width)
        whole = as_row([head]).text + as_row([tail]).text
        if (
            near
            and len(row.lines) > 1
            and _is_whole(whole)
            and (whole[-1] in ")）" or not _is_whole(head.text))
        ):
            parts = [as_row([line]) for line in (*row.lines[: n + 1], tail, *row.lines[n + 1 :])]
            return flow(parts)
    return None


def _is_whole(text: str) -> bool:
    """Whether a text is a label, notes in brackets behind it included."""
    found = [m for p in _LABELS.values() if (m := p.match(text))]
    return any(m.end() == len(text) or _NOTE.fullmatch(text, m.end()) for m in found)
