"""Tables: kinds of cells, headers, columns, rows and the text layer that they are read from."""

from __future__ import annotations

import io
from decimal import Decimal

import pypdfium2
import pytest
from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from pipeline.model import Line
from pipeline.table import Vocabulary, find_headers, learn, read_rows
from pipeline.table.kinds import amount, clock, kind_of, tokens, when
from pipeline.textlayer import sane, text_lines

WORDS = Vocabulary(
    synonyms={
        "date": ("交易日期", "日期", "Date"),
        "amount": ("交易金额", "金额", "Amount"),
        "balance": ("余额", "账户余额", "Balance"),
        "note": ("摘要", "附言"),
        "party": ("对方户名",),
    },
    kinds={"date": "date", "amount": "money", "balance": "money"},
    dates=frozenset({"date"}),
    money=frozenset({"amount", "balance"}),
)
MONEY = frozenset({"amount", "balance"})


def at(text: str, x: float, y: float, size: float = 8.0) -> Line:
    """A line of text as a text layer would give it: Chinese a full square wide, other characters half of one."""
    edges = [x]
    for char in text:
        edges.append(edges[-1] + (size if ord(char) > 0x2000 else size / 2))
    return Line(text, (x, y, edges[-1], y + size), 1.0, tuple(edges))


def rows_of(lines: list[Line]) -> list[dict[str, str]]:
    """The table on the lines, as texts."""
    header = find_headers(lines, WORDS)[0]
    body = [n for n in lines if n.middle[1] > header.box[3]]
    rows, _ = read_rows(body, learn(header.columns, body), MONEY, frozenset({"date"}))
    return [{role: cell.text for role, cell in row.cells.items()} for row in rows]


@pytest.mark.parametrize(
    ("text", "date", "time"),
    [
        ("20260105", "2026-01-05", None),
        ("2026-01-05 12:33:01", "2026-01-05", "12:33:01"),
        ("2026-01-0512:33:01", "2026-01-05", "12:33:01"),
        ("20260105123301", "2026-01-05", "12:33:01"),
        ("20260105 123301", "2026-01-05", "12:33:01"),
        ("2026/12/03  14:06", "2026-12-03", "14:06"),
        ("2026年1月5日", "2026-01-05", None),
        ("2026.01.05", "2026-01-05", None),
        ("05 Jan 2026", "2026-01-05", None),
        ("Jan 5, 2026", "2026-01-05", None),
        ("25/03/2026", "2026-03-25", None),
        ("2026-02-30", "2026-02-30", None),
        ("消费", None, None),
    ],
)
def test_a_date_is_read_in_every_form_and_an_impossible_day_keeps_its_form(
    text: str, date: str | None, time: str | None
) -> None:
    """Date and time may share a cell with or without a blank; 30 February stays as printed."""
    assert when(text)[:2] == (date, time)


def test_a_date_without_a_year_gives_only_its_day() -> None:
    """02 Apr is no date until the period tells the year."""
    assert when("02 Apr") == (None, None, (2, 4))
    assert when("04-02").day == (2, 4)


@pytest.mark.parametrize(
    ("text", "value", "doubtful"),
    [
        ("-1,234.56", "-1234.56", False),
        ("1234.56-", "-1234.56", False),
        ("+98.00", "98.00", False),
        ("¥28.16", "28.16", False),
        ("RMB 1,000.00", "1000.00", False),
        ("-￥5.00", "-5.00", False),
        ("(12.30)", "-12.30", False),
        ("100.00CR", "100.00", False),
        ("1.234.56", "1234.56", True),
        ("l,234.56", "1234.56", True),
    ],
)
def test_an_amount_is_read_with_its_sign_and_says_where_its_form_leaves_doubt(
    text: str, value: str, doubtful: bool
) -> None:
    """Points in the place of commas and letters like digits are readings that only arithmetic may confirm."""
    assert amount(text) == (Decimal(value), doubtful)


@pytest.mark.parametrize("text", ["", "-", "xx,yyyy.zz", "工资", "12:30", "1,23.4567"])
def test_what_is_no_amount_is_none(text: str) -> None:
    """Nothing is made of a cell that holds no amount."""
    assert amount(text) is None


def test_the_kinds_in_a_glued_line_are_told_apart() -> None:
    """OCR glues narrow columns: the dates, times and amounts in a line are still found, account numbers are none."""
    assert [t.kind for t in tokens("2026-01-05 12:33:01 -1,234.56 8,000.00")] == [
        "date",
        "time",
        "money",
        "money",
    ]
    assert tokens("6222020000332871151") == ()
    assert kind_of("20260105") == "date"
    assert kind_of("转账10.00元") == "text"
    assert clock("112326") == "11:23:26"


def test_a_header_of_stacked_and_glued_words_is_found() -> None:
    """账户 above 余额 is one label, 交易日期摘要 in one line are two; a title above is none of it."""
    lines = [
        at("某某银行账户交易明细", 100, 0, 14),
        at("账户", 220, 28), at("交易日期摘要", 10, 32), at("交易金额", 120, 32), at("余额", 220, 36),
        at("20260105", 10, 60), at("工资", 44, 60), at("1.00", 130, 60), at("2.00", 220, 60),
    ]  # fmt: skip
    (header,) = find_headers(lines, WORDS)
    assert [c.role for c in header.columns] == ["date", "note", "amount", "balance"]
    assert header.box[1] == 28


def test_labels_with_their_values_are_no_header() -> None:
    """户名、币种 and the like above a table never become its columns, even close above it."""
    lines = [
        at("日期：20260101", 10, 0), at("余额：8.00", 120, 0), at("金额：9.00", 220, 0),
        at("日期", 10, 12), at("金额", 120, 12), at("余额", 220, 12),
    ]  # fmt: skip
    (header,) = find_headers(lines, WORDS)
    assert header.box[1] == 12


HEAD = [
    at("交易日期", 10, 0),
    at("摘要", 90, 0),
    at("交易金额", 130, 0),
    at("账户余额", 200, 0),
    at("对方户名", 260, 0),
]


@pytest.mark.parametrize("middle", [False, True])
def test_wrapped_cells_belong_to_their_row_at_the_top_or_around_the_middle(middle: bool) -> None:
    """The page's own pattern tells whether the lines of a wrapped cell begin at the amount or surround it."""
    lines = list(HEAD)
    for n in range(4):
        y = 30 + 30 * n
        anchor = y + 5 if middle else y
        lines += [at(f"2026010{n + 1}", 10, anchor), at("转账", 90, anchor), at(f"-{n + 1}.00", 140, anchor)]
        lines += [
            at(f"{100 - n}.00", 206, anchor),
            at("成都天府软件", 260, y),
            at(f"有限公司{n}", 260, y + 10),
        ]
    rows = rows_of(lines)
    assert [r["party"] for r in rows] == [f"成都天府软件有限公司{n}" for n in range(4)]
    assert [r["amount"] for r in rows] == ["-1.00", "-2.00", "-3.00", "-4.00"]


def test_a_line_glued_over_columns_is_cut_between_them() -> None:
    """A box of OCR that holds date, note and amounts is cut at its columns, never within an amount."""
    lines = list(HEAD)
    for n in range(5):
        y = 20.0 + 14 * n
        lines += [
            at(f"2026010{n + 1}", 10, y),
            at("消费", 90, y),
            at("-25.00", 138, y),
            at("1,975.00", 200, y),
        ]
    text = "-25.00 1,975.00"
    edges = [138 + 6.3 * i for i in range(len(text) + 1)]
    lines += [
        at("20260106", 10, 90),
        at("消费", 90, 90),
        Line(text, (138, 90, edges[-1], 98), 1.0, tuple(edges)),
    ]
    assert rows_of(lines)[-1] == {
        "date": "20260106",
        "note": "消费",
        "amount": "-25.00",
        "balance": "1,975.00",
    }


def test_a_row_that_lost_its_amounts_is_seen_by_its_date() -> None:
    """A date without amounts beside it is a row of its own, not a second date of its neighbour."""
    lines = list(HEAD)
    for n in range(5):
        y = 20.0 + 14 * n
        lines.append(at(f"2026010{n + 1}", 10, y))
        if n != 2:
            lines += [at("-25.00", 138, y), at("1,975.00", 200, y)]
    rows = rows_of(lines)
    assert [r["date"] for r in rows] == [f"2026010{n}" for n in range(1, 6)]
    assert "amount" not in rows[2]


def test_amounts_under_a_narrow_label_keep_to_their_column() -> None:
    """A label at the left of a right-aligned column takes the amounts that end far from it."""
    lines = [at("日期", 10, 0), at("摘要", 70, 0), at("金额", 120, 0), at("余额", 200, 0)]
    for n in range(6):
        y = 20.0 + 12 * n
        lines += [
            at(f"2026010{n + 1}", 10, y),
            at("工资", 70, y),
            at("12,345.67", 150, y),
            at("9,912,345.67", 226, y),
        ]
    assert all(r["amount"] == "12,345.67" and r["balance"] == "9,912,345.67" for r in rows_of(lines))


def page_of(draw: object, size: tuple[float, float] = (300, 200), rotate: int = 0) -> list[Line]:
    """The text layer of a page drawn by `draw(canvas)`."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=size)
    if rotate:
        sheet.setPageRotation(rotate)
    draw(sheet)  # type: ignore[operator]
    sheet.save()
    document = pypdfium2.PdfDocument(out.getvalue())
    page = document[0]
    width, height = page.get_size()
    lines = text_lines(page, width, height)
    page.close()
    document.close()
    return lines


def test_a_text_layer_becomes_runs_in_points_from_the_top_left() -> None:
    """Characters are joined by their gaps: a wide gap splits, a drawn space stays within the run."""

    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont("STSong-Light", 10)
        sheet.drawString(20, 150, "户名：欧阳文静")
        sheet.drawString(140, 150, "1,234.56")
        sheet.drawString(20, 100, "Opening Balance")

    lines = page_of(draw)
    assert [n.text for n in lines] == ["户名：欧阳文静", "1,234.56", "Opening Balance"]
    assert lines[0].box[0] == pytest.approx(20, abs=1)
    assert 38 < lines[0].box[1] < lines[0].box[3] < 56
    assert len(lines[1].edges) == len("1,234.56") + 1


def test_rotated_and_overlaid_watermark_glyphs_are_left_out() -> None:
    """Digits of an anti-forgery watermark that fall into the lines never become part of them."""

    def draw(sheet: canvas.Canvas) -> None:
        sheet.saveState()
        sheet.rotate(30)
        sheet.setFont("Helvetica", 10)
        sheet.drawString(60, 90, "3F9A")
        sheet.restoreState()
        sheet.setFont("STSong-Light", 10)
        sheet.drawString(20, 150, "起止日期")
        sheet.setFont("Helvetica", 5)
        sheet.drawString(32, 152, "6")
        sheet.setFillColor(Color(0.9, 0.9, 0.9))
        sheet.setFont("Helvetica", 10)
        sheet.drawString(20, 100, "8")
        sheet.setFillColor(Color(0, 0, 0))
        sheet.drawString(20.2, 100, "5")

    assert [n.text for n in page_of(draw)] == ["起止日期", "5"]


def test_a_page_with_a_rotate_entry_is_read_as_it_is_shown() -> None:
    """Text that the page's own rotation turns upright is read in the shown frame."""

    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont("Helvetica", 10)
        sheet.translate(60, 30)
        sheet.rotate(90)
        sheet.drawString(0, 0, "UPRIGHT")

    (line,) = page_of(draw, rotate=90)
    assert line.text == "UPRIGHT"
    assert line.width > line.height


def test_an_insane_layer_is_not_trusted() -> None:
    """Private glyphs, foreign scripts in the place of Chinese and empty layers go to OCR."""
    assert sane([at("中国银行交易流水", 0, 0), at("1,234.00", 0, 20)])
    assert sane([at("Everyday account statement 2026 of the bank, page one", 0, 0)])
    assert not sane([])
    assert not sane([at("\ue012\ue044\ue011 12.00 \ue001\ue002", 0, 0)])
    assert not sane([at("ഇതഒരുമലയ 12.00 ഇതഒ", 0, 0)])
