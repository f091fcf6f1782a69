"""The contract of an OCR engine: a picture goes in, turned text spans with boxes and probabilities come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.spec import EngineSpec

__all__ = ["Engine", "EngineSpec", "Picture", "Quad", "Reading", "Span"]

Picture = NDArray[np.uint8]
"""Height × width × 3, RGB."""
Quad = tuple[float, float, float, float, float, float, float, float]
"""x, y of the corners top left, top right, bottom right, bottom left, in pixels of the turned picture."""


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of text as the engine read it. `edges` are the len(text) + 1 boundaries of its characters as fractions
    of its width; `probs` one probability a character; `doubts` other characters held possible (index, character, p),
    the empty character where it may be none."""

    text: str
    quad: Quad
    probs: tuple[float, ...] = ()
    edges: tuple[float, ...] = ()
    doubts: tuple[tuple[int, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine read: the clockwise turn (0, 90, 180, 270) that makes the picture upright, and its spans there."""

    rotation: int
    spans: tuple[Span, ...]


class Engine(Protocol):
    """A reader of pictures. Not safe to share between threads; one a process, loaded once."""

    spec: EngineSpec

    def read(self, picture: Picture) -> Reading:
        """Every piece of text on the picture. A picture without text gives no spans; EngineError is a broken engine."""
        ...

    def reread(self, crops: list[Picture]) -> list[Span]:
        """Single lines of text, cropped and upright; one span a crop, its quad the whole crop, its text maybe empty."""
        ...
