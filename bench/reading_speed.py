"""Reading alone: pages a minute of the whole machine over one plain RapidOCR process with its defaults and all threads.

The same dense statement scans and the same ID card photos go through each way in one run, engines loaded and warmed
beforehand. Ours is a process a core with one thread each; beside it what else was tried: one process with all threads,
and the other runtime. Both read pictures in memory; ours does more (turning, second looks, lone characters), and a look
at the truth beside each ratio shows what that is worth: values of the papers that stand anywhere in the text.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import Figure, at_least, cores, plain
from bench.recorder import ONE_THREAD, replay
from fixtures import sets
from pipeline.ocr import load_engine
from pipeline.ocr.engine import Picture
from pipeline.ocr.spec import rapid_spec
from pipeline.text import squeeze

PAGES, QUICK = 8, 2
LEVEL = 2.0
"""With AVX2; 2.5 for dense pages with AVX-512."""
KINDS: Mapping[str, tuple[str, sets.Quality]] = {
    "dense statement scan": ("bank_statement", "scan"),
    "ID card photo": ("id_card", "photo"),
}


def pages(type_: str, quality: sets.Quality, count: int) -> list[tuple[Picture, list[str]]]:
    """The first pages of papers as pictures, each with the values that the paper prints."""
    found = []
    for index in range(count):
        drawn = sets.make(type_, "widened", quality, index, 21)
        page = sets.worn("widened", drawn.paper, sets.pictures(drawn.paper)[0], quality, index)
        found.append((np.asarray(page.convert("RGB"), np.uint8), list(_values(drawn.paper.truth))))
    return found


def _values(truth: Any) -> Iterator[str]:
    if isinstance(truth, Mapping):
        for name, value in truth.items():
            if name not in ("type", "sides"):
                yield from _values(value)
    elif isinstance(truth, Sequence) and not isinstance(truth, str):
        for value in truth:
            yield from _values(value)
    elif truth is not None:
        yield str(truth)


# ---------------------------------------------------------------- the ways


def _plain(folder: str, names: Sequence[str], out: Any) -> None:
    """The library's public call with its defaults, in a process of its own."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(params={"Global.log_level": "error"})
    pictures = [pickle.loads((Path(folder) / name).read_bytes())[1][:, :, ::-1].copy() for name in names]
    engine(pictures[0])
    began = time.perf_counter()
    texts = [list(engine(picture).txts or ()) for picture in pictures]
    out.put((time.perf_counter() - began, texts))


def plain_seconds(folder: Path, names: Sequence[str]) -> tuple[float, list[list[str]]]:
    """Seconds of the plain library over the pages, and the texts it gave."""
    spawn = multiprocessing.get_context("spawn")
    out = spawn.Queue()
    child = spawn.Process(target=_plain, args=(str(folder), list(names), out))
    child.start()
    seconds, texts = out.get(timeout=3600)
    child.join()
    return seconds, texts


def our_seconds(folder: Path, runtime: str, processes: int, threads: int) -> float:
    """Seconds of our engine over the pages in so many processes of so many threads."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    wall, _, _ = replay(folder, rapid_spec(runtime, threads), processes, threads)
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return wall


def _seen(texts: Sequence[str], values: Sequence[str]) -> int:
    """How many of the values stand anywhere in the texts, without marks and spaces."""
    whole = _bare("".join(texts))
    return sum(_bare(value) in whole for value in values)


def _bare(text: str) -> str:
    return "".join(char for char in squeeze(text) if char.isalnum())


def measure(*, quick: bool = False) -> list[Figure]:
    """Reads the pages every way."""
    found = []
    for what, (type_, quality) in KINDS.items():
        drawn = pages(type_, quality, QUICK if quick else PAGES)
        with tempfile.TemporaryDirectory(prefix="bench-reading-") as place:
            folder, names = Path(place), [f"{n:03}" for n in range(len(drawn))]
            for name, (picture, _) in zip(names, drawn, strict=True):
                (folder / name).write_bytes(pickle.dumps(("read", picture), protocol=5))
            usual, texts = plain_seconds(folder, names)
            ways = {
                f"{runtime}, {processes} × {threads}": our_seconds(folder, runtime, processes, threads)
                for runtime, processes, threads in (
                    ("onnxruntime", cores(), 1), ("onnxruntime", 1, cores()), ("openvino", cores(), 1),
                )
            }  # fmt: skip
        best = min(ways.values())
        engine = load_engine(rapid_spec())
        ours = [[span.text for span in engine.read(picture).spans] for picture, _ in drawn]
        printed = sum(len(values) for _, values in drawn)
        shares = [
            100 * sum(_seen(text, values) for text, (_, values) in zip(read, drawn, strict=True)) / printed
            for read in (texts, ours)
        ]
        found += [
            plain(f"{what}: plain RapidOCR", 60 * len(drawn) / usual, "pages/min", 1),
            *(plain(f"{what}: ours, {way}", 60 * len(drawn) / s, "pages/min", 1) for way, s in ways.items()),
            at_least(f"{what}: the best over plain", usual / best, LEVEL, "×"),
            Figure(
                f"{what}: values somewhere in the text, plain / ours", f"{shares[0]:.1f} / {shares[1]:.1f} %"
            ),
        ]
    return found


if __name__ == "__main__":
    print(
        json.dumps(
            [(figure.what, figure.value, figure.mark) for figure in measure()], indent=1, ensure_ascii=False
        )
    )
