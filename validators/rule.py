"""One rule is one function that asks for its papers by its signature; the runner finds them and knows what is missing.

What a parameter is annotated with decides what it gets:

    case: Case                   the case; any other type that the runner was given, such as Parameters, likewise
    person: Person               the rule runs once for each applicant
    card: IdCard                 it runs once for each document of the type (of the person, where one is asked for)
    slips: list[PayStub]         all of them, at least one; none is `not_run`
    statements: tuple[BankStatement, ...]    all of them, maybe none

It yields findings; an absent cell is met by `need(cell)`, other doubts by raising `Unsure`.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pipeline.model import SURE, Check, Document, Evidence, Finding, Outcome, Severity
from pipeline.proof import DOUBTED
from pipeline.record import Cell, Record, RowRecord, Unsure, need
from pipeline.result import Person
from pipeline.text import money
from validators.case import INCOME_MATERIALS, Case

__all__ = ["Case", "Person", "Rule", "Run", "Unsure", "finding", "need", "plain", "rule", "run"]

NEVER_REQUIRED = frozenset({"seal_company"})
"""Fields whose doubt never becomes FIELD_UNREADABLE (findings.md, rule 3)."""

OWN_NUMBER: Mapping[str, tuple[str, ...]] = {
    "id_card": ("valid_until",),
    "marriage_certificate": ("certificate_number",),
    "income_certificate": ("employer",),
    "pay_stub": ("employer",),
    "bank_statement": ("account_number", "period_start"),
}
"""By which of its fields a paper is told from others of its type in a finding's id (findings.md, rule 15)."""

Kind = Literal["person", "each", "some", "any", "given"]
_ORDER: tuple[Outcome, ...] = ("raised", "unsure", "not_run", "passed")
_NOT_RUN = ("missing", "not_applicable")


@dataclass(frozen=True, slots=True)
class Want:
    """One parameter of a rule: its name, how it is filled, and with what."""

    name: str
    kind: Kind
    type: type[Any]


@dataclass(frozen=True)
class Rule:
    """A rule with its code, the gravest severity that it can raise, and what it wants.

    `reading` marks rules about the reading itself, whose findings are never held back for low confidence."""

    code: str
    gravest: Severity
    function: Callable[..., Iterable[Finding] | None]
    wants: tuple[Want, ...]
    reading: bool = False

    def __call__(self, *args: Any, **kwargs: Any) -> list[Finding]:
        """The findings of one run, as the function yields them; raises Unsure as it does."""
        return list(self.function(*args, **kwargs) or ())

    @property
    def each(self) -> Want | None:
        return next((want for want in self.wants if want.kind == "each"), None)

    @property
    def by_person(self) -> bool:
        return any(want.kind == "person" for want in self.wants)


def rule(code: str, gravest: Severity, *, reading: bool = False) -> Callable[[Callable[..., Any]], Rule]:
    """Declares a function as the rule of `code`; TypeError at import where its signature cannot be filled."""

    def declare(function: Callable[..., Any]) -> Rule:
        wants = _wants(function)
        if sum(want.kind == "each" for want in wants) > 1:
            raise TypeError(f"{function.__name__} ({code}) asks for two single documents at once")
        made = Rule(code, gravest, function, wants, reading)
        made.__dict__.update(__doc__=function.__doc__, __name__=function.__name__)
        return made

    return declare


def _wants(function: Callable[..., Any]) -> tuple[Want, ...]:
    hints = typing.get_type_hints(function)
    wants = []
    for name in inspect.signature(function).parameters:
        if name not in hints:
            raise TypeError(f"{function.__name__}: nothing says what {name!r} is")
        hint = hints[name]
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin in (list, tuple):
            if not (isinstance(inner[0], type) and issubclass(inner[0], Record)):
                raise TypeError(f"{function.__name__}: {name!r} is no list of records")
            wants.append(Want(name, "some" if origin is list else "any", inner[0]))
        elif not isinstance(hint, type):
            raise TypeError(f"{function.__name__}: {name!r} cannot be filled with {hint!r}")
        elif issubclass(hint, Record):
            wants.append(Want(name, "each", hint))
        else:
            wants.append(Want(name, "person" if hint is Person else "given", hint))
    return tuple(wants)


# ---------------------------------------------------------------- findings


def plain(value: Any) -> Any:
    """A value as params hold it: money with two digits, days as YYYY-MM-DD, counts as integers, lists of such."""
    if isinstance(value, Cell):
        value = (
            value.field.value
            if value.field is not None and not isinstance(value.value, Decimal)
            else value.value
        )
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value


def own_number(document: Document) -> str:
    """The number, account or employer by which a paper is told from others of its type."""
    return "/".join(document.text(name) or "" for name in OWN_NUMBER.get(document.type, ())).strip("/")


def finding(
    code: str,
    severity: Severity,
    *seen: Cell[Any] | RowRecord | Evidence,
    document: Document | None = None,
    person: str | None = None,
    **params: Any,
) -> Finding:
    """A finding with the evidence of cells, rows and places; absent cells are left out. `document` gives it its id."""
    evidence = [
        item if isinstance(item, Evidence) else item.evidence
        for item in seen
        if not isinstance(item, Cell) or item.field is not None
    ]
    return Finding(
        code=code,
        severity=severity,
        params={name: plain(value) for name, value in params.items() if value is not None},
        evidence=tuple(evidence),
        person=person,
        material=document.type if document is not None else None,
        key=own_number(document) if document is not None else "",
    )


def doubted(found: Finding) -> Finding:
    """The finding with evidence that is not sure enough to accuse by: the runner makes it a doubt."""
    weaker = (replace(seen, confidence=min(seen.confidence, DOUBTED)) for seen in found.evidence)
    return replace(found, evidence=tuple(weaker))


def page_of(document: Document, index: int = 0) -> Evidence:
    """A page of a document as evidence, without a box."""
    file, page = document.pages[index]
    return Evidence(file=file, page=page, document=document.type, document_id=document.id or None)


# ---------------------------------------------------------------- runner


@dataclass(slots=True)
class Tally:
    """What the runs of one code for one person came to."""

    outcome: Outcome = "passed"
    reason: str | None = None
    needs: list[str] = field(default_factory=list)

    def note(self, outcome: Outcome, reason: str | None = None, needs: Iterable[str] = ()) -> None:
        """Takes in one more run; the weightiest outcome stands (findings.md, rule 7)."""
        if _ORDER.index(outcome) < _ORDER.index(self.outcome):
            self.outcome, self.reason, self.needs = outcome, reason, []
        if outcome == self.outcome:
            self.needs += [need for need in needs if need not in self.needs]


@dataclass(slots=True)
class Run:
    """What the rules made of a case. `doubts` are required fields that kept a check from an answer (rule 3): those that
    could not be read, where it could have raised more than a note, and those that would have accused, where it is high."""

    case: Case
    findings: list[Finding] = field(default_factory=list)
    doubts: list[tuple[Document, str, tuple[Evidence, ...]]] = field(default_factory=list)
    tallies: dict[tuple[str, str | None], Tally] = field(default_factory=dict)

    def tally(self, code: str, person: str | None) -> Tally:
        """The tally of a code for a person, made `passed` at the first look."""
        return self.tallies.setdefault((code, person), Tally())

    @property
    def checks(self) -> tuple[Check, ...]:
        """One entry for each code and person, in the order in which the rules stand."""
        return tuple(
            Check(
                code,
                person,
                tally.outcome,
                None if tally.reason is None else {"reason": tally.reason, "needs": list(tally.needs)},
            )
            for (code, person), tally in self.tallies.items()
        )

    def doubt(self, document: Document | None, name: str, *seen: Evidence) -> None:
        """Keeps a field that kept a check from an answer, if its material requires it."""
        if document is None or name in NEVER_REQUIRED or not self.case.required(document, name):
            return
        self.doubts.append((document, name, seen))


def run(
    rules: Sequence[Rule], case: Case, *given: object, replaceable: Callable[[str], bool] | None = None
) -> Run:
    """Runs every rule on the case. `given` are further things that rules may ask for by their type (Parameters);
    `replaceable` says of a code whether a better paper settles what the replaced one raised (rules 5 and 13)."""
    things: dict[type[Any], object] = {Case: case, **{type(item): item for item in given}}
    result = Run(case)
    for each in rules:
        if each.by_person and not case.applicants:
            needs = [want.type.TYPE for want in each.wants if want.kind in ("each", "some", "any")]
            if needs or not each.reading:
                result.tally(each.code, None).note("not_run", "missing", needs or ["id_card"])
        for person in case.applicants if each.by_person else (None,):
            for name, arguments, old in _arguments(each, case, person, things, result):
                _run_once(each, name, arguments, old, replaceable, result)
    return result


def _arguments(
    rule: Rule, case: Case, person: Person | None, things: Mapping[type[Any], object], result: Run
) -> Iterator[tuple[str | None, dict[str, Any], Document | None]]:
    """The argument sets of one rule for one person: the name for the check, the arguments, the document if replaced."""
    name = person.name if person is not None else None
    shared: dict[str, Any] = {}
    for want in rule.wants:
        if want.kind == "person":
            shared[want.name] = person
        elif want.kind in ("some", "any"):
            found = case.records(want.type, person)
            if not found and want.kind == "some":
                if person is None or case.concerns(want.type.TYPE, person):
                    result.tally(rule.code, name).note("not_run", "missing", [want.type.TYPE])
                elif want.type.TYPE not in INCOME_MATERIALS:
                    result.tally(rule.code, name).note("not_run", "not_applicable", [want.type.TYPE])
                return
            shared[want.name] = found if want.kind == "some" else tuple(found)
        elif want.kind == "given":
            if want.type not in things:
                raise TypeError(
                    f"{rule.code}: nothing of the type {want.type.__name__} was given to the runner"
                )
            shared[want.name] = things[want.type]
    single = rule.each
    if single is None:
        yield name, shared, None
        return
    records = case.records(single.type, person)
    for record in records:
        yield name or record.person, {**shared, single.name: record}, None
    for record in case.records_among(case.replaced, single.type, person):
        yield name or record.person, {**shared, single.name: record}, record.document
    held = {holder for record in records for holder in case.whose(record.document)}
    for lacking in (person,) if person is not None else case.applicants:
        if lacking.name not in held and case.concerns(single.type.TYPE, lacking):
            result.tally(rule.code, lacking.name).note("not_run", "missing", [single.type.TYPE])
    if person is None and not records and not case.applicants:
        result.tally(rule.code, None).note("not_run", "missing", [single.type.TYPE])


def _run_once(
    rule: Rule,
    name: str | None,
    arguments: Mapping[str, Any],
    old: Document | None,
    replaceable: Callable[[str], bool] | None,
    result: Run,
) -> None:
    tally = result.tally(rule.code, name)
    record = arguments[rule.each.name] if rule.each is not None else None
    findings: list[Finding] = []
    unsure: Unsure | None = None
    try:
        for found in rule.function(**arguments) or ():
            findings.append(found)
    except Unsure as doubt:
        unsure = doubt
    for found in findings:
        _take(rule, _signed(found, name, record), old, replaceable, tally, result)
    if unsure is not None and old is None:
        outcome: Outcome = "not_run" if unsure.reason in _NOT_RUN else "unsure"
        tally.note(outcome, unsure.reason, unsure.needs)
        if outcome == "unsure" and rule.gravest in ("high", "medium"):
            for document, field_name in unsure.fields:
                result.doubt(document, field_name)


def _signed(found: Finding, name: str | None, record: Record | None) -> Finding:
    """The finding with the person and the document that the run was about, where the rule named none."""
    if found.person is None and name is not None:
        found = replace(found, person=name)
    if found.material is None and record is not None:
        found = replace(found, material=record.document.type, key=found.key or own_number(record.document))
    return found


def _take(
    rule: Rule,
    found: Finding,
    old: Document | None,
    replaceable: Callable[[str], bool] | None,
    tally: Tally,
    result: Run,
) -> None:
    """Keeps a finding, or makes it a doubt where a field of its evidence is not sure (findings.md, rule 2)."""
    doubtful = [seen for seen in found.evidence if seen.confidence < SURE]
    if doubtful and not rule.reading:
        if old is not None:
            return
        needs = [f"{seen.document}.{seen.field}" if seen.field else str(seen.document) for seen in doubtful]
        tally.note("unsure", "unreadable", needs)
        if found.severity == "high":
            for seen in doubtful:
                document = result.case.by_id(seen.document_id)
                result.doubt(document, seen.field or result.case.table_of(document), seen)
        return
    if old is not None and (found.severity == "low" or replaceable is None or replaceable(found.code)):
        found = replace(found, severity="info")
    result.findings.append(found)
    if found.severity != "info":
        tally.note("raised")
