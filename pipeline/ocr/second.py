"""Second readers of single cells: the page's own engine at other scales, and another one that errs otherwise: the second
network, or Tesseract held to digits where that is not installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import cv2
import numpy as np

from pipeline.ocr.engine import Engine, Picture, Span
from pipeline.ocr.spec import version_of_second

LOOKS = ((1.0, 1.3), (0.6, 1.0))
"""How the page's engine looks again at a line: (scale of its height before it is read, stretch of its width)."""
REAL = ("rapidocr", "tesseract")
"""The engines that read; a stand-in is its own only second reader."""


@runtime_checkable
class TwoNetworks(Protocol):
    """An engine with a second network."""

    def other(self, crops: list[Picture]) -> list[Span]:
        """As `Engine.reread`, by the second network."""
        ...


@dataclass(frozen=True, slots=True)
class SecondReader:
    """One more opinion on lines of text. `key` is the same for readers that give the same answers; `read` gives for each
    crop the texts that it takes for possible, the likeliest first, none where it sees none."""

    key: str
    read: Callable[[Sequence[Picture]], list[tuple[str, ...]]]


def second_readers(engine: Callable[[], Engine], key: str, name: str) -> tuple[SecondReader, ...]:
    """The second readers of pages that the engine `name` (with the key `key`) has read; `engine` loads it when asked."""
    looks = SecondReader(f"looks/1/{key}", lambda crops: _looks(engine(), crops))
    if name not in REAL:
        return (looks,)
    network = version_of_second() if name == "rapidocr" else None
    if network is not None:
        return (looks, SecondReader(f"network/1/{network}", lambda crops: _other(engine(), crops)))
    from pipeline.ocr import tesseract

    version = tesseract.installed()
    if version is None:
        return (looks,)
    return (looks, SecondReader(f"digits/1/{version}", tesseract.read_digits))


def _other(engine: Engine, crops: Sequence[Picture]) -> list[tuple[str, ...]]:
    """What the second network reads; an engine without one has no other opinion."""
    if not isinstance(engine, TwoNetworks):
        return [() for _ in crops]
    return [(span.text,) if span.text.strip() else () for span in engine.other(list(crops))]


def _looks(engine: Engine, crops: Sequence[Picture]) -> list[tuple[str, ...]]:
    """What the engine reads at each of the scales, each text once."""
    found: list[list[str]] = [[] for _ in crops]
    for scale, stretch in LOOKS:
        for texts, span in zip(
            found, engine.reread([_scaled(c, scale, stretch) for c in crops]), strict=True
        ):
            if span.text.strip() and span.text not in texts:
                texts.append(span.text)
    return [tuple(texts) for texts in found]


def _scaled(crop: Picture, scale: float, stretch: float) -> Picture:
    height, width = crop.shape[:2]
    size = (max(8, round(width * scale * stretch)), max(8, round(height * scale)))
    way = cv2.INTER_AREA if scale * stretch < 1 else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(crop, size, interpolation=way), np.uint8)
