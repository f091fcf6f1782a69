"""report.xlsx: the tables of the report, read back by another library; nothing in it calculates."""

from __future__ import annotations

import io
import zipfile

import openpyxl
from openpyxl.workbook import Workbook

from pipeline.report.xlsx import Book, case_xlsx
from tests.sample_result import CATALOGUE, HOSTILE, MAIN, MAIN_ID, build, quiet, sample


def book(hostile: bool = False, lang: str = "zh") -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(case_xlsx(sample(hostile)[0], CATALOGUE, lang)))


def rows(workbook: Workbook, sheet: str) -> list[tuple[object, ...]]:
    return list(workbook[sheet].iter_rows(values_only=True))


def test_it_has_the_tables_of_the_report() -> None:
    """Summary, findings, materials, income, fields, the papers' own tables, what was not checked, files."""
    assert book().sheetnames == [
        "概览",
        "发现",
        "材料清单",
        "收入",
        "字段",
        "银行流水-交易明细",
        "结婚证-双方信息",
        "工资条-工资明细",
        "未核查",
        "文件",
    ]
    assert book(lang="en").sheetnames[:3] == ["Summary", "Findings", "Materials"]


def test_amounts_are_numbers_and_the_rest_is_text() -> None:
    """A reviewer can add up amounts; months, codes and hashes stay as written."""
    income = rows(book(), "收入")
    assert income[4][1:8] == ("2026-03", 25000, "税前", 18000, 13655, 12155, -1500)
    assert income[6][6] is None
    findings = rows(book(), "发现")
    assert findings[1][:3] == ("重大", "真实性", "BALANCE_CHAIN_BROKEN")
    assert all(isinstance(row[4], str) and len(row[4]) == 64 for row in rows(book(), "文件")[1:])


def test_no_cell_starts_a_formula() -> None:
    """Texts that begin like a formula are texts, marked as quoted; the file holds no formula element at all."""
    data = case_xlsx(sample(hostile=True)[0], CATALOGUE)
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    kinds = {cell.data_type for sheet in workbook for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}
    quoted = [
        c
        for row in workbook["银行流水-交易明细"].iter_rows()
        for c in row
        if str(c.value).startswith("=HYPERLINK")
    ]
    assert len(quoted) == 1
    assert quoted[0].quotePrefix
    with zipfile.ZipFile(io.BytesIO(data)) as inside:
        sheets = [inside.read(name) for name in inside.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 10
        assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_every_sign_that_could_start_a_formula_is_quoted() -> None:
    """`=`, `+`, `-`, `@` and a tab in front make a quoted text; a minus within does not."""
    made = Book()
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a-b"]
    made.sheet("x", ["h"], ([text] for text in texts), (10,))
    sheet = openpyxl.load_workbook(io.BytesIO(made.bytes()))["x"]
    cells = [sheet.cell(row, 1) for row in range(2, 8)]
    assert [cell.value for cell in cells] == ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "a-b"]
    assert [bool(cell.quotePrefix) for cell in cells] == [True] * 5 + [False]


def test_hostile_characters_are_spelled_out() -> None:
    """Control and direction marks are shown as code points, as in the page."""
    names = [row[0] for row in rows(book(hostile=True), "文件")]
    assert any("⟨U+202E⟩" in str(name) and "⟨U+0007⟩" in str(name) for name in names)
    assert not any("\u202e" in str(name) for name in names)


def test_persons_are_masked() -> None:
    """Names and numbers of the applicants and of strangers in the statement stand under the mask, companies in full."""
    workbook = book()
    cells = [
        str(value) for sheet in workbook.sheetnames for row in rows(workbook, sheet) for value in row if value
    ]
    assert not any(MAIN_ID in cell or "王小明" in cell for cell in cells)
    assert "王**" in cells
    assert "成都天府软件有限公司" in cells
    assert MAIN not in cells


def test_the_same_case_gives_the_same_bytes() -> None:
    """The workbook carries no time of its making."""
    assert case_xlsx(build()[0], CATALOGUE) == case_xlsx(build()[0], CATALOGUE)


def test_long_texts_and_empty_cases_make_a_valid_workbook() -> None:
    """A text over the format's limit is cut, and a case without anything still has its sheets."""
    made = Book()
    made.sheet("x", ["h"], [["长" * 40_000]], (10,))
    assert len(str(openpyxl.load_workbook(io.BytesIO(made.bytes()))["x"]["A2"].value)) == 32_000
    empty = openpyxl.load_workbook(io.BytesIO(case_xlsx(quiet(), CATALOGUE)))
    assert rows(empty, "概览")[3] == ("结论", "可进入审批")
    assert HOSTILE not in str(rows(empty, "概览"))
