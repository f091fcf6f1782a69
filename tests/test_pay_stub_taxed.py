"""Which amount of a payslip is its taxable income where a label only names the tax's base, and which labels mean what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.pay_stub.labels import meaning
from extractors.pay_stub.taxed import is_taxable
from extractors.pay_stub.window import without_window
from tests import lay

SUMS = {
    "gross_pay": Decimal("12400.00"), "social_insurance": Decimal("1041.60"), "housing_fund": Decimal("992.00"),
    "special_deductions": Decimal("1500.00"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "told"), [("3866.40", True), ("10366.40", False), ("12400.00", False), ("5366.40", False)]
)
def test_a_base_of_the_tax_is_taxable_income_where_the_sums_say_so(value: str, told: bool) -> None:
    """Gross less insurance, fund, special and basic deductions is the taxable income; what it is struck from is not."""
    assert is_taxable(Decimal(value), SUMS) is told


def test_a_base_of_the_tax_is_taxable_income_where_the_tax_is_a_rate_of_it() -> None:
    """Without the insurances the tax tells: it is one of the rates of the amount."""
    sums = {"gross_pay": Decimal("22042.75"), "income_tax": Decimal("1238.53")}
    assert is_taxable(Decimal("12385.25"), sums)
    assert not is_taxable(Decimal("17385.25"), sums)


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("社保-养老", "pension"), ("社会保险-医疗", "medical"), ("失业0.5%", "unemployment"), ("三险一金-公积金", "housing_fund"),
        ("应税工资", "taxed"), ("应税金额", "taxed"), ("应纳税额", "income_tax"), ("应纳税所得额", "taxable_income"),
        ("用工单位", "employer"), ("工资归属月份", "period"), ("机关事业单位养老保险", "pension"),
    ],
)  # fmt: skip
def test_what_a_label_means(label: str, role: str) -> None:
    """A group before an insurance's name, a rate behind it and words around it do not change what it is; 税 does."""
    found = meaning(label)
    assert found is not None
    assert found.role == role


def test_a_spreadsheets_rims_are_left_out() -> None:
    """Menu, letters of columns and numbers of rows are no part of the table that a picture of such a window shows."""
    rims = [
        ("开始 插入 页面布局 公式", 20.0, 10.0),
        *((c, 60.0 + 80 * n, 40.0) for n, c in enumerate("ABCDE")),
    ]
    table = [("月份", 50.0, 70.0), ("实发工资", 130.0, 70.0), ("2025-06", 50.0, 90.0), ("8200", 130.0, 90.0)]
    numbers = [("1", 10.0, 70.0), ("2", 10.0, 90.0)]
    shown = without_window(lay.sheet(*rims, *table, *numbers).lines)
    assert [n.text for n in shown] == [text for text, _, _ in table]
    assert len(without_window(lay.sheet(*table, *numbers).lines)) == 6
