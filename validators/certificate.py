"""Income certificates held against themselves: the amount in words is the amount in figures."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.income_certificate import IncomeCertificate
from pipeline.model import Finding
from pipeline.text import parse_upper_amount
from validators.rule import Unsure, finding, rule


@rule("AMOUNT_WORDS_MISMATCH", "high")
def amount_in_words(certificate: IncomeCertificate) -> Iterator[Finding]:
    """大写 and figures have the same value; words are compared by value, and may be those of the year's income."""
    words, figures = certificate.monthly_income_words, certificate.monthly_income
    unread = {gap.name for gap in certificate.document.unread}
    if words.value is None:
        reason = "unreadable" if words.name in unread else "not_applicable"
        raise Unsure(reason, "income_certificate.monthly_income_words")
    if figures.value is None and figures.name not in unread and certificate.annual_income.value is not None:
        figures = certificate.annual_income
    if figures.value is None:
        fields = ((certificate.document, figures.name),) if figures.name in unread else ()
        raise Unsure(
            "unreadable" if fields else "not_applicable", "income_certificate.monthly_income", fields=fields
        )
    value = parse_upper_amount(words.value)
    if value is None:
        raise Unsure("unreadable", "income_certificate.monthly_income_words")
    year = certificate.annual_income.value
    a_twelfth = figures.name == "annual_income" and year == 12 * value
    if value not in (figures.value, year) and not a_twelfth:
        yield finding(
            "AMOUNT_WORDS_MISMATCH",
            "high",
            words,
            figures,
            field=figures.name,
            words=words.value,
            figures=figures.value,
            expected=figures.value,
            found=value,
            difference=value - figures.value,
        )
