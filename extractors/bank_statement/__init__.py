"""银行流水: text PDFs, scans and photos of any bank, by header synonyms and geometry."""

from extractors.bank_statement.gather import gather
from extractors.bank_statement.read import extract
from extractors.bank_statement.recognise import recognise
from extractors.bank_statement.record import BankStatement, Transaction
from extractors.bank_statement.second import mend, suspects
from pipeline.material import Material

__all__ = ["MATERIAL", "BankStatement", "Transaction"]

MATERIAL = Material(
    type="bank_statement",
    title="银行流水",
    english="Bank statement",
    fields=(
        "bank",
        "account_holder",
        "account_number",
        "id_number",
        "currency",
        "period_start",
        "period_end",
        "opening_balance",
        "closing_balance",
        "total_in",
        "total_out",
        "filter",
        "printed_at",
        "serial_number",
    ),
    tables={
        "transactions": (
            "date",
            "time",
            "amount",
            "balance",
            "summary",
            "remark",
            "counterparty",
            "counterparty_account",
            "channel",
            "currency",
            "account",
            "direction",
            "serial",
        )
    },
    required=("account_holder", "account_number", "transactions"),
    recognise=recognise,
    extract=extract,
    gather=gather,
    suspects=suspects,
    mend=mend,
)
