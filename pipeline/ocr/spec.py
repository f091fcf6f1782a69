"""Which engine a run reads with: told without loading one, since most commands never need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
asks for."""
SECOND_MODEL = "models/ch_PP-OCRv4_rec_infer.onnx"


def second_model() -> Path | None:
    """The file of the second network, None where it is not installed."""
    from importlib.util import find_spec

    found = find_spec(SECOND.replace("-", "_"))
    for place in found.submodule_search_locations or () if found else ():
        path = Path(place) / SECOND_MODEL
        if path.is_file():
            return path
    return None


def version_of_second() -> str | None:
    """The version of the second network, None where it is not installed."""
    from importlib.metadata import version

    return version(SECOND) if second_model() else None


def rapid_spec(runtime: str = "onnxruntime", threads: int = 1) -> EngineSpec:
    """The spec of RapidOCR; threads do not change what it reads, but where it runs may, by a last digit, and whether there
    is a second network."""
    from importlib.metadata import version

    options = {"runtime": runtime, "threads": threads, "second": version_of_second() or "none"}
    return EngineSpec("rapidocr", version("rapidocr"), options)
