"""Labels whose characters stand apart in a line (姓    名), or one below the other, put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from extractors.pay_stub.labels import TEXTS, meaning
from extractors.pay_stub.parts import known
from pipeline.layout import rows
from pipeline.model import Line, union

APART = 4.0
"""Characters of one label stand less than so much of their height apart."""
TWICE = 0.8
"""A line was read twice where so much of it, in both directions, lies in a longer one of the same words."""
TOUCH = 0.08
"""Words that touch stand no more than so much of their height apart."""
LEVEL = 0.6
"""Words in two typefaces share so much of the height of the lower one."""
ONE = re.compile(r"[\d.,:：/%％()（）年月日-]")
"""Where a change of the typeface parts a word: at digits, points and what stands with them."""
BELOW = 0.6
"""Characters that are written downwards stand less than so much of their height apart."""
_SINGLE = re.compile(r"[\u3400-\u9fff()（）]")
_LAST = re.compile(r"(?:^|[\sA-Za-z.])[\u3400-\u9fff]$")
_LABEL = re.compile(r"[\u3400-\u9fff]{1,6}(?=\s*[:：]|$)")


def single(lines: Iterable[Line]) -> list[Line]:
    """The lines of a sheet without those that were read a second time: within another one's box, a part of its text."""
    all_ = touching(list(lines))
    return [n for n in all_ if n.kind != "print" or not any(_part_of(n, o) for o in all_ if o is not n)]


def touching(lines: list[Line]) -> list[Line]:
    """The lines, those of a text layer that are one printed word in two typefaces (2026 | 年 | 5 | 月, 65 | . | 47) put together:
    each begins where the other ends, or stands in a blank of it."""
    exact = [n for n in lines if n.kind == "print" and n.confidence == 1.0 and not n.probs and n.edges]
    whole: dict[int, Line] = {}
    gone: set[int] = set()
    for line in sorted(exact, key=lambda n: n.box[0]):
        other = next(
            (
                k
                for k, o in whole.items()
                if _meets(o, line) and (ONE.match(line.text) or ONE.search(o.text[-1:]))
            ),
            None,
        )
        if other is None:
            whole[id(line)] = line
        else:
            whole[other] = _merged(whole[other], line)
            gone.add(id(line))
    return [whole.get(id(n), n) for n in lines if id(n) not in gone] if gone else lines


def _meets(first: Line, second: Line) -> bool:
    """Whether a line begins where another ends, or in a blank of it, on the same height."""
    high = min(first.box[3], second.box[3]) - max(first.box[1], second.box[1])
    if high < LEVEL * min(first.height, second.height):
        return False
    near = TOUCH * min(first.height, second.height)
    if abs(second.box[0] - first.box[2]) <= near:
        return True
    return any(
        first.text[i].isspace()
        and first.edge(i) - near <= second.box[0]
        and second.box[2] <= first.edge(i + 1) + near
        for i in range(len(first.text))
    )


def _merged(first: Line, second: Line) -> Line:
    """Two lines as one, a blank in which the second stands left out."""
    box = union([first.box, second.box])
    at = next(
        (
            i
            for i in range(len(first.text))
            if first.edge(i) >= second.box[0] - TOUCH * second.height and first.text[i].isspace()
        ),
        len(first.text),
    )
    inside = at < len(first.text)
    rest = at + 1 if inside else at
    text = first.text[:at] + second.text + first.text[rest:]
    edges = (
        *(first.edge(i) for i in range(at)),
        *(second.edge(i) for i in range(len(second.text))),
        *(first.edge(i) for i in range(rest, len(first.text) + 1)),
    )
    if not inside:
        edges = (*edges[:-1], second.edge(len(second.text)))
    return replace(first, text=text, box=box, edges=edges)


def _part_of(line: Line, whole: Line) -> bool:
    if line.text.strip() not in whole.text or len(line.text) >= len(whole.text) or whole.kind != "print":
        return False
    a, b = line.box, whole.box
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide > TWICE * line.width and high > TWICE * line.height


def joined(lines: Iterable[Line]) -> list[Line]:
    """The lines of a sheet, single characters that make a label with what follows them, or with those below, joined to it."""
    all_ = _upright(list(lines))
    if not any(_LAST.search(n.text) for n in all_):
        return all_
    print_ = [n for row in rows(all_) for n in _row(row.lines)]
    return [*print_, *(n for n in all_ if n.kind != "print")]


def _upright(lines: list[Line]) -> list[Line]:
    """The lines, those of a single character that stand close below each other as one, where they make a label."""
    single = [n for n in lines if n.kind == "print" and _SINGLE.fullmatch(n.text.strip())]
    columns: list[list[Line]] = []
    for line in sorted(single, key=lambda n: n.box[1]):
        own = next((c for c in reversed(columns) if _under(c[-1], line)), None)
        if own is None:
            columns.append([line])
        else:
            own.append(line)
    found = [(c, "".join(n.text.strip() for n in c)) for c in columns if len(c) > 1]
    found = [(c, text) for c, text in found if known(text) or (len(c) > 2 and len(set(text)) == len(c))]
    gone = {id(n) for c, _ in found for n in c}
    whole = [Line(text, union([n.box for n in c]), min(n.confidence for n in c)) for c, text in found]
    return [*(n for n in lines if id(n) not in gone), *whole] if whole else lines


def _under(above: Line, line: Line) -> bool:
    gap = line.box[1] - above.box[3]
    return (
        abs(line.middle[0] - above.middle[0]) < 0.5 * above.height
        and -0.5 * above.height < gap < BELOW * above.height
    )


def _row(lines: Iterable[Line]) -> list[Line]:
    out: list[Line] = []
    for line in lines:
        if out and _one(out[-1], line):
            out[-1] = _together(out[-1], line)
        else:
            out.append(line)
    return out


def _one(first: Line, second: Line) -> bool:
    """Whether a line that ends in a single character and the one behind it are one label, with its value or without."""
    label = _LABEL.match(second.text.strip())
    if label is None or not _LAST.search(first.text) or meaning(first.text) is not None:
        return False
    if not -0.5 * first.height < second.box[0] - first.box[2] < APART * first.height:
        return False
    found = meaning(first.text + label[0])
    return found is not None and found.role in TEXTS


def _together(first: Line, second: Line) -> Line:
    edges = tuple(
        [first.edge(i) for i in range(len(first.text))]
        + [second.edge(i) for i in range(len(second.text) + 1)]
    )
    whole = len(first.probs) == len(first.text) and len(second.probs) == len(second.text)
    return replace(
        first,
        text=first.text + second.text,
        box=union([first.box, second.box]),
        confidence=min(first.confidence, second.confidence),
        edges=edges,
        probs=(*first.probs, *second.probs) if whole else (),
        doubts=(*first.doubts, *((i + len(first.text), c, p) for i, c, p in second.doubts)),
    )
