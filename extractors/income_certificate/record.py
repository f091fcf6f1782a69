"""What an income certificate says, typed."""

from __future__ import annotations

from pipeline.record import Record, day_cell, money_cell, text_cell


class IncomeCertificate(Record):
    """What an employer certifies. `income_basis` is gross or net, absent where the paper does not say."""

    TYPE = "income_certificate"
    name = text_cell()
    id_number = text_cell()
    employer = text_cell()
    position = text_cell()
    employed_since = text_cell()
    monthly_income = money_cell()
    monthly_income_words = text_cell()
    annual_income = money_cell()
    income_basis = text_cell()
    issue_date = day_cell()
    contact_person = text_cell()
    contact_phone = text_cell()
    seal_company = text_cell()
