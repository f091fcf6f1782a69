"""What the customer declared: application.yaml, its keys and values, and a finding for each that cannot be taken."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.model import Evidence, Finding
from pipeline.text import money, printed, printed_name, squeeze
from pipeline.yamltree import Rows, Scalar, Shape, Table, day, integer, number, read_tree, text, word

NAME_OF_FILE = "application.yaml"

# ---------------------------------------------------------------- what is declared


@dataclass(frozen=True, slots=True)
class Applicant:
    """One applicant; `monthly_income` in yuan, before tax unless `income_basis` is net."""

    name: str | None = None
    id_number: str | None = None
    role: str | None = None
    marital_status: str | None = None
    employment: str | None = None
    employer: str | None = None
    monthly_income: Decimal | None = None
    phone: str | None = None
    income_basis: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a combined loan, as `Loan`."""

    kind: str | None = None
    amount: Decimal | None = None
    years: int | None = None
    annual_rate: Decimal | None = None
    lpr_bp: int | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """The loan asked for: yuan, whole years, the rate as a fraction (0.0345) or in basis points over the LPR."""

    amount: Decimal | None = None
    years: int | None = None
    annual_rate: Decimal | None = None
    lpr_bp: int | None = None
    method: str | None = None
    existing_monthly_debt: Decimal | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """The home to be bought; money in yuan, `monthly_fee` the 物业费."""

    kind: str | None = None
    price: Decimal | None = None
    down_payment: Decimal | None = None
    address: str | None = None
    city: str | None = None
    use: str | None = None
    monthly_fee: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """Someone who may pay down-payment money for the applicants."""

    name: str | None = None
    relation: str | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """All that is declared. What is not declared is None or empty; loan and property are always there to be asked."""

    applicants: tuple[Applicant, ...] = ()
    loan: Loan = Loan()
    property: Property = Property()
    homes_owned: int | None = None
    documented_payers: tuple[Payer, ...] = ()
    passwords: tuple[str, ...] = field(default=(), repr=False)
    officer: str | None = None
    branch: str | None = None
    submitted_on: date | None = None

    @builtins.property  # `property` is a key of the application
    def borrower(self) -> Applicant | None:
        """The main borrower: the first applicant."""
        return self.applicants[0] if self.applicants else None

    def as_plain(self) -> dict[str, Any]:
        """What was declared in the contract's JSON form, without the passwords and without what was not declared."""
        plain: dict[str, Any] = _plain(self)
        plain.pop("passwords", None)
        return plain


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, Decimal):
        return format(value, "f") if name == "annual_rate" else money(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str | int):
        return value
    inner = {each.name: getattr(value, each.name) for each in fields(value)}
    plain = {key: _plain(each, key) for key, each in inner.items() if each is not None and each != ()}
    return {key: each for key, each in plain.items() if each != {}}


# ---------------------------------------------------------------- the schema

MONEY = Scalar(number("0", "1e12", 2))
RATE = Scalar(number("0", "0.9999999", None))
YEARS = Scalar(integer(1, 100))
POINTS = Scalar(integer(-2000, 2000))
METHOD = Scalar(word("equal_installment", "equal_principal"))
PLAIN = Scalar(text(printed))
NAME = Scalar(text(printed_name))
CODE = Scalar(text(lambda text: squeeze(text).upper()))
AS_IT_IS = Scalar(text(lambda text: text))

_LOAN: dict[str, Shape] = {
    "amount": MONEY,
    "years": YEARS,
    "annual_rate": RATE,
    "lpr_bp": POINTS,
    "method": METHOD,
}
SCHEMA = Table(
    Application,
    {
        "applicants": Rows(
            Table(
                Applicant,
                {
                    "name": NAME,
                    "id_number": CODE,
                    "role": Scalar(word("borrower", "co_borrower", "spouse", "guarantor")),
                    "marital_status": Scalar(word("single", "married", "divorced", "widowed")),
                    "employment": Scalar(
                        word("salaried", "self_employed", "company_owner", "freelance", "retired")
                    ),
                    "employer": PLAIN,
                    "monthly_income": MONEY,
                    "phone": CODE,
                    "income_basis": Scalar(word("gross", "net")),
                },
            )
        ),
        "loan": Table(
            Loan,
            {
                **_LOAN,
                "existing_monthly_debt": MONEY,
                "parts": Rows(Table(Part, {"kind": Scalar(word("commercial", "provident_fund")), **_LOAN})),
            },
        ),
        "property": Table(
            Property,
            {
                "kind": Scalar(word("new", "second_hand")),
                "price": MONEY,
                "down_payment": MONEY,
                "address": PLAIN,
                "city": PLAIN,
                "use": Scalar(word("residential", "commercial")),
                "monthly_fee": MONEY,
            },
        ),
        "homes_owned": Scalar(integer(0, 999)),
        "documented_payers": Rows(Table(Payer, {"name": NAME, "relation": PLAIN})),
        "passwords": Rows(AS_IT_IS),
        "officer": PLAIN,
        "branch": PLAIN,
        "submitted_on": Scalar(day),
    },
)

# ---------------------------------------------------------------- reading


def read_application(data: bytes, key: str) -> tuple[Application | None, tuple[Finding, ...]]:
    """The application in the bytes of the file with this key below the case, and one APPLICATION_INVALID for each bad key.

    A bad or unknown key is dropped alone, broken YAML drops the file (findings.md, rule 11). None where nothing is
    declared. `params`: line (from 1), key (`applicants[0].role`; empty for the file), reason (`yamltree.Problem`).
    """
    application, problems = read_tree(data, SCHEMA)
    return application, tuple(
        Finding(
            "APPLICATION_INVALID",
            "medium",
            {"line": problem.line, "key": problem.place, "reason": problem.reason},
            (Evidence(key),),
            key=f"{key}#{problem.place}" if problem.place else key,
        )
        for problem in problems
    )


def template() -> str:
    """The application.yaml that `dossier new` writes: every key with its meaning, nothing declared yet."""
    return TEMPLATE


TEMPLATE = """\
# 贷款申请信息。所有项目均可留空；留空的项目由系统根据材料推断。
# What the customer declares. Every key may stay empty; what is empty is inferred from the papers where it can be.

applicants:                    # 申请人，第一位为主贷人
  - name:                      # 姓名
    id_number:                 # 身份证号，例 "510107198803152646"
    role:                      # borrower 主贷人 | co_borrower 共同借款人 | spouse 配偶 | guarantor 担保人
    marital_status:            # single 未婚 | married 已婚 | divorced 离异 | widowed 丧偶
    employment:                # salaried 受薪 | self_employed 个体经营 | company_owner 企业主 | freelance 自由职业 | retired 退休
    employer:                  # 工作单位
    monthly_income:            # 月收入（元），例 "25000.00"
    income_basis:              # gross 税前 | net 税后
    phone:                     # 手机号码

loan:
  amount:                      # 贷款金额（元）
  years:                       # 贷款年限（整年）
  annual_rate:                 # 年利率，例 "0.0345" 即 3.45%；或填 lpr_bp
  lpr_bp:                      # 相对 LPR 的基点，例 -45
  method:                      # equal_installment 等额本息 | equal_principal 等额本金
  existing_monthly_debt:       # 现有月还款（元），没有请填 0
  parts: []                    # 组合贷款，例 [{kind: provident_fund, amount: "500000.00", years: 30, annual_rate: "0.026"}]

property:
  kind:                        # new 新房 | second_hand 二手房
  price:                       # 总价（元）
  down_payment:                # 首付款（元）
  address:                     # 坐落
  city:                        # 城市，例 成都市
  use:                         # residential 住宅 | commercial 商业
  monthly_fee:                 # 物业费（元/月）

homes_owned:                   # 家庭在本市已有住房套数，没有请填 0
documented_payers: []          # 可代付首付款的人，例 [{name: 某某, relation: 父亲}]
passwords: []                  # 加密文件的密码，逐个尝试；不会写入日志或报告

officer:                       # 客户经理
branch:                        # 支行
submitted_on:                  # 申请日期，例 2026-06-10
"""
