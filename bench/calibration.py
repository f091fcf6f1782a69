"""How often a character is right that the engine gives so or so sure: what `pipeline/ocr/calibration.py` rests on.

python -m bench.calibration [--papers 4] [--sets develop,widened]

Papers that are drawn as PDFs are scanned and photographed and read from their pictures; their text layers say which
characters stand where. A span and its characters are brought together by the lines that both sides give alike (a
homography through their middles), so that a misread figure is held against the figure printed there, not against one
that looks like it elsewhere on the page. Marks and blanks are left aside, as they are where a field's confidence is made.
"""

from __future__ import annotations

import argparse
import json
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
from rapidfuzz.distance import Levenshtein

from fixtures import sets
from fixtures.pdfpage import render
from pipeline.ocr import load_engine
from pipeline.ocr.calibration import calibrated
from pipeline.ocr.engine import Engine, Span
from pipeline.ocr.spec import rapid_spec
from pipeline.text import squeeze
from pipeline.textlayer import text_lines

TYPES = ("bank_statement", "pay_stub")
"""Papers that are drawn as PDFs."""
EDGES = (0.0, 0.3, 0.5, 0.6, 0.7, 0.78, 0.82, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 1.01)
"""Bounds of the bins of probability; the one about 0.8 holds characters that two networks read differently."""
EDGE = 0.4
"""So many heights beside a span belong to it still; what stands there and was not read is no mistake of it."""
FEWEST_LINES = 8
"""With fewer lines alike a page is not brought together with its layer."""


@dataclass(frozen=True, slots=True)
class Char:
    """A printed character and its middle in points of its page."""

    text: str
    x: float
    y: float
    height: float


def layer(page: Any) -> tuple[list[Char], dict[str, tuple[float, float]]]:
    """The characters of a page's text layer, and the middles of the lines that stand there once."""
    lines = text_lines(page, *page.get_size())
    chars = [
        Char(c, (a + b) / 2, line.middle[1], line.height)
        for line in lines
        for c, (a, b) in zip(line.text, pairwise(line.edges), strict=False)
    ]
    counts = Counter(squeeze(line.text) for line in lines)
    return chars, {
        squeeze(n.text): n.middle for n in lines if counts[squeeze(n.text)] == 1 and len(n.text) > 3
    }


def middle(span: Span) -> tuple[float, float]:
    """The middle of a span in pixels of its picture."""
    return sum(span.quad[0::2]) / 4, sum(span.quad[1::2]) / 4


def to_layer(spans: Sequence[Span], places: dict[str, tuple[float, float]]) -> Any:
    """The homography from a picture to its page's points, None where too few lines are alike."""
    alike = [(middle(s), places[squeeze(s.text)]) for s in spans if squeeze(s.text) in places]
    if len(alike) < FEWEST_LINES:
        return None
    ours, theirs = (np.array(side, np.float32) for side in zip(*alike, strict=True))
    matrix, _ = cv2.findHomography(ours, theirs, cv2.RANSAC, 4.0)
    return matrix


def truth_of(span: Span, matrix: Any, chars: Sequence[Char]) -> str:
    """The characters that are printed where the span lies."""
    corners = np.array(span.quad, np.float32).reshape(1, 4, 2)
    points = cv2.perspectiveTransform(corners, matrix)[0]
    left, right = points[[0, 3], 0].mean(), points[[1, 2], 0].mean()
    (y_left, y_right) = points[[0, 3], 1].mean(), points[[1, 2], 1].mean()
    height = points[[2, 3], 1].mean() - points[[0, 1], 1].mean()
    inside = []
    for char in chars:
        if not left - EDGE * height <= char.x <= right + EDGE * height:
            continue
        y = y_left + (y_right - y_left) * (char.x - left) / max(1e-6, right - left)
        if abs(char.y - y) < 0.3 * height:
            inside.append(char)
    return "".join(char.text for char in sorted(inside, key=lambda char: char.x))


def judged(span: Span, truth: str) -> Iterator[tuple[float, bool]]:
    """(probability, right) of each letter and digit of a span; nothing where span and truth are not one line."""
    mine = [(c, p) for c, p in zip(span.text, span.probs, strict=True) if c.isalnum()]
    theirs = [c for c in truth if c.isalnum()]
    read = [squeeze(c) for c, _ in mine]
    printed = [squeeze(c) for c in theirs]
    if not mine or Levenshtein.distance(read, printed) > 0.34 * len(mine):
        return
    wrong = set()
    for step in Levenshtein.opcodes(read, printed):
        inner = 0 < step.src_start < len(mine)
        if step.tag != "equal" and (step.src_start < step.src_end or inner):
            wrong |= set(range(step.src_start, step.src_end)) or {step.src_start}
    for i, (_, p) in enumerate(mine):
        yield p, i not in wrong


def pages(sides: Sequence[sets.Side], count: int) -> Iterator[tuple[str, Any, np.ndarray[Any, Any]]]:
    """(quality, first page of the PDF, its picture) of papers of every layout in turn."""
    for side in sides:
        for type_ in TYPES:
            for quality in ("scan", "photo"):
                for n in range(count):
                    rng = random.Random(f"calibration/{side}/{type_}/{quality}/{n}")
                    names = sets.layouts(type_, side, "text")
                    module: Any = sets.drawer(type_, side)
                    truth = module.invent(rng, 30) if type_ == "bank_statement" else module.invent(rng)
                    paper = module.draw(names[n % len(names)], truth, n)
                    if not isinstance(paper.pages, bytes):
                        continue
                    picture = sets.worn(side, paper, render(paper.pages, 200)[0], quality, n)
                    with pdfium.PdfDocument(paper.pages) as document:
                        yield quality, document[0], np.asarray(picture.convert("RGB"), np.uint8)


def count(engine: Engine, sides: Sequence[sets.Side], papers: int) -> dict[str, Counter[tuple[int, bool]]]:
    """Characters by quality, bin of probability, and whether they are right."""
    found: dict[str, Counter[tuple[int, bool]]] = {"scan": Counter(), "photo": Counter()}
    for quality, page, picture in pages(sides, papers):
        chars, places = layer(page)
        spans = engine.read(picture).spans
        matrix = to_layer(spans, places)
        if matrix is None:
            continue
        for span in spans:
            for p, right in judged(span, truth_of(span, matrix, chars)):
                found[quality][bisect_right(EDGES, p) - 1, right] += 1
    return found


def main() -> None:
    """Reads, counts and prints a row a bin."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=4)
    parser.add_argument("--sets", default="develop,widened")
    options = parser.parse_args()
    found = count(load_engine(rapid_spec()), options.sets.split(","), options.papers)
    whole = found["scan"] + found["photo"]
    print("| probability | characters | right | now given as |\n| --- | --- | --- | --- |")
    for at, (low, high) in enumerate(pairwise(EDGES)):
        right, wrong = whole[at, True], whole[at, False]
        if right + wrong:
            share = f"{100 * right / (right + wrong):.2f} %"
            given = f"{calibrated(low):.4f} to {calibrated(min(1.0, high)):.4f}"
            print(f"| {low:g} to {min(1.0, high):g} | {right + wrong:,} | {share} | {given} |")
    print(json.dumps({quality: sorted((a, r, n) for (a, r), n in c.items()) for quality, c in found.items()}))


if __name__ == "__main__":
    main()
