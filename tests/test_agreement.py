"""Two readings of one line as one: what both networks read is surer, what they differ on accuses nobody."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.model import SURE
from pipeline.ocr.agreement import DISAGREED, confirmed
from pipeline.ocr.calibration import calibrated
from pipeline.ocr.engine import Span
from pipeline.ocr.network import Network

KNOWN = frozenset("欧阳文静冼洗0123456789.,年月日姓名")
PLACE = (0.0, 0.0, 100.0, 0.0, 100.0, 20.0, 0.0, 20.0)


def span(text: str, *probs: float) -> Span:
    return Span(text, PLACE, probs if len(probs) > 1 else probs * len(text))


def test_what_both_read_is_surer_than_either():
    """Characters that both networks read count more than with one reader, and never as certain."""
    both = confirmed(span("欧阳文静", 0.9), span("欧阳文静", 0.8), KNOWN)
    assert both.text == "欧阳文静"
    assert all(0.9 < p < 1.0 for p in both.probs)


def test_a_character_on_which_they_differ_accuses_nobody_and_its_rival_is_kept():
    """A rare character that one network is sure of and the other reads otherwise is doubted; the rest of the line is not."""
    both = confirmed(span("姓名冼文静", 0.999), span("姓名洗文静", 0.97), KNOWN)
    assert both.text == "姓名冼文静"
    assert both.probs[2] == DISAGREED
    assert calibrated(both.probs[2]) < SURE
    assert both.doubts == ((2, "洗", 0.97),)
    assert min(both.probs[:2] + both.probs[3:]) > 0.99


def test_a_character_that_the_second_network_cannot_tell_is_left_alone():
    """The second network has a smaller alphabet: on what it does not know it has no say."""
    both = confirmed(span("姓名堃文静", 0.99), span("姓名方文静", 0.9), KNOWN)
    assert both.probs[2] == 0.99
    assert not both.doubts


@pytest.mark.parametrize(
    ("first", "second", "doubted"),
    [
        ("1234.56", "12345.6", {4, 5}),
        ("1234.56", "1234.5", {6}),
        ("1234.56", "12234.56", {1, 2}),
        ("2026年3月1日", "2026年3月11日", {7, 8}),
    ],
)
def test_a_digit_too_many_or_too_few_is_doubted_at_its_place(first, second, doubted):
    """Where one network reads a digit more, the characters beside it are doubted: the number may not accuse."""
    both = confirmed(span(first, 0.999), span(second, 0.95), KNOWN)
    low = {i for i, p in enumerate(both.probs) if p <= DISAGREED}
    assert low
    assert low <= doubted | {min(doubted) - 1, max(doubted) + 1}


def test_a_faint_character_that_only_the_second_sees_changes_nothing():
    """A speck that the second network takes for a character with little confidence is no reason to doubt a line."""
    both = confirmed(span("姓名", 0.999), span("姓名日", 0.99, 0.99, 0.19), KNOWN)
    assert min(both.probs) >= 0.999


def test_marks_and_spaces_are_not_compared():
    """Colons, commas and spaces differ between networks without meaning anything."""
    both = confirmed(span("姓名：欧阳文静", 0.99), span("姓名:欧阳 文静", 0.99), KNOWN)
    assert min(both.probs) >= 0.99


def test_a_second_reading_without_text_changes_nothing():
    """A line that the second network does not see stays as it was."""
    first = span("欧阳文静", 0.9)
    assert confirmed(first, Span("", PLACE), KNOWN) == first


def test_a_symbol_in_a_gap_that_the_network_half_takes_for_nothing_is_a_blank():
    """Between a label and its value the network may see a tick where there is only paper; a tick that it is sure of stays."""
    alphabet = ["", "姓", "名", "潘", "☑"]

    def read(tick: float) -> str:
        sure = np.eye(5, dtype=np.float32)[[1, 0, 2, 0, 4, 0, 3, 0]]
        sure[4] = [1 - tick, 0, 0, 0, tick]
        return (
            Network(lambda block: sure[None], alphabet)
            .read([np.zeros((48, 64, 3), np.uint8)], [PLACE])[0]
            .text
        )

    assert read(0.75) == "姓名 潘"
    assert read(0.97) == "姓名☑潘"
