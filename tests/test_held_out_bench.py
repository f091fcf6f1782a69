"""The quality table's own tools: what counts as found in plain text, how papers are compared and added up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import quality, quality_papers, quality_read
from bench.quality_plain import bare, pictures, stands
from bench.score import Tally, compare
from fixtures import sets
from tests.build import document


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("issue_date", "2026-10-08", "日期：二〇二六年十月八日"),
        ("issue_date", "2026-10-08", "2026 / 10 / 08"),
        ("birth_date", "1988-03-07", "出生 1988 年 3 月 7 日"),
        ("period", "2026-03", "2026年3月工资"),
        ("amount", "-1500.00", "支出 1,500"),
        ("amount", "18088.75", "18，088．75 元"),
        ("sex", "F", "性别 女"),
        ("valid_until", "long_term", "2020.01.02-长期"),
        ("employer", "恒达（集团）有限公司", "恒达(集团) 有限公司"),
        ("bank", "CGB", "广发银行个人账户"),
        ("address", "北京市朝阳区文化西路272号", "住址北京市朝阳区公民身份文化西路272号"),
    ],
)
def test_a_plain_engines_text_is_searched_generously(key: str, value: str, text: str) -> None:
    """Forms of dates and amounts, widths, spaces and broken lines are forgiven to the engines beside ours."""
    assert stands(key, value, bare(text))


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("amount", "18088.75", "18086.75"),
        ("name", "王芳", "王方"),
        ("issue_date", "2026-10-08", "2026-10-09"),
        ("sex", "M", "性别 女"),
        ("address", "北京市朝阳区文化西路272号", "北京市朝阳区文化西路278号"),
    ],
)
def test_what_is_not_there_is_not_found(key: str, value: str, text: str) -> None:
    """A misread character is a value that the engine lost."""
    assert not stands(key, value, bare(text))


def test_each_person_on_a_sheet_is_compared_with_their_own_document() -> None:
    """Two truths of one paper take the documents that agree with them, in whichever order they were read."""
    truths = [_card("王芳", "1988-03-07"), _card("李强", "1990-11-12")]
    read = [
        document("id_card", name="李强", birth_date="1990-11-12"),
        document("id_card", name="王芳", birth_date="1988-03-01"),
    ]
    tally = Tally()
    compare("paper", truths, read, tally)
    assert (tally.right, [found[1:3] for found in tally.wrong]) == (3, [("birth_date", "1988-03-07")])
    assert (tally.papers, tally.typed) == (1, 1)


def test_fields_and_cells_are_counted_apart_and_rows_as_a_whole() -> None:
    """A row of a statement is exact only where date, amount and balance are; what no paper prints as such is left out."""
    rows = [
        {"date": "2026-03-01", "amount": "-5.00", "balance": "95.00", "direction": "out"},
        {"date": "2026-03-02", "amount": "7.00", "balance": "102.00", "direction": "in"},
    ]
    truth = {"type": "bank_statement", "fields": {"account_holder": "王芳"}, "tables": {"transactions": rows}}
    read = document(
        "bank_statement", account_holder="王芳", transactions=[rows[0], {**rows[1], "balance": "103.00"}]
    )
    fields, cells = (Tally(ignored=quality_papers.IGNORED) for _ in range(2))
    compare("paper", [truth], [read], fields, cells)
    assert (fields.values, fields.right) == (1, 1)
    assert (cells.values, cells.right, len(cells.wrong)) == (6, 5, 1)
    assert (cells.rows, cells.rows_exact) == (2, 1)


def test_the_table_adds_up_the_notes_of_every_subject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line for each type and quality and for all, levels with too few values marked, misses named by field."""
    monkeypatch.setattr(quality_papers, "COUNTS", {"id_card": 1, "bank_statement": 1})
    for type_, kind, number in quality_papers.plan():
        for subject in quality_read.SUBJECTS:
            path = quality_read.place(tmp_path, subject, type_, kind, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(_note(subject == "ours")), encoding="utf-8")
    text, mine = quality.report(tmp_path, None)
    assert mine["scan"].fields.values == 8
    assert "| all | scan | 2 | 2 | 8 | 75.00 % | 25.00 % |" in text
    assert "| fields wrong | scan | 25.00 % | ≤ 0.2 % | NO (of 8 alone) |" in text
    assert "- photo: name 2" in text
    assert "| all | photo | 2 | 75.0 % | – | 2.00 | 75.0 % | – | 2.00 | 75.0 % | – | 2.00 |" in text
    assert "| bank_statement | text PDF | 1 |" in text
    assert "| id_card | text PDF |" not in text


def test_there_are_papers_enough_for_a_claim() -> None:
    """Every type is in the plan in each quality that it is drawn in, and no number twice."""
    planned = list(quality_papers.plan())
    assert len(planned) == len(set(planned))
    assert {(type_, kind) for type_, kind, _ in planned} >= {
        (t, q) for t in sets.TYPES for q in sets.QUALITIES
    }


@pytest.mark.ocr
def test_a_paper_is_read_once_by_the_same_code(tmp_path: Path) -> None:
    """A note holds what came out and how long it took; the next run leaves it as it is."""
    paper = quality_papers.held(tmp_path, "income_certificate", "clean", 0)
    assert paper == quality_papers.held(tmp_path, "income_certificate", "clean", 0)
    subject = quality_read.ours(tmp_path)
    quality_read.write(tmp_path, subject, paper)
    path = quality_read.place(tmp_path, "ours", "income_certificate", "clean", 0)
    note = json.loads(path.read_text(encoding="utf-8"))
    assert note["fields"]["values"] >= note["fields"]["right"] > 5
    assert note["seconds"] > 0
    path.write_text(json.dumps({**note, "pages": 77}), encoding="utf-8")
    quality_read.write(tmp_path, subject, paper)
    assert json.loads(path.read_text(encoding="utf-8"))["pages"] == 77


@pytest.mark.ocr
def test_plain_engines_find_most_of_a_clean_paper(tmp_path: Path) -> None:
    """Both engines beside ours get the page as a picture and give text in which values are."""
    paper = quality_papers.held(tmp_path, "income_certificate", "clean", 3)
    assert [page.mode for page in pictures(paper.path)] == ["RGB"]
    for name in ("rapidocr", "tesseract"):
        note = quality_read.plain(name).note(paper)
        assert note["pages"] == 1
        assert note["fields"]["right"] >= note["fields"]["values"] / 2


def _card(name: str, birth: str) -> dict[str, Any]:
    return {"type": "id_card", "fields": {"name": name, "birth_date": birth}, "tables": {}}


def _note(ours: bool) -> dict[str, Any]:
    fields = {"values": 4, "right": 3, "wrong": 1, "sure": 2, "missed": ["name"]}
    return {
        "pages": 1,
        "seconds": 2.0,
        "typed": int(ours),
        "fields": fields,
        "cells": {"values": 0, "right": 0},
    }
