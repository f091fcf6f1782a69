"""Bank statements: what rows say beside their amounts, and what stands around the table, in words of many banks."""

from __future__ import annotations

from extractors.bank_statement import MATERIAL
from tests.test_bank_statement import sheet, table

LOAN = [("20260103", "贷款还款", "-10.00", "990.00", "某银行"), ("20260104", "工资", "10.00", "1,000.00", "某公司"),
        ("20260105", "还款明细", "-10.00", "990.00", "")]  # fmt: skip


def test_what_a_row_says_is_no_name_of_the_paper() -> None:
    """Statements of who repays a loan hold the words of loan papers in their rows; those of loans hold them above."""
    (claim,) = MATERIAL.recognise(sheet(table(LOAN, above=("某某银行账户动账情况",))))
    assert claim.score > 0.8
    head = ("还款日期", "归还本金", "应还利息", "剩余本金", "备注")
    assert not MATERIAL.recognise(sheet(table(LOAN, head, above=("还款明细",))))
