"""Tables read by the words of their header and by geometry: the same for words of a text layer and for lines of OCR."""

from pipeline.table.columns import Column, carry, fit, learn
from pipeline.table.header import Header, Vocabulary, find_headers
from pipeline.table.level import level
from pipeline.table.rows import Cell, TableRow, read_rows

__all__ = [
    "Cell",
    "Column",
    "Header",
    "TableRow",
    "Vocabulary",
    "carry",
    "find_headers",
    "fit",
    "learn",
    "level",
    "read_rows",
]
