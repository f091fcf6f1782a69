"""Tables read by the words of their header and by geometry: the same for words of a text layer and for lines of OCR."""

from pipeline.table.cells import Cell, TableRow
from pipeline.table.columns import Column, carry, fit, learn
from pipeline.table.header import Header, find_headers
from pipeline.table.level import level
from pipeline.table.rows import read_rows
from pipeline.table.vocabulary import Vocabulary

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
