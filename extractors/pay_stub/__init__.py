"""工资条、工资单: slips, strips, tables of months and of colleagues, screens, by synonyms and geometry."""

from extractors.pay_stub.gather import gather
from extractors.pay_stub.proof import mend, suspects
from extractors.pay_stub.read import extract
from extractors.pay_stub.recognise import recognise
from extractors.pay_stub.record import PayItem, Payslip, PayStub
from pipeline.material import Material

__all__ = ["MATERIAL", "PayItem", "PayStub", "Payslip"]

MATERIAL = Material(
    type="pay_stub",
    title="工资条",
    english="payslip",
    fields=("employer", "name", "id_number", "bank_account"),
    tables={
        "payslips": (
            "period", "pay_date", "gross_pay", "pension", "medical", "unemployment", "housing_fund",
            "social_insurance", "special_deductions", "taxable_income", "income_tax", "other_deductions", "net_pay",
        ),
        "items": ("period", "label", "amount", "kind"),
    },
    required=("name", "payslips"),
    recognise=recognise,
    extract=extract,
    suspects=suspects,
    mend=mend,
    gather=gather,
)  # fmt: skip
