"""The rules: records in, findings out. A new rule is one function, one line here and one case that fires it."""

from validators.affordability import payment_to_income
from validators.certificate import amount_in_words
from validators.completeness import (
    card_expired,
    certificate_stale,
    income_basis_unstated,
    material_missing,
    material_missing_in_case,
    persons_page_missing,
    seal_missing,
    side_missing,
    statement_page_missing,
    statement_stale,
    strangers,
)
from validators.employer import employer_mismatch, seal_mismatch
from validators.identity import (
    birth_date_mismatch,
    id_birth_date,
    id_checksum,
    id_region,
    id_sex,
    id_term,
    name_mismatch,
    number_mismatch,
)
from validators.income import income_overstated
from validators.marriage import spouse_mismatch
from validators.pay import salary_amount_mismatch, salary_month_missing, salary_not_found
from validators.payslip import paystub_arithmetic
from validators.readability import (
    blurred,
    blurred_of_nobody,
    cropped,
    cropped_of_nobody,
    low_confidence,
    low_confidence_of_nobody,
    unreadable,
    unreadable_of_nobody,
)
from validators.rule import Rule
from validators.statement import (
    balance_chain,
    statement_filtered,
    statement_gap,
    statement_months,
    statement_totals,
)

RULES: tuple[Rule, ...] = (
    # completeness
    material_missing,
    material_missing_in_case,
    strangers,
    side_missing,
    statement_page_missing,
    persons_page_missing,
    card_expired,
    certificate_stale,
    statement_stale,
    statement_months,
    statement_gap,
    statement_filtered,
    seal_missing,
    income_basis_unstated,
    # each paper against itself
    id_checksum,
    id_region,
    id_birth_date,
    id_sex,
    id_term,
    amount_in_words,
    balance_chain,
    statement_totals,
    paystub_arithmetic,
    # papers against each other
    name_mismatch,
    number_mismatch,
    birth_date_mismatch,
    spouse_mismatch,
    seal_mismatch,
    employer_mismatch,
    # income and affordability
    salary_not_found,
    salary_month_missing,
    salary_amount_mismatch,
    income_overstated,
    payment_to_income,
    # what could not be read, told last
    blurred,
    blurred_of_nobody,
    cropped,
    cropped_of_nobody,
    unreadable,
    unreadable_of_nobody,
    low_confidence,
    low_confidence_of_nobody,
)
"""Every rule, in the order of the report's chapters."""

__all__ = ["RULES"]
