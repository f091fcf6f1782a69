"""An engine that does what another one does and keeps what it was given, so that the same calls can be made again bare.

The workers of a night learn of it by the class of the spec they are handed: unpickling that imports this module.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.ocr import ENGINES, load_engine
from pipeline.ocr.engine import Engine, EngineSpec, Picture, Reading, Span

NAME = "recorder"
ONE_THREAD = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True)
class RecorderSpec(EngineSpec):
    """The spec of a recorder: `options` are `folder` and the `inner` engine's spec."""


def recording(inner: EngineSpec, folder: Path) -> RecorderSpec:
    """The spec of a recorder around an engine; what it is given goes to `folder`."""
    second = inner.options.get("second", "none")
    return RecorderSpec(NAME, inner.version, {"folder": str(folder), "inner": inner, "second": second})


class Recorder:
    """Passes each call on; before that writes what it was given, after that how long the answer took."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self._folder = Path(str(spec.options["folder"]))
        began = time.perf_counter()
        self._inner: Engine = load_engine(spec.options["inner"])
        self._note(load=time.perf_counter() - began)

    def read(self, picture: Picture) -> Reading:
        """See `Engine.read`."""
        answer: Reading = self._call("read", picture)
        return answer

    def reread(self, crops: list[Picture]) -> list[Span]:
        """See `Engine.reread`."""
        answer: list[Span] = self._call("reread", crops)
        return answer

    def other(self, crops: list[Picture]) -> list[Span]:
        """See `TwoNetworks.other`."""
        answer: list[Span] = self._call("other", crops)
        return answer

    def _call(self, verb: str, given: Any) -> Any:
        began = time.perf_counter()
        name = f"{time.monotonic_ns():020}-{os.getpid()}"
        with open(self._folder / name, "xb") as out:
            pickle.dump((verb, given), out, protocol=5)
        kept, cpu = time.perf_counter(), time.process_time()
        answer = getattr(self._inner, verb)(given)
        self._note(
            call=name, verb=verb, keeping=kept - began, wall=time.perf_counter() - kept, cpu=time.process_time() - cpu,
        )  # fmt: skip
        return answer

    def _note(self, **what: Any) -> None:
        with open(self._folder / f"times-{os.getpid()}.jsonl", "a", encoding="utf-8") as out:
            out.write(json.dumps(what) + "\n")


ENGINES[NAME] = Recorder


def notes(folder: Path) -> list[dict[str, Any]]:
    """What the recorders wrote down: engines loaded (`load`, s) and calls (`wall`, `cpu`, `keeping`, s)."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("times-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


# ---------------------------------------------------------------- the same calls bare


def _replay(folder: str, names: list[str], inner: EngineSpec, taken: Any, gate: Any, out: Any) -> None:
    """One process: loads the engine, waits for the others, then takes call after call until none is left."""
    engine = load_engine(inner)
    gate.wait()
    began, cpu, calls = time.monotonic(), time.process_time(), 0
    while True:
        with taken.get_lock():
            at = taken.value
            taken.value += 1
        if at >= len(names):
            break
        verb, given = pickle.loads((Path(folder) / names[at]).read_bytes())
        getattr(engine, verb)(given)
        calls += 1
    out.put((began, time.monotonic(), time.process_time() - cpu, calls))


def replay(folder: Path, inner: EngineSpec, processes: int, threads: int = 1) -> tuple[float, float, int]:
    """Makes the recorded calls again in their order, in so many processes of so many threads each: seconds from the moment
    when all engines are loaded until the last answer, seconds of processors, calls."""
    for name in ONE_THREAD:
        os.environ[name] = str(threads)
    spawn = multiprocessing.get_context("spawn")
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("times-"))
    taken, gate, out = spawn.Value("q", 0), spawn.Barrier(processes), spawn.Queue()
    workers = [
        spawn.Process(target=_replay, args=(str(folder), names, inner, taken, gate, out))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    results = [out.get(timeout=3600) for _ in workers]
    for worker in workers:
        worker.join()
    wall = max(end for _, end, _, _ in results) - min(begin for begin, _, _, _ in results)
    return wall, sum(cpu for _, _, cpu, _ in results), sum(calls for _, _, _, calls in results)
