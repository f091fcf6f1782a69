"""The ledger: what stands is not run again, what changed is, and since_last compares with other papers alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from flows.ledger import Entry, Ledger, fingerprint, since_last
from flows.night import Survey, survey
from flows.stages import Kit
from pipeline.ocr import EngineSpec
from pipeline.settings import Settings
from pipeline.stores import Item, open_store
from tests.papers import linear

DAY = date(2026, 6, 10)


def entry(**changes) -> Entry:
    return replace(
        Entry("p1", "r1", DAY, False, None, "pass", {"zh": "好", "en": "good"}, {"low": 2}), **changes
    )


@pytest.fixture
def ledger(tmp_path):
    held = Ledger(tmp_path)
    yield held
    held.close()


def test_a_fingerprint_follows_names_sizes_and_etags_and_not_their_order():
    """Any change of a key, a size or an ETag is another case; the order of the listing is not."""
    items = [Item("c/a.jpg", 3, "x"), Item("c/b.jpg", 4, "y")]
    whole = fingerprint(items, "c")
    assert fingerprint(items[::-1], "c") == whole
    for changed in (Item("c/a2.jpg", 3, "x"), Item("c/a.jpg", 2, "x"), Item("c/a.jpg", 3, "z")):
        assert fingerprint([changed, items[1]], "c") != whole
    assert fingerprint([Item("d/a.jpg", 3, "x"), Item("d/b.jpg", 4, "y")], "d") == whole


@pytest.mark.parametrize(
    ("made", "papers", "recipe", "today", "asked", "holds"),
    [
        (entry(), "p1", "r1", DAY, False, True),
        (entry(), "p2", "r1", DAY, False, False),
        (entry(), "p1", "r2", DAY, False, False),
        (entry(failed="PAGE_CRASHED"), "p1", "r1", DAY, False, False),
        (entry(), "p1", "r1", date(2026, 9, 1), False, True),
        (entry(settled_until=date(2026, 7, 1)), "p1", "r1", date(2026, 6, 30), False, True),
        (entry(settled_until=date(2026, 7, 1)), "p1", "r1", date(2026, 7, 1), False, False),
        (entry(), "p1", "r1", date(2026, 6, 9), False, False),
        (entry(), "p1", "r1", date(2026, 6, 11), True, False),
        (entry(submitted=True, settled_until=DAY), "p1", "r1", date(2027, 1, 1), True, True),
    ],
)
def test_when_a_case_stands(made, papers, recipe, today, asked, holds):
    """Same papers, same recipe, no fault; and where the day was not the application's, no limit of freshness crossed."""
    assert made.holds(papers, recipe, today, asked) is holds


def test_entries_come_back_as_they_were_written(ledger):
    """Days, sentences and counts survive the file; numbers are given once and for ever."""
    numbers = ledger.numbers("s3://b", ["卷宗 一", "b"])
    assert ledger.numbers("s3://b", ["b", "c"])["b"] == numbers["b"]
    assert ledger.numbers("s3://other", ["b"])["b"] not in numbers.values()
    made = entry(settled_until=date(2026, 7, 1), findings=("f1", "f2"))
    ledger.write(numbers["卷宗 一"], made)
    assert ledger.entries("s3://b") == {"卷宗 一": made}
    assert ledger.entries("s3://other") == {}


def test_before_is_the_last_run_of_other_papers(ledger):
    """However often the same papers are run again, they are compared with those that came before them."""
    assert ledger.before(1, "p1") is None
    ledger.numbers("s", ["c"])
    ledger.write(1, entry(papers="p1", findings=("a", "b")))
    assert ledger.before(1, "p1") is None
    assert ledger.before(1, "p2") == ("a", "b")
    ledger.write(1, entry(papers="p2", findings=("b", "c")))
    ledger.write(1, entry(papers="p2", findings=("b", "c")))
    assert ledger.before(1, "p2") == ("a", "b")
    assert ledger.before(1, "p3") == ("b", "c")


def test_since_last():
    """Cleared, open and new, each in order; a first run is all new."""
    assert since_last(("a", "b"), ("b", "c")) == {"cleared": ["a"], "open": ["b"], "new": ["c"]}
    assert since_last(None, ("b",)) == {"cleared": [], "open": [], "new": ["b"]}


@contextmanager
def settled(home: Path, cases: int) -> Iterator[Callable[[], Survey]]:
    """A bucket of cases of 15 files, all of them run and reported: gives what looks it through once more."""
    bucket, reports = home / "b", home / "r"
    for number in range(cases):
        folder = bucket / f"c{number:04}"
        folder.mkdir(parents=True)
        for name in range(15):
            (folder / f"{name}.jpg").touch()
        (reports / folder.name).mkdir(parents=True)
        (reports / folder.name / "report.html").touch()
    settings = Settings(store=str(bucket), reports=str(reports), work=home / "w")
    kit = Kit(settings, EngineSpec("blank", "1"), DAY, "run", str(reports))
    ledger = Ledger(settings.work)
    store = open_store(settings.store, settings)
    for job in survey(store, ledger, kit, False, False).jobs:
        ledger.write(job.number, entry(papers=job.papers, recipe=kit.recipe))
    yield lambda: survey(store, ledger, kit, False, False)
    ledger.close()


def test_of_a_hundred_cases_only_the_changed_one_is_left(tmp_path):
    """100 cases of 15 files, held against the ledger: no paper is opened, and what is left is the case that changed."""
    with settled(tmp_path, 100) as look:
        (tmp_path / "b" / "c0050" / "7.jpg").write_bytes(b"x")
        with opened() as files:
            found = look()
    assert [(job.case, job.state) for job in found.jobs] == [("c0050", "changed")]
    assert len(found.settled) == 99
    assert [name for name in files if name.endswith(".jpg")] == []


def test_the_cost_of_unchanged_cases_grows_with_their_number(tmp_path):
    """Twice the cases take twice the work, not four times: a thousand are settled in seconds."""
    with (
        settled(tmp_path / "1", 10) as ten,
        settled(tmp_path / "2", 20) as twenty,
        settled(tmp_path / "3", 30) as thirty,
    ):
        assert linear(lambda look: look(), ten, twenty, thirty)


_listeners: list[list[str]] = []


@cache
def _listening() -> None:
    """A hook can never be taken away again, and every later event of the process pays for it: set when it is needed."""
    sys.addaudithook(_listen)


def _listen(event: str, args: tuple[object, ...]) -> None:
    if event == "open":
        for files in _listeners:
            files.append(str(args[0]))


@contextmanager
def opened() -> Iterator[list[str]]:
    """The names of all files that are opened meanwhile."""
    _listening()
    files: list[str] = []
    _listeners.append(files)
    yield files
    _listeners.remove(files)


def test_a_case_whose_report_is_gone_is_run_again(tmp_path):
    """Nobody is told `unchanged` about a report that does not lie there."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "a.jpg").touch()
    settings = Settings(store=str(tmp_path / "b"), work=tmp_path / "w")
    kit = Kit(settings, EngineSpec("blank", "1"), DAY, "run", str(tmp_path / "r"))
    ledger = Ledger(settings.work)
    store = open_store(settings.store, settings)
    (job,) = survey(store, ledger, kit, False, False).jobs
    ledger.write(job.number, entry(papers=job.papers, recipe=kit.recipe))
    assert len(survey(store, ledger, kit, False, False).jobs) == 1
    (tmp_path / "r" / "c").mkdir(parents=True)
    (tmp_path / "r" / "c" / "report.html").touch()
    assert survey(store, ledger, kit, False, False).jobs == ()
    assert len(survey(store, ledger, kit, False, True).jobs) == 1
    ledger.close()
