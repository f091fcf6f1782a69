"""收入证明: running text with blanks, the bank's or the employer's form."""

from __future__ import annotations

from extractors.income_certificate.cues import prepare
from extractors.income_certificate.read import extract
from extractors.income_certificate.recognise import recognise
from extractors.income_certificate.record import IncomeCertificate
from extractors.income_certificate.words import mend, suspects
from pipeline.material import Material

__all__ = ["MATERIAL", "IncomeCertificate", "recognise"]

MATERIAL = Material(
    type="income_certificate",
    title="收入证明",
    english="income certificate",
    fields=(
        "name", "id_number", "employer", "position", "employed_since", "monthly_income", "monthly_income_words",
        "annual_income", "income_basis", "issue_date", "contact_person", "contact_phone", "seal_company",
    ),
    recognise=recognise,
    extract=extract,
    suspects=suspects,
    mend=mend,
    prepare=prepare,
    most_lines=200,
    required=("name", "employer", "monthly_income", "issue_date"),
)  # fmt: skip
