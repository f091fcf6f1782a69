"""Sheets built by hand: lines of print where a test wants them, ten units high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Box, Document, File, Line, Page, Sheet

HIGH = 10.0
"""The height of a line of print in units."""


def line(
    text: str, x: float, y: float, confidence: float = 0.99, *, high: float = HIGH, kind: str = "print"
) -> Line:
    """A line whose Chinese characters are as wide as high and whose others are half as wide, with its edges."""
    edges = [x]
    for char in text:
        edges.append(edges[-1] + (high if ord(char) > 0x2E7F else high / 2))
    return Line(
        text, (x, y, edges[-1], y + high), confidence, tuple(edges), (confidence,) * len(text), (), kind
    )


def sheet(
    *lines: Line | tuple[str, float, float], width: float = 600, height: float = 800, file: str = "a.jpg", page: int = 1,
    seals: Sequence[Box] = (),
) -> Sheet:  # fmt: skip
    """A sheet of these lines; a line may be given as (text, x, y)."""
    laid = tuple(entry if isinstance(entry, Line) else line(*entry) for entry in lines)
    to_page = (1 / width, 0.0, 0.0, 0.0, 1 / height, 0.0, 0.0, 0.0, 1.0)
    return Sheet(file, page, width, height, laid, "ocr", to_page, 0, tuple(seals))


def text(*rows: str, x: float = 60, y: float = 60, step: float = 20, **more: object) -> Sheet:
    """A sheet of running text, row below row."""
    return sheet(*(line(row, x, y + step * n) for n, row in enumerate(rows)), **more)  # type: ignore[arg-type]


def file(*pages: Sheet | Sequence[Sheet], key: str = "a.pdf") -> File:
    """A file whose pages hold these sheets, one sheet a page or several."""
    out = []
    for number, one in enumerate(pages, 1):
        sheets = (one,) if isinstance(one, Sheet) else tuple(one)
        sheets = tuple(replace(s, file=key, page=number, index=i) for i, s in enumerate(sheets))
        out.append(Page(key, number, "ocr", sheets=sheets))
    return File(key, "0" * 64, 1, "pdf", tuple(out))


def values(document: Document) -> dict[str, object]:
    """The fields of a document as plain values."""
    return {name: found.value for name, found in document.fields.items()}
