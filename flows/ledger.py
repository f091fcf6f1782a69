"""What nights remember of each case: its number, what it was judged on, what came out; so that unchanged cases are settled at once."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.stores.base import Item

NAME = "ledger.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS cases (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    store TEXT NOT NULL,
    case_id TEXT NOT NULL,
    UNIQUE (store, case_id)
);
CREATE TABLE IF NOT EXISTS results (
    number INTEGER NOT NULL REFERENCES cases (number),
    papers TEXT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (number, papers)
);
CREATE TABLE IF NOT EXISTS latest (
    number INTEGER PRIMARY KEY REFERENCES cases (number),
    papers TEXT NOT NULL,
    before TEXT
);
"""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What came out of a case: enough for its row in the index, and to know when it must be run again.

    `recipe` is the hash of all that is not the papers (program, parameters, engine, where reports go); `submitted`
    whether `as_of` came from the application; `settled_until` the first day on which the same papers could be judged
    otherwise; `findings` the ids of its findings above `info`; `failed` a code of a fault of ours, or empty.
    """

    papers: str
    recipe: str
    as_of: date
    submitted: bool
    settled_until: date | None
    verdict: str | None
    why: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[str] = ()
    seconds: float = 0.0
    pages: int = 0
    failed: str = ""

    def holds(self, papers: str, recipe: str, today: date, asked: bool) -> bool:
        """Whether a case with these papers need not be run on `today`; `asked` where that day was named by the user."""
        if self.failed or (self.papers, self.recipe) != (papers, recipe):
            return False
        if self.submitted or self.as_of == today:
            return True
        if asked or today < self.as_of:
            return False
        return self.settled_until is None or today < self.settled_until


def fingerprint(items: Iterable[Item], case: str) -> str:
    """The hash of a case's listing: every key below the case with its size and ETag, in any order."""
    whole = hashlib.sha256()
    for item in sorted(items, key=lambda item: item.key):
        key = item.key[len(case) + 1 :]
        whole.update(f"{len(key)}:{key}\x1f{item.size}\x1f{item.etag}\x1e".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def since_last(before: Sequence[str] | None, now: Sequence[str]) -> dict[str, list[str]]:
    """Which findings are cleared, open and new against those of the last run of other input (None: there was none)."""
    old = set(before or ())
    return {
        "cleared": sorted(old - set(now)),
        "open": sorted(old & set(now)),
        "new": sorted(set(now) - old),
    }


class Ledger:
    """One SQLite file in the work folder, used from one thread at a time. Case ids stay in it; the outside gets numbers."""

    def __init__(self, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = work / NAME
        path.touch(mode=0o600, exist_ok=True)
        self._base = sqlite3.connect(path, timeout=30, check_same_thread=False)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")
        if self._base.execute("PRAGMA user_version").fetchone()[0] not in (0, _VERSION):
            self._base.executescript("DROP TABLE latest; DROP TABLE results; DROP TABLE cases;")
        self._base.executescript(_SCHEMA)
        self._base.execute(f"PRAGMA user_version = {_VERSION}")

    def close(self) -> None:
        self._base.close()

    def numbers(self, store: str, cases: Iterable[str]) -> dict[str, int]:
        """The number of each case of a store, given once and for ever."""
        with self._base:
            self._base.executemany(
                "INSERT OR IGNORE INTO cases (store, case_id) VALUES (?, ?)",
                ((store, case) for case in cases),
            )
        rows = self._base.execute("SELECT case_id, number FROM cases WHERE store = ?", (store,))
        return dict(rows.fetchall())

    def entries(self, store: str) -> dict[str, Entry]:
        """What came out last, by case id."""
        rows = self._base.execute(
            "SELECT case_id, entry FROM cases JOIN latest USING (number) JOIN results USING (number, papers) WHERE store = ?",
            (store,),
        )
        return {case: _entry(text) for case, text in rows}

    def before(self, number: int, papers: str) -> tuple[str, ...] | None:
        """The findings of the last finished run of other papers than these, None where there was none."""
        with closing(
            self._base.execute("SELECT papers, before FROM latest WHERE number = ?", (number,))
        ) as rows:
            row = rows.fetchone()
        if row is None:
            return None
        other = row[1] if row[0] == papers else row[0]
        if other is None:
            return None
        kept = self._base.execute(
            "SELECT entry FROM results WHERE number = ? AND papers = ?", (number, other)
        ).fetchone()
        return tuple(_entry(kept[0]).findings) if kept else None

    def write(self, number: int, entry: Entry) -> None:
        """Keeps what came out of a case, whole or not at all. Papers older than the last two sorts are forgotten."""
        with self._base:
            row = self._base.execute(
                "SELECT papers, before FROM latest WHERE number = ?", (number,)
            ).fetchone()
            before = None if row is None else row[1] if row[0] == entry.papers else row[0]
            self._base.execute(
                "INSERT OR REPLACE INTO latest (number, papers, before) VALUES (?, ?, ?)",
                (number, entry.papers, before),
            )
            self._base.execute(
                "INSERT OR REPLACE INTO results (number, papers, entry) VALUES (?, ?, ?)",
                (number, entry.papers, json.dumps(_plain(entry), ensure_ascii=False)),
            )
            self._base.execute(
                "DELETE FROM results WHERE number = ? AND papers NOT IN (?, ?)",
                (number, entry.papers, before or ""),
            )


def _plain(entry: Entry) -> dict[str, Any]:
    plain = asdict(entry)
    plain["as_of"] = entry.as_of.isoformat()
    plain["settled_until"] = entry.settled_until.isoformat() if entry.settled_until else None
    return plain


def _entry(text: str) -> Entry:
    plain = json.loads(text)
    plain["as_of"] = date.fromisoformat(plain["as_of"])
    if plain["settled_until"]:
        plain["settled_until"] = date.fromisoformat(plain["settled_until"])
    plain["findings"] = tuple(plain["findings"])
    return Entry(**plain)
