"""The page of a night: what needs a person first, filters without script, links that cannot leave the reports."""

from __future__ import annotations

import io
import json
from datetime import date, datetime

import openpyxl

from pipeline.report.index import Batch, BatchRow, batch_html, batch_json, rows_in_order, write_batch
from tests.sample_result import HOSTILE
from tests.test_report_html import Read

WHY = {"zh": "缺少配偶身份证。", "en": "The spouse's ID card is missing."}


def night(*rows: BatchRow) -> Batch:
    start, end = datetime(2026, 6, 10, 1, 0), datetime(2026, 6, 10, 1, 3, 22)
    return Batch("20260610-0100", date(2026, 6, 10), start, end, rows, {"loan-dossier": "0.1.0"})


SAMPLE = night(
    BatchRow("c-1", "pass", {}, {"zh": "未发现问题。", "en": "Nothing found."}, "unchanged"),
    BatchRow("c-2", "supplement", {"medium": 2, "low": 1}, WHY, "changed", 3.21),
    BatchRow("c-3", "review", {"high": 1}, WHY, "new", 8.0),
    BatchRow("c-4", "review", {"high": 3}, WHY, "new", 9.0),
    BatchRow("c-5", None, state="failed", error="PAGE_TIMEOUT", report=False),
)


def test_what_needs_a_person_comes_first() -> None:
    """Failed cases, then reviews by the weight of their findings, then supplements, then what is fine."""
    assert [row.case for row in rows_in_order(SAMPLE)] == ["c-5", "c-4", "c-3", "c-2", "c-1"]
    text = Read(batch_html(SAMPLE)).zh
    assert text.index("c-4") < text.index("c-3") < text.index("c-2") < text.index("c-1")


def test_the_page_counts_and_filters_without_script() -> None:
    """The verdicts are counted on top, and each has a radio button that a rule of the style sheet uses."""
    source = batch_html(SAMPLE)
    read = Read(source)
    assert "2 人工重点核查" in read.zh
    assert "0:03:22" in read.text
    assert "<script" not in source
    buttons = {str(i["id"]) for i in read.all("input") if i["name"] == "only"}
    assert buttons == {
        "only-all",
        "only-review",
        "only-supplement",
        "only-pass",
        "only-failed",
        "only-changed",
    }
    for verdict in ("review", "supplement", "pass", "failed"):
        assert (
            f"#only-{verdict}:checked~main tbody tr:not([data-verdict={verdict}]){{display:none}}" in source
        )
    assert next(str(tr["data-verdict"]) for tr in read.all("tr") if "data-verdict" in tr) == "failed"


def test_links_stay_within_the_reports() -> None:
    """A case id that looks like an address, a path or markup is one quoted part of the link; a failed case has none."""
    rows = [BatchRow(case, "pass") for case in ("javascript:alert(1)", "a/../../b", HOSTILE, "卷 宗#1?")]
    links = [str(a["href"]) for a in Read(batch_html(night(*rows))).all("a")]
    assert len(links) == 4
    for link in links:
        assert link.startswith("../../")
        assert link.endswith("/report.html")
        assert link.count("/") == 3
        assert not set(link) & set("#?:<>\"' ")
    assert Read(batch_html(night(BatchRow("x", None, report=False)))).all("a") == []


def test_hostile_case_ids_are_escaped() -> None:
    """Markup and direction marks in a case id, a reason or an error are text."""
    why = {"zh": HOSTILE, "en": HOSTILE}
    source = batch_html(
        night(BatchRow(HOSTILE, "review", {"high": 1}, why), BatchRow("e", None, error=HOSTILE))
    )
    assert "<script" not in source
    assert "<img" not in source
    assert "\u202e" not in source


def test_the_summary_is_data_by_case() -> None:
    """summary.json lists cases by id with counts, reasons, state and link."""
    data = batch_json(SAMPLE)
    assert data["verdicts"] == {"failed": 1, "review": 2, "supplement": 1, "pass": 1}
    assert [one["case"] for one in data["cases"]] == ["c-1", "c-2", "c-3", "c-4", "c-5"]
    assert data["cases"][1] == {
        "case": "c-2",
        "verdict": "supplement",
        "findings": {"high": 0, "medium": 2, "low": 1, "info": 0},
        "why": WHY,
        "state": "changed",
        "seconds": 3.21,
        "report": "../../c-2/report.html",
        "error": None,
    }
    assert data["cases"][4]["error"] == "PAGE_TIMEOUT"


def test_three_results_are_stored_the_index_last() -> None:
    """Who sees the index finds the data beside it; the workbook has a row a case and no formula."""
    stored: dict[str, bytes] = {}
    write_batch(
        night(*SAMPLE.rows, BatchRow("=cmd()", "pass")), lambda name, data, kind: stored.update({name: data})
    )
    assert list(stored) == ["summary.json", "summary.xlsx", "index.html"]
    assert json.loads(stored["summary.json"])["batch"] == "20260610-0100"
    sheet = openpyxl.load_workbook(io.BytesIO(stored["summary.xlsx"]))["批次"]
    assert sheet.max_row == 7
    assert {(cell.value, cell.data_type) for cell in sheet["A"]} > {("=cmd()", "s"), ("c-1", "s")}
    assert [sheet["A2"].value, sheet["B2"].value] == ["c-5", "处理失败"]


def test_an_empty_night_has_a_page() -> None:
    """A night without cases says so."""
    assert "没有卷宗" in Read(batch_html(night())).text
