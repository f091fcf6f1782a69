"""The text layer of a PDF page as lines: pypdfium2's characters with boxes, joined to runs by their gaps."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.model import Line
from pipeline.text import clean

SPACE = 0.55
"""A gap wider than this share of the font's height ends a run; a space of the common fonts is 0.25 to 0.5."""
WORD = 0.16
"""A gap wider than this between two Latin characters is a space that the page did not draw."""
ODD_SIZE = 1.25
"""Glyphs that differ by this factor from their line's size never join its runs."""
TRUSTED = 0.97
"""The least share of a layer's characters that must be ordinary ones."""

_Glyph = tuple[str, float, float, float, float, int]
"""Character, x0, y0, x1, y1 (points, origin top left, after the page's rotation), index in the text page."""

_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]")
_FOREIGN = re.compile("[\u0370-\u1fff\ua000-\ua9ff\uab00-\uabff\uff66-\uff9f]")
_HAN = re.compile("[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff]")
_LETTER = re.compile(r"[A-Za-z0-9]")
_PLAIN = re.compile("[!-~\u4e00-\u9fff]")
"""Characters that are their own normal form."""
_BLANKS = frozenset((0xFFFE, 0xFFFF, 0xA0, 0x3000))


def text_lines(page: Any, width: float, height: float) -> list[Line]:
    """The runs of a pypdfium2 page's text layer, in points of the page as shown (`width` × `height`), origin top left.

    Rotated glyphs, glyphs outside the page, glyphs drawn twice and small strangers that fall into a line (anti-forgery
    watermarks) are left out. Reading order is top to bottom, then left to right. An empty layer gives an empty list."""
    text_page = page.get_textpage()
    try:
        glyphs, spaced = _glyphs(page, text_page, width, height)
        runs = [run for band in _bands(glyphs) for run in _runs(band, text_page)]
    finally:
        text_page.close()
    lines = [line for line in (_line(run, spaced) for run in runs) if line.text]
    return sorted(lines, key=lambda line: (round(line.middle[1], 1), line.box[0]))


def sane(lines: Sequence[Line]) -> bool:
    """Whether a text layer can be trusted: not where private or replacement glyphs or letters of
    scripts that these papers never use fill it, nor where it has much text but no digit and no Chinese at all."""
    text = "".join(line.text for line in lines).replace(" ", "")
    if not text:
        return False
    strange = len(_PRIVATE.findall(text)) + len(_FOREIGN.findall(text))
    if strange > (1 - TRUSTED) * len(text):
        return False
    if len(text) < 40 or _HAN.search(text):
        return True
    return len(_LETTER.findall(text)) > 0.5 * len(text)


def _frame(page: Any, width: float, height: float) -> tuple[float, ...]:
    """The affine map (a, b, c, d, e, f) from the page's user space to points of the page as shown."""
    scale = 64
    size = (round(width * scale), round(height * scale))
    x, y = ctypes.c_int(), ctypes.c_int()

    def shown(px: float, py: float) -> tuple[float, float]:
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, px, py, ctypes.byref(x), ctypes.byref(y))
        return x.value / scale, y.value / scale

    span = 512.0
    (ox, oy), (ax, ay), (bx, by) = shown(0, 0), shown(span, 0), shown(0, span)
    return ((ax - ox) / span, (bx - ox) / span, ox, (ay - oy) / span, (by - oy) / span, oy)


def _glyphs(page: Any, text_page: Any, width: float, height: float) -> tuple[list[_Glyph], set[int]]:
    """The upright glyphs of the page, and the indices of those that a space follows."""
    a, b, c, d, e, f = _frame(page, width, height)
    raw, rect = text_page.raw, pdfium.FS_RECTF()
    ref = ctypes.byref(rect)
    loose, angle_of = pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetCharAngle
    turn = pdfium.FPDFPage_GetRotation(page.raw)
    # Both are counted clockwise: a glyph is upright on the shown page where its angle undoes the page's rotation.
    level = (-turn * 1.5707963) % 6.2831853
    found: list[_Glyph] = []
    spaced: set[int] = set()
    before = -1
    line = (0.0, 0.0)  # where the last upright glyph stood, across its writing
    for index, code in enumerate(_codes(raw)):
        if code <= 32 or code in _BLANKS:
            if before == index - 1 and code in (32, 0xA0):
                spaced.add(before)
            continue
        if not loose(raw, index, ref):
            continue
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        stands = (bottom, top) if turn % 2 == 0 else (left, right)
        if stands != line:  # glyphs on one line are turned alike: only the first is asked
            if abs((angle_of(raw, index) - level + 3.1415927) % 6.2831853 - 3.1415927) > 0.03:
                continue
            line = stands
        x0, x1 = a * left + b * bottom + c, a * right + b * top + c
        y0, y1 = d * left + e * bottom + f, d * right + e * top + f
        if x0 > x1:
            x0, x1 = x1, x0
        if y0 > y1:
            y0, y1 = y1, y0
        if x1 < 0 or y1 < 0 or x0 > width or y0 > height:
            continue
        found.append((chr(code), x0, y0, x1, y1, index))
        before = index
    return found, spaced


def _codes(raw: Any) -> Sequence[int]:
    """The code points of the characters of a text page, by their indices."""
    count = pdfium.FPDFText_CountChars(raw)
    units = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(raw, 0, count, units) == count + 1:
        return list(units)[:count]
    # Characters beyond the first plane, or such as pdfium leaves out of a text: one by one.
    return [pdfium.FPDFText_GetUnicode(raw, index) for index in range(count)]


def _bands(glyphs: list[_Glyph]) -> list[list[_Glyph]]:
    """Glyphs of one printed line and one size each, from top to bottom, each from left to right."""
    bands: list[list[_Glyph]] = []
    band: list[_Glyph] = []
    level = last = 0.0
    for glyph in sorted(glyphs, key=_twice_middle):
        _, _, top, _, bottom, _ = glyph
        middle, size = (top + bottom) / 2, bottom - top
        small, large = (size, last) if size < last else (last, size)
        if band and middle - level <= 0.5 * small and middle - level <= 0.35 * large:
            band.append(glyph)
            level += (middle - level) / len(band)
        else:
            band = [glyph]
            bands.append(band)
            level = middle
        last = size
    return [part for band in bands for part in _by_size(band)]


def _twice_middle(glyph: _Glyph) -> float:
    return glyph[2] + glyph[4]


def _left(glyph: _Glyph) -> float:
    return glyph[1]


def _by_size(band: list[_Glyph]) -> list[list[_Glyph]]:
    """A band cut into its sizes; small strangers that stand on top of the main size's glyphs are dropped."""
    band.sort(key=_left)
    heights = [round(g[4] - g[2], 1) for g in band]
    if max(heights) <= min(heights) * ODD_SIZE:
        return [band]
    sizes = Counter(heights)
    main = sizes.most_common(1)[0][0]
    if all(main / ODD_SIZE <= size <= main * ODD_SIZE for size in sizes):
        return [band]
    like = [g for g in band if main / ODD_SIZE <= g[4] - g[2] <= main * ODD_SIZE]
    other = [g for g in band if not main / ODD_SIZE <= g[4] - g[2] <= main * ODD_SIZE]
    other = [g for g in other if not any(_covers(g, h, 0.3) for h in like)]
    return [like, *_by_size(other)] if other else [like]


def _covers(a: _Glyph, b: _Glyph, share: float) -> bool:
    width = min(a[3] - a[1], b[3] - b[1])
    return width > 0 and min(a[3], b[3]) - max(a[1], b[1]) > share * width


def _runs(band: list[_Glyph], text_page: Any) -> list[list[_Glyph]]:
    """A band cut where the gap is wider than a space; of two glyphs on one place only one stays."""
    runs: list[list[_Glyph]] = []
    for glyph in band:
        before = runs[-1][-1] if runs else None
        if before is None:
            runs.append([glyph])
            continue
        size = before[4] - before[2]
        if glyph[1] < before[3] and _covers(glyph, before, 0.6):
            if glyph[0] != before[0] and _fainter(before, glyph, text_page):
                runs[-1][-1] = glyph
            continue
        if glyph[1] - before[3] > SPACE * size:
            runs.append([glyph])
        else:
            runs[-1].append(glyph)
    return runs


def _fainter(a: _Glyph, b: _Glyph, text_page: Any) -> bool:
    """Whether `a` is drawn in a lighter or more transparent colour than `b`, which lies on the same place."""
    values = []
    for glyph in (a, b):
        channels = [ctypes.c_uint() for _ in range(4)]
        pdfium.FPDFText_GetFillColor(text_page.raw, glyph[5], *map(ctypes.byref, channels))
        red, green, blue, alpha = (c.value for c in channels)
        values.append(255 - (765 - red - green - blue) / 3 * alpha / 255)
    return values[0] > values[1]


def _line(run: list[_Glyph], spaced: set[int]) -> Line:
    """A run as a line with the x of its characters; spaces that the page left blank stand where the gap shows them."""
    chars: list[str] = []
    edges: list[float] = []
    end, before = run[0][1], -1
    for char, x0, y0, x1, y1, index in run:
        gap, size = x0 - end, y1 - y0
        if gap > 0.05 * size and (
            gap > 0.35 * size or before in spaced or (gap > WORD * size and _both_latin(chars[-1], char))
        ):
            chars.append(" ")
            edges.append(end)
        if _PLAIN.match(char):
            chars.append(char)
            edges.append(x0)
        else:
            for part in clean(char) or char:
                chars.append(part)
                edges.append(x0)
        end, before = x1, index
    edges.append(end)
    box = (run[0][1], min([g[2] for g in run]), end, max([g[4] for g in run]))
    return Line("".join(chars), box, 1.0, tuple(edges))


def _both_latin(a: str, b: str) -> bool:
    return bool(_LETTER.match(a) and _LETTER.match(b))
