"""The page of one night: every case with its verdict and why, what needs a person first on top; and its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from pipeline.model import Severity
from pipeline.report.as_json import dump, plain
from pipeline.report.html import environment, tidy
from pipeline.report.words import SEVERITIES, Pair
from pipeline.report.xlsx import HTML, JSON, XLSX, batch_xlsx

Out = Callable[[str, bytes, str], None]
"""Stores one result: its name, its bytes, its content type."""

URGENCY = ("failed", "review", "supplement", "pass")
"""The order of the page: what went wrong, what a person must look into, what the customer must bring, what is fine."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One case of a night. `verdict` None where the case failed by a fault of ours; `error` is then a code, never a text
    of the case. `state` is new, changed, unchanged or failed; `report` False where there is no report to open."""

    case: str
    verdict: str | None
    counts: Mapping[Severity, int] = field(default_factory=dict)
    why: Pair = field(default_factory=lambda: {"zh": "", "en": ""})
    state: str = "new"
    seconds: float = 0.0
    report: bool = True
    error: str = ""

    @property
    def shown(self) -> str:
        """The verdict, or `failed`."""
        return self.verdict or "failed"

    @property
    def link(self) -> str | None:
        """Where the report is, from the folder of the batch; a hostile case id can only ever be a path part of it."""
        return f"../../{quote(self.case, safe='')}/report.html" if self.report else None


@dataclass(frozen=True, slots=True)
class Batch:
    """A night: when it ran and what became of each case."""

    id: str
    as_of: date
    started: datetime
    ended: datetime
    rows: tuple[BatchRow, ...]
    versions: Mapping[str, str] = field(default_factory=dict)


def write_batch(batch: Batch, out: Out, lang: str = "zh") -> None:
    """Stores `index.html`, `summary.json` and `summary.xlsx`; names are without the folder of the batch."""
    out("summary.json", dump(batch_json(batch)), JSON)
    out("summary.xlsx", batch_xlsx(batch.id, rows_in_order(batch), lang), XLSX)
    out("index.html", batch_html(batch, lang).encode(), HTML)


def rows_in_order(batch: Batch) -> list[BatchRow]:
    """Failed ones and reviews first, then by weight of findings, then by case."""

    def place(row: BatchRow) -> tuple[int, list[int], str]:
        return (URGENCY.index(row.shown), [-row.counts.get(s, 0) for s in SEVERITIES[:3]], row.case)

    return sorted(batch.rows, key=place)


def tallies(batch: Batch) -> dict[str, int]:
    """How many cases there are of each verdict."""
    return {verdict: sum(row.shown == verdict for row in batch.rows) for verdict in URGENCY}


def batch_json(batch: Batch) -> dict[str, Any]:
    """The night as data, rows by case."""
    return {
        "schema": 1,
        "batch": batch.id,
        "as_of": batch.as_of.isoformat(),
        "started": batch.started.isoformat(timespec="seconds"),
        "ended": batch.ended.isoformat(timespec="seconds"),
        "verdicts": tallies(batch),
        "cases": [
            {
                "case": row.case,
                "verdict": row.verdict,
                "findings": {severity: row.counts.get(severity, 0) for severity in SEVERITIES},
                "why": {"zh": row.why["zh"], "en": row.why["en"]},
                "state": row.state,
                "seconds": round(row.seconds, 2),
                "report": row.link,
                "error": row.error or None,
            }
            for row in sorted(batch.rows, key=lambda row: row.case)
        ],
        "versions": plain(batch.versions),
    }


def batch_html(batch: Batch, lang: str = "zh") -> str:
    """The night as one self-contained page; its filters need no script."""
    page = environment().get_template("index.html").render(
        lang=lang,
        batch=batch,
        rows=rows_in_order(batch),
        tallies=tallies(batch),
        states={state: sum(row.state == state for row in batch.rows) for state in ("new", "changed", "unchanged")},
        minutes=_span(batch),
    )  # fmt: skip
    return tidy(page)


def _span(batch: Batch) -> str:
    seconds = max(0, round((batch.ended - batch.started).total_seconds()))
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
