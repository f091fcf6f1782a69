"""工资条、工资单: vertical slips, one-row tables, tables of months."""

from __future__ import annotations

from pipeline.record import Record, RowRecord, Table, day_cell, money_cell, text_cell


class Payslip(RowRecord):
    """One month's pay. Deductions and the tax are positive."""

    period = text_cell()
    pay_date = day_cell()
    gross_pay = money_cell()
    pension = money_cell()
    medical = money_cell()
    unemployment = money_cell()
    housing_fund = money_cell()
    social_insurance = money_cell()
    special_deductions = money_cell()
    taxable_income = money_cell()
    income_tax = money_cell()
    other_deductions = money_cell()
    net_pay = money_cell()


class PayItem(RowRecord):
    """One printed line of a slip: `kind` is earning, deduction or employer."""

    period = text_cell()
    label = text_cell()
    amount = money_cell()
    kind = text_cell()


class PayStub(Record):
    """One person's payslips from one employer."""

    TYPE = "pay_stub"
    employer = text_cell()
    name = text_cell()
    id_number = text_cell()
    bank_account = text_cell()
    payslips = Table(Payslip)
    items = Table(PayItem)
