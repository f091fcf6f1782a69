"""Engines that read nothing new: one replays what was read before, one sees blank pages, one crashes, one hangs."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path

from pipeline.errors import EngineError
from pipeline.ocr.engine import EngineSpec, Picture, Reading, Span


def picture_key(picture: Picture) -> str:
    """The SHA-256 of a picture's shape and pixels: what the replaying engine knows it by."""
    return hashlib.sha256(str(picture.shape).encode() + picture.tobytes()).hexdigest()


class ReplayEngine:
    """Answers with the readings kept under `options["folder"]`, one JSON file a picture; an unknown picture is an error."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.folder = Path(str(spec.options["folder"]))

    def read(self, picture: Picture) -> Reading:
        """See `Engine.read`."""
        path = self.folder / f"{picture_key(picture)}.json"
        if not path.exists():
            raise EngineError("this picture was never read by the recorded engine", "Record it anew.")
        plain = json.loads(path.read_text(encoding="utf-8"))
        return reading_from_plain(plain)

    def reread(self, crops: list[Picture]) -> list[Span]:
        """See `Engine.reread`: nothing was recorded of single lines."""
        return [Span("", (0, 0, c.shape[1], 0, c.shape[1], c.shape[0], 0, c.shape[0])) for c in crops]


class BlankEngine:
    """Sees nothing on any page."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def read(self, picture: Picture) -> Reading:
        """See `Engine.read`."""
        return Reading(0, ())

    def reread(self, crops: list[Picture]) -> list[Span]:
        """See `Engine.reread`."""
        return [Span("", (0, 0, c.shape[1], 0, c.shape[1], c.shape[0], 0, c.shape[0])) for c in crops]


class CrashEngine(BlankEngine):
    """Ends its process on a picture whose middle pixel is pure red, and never answers on one whose middle is pure blue."""

    def read(self, picture: Picture) -> Reading:
        """See `Engine.read`."""
        red, green, blue = (int(v) for v in picture[picture.shape[0] // 2, picture.shape[1] // 2])
        if red > 240 and green < 15 and blue < 15:
            os._exit(1)
        if blue > 240 and green < 15 and red < 15:
            threading.Event().wait()
        return Reading(0, ())


def reading_to_plain(reading: Reading) -> dict[str, object]:
    """A reading as JSON; the inverse of `reading_from_plain`."""
    spans = [[s.text, s.quad, s.probs, s.edges, s.doubts] for s in reading.spans]
    return {"rotation": reading.rotation, "spans": spans}


def reading_from_plain(plain: dict[str, object]) -> Reading:
    """A reading from its JSON form."""
    spans = tuple(
        Span(
            text,
            tuple(quad),
            tuple(probs),
            tuple(edges),
            tuple((int(i), str(c), float(p)) for i, c, p in doubts),
        )
        for text, quad, probs, edges, doubts in plain["spans"]  # type: ignore[attr-defined]
    )
    return Reading(int(plain["rotation"]), spans)  # type: ignore[call-overload]
