"""The memory of one worker over 1,000 pages: at its peak, between pages, and whether it grows.

One worker process of the night's own pool reads page after page through `read_page`, each a file of its own that no
other page shares a pixel row with: pieces of papers with another noise each; every 50th page is a whole dense statement
scan at 200 dpi, every 200th one at 300 dpi. After each page it is asked what it holds (VmRSS) and the most it ever
held (VmHWM). Growth is the median of the last 21 pages over the median of the 21 around page 100.

python -m bench.memory [--pages N]
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.measure import Figure, at_most, memory, plain
from fixtures import sets
from fixtures.papers import bank_statement
from fixtures.pdfpage import render
from flows.workers import Pool
from pipeline.cas import Cas
from pipeline.intake import open_file
from pipeline.ocr import EngineSpec
from pipeline.ocr.rapid import spec
from pipeline.reading import read_page
from pipeline.settings import Limits

PAGES, QUICK = 1000, 60
PEAK, BETWEEN, GROWTH = 1.3, 1.0, 0.05
PIECE = (360, 100)
"""Width and height of a small page, pixels."""
BASE = 100
"""The page against which growth is measured."""


@dataclass(frozen=True, slots=True)
class Held:
    """MB of the worker after a page, the most so far, and the lines that the page gave."""

    now: float
    peak: float
    lines: int


def read(path: Path, engine: EngineSpec, store: Path) -> tuple[int, int]:
    """Reads one file of one page, in the worker: its process number, and how many lines there are."""
    opened = open_file(path, path.name, Limits())
    page = read_page(path, opened, 1, engine, Cas(store))
    return os.getpid(), sum(len(sheet.lines) for sheet in page.sheets)


def small_pages(count: int, seed: int = 1) -> Iterator[Image.Image]:
    """Pieces of drawn papers of a few words, each with its own shift, brightness and noise."""
    rng = random.Random(seed)
    noise = np.random.default_rng(seed)
    papers = [
        page.convert("RGB")
        for kind in ("id_card", "income_certificate", "pay_stub")
        for index in range(2)
        for page in sets.pictures(sets.make(kind, "develop", "clean", index, seed).paper)[:1]
    ]
    for number in range(count):
        paper = papers[number % len(papers)]
        scale = rng.uniform(0.9, 1.1) * 1400 / max(paper.size)
        paper = paper.resize((round(paper.width * scale), round(paper.height * scale)))
        piece = max((_spot(paper, rng) for _ in range(8)), key=lambda spot: float(spot.std()))
        yield Image.fromarray(np.clip(piece + noise.integers(-9, 9, piece.shape), 0, 255).astype(np.uint8))


def _spot(paper: Image.Image, rng: random.Random) -> NDArray[np.int16]:
    """A piece of a paper, anywhere."""
    left, top = (rng.randrange(max(1, side - size)) for side, size in zip(paper.size, PIECE, strict=True))
    return np.asarray(paper.crop((left, top, left + PIECE[0], top + PIECE[1])), np.int16)


def dense_page(number: int, dpi: int) -> Image.Image:
    """One full page of a statement as a scan."""
    layout = bank_statement.LAYOUTS[number % len(bank_statement.LAYOUTS)]
    paper = bank_statement.draw(layout, bank_statement.invent(random.Random(number), 40), number)
    assert isinstance(paper.pages, bytes)
    page = np.asarray(render(paper.pages, dpi)[0].convert("RGB"), np.int16)
    noise = np.random.default_rng(number)
    return Image.fromarray(np.clip(page + noise.integers(-6, 6, page.shape), 0, 255).astype(np.uint8))


def mixed_pages(count: int) -> Iterator[Image.Image]:
    """Small pages with a dense one now and then."""
    for number, small in enumerate(small_pages(count), 1):
        if number % 200 == 50:
            yield dense_page(number, 300)
        elif number % 50 == 0:
            yield dense_page(number, 200)
        else:
            yield small


def through_one_worker(pages: Iterator[Image.Image], folder: Path) -> list[Held]:
    """What one worker of the pool held after each page."""
    engine, held = spec(), []
    crew = Pool(1)
    try:
        for number, page in enumerate(pages):
            path = folder / f"{number}.png"
            page.save(path, compress_level=1)
            process, lines = crew.submit(read, path, engine, folder / "store", seconds=300).result()
            held.append(Held(*memory(process), lines))
            path.unlink()
    finally:
        crew.stop()
    return held


def growth(held: Sequence[Held], base: int) -> float:
    """By what share the worker holds more at the end than around page `base`: medians of up to 21 pages."""
    half = min(10, base - 1, (len(held) - base) // 2)
    before = statistics.median(one.now for one in held[base - half : base + half + 1])
    after = statistics.median(one.now for one in held[-2 * half - 1 :])
    return after / before - 1


def measure(*, quick: bool = False, pages: int = PAGES) -> list[Figure]:
    """Reads all pages in one worker; `quick` reads 60 and measures growth from page 20."""
    count, base = (QUICK, QUICK // 3) if quick else (pages, min(BASE, pages // 3))
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as place:
        held = through_one_worker(mixed_pages(count), Path(place))
    dumb = sum(not one.lines for one in held)
    return [
        Figure("pages through one worker (without any line)", f"{len(held)} ({dumb})"),
        at_most("at its peak", held[-1].peak / 1000, PEAK, "GB"),
        at_most("the most between pages", max(one.now for one in held) / 1000, BETWEEN, "GB"),
        plain(f"after {base} pages", held[base - 1].now, "MB", 0),
        plain("at the end", held[-1].now, "MB", 0),
        at_most(f"growth from page {base} to {len(held)}", 100 * growth(held, base), 100 * GROWTH, "%", 1),
    ]


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=PAGES)
    for figure in measure(pages=parser.parse_args().pages):
        print(f"{figure.what:50} {figure.value:>12} {figure.level:>10} {figure.mark}")


if __name__ == "__main__":
    main()
