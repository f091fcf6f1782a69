"""A case from its files to its report, stage by stage: plain functions that know no scheduler."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from flows import VERSION
from flows.workers import Crew, Job, Lost, Pool
from pipeline.errors import EngineError, Torn, UnsafeKey, Vanished
from pipeline.model import Check, Document, Evidence, File, Finding, Page
from pipeline.settings import Settings
from pipeline.stores import Item, Store, flat_path, open_store

if TYPE_CHECKING:
    from pipeline.application import Application
    from pipeline.intake import Opened
    from pipeline.ocr import EngineSpec
    from pipeline.result import CaseResult, Judgement
    from validators.checklist import Checklist
    from validators.parameters import Parameters

NEEDED = (
    "pypdfium2", "pipeline.assemble", "pipeline.ocr.ink", "pipeline.ocr.quality", "pipeline.ocr.sheets",
    "pipeline.report", "pipeline.second", "validators.judge",
)  # fmt: skip
"""What a worker loads before its first case; `read` of one file loads what it needs."""
ABSENCES = frozenset(
    {
        "MATERIAL_MISSING", "SIDE_MISSING", "PAGE_MISSING", "STATEMENT_MONTHS_SHORT", "STATEMENT_GAP",
        "SALARY_NOT_FOUND", "SALARY_MONTH_MISSING", "SALARY_AMOUNT_MISMATCH", "DOCUMENT_STALE",
    }
)  # fmt: skip
"""Findings that a page which we failed to read could answer: where one was lost they accuse nobody."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What all cases of a run share; picklable. `today` is the day for cases that were not submitted on a day;
    `parameters` and `checklist` are a bank's own, as they were when the run began, None: the program's."""

    settings: Settings
    engine: EngineSpec
    today: date
    run: str
    reports: str | None = None
    parameters: Parameters | None = None
    checklist: Checklist | None = None

    @property
    def versions(self) -> dict[str, str]:
        """Everything that decides what a report says, besides the papers, the parameters and the day."""
        return {
            "loan-dossier": VERSION,
            "program": program_hash()[:16],
            "engine": self.engine.name,
            "engine_version": self.engine.version,
            **({"checklist": _hash(repr(self.checklist))[:16]} if self.checklist else {}),
        }

    @property
    def recipe(self) -> str:
        """The hash of all that is not a case's papers: with it unchanged and the papers too, the report is the same."""
        settings = self.settings
        parts = [program_hash(), self.engine.key, settings.lang, str(self.reports), repr(settings.limits)]
        parts.append(str(which("tesseract")))  # the second reader of digits, where it is installed
        return _hash("\x1f".join([*parts, repr(self.parameters), repr(self.checklist)]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Papers:
    """A case's files on this disk: key below the case → path. `said` are findings of fetching them."""

    case: str
    paths: Mapping[str, Path]
    said: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case that has been read: all that its judgement and its report are made of; picklable."""

    case: str
    files: tuple[File, ...]
    paths: Mapping[str, Path]
    passwords: Mapping[str, str] = field(repr=False)
    application: Application | None
    said: tuple[Finding, ...]
    lost: tuple[LostPage, ...] = ()


@dataclass(frozen=True, slots=True)
class LostPage:
    """A page that was not read through a fault of ours; page None: the whole file."""

    file: str
    page: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What the night keeps of a case whose reports are written."""

    as_of: date
    submitted: bool
    settled_until: date | None
    verdict: str
    why: Mapping[str, str]
    counts: Mapping[str, int]
    findings: tuple[str, ...]


@cache
def program_hash() -> str:
    """The hash of the program's own files (code, parameters, templates), so that a changed rule runs every case anew."""
    whole = hashlib.sha256()
    root = Path(__file__).parent.parent
    for package in ("pipeline", "extractors", "validators", "flows"):
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", "") and "__pycache__" not in path.parts:
                whole.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def kit_of(settings: Settings, reports: str | None, *, measure: bool = True) -> Kit:
    """The kit of a run that begins now. The engine is the one written down in the work folder; where there is none yet it
    is measured and written down, in a process of its own, unless `measure` is off: then it is the usual one. UsageError
    where a bank's own file cannot be taken."""
    own, rows = _own_files(settings)
    now = datetime.now().astimezone()
    return Kit(
        settings=settings,
        engine=_engine(settings, measure),
        today=settings.as_of or now.date(),
        run=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        reports=reports,
        parameters=own,
        checklist=rows,
    )


def _own_files(settings: Settings) -> tuple[Parameters | None, Checklist | None]:
    """A bank's parameters and checklist where the settings name them."""
    if settings.parameters is None and settings.checklist is None:
        return None, None  # and `read` need not load the rules
    from validators.checklist import Checklist
    from validators.parameters import Parameters

    return (
        Parameters.load(settings.parameters) if settings.parameters else None,
        Checklist.load(settings.checklist) if settings.checklist else None,
    )


def _engine(settings: Settings, measure: bool) -> EngineSpec:
    from pipeline.ocr import choose

    if settings.engine != "rapidocr" or (settings.work / "engine.json").exists():
        return choose(settings.engine, settings.work)
    if not measure:
        from pipeline.ocr.spec import rapid_spec

        return rapid_spec()
    crew = Pool(1)
    try:
        return crew.submit(choose, settings.engine, settings.work, seconds=300).result()
    except Lost as fault:
        raise EngineError(
            f"the OCR engine could not be tried out: {fault.reason}", "Run `dossier doctor`."
        ) from None
    finally:
        crew.stop()


def get_ready(engine: EngineSpec) -> None:
    """Loads all that a case needs, in a worker: the engine, its models, the readers and rules, what writes reports. Seconds
    that pass while something else is waited for."""
    from extractors import MATERIALS
    from pipeline.reading import engine_of

    for name in NEEDED:
        import_module(name)
    for material in MATERIALS:
        material.prepare()
    engine_of(engine)


Tell = Callable[[str, int], None]
"""Hears of progress: ("pages", how many more there are) and ("read", how many of them are done)."""


def _silent(what: str, count: int) -> None:
    return


# ---------------------------------------------------------------- the pipeline


def read_case(papers: Papers, kit: Kit, crew: Crew, tell: Tell = _silent) -> Dossier:
    """Application, files, pages: a case as it is before anybody judges it."""
    application, said = declared(papers)
    opened, unopened = open_files(papers, application, kit, crew)
    files, unread = read_pages(opened, papers, kit, crew, tell)
    files += [_unopened(papers, lost) for lost in unopened]
    return Dossier(
        case=papers.case,
        files=tuple(sorted(files, key=lambda file: file.key)),
        paths=dict(papers.paths),
        passwords={one.key: one.password for one in opened if one.password},
        application=application,
        said=papers.said + said,
        lost=tuple(unopened + unread),
    )


def settle(dossier: Dossier, kit: Kit, before: tuple[str, ...] | None) -> Settled:
    """Documents, judgement, reports; run in a worker. `before`: the findings of the last run of other papers."""
    from flows.ledger import since_last

    result = judged(dossier, kit)
    ids = tuple(sorted({finding.id for finding in result.judgement.findings if finding.severity != "info"}))
    result = replace(result, since_last=since_last(before, ids))
    report(result, dossier, kit)
    submitted = dossier.application is not None and dossier.application.submitted_on is not None
    return Settled(
        as_of=result.as_of,
        submitted=submitted,
        settled_until=result.judgement.settled_until,
        verdict=result.judgement.verdict,
        why=dict(result.judgement.why),
        counts=dict(Counter(finding.severity for finding in result.judgement.findings)),
        findings=ids,
    )


def run_case(
    papers: Papers, kit: Kit, crew: Crew, before: tuple[str, ...] | None = None, tell: Tell = _silent
) -> tuple[Settled, tuple[LostPage, ...]]:
    """The whole way of one case. Raises Lost where the judgement itself died, DossierError where a machine is broken."""
    dossier = read_case(papers, kit, crew, tell)
    settled = crew.submit(settle, dossier, kit, before, seconds=kit.settings.case_seconds).result()
    return settled, dossier.lost


# ---------------------------------------------------------------- files


def fetch(store: Store, case: str, items: Iterable[Item], folder: Path) -> Papers:
    """Copies a case's objects below `folder`. An object that is gone meanwhile is left out; one that stays torn is a finding."""
    from pipeline.intake import passed_over

    paths, said = {}, []
    for item in items:
        key = item.key[len(case) + 1 :]
        if passed_over(key):
            continue
        target = flat_path(folder, key)
        try:
            store.fetch(item, target)
        except Vanished:
            continue
        except Torn:
            said.append(_corrupt(key, "changes_while_read"))
            continue
        except UnsafeKey:
            said.append(_corrupt(key, "unsafe_name"))
            continue
        paths[key] = target
    return Papers(case, paths, tuple(said))


def _corrupt(key: str, reason: str) -> Finding:
    return Finding("FILE_CORRUPT", "medium", {"reason": reason}, (Evidence(file=key),), key=key)


def declared(papers: Papers) -> tuple[Application | None, tuple[Finding, ...]]:
    """What the customer declared, and the findings of what could not be taken of it."""
    from pipeline.application import NAME_OF_FILE, read_application

    path = papers.paths.get(NAME_OF_FILE)
    return (None, ()) if path is None else read_application(path.read_bytes(), NAME_OF_FILE)


def open_files(
    papers: Papers, application: Application | None, kit: Kit, crew: Crew
) -> tuple[list[Opened], list[LostPage]]:
    """Looks at every file but the application: what it is, how many pages it has; a copy of another one has none."""
    from pipeline.application import NAME_OF_FILE
    from pipeline.intake import open_file

    limits = kit.settings.limits
    passwords = tuple(application.passwords) if application else ()
    jobs: list[tuple[str, Job[Opened]]] = [
        (key, crew.submit(open_file, path, key, limits, passwords, seconds=kit.settings.page_seconds))
        for key, path in sorted(papers.paths.items())
        if key != NAME_OF_FILE
    ]
    opened: list[Opened] = []
    lost: list[LostPage] = []
    first: dict[str, str] = {}
    for key, job in jobs:
        try:
            one = job.result()
        except Lost as fault:
            lost.append(LostPage(key, None, _unless_stopped(fault)))
            continue
        same_as = first.setdefault(one.sha256, one.key)
        opened.append(one if same_as == one.key or one.size == 0 else _copy_of(one, same_as))
    return opened, lost


def _copy_of(opened: Opened, same_as: str) -> Opened:
    finding = Finding(
        "FILE_DUPLICATE", "info", {"same_as": same_as}, (Evidence(file=opened.key),), key=opened.key
    )
    return replace(opened, page_count=0, findings=(finding,))


def _unopened(papers: Papers, lost: LostPage) -> File:
    data = papers.paths[lost.file].read_bytes()
    return File(
        lost.file, hashlib.sha256(data).hexdigest(), len(data), "unknown", facts={"lost": lost.reason}
    )


# ---------------------------------------------------------------- pages


def read_pages(
    opened: Sequence[Opened], papers: Papers, kit: Kit, crew: Crew, tell: Tell = _silent
) -> tuple[list[File], list[LostPage]]:
    """Every page of every file, an item of work each; a page lost through a fault of ours stands there without lines."""
    tell("pages", sum(one.page_count for one in opened))
    jobs = [
        [
            crew.submit(_read, papers.paths[one.key], one, n, kit, seconds=kit.settings.page_seconds)
            for n in range(1, one.page_count + 1)
        ]
        for one in opened
    ]
    files, lost = [], []
    for one, pages_of_one in zip(opened, jobs, strict=True):
        pages, missing = [], {}
        for number, job in enumerate(pages_of_one, 1):
            try:
                page = job.result()
            except Lost as fault:
                reason = _unless_stopped(fault)
                missing[str(number)] = reason
                lost.append(LostPage(one.key, number, reason))
                page = Page(one.key, number, "ocr", quality={"lost": reason})
            pages.append(page)
            tell("read", 1)
        facts = {**one.facts, **({"lost_pages": missing} if missing else {})}
        said = one.findings
        if any("damage" in page.quality for page in pages) and all(f.code != "FILE_CORRUPT" for f in said):
            said = (*said, _corrupt(one.key, "unreadable"))
        files.append(File(one.key, one.sha256, one.size, one.kind, tuple(pages), said, facts))
    return files, lost


def _read(path: Path, opened: Opened, number: int, kit: Kit) -> Page:
    from pipeline.cas import Cas
    from pipeline.reading import read_page

    return read_page(path, opened, number, kit.engine, Cas(kit.settings.work / "store"))


def _unless_stopped(fault: Lost) -> str:
    """The reason of a loss; a stopped run is no loss of a page but the end of everything: raised again."""
    if fault.reason == "stopped":
        raise fault
    return fault.reason


# ---------------------------------------------------------------- judgement and reports


def recognised(dossier: Dossier, kit: Kit) -> tuple[list[Document], list[Finding]]:
    """The documents on the pages of a case, and what is to be said of pages that are none. Cells of scans that fail a
    proof of their own document have been read again."""
    from extractors import MATERIALS
    from pipeline.assemble import assemble

    documents, loose = assemble(dossier.files, MATERIALS)
    return _read_again(documents, dossier, kit), loose


def _read_again(documents: list[Document], dossier: Dossier, kit: Kit) -> list[Document]:
    from extractors import MATERIALS

    known = {material.type: material for material in MATERIALS}
    if not any(known[document.type].suspects(document) for document in documents):
        return documents
    from pipeline.cas import Cas
    from pipeline.second import read_again

    store = Cas(kit.settings.work / "store")
    return read_again(
        documents, MATERIALS, dossier.files, dossier.paths, dossier.passwords, kit.engine, store
    )


def judged(dossier: Dossier, kit: Kit) -> CaseResult:
    """Documents out of pages, findings out of documents."""
    from extractors import MATERIALS
    from pipeline.result import CaseResult
    from validators.judge import judge
    from validators.parameters import Parameters

    application = dossier.application
    documents, loose = recognised(dossier, kit)
    submitted_on = application.submitted_on if application else None
    as_of = submitted_on or kit.today
    judgement = judge(
        files=dossier.files,
        documents=documents,
        loose=[*dossier.said, *loose],
        application=application,
        as_of=as_of,
        as_of_is_submission=submitted_on is not None,
        materials=MATERIALS,
        parameters=kit.parameters or Parameters.load(),
        checklist=kit.checklist,
    )
    return CaseResult(
        case=dossier.case,
        run=kit.run,
        as_of=as_of,
        judgement=in_doubt(judgement, dossier.lost) if dossier.lost else judgement,
        files=dossier.files,
        application=application.as_plain() if application else None,
        versions=kit.versions,
    )


def in_doubt(judgement: Judgement, lost: Sequence[LostPage]) -> Judgement:
    """A judgement where pages were lost through a fault of ours: what such a page could answer is unsure, a person must look."""
    needs = [f"{one.file}#{one.page}" if one.page else one.file for one in lost]
    unsure = {"reason": "unreadable", "needs": needs}
    checks = tuple(
        Check(check.code, check.person, "unsure", unsure)
        if check.code in ABSENCES and check.outcome in ("raised", "not_run")
        else check
        for check in judgement.checks
    )
    return replace(
        judgement,
        verdict="review",
        why={
            "zh": f"有{len(lost)}处文件或页面因程序故障未能读出，须人工查看或重新处理。",
            "en": f"{len(lost)} files or pages could not be read through a fault of the program: look at them, or run again.",
        },
        checks=checks,
        findings=tuple(finding for finding in judgement.findings if finding.code not in ABSENCES),
    )


def report(result: CaseResult, dossier: Dossier, kit: Kit) -> None:
    """Writes a case's reports to the store of reports, each whole or not at all."""
    from pipeline.report import write_case
    from validators.catalogue import CATALOGUE

    if kit.reports is None:
        return
    store = open_store(kit.reports, kit.settings, writable=True)

    def out(name: str, data: bytes, content_type: str) -> None:
        store.put(f"{result.case}/{name}", data, content_type)

    write_case(result, CATALOGUE, pictures(dossier), out, kit.settings.lang)


def pictures(dossier: Dossier) -> Callable[[str, int], Any]:
    """Gives the upright picture of a page of the case, None where there is none (a lost or broken page)."""
    from pipeline.intake import picture

    turns = {(page.file, page.number): page.rotation for file in dossier.files for page in file.pages}

    def give(file: str, page: int) -> Any:
        path = dossier.paths.get(file)
        if path is None or (file, page) not in turns:
            return None
        try:
            return picture(path, page, turns[file, page], dossier.passwords.get(file), long_side=1600)
        except (
            Exception
        ):  # decoders raise what they like on broken pages: the report then shows the place in words
            return None

    return give
