"""What rules ask of a bank statement (银行流水)."""

from __future__ import annotations

from pipeline.record import Record, RowRecord, Table, day_cell, money_cell, text_cell


class Transaction(RowRecord):
    """One row as printed. `amount` is signed: out-payments negative, rows of `direction` neutral unsigned."""

    date = day_cell()
    time = text_cell()
    amount = money_cell()
    balance = money_cell()
    summary = text_cell()
    remark = text_cell()
    counterparty = text_cell()
    counterparty_account = text_cell()
    channel = text_cell()
    currency = text_cell()
    account = text_cell()
    direction = text_cell()
    serial = text_cell()


class BankStatement(Record):
    """One printed account or card header with its rows, in printed order.

    Of its notes: `page_numbers` the printed (n, N) of each page, `rows_lost` rows seen but not read,
    `export` True for an editable export (CSV, XLS), `layer` True where the rows come from a text layer."""

    TYPE = "bank_statement"
    bank = text_cell()
    account_holder = text_cell()
    account_number = text_cell()
    id_number = text_cell()
    currency = text_cell()
    period_start = day_cell()
    period_end = day_cell()
    opening_balance = money_cell()
    closing_balance = money_cell()
    total_in = money_cell()
    total_out = money_cell()
    filter = text_cell()
    printed_at = text_cell()
    serial_number = text_cell()
    transactions = Table(Transaction)
