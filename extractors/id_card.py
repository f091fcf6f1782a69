"""居民身份证: either side of the card, both sides on one copy, a photo on a desk (domain.md 1.1)."""

from __future__ import annotations

from pipeline.record import Record, day_cell, list_cell, text_cell


class IdCard(Record):
    """What rules ask of a card; `valid_until` may be `long_term`, which its `until` does not give as a day."""

    TYPE = "id_card"
    name = text_cell()
    sex = text_cell()
    ethnicity = text_cell()
    birth_date = day_cell()
    address = text_cell()
    id_number = text_cell()
    issuing_authority = text_cell()
    valid_from = day_cell()
    valid_until = text_cell()
    sides = list_cell()
