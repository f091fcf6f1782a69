"""A couple whose papers all agree: the case from which tests change one thing at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.application import Applicant, Application, Loan, Property
from pipeline.model import Document, Finding
from pipeline.result import Judgement
from tests.build import MATERIALS, document, id_number
from tests.papers import (
    AS_OF,
    EMPLOYER,
    ME,
    MONTHS,
    certificate,
    chain,
    ordered,
    salaries,
    slip,
    spread,
    statement,
    stub,
)
from validators.judge import judge
from validators.parameters import Parameters

SPOUSE = "周建国"
MY_NUMBER = id_number("1988-03-15", "264")
HIS_NUMBER = id_number("1986-11-12", "017")
OTHER = "王小明"
OTHER_NUMBER = id_number("1990-01-02", "031")
"""Somebody who is none of the two."""
PARAMETERS = Parameters.load()


def card(name: str = ME, number: str = MY_NUMBER, **more: Any) -> Document:
    """Both sides of an ID card, issued at 31 for twenty years."""
    values: dict[str, Any] = {
        "name": name, "sex": "M" if int(number[16]) % 2 else "F", "ethnicity": "汉",
        "birth_date": f"{number[6:10]}-{number[10:12]}-{number[12:14]}", "address": "成都市武侯区人民南路1号",
        "id_number": number, "issuing_authority": "成都市公安局武侯分局", "valid_from": "2019-05-20",
        "valid_until": "2039-05-20", "sides": ["front", "back"], "file": f"身份证{name}.jpg", **more,
    }  # fmt: skip
    return document("id_card", **values)


def marriage(holder: str = ME, *persons: tuple[str, str], **more: Any) -> Document:
    """A marriage certificate of the couple, or of the persons given as (name, number)."""
    rows = [
        {
            "name": name,
            "sex": "M" if int(number[16]) % 2 else "F",
            "birth_date": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
            "id_number": number,
        }
        for name, number in persons or ((SPOUSE, HIS_NUMBER), (ME, MY_NUMBER))
    ]
    values: dict[str, Any] = {
        "holder": holder, "registration_date": "2016-10-18", "certificate_number": "J510107-2016-008231",
        "persons": rows, "file": f"结婚证{holder}.jpg", **more,
    }  # fmt: skip
    return document("marriage_certificate", **values)


def pay() -> Document:
    """Six payslips."""
    return stub(*(slip(month) for month in MONTHS), id_number=MY_NUMBER)


def flow(**more: Any) -> Document:
    """Half a year of a statement with the salary in it."""
    rows = chain(*ordered(salaries(["18087.50"] * 6), spread(date(2026, 5, 2), date(2026, 10, 30))))
    return statement(rows, **more)


def paid(**more: Any) -> Document:
    """The income certificate, sealed by the employer."""
    values: dict[str, Any] = {
        "id_number": MY_NUMBER, "seal_company": EMPLOYER, "notes": {"sealed": True},
        "monthly_income_words": "贰万伍仟元整", **more,
    }  # fmt: skip
    return certificate(**values)


def papers() -> list[Document]:
    """Every paper that step one asks of the couple."""
    return [card(), card(SPOUSE, HIS_NUMBER), marriage(), paid(), pay(), flow()]


def but(changed: Document, among: Iterable[Document] | None = None) -> list[Document]:
    """The papers with one put in the place of that in the same file."""
    place = changed.pages[0][0]
    return [changed if paper.pages[0][0] == place else paper for paper in among or papers()]


def without(*types: str) -> list[Document]:
    """The papers without those of some types."""
    return [paper for paper in papers() if paper.type not in types]


def declared(**more: Any) -> Application:
    """The couple's application; `more` changes the borrower."""
    borrower = Applicant(
        name=ME,
        id_number=MY_NUMBER,
        role="borrower",
        marital_status="married",
        employment="salaried",
        employer=EMPLOYER,
        monthly_income=Decimal("25000.00"),
        income_basis="gross",
    )
    spouse = Applicant(name=SPOUSE, id_number=HIS_NUMBER, role="spouse", marital_status="married")
    return Application(
        applicants=(replace(borrower, **more), spouse),
        loan=Loan(
            amount=Decimal("1200000"),
            years=30,
            annual_rate=Decimal("0.0305"),
            method="equal_installment",
            existing_monthly_debt=Decimal(0),
        ),
        property=Property(price=Decimal("1800000"), kind="new", monthly_fee=Decimal("300")),
        submitted_on=AS_OF,
    )


def judged(
    documents: Sequence[Document] | None = None,
    application: Application | bool | None = True,
    *,
    as_of: date = AS_OF,
    loose: Sequence[Finding] = (),
    **more: Any,
) -> Judgement:
    """The judgement of the couple's papers, or of those given; `application` False for none."""
    return judge(
        files=more.pop("files", ()),
        documents=papers() if documents is None else documents,
        loose=loose,
        application=declared() if application is True else application or None,
        as_of=as_of,
        as_of_is_submission=more.pop("as_of_is_submission", False),
        materials=MATERIALS,
        parameters=PARAMETERS,
        **more,
    )


def raised(judgement: Judgement, least: str = "low") -> set[str]:
    """The codes of the findings from a severity on."""
    weights = ("info", "low", "medium", "high")
    return {
        found.code for found in judgement.findings if weights.index(found.severity) >= weights.index(least)
    }


def outcome_of(judgement: Judgement, code: str, person: str | None = ME) -> str:
    """The outcome of a check for a person."""
    (check,) = [check for check in judgement.checks if (check.code, check.person) == (code, person)]
    return check.outcome


def the(judgement: Judgement, code: str) -> Finding:
    """The one finding of a code."""
    found = [finding for finding in judgement.findings if finding.code == code]
    assert len(found) == 1, [(finding.code, finding.params) for finding in judgement.findings]
    return found[0]
