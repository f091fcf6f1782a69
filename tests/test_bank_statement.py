"""Bank statements: layouts of many banks, signs and arithmetic, page breaks, scans, and papers that are none."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bench.statement_rows import sheets_of
from extractors.bank_statement import MATERIAL, BankStatement
from fixtures.papers import bank_statement
from pipeline.model import Document, Line, Sheet
from tests.test_table import at

REAL = Path(__file__).parents[2] / "shared" / "real" / "files"
PROOF = ("date", "amount", "balance")
HEAD = ("交易日期", "摘要", "交易金额", "账户余额", "对方户名")
XS = (10, 90, 150, 230, 300)


def sheet(lines: Sequence[Line], page: int = 1, file: str = "a.pdf", source: str = "text") -> Sheet:
    """A page of 500 × 700 with these lines."""
    frame = (1 / 500, 0, 0, 0, 1 / 700, 0, 0, 0, 1)
    return Sheet(file, page, 500, 700, tuple(lines), source, frame)  # type: ignore[arg-type]


def table(
    rows: Sequence[Sequence[str]],
    head: Sequence[str] = HEAD,
    xs: Sequence[float] = XS,
    above: Sequence[str] = ("某某银行账户交易明细", "户名：欧阳文静  账号：6222020000332871151"),
    top: float = 20,
) -> list[Line]:
    """A table with a header; amounts end at the right of their column."""
    lines = [at(text, 10, top + 14 * n) for n, text in enumerate(above)]
    y = top + 14 * len(above) + 10
    lines += [at(text, x, y) for text, x in zip(head, xs, strict=True) if text]
    for n, row in enumerate(rows):
        for text, x, label in zip(row, xs, head, strict=True):
            if text:
                wide = "金额" in label or "余额" in label or label in ("支出", "收入")
                lines.append(at(text, x + 40 - 4 * len(text) if wide else x, y + 16 * (n + 1)))
    return lines


def read(*sheets: Sheet) -> Document:
    """The one statement on the sheets."""
    (document,) = MATERIAL.extract(sheets)
    return document


def rows_of(document: Document) -> list[tuple[str | None, ...]]:
    """Date, amount and balance of each row."""
    return [
        tuple(str(row[name].value) if name in row else None for name in PROOF)
        for row in document.tables["transactions"]
    ]


@pytest.mark.parametrize("layout", bank_statement.LAYOUTS)
def test_every_row_of_every_layout_is_read_exactly(layout: str) -> None:
    """Date, amount and balance of 40 rows, over page breaks, wraps and repeats; and the header's fields."""
    _read_exactly(layout, 3, 40)


@pytest.mark.ocr
@pytest.mark.parametrize("layout", bank_statement.LAYOUTS)
def test_every_row_of_long_statements_is_read_exactly(layout: str) -> None:
    """The same of 90 rows over more pages, and of 24: among the slow tests not for OCR, but because drawing them takes long."""
    _read_exactly(layout, 5, 90)
    _read_exactly(layout, 4, 24)


def _read_exactly(layout: str, seed: int, rows: int) -> None:
    paper = bank_statement.draw(layout, bank_statement.invent(random.Random(seed), rows), seed)
    assert isinstance(paper.pages, bytes)
    sheets = sheets_of(paper.pages)
    assert all(MATERIAL.recognise(s) for s in sheets)
    document = read(*sheets)
    wanted = [tuple(row.get(name) for name in PROOF) for row in paper.truth["tables"]["transactions"]]
    assert rows_of(document) == wanted
    for name, value in paper.truth["fields"].items():
        assert document.text(name) == value, name
    assert document.notes["rows_lost"] == 0


def test_unsigned_amounts_take_their_sign_from_the_balances() -> None:
    """A statement without signs, flags or two columns: the running balance tells in from out; nothing is guessed."""
    rows = [("20260105", "往来", "100.00", "900.00", ""), ("20260106", "往来", "50.00", "850.00", ""),
            ("20260107", "往来", "200.00", "1050.00", ""), ("20260108", "往来", "7.00", "1040.00", "")]  # fmt: skip
    document = read(sheet(table(rows)))
    assert [r[1] for r in rows_of(document)] == [None, "-50.00", "200.00", None]
    assert document.notes["rows_lost"] == 2
    assert [u.name for u in document.unread] == ["transactions", "transactions"]


def test_a_printed_opening_balance_proves_the_first_sign() -> None:
    """With 期初余额 printed, the first row of an unsigned statement has its proof as well."""
    rows = [("20260105", "往来", "100.00", "900.00", ""), ("20260106", "往来", "50.00", "950.00", "")]
    above = ("某某银行账户交易明细", "户名：欧阳文静  期初余额：1,000.00")
    document = read(sheet(table(rows, above=above)))
    assert document.text("opening_balance") == "1000.00"
    assert [r[1] for r in rows_of(document)] == ["-100.00", "50.00"]


def test_flags_that_the_balances_contradict_throughout_are_turned() -> None:
    """Where 借 stands for money in, as the bank's own books have it, the balances decide."""
    head, xs = ("交易日期", "借贷", "交易金额", "账户余额"), (10, 90, 150, 230)
    rows = [(f"2026010{n}", "借", "10.00", f"{100 + 10 * n}.00") for n in range(1, 8)]
    assert {r[1] for r in rows_of(read(sheet(table(rows, head, xs))))} == {"10.00"}


def test_a_broken_row_keeps_its_printed_sign_and_sum() -> None:
    """A text layer is never mended: a forged amount stays as it is printed, for the chain's rule to find."""
    rows = [("20260105", "工资", "100.00", "900.00", ""), ("20260106", "消费", "-50.00", "850.00", ""),
            ("20260107", "工资", "+999.00", "950.00", ""), ("20260108", "消费", "-10.00", "940.00", "")]  # fmt: skip
    assert [r[1] for r in rows_of(read(sheet(table(rows))))] == ["100.00", "-50.00", "999.00", "-10.00"]


def test_a_descending_statement_keeps_its_printed_order() -> None:
    """Signs come from the right neighbour, and rows are given as printed."""
    head, xs = ("日期", "金额", "余额"), (10, 150, 230)
    rows = [
        ("20260108", "7.00", "1043.00"),
        ("20260107", "200.00", "1050.00"),
        ("20260106", "50.00", "850.00"),
    ]
    above = ("某某银行账户交易明细", "期初余额：900.00")
    assert [r[1] for r in rows_of(read(sheet(table(rows, head, xs, above))))] == ["-7.00", "200.00", "-50.00"]


def test_rows_that_only_carry_the_balance_over_are_none() -> None:
    """承前页, 过次页, page totals and sums are no transactions."""
    rows = [("", "承前页", "", "1000.00", ""), ("20260105", "消费", "-100.00", "900.00", ""),
            ("20260106", "消费", "-50.00", "850.00", ""), ("", "本页合计", "-150.00", "", ""), ("", "过次页", "", "850.00", "")]  # fmt: skip
    assert rows_of(read(sheet(table(rows)))) == [
        ("2026-01-05", "-100.00", "900.00"),
        ("2026-01-06", "-50.00", "850.00"),
    ]


def test_a_page_without_a_header_goes_on_and_a_repeat_at_the_break_stays_once() -> None:
    """The columns of the page before hold; the same row with the same balance on both sides of the break is one."""
    first = [
        ("20260105", "消费", "-100.00", "900.00", "甲某"),
        ("20260106", "消费", "-50.00", "850.00", "乙"),
    ]
    second = [("20260106", "消费", "-50.00", "850.00", "乙"), ("20260107", "工资", "99.00", "949.00", "丙")]
    next_page = table(second, head=("", "", "交易金额", "账户余额", ""), above=())
    page_two = [n for n in next_page if n.text not in HEAD]
    document = read(sheet(table(first)), sheet(page_two, page=2))
    assert [r[0] for r in rows_of(document)] == ["2026-01-05", "2026-01-06", "2026-01-07"]
    assert document.tables["transactions"][2]["counterparty"].value == "丙"
    assert document.pages == (("a.pdf", 1), ("a.pdf", 2))


def test_two_printed_accounts_are_two_documents() -> None:
    """Where another account's header is printed, another statement begins; the same header again goes on."""
    rows = [("20260105", "消费", "-100.00", "900.00", ""), ("20260106", "消费", "-50.00", "850.00", "")]
    other = ("某某银行账户交易明细", "户名：欧阳文静  账号：6217000000000000009")
    documents = MATERIAL.extract(
        [sheet(table(rows)), sheet(table(rows[:1]), page=2), sheet(table(rows, above=other), page=3)]
    )
    assert [d.text("account_number") for d in documents] == ["6222020000332871151", "6217000000000000009"]
    assert [len(d.tables["transactions"]) for d in documents] == [3, 2]


def test_a_wallet_proof_has_flags_no_balance_and_neutral_rows() -> None:
    """Amounts of rows that are neither in nor out stay unsigned and say so."""
    head, xs = ("交易单号", "交易时间", "收/支/其他", "金额(元)", "交易对方"), (10, 110, 240, 290, 350)
    rows = [("1000012026010511", "2026-01-05 10:00:00", "支出", "12.00", "小满面馆"),
            ("1000012026010512", "2026-01-05 11:00:00", "收入", "30.00", "张敏"),
            ("2070012026010513", "2026-01-05 12:00:00", "其他", "500.00", "/")]  # fmt: skip
    above = (
        "微信支付交易明细证明",
        "兹证明：欧阳文静（居民身份证：510107198803152646），在其微信号：wenjing88中的交易明细信息如下",
    )
    document = read(sheet(table(rows, head, xs, above)))
    assert document.text("bank") == "WeChatPay"
    assert document.text("account_holder") == "欧阳文静"
    assert document.text("id_number") == "510107198803152646"
    table_rows = document.tables["transactions"]
    assert [r["amount"].value for r in table_rows] == ["-12.00", "30.00", "500.00"]
    assert table_rows[2]["direction"].value == "neutral"
    assert "counterparty" not in table_rows[2]
    assert BankStatement(document).transactions[0].time.value == "10:00:00"


def test_a_label_set_in_spaced_characters_keeps_its_value() -> None:
    """户 and 名：欧阳文静 stand in runs of their own; together they name the holder."""
    rows = [("20260105", "消费", "-100.00", "900.00", "")]
    lines = table(rows, above=("某某银行账户交易明细",))
    document = read(
        sheet([*lines, at("户", 10, 6), at("名：欧阳文静", 36, 6), at("账号：6222020000332871151", 200, 6)])
    )
    assert document.text("account_holder") == "欧阳文静"
    assert document.text("account_number") == "6222020000332871151"


def test_an_impossible_date_keeps_its_form() -> None:
    """2026-02-30 is read as printed: the date's rule says what it means."""
    rows = [("20260227", "消费", "-100.00", "900.00", ""), ("20260230", "消费", "-50.00", "850.00", "")]
    assert [r[0] for r in rows_of(read(sheet(table(rows))))] == ["2026-02-27", "2026-02-30"]


def test_a_table_without_any_header_is_read_by_its_content() -> None:
    """Dates, signed amounts and balances are told by their form and the arithmetic."""
    rows = [(f"2026010{n}", "消费", f"-{n}.00", f"{900 - n * (n + 1) // 2}.00", "") for n in range(1, 8)]
    lines = [n for n in table(rows, above=("账户交易明细",)) if n.text not in HEAD]
    document = read(sheet(lines))
    assert rows_of(document)[0] == ("2026-01-01", "-1.00", "899.00")
    assert len(rows_of(document)) == 7


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第1页 共3页", [1, 3]), ("第 2 页/共 3 页", [2, 3]), ("共3页，第2页", [2, 3]), ("页数：1/2", [1, 2]), ("- 第1页/共27页 -", [1, 27]),
        ("Page 1 of 5", [1, 5]), ("2/5", [2, 5]), ("第 1 / 2 页", [1, 2]),
    ],
)  # fmt: skip
def test_printed_page_numbers_are_kept_in_every_spelling(text: str, numbers: list[int]) -> None:
    """n of N stands in the notes, page by page, for the rule of missing pages."""
    rows = [("20260105", "消费", "-100.00", "900.00", "")]
    document = read(sheet([*table(rows), at(text, 200, 680)]))
    assert document.notes["page_numbers"] == [numbers]


def test_pages_in_files_of_their_own_are_gathered_by_their_numbers() -> None:
    """A photo a page: 1 of 2 and 2 of 2 of one account are one document; another account's page is not."""
    rows = [("20260105", "消费", "-100.00", "900.00", ""), ("20260106", "消费", "-50.00", "850.00", "")]
    other = ("某某银行账户交易明细", "账号：6217000000000000009")
    documents = [
        read(sheet([*table(rows[1:]), at("第2页 共2页", 200, 680)], file="b.jpg")),
        read(sheet([*table(rows[:1]), at("第1页 共2页", 200, 680)], file="a.jpg")),
        read(sheet([*table(rows, above=other), at("第2页 共2页", 200, 680)], file="c.jpg")),
    ]
    whole, apart = MATERIAL.gather(documents)
    assert [r[0] for r in rows_of(whole)] == ["2026-01-05", "2026-01-06"]
    assert whole.notes["page_numbers"] == [[1, 2], [2, 2]]
    assert apart.text("account_number") == "6217000000000000009"


def test_a_stack_scanned_from_its_end_is_read_in_the_order_of_its_printed_numbers() -> None:
    """Page 2 of 2 lies before page 1 of 2 in the file: the rows come in the order in which they were printed."""
    rows = [("20260105", "消费", "-100.00", "900.00", ""), ("20260106", "消费", "-50.00", "850.00", "")]
    second = sheet([*table(rows[1:], above=("某某银行账户交易明细",)), at("第2页 共2页", 200, 680)], page=1)
    first = sheet([*table(rows[:1]), at("第1页 共2页", 200, 680)], page=2)
    document = read(second, first)
    assert [r[0] for r in rows_of(document)] == ["2026-01-05", "2026-01-06"]
    assert document.text("account_number") == "6222020000332871151"


BEGUN = [("20260105", "消费", "-100.00", "900.00", ""), ("20260106", "消费", "-50.00", "850.00", "")]
PLAIN = ("某某银行账户交易明细",)


@pytest.mark.parametrize(
    ("after", "above", "count"),
    [
        (("20260107", "工资", "5000.00", "5850.00", ""), PLAIN, 1),
        (("20260107", "工资", "5000.00", "5900.00", ""), PLAIN, 2),
        (
            ("20260107", "工资", "5000.00", "5850.00", ""),
            ("某某银行账户交易明细", "账号：6222020000332871151"),
            2,
        ),
    ],
    ids=["goes on", "another balance", "a first page of its own"],
)
def test_a_page_without_a_number_that_lies_apart_goes_on_where_its_balances_do(after, above, count) -> None:
    """Another paper was scanned in between: the later page is the same statement's only where the balance goes on, and
    where it prints no account of its own."""
    documents = [read(sheet(table(BEGUN))), read(sheet(table([after], above=above), page=3))]
    found = MATERIAL.gather(documents)
    assert len(found) == count
    assert sum(len(d.tables["transactions"]) for d in found) == 3


# ---------------------------------------------------------------- scans


def scanned(lines: Sequence[Line], degrees: float = 0.0) -> Sheet:
    """The lines as OCR would give them: turned a little, with boxes that reach beyond the ink."""
    slope = math.tan(math.radians(degrees))
    moved = []
    for n in lines:
        dy = slope * n.middle[0]
        dx = -slope * n.middle[1]
        box = (n.box[0] + dx - 1, n.box[1] + dy - 2, n.box[2] + dx + 1, n.box[3] + dy + 2)
        probs = n.probs or (0.999,) * len(n.text)
        moved.append(replace(n, box=box, edges=(), probs=probs, confidence=min(probs)))
    return sheet(moved, file="a.jpg", source="ocr")


ROWS = [
    ("20260105", "消费", "-100.00", "900.00", "甲某"),
    ("20260106", "消费", "-50.00", "850.00", "乙"),
    ("20260107", "工资", "99.00", "949.00", "丙"),
    ("20260108", "消费", "-49.00", "900.00", "丁"),
]


def test_a_slanted_scan_reads_like_the_text_layer() -> None:
    """A slope of a degree, at which a row's ends stand a line apart, does not mix the rows."""
    many = [(f"202601{n:02}", "消费", "-1.00", f"{900 - n}.00", "成都天府软件") for n in range(1, 29)]
    for degrees in (-1.0, 1.0):
        assert rows_of(read(scanned(table(many), degrees))) == rows_of(read(sheet(table(many))))


def test_a_doubtful_reading_is_mended_where_both_sums_close() -> None:
    """850 read as 350, with 8 held possible: the balances before and after leave just one reading."""
    lines = []
    for n in table(ROWS):
        wrong = replace(n, text="350.00", probs=(0.6, *[0.999] * 5), doubts=((0, "8", 0.35),))
        lines.append(wrong if n.text == "850.00" else n)
    document = read(scanned(lines))
    assert [r[2] for r in rows_of(document)] == ["900.00", "850.00", "949.00", "900.00"]
    assert document.tables["transactions"][1]["balance"].sure


def test_a_reading_that_the_engine_did_not_hold_possible_is_not_mended() -> None:
    """Without that doubt the wrong balance stays, unsure at most: arithmetic alone invents nothing."""
    lines = [replace(n, text="350.00") if n.text == "850.00" else n for n in table(ROWS)]
    assert rows_of(read(scanned(lines)))[1][2] == "350.00"


def test_an_unreadable_amount_is_absent_and_its_row_is_counted() -> None:
    """Below 0.80 a cell is absent, and the row is told with its place."""
    lines = []
    for n in table(ROWS):
        lines.append(replace(n, text="-77.00", probs=(0.3,) * 6) if n.text == "-50.00" else n)
    document = read(scanned(lines))
    assert rows_of(document)[1] == ("2026-01-06", None, "850.00")
    assert document.notes["rows_lost"] == 1
    (unread,) = document.unread
    assert unread.name == "transactions"
    assert unread.box is not None


def test_sums_that_close_make_weak_readings_sure() -> None:
    """An amount read at 0.9 that closes with both neighbours may accuse; one without proof may not."""
    lines = [
        replace(n, probs=(0.9,) * len(n.text)) if n.text in ("-50.00", "甲某") else n for n in table(ROWS)
    ]
    rows = read(scanned(lines)).tables["transactions"]
    assert rows[1]["amount"].sure
    assert not rows[0]["counterparty"].sure


# ---------------------------------------------------------------- what is none


def test_other_papers_with_tables_are_not_claimed() -> None:
    """Card bills, pay slips, repayment plans and tax records have dates and amounts, and are none."""
    rows = [(f"2026010{n}", "消费", f"{n}.00", f"{9 - n}.00", "") for n in range(1, 8)]
    bill = table(
        rows,
        ("交易日", "记账日", "交易金额", "入账金额", "交易描述"),
        above=("中国银行信用卡账单", "到期还款日 最低还款额"),
    )
    slip = table(rows, ("日期", "姓名", "应发工资", "个人所得税", "实发工资"), above=("工资条",))
    plan = table(
        rows, ("还款日期", "期数", "应还本金", "应还利息", "剩余本金"), above=("个人贷款还款计划表",)
    )
    tax = table(
        rows, ("申报日期", "所得项目", "收入", "已缴税额", "扣缴义务人"), above=("个人所得税纳税记录",)
    )
    for lines in (bill, slip, plan, tax, [at("收入证明", 100, 30), at("兹证明欧阳文静系我单位员工", 20, 60)]):
        assert MATERIAL.recognise(sheet(lines)) == []
    assert MATERIAL.recognise(sheet([])) == []


# ---------------------------------------------------------------- real papers


@pytest.mark.skipif(not REAL.exists(), reason="the shared real files are not at hand")
@pytest.mark.parametrize(
    ("name", "count", "first", "last"),
    [
        ("CN-BS-CMB-PDF.pdf", 7, ("2025-02-03", "18000.00", "56500.00"), ("2025-02-27", "35.88", "47939.43")),
        ("SG-BS-GXS.pdf", 8, ("2025-03-02", "1.20", "8501.20"), ("2025-03-30", "1.21", "8709.21")),
        ("NZ-BS-WESTPAC.pdf", 5, ("2026-04-02", "-88.90", "5151.10"), ("2026-04-27", "-412.30", "6542.45")),
        ("NZ-BS-TUT.pdf", 12, ("2026-05-02", "-5.50", "1244.50"), ("2026-05-31", "-60.00", "2716.50")),
        ("XX-BS-SIMPLE.pdf", 3, ("2026-01-02", "-5.00", "95.00"), ("2026-01-09", "-15.00", "130.00")),
        ("XX-BS-NOPERIOD.pdf", 3, ("2026-03-02", "2000.00", None), ("2026-03-20", "-80.00", None)),
    ],
)
def test_statements_that_others_made_are_read(
    name: str, count: int, first: tuple[str | None, ...], last: tuple[str | None, ...]
) -> None:
    """Layouts that nobody here drew, Chinese and foreign."""
    rows = rows_of(read(*sheets_of((REAL / name).read_bytes())))
    assert (len(rows), rows[0], rows[-1]) == (count, first, last)


@pytest.mark.skipif(not REAL.exists(), reason="the shared real files are not at hand")
def test_a_real_card_bill_is_not_claimed() -> None:
    """A credit card's statement of another country is no bank statement either."""
    assert not any(MATERIAL.recognise(s) for s in sheets_of((REAL / "SG-BS-MONO.pdf").read_bytes()))
