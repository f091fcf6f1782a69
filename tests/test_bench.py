"""The benches' own tools: what the recorder keeps and repeats, how a level is judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.measure import at_most
from bench.recorder import notes, recording, replay
from pipeline.ocr import EngineSpec, load_engine


def test_recorded_calls_are_made_again(tmp_path: Path) -> None:
    """A recorder answers as its inner engine does, and each of its calls is repeated once by one of the processes."""
    inner = EngineSpec("blank", "1")
    engine = load_engine(recording(inner, tmp_path))
    picture = np.zeros((30, 40, 3), np.uint8)

    assert engine.read(picture).spans == ()
    assert [span.text for span in engine.reread([picture, picture])] == ["", ""]

    assert [note["verb"] for note in notes(tmp_path) if "verb" in note] == ["read", "reread"]
    assert replay(tmp_path, inner, 2)[2] == 2


def test_a_level_is_missed_above_it() -> None:
    """A value at its level reaches it, one above does not, and the table says so."""
    assert at_most("a", 1.15, 1.15, "s").mark == "yes"
    assert at_most("a", 1.1501, 1.15, "s").mark == "NO"
    assert at_most("a", 1.0, 1.15, "GB", 1).value == "1.0 GB"
