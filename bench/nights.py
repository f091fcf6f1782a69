"""One real night in a process of its own, measured from inside: `python -m bench.nights WORDS` (JSON), a summary on stdout.

Prefect's own start (until its server answers) is timed too: that of a night with nothing to do, when no case is read
beside it, can be left out; all else, Prefect's work for the run, and the end of its server included, is the night.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import flows.night
from bench.measure import child, cpu_of_all, descendants, environment, memory
from bench.recorder import recording
from flows.server import never, nothing, serving
from flows.stages import Kit
from flows.workers import Pool
from pipeline.ocr import choose
from pipeline.reading import COUNT
from pipeline.settings import Settings

TODAY = date(2026, 11, 2)
"""The day the drawn cases are judged on."""


@dataclass(slots=True)
class Seen:
    """What a night was: `seconds` and `cpu` in all, `start` and `cpu_of_start` those until Prefect's server answered, in
    which cases are read already; `workers` are (MB held after the last item, MB at the peak); `states` counts the rows
    of the index by state."""

    seconds: float = 0.0
    start: float = 0.0
    cpu: float = 0.0
    cpu_of_start: float = 0.0
    pages: int = 0
    calls: int = 0
    status: int = 0
    workers: list[tuple[float, float]] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)


def settings_of(home: Path, workers: int) -> Settings:
    """The settings of a night in `home`: its bucket, its reports, its work folder."""
    return Settings(
        store=str(home / "bucket"), reports=str(home / "reports"), work=home / "work", workers=workers
    )


def kit_of(home: Path, workers: int, record: Path | None = None, engine: str = "rapidocr") -> Kit:
    """The kit of a night in `home`, with the engine chosen for its work folder, recorded where asked."""
    settings = settings_of(home, workers)
    spec = choose(engine, settings.work)
    spec = recording(spec, record) if record else spec
    return Kit(settings, spec, TODAY, f"bench-{time.time_ns()}", settings.reports)


def run(home: Path, workers: int, record: Path | None = None, engine: str = "rapidocr") -> Seen:
    """Runs a night in a child and gives what it saw."""
    words = {"home": str(home), "workers": workers, "record": str(record) if record else "", "engine": engine}
    count = home / "calls"
    count.write_bytes(b"")
    out, _ = child("-m", "bench.nights", json.dumps(words), env=environment(**{COUNT: str(count)}))
    seen = Seen(**json.loads(out.splitlines()[-1]))
    seen.calls = count.stat().st_size
    return seen


# ---------------------------------------------------------------- the child


def _measured(kit: Kit) -> Seen:
    seen = Seen()

    @contextmanager
    def timed(work: Path, stopping: Any = never, meanwhile: Any = nothing) -> Iterator[None]:
        began, cpu = time.perf_counter(), cpu_of_all()
        with serving(work, stopping, meanwhile):
            seen.start, seen.cpu_of_start = time.perf_counter() - began, cpu_of_all() - cpu
            yield

    class Weighed(Pool):
        def stop(self) -> None:
            if not seen.workers:
                seen.workers = [memory(pid) for pid, line in descendants() if "spawn_main" in line]
            super().stop()

    with mock.patch.multiple(flows.night, serving=timed, Pool=Weighed):
        began, cpu = time.perf_counter(), cpu_of_all()
        night = flows.night.run_night(kit)
        seen.seconds = time.perf_counter() - began
        seen.cpu = cpu_of_all() - cpu
    seen.pages, seen.status = night.pages, night.status
    for row in night.batch.rows:
        seen.states[row.state] = seen.states.get(row.state, 0) + 1
        seen.verdicts[row.verdict or ""] = seen.verdicts.get(row.verdict or "", 0) + 1
    return seen


def main(words: dict[str, Any]) -> None:
    """Runs the night that `words` tell and prints its summary."""
    record = Path(words["record"]) if words["record"] else None
    kit = kit_of(Path(words["home"]), words["workers"], record, words["engine"])
    print(json.dumps(asdict(_measured(kit))))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
