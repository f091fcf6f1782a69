"""The rims of a spreadsheet's window in a picture of one: its menu, the letters of its columns, the numbers of its rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from pipeline.layout import rows
from pipeline.model import Line

FEWEST = 4
"""So many letters of columns that follow each other, or words of a menu, tell such a window."""
MENU = frozenset([
    "文件", "开始", "插入", "页面布局", "页面", "公式", "数据", "审阅", "视图", "开发工具", "会员专享", "效率", "帮助",
    "智能工具箱", "粘贴", "剪贴板", "格式刷", "字体", "对齐方式", "条件格式", "单元格", "编辑", "自动换行", "合并居中", "合并后居中", "常规", "就绪",
])  # fmt: skip
"""Words of the menus of spreadsheet programs."""
BOOK = re.compile(r"\.(?:xlsx?|csv|et)$", re.I)
_LETTERS = re.compile(r"[A-Z]{1,2}(?:\s+[A-Z]{1,2})*")


def without_window(lines: Sequence[Line]) -> list[Line]:
    """The lines of a sheet without those that are no part of the table shown in such a window; all where there is none."""
    head = next((row for row in rows(lines) if _columns([n.text for n in row.lines])), None)
    if head is None:
        return list(lines)
    out = {id(n) for n in head.lines}
    out |= {id(n) for n in lines if n.box[3] <= head.top and _menu(n.text)}
    edge = head.lines[0].box[0]
    numbers = [n for n in lines if n.text.strip().isdigit() and n.middle[0] < edge and n.box[1] > head.top]
    out |= {id(n) for n in numbers}
    return [n for n in lines if id(n) not in out]


def _columns(texts: Sequence[str]) -> bool:
    """Whether texts are the letters of columns, in their order."""
    words = [w for t in texts for w in t.split()]
    letters = [w for w in words if _LETTERS.fullmatch(w)]
    places = [_place(w) for w in letters]
    return len(letters) >= max(FEWEST, len(words) - 2) and sum(
        a < b for a, b in itertools.pairwise(places)
    ) >= 0.8 * (len(places) - 1)


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - 64
    return place


def _menu(text: str) -> bool:
    words = text.split()
    return bool(words) and sum(w in MENU for w in words) >= 0.6 * len(words)
