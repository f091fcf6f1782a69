"""The couple of the marriage certificate against the couple of the application."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.marriage_certificate import MarriageCertificate, Spouse
from pipeline.model import Finding
from pipeline.record import Unsure, need
from pipeline.result import Person
from pipeline.text import same_name
from validators.case import Case
from validators.identity import declared_evidence
from validators.likeness import numbers_agree
from validators.rule import finding, rule


@rule("SPOUSE_MISMATCH", "high")
def spouse_mismatch(case: Case, person: Person, certificates: list[MarriageCertificate]) -> Iterator[Finding]:
    """The certificate's other person is the declared spouse by name or by number; name alone or number
    alone is another code's matter."""
    partner = _partner(case, person)
    if partner is None:
        raise Unsure("not_applicable", "spouse")
    for certificate in certificates:
        if partner.name not in case.whose(certificate.document):
            yield from _stranger(case, person, partner, certificate)


def _partner(case: Case, person: Person) -> Person | None:
    """The declared spouse of the borrower, and the borrower for the declared spouse."""
    declared = [one for one in case.applicants if one.role == "spouse" and one.name in case.declared]
    if declared and person.role == "borrower":
        return declared[0]
    return case.borrower if person in declared else None


def _stranger(
    case: Case, person: Person, partner: Person, certificate: MarriageCertificate
) -> Iterator[Finding]:
    others = [row for row in certificate.persons if not _is(row, person)]
    if not certificate.persons and not certificate.document.unread:
        raise Unsure("missing", "marriage_certificate.persons")
    if not others:
        raise Unsure(
            "unreadable", "marriage_certificate.persons", fields=((certificate.document, "persons"),)
        )
    other = others[0]
    name = need(other.name)
    yield finding(
        "SPOUSE_MISMATCH",
        "high",
        declared_evidence(case, partner, "name", partner.name),
        other.name,
        other.id_number,
        document=certificate.document,
        field="name",
        expected=partner.name,
        found=name,
    )


def _is(row: Spouse, person: Person) -> bool:
    if row.id_number and person.id_number and numbers_agree(need(row.id_number), person.id_number):
        return True
    return bool(row.name) and same_name(need(row.name), person.name)
