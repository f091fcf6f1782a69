"""Statements of forms that no list knows: strange headings, stacked and glued cells, blocks, dates without years, stamps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from extractors.bank_statement import MATERIAL
from extractors.bank_statement.labels import COLUMNS
from extractors.bank_statement.marks import role_of
from extractors.bank_statement.parties import party
from extractors.bank_statement.stamps import without_stamps
from extractors.bank_statement.values import simplified
from pipeline.model import Line, Sheet
from pipeline.table import Cell, level
from pipeline.table.kinds import amount, when
from tests.test_bank_statement import read, rows_of, sheet
from tests.test_table import at

ABOVE = (
    "某某银行账户交易明细",
    "户名：欧阳文静  账号：6222020000332871151",
    "起止日期：2026-01-01至2026-01-31",
)
MOVES = (("20260105", "工资", 100, 900), ("20260106", "消费", -50, 850), ("20260107", "转入", 200, 1050),
         ("20260108", "消费", -10, 1040), ("20260109", "取现", -40, 1000), ("20260110", "退款", 5, 1005))  # fmt: skip
WANTED = [(f"{d[:4]}-{d[4:6]}-{d[6:]}", f"{a}.00", f"{b}.00") for d, _, a, b in MOVES]


def grid(
    head: Sequence[str], rows: Sequence[Sequence[str]], xs: Sequence[float], above: Sequence[str] = ABOVE
) -> list[Line]:
    """A table whose cells end at `xs`; a line break in a text prints it on lines of its own."""
    lines = [at(text, 10, 20 + 14 * n) for n, text in enumerate(above)]
    y = 90.0
    for row in (head, *rows):
        deep = 0
        for text, x in zip(row, xs, strict=True):
            for n, part in enumerate(text.split("\n")):
                wide = sum(8 if ord(c) > 0x2000 else 4 for c in part)
                if part:
                    lines.append(at(part, x - wide, y + 10 * n))
                deep = max(deep, n)
        y += 16 + 10 * deep
    return lines


def two_sided(mark: str = "") -> list[tuple[str, ...]]:
    """The moves with columns of out and in; `mark` stands in the empty one."""
    return [
        (d, s, f"{-a}.00" if a < 0 else mark, f"{a}.00" if a > 0 else mark, f"{b}.00") for d, s, a, b in MOVES
    ]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("付出", "out"), ("资金转入", "in"), ("对方单位或个人", "counterparty"), ("对手方账户", "counterparty_account"),
        ("结存数", "balance"), ("本次发生额", "amount"), ("款项说明", "summary"), ("核心流水", "serial"), ("办理日期", "date"),
        ("收款人/付款人", "counterparty"), ("对方开户行", "other"), ("收/付标记", "flag"), ("开户人", None), ("欧阳文静", None),
    ],
)  # fmt: skip
def test_a_heading_is_known_by_its_morphemes(label: str, role: str | None) -> None:
    """Words that no bank's list holds say by their parts what stands below; a name says nothing."""
    assert COLUMNS.role(label) == role


@pytest.mark.parametrize(
    ("label", "role"),
    [("付出合计", "total_out"), ("期间流入合计", "total_in"), ("查询流水", "serial_number"), ("户 名", "account_holder"), ("张三合计", None)],
)  # fmt: skip
def test_labels_of_single_values_are_put_together_from_their_parts(label: str, role: str | None) -> None:
    """Totals, periods and numbers are known by the parts of their labels, blanks between the characters or not."""
    assert role_of(label) == role


@pytest.mark.parametrize(
    "head", [("甲栏", "乙栏", "丙栏"), ("收入", "支出", "余额"), ("余额", "支出", "收入")]
)
def test_the_running_balance_overrules_headings(head: tuple[str, str, str]) -> None:
    """Columns of amounts under strange or wrong words: only one choice closes the steps, and it is taken."""
    document = read(sheet(grid(("日期", "摘要", *head), two_sided(), (60, 110, 200, 280, 360))))
    assert rows_of(document) == WANTED
    assert all(row["amount"].confidence >= 0.98 for row in document.tables["transactions"])


def test_amounts_that_no_choice_of_columns_proves_are_not_certain() -> None:
    """Where most steps are no amount of their row, the amounts are given but accuse nobody."""
    rows = [(d, s, f"{a * 7 + n}.00", f"{b}.00") for n, (d, s, a, b) in enumerate(MOVES)]
    document = read(sheet(grid(("日期", "摘要", "交易金额", "余额"), rows, (60, 110, 200, 280))))
    assert len(document.tables["transactions"]) == len(MOVES)
    assert all(row["amount"].confidence < 0.98 for row in document.tables["transactions"])


def test_another_column_of_sums_is_no_amount() -> None:
    """A fee and an available balance beside amount and balance take no part in the proof."""
    rows = [(d, s, "2.00", f"{a}.00", f"{b - 100}.00", f"{b}.00") for d, s, a, b in MOVES]
    head = ("日期", "摘要", "手续费", "交易金额", "可用余额", "账户余额")
    assert rows_of(read(sheet(grid(head, rows, (60, 110, 170, 240, 310, 380))))) == WANTED


def test_cells_with_two_values_are_parted() -> None:
    """A heading with a stroke or on two lines names two values: text, date and amount are told by their form."""
    rows = [
        (f"{s}\n2026-{d[4:6]}-{d[6:]} 10:11:12", f"{a:+}.00", f"{b}.00\n某某超市") for d, s, a, b in MOVES
    ]
    document = read(sheet(grid(("摘要/交易时间", "交易金额", "余额/对方户名"), rows, (140, 240, 380))))
    assert rows_of(document) == WANTED
    for row, move in zip(document.tables["transactions"], MOVES, strict=True):
        told = [row[name].value for name in ("summary", "time", "counterparty")]
        assert told == [move[1], "10:11:12", "某某超市"]


@pytest.mark.parametrize("colon", ["：", ""])
def test_labels_above_the_headings_are_none_of_them(colon: str) -> None:
    """币种 and 钞汇标志 with their values a line above the table stand over its columns and join none of their headings."""
    rows = [(d, s, f"{a}.00", f"{b}.00", "6222020000332871151") for d, s, a, b in MOVES]
    lines = grid(("交易日期", "摘要", "交易金额", "余额", "对方账号"), rows, (60, 110, 200, 280, 380))
    above = [
        (f"币种{colon}", 24),
        ("人民币", 64),
        (f"钞汇标志{colon}", 170),
        ("现钞", 216),
        (f"交易类型{colon}", 340),
        ("全部", 390),
    ]
    document = read(sheet([*lines, *(at(text, x, 74) for text, x in above)]))
    assert rows_of(document) == WANTED
    assert {row["counterparty_account"].value for row in document.tables["transactions"]} == {
        "6222020000332871151"
    }
    assert document.text("currency") == "CNY"


def test_an_amount_over_its_balance_is_one_row() -> None:
    """收支金额 over 余额 in one column: the dates tell the rows."""
    rows = [(d, s, f"{a}.00\n{b}.00") for d, s, a, b in MOVES]
    assert rows_of(read(sheet(grid(("日期", "摘要", "交易金额\n余额"), rows, (60, 110, 240))))) == WANTED


def test_blocks_of_labelled_values_are_transactions() -> None:
    """A list of an app: no table, each transaction two lines, the balance behind its word."""
    lines = [at(text, 10, 20 + 14 * n) for n, text in enumerate(ABOVE)]
    for n, (d, s, a, b) in enumerate(MOVES):
        y = 90 + 36 * n
        lines += [at(s, 10, y), at(f"{a:+}.00", 300, y)]
        lines += [at(f"{d[:4]}-{d[4:6]}-{d[6:]} 08:00:01", 10, y + 12), at(f"余额 {b}.00", 290, y + 12)]
    page = sheet(lines)
    assert MATERIAL.recognise(page)
    document = read(page)
    assert rows_of(document) == WANTED
    assert [row["summary"].value for row in document.tables["transactions"]] == [m[1] for m in MOVES]


def test_a_last_page_of_one_block_is_the_statements() -> None:
    """Behind a page of blocks one more block is enough; by itself such a page is nobody's."""

    def page(moves: Sequence[tuple[str, str, int, int]], above: Sequence[str], number: int) -> Sheet:
        lines = [at(words, 10, 20 + 14 * n) for n, words in enumerate(above)]
        for n, (d, s, a, b) in enumerate(moves):
            y = 90 + 36 * n
            lines += [at(s, 10, y), at(f"{a:+}.00", 300, y)]
            lines += [at(f"{d[:4]}-{d[4:6]}-{d[6:]} 08:00:01", 10, y + 12), at(f"余额 {b}.00", 290, y + 12)]
        return replace(sheet(lines), page=number)

    first, last = page(MOVES[:5], ABOVE, 1), page(MOVES[5:], (), 2)
    assert [claim.alone for claim in MATERIAL.recognise(last)] == [False]
    assert rows_of(read(first, last)) == WANTED


def test_headings_of_months_give_the_year() -> None:
    """2026年01月 above its rows is no row, and no part of the dates below it."""
    rows = [("2026年01月", "", "", "")]
    rows += [(f"{d[4:6]}-{d[6:]}", s, f"{a}.00", f"{b}.00") for d, s, a, b in MOVES]
    page = sheet(grid(("日期", "摘要", "金额", "余额"), rows, (60, 110, 200, 280), ABOVE[:2]))
    assert rows_of(read(page)) == WANTED


def test_a_row_with_a_misread_date_is_no_heading_of_a_month() -> None:
    """2026-01~07 begins like a month: the row stays, without its date, and is counted as lost."""
    rows = [(d, s, f"{a}.00", f"{b}.00") for d, s, a, b in MOVES]
    rows[2] = ("2026-01~07", *rows[2][1:])
    document = read(sheet(grid(("日期", "摘要", "金额", "余额"), rows, (60, 110, 200, 280)), source="ocr"))
    assert rows_of(document) == [*WANTED[:2], (None, *WANTED[2][1:]), *WANTED[3:]]
    assert document.notes["rows_lost"] == 1


def test_a_telephone_under_the_table_is_no_row() -> None:
    """In a text layer a line with digits in the column of balances, without a day and an amount, is nothing of the table."""
    rows = [(d, s, f"{a}.00", f"{b}.00") for d, s, a, b in MOVES]
    page = sheet(
        grid(("日期", "摘要", "金额", "余额"), [*rows, ("客服热线", "", "", "95398")], (60, 110, 200, 280))
    )
    assert rows_of(read(page)) == WANTED
    assert read(page).notes["rows_lost"] == 0


def test_a_balance_printed_once_a_day_loses_no_row() -> None:
    """In a text layer a row whose balance is left blank is whole."""
    rows = [(d, s, f"{a}.00", f"{b}.00") for d, s, a, b in MOVES]
    rows[1] = (*rows[1][:3], "")
    document = read(sheet(grid(("日期", "摘要", "金额", "余额"), rows, (60, 110, 200, 280))))
    assert document.notes["rows_lost"] == 0


def test_a_date_printed_once_stands_for_the_rows_below() -> None:
    """A text layer loses no date: an empty one is that of the row above."""
    rows = [
        ("20260105" if n in (0, 1) and not n else d if n > 1 else "", s, f"{a}.00", f"{b}.00")
        for n, (d, s, a, b) in enumerate(MOVES)
    ]
    document = read(sheet(grid(("日期", "摘要", "金额", "余额"), rows, (60, 110, 200, 280))))
    assert rows_of(document) == [WANTED[0], ("2026-01-05", *WANTED[1][1:]), *WANTED[2:]]


@pytest.mark.parametrize(
    ("text", "date"),
    [("26-01-05", "2026-01-05"), ("26.01.05", "2026-01-05"), ("26/01/19", "2026-01-19"), ("05/01/26", None), ("26/01/25", None)],
)  # fmt: skip
def test_years_of_two_digits(text: str, date: str | None) -> None:
    """The year stands first; where a stroke leaves a choice between year and day, nothing is read."""
    assert when(text).date == date


def test_payer_and_payee_are_chosen_by_the_direction() -> None:
    """Of both sides of a payment the counterparty is the one that is not the holder."""
    rows = [
        (d, "某某超市" if a > 0 else "欧阳文静", "欧阳文静" if a > 0 else "某某公司", f"{a}.00", f"{b}.00")
        for d, _, a, b in MOVES
    ]
    document = read(sheet(grid(("日期", "付款人", "收款人", "金额", "余额"), rows, (60, 140, 220, 300, 380))))
    told = [row["counterparty"].value for row in document.tables["transactions"]]
    assert told == ["某某超市" if a > 0 else "某某公司" for _, _, a, _ in MOVES]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("王*6272535201442066",), ("王*", "6272535201442066")), (("王*", "6272535201442066"), ("王*", "6272535201442066")),
        (("某某超市", "62220200****1151"), ("某某超市", "62220200****1151")), (("某某超市",), ("某某超市", "")),
        (("某某超市/6222020000332871151",), ("某某超市", "6222020000332871151")),
    ],
)  # fmt: skip
def test_name_and_account_of_a_cell(lines: tuple[str, ...], wanted: tuple[str, str]) -> None:
    """On lines of their own or in one; the star of a masked name is none of the account's."""
    assert party(Cell([at(text, 10, 10 + 12 * n) for n, text in enumerate(lines)]), "party") == wanted


def test_the_dash_of_an_empty_column_is_no_minus() -> None:
    """A scan's `- 900.00` over two columns is an empty cell and an amount, not a debt."""
    rows = two_sided("-")
    lines = grid(("日期", "摘要", "支出", "收入", "余额"), rows, (60, 110, 200, 280, 360))
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.text == "-"
            and before.middle[1] == line.middle[1]
            and line.text != "-"
        ):
            joined[-1] = at(f"- {line.text}", line.box[0] - 8, line.box[1])
        else:
            joined.append(line)
    assert any(n.text.startswith("- ") for n in joined)
    assert rows_of(read(sheet(joined, source="ocr"))) == WANTED


def test_rows_that_slant_keep_their_dates() -> None:
    """A photo's rows that fall by most of their pitch from left to right are still one row each."""
    head, xs = ("日期", "摘要", "对方户名", "金额", "余额"), (60, 160, 260, 360, 460)
    rows = [(d, s, "某某超市", f"{a}.00", f"{b}.00") for d, s, a, b in MOVES]
    slanting = []
    for n in grid(head, rows, xs):
        drop = 0.0 if n.middle[1] < 100 else max(0.0, (360 - n.box[2]) * 0.015)
        x0, y0, x1, y1 = n.box
        slanting.append(Line(n.text, (x0, y0 + drop, x1, y1 + drop), 1.0, n.edges))
    document = read(sheet(slanting, source="ocr"))
    assert rows_of(document) == WANTED
    assert [row["summary"].value for row in document.tables["transactions"]] == [m[1] for m in MOVES]


def test_a_text_glued_to_an_amount_goes_to_its_own_column() -> None:
    """The engine read 900.00 and the name beside it as one line."""
    rows = [(d, s, f"{a}.00", f"{b}.00", "某某超市") for d, s, a, b in MOVES]
    lines = [
        at(f"{n.text} 某某超市", n.box[0], n.box[1]) if n.text == "1050.00" else n
        for n in grid(("日期", "摘要", "金额", "余额", "对方户名"), rows, (60, 110, 200, 280, 330))
        if not (n.text == "某某超市" and abs(n.middle[1] - 142) < 6)
    ]
    document = read(sheet(lines, source="ocr"))
    assert rows_of(document) == WANTED
    assert [row["counterparty"].value for row in document.tables["transactions"]] == ["某某超市"] * len(MOVES)


def test_stamps_over_a_table_are_none_of_its_cells() -> None:
    """The seal's word, the bank over it and the day under it go; a bank as counterparty elsewhere stays."""
    stamp = [at("某某银行", 200, 100), at("业务清讫章", 196, 112), at("2026.01.05", 196, 124)]
    rest = [at("某某银行", 20, 112), at("20260105", 80, 112), at("100.00", 140, 112)]
    assert without_stamps([*stamp, *rest]) == rest
    assert without_stamps(rest) == rest


@pytest.mark.parametrize(
    "note", ["本明细仅供核对账务使用。", "以上数据如有疑问请联系客服。", "本单据不作为付款凭证使用"]
)
def test_a_sentence_under_the_table_is_none_of_the_last_row(note: str) -> None:
    """What the paper is for stands close under the last row and belongs to no cell."""
    rows = [(d, s, f"{a}.00", f"{b}.00") for d, s, a, b in MOVES]
    lines = grid(("日期", "摘要", "金额", "余额"), rows, (60, 110, 200, 280))
    document = read(sheet([*lines, at(note, 10, max(n.box[3] for n in lines) + 3)]))
    assert rows_of(document) == WANTED
    assert document.tables["transactions"][-1]["summary"].value == "退款"


def test_two_amounts_in_a_cell_are_neither() -> None:
    """What two columns' amounts make together is no amount; a sign of yuan and points for commas are read, the latter with doubt."""
    assert amount("￥28.380.20") == (Decimal("28380.20"), True)
    rows = [(d, s, f"{a}.00", f"{b}.00") for d, s, a, b in MOVES]
    rows[2] = (rows[2][0], rows[2][1], rows[2][2], "7.00 1050.00")
    document = read(sheet(grid(("日期", "摘要", "金额", "余额"), rows, (60, 110, 200, 280))))
    assert rows_of(document)[2][2] in (None, "1050.00")


def test_rows_and_columns_that_run_together_are_straightened() -> None:
    """A sheet photographed from the side and from below: after levelling dates begin and amounts end in line, rows are
    level, and every box still maps back to its place on the page."""
    plain = grid(("日期", "摘要", "对方户名", "金额", "余额"), _many(30), (60, 160, 260, 360, 460))
    crooked = [_seen(n) for n in plain]
    straight = level(sheet(crooked, source="ocr"))
    sums = [n for n in straight.lines if n.text.endswith(".00") and n.box[2] > 400]
    days = [n for n in straight.lines if n.text.startswith("2026") and len(n.text) == 8]
    assert max(n.box[2] for n in sums) - min(n.box[2] for n in sums) < 6
    assert all(
        abs(a.middle[1] - b.middle[1]) < 4
        for a, b in zip(sorted(days, key=_height), sorted(sums, key=_height), strict=True)
    )
    first = sheet(crooked, source="ocr")
    for n, m in zip(crooked, straight.lines, strict=True):
        old, new = first.place(n.box), straight.place(m.box)
        assert abs((old[0] + old[2]) - (new[0] + new[2])) < 0.03
        assert abs((old[1] + old[3]) - (new[1] + new[3])) < 0.03


def _many(count: int) -> list[tuple[str, ...]]:
    return [(f"202601{n + 1:02}", "消费", "某某超市", "-10.00", f"{9000 - 10 * n}.00") for n in range(count)]


def _height(line: Line) -> float:
    return line.middle[1]


def _seen(line: Line) -> Line:
    """The line as a camera sees it that stands off the page's middle."""
    x, y = line.middle
    w = 1 + 0.00012 * x + 0.00012 * y
    dx, dy = x / w - x, y / w - y
    x0, y0, x1, y1 = line.box
    return Line(line.text, (x0 + dx, y0 + dy, x1 + dx, y1 + dy), 1.0, tuple(e + dx for e in line.edges))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("-5,139:24", (Decimal("-5139.24"), True)), ("12:30", None), ("￥300.00", (Decimal("300.00"), False))],
)  # fmt: skip
def test_a_colon_for_the_point_leaves_doubt(text: str, wanted: tuple[Decimal, bool] | None) -> None:
    """A number as long as an amount with a colon before its cents is one, doubtfully; a time of day is none."""
    assert amount(text) == wanted


def test_traditional_forms_are_look_alikes_only_where_the_paper_is_simplified() -> None:
    """黃 in a simplified paper is 黄 misread; in a paper from Hong Kong it is what is printed."""
    assert simplified(["户名：欧阳文静", "交易日期摘要交易金额账户余额对方户名" * 4, "黃磊"])
    assert not simplified(["戶名：歐陽文靜", "交易日期摘要金額餘額對方戶名賬號", "黃磊"])


def test_a_date_that_the_engine_gave_twice_is_one_row() -> None:
    """Two boxes over one date of a scan stand close together and say the same: no row between."""
    rows = [(d, s, f"{a}.00", f"{b}.00") for d, s, a, b in MOVES]
    lines = grid(("日期", "摘要", "金额", "余额"), rows, (60, 110, 200, 280))
    day = next(n for n in lines if n.text == "20260107")
    x0, y0, x1, y1 = day.box
    lines.append(Line(day.text, (x0, y0 + 7, x1, y1 + 7), 1.0, day.edges))
    assert rows_of(read(sheet(lines, source="ocr"))) == WANTED
