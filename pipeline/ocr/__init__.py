"""The engines that turn pictures into text, and the choice among them."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import EngineError, UsageError
from pipeline.ocr.spec import EngineSpec, rapid_spec

if TYPE_CHECKING:
    from pipeline.ocr.engine import Engine

__all__ = ["EngineSpec", "choose", "load_engine"]


def _rapid(spec: EngineSpec) -> Engine:
    from pipeline.ocr.rapid import RapidEngine

    return RapidEngine(spec)


def _tesseract(spec: EngineSpec) -> Engine:
    from pipeline.ocr.tesseract import TesseractEngine

    return TesseractEngine(spec)


def _stand_in(name: str) -> Callable[[EngineSpec], Engine]:
    def load(spec: EngineSpec) -> Engine:
        from pipeline.ocr import stand_ins

        kinds: dict[str, Any] = {
            "replay": stand_ins.ReplayEngine,
            "blank": stand_ins.BlankEngine,
            "crash": stand_ins.CrashEngine,
        }
        engine: Engine = kinds[name](spec)
        return engine

    return load


ENGINES: dict[str, Callable[[EngineSpec], Engine]] = {
    "rapidocr": _rapid,
    "tesseract": _tesseract,
    "replay": _stand_in("replay"),
    "blank": _stand_in("blank"),
    "crash": _stand_in("crash"),
}


def load_engine(spec: EngineSpec) -> Engine:
    """The engine of a spec; UsageError for an unknown name, EngineError where it cannot be loaded."""
    if spec.name not in ENGINES:
        raise UsageError(f"there is no OCR engine {spec.name!r}", f"Take one of {', '.join(ENGINES)}.")
    return ENGINES[spec.name](spec)


def choose(name: str, work: Path) -> EngineSpec:
    """The spec to use in this work folder: written down at the first start and kept, so that answers stay comparable.

    For `rapidocr` the runtime (onnxruntime or OpenVINO) is the faster of the two on this machine, by a short
    measurement; it is measured again where the folder moves to another kind of processor or the versions change.
    """
    if name == "tesseract":
        from pipeline.ocr import tesseract

        return tesseract.spec()
    if name != "rapidocr":
        return EngineSpec(name, "1")
    path = work / "engine.json"
    mark = {"processor": _processor(), "rapidocr": rapid_spec().version}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    if all(known.get(key) == value for key, value in mark.items()) and known.get("runtime"):
        return rapid_spec(str(known["runtime"]))
    seconds = {runtime: _seconds(runtime) for runtime in ("onnxruntime", "openvino")}
    runtime = min(seconds, key=lambda r: seconds[r])
    work.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    aside.write_text(json.dumps({**mark, "runtime": runtime, "seconds": seconds}, indent=1), encoding="utf-8")
    aside.replace(path)
    return rapid_spec(runtime)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


SHAPES = (
    (8, 480), (1, 64), (3, 96), (8, 120), (5, 176), (2, 248), (7, 320), (4, 400), (6, 520), (1, 760), (3, 936), (2, 1200)
)  # fmt: skip
"""(lines, width in pixels) of the batches that the runtimes are tried with: pages hardly ever give the same shape twice, and
a runtime that prepares itself for each new one pays for it."""


def _seconds(runtime: str) -> float:
    """The seconds that batches of blank lines of many shapes take, each for the first time; infinite where the runtime
    does not load. OpenVINO must win by a tenth: it is the younger friend."""
    import numpy as np

    from pipeline.ocr import rapid

    try:
        engine = rapid.RapidEngine(rapid_spec(runtime))
    except EngineError:
        return float("inf")
    taken = 0.0
    for turn, (lines, width) in enumerate(SHAPES):
        start = time.perf_counter()
        engine.reread([np.full((48, width, 3), 255, np.uint8)] * lines)
        taken += time.perf_counter() - start if turn else 0.0  # the first one wakes the runtime
    return round(taken * (1.1 if runtime == "openvino" else 1.0), 4)
