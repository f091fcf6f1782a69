"""An income certificate's figures and 大写 read again where they differ: one digit misread in either tells on the other."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.model import Document, Field
from pipeline.numbers import numbers_read_again, unproved_numbers
from pipeline.proof import Readings, Suspect, agree, cell_of, held, mended, values_of, with_cells
from pipeline.table.kinds import amount
from pipeline.text import money, parse_upper_amount

WORDS = Suspect("monthly_income_words")
FIGURES = ("monthly_income", "annual_income")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d{1,2})?(?![\d.,]*万)")
_WORDS = re.compile(
    r"[零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿一二三四五六七八九十百千萬億]+[元圆園][零壹贰叁肆伍陆柒捌玖角分整正]*"
)


def suspects(document: Document) -> list[Suspect]:
    """A resident number that fails its check digit; figures and 大写 that are neither equal nor a month of a year."""
    found = unproved_numbers(document)
    printed = _figures(document)
    if printed is not None and WORDS.name in document.fields and _differ(document):
        found += [printed, WORDS]
    return found


def mend(document: Document, readings: Readings) -> Document:
    """The certificate with its number settled, and the figures or the words mended where just one of them read otherwise
    makes both equal. What a second reader contradicts is doubted, what nobody could read again stays."""
    document = numbers_read_again(document, readings)
    if WORDS not in readings:
        return document
    printed = next(suspect for suspect in readings if suspect.name in FIGURES)
    figures, words = cell_of(document, printed), cell_of(document, WORDS)
    value, spoken = Decimal(str(figures.value)), parse_upper_amount(str(words.value))
    ways: dict[Suspect, Field] = {}
    if spoken is not None and spoken in values_of(readings[printed], _figure):
        ways[printed] = mended(figures, money(spoken))
    shown = [text for text in values_of(readings[WORDS], _words) if parse_upper_amount(text) == value]
    if shown:
        ways[WORDS] = mended(words, shown[0])
    if len(ways) == 1:
        return with_cells(document, ways)
    cells: dict[Suspect, Field] = {}
    if values_of(readings[printed], _figure):
        cells[printed] = held(figures, not ways and agree(readings[printed], _figure, value))
    if spoken is not None and values_of(readings[WORDS], _spoken):
        cells[WORDS] = held(words, not ways and agree(readings[WORDS], _spoken, spoken))
    return with_cells(document, cells)


def _figures(document: Document) -> Suspect | None:
    return next((Suspect(name) for name in FIGURES if name in document.fields), None)


def _differ(document: Document) -> bool:
    spoken = parse_upper_amount(str(cell_of(document, WORDS).value))
    values = [Decimal(str(document.fields[name].value)) for name in FIGURES if name in document.fields]
    year = document.fields.get("annual_income")
    twelfth = year is not None and spoken is not None and Decimal(str(year.value)) == 12 * spoken
    return spoken is not None and spoken not in values and not twelfth


def _figure(text: str) -> Decimal | None:
    """The last amount in a text; None where it counts in 万."""
    found = _FIGURE.findall(text)
    read = amount(found[-1]) if found else None
    return None if read is None else abs(read[0])


def _words(text: str) -> str | None:
    found = _WORDS.search(re.sub(r"[\s_＿]", "", text))
    return found[0] if found else None


def _spoken(text: str) -> Decimal | None:
    found = _words(text)
    return parse_upper_amount(found) if found else None
