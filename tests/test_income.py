"""Income by the papers: which evidence counts, what it is held against, and the table that shows it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.application import Applicant
from pipeline.model import Document
from pipeline.result import Person
from tests.build import at, case, checked, codes
from tests.papers import (
    AS_OF,
    EMPLOYER,
    END,
    ME,
    MONTHS,
    certificate,
    chain,
    linear,
    ordered,
    salaries,
    slip,
    spread,
    statement,
    stub,
)
from tests.salaried import NETS, PARAMETERS, VALUES, paid
from validators import RULES
from validators.earnings import earnings_of, recognised_net
from validators.income import income_of, income_overstated

GOLDEN = ["18087.50", "17037.50", "18988.75", "18988.75", "18805.00", *["18087.50"] * 7]
BORROWER = Person(ME, role="borrower", employment="salaried")


def year(nets: list[str] = GOLDEN) -> Document:
    """The golden year's statement from 2025-11 to 2026-10."""
    start = date(2025, 11, 1)
    return statement(chain(*ordered(spread(start, END), salaries(nets, first="2025-11"))), period_start=start)


def judged(*papers: Document, people: tuple[Person, ...] = (BORROWER,), **more: Any) -> tuple[str, Any]:
    """The outcome and the findings of the rule on these papers."""
    result = checked(case(*papers, people=people, as_of=AS_OF, **more), income_overstated, given=[PARAMETERS])
    check = next(check for check in result.checks if check.person == people[0].name)
    return check.outcome, result.findings


# ---------------------------------------------------------------- the finding


def test_a_true_certificate_passes_on_every_kind_of_evidence() -> None:
    """25,000 gross against slips, against the deposits of a year, of a good half and of a bad half."""
    assert judged(certificate(), stub(*(slip(month) for month in MONTHS)))[0] == "passed"
    assert judged(certificate(), year())[0] == "passed"
    assert judged(certificate(), paid(*salaries(NETS)))[0] == "passed"
    assert judged(certificate("18210.00", income_basis="net"), year())[0] == "passed"


def test_a_certificate_of_half_as_much_again_is_told_against_the_slips() -> None:
    """38,000 over slips of 25,000 is 1.52 times: high, with certificate and slips as evidence."""
    state, findings = judged(certificate("38000.00"), stub(*(slip(month) for month in MONTHS)))
    assert state == "raised"
    assert codes(findings) == [("INCOME_OVERSTATED", "high")]
    params = findings[0].params
    assert (params["declared"], params["verified"], params["basis"]) == ("38000.00", "25000.00", "gross")
    assert (params["source"], params["months"], params["ratio"]) == ("pay_stub", 6, "1.52")
    assert {seen.document for seen in findings[0].evidence} == {"income_certificate", "pay_stub"}


def test_a_certificate_of_half_as_much_again_is_told_against_the_deposits() -> None:
    """Grossed up as far as any deductions allow, the deposits of 25,000 still do not carry 38,000."""
    state, findings = judged(certificate("38000.00"), year())
    assert (state, findings[0].severity, findings[0].params["source"]) == ("raised", "high", "bank_statement")
    assert Decimal("25000") <= Decimal(findings[0].params["verified"]) < Decimal("26500")
    state, findings = judged(certificate("30000.00", income_basis="net"), year())
    assert (findings[0].severity, findings[0].params["basis"]) == ("high", "net")
    assert findings[0].params["verified"] == "18210.00"


@pytest.mark.parametrize(
    ("income", "severity"),
    [("27500.00", None), ("27600.00", "medium"), ("32500.00", "medium"), ("32600.00", "high")],
)
def test_the_limits_of_what_is_told(income: str, severity: str | None) -> None:
    """Up to 1.10 nothing, to 1.30 medium, above high."""
    findings = judged(certificate(income), stub(*(slip(month) for month in MONTHS)))[1]
    assert [found.severity for found in findings] == ([severity] if severity else [])


def test_a_bonus_counts_as_a_twelfth() -> None:
    """A certificate that includes the bonus of the year agrees with slips and deposits that show it once."""
    bonus = [slip("2026-07", gross="85000.00", net="70000.00")]
    slips = stub(*(slip(month) for month in MONTHS if month != "2026-07"), *bonus)
    assert judged(certificate("30000.00"), slips)[0] == "passed"
    assert judged(certificate("34500.00"), slips)[1][0].params["verified"] == "30000.00"
    credit = {"date": date(2026, 7, 28), "amount": "54210.00", "summary": "年终奖", "counterparty": EMPLOYER}
    assert judged(certificate("30000.00"), paid(*salaries(NETS), credit))[0] == "passed"
    items = [{"period": "2026-07", "label": "年终奖", "amount": "60000.00", "kind": "earning"}]
    marked = stub(*bonus, slip("2026-06"), items=items)
    assert judged(certificate("30000.00"), marked)[0] == "passed"


def test_two_employers_and_two_certificates_add_up() -> None:
    """What two employers certify is held against what both pay."""
    other = "成都锦江教育咨询有限公司"
    second = certificate("10000.00", employer=other, file="b.jpg")
    both = paid(*salaries(NETS), *salaries(["7450.00"] * 6, day=10, counterparty=other))
    assert judged(certificate(), second, both)[0] == "passed"
    assert judged(certificate(), second, both, stub(*(slip(month) for month in MONTHS)))[0] == "passed"
    assert judged(certificate(), second, paid(*salaries(NETS)))[0] == "raised"


def test_one_odd_slip_yields_to_the_statement() -> None:
    """A single slip of a short month does not accuse where deposits carry the certificate."""
    short = slip("2026-06", gross="12000.00", net="6375.00", income_tax="0.00")
    assert judged(certificate(), stub(short), paid(*salaries(NETS)))[0] == "passed"
    assert judged(certificate(), stub(short))[0] == "raised"
    hired = certificate(employed_since="2026-06-20")
    assert judged(hired, stub(short, slip("2026-07")))[0] == "passed", "the month of hire is no whole month"


def test_the_tax_on_slips_without_gross_bounds_the_income() -> None:
    """Taxes from January on are turned back into the greatest gross that they allow."""
    taxes = ["386.25", "386.25", "570.00", "1287.50", "1287.50", "1287.50"]
    rows = [
        {"period": f"2026-{month:02}", "income_tax": tax, "net_pay": "18000.00"}
        for month, tax in enumerate(taxes, start=1)
    ]
    assert judged(certificate(), stub(*rows))[0] == "passed"
    state, findings = judged(certificate("60000.00"), stub(*rows))
    assert (state, findings[0].params["method"]) == ("raised", "tax_inversion")


def test_the_application_speaks_where_no_certificate_does() -> None:
    """A declared income is held against the papers too, and its evidence is the application."""
    declared = {ME: Applicant(name=ME, monthly_income=Decimal("40000.00"), income_basis="gross")}
    state, findings = judged(paid(*salaries(NETS)), declared=declared)
    assert state == "raised"
    assert findings[0].evidence[0].file == "application.yaml"
    assert judged(paid(*salaries(NETS)), certificate(), declared=declared)[0] == "passed", (
        "the certificate first"
    )


def test_doubt_and_absence_accuse_nobody() -> None:
    """No certificate, no evidence, doubtful figures, lost rows or a guarantor: unsure or not run."""
    slips = stub(*(slip(month) for month in MONTHS))
    assert judged(slips)[0] == "not_run"
    assert judged(certificate("38000.00"))[0] == "not_run"
    assert judged(certificate(at("38000.00", 0.9)), slips)[0] == "unsure"
    assert judged(certificate(None, unread=["monthly_income"]), slips)[0] == "unsure"
    assert judged(certificate("38000.00"), paid(*salaries(NETS), notes={"rows_lost": 1}))[0] == "unsure"
    assert judged(certificate("38000.00"), paid(*salaries(NETS), filter="收入"))[0] == "unsure"
    doubtful = stub(*(slip(month, gross_pay=at("25000.00", 0.9)) for month in MONTHS))
    assert judged(certificate("38000.00"), doubtful)[0] == "unsure"
    mixed = stub(*(slip(m, gross_pay=at("25000.00", 0.9 if m == "2026-06" else 1.0)) for m in MONTHS))
    assert judged(certificate("38000.00"), mixed)[0] == "raised", "the sure months are enough"
    assert judged(certificate("38000.00"), slips, people=(Person(ME, role="guarantor"),))[0] == "not_run"
    two = (certificate(), certificate("9000.00", employer="另一家公司", income_basis="net", file="b.jpg"))
    assert judged(*two, slips)[0] == "unsure"


def test_a_first_job_without_tax_is_no_contradiction() -> None:
    """A graduate hired in July pays no tax for months; the certificate stands (B4)."""
    hired = certificate("9000.00", employed_since="2026-07-01")
    rows = salaries(["6975.00"] * 3, first="2026-08")
    assert judged(hired, paid(*rows))[0] == "passed"


# ---------------------------------------------------------------- the table


def test_the_table_sets_slip_and_deposit_of_a_month_side_by_side() -> None:
    """Paid in the month after, the deposit stands in the row of the month of work."""
    slips = stub(*(slip(month) for month in ["2026-04", *MONTHS[:5]]))
    nets = ["18087.50"] * 5 + ["18087.60"]
    people, household, _ = income_of(
        case(certificate(), slips, paid(*salaries(nets)), people=[BORROWER], as_of=AS_OF), PARAMETERS
    )
    (mine,) = people
    assert (mine.declared, mine.basis, mine.verified, mine.method) == (
        Decimal("25000.00"), "gross", Decimal("25000.00"), "pay_stub",
    )  # fmt: skip
    assert [month.period for month in mine.months] == ["2026-04", *MONTHS[:5]]
    row = next(month for month in mine.months if month.period == "2026-06")
    assert (row.payslip_gross, row.payslip_net, row.tax) == (
        Decimal("25000.00"), Decimal("18087.50"), Decimal("1287.50"),
    )  # fmt: skip
    assert row.deposited == Decimal("18087.50")
    assert household["recognised_net"] == "18087.50"


def test_the_golden_year_comes_out_to_the_cent() -> None:
    """Twelve deposits have the mean 18,210.00, and the certificate does not cut it."""
    one = case(certificate(), year(), people=[BORROWER], as_of=AS_OF)
    earnings = earnings_of(one, BORROWER, VALUES)
    assert earnings.net is not None
    assert (earnings.net.amount, earnings.net.months) == (Decimal("18210.00"), 12)
    assert recognised_net(earnings, VALUES) == Decimal("18210.00")


def test_a_small_certificate_cuts_the_recognised_income() -> None:
    """The smaller of deposits and certificate counts, net against net, by the person's own deductions."""
    slips = stub(*(slip(month) for month in MONTHS))
    low = case(certificate("20000.00"), slips, paid(*salaries(NETS)), people=[BORROWER], as_of=AS_OF)
    kept = Decimal("20000") * Decimal("18087.50") / 25000
    full = case(
        certificate(), stub(*(slip(month) for month in MONTHS)), year(), people=[BORROWER], as_of=AS_OF
    )
    assert recognised_net(earnings_of(full, BORROWER, VALUES), VALUES) == Decimal("18210.00"), "as certified"
    assert recognised_net(earnings_of(low, BORROWER, VALUES), VALUES) == kept
    bare = case(certificate("12000.00"), paid(*salaries(NETS)), people=[BORROWER], as_of=AS_OF)
    assert (recognised_net(earnings_of(bare, BORROWER, VALUES), VALUES) or 0) < Decimal("12000")
    net = case(
        certificate("9000.00", income_basis="net"), paid(*salaries(NETS)), people=[BORROWER], as_of=AS_OF
    )
    assert recognised_net(earnings_of(net, BORROWER, VALUES), VALUES) == Decimal("9000.00")


def test_nobody_without_income_is_in_the_table() -> None:
    """A spouse without papers of income has no row; without statements nothing is recognised."""
    spouse = Person("李明", role="spouse")
    people, household, _ = income_of(case(certificate(), people=[BORROWER, spouse], as_of=AS_OF), PARAMETERS)
    assert [one.person for one in people] == [ME]
    assert household["recognised_net"] is None


def test_the_cost_of_all_rules_about_money_grows_with_the_rows() -> None:
    """Every rule of this family and the table take twice the work for twice the transactions, not four times."""
    start = date(2025, 11, 1)
    rooms = ("statement", "payslip", "certificate", "pay", "income", "affordability")
    money = [rule for rule in RULES if rule.function.__module__.split(".")[-1] in rooms]
    assert len(money) == 12

    def papers(count: int) -> tuple[Document, ...]:
        spent = [
            {"date": start + timedelta(days=index * 365 // count), "amount": "-1.25", "summary": "消费", "counterparty": f"商户{index % 97}"}
            for index in range(count)
        ]  # fmt: skip
        rows = chain(*ordered(spent, salaries(GOLDEN, first="2025-11")))
        return certificate(), stub(*(slip(month) for month in MONTHS)), statement(rows, period_start=start)

    def judge_all(given: tuple[Document, ...]) -> None:
        one = case(*given, people=[BORROWER], as_of=AS_OF)
        checked(one, *money, given=[PARAMETERS])
        income_of(one, PARAMETERS)

    assert linear(judge_all, *map(papers, (150, 300, 450)))
