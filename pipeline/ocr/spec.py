"""Which engine a run reads with: told without loading one, since most commands never need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


def rapid_spec(runtime: str = "onnxruntime", threads: int = 1) -> EngineSpec:
    """The spec of RapidOCR; threads do not change what it reads, but where it runs may, by a last digit."""
    from importlib.metadata import version

    return EngineSpec("rapidocr", version("rapidocr"), {"runtime": runtime, "threads": threads})
