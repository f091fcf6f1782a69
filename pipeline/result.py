"""What is known of a case when all stages have run: the value that reports are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pipeline.model import Check, Document, File, Finding

Verdict = Literal["pass", "supplement", "review"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the case; `inferred` names the keys that were worked out from the papers, not declared."""

    name: str
    id_number: str | None = None
    role: str | None = None
    marital_status: str | None = None
    employment: str | None = None
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthIncome:
    """One month of the income table (findings.md, Income); amounts in yuan, None where no paper gives them."""

    period: str
    payslip_gross: Decimal | None = None
    payslip_net: Decimal | None = None
    deposited: Decimal | None = None
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PersonIncome:
    """A person's declared and verified monthly income; `basis` gross or net, `method` how `verified` was found."""

    person: str
    declared: Decimal | None
    basis: str | None
    verified: Decimal | None
    method: str | None
    months: tuple[MonthIncome, ...] = ()


@dataclass(frozen=True, slots=True)
class MaterialState:
    """One row of the materials table: `state` is received, missing, unreadable, stale, incomplete, expired or switched_off;
    `required` False for materials that are only asked for; `documents` are ids."""

    person: str | None
    material: str
    state: str
    documents: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Affordability:
    """The ratios of one case; money in yuan a month, ratios as plain fractions with 4 digits, None where not worked out."""

    payment: Decimal | None = None
    recognised_income: Decimal | None = None
    payment_to_income: Decimal | None = None
    debt_to_income: Decimal | None = None
    down_payment_ratio: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules made of a case."""

    verdict: Verdict
    why: Mapping[str, str]
    documents: tuple[Document, ...]
    people: tuple[Person, ...]
    income: tuple[PersonIncome, ...]
    household: Mapping[str, Any]
    affordability: Affordability
    materials: tuple[MaterialState, ...]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    parameters: Mapping[str, Any]
    settled_until: date | None = None
    """The first `as_of` on which the same papers could be judged otherwise (a limit of freshness), or None."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case as its report shows it."""

    case: str
    run: str
    as_of: date
    judgement: Judgement
    files: tuple[File, ...]
    application: Mapping[str, Any] | None
    versions: Mapping[str, str]
    since_last: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: {"cleared": (), "open": (), "new": ()}
    )
