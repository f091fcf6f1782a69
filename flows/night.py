"""The night: every new or changed case of a store as one Prefect flow, a task a case; then the index of the batch."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import queue
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.books import close_stale, let_settle, tag_of, write_artifacts
from flows.ledger import Entry, Ledger, fingerprint
from flows.lock import only_one
from flows.progress import Quiet, Watcher
from flows.server import Stopped, serving
from flows.stages import Kit, fetch, get_ready, run_case
from flows.workers import Crew, Lost, Pool
from pipeline.cas import Cas
from pipeline.errors import DossierError, EngineError, StoreError
from pipeline.stores import Item, Store, open_store

if TYPE_CHECKING:
    from pipeline.report import Batch, BatchRow

PREFECT = (
    "prefect.main",
    "prefect.artifacts",
    "prefect.client.orchestration",
    "prefect.task_runners",
    "fastapi",
)
"""The modules that load all of Prefect that a night uses."""
STORE_TRIES = 3
"""How often a case is begun anew where the store fails it, beside the store's own tries."""
STORE_PAUSE = 5
"""Seconds between those."""
PATIENCE = 7.0
"""Seconds that a stopped night is given to end by itself before it is left."""


@dataclass(frozen=True, slots=True)
class Job:
    """A case to be run: its number is all that the outside hears of it."""

    number: int
    case: str
    items: tuple[Item, ...] = field(repr=False)
    papers: str
    state: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What a night finds: cases to run, and the entries of those that stand as they are."""

    jobs: tuple[Job, ...]
    settled: dict[str, Entry]


@dataclass(slots=True)
class Night:
    """What came of a night: its batch as the index shows it, and the place of that index."""

    batch: Batch
    index: str
    pages: int
    faults: int
    store_faults: int

    @property
    def status(self) -> int:
        """The exit status: 3 where all that went wrong was the store, 1 for faults of ours, else 0."""
        if not self.faults:
            return 0
        return StoreError.status if self.store_faults == self.faults else DossierError.status


# ---------------------------------------------------------------- what is to be done


def survey(store: Store, ledger: Ledger, kit: Kit, asked: bool, everything: bool) -> Survey:
    """Holds the store's listing against the ledger: one pass over the keys, a case at a time in memory."""
    known = ledger.entries(store.url)
    shown = _reported(kit)
    found: list[tuple[str, tuple[Item, ...], str, str]] = []
    settled: dict[str, Entry] = {}
    for case, items in itertools.groupby(
        (item for item in store.list() if "/" in item.key), lambda item: item.key.split("/", 1)[0]
    ):
        held = tuple(items)
        papers, entry = fingerprint(held, case), known.get(case)
        if not everything and case in shown and entry and entry.holds(papers, kit.recipe, kit.today, asked):
            settled[case] = entry
        else:
            found.append((case, held, papers, "new" if entry is None else "changed"))
    numbers = ledger.numbers(store.url, (case for case, _, _, _ in found))
    return Survey(tuple(Job(numbers[c], c, held, papers, state) for c, held, papers, state in found), settled)


def _reported(kit: Kit) -> set[str]:
    """The cases whose report lies in the store of reports."""
    if kit.reports is None:
        return set()
    try:
        listed = open_store(kit.reports, kit.settings).list()
        return {item.key.split("/", 1)[0] for item in listed if item.key.endswith("/report.html")}
    except (
        StoreError
    ):  # not there yet: it is made by the first report, and one out of reach fails there with its name
        return set()


# ---------------------------------------------------------------- one case


class Runner:
    """Runs cases for the flow: fetches, reads, judges, writes, and keeps the ledger; called from several threads."""

    def __init__(self, kit: Kit, store: Store, ledger: Ledger, crew: Crew, watcher: Watcher) -> None:
        self.kit, self.store, self.ledger, self.crew, self.watcher = kit, store, ledger, crew, watcher
        self.entries: dict[str, Entry] = {}
        self.reported: set[str] = set()
        self.pages = 0
        self._lock = threading.Lock()
        self._tries: dict[int, int] = {}
        self._begun: dict[int, Future[str]] = {}

    def tell(self, what: str, count: int) -> None:
        """Passes progress on and counts what was read."""
        if what == "read":
            with self._lock:
                self.pages += count
        self.watcher.tell(what, count)

    def begin(self, jobs: Sequence[Job], threads: int) -> None:
        """Begins the cases in their order, beside whatever the caller does next: they need nothing of Prefect, whose
        server takes as long to start as many a case to be read."""
        waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in jobs:
            self._begun[job.number] = Future()
            waiting.put(job)
        for number in range(threads):
            threading.Thread(target=self._work, args=(waiting,), name=f"case-{number}", daemon=True).start()

    def _work(self, waiting: queue.SimpleQueue[Job]) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                job = waiting.get_nowait()
                try:
                    stopped = getattr(self.crew, "stopped", False)
                    self._begun[job.number].set_result("STOPPED" if stopped else self.run(job))
                except BaseException as error:  # carried to whoever asks for the outcome
                    self._begun[job.number].set_exception(error)

    def outcome(self, job: Job) -> str:
        """As `run`, of a case that was begun; one that is asked for again is run again."""
        begun = self._begun.pop(job.number, None)
        return begun.result() if begun else self.run(job)

    def run(self, job: Job) -> str:
        """Does one case; the code of the fault, or nothing. Raises StoreRetry where the store may do better later."""
        began = time.monotonic()
        folder = self.kit.settings.work / "fetched" / self.kit.run / str(job.number)
        try:
            entry = self._run(job, folder, began)
        except Lost as fault:
            if fault.reason == "stopped":
                return "STOPPED"
            entry = self._failed(job, began, f"CASE_{fault.reason.upper()}")
            self.watcher.note(f"case {job.number}: {fault.reason} {fault.detail}")
        except StoreError as error:
            self._tries[job.number] = self._tries.get(job.number, 0) + 1
            if self._tries[job.number] < STORE_TRIES and not getattr(self.crew, "stopped", False):
                raise StoreRetry("STORE_FAILED") from None
            entry = self._failed(job, began, "STORE_FAILED")
            self.watcher.note(f"case {job.number}: {error}")
        except DossierError as error:
            entry = self._failed(
                job, began, "ENGINE_FAILED" if isinstance(error, EngineError) else "WORK_FAILED"
            )
            self.watcher.note(f"case {job.number}: {error}")
        # A bug of ours costs this case, not the night; its text could quote the papers.
        except Exception as error:
            entry = self._failed(job, began, f"BUG_{type(error).__name__}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        with self._lock:
            self.ledger.write(job.number, entry)
            self.entries[job.case] = entry
        self.watcher.done(
            job.number, job.case, "failed" if entry.failed else entry.verdict or "", entry.seconds
        )
        return entry.failed

    def _run(self, job: Job, folder: Path, began: float) -> Entry:
        folder.mkdir(parents=True, mode=0o700)
        papers = fetch(self.store, job.case, job.items, folder)
        with self._lock:
            before = self.ledger.before(job.number, job.papers)
        settled, lost = run_case(papers, self.kit, self.crew, before, self.tell)
        self.reported.add(job.case)
        return Entry(
            papers=job.papers,
            recipe=self.kit.recipe,
            as_of=settled.as_of,
            submitted=settled.submitted,
            settled_until=settled.settled_until,
            verdict=settled.verdict,
            why=settled.why,
            counts=settled.counts,
            findings=settled.findings,
            seconds=round(time.monotonic() - began, 2),
            failed=f"PAGE_{lost[0].reason.upper()}" if lost else "",
        )

    def _failed(self, job: Job, began: float, code: str) -> Entry:
        seconds = round(time.monotonic() - began, 2)
        kept = self.ledger.before(job.number, job.papers) or ()
        return Entry(
            job.papers,
            self.kit.recipe,
            self.kit.today,
            False,
            None,
            None,
            findings=kept,
            seconds=seconds,
            failed=code,
        )


class StoreRetry(Exception):
    """The store failed a case and may do better in a moment: what Prefect's retries wait for. It carries a code alone."""


# ---------------------------------------------------------------- the night


def run_night(
    kit: Kit, *, asked: bool = False, everything: bool = False, watcher: Watcher | None = None
) -> Night:
    """Runs one night over `kit.settings.store` and writes its index. Call it in the main thread.

    `asked`: the day in `kit.today` was named by the user. Raises NightRunning, StoreError (the store cannot be listed),
    Stopped (Ctrl-C or SIGTERM: what was done stands, the next night goes on there).
    """
    watcher, started, settings = watcher or Quiet(), datetime.now().astimezone(), kit.settings
    with only_one(settings.work, kit.run), contextlib.closing(Ledger(settings.work)) as ledger:
        shutil.rmtree(settings.work / "fetched", ignore_errors=True)  # what a killed night had on the way
        Cas(settings.work / "store").sweep()
        store = open_store(settings.store, settings)
        found = survey(store, ledger, kit, asked, everything)
        watcher.begin(len(found.jobs), len(found.settled))
        with _signals() as signals, _crew(kit, found) as crew:
            runner = Runner(kit, store, ledger, crew, watcher) if crew else None
            if runner:
                runner.begin(found.jobs, settings.workers + 1)
            index = _index_of(kit)
            with serving(settings.work, signals.is_set, load_prefect):
                _in_a_thread(lambda: _flow(kit, found, runner, index), signals, crew)
                if signals.is_set():
                    raise Stopped("stopped", "what is done stands; run again to go on")
                batch = _batch(kit, found, runner, started)
                _write(kit, batch)
    failed = [row.error for row in batch.rows if row.error]
    return Night(
        batch, index, runner.pages if runner else 0, len(failed), sum(e == "STORE_FAILED" for e in failed)
    )


@contextlib.contextmanager
def _crew(kit: Kit, found: Survey) -> Iterator[Pool | None]:
    """The workers, which get ready while Prefect starts; None where there is nothing for them to do."""
    if not found.jobs:
        yield None
        return
    most = max(1, sum(len(job.items) for job in found.jobs) * 4)
    crew = Pool(min(kit.settings.workers, most), prepare=functools.partial(get_ready, kit.engine))
    try:
        yield crew
    finally:
        crew.stop()


def _index_of(kit: Kit) -> str:
    base = kit.reports or ""
    return f"{base.rstrip('/')}/batches/{kit.run}/index.html"


@contextlib.contextmanager
def _signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set instead of what they do by themselves; `os.environ` and threads are left alone."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def heard(number: int, frame: object) -> None:
        if stop.is_set():
            os._exit(128 + number)  # asked twice: the kernel ends our children with us
        stop.set()

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_a_thread(work: Callable[[], None], signals: threading.Event, crew: Pool | None) -> None:
    """Runs the flow beside the main thread, which stays free to hear signals; raises what the flow raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # carried over to the main thread, whatever it is
            raised.append(error)

    thread = threading.Thread(target=run, name="night", daemon=True)
    thread.start()
    until: float | None = None
    while thread.is_alive():
        thread.join(0.1)
        if signals.is_set() and until is None:
            until = time.monotonic() + PATIENCE
            if crew:
                crew.stop()
        if until is not None and time.monotonic() > until:
            return
    if raised and not signals.is_set():
        raise raised[0]


def load_prefect() -> None:
    """Imports what the flow needs of Prefect, three seconds that pass while its server starts."""
    for name in PREFECT:
        import_module(name)


def _flow(kit: Kit, found: Survey, runner: Runner | None, index: str) -> None:
    """The Prefect flow. Its parameter is the batch, its tasks are called by numbers, its failures are codes."""
    from prefect import flow, tags, task
    from prefect.client.schemas.objects import State
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.states import Completed, Failed
    from prefect.task_runners import ThreadPoolTaskRunner

    jobs = {job.number: job for job in found.jobs}
    threads: Any = ThreadPoolTaskRunner(max_workers=kit.settings.workers + 1)

    def again(task: Any, run: Any, state: State[Any]) -> bool:
        return isinstance(state.result(raise_on_failure=False), StoreRetry)

    @task(
        name="case", task_run_name="case-{number}", persist_result=False, retries=STORE_TRIES - 1,
        retry_delay_seconds=STORE_PAUSE, retry_condition_fn=again,
    )  # fmt: skip
    def case(number: int) -> State[Any]:
        assert runner is not None
        code = runner.outcome(jobs[number])
        return Failed(message=code) if code else Completed(message="done")

    @flow(
        name="night", flow_run_name="night-{batch}", persist_result=False, validate_parameters=False,
        task_runner=threads,
    )  # fmt: skip
    def night(batch: str) -> State[Any]:
        futures = [case.submit(number) for number in jobs]
        for future in futures:
            future.wait()
        failed = sum(future.state.is_failed() for future in futures)
        counts = {"run": len(futures), "unchanged": len(found.settled), "failed": failed}
        write_artifacts(counts, index)
        return Completed(message=f"{len(futures)} cases run, {len(found.settled)} unchanged, {failed} failed")

    tag = tag_of(kit.settings.work)
    close_stale(tag)
    with tags(tag), temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        night(kit.run)
    let_settle(tag)


# ---------------------------------------------------------------- the index


def _batch(kit: Kit, found: Survey, runner: Runner | None, started: datetime) -> Batch:
    from pipeline.report import Batch

    ran = runner.entries if runner else {}
    shown = runner.reported if runner else set()
    rows = [
        _row(job.case, ran.get(job.case) or _not_run(kit, job), job.state, job.case in shown)
        for job in found.jobs
    ]
    rows += [_row(case, entry, "unchanged", True) for case, entry in found.settled.items()]
    return Batch(
        id=kit.run,
        as_of=kit.today,
        started=started,
        ended=datetime.now().astimezone(),
        rows=tuple(sorted(rows, key=lambda row: row.case)),
        versions=kit.versions,
    )


def _not_run(kit: Kit, job: Job) -> Entry:
    """A case that left no entry: its task itself died (a ledger that cannot be written, say)."""
    return Entry(job.papers, kit.recipe, kit.today, False, None, None, failed="CASE_NOT_KEPT")


def _row(case: str, entry: Entry, state: str, report: bool) -> BatchRow:
    from pipeline.report import BatchRow

    return BatchRow(
        case=case,
        verdict=None if entry.failed else entry.verdict,
        counts=dict(entry.counts),  # type: ignore[arg-type]  # the ledger keeps severities as plain words
        why=dict(entry.why) or {"zh": "", "en": ""},
        state="failed" if entry.failed else state,
        seconds=0.0 if state == "unchanged" else entry.seconds,
        report=report,
        error=entry.failed,
    )


def _write(kit: Kit, batch: Batch) -> None:
    from pipeline.report import write_batch

    if kit.reports is None:
        return
    store = open_store(kit.reports, kit.settings, writable=True)
    write_batch(
        batch, lambda name, data, kind: store.put(f"batches/{batch.id}/{name}", data, kind), kit.settings.lang
    )
