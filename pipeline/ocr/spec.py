"""Which engine a run reads with: told without loading one, since most commands never need it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any


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


SECOND = "rapidocr-onnxruntime"
"""The distribution that carries the second network (PP-OCRv4); only its model is used, so it is installed without what it
asks for, in a folder of its own (`models` of the environment) or among the other packages."""
SECOND_MODEL = Path("rapidocr_onnxruntime", "models", "ch_PP-OCRv4_rec_infer.onnx")


def _rooms() -> list[str]:
    return [str(Path(sys.prefix, "models")), *sys.path]


@cache
def second_model() -> Path | None:
    """The file of the second network, None where it is not installed."""
    places = (Path(room) / SECOND_MODEL for room in _rooms() if room)
    return next((place for place in places if place.is_file()), None)


@cache
def version_of_second() -> str | None:
    """The version of the second network, None where it is not installed."""
    from importlib.metadata import distributions

    if second_model() is None:
        return None
    found = distributions(name=SECOND, path=_rooms())
    return next((one.version for one in found), "unknown")


def rapid_spec(runtime: str = "onnxruntime", threads: int = 1) -> EngineSpec:
    """The spec of RapidOCR; threads do not change what it reads, but where it runs may, by a last digit, and whether there
    is a second network."""
    from importlib.metadata import version

    options = {"runtime": runtime, "threads": threads, "second": version_of_second() or "none"}
    return EngineSpec("rapidocr", version("rapidocr"), options)
