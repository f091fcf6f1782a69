"""工资条、工资单: slips, strips, tables of months and of colleagues, screens, by synonyms and geometry (domain.md 1.8)."""

from extractors.pay_stub.record import PayItem, Payslip, PayStub

__all__ = ["PayItem", "PayStub", "Payslip"]
