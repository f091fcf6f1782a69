"""Which inflows of a statement may be pay: excluded words, candidates, recurrence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from rapidfuzz import fuzz

from extractors.bank_statement import BankStatement
from pipeline.text import company_key, same_masked, same_name, squeeze
from validators.ledger import Ledger, Move
from validators.months import month_of
from validators.parameters import Values

NEVER = re.compile(
    r"代发(?:住房)?公积金|公积金(?:提取|支取|转入)|银联(?:跨行)?代[发付]|代发(?:报销|理赔|养老|退休|补偿)|报销|理赔|保险金"
    r"|养老金|退休金|退税|汇算|冲正|撤销|退款|退货|退回|结息|利息|赎回|申购|银证|贷款发放|放款|借款|网贷|消费贷|备用金"
    r"|红包|还款|货款|差旅|房租|薪金[煲宝]"
)
"""Words that make an inflow no salary, whatever else it says."""
WEAK = re.compile(
    r"提现|支付宝|财付通|微信|零钱|余额宝|现金|现存|存现|ATM|柜面存款|理财|基金|证券|本行转账存入|自助存款|分红"
)
"""Words that make an inflow no salary unless it says that it is one."""
SALARY = re.compile(r"工资|薪|奖金|绩效|劳务费|劳务报酬|津贴|提成|年终奖|双薪")
"""Words of pay."""
PAID_FOR = re.compile(r"批量代发|代发")
"""Words of a payroll file; with one of NEVER they are something else."""
PENSION = re.compile(r"养老金|退休金|离休金")
"""Words of a pension: the income of those who are retired."""
LIKE = 88
"""From this similarity (0 to 100) on a payer's name may be the employer's with a character misread."""
WALLETS = ("Alipay", "WeChatPay")
"""Statements in which no salary is to be looked for."""
YUAN = ("CNY", "RMB", "人民币")
BONUS = re.compile(r"年终奖?|奖金|十三薪|13薪|第十三|双薪|年度奖|季度奖")
INNER = re.compile(r"应付代发|代发(?:业务)?(?:款项?|资金|专户|工资)|批量代发|待清算|代发工资专户|内部户")
"""Payroll accounts of the bank itself: they name no employer."""
COMPANY = re.compile(
    r"公司|厂|店|中心|医院|学校|大学|学院|银行|研究[院所]|事务所|局|委员会|集团|合作社|人民政府|协会"
)
ZERO = Decimal(0)


# ---------------------------------------------------------------- steps 1 and 2: what may be pay


def rows_once(ledgers: Sequence[Ledger]) -> list[Move]:
    """The rows of all statements, those once that two statements of overlapping days both print."""
    seen: dict[tuple[date | None, Decimal | None, Decimal | None], BankStatement] = {}
    rows = []
    for ledger in ledgers:
        for move in ledger.rows:
            home = seen.setdefault((move.day, move.amount, move.balance), ledger.statement)
            if home is ledger.statement or move.balance is None:
                rows.append(move)
    return rows


def is_credit(move: Move) -> bool:
    return move.amount is not None and move.amount > 0 and move.day is not None and move.currency in YUAN


def is_pension(move: Move) -> bool:
    return is_credit(move) and bool(PENSION.search(move.words))


def is_inflow(move: Move, own: Sequence[str], employers: Sequence[str]) -> bool:
    """A credit in yuan that is not plainly something else."""
    if not is_credit(move) or NEVER.search(move.words):
        return False
    if any(same_name(move.payer, name) for name in own if move.payer):
        return False
    if SALARY.search(move.words) or not WEAK.search(move.words + squeeze(move.payer)):
        return True
    return bool(move.payer) and any(same_company(move.payer, employer) for employer in employers)


def same_company(one: str, other: str) -> bool:
    """Whether two printed names are one company: brackets, 集团 and masks aside; a branch is its company."""
    a, b = company_key(one), company_key(other)
    if not a or not b:
        return False
    return a == b or same_masked(a, b) or (min(len(a), len(b)) >= 6 and (a.startswith(b) or b.startswith(a)))


def like_company(one: str, other: str) -> bool:
    """Whether two names may be one company, a character misread: enough to take a credit for pay, never to accuse."""
    a, b = company_key(one), company_key(other)
    return same_company(one, other) or (min(len(a), len(b)) >= 6 and fuzz.ratio(a, b) >= LIKE)


def is_pay(move: Move, employers: Sequence[str], nets: set[Decimal]) -> bool:
    """Named as pay, paid by the employer or a payroll account, or just what a payslip says."""
    if SALARY.search(move.words) or PAID_FOR.search(move.words):
        return True
    if move.payer and any(like_company(move.payer, employer) for employer in employers):
        return True
    return bool(INNER.search(squeeze(move.payer))) or move.amount in nets


# ---------------------------------------------------------------- step 3: recurrence


def comes_monthly(moves: Sequence[Move], months: Sequence[str], values: Values) -> bool:
    """Whether the credits come in five of six covered months."""
    seen = {month_of(move.day) for move in moves if move.day} & set(months)
    return bool(seen) and len(seen) >= values.number("salary_recurrence") * len(months)


def with_payers(strong: Sequence[Move], inflows: Sequence[Move]) -> list[Move]:
    """The credits that are pay by themselves, and all others from a company that made one of them."""
    payers = {company_key(move.payer) for move in strong if COMPANY.search(move.payer)}
    known = set(map(id, strong))
    return [move for move in inflows if id(move) in known or company_key(move.payer) in payers]


def recurring(
    inflows: Sequence[Move],
    chosen: Sequence[Move],
    rows: Sequence[Move],
    months: Sequence[str],
    values: Values,
) -> list[Move]:
    """Credits without a word of pay that a company makes month by month in like amounts: pay of a plain-spoken bank."""
    if len(months) < 2:
        return []
    taken = set(map(id, chosen))
    clusters: dict[str, list[Move]] = {}
    for move in inflows:
        if id(move) not in taken and COMPANY.search(move.payer):
            clusters.setdefault(company_key(move.payer), []).append(move)
    found = []
    for cluster in clusters.values():
        few = len(cluster) <= 2 * len({month_of(move.day) for move in cluster if move.day})
        steady = (
            few
            and comes_monthly(cluster, months, values)
            and _spread(cluster) <= values.number("salary_spread")
        )
        if steady and not _passes_through(cluster, rows):
            found += cluster
    return found


def any_vague(inflows: Sequence[Move], months: Sequence[str], values: Values) -> bool:
    """Whether some credits may be pay for all that the paper says."""
    if comes_monthly([move for move in inflows if not move.words and not move.payer], months, values):
        return True
    seen: dict[str, set[str]] = {}
    for move in inflows:
        if COMPANY.search(move.payer) and move.day:
            seen.setdefault(company_key(move.payer), set()).add(month_of(move.day))
    return any(2 * len(held & set(months)) >= len(months) for held in seen.values())


def _spread(cluster: Sequence[Move]) -> Decimal:
    amounts = [move.amount or ZERO for move in cluster]
    middle = median(amounts)
    return median([abs(amount - middle) for amount in amounts]) / middle if middle else Decimal(1)


def _passes_through(cluster: Sequence[Move], rows: Sequence[Move]) -> bool:
    """Whether nine tenths of such a sum leave again within a day, twice or more (step 5)."""
    out = [(move.day, -move.amount) for move in rows if move.amount and move.amount < 0 and move.day]
    times = 0
    for move in cluster:
        day, least = move.day or date.min, (move.amount or ZERO) * Decimal("0.9")
        times += any(day <= gone <= day + timedelta(days=1) and amount >= least for gone, amount in out)
    return times >= 2
