"""A night of 20 cases: pages a minute, memory of a worker, and what the pipeline costs above its engine calls.

The demo's eight cases are drawn two and a half times under other names, so that the noise of every scan and photo is
another one and every PDF differs in its bytes: no page is shared. The night is the real one (`run_night`, one worker a
core) in a fresh process and an empty work folder whose engine is already chosen; the engine is wrapped to keep what it
is given (the time of keeping is taken off, shared among the workers). Then the kept calls are made again bare, in as
many processes, engines loaded beforehand. Then the same night again, unchanged: the start of Prefect in it, beside
which nothing is read, is Prefect's own. Overhead: the night's seconds without that start over those of the bare calls;
the same from processor seconds; and, within the night itself, over the engine's own seconds a worker, which no other
load on the machine can shift.
"""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import tempfile
from collections import Counter
from pathlib import Path

from PIL import Image

from bench import nights
from bench.measure import Figure, at_most, cores, plain
from bench.recorder import notes, replay

CASES, QUICK = 20, 4
OVERHEAD = 1.15
PEAK, BETWEEN = 1.3, 1.0
"""GB of a worker."""


def _draw(bucket: str, name: str, copy: int, scanned: bool) -> None:
    from fixtures import cases

    called = f"{name}-{copy}"
    cases.CASES[called] = cases.CASES[name]  # the name seeds the noise
    files, expected = cases.render(called)
    noiseless = {paper["file"] for paper in expected["papers"] if paper["quality"] == "clean"}
    statements = {p["file"] for p in expected["papers"] if p["truth"]["type"] == "bank_statement"}
    for key, drawn in files.items():
        again = scanned and key in statements and drawn.startswith(b"%PDF")
        data = _scanned(drawn, copy) if again else drawn
        path = Path(bucket) / called / key
        path.parent.mkdir(parents=True, exist_ok=True)
        pdf = data.startswith(b"%PDF")
        own = data + f"\n% {called}\n".encode() if pdf else _marked(data, copy) if key in noiseless else data
        path.write_bytes(own)


def _scanned(pdf: bytes, copy: int) -> bytes:
    """The statement as it comes out of an office's scanner."""
    from fixtures.degrade import as_file, scan
    from fixtures.pdfpage import render

    return as_file([scan(page, 100 * copy + n) for n, page in enumerate(render(pdf, 200))], 80, "pdf")


def _marked(data: bytes, copy: int) -> bytes:
    """The picture with a grey square of its own in the corner."""
    with Image.open(io.BytesIO(data)) as image:
        picture = image.convert("RGB")
    picture.paste((200, 200, 200), (0, 0, 8 * copy, 8))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def draw(bucket: Path, count: int, processes: int, scans: bool = False) -> None:
    """Draws `count` cases of which no two share a page, with `scans` the statements of every other one as scans.
    RuntimeError where two share one."""
    from fixtures.cases import DEMO

    plan = [
        (str(bucket), DEMO[n % len(DEMO)], n // len(DEMO) + 1, scans and (n + n // len(DEMO)) % 2 == 1)
        for n in range(count)
    ]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.starmap(_draw, plan, chunksize=1)
    kinds = (".jpg", ".jpeg", ".webp", ".tiff", ".pdf")
    files = [path for path in bucket.rglob("*") if path.suffix in kinds and "C17" not in str(path)]
    sums = Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)
    if not files or max(sums.values()) > 1:
        raise RuntimeError("the drawn cases share files")


def measure(*, quick: bool = False, cases: int = CASES, scans: bool = False) -> list[Figure]:
    """Draws, runs, replays, runs again; `scans`: half of the statements come as scans."""
    count, workers = QUICK if quick else cases, cores()
    with tempfile.TemporaryDirectory(prefix="bench-night-") as place:
        home, record = Path(place), Path(place) / "record"
        record.mkdir()
        draw(home / "bucket", count, workers, scans)
        inner = nights.kit_of(home, workers).engine
        night = nights.run(home, workers, record)
        noted = notes(record)
        again = nights.run(home, workers, record)
        if notes(record) != noted:
            again.calls += len(notes(record)) - len(noted)
        wall, cpu, calls = replay(record, inner, workers)
    made = [note for note in noted if "call" in note]
    if night.status or calls != len(made):
        raise RuntimeError(f"the night ended with {night.status}; {calls} calls replayed of {len(made)}")
    keeping = sum(note["keeping"] for note in made) / workers
    engine = sum(note["wall"] for note in made) / workers
    seconds = night.seconds - again.start - keeping
    reads = sum(note["verb"] == "read" for note in made)
    return [
        Figure("cases, pages, pictures read, calls of the engine", f"{count}, {night.pages}, {reads}, {calls}"),
        plain("night, Prefect's start left out", seconds, "s", 1),
        plain("Prefect's own start, in the unchanged night", again.start, "s", 1),
        plain("pages a minute", 60 * night.pages / seconds, "", 1),
        plain("the engine's calls bare", wall, "s", 1),
        at_most("night / engine's calls bare", seconds / wall, OVERHEAD, "", 3),
        plain("the same by processor seconds", (night.cpu - again.cpu_of_start) / cpu, "", 3),
        plain("night / engine's seconds a worker in the same night", seconds / engine, "", 3),
        at_most("a worker's memory at its peak", max(peak for _, peak in night.workers) / 1000, PEAK, "GB"),
        at_most("a worker's memory after the night", max(held for held, _ in night.workers) / 1000, BETWEEN, "GB"),
        plain("the same night again, unchanged", again.seconds - again.start, "s"),
        Figure("engine calls of that", str(again.calls), "0", again.calls == 0 and again.states == {"unchanged": count}),
    ]  # fmt: skip
