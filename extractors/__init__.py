"""The materials that the program reads: one module each, and the registry below."""

from extractors import bank_statement, id_card, income_certificate, marriage_certificate, pay_stub
from pipeline.material import Material

MATERIALS: tuple[Material, ...] = (
    id_card.MATERIAL,
    marriage_certificate.MATERIAL,
    income_certificate.MATERIAL,
    pay_stub.MATERIAL,
    bank_statement.MATERIAL,
)
"""Every material, in the order of the contract."""
