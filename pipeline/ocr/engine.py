"""The contract of an OCR engine: a picture goes in, turned text spans with boxes and probabilities come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """Which engine, in which version, with which options: enough to load it in another process, and part of every key."""

    name: str
    version: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for engines that give the same answers; how many threads they take is no part of it."""
        options = ",".join(f"{k}={v}" for k, v in sorted(self.options.items()) if k != "threads")
        return f"{self.name}/{self.version}/{options}"


class Engine(Protocol):
    """A reader of pictures. Not safe to share between threads; one a process, loaded once."""

    spec: EngineSpec

    def read(self, picture: Picture) -> Reading:
        """Every piece of text on the picture. A picture without text gives no spans; EngineError is a broken engine."""
        ...

    def reread(self, crops: list[Picture]) -> list[Span]:
        """Single lines of text, cropped and upright; one span a crop, its quad the whole crop, its text maybe empty."""
        ...
