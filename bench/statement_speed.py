"""Text-PDF statements: rows a second, and the seconds of a page from words to rows against pdfplumber's `extract_tables`.

Statements of 120 rows in every layout of the widened set. Each is read three times in turn by both, the least processor seconds
count: words to rows (extraction, the lines of the text layer given), the whole way (text layer, recognition, extraction),
and pdfplumber opening the file and taking the tables of every page. pdfplumber gives rows of text of which a part is
right; ours are dates, amounts and balances with their places.
"""

from __future__ import annotations

import io
import random
from functools import partial
from typing import Any

import pdfplumber

from bench.measure import Figure, at_most, plain, spent
from bench.statement_rows import sheets_of
from extractors.bank_statement import MATERIAL
from fixtures.papers import bank_statement
from pipeline.model import Document, Sheet

ROWS, TIMES = 120, 3
SHARE = 0.1


def rows_of(sheets: list[Sheet]) -> int:
    """Words to rows; how many rows there are."""
    documents: list[Document] = list(MATERIAL.extract(sheets))
    return sum(len(document.tables.get("transactions", ())) for document in documents)


def whole(data: bytes) -> int:
    """Text layer, recognition and rows; how many rows there are."""
    sheets = sheets_of(data)
    if not all(MATERIAL.recognise(sheet) for sheet in sheets):
        raise RuntimeError("a page of a statement was not recognised")
    return rows_of(sheets)


def tables_of(data: bytes) -> int:
    """How many rows pdfplumber finds in tables."""
    found: list[Any] = []
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            found += [row for table in page.extract_tables() for row in table]
            page.close()
    return len(found)


def measure(*, quick: bool = False) -> list[Figure]:
    """Times all layouts in turn."""
    layouts = bank_statement.WIDENED[:2] if quick else bank_statement.WIDENED
    seconds = [0.0, 0.0, 0.0]
    rows = pages = 0
    for number, layout in enumerate(layouts):
        paper = bank_statement.draw(layout, bank_statement.invent(random.Random(number), ROWS), number)
        assert isinstance(paper.pages, bytes)
        sheets = sheets_of(paper.pages)
        rows += whole(paper.pages)
        pages += len(sheets)
        works = (partial(rows_of, sheets), partial(whole, paper.pages), partial(tables_of, paper.pages))
        tries = [[spent(work).cpu for work in works] for _ in range(TIMES)]
        seconds = [
            so_far + min(times) for so_far, times in zip(seconds, zip(*tries, strict=True), strict=True)
        ]
    ours, way, theirs = seconds
    return [
        Figure("statements, pages, rows", f"{len(layouts)}, {pages}, {rows}"),
        plain("rows a second, the whole way", rows / way, "", 0),
        plain("a page, words to rows", 1000 * ours / pages, "ms", 1),
        plain("a page, the whole way", 1000 * way / pages, "ms", 1),
        plain("a page, pdfplumber extract_tables", 1000 * theirs / pages, "ms", 1),
        at_most("words to rows / pdfplumber", ours / theirs, SHARE, "", 3),
        plain("the whole way / pdfplumber", way / theirs, "", 3),
    ]
