"""One recognising network: crops of lines in, spans out, batched by width; each character keeps its probability and rivals."""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.engine import Quad, Span

HEIGHT = 48
"""The height in pixels that the recognisers were trained on."""
STRIDE = 8
"""Pixels of width for each step of a recogniser's answer."""
BATCH_PIXELS = 48 * 512
"""Pixels of one batch of crops: of more, the network's layers leave the processor's cache, and it takes a quarter longer."""
WIDEST = 3200
"""Pixels of width above which a line is squeezed."""
DOUBT = 0.05
"""The least probability at which another character counts as possible (findings.md, rule 2)."""

STUMBLED = 0.2
"""A tick, a box or another symbol is a gap that the network stumbled over, and is read as a blank, where nothing at all is so
probable as this share of it."""

Session = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Crops (n × 3 × 48 × width, -1 to 1) to probabilities (n × steps × characters)."""


class Network:
    """A recogniser: its session and its alphabet, whose first entry is the blank of CTC."""

    def __init__(self, session: Session, alphabet: Sequence[str]) -> None:
        self._session = session
        self._alphabet = list(alphabet)
        self.alphabet = frozenset(alphabet)

    def read(
        self, crops: list[NDArray[np.uint8]], places: Sequence[Quad], stretch: float = 1.0
    ) -> list[Span]:
        """The spans of BGR crops of lines, in their order; `stretch` lays them wider than they are."""
        scaled = [to_height(crop, stretch) for crop in crops]
        order = sorted(range(len(scaled)), key=lambda i: scaled[i].shape[1])
        spans: list[Span] = [Span("", place) for place in places]
        batch: list[int] = []
        for index in order:
            width = scaled[index].shape[1]
            if batch and (
                (len(batch) + 1) * width * HEIGHT > BATCH_PIXELS
                or width > scaled[batch[0]].shape[1] * 1.25 + 16
            ):
                self._run(batch, scaled, places, spans)
                batch = []
            batch.append(index)
        if batch:
            self._run(batch, scaled, places, spans)
        return spans

    def _run(
        self, batch: list[int], scaled: list[NDArray[np.uint8]], places: Sequence[Quad], spans: list[Span]
    ) -> None:
        width = math.ceil(max(scaled[i].shape[1] for i in batch) / STRIDE) * STRIDE
        block = np.zeros((len(batch), 3, HEIGHT, width), np.float32)
        for row, index in enumerate(batch):
            crop = scaled[index]
            block[row, :, :, : crop.shape[1]] = (crop.transpose(2, 0, 1).astype(np.float32) - 127.5) / 127.5
        answer = np.asarray(self._session(block))
        for row, index in enumerate(batch):
            steps = math.ceil(scaled[index].shape[1] / STRIDE) + 1
            spans[index] = self._decode(answer[row, :steps], scaled[index].shape[1], places[index])

    def _decode(self, steps: NDArray[np.float32], width: int, place: Quad) -> Span:
        """CTC: runs of one character become one; its probability is the run's best, its place the run's middle."""
        best = steps.argmax(axis=1)
        text: list[str] = []
        probs: list[float] = []
        places: list[float] = []
        doubts: list[tuple[int, str, float]] = []
        at = 0
        while at < len(best):
            end = at
            while end + 1 < len(best) and best[end + 1] == best[at]:
                end += 1
            if best[at]:
                run = steps[at : end + 1]
                top = run[int(run[:, best[at]].argmax())]
                for other in np.flatnonzero(top >= DOUBT):
                    if other != best[at]:
                        doubts.append(
                            (len(text), self._alphabet[other] if other else "", round(float(top[other]), 3))
                        )
                char = self._alphabet[best[at]]
                shaky = top[0] > STUMBLED * top[best[at]] and unicodedata.category(char[:1] or " ") == "So"
                text.append(" " if shaky else char)
                probs.append(round(float(top[best[at]]), 4))
                places.append((at + end + 1) / 2 * STRIDE / width)
            at = end + 1
        return Span("".join(text), place, tuple(probs), _edges(places), tuple(doubts))


def _edges(middles: list[float]) -> tuple[float, ...]:
    """The boundaries between characters whose middles are given, as fractions of the width, 0 to 1."""
    if not middles:
        return ()
    inner = [(a + b) / 2 for a, b in itertools.pairwise(middles)]
    pitch = (middles[-1] - middles[0]) / max(1, len(middles) - 1) if len(middles) > 1 else 1.0
    first = max(0.0, middles[0] - pitch / 2)
    last = min(1.0, middles[-1] + pitch / 2)
    return tuple(round(v, 4) for v in (first, *inner, max(last, inner[-1] if inner else first)))


def to_height(crop: NDArray[np.uint8], stretch: float = 1.0) -> NDArray[np.uint8]:
    """A crop at the recognisers' height."""
    width = max(STRIDE, round(crop.shape[1] * stretch * HEIGHT / crop.shape[0]))
    way = cv2.INTER_AREA if crop.shape[0] > HEIGHT else cv2.INTER_CUBIC
    return np.asarray(
        cv2.resize(np.ascontiguousarray(crop), (min(width, WIDEST), HEIGHT), interpolation=way), np.uint8
    )
