"""The rules about money, in the order in which the report tells them."""

from __future__ import annotations

from validators.affordability import payment_to_income
from validators.certificate import amount_in_words
from validators.income import income_overstated
from validators.pay import salary_amount_mismatch, salary_month_missing, salary_not_found
from validators.payslip import paystub_arithmetic
from validators.rule import Rule
from validators.statement import (
    balance_chain,
    statement_filtered,
    statement_gap,
    statement_months,
    statement_totals,
)

MONEY_RULES: tuple[Rule, ...] = (
    statement_months,
    statement_gap,
    statement_filtered,
    amount_in_words,
    balance_chain,
    statement_totals,
    paystub_arithmetic,
    income_overstated,
    salary_not_found,
    salary_month_missing,
    salary_amount_mismatch,
    payment_to_income,
)
