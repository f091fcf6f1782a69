"""The employer of the income certificate against its seal, the application and the payslips."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.income_certificate import IncomeCertificate
from extractors.pay_stub import PayStub
from pipeline.model import Finding
from pipeline.record import Unsure, need
from pipeline.result import Person
from pipeline.text import company_key, same_masked
from validators.case import Case
from validators.identity import Said, against, declared_evidence
from validators.likeness import nearly
from validators.rule import finding, rule

AGENCIES = (
    "人力资源",
    "劳务",
    "人才服务",
    "人才派遣",
    "外包",
    "企业服务",
    "企业管理服务",
    "财务有限",
    "财务公司",
    "财务共享",
)
"""Words of companies that pay or employ for others: dispatch, outsourcing, a group's finance company."""
LONG_NAME = 6
"""From so many characters on a single different one is taken for a slip of the pen or of the reader."""
_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团公司|集团|总公司|公司|股份)|((?<=公司).{2,8}(分公司|支公司|分行|支行|办事处))"
)
_BRANCH = re.compile(r"(?<=公司).{2,12}?(?:分公司|支公司|分部|办事处|营业部)$")


def same_company(a: str, b: str) -> bool:
    """Whether two names are the same company: brackets, spaces and （集团） aside."""
    return company_key(a) == company_key(b)


def related(a: str, b: str) -> bool:
    """Whether two names may belong together: a branch, a short or masked name, another legal form, an agency, a slip of
    one character in a long name."""
    x, y = company_key(a), company_key(b)
    if any(word in text for word in AGENCIES for text in (x, y)):
        return True
    if ("*" in x or "*" in y) and same_masked(x, y):
        return True
    p, q = sorted((_core(x), _core(y)), key=len)
    return (len(p) >= 2 and p in q) or (len(x) >= LONG_NAME and nearly(x, y))


def _core(name: str) -> str:
    """A company's name without its branch and its legal form."""
    return _FORMS.sub("", _BRANCH.sub("", name))


@rule("EMPLOYER_MISMATCH", "high")
def seal_mismatch(certificate: IncomeCertificate) -> Iterator[Finding]:
    """The company on the arc of the certificate's own seal. The arc is hard to read: one character
    apart is a doubt, no accusation."""
    if certificate.notes.get("sealed") is False:
        raise Unsure("missing", "income_certificate.seal")
    employer, seal = need(certificate.employer), need(certificate.seal_company)
    if same_company(employer, seal):
        return
    if nearly(company_key(employer), company_key(seal)) or len(company_key(seal)) < 4:
        raise Unsure("unreadable", "income_certificate.seal_company")
    yield finding(
        "EMPLOYER_MISMATCH",
        "low" if related(employer, seal) else "high",
        certificate.employer,
        certificate.seal_company,
        field="seal_company",
        expected=employer,
        found=seal,
        rule="seal",
    )


@rule("EMPLOYER_MISMATCH", "medium")
def employer_mismatch(
    case: Case, person: Person, certificates: list[IncomeCertificate], slips: tuple[PayStub, ...]
) -> Iterator[Finding]:
    """The certified employer against the declared one and the payslips'. With certificates of several
    employers each paper has to agree with one of them."""
    for certificate in certificates:
        need(certificate.employer)
    references = [
        Said(need(certificate.employer), certificate.employer.evidence) for certificate in certificates
    ]
    others = [Said(need(slip.employer), slip.employer.evidence) for slip in slips if slip.employer]
    declared = case.declared.get(person.name)
    if declared is not None and declared.employer:
        place = declared_evidence(case, person, "employer", declared.employer)
        others.insert(0, Said(declared.employer, place))
    if not others:
        raise Unsure("missing", "pay_stub.employer", "application.employer")
    deviating = [
        item for item in others if not any(same_company(item.value, ref.value) for ref in references)
    ]
    alike = [item for item in deviating if any(related(item.value, ref.value) for ref in references)]
    foreign = [item for item in deviating if item not in alike]
    yield from against("EMPLOYER_MISMATCH", "medium", "employer", references[0], foreign)
    yield from against("EMPLOYER_MISMATCH", "low", "employer", references[0], alike, rule="related")
