"""The checks of one case with 2,000 transactions: every rule, from documents to a judgement, in this process.

The case is the complete couple of the samples with the borrower's account kept so busy that a year has 2,000 rows; its
documents are made straight from their truths, as a perfect reader would give them. The best of five.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bench.measure import Figure, at_most, plain, spent
from extractors import MATERIALS
from fixtures.cases import A_JOB, CASES, A
from fixtures.stories import AS_OF, pay, statement
from pipeline.application import Application
from pipeline.model import Document
from pipeline.result import Judgement
from tests.from_truth import declared, papers
from validators.judge import judge
from validators.parameters import Parameters

ROWS, QUICK = 2000, 500
LEVEL = 0.3


def case_of(rows: int) -> tuple[list[Document], Application | None, int]:
    """The documents of the case, its application, and how many transactions it has."""
    draft = CASES["C01-complete"].draft()
    draft.truths["statement_a"] = statement(
        A, A_JOB, pay(A_JOB), opening=Decimal(640_000), rows=rows // 12 + 1
    )
    documents = papers(draft)
    count = sum(len(document.tables.get("transactions", ())) for document in documents)
    return documents, declared(draft), count


def judged(
    documents: Sequence[Document], application: Application | None, parameters: Parameters
) -> Judgement:
    """The judgement of the case."""
    return judge(
        files=(), documents=documents, loose=(), application=application, as_of=AS_OF, as_of_is_submission=True,
        materials=MATERIALS, parameters=parameters,
    )  # fmt: skip


def measure(*, quick: bool = False) -> list[Figure]:
    """Times the judgement."""
    documents, application, count = case_of(QUICK if quick else ROWS)
    parameters = Parameters.load()
    judgement = judged(documents, application, parameters)
    if count < (QUICK if quick else ROWS) or not judgement.checks:
        raise RuntimeError(f"{count} transactions, {len(judgement.checks)} checks")
    seen = spent(lambda: judged(documents, application, parameters), times=5)
    return [
        Figure("transactions, checks, verdict", f"{count}, {len(judgement.checks)}, {judgement.verdict}"),
        at_most("the checks", seen.wall, LEVEL, "s", 3),
        plain("processor seconds of that", seen.cpu, "s", 3),
    ]
