"""What is on a certificate besides its text or in its way: watermarks, name chops, captions, paragraphs beside others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from extractors.income_certificate.cells import is_label
from pipeline.layout import Row, rows
from pipeline.model import Line

_OFTEN = 4
"""So many pieces of print that say the same are a watermark."""
_CAPTION = re.compile(r"[(（][^()（）\d章]{1,10}[)）]")


def in_parts(lines: Sequence[Line]) -> list[Row]:
    """The rows of a sheet from top to bottom; a paragraph that stands beside other print is rows of its own, and so are
    words written downwards, which stand beside several rows."""
    lines = _without_chops(without_watermark([line for line in lines if line.kind == "print"]))
    blocks = [block for block in _paragraphs(lines) if sum(_beside(line, block) for line in lines) >= 3]
    upright = [line for line in lines if len(line.text) >= 2 and line.height > 1.8 * line.width]
    groups = [rows(block) for block in (*blocks, *([line] for line in upright))]
    apart = {id(line) for group in groups for row in group for line in row.lines}
    groups += [[row] for row in rows(line for line in lines if id(line) not in apart)]
    groups.sort(key=lambda group: (group[0].top, group[0].lines[0].box[0]))
    return _without_captions([row for group in groups for row in group])


def without_watermark(lines: Sequence[Line]) -> list[Line]:
    """The lines but for the pieces of a text that is printed all over the sheet, whole or cut off."""
    texts = [line.text.replace(" ", "") for line in lines]
    count = Counter(text for text in texts if re.fullmatch(r"[\u4e00-\u9fff()（）]{6,}", text))
    often = [text for text, times in count.items() if times >= _OFTEN]
    pieces = [any(text in whole for whole in often) and not is_label(text) for text in texts]
    return [line for line, piece in zip(lines, pieces, strict=True) if not piece]


def _without_chops(lines: Sequence[Line]) -> list[Line]:
    """The lines but for the letters of a person's chop: two short ones, one right below the other, that say 印 or 章."""
    short = [line for line in lines if re.fullmatch(r"[\u4e00-\u9fff]{1,3}", line.text.strip())]
    chops = {
        id(line)
        for one in short
        for low in short
        for line in (one, low)
        if re.search("[印章]", one.text + low.text) and 3 <= len(one.text.strip() + low.text.strip()) <= 5
        if one is not low and 0 < low.middle[1] - one.middle[1] < 2 * one.height
        if abs(one.middle[0] - low.middle[0]) < 0.7 * one.height
    }
    return [line for line in lines if id(line) not in chops]


def _paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines below each other that are running text: three or more, most of them flush and as long as the paragraph is wide."""
    left = sorted((line for line in lines if _runs(line)), key=lambda line: line.box[1])
    out: list[list[Line]] = []
    while left:
        block = [left.pop(0)]
        while below := next((line for line in left if _goes_on(block, line)), None):
            block.append(below)
            left.remove(below)
        right = max(line.box[2] for line in block)
        full = sum(right - line.box[2] < 2 * line.height for line in block)
        edge = min(line.box[0] for line in block)
        flush = sum(line.box[0] - edge < 0.4 * line.height for line in block)
        said = len(re.findall("[,，。;；、]", "".join(line.text for line in block)))
        if (
            len(block) >= 3
            and flush >= max(2, len(block) // 2)
            and full >= max(2, len(block) // 2)
            and said >= 2
        ):
            out.append(block)
    return out


def _runs(line: Line) -> bool:
    """Whether a line can be one of running text: a long one, or the short end of a sentence."""
    return line.width > 6 * line.height or line.text.strip()[-1:] in "。.；"


def _goes_on(block: Sequence[Line], line: Line) -> bool:
    """Whether a line is a paragraph's next: right below, begun at the same edge or set in as new sentences are."""
    last, edge = block[-1], min(each.box[0] for each in block)
    below = 0.6 * last.height < line.middle[1] - last.middle[1] < 3 * last.height
    return below and abs(line.box[0] - edge) < 2.6 * last.height and line.box[2] > last.box[0]


def _beside(line: Line, block: Sequence[Line]) -> bool:
    """Whether a line stands wholly to one side of a paragraph and within its height."""
    high = block[0].height
    within = block[0].box[1] - 2 * high < line.middle[1] < block[-1].box[3] + 2 * high
    left, right = min(each.box[0] for each in block), max(each.box[2] for each in block)
    apart = line.box[2] < left + 0.3 * high or line.box[0] > right - 0.3 * high
    return within and apart and line not in block


def _without_captions(table: Sequence[Row]) -> list[Row]:
    """The rows but for those that only say in brackets what the blanks above them are for, where there are several."""
    captions = [all(_CAPTION.fullmatch(line.text.replace(" ", "")) for line in row.lines) for row in table]
    if sum(captions) < 2:
        return list(table)
    return [row for row, caption in zip(table, captions, strict=True) if not caption]
