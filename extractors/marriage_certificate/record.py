"""What a marriage certificate says, typed."""

from __future__ import annotations

from pipeline.record import Record, RowRecord, Table, day_cell, text_cell


class Spouse(RowRecord):
    """One of the two persons of a certificate."""

    name = text_cell()
    sex = text_cell()
    nationality = text_cell()
    birth_date = day_cell()
    id_number = text_cell()


class MarriageCertificate(Record):
    """What rules ask of a marriage certificate."""

    TYPE = "marriage_certificate"
    holder = text_cell()
    registration_date = day_cell()
    certificate_number = text_cell()
    authority = text_cell()
    legal_basis = text_cell()
    persons = Table(Spouse)
