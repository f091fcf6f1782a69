"""Reports: a judged case as page, data and workbook, and the page of a night. Knows no rule; sentences come with the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report.as_json import documents_json, dump, report_json
from pipeline.report.crops import Picture
from pipeline.report.html import case_html
from pipeline.report.index import Batch, BatchRow, Out, batch_json, write_batch
from pipeline.report.words import Entry
from pipeline.report.xlsx import HTML, JSON, XLSX, case_xlsx
from pipeline.result import CaseResult

__all__ = [
    "Batch",
    "BatchRow",
    "Entry",
    "Out",
    "Picture",
    "batch_json",
    "case_html",
    "documents_json",
    "dump",
    "report_json",
    "write_batch",
    "write_case",
]


def write_case(
    result: CaseResult, catalogue: Mapping[str, Entry], picture: Picture, out: Out, lang: str = "zh"
) -> None:
    """Stores `report.json`, `report.html` and `report.xlsx`. All three are made before the first is stored, so a fault
    leaves none of them half new; `picture(file, page)` gives a page's upright frame, or None."""
    made = (
        ("report.json", dump(report_json(result, catalogue)), JSON),
        ("report.xlsx", case_xlsx(result, catalogue, lang), XLSX),
        ("report.html", case_html(result, catalogue, picture, lang).encode(), HTML),
    )
    for name, data, content_type in made:
        out(name, data, content_type)
