"""What a person earns by the papers: declared, and the best evidence of gross and of net (findings.md, Income)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from weakref import WeakKeyDictionary

from extractors.bank_statement import BankStatement
from extractors.income_certificate import IncomeCertificate
from extractors.pay_stub import Payslip, PayStub
from pipeline.model import Evidence
from pipeline.text import company_key, money
from validators.months import shift
from validators.parameters import Values
from validators.pay import lag_of
from validators.rule import Case, Person
from validators.salary import BONUS, Credit, Payroll, payroll_of, same_company
from validators.tax import cents, gross_of_bonus, gross_of_net, gross_of_tax, net_of_gross

ZERO = Decimal(0)
FEW_SLIPS = 3
"""With fewer slips than this the statement is heard too: one odd month must not accuse."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared as a month's income, by whom, and where it stands."""

    amount: Decimal
    basis: str
    source: str
    seen: tuple[Evidence, ...]
    employers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidenced:
    """A month's income as papers show it: yuan, gross or net, of which papers, over how many months."""

    amount: Decimal
    basis: str
    source: str
    method: str
    months: int
    seen: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Slips:
    """The mean regular gross of a person's slips, and their net by month of pay."""

    gross: Decimal
    nets: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Earnings:
    """Everything that is known of one person's income."""

    person: Person
    declared: Declared | None
    payroll: Payroll
    gross: Evidenced | None
    net: Evidenced | None
    slips: Slips | None
    """What the slips of one employer say, for turning a gross into net; None without any."""


_kept: WeakKeyDictionary[BankStatement, dict[tuple[Person, date], Earnings]] = WeakKeyDictionary()


def earnings_of(case: Case, person: Person, values: Values) -> Earnings:
    """The income of one person: declared, evidenced gross in the order of findings.md, mean net deposit.

    Kept like the payroll, with the case's view of the first statement."""
    payroll = payroll_of(case, person, values)
    statements = case.records(BankStatement, person)
    if not statements:
        return _earnings(case, person, payroll, values)
    kept = _kept.setdefault(statements[0], {})
    key = (person, values.day)
    if key not in kept:
        kept[key] = _earnings(case, person, payroll, values)
    return kept[key]


def _earnings(case: Case, person: Person, payroll: Payroll, values: Values) -> Earnings:
    stubs = case.records(PayStub, person)
    slips = _used([slip for stub in stubs for slip in stub.payslips if slip.period], payroll.hired)
    net = mean_net(payroll)
    declared = declared_of(case, person)
    gross = _gross(stubs, slips, payroll, declared, values)
    return Earnings(person, declared, payroll, gross, net, _slips(stubs, slips, payroll, values))


# ---------------------------------------------------------------- declared


def declared_of(case: Case, person: Person) -> Declared | None:
    """The certificate's income, of several employers together; else what application.yaml says. Unstated is before tax."""
    latest: dict[str, IncomeCertificate] = {}
    for certificate in case.records(IncomeCertificate, person):
        if not certificate.monthly_income and not certificate.annual_income:
            continue
        key = company_key(certificate.employer.value or "")
        if key not in latest or _issued(certificate) > _issued(latest[key]):
            latest[key] = certificate
    if latest:
        return _certified(list(latest.values()))
    applicant = case.declared.get(person.name)
    if applicant is None or applicant.monthly_income is None:
        return None
    basis = applicant.income_basis or "gross"
    seen = Evidence(file="application.yaml", field="monthly_income", value=money(applicant.monthly_income))
    employers = (applicant.employer,) if applicant.employer else ()
    return Declared(applicant.monthly_income, basis, "application", (seen,), employers)


def _issued(certificate: IncomeCertificate) -> str:
    field = certificate.issue_date.field
    return str(field.value) if field is not None else ""


def _certified(certificates: Sequence[IncomeCertificate]) -> Declared | None:
    amounts: list[Decimal] = []
    seen: list[Evidence] = []
    bases = []
    for certificate in certificates:
        if certificate.monthly_income.value is not None:
            amounts.append(certificate.monthly_income.value)
            seen.append(certificate.monthly_income.evidence)
        else:
            amounts.append(cents((certificate.annual_income.value or ZERO) / 12))
            seen.append(certificate.annual_income.evidence)
        bases.append(certificate.income_basis.value or "gross")
        if certificate.income_basis.field is not None:
            seen.append(certificate.income_basis.evidence)
    if len(set(bases)) > 1:
        return None
    employers = tuple(c.employer.value for c in certificates if c.employer.value)
    return Declared(sum(amounts, ZERO), bases[0], "income_certificate", tuple(seen), employers)


# ---------------------------------------------------------------- evidence of gross


def _used(slips: Sequence[Payslip], hired: str | None) -> list[Payslip]:
    """The slips of whole months of work; a month of hire is none."""
    return [slip for slip in slips if hired is None or (slip.period.value or "")[:7] != hired]


def _sure(slips: Iterable[Payslip]) -> list[Payslip]:
    """Those whose gross was read surely where they are enough, else all; a month once."""
    once = {slip.period.value: slip for slip in slips}
    sure = [slip for slip in once.values() if slip.gross_pay.sure]
    return sure if len(sure) >= FEW_SLIPS else list(once.values())


def _gross(
    stubs: Sequence[PayStub],
    slips: Sequence[Payslip],
    payroll: Payroll,
    declared: Declared | None,
    values: Values,
) -> Evidenced | None:
    """Slips, else the tax they print, else the mean net deposit grossed up; few or partial slips yield to a greater deposit."""
    raised = grossed_up(payroll, values)
    printed = slips_gross(stubs, slips, payroll, values)
    if printed is None:
        return taxed_gross(slips, values) or raised
    employers = () if declared is None else declared.employers
    complete = len(employers) < 2 or all(
        any(same_company(stub.employer.value or "", employer) for stub in stubs) for employer in employers
    )
    firm = complete and printed.months >= FEW_SLIPS
    if raised is not None and not firm and raised.amount > printed.amount:
        return raised
    return printed


def slips_gross(
    stubs: Sequence[PayStub], slips: Sequence[Payslip], payroll: Payroll, values: Values
) -> Evidenced | None:
    """The mean gross of the slips, of several employers together. None without a gross.

    A bonus counts as a twelfth, as the slips print it or as the statement shows it, whichever is more."""
    employers: dict[str, list[PayStub]] = {}
    for stub in stubs:
        employers.setdefault(company_key(stub.employer.value or ""), []).append(stub)
    total, bonus, months = ZERO, ZERO, 0
    seen: list[Evidence] = []
    for group in employers.values():
        documents = [stub.document for stub in group]
        own = _sure(slip for slip in slips if slip.document in documents and slip.gross_pay)
        if not own:
            continue
        bonuses = _bonuses(group, own, values)
        gross = sum((slip.gross_pay.value or ZERO for slip in own), ZERO)
        apart = sum((bonuses.get(slip.period.value or "", ZERO) for slip in own), ZERO)
        total += (gross - apart) / len(own)
        bonus += apart
        months = max(months, len(own))
        seen += [slip.gross_pay.evidence for slip in own]
    if not months:
        return None
    bonus = max(bonus, _bonus_credited(payroll, values))
    return Evidenced(cents(total + bonus / 12), "gross", "pay_stub", "pay_stub", months, tuple(seen))


def _bonus_credited(payroll: Payroll, values: Values) -> Decimal:
    """The bonuses in the statement before tax."""
    return gross_of_bonus(sum((credit.bonus for credit in payroll.credits), ZERO), values)


def _bonuses(stubs: Sequence[PayStub], slips: Sequence[Payslip], values: Values) -> dict[str, Decimal]:
    """The part of a month's gross that is a bonus: by its item, unless most months have one, or by towering over the others."""
    marked: dict[str, Decimal] = {}
    for item in (item for stub in stubs for item in stub.items):
        if item.kind.value == "earning" and item.amount and BONUS.search(item.label.value or ""):
            month = item.period.value or ""
            marked[month] = marked.get(month, ZERO) + (item.amount.value or ZERO)
    if len(marked) * 3 > max(FEW_SLIPS, len(slips)):
        marked = {}
    if len(slips) < FEW_SLIPS:
        return marked
    usual = median([slip.gross_pay.value or ZERO for slip in slips])
    for slip in slips:
        gross = slip.gross_pay.value or ZERO
        if gross >= values.number("bonus_factor") * usual:
            marked.setdefault(slip.period.value or "", gross - usual)
    return marked


def taxed_gross(slips: Sequence[Payslip], values: Values) -> Evidenced | None:
    """The gross that the tax on slips without a gross allows: from January of a year on, month by month, an upper bound."""
    taxes = {slip.period.value or "": slip.income_tax for slip in slips if slip.income_tax}
    years = sorted({period[:4] for period in taxes}, reverse=True)
    for year in years:
        months = [f"{year}-{month:02}" for month in range(1, 13)]
        run = [
            taxes[month] for month in months[: next((i for i, m in enumerate(months) if m not in taxes), 12)]
        ]
        paid = sum((cell.value or ZERO for cell in run), ZERO)
        if len(run) >= FEW_SLIPS and paid > 0:
            amount = gross_of_tax(paid, len(run), values)
            seen = tuple(cell.evidence for cell in run)
            return Evidenced(amount, "gross", "pay_stub", "tax_inversion", len(run), seen)
    return None


def grossed_up(payroll: Payroll, values: Values) -> Evidenced | None:
    """The greatest gross that the deposits allow, a bonus as a twelfth."""
    credits = _regular_credits(payroll)
    if not credits:
        return None
    nets = _by_month(credits)
    amount = gross_of_net([(int(month[5:]), net) for month, net in nets.items()], values)
    amount += _bonus_credited(payroll, values) / 12
    return Evidenced(cents(amount), "gross", "bank_statement", "grossed_up", len(nets), _seen(credits))


# ---------------------------------------------------------------- evidence of net


def _regular_credits(payroll: Payroll) -> list[Credit]:
    """The credits of whole months of pay that nothing hides: without the month of hire, without partly covered months."""
    whole = set(payroll.months)
    if payroll.hired is not None:
        whole -= {payroll.hired, shift(payroll.hired, 1)}
    credits = [credit for credit in payroll.credits if credit.regular > 0]
    chosen = [c for c in credits if c.month in whole and c.move.day and payroll.clear(c.move.day, c.move.day)]
    return _of_sure_months(chosen or credits)


def _of_sure_months(credits: Sequence[Credit]) -> list[Credit]:
    """Only the months that were read surely, where they are enough."""
    doubtful = {credit.month for credit in credits if not credit.move.sure}
    sure = [credit for credit in credits if credit.month not in doubtful]
    return sure if len({credit.month for credit in sure}) >= FEW_SLIPS else list(credits)


def _by_month(credits: Iterable[Credit]) -> dict[str, Decimal]:
    nets: dict[str, Decimal] = {}
    for credit in credits:
        nets[credit.month] = nets.get(credit.month, ZERO) + credit.regular
    return dict(sorted(nets.items()))


def _seen(credits: Iterable[Credit]) -> tuple[Evidence, ...]:
    return tuple(credit.move.row.amount.evidence for credit in credits)


def mean_net(payroll: Payroll) -> Evidenced | None:
    """The mean regular deposit a month, bonuses apart."""
    credits = _regular_credits(payroll)
    nets = _by_month(credits)
    if not nets:
        return None
    mean = cents(sum(nets.values(), ZERO) / len(nets))
    return Evidenced(mean, "net", "bank_statement", "mean_deposit", len(nets), _seen(credits))


def _slips(
    stubs: Sequence[PayStub], slips: Sequence[Payslip], payroll: Payroll, values: Values
) -> Slips | None:
    """The surely read slips of the only employer, without those of bonus months."""
    if len({company_key(stub.employer.value or "") for stub in stubs}) != 1:
        return None
    sure = [slip for slip in slips if slip.gross_pay.value and slip.gross_pay.sure and slip.net_pay.sure]
    bonuses = _bonuses(stubs, sure, values)
    plain = [slip for slip in sure if slip.period.value not in bonuses]
    if not plain:
        return None
    lags = {id(stub.document): lag_of(stub, payroll, values) for stub in stubs}
    nets = {
        shift(slip.period.value or "", lags[id(slip.document)]): slip.net_pay.value or ZERO for slip in plain
    }
    return Slips(sum((slip.gross_pay.value or ZERO for slip in plain), ZERO) / len(plain), nets)


# ---------------------------------------------------------------- what counts


def best_evidence(earnings: Earnings) -> Evidenced | None:
    """Gross for what is declared gross; for net the mean deposit with a bonus as a twelfth."""
    if earnings.declared is None or earnings.declared.basis == "gross":
        return earnings.gross
    net = earnings.net
    if net is None:
        return None
    bonus = sum((credit.bonus for credit in earnings.payroll.credits), ZERO) / 12
    return Evidenced(cents(net.amount + bonus), "net", net.source, net.method, net.months, net.seen)


def recognised_net(earnings: Earnings, values: Values) -> Decimal | None:
    """The smaller of the verified mean net and the certificate turned into net; None without a verified income."""
    if earnings.net is None:
        return None
    declared = earnings.declared
    if declared is None or declared.source != "income_certificate":
        return earnings.net.amount
    certified = declared.amount if declared.basis == "net" else _net_of(declared, earnings, values)
    return min(earnings.net.amount, certified)


def _net_of(declared: Declared, earnings: Earnings, values: Values) -> Decimal:
    """A certified gross as the mean net of the months of the deposits.

    By the person's own slips where there are such: each month's net (its deposit where no slip is at hand), in the
    proportion of the certified gross to theirs. Else by the assumed deductions, which leave the most."""
    deposits = _by_month(_regular_credits(earnings.payroll))
    slips = earnings.slips
    if slips is None or len(declared.employers) > 1:
        return net_of_gross(declared.amount, sorted({int(month[5:]) for month in deposits}), values)
    nets = [slips.nets.get(month, deposit) for month, deposit in deposits.items()]
    return cents(sum(nets, ZERO) / len(nets) * declared.amount / slips.gross)
