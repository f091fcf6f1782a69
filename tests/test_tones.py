"""Lines under the seal of a grey copy: tones are spread, and what several looks share counts, with doubt where it should."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.ocr.engine import Span
from pipeline.ocr.tones import UNAIDED, agreed, spread

PLACE = (0.0, 0.0, 90.0, 0.0, 90.0, 20.0, 0.0, 20.0)


def span(text: str, p: float) -> Span:
    """A reading in which every character is as sure."""
    return Span(text, PLACE, (p,) * len(text))


def test_a_stamp_fades_and_print_stays() -> None:
    """Print at 30, a stamp at 110, paper at 240: spread, print stays black and the stamp is as white as the paper."""
    crop = np.full((40, 200, 3), 240, np.uint8)
    crop[10:30, 20:60] = 110
    crop[15:25, 80:120] = 30
    for picture in spread(crop):
        assert picture[20, 100, 0] < 10
        assert picture[5, 5, 0] == 255
    assert spread(crop)[0][20, 40, 0] == 255


def test_a_line_without_contrast_is_left_alone() -> None:
    """Where ink and paper have nearly one tone there is nothing to spread."""
    assert spread(np.full((40, 200, 3), 200, np.uint8)) == []


@pytest.mark.parametrize(
    ("first", "again", "text", "sure"),
    [
        (("2026-10-28", 0.6), [("2026-10-28", 0.9), ("2026-10-28", 0.99), ("2026-1O-28", 0.5)], "2026-10-28", 0.99),
        (("2026-10-28", 0.6), [("2026-10-28", 0.9), ("2026-1028", 0.99), ("20261028", 0.5)], "2026-10-28", 0.6),
        (("202640-28", 0.7), [("2026-10-28", 0.9), ("2026-10-28", 0.99), ("2026-10-28", 0.9)], "2026-10-28", UNAIDED),
        (("202640-28", 0.7), [("2026-10-28", 0.6), ("2026-10-28", 0.5), ("", 0.0)], "2026-10-28", 0.6),
        (("202640-28", 0.7), [("2026-10-28", 0.9), ("2026-1028", 0.99), ("20261028", 0.9)], "202640-28", 0.7),
        (("日期:2026", 0.7), [("日期：2026", 0.9), ("日期：2026", 0.8), ("日期", 0.9)], "日期：2026", 0.9),
    ],
    ids=["three and the first", "two and the first", "the later ones alone", "two of the later ones", "none alike", "marks aside"],
)  # fmt: skip
def test_what_most_looks_share_counts(
    first: tuple[str, float], again: list[tuple[str, float]], text: str, sure: float
) -> None:
    """A reading that three share, the first among them, is as sure as the surest; one without the first stays in doubt."""
    found = agreed(span(*first), [span(*one) for one in again])
    assert (found.text, max(found.probs)) == (text, pytest.approx(sure))
    assert found.quad == PLACE
