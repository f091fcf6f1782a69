"""结婚证: one certificate per spouse's copy, its text, photo and persons pages."""

from __future__ import annotations

from extractors.marriage_certificate.copies import gather
from extractors.marriage_certificate.read import extract
from extractors.marriage_certificate.recognise import recognise
from extractors.marriage_certificate.record import MarriageCertificate, Spouse
from pipeline.material import Material
from pipeline.numbers import numbers_read_again, unproved_numbers

__all__ = ["MATERIAL", "MarriageCertificate", "Spouse", "recognise"]

MATERIAL = Material(
    type="marriage_certificate",
    title="结婚证",
    english="marriage certificate",
    fields=("holder", "registration_date", "certificate_number", "authority", "legal_basis"),
    recognise=recognise,
    extract=extract,
    suspects=unproved_numbers,
    mend=numbers_read_again,
    tables={"persons": ("name", "sex", "nationality", "birth_date", "id_number")},
    required=("registration_date", "certificate_number", "persons"),
    most_lines=200,
    gather=gather,
)
