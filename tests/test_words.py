"""What people read is in their language: every name of ours has words, in the report and on the terminal."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from extractors import MATERIALS
from flows.tables import batch_table, documents_text
from pipeline.model import Document, Field, File
from pipeline.report import Batch, BatchRow
from pipeline.report.words import FAULT, FIELD, MATERIAL, fault, material_title
from validators.catalogue import CATALOGUE
from validators.checklist import Checklist

DAY = datetime(2026, 6, 10, 1, 0)


def test_every_field_of_every_material_has_words() -> None:
    """No report shows a column under its name in the code."""
    for material in MATERIALS:
        assert material.type in MATERIAL
        columns = (column for columns in material.tables.values() for column in columns)
        for name in (*material.fields, *material.tables, *columns):
            assert name in FIELD, f"{material.type}.{name}"


def test_every_row_of_the_checklist_has_words() -> None:
    """A row that one of several papers satisfies is shown by their titles, with `or` before the last."""
    for row in Checklist.load().rows:
        assert not set(row.materials) - set(MATERIAL)
    assert material_title("marriage_certificate/divorce_certificate/single_declaration") == {
        "zh": "结婚证、离婚证或单身声明",
        "en": "Marriage certificate, Divorce certificate or Declaration of single status",
    }
    assert material_title("id_card")["zh"] == "居民身份证"


def test_a_fault_is_told_in_words_and_a_bug_keeps_its_code() -> None:
    """What the index says of a case that failed is a sentence; only what nobody foresaw shows its code."""
    assert fault("STORE_FAILED") == FAULT["STORE_FAILED"]
    assert "BUG_KeyError" in fault("BUG_KeyError")["zh"]


@pytest.mark.parametrize(("lang", "said"), [("zh", ("人工重点核查", "存储无法读写", "重大")), ("en", ("Manual review", "the store failed", "High"))])  # fmt: skip
def test_the_table_of_a_night_speaks_as_the_report_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lang: str, said: tuple[str, ...]
) -> None:
    """Verdicts and severities have the report's words, and the failed case comes first."""
    monkeypatch.setenv("COLUMNS", "200")
    rows = (BatchRow("c-1", "review", {"high": 1}), BatchRow("c-2", None, error="STORE_FAILED"))
    batch_table(Batch("b", date(2026, 6, 10), DAY, DAY, rows), "./reports/index.html", lang)
    out = capsys.readouterr().out
    assert all(word in out for word in said)
    assert out.index("c-2") < out.index("c-1")


def test_documents_are_shown_by_their_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`read` names each field in the language and as in the JSON, and says normal forms such as `M` in words."""
    monkeypatch.setenv("COLUMNS", "200")
    fields = {"sex": Field("M", "男", 1.0, "a.jpg", 1, None), "name": Field("秦可卿", "秦可卿", 0.9, "a.jpg", 1, None)}  # fmt: skip
    document = Document("id_card", (("a.jpg", 1),), 0.95, fields)
    documents_text([File("a.jpg", "0" * 64, 1, "jpeg")], [document], [], CATALOGUE, "zh")
    out = capsys.readouterr().out
    assert "居民身份证" in out
    assert "性别" in out
    assert "sex" in out
    assert "│ 男" in out
