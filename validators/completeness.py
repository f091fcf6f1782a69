"""What is missing: papers, sides, pages, seals, and papers that are too old or run out (findings.md, Completeness)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from extractors.bank_statement import BankStatement
from extractors.id_card import IdCard
from extractors.income_certificate import IncomeCertificate
from extractors.marriage_certificate import MarriageCertificate
from pipeline.model import Document, Evidence, Finding, Severity
from pipeline.record import Cell, Unsure, need
from pipeline.result import Person
from pipeline.text import as_date
from validators.case import Case, later
from validators.checklist import Review, Row, Wanted
from validators.rule import finding, page_of, rule

SOON_EXPIRED = 30
"""Days before its end in which a card should be renewed before the contract is signed."""
MOST_PAGES = 2_000
"""No paper has more; a larger printed number is a misreading."""


# ---------------------------------------------------------------- papers


@rule("MATERIAL_MISSING", "medium", reading=True)
def material_missing(person: Person, review: Review) -> Iterator[Finding]:
    """A row of the checklist that asks something of this person and finds nothing, another's paper, or an export."""
    for want in review.wanted:
        if want.person == person:
            yield from _missing(want)


@rule("MATERIAL_MISSING", "medium", reading=True)
def material_missing_in_case(review: Review) -> Iterator[Finding]:
    """The rows that ask something of the case itself, or of a borrower whom no paper names."""
    for want in review.wanted:
        if want.person is None:
            yield from _missing(want)


def _missing(want: Wanted) -> Iterator[Finding]:
    if want.presence not in ("absent", "wrong_person", "export"):
        return
    names = want.row.materials
    what: dict[str, Any] = {"material": names[0]} if len(names) == 1 else {"any_of": list(names)}
    severity: Severity = "medium" if want.row.required else "low"
    yield Finding(
        code="MATERIAL_MISSING",
        severity=severity,
        params={**what, "reason": want.presence, **({"rule": "spouse"} if want.unknown_spouse else {})},
        evidence=tuple(page_of(document) for document in want.documents),
        person=want.person.name if want.person is not None else None,
        material="/".join(names),
    )


@rule("DOCUMENT_UNRECOGNISED", "low", reading=True)
def strangers(review: Review) -> Iterator[Finding]:
    """A paper of somebody whom the case does not know, where no place for it is empty (rule 4)."""
    for document in review.left_over:
        yield finding(
            "DOCUMENT_UNRECOGNISED",
            "low",
            *(page_of(document, index) for index in range(len(document.pages))),
            document=document,
            material=document.type,
            reason="stranger",
        )


# ---------------------------------------------------------------- sides and pages


@rule("SIDE_MISSING", "medium", reading=True)
def side_missing(person: Person, cards: list[IdCard]) -> Iterator[Finding]:
    """Both sides of an applicant's card are there, on one page or on several."""
    seen = {side for card in cards for side in card.sides.value or ()}
    if not seen:
        need(cards[0].sides)
    for side in ("front", "back"):
        if side not in seen:
            yield finding("SIDE_MISSING", "medium", page_of(cards[0].document), side=side, rule=side)


@rule("PAGE_MISSING", "medium", reading=True)
def statement_page_missing(statement: BankStatement) -> Iterator[Finding]:
    """The printed page numbers of a statement leave no gap and reach their end."""
    yield from _page_gap(statement.document)


@rule("PAGE_MISSING", "medium", reading=True)
def persons_page_missing(certificate: MarriageCertificate) -> Iterator[Finding]:
    """A marriage certificate shows its page with both persons; one that is there and not legible is another matter."""
    unread = {item.name for item in certificate.document.unread}
    if not certificate.persons and not unread & {"persons", "name", "id_number", "birth_date"}:
        yield finding(
            "PAGE_MISSING",
            "medium",
            page_of(certificate.document),
            document=certificate.document,
            pages=["persons"],
        )


def missing_pages(document: Document) -> list[int]:
    """The printed page numbers that are missing; none where the pages without a legible number, and those that bear next
    to nothing beside the document's own, are enough to be them. Raises Unsure where the printed numbers contradict each other."""
    printed = [(int(n), int(of or 0)) for n, of in document.notes.get("page_numbers", ())]
    if not printed:
        return []
    totals = {of for _, of in printed if of}
    last = max([n for n, _ in printed] + list(totals))
    if len(totals) > 1 or any(of and n > of for n, of in printed) or last > MOST_PAGES:
        raise Unsure("insufficient", f"{document.type}.page_numbers")
    missing = sorted(set(range(1, last + 1)) - {n for n, _ in printed})
    unnumbered = len(document.pages) + len(document.notes.get("bare", ())) - len(printed)
    return missing if len(missing) > unnumbered else []


def _page_gap(document: Document) -> Iterator[Finding]:
    missing = missing_pages(document)
    if missing:
        numbers = [n for n, _ in document.notes["page_numbers"]]
        before = max((i for i, n in enumerate(numbers) if n < missing[0]), default=0)
        places = sorted({min(before, len(document.pages) - 1), min(before + 1, len(document.pages) - 1)})
        yield finding(
            "PAGE_MISSING",
            "medium",
            *(page_of(document, place) for place in places),
            document=document,
            pages=[str(number) for number in missing],
        )


# ---------------------------------------------------------------- days


@rule("DOCUMENT_EXPIRED", "high")
def card_expired(case: Case, person: Person, cards: list[IdCard]) -> Iterator[Finding]:
    """The end of the card's term against the day of judgement; of several cards the one that lasts longest counts."""
    backs = [card for card in cards if "back" in (card.sides.value or ("back",))]
    if not backs:
        raise Unsure("missing", "id_card.back")
    ends = [(_end(card.valid_until), card) for card in backs]
    if any(end == date.max for end, _ in ends):
        return
    end, card = max(ends, key=lambda pair: pair[0])
    case.turns_on(later(end, -SOON_EXPIRED))
    case.turns_on(later(end, 1))
    left = -case.days_since(end)
    if left <= SOON_EXPIRED:
        yield finding(
            "DOCUMENT_EXPIRED",
            "high" if left < 0 else "medium",
            card.valid_until,
            document=card.document,
            material="id_card",
            found=end,
            as_of=case.as_of,
            days=abs(left),
            rule="expired" if left < 0 else "soon",
        )


def _end(cell: Cell[str]) -> date:
    until = need(cell)
    if until == "long_term":
        return date.max
    end = as_date(until)
    if end is None:
        raise Unsure("insufficient", "id_card.valid_until")
    return end


def last_day(cell: Cell[Any]) -> date:
    """The day a cell gives, the last of its month where only the month is printed; raises Unsure for an unread one."""
    text = str(cell.field.value) if cell.field is not None else need(cell)
    first = as_date(f"{text}-01") if len(text) == 7 else None
    day = first.replace(day=monthrange(first.year, first.month)[1]) if first is not None else as_date(text)
    if day is None:
        raise Unsure("insufficient", f"{cell.document.type}.{cell.name}")
    return day


@rule("DOCUMENT_STALE", "medium")
def certificate_stale(case: Case, certificate: IncomeCertificate, review: Review) -> Iterator[Finding]:
    """The certificate's day of issue against the days of the checklist."""
    limit = review.checklist.fresh_days("income_certificate")
    if limit is None:
        raise Unsure("not_applicable", "income_certificate")
    issued = last_day(certificate.issue_date)
    if case.older_than(issued, limit):
        yield finding(
            "DOCUMENT_STALE",
            "medium",
            certificate.issue_date,
            material="income_certificate",
            found=issued,
            days=case.days_since(issued),
            limit=limit,
        )


@rule("DOCUMENT_STALE", "medium")
def statement_stale(
    case: Case, person: Person, statements: list[BankStatement], review: Review
) -> Iterator[Finding]:
    """The end of the person's latest statement against the day of judgement."""
    row: Row | None = review.checklist.row_for(person, "bank_statement")
    if row is None or row.ends_within is None or not case.earns(person):
        raise Unsure("not_applicable", "bank_statement")
    ends = [_last_place(statement) for statement in statements if not statement.notes.get("export")]
    if not ends:
        raise Unsure("missing", "bank_statement")
    end, place, statement = max(ends, key=lambda item: item[0])
    if case.older_than(end, row.ends_within):
        yield finding(
            "DOCUMENT_STALE",
            "medium",
            place,
            document=statement.document,
            material="bank_statement",
            found=end,
            days=case.days_since(end),
            limit=row.ends_within,
            rule="period",
        )


def _last_place(statement: BankStatement) -> tuple[date, Evidence, BankStatement]:
    """The day a statement reaches to: the printed period's end, else its latest row."""
    if statement.period_end:
        return need(statement.period_end), statement.period_end.evidence, statement
    dated: Sequence[Cell[date]] = [row.date for row in statement.transactions if row.date]
    if not dated:
        raise Unsure("unreadable", "bank_statement.period_end", "bank_statement.date")
    latest = max(dated, key=need)
    return need(latest), latest.evidence, statement


# ---------------------------------------------------------------- seals and wording


@rule("SEAL_MISSING", "medium", reading=True)
def seal_missing(certificate: IncomeCertificate) -> Iterator[Finding]:
    """A certificate of income bears its employer's seal; on a grey copy nobody can tell."""
    sealed = certificate.notes.get("sealed")
    if sealed is None:
        raise Unsure("unreadable", "income_certificate.seal")
    if not sealed:
        yield finding("SEAL_MISSING", "medium", page_of(certificate.document), material="income_certificate")


@rule("INCOME_BASIS_UNSTATED", "low", reading=True)
def income_basis_unstated(certificate: IncomeCertificate) -> Iterator[Finding]:
    """The certificate says whether its income is before or after tax."""
    if certificate.income_basis:
        return
    if any(item.name == "income_basis" for item in certificate.document.unread):
        need(certificate.income_basis)
    amount = certificate.monthly_income or certificate.annual_income
    yield finding("INCOME_BASIS_UNSTATED", "low", amount, material="income_certificate")
