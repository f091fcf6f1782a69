"""Text-PDF statements: rows a second, and the seconds of a page from words to rows against pdfplumber's `extract_tables`.

Statements of 120 rows in every held-out layout. Each is read three times in turn by both, the least processor seconds
count: first our words to rows (recognise and extract, the text layer's lines given), then the same with the text layer
read anew, then pdfplumber opening the file and taking the tables of every page.
"""

from __future__ import annotations

import io
import random
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
    """Recognises and extracts; how many rows there are."""
    if not all(MATERIAL.recognise(sheet) for sheet in sheets):
        raise RuntimeError("a page of a statement was not recognised")
    documents: list[Document] = list(MATERIAL.extract(sheets))
    return sum(len(document.tables.get("transactions", ())) for document in documents)


def tables_of(data: bytes) -> int:
    """What pdfplumber finds of tables' rows."""
    found: list[Any] = []
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            found += [row for table in page.extract_tables() for row in table]
            page.close()
    return len(found)


def measure(*, quick: bool = False) -> list[Figure]:
    """Times all layouts in turn."""
    layouts = bank_statement.HELD_OUT[:2] if quick else bank_statement.HELD_OUT
    ours = with_layer = theirs = 0.0
    rows = pages = 0
    for number, layout in enumerate(layouts):
        paper = bank_statement.draw(layout, bank_statement.invent(random.Random(number), ROWS), number)
        assert isinstance(paper.pages, bytes)
        data: bytes = paper.pages
        sheets = sheets_of(data)
        rows += rows_of(sheets)
        pages += len(sheets)
        tries = [
            (spent(lambda s=sheets: rows_of(s)), spent(lambda d=data: rows_of(sheets_of(d))), spent(lambda d=data: tables_of(d)))  # type: ignore[misc]
            for _ in range(TIMES)
        ]  # fmt: skip
        ours += min(one.cpu for one, _, _ in tries)
        with_layer += min(one.cpu for _, one, _ in tries)
        theirs += min(one.cpu for _, _, one in tries)
    return [
        Figure("statements, pages, rows", f"{len(layouts)}, {pages}, {rows}"),
        plain("rows a second, text layer included", rows / with_layer, "", 0),
        plain("a page, words to rows", 1000 * ours / pages, "ms", 1),
        plain("a page, text layer included", 1000 * with_layer / pages, "ms", 1),
        plain("a page, pdfplumber extract_tables", 1000 * theirs / pages, "ms", 1),
        at_most("words to rows / pdfplumber", ours / theirs, SHARE, "", 3),
        plain("text layer and rows / pdfplumber", with_layer / theirs, "", 3),
    ]
