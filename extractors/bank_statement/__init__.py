"""银行流水: text PDFs, scans and photos of any bank, by header synonyms and geometry (domain.md 1.11)."""

from extractors.bank_statement.record import BankStatement, Transaction

__all__ = ["BankStatement", "Transaction"]
