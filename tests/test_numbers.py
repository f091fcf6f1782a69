"""Resident numbers that prove themselves, and what is done with one that does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Line
from pipeline.numbers import ETHNICITIES, id_checks, id_plausible, mended_id_number

GOOD = "11010519491231002X"
"""The example number of GB 11643."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def piece(text: str, *doubts: tuple[int, str, float]) -> Line:
    """A line of print with what else the engine held possible."""
    return Line(text, (0, 0, 180, 10), 0.97, doubts=doubts)


@given(st.integers(10**16, 10**17 - 1))
def test_just_one_check_character_fits(head: int):
    """Of the eleven check characters the one of ISO 7064 MOD 11-2 is right, and no other."""
    total = sum(int(d) * w for d, w in zip(str(head), WEIGHTS, strict=True)) % 11
    assert [c for c in "0123456789X" if id_checks(f"{head}{c}")] == ["10X98765432"[total]]


def test_other_texts_have_no_check():
    """Too few digits, masks and letters never pass."""
    assert not any(id_checks(t) for t in ("", "1101051949123100", "110105********002X", "11010519491231002x"))


def test_plausible_means_a_birth_date_and_a_province():
    """Month 13, a birth in 1800 and province 99 are numbers that were misread."""
    assert id_plausible(GOOD)
    assert not id_plausible("110105194913310020")
    assert not id_plausible("110105180012310020")
    assert not id_plausible("770105194912310020")


def test_a_misread_digit_is_mended_where_the_engine_doubted_it():
    """The one doubt that makes the check digit right is taken, and the number is marked as worked out."""
    assert mended_id_number(piece("11010519491281002X", (12, "3", 0.2))) == (GOOD, True)


def test_a_doubt_that_makes_no_difference_mends_nothing():
    """Where the doubts do not lead to a right number, it is given as read."""
    assert mended_id_number(piece("11010519491281002X", (12, "7", 0.2))) == ("11010519491281002X", False)


def test_two_ways_to_mend_are_none():
    """A number that two doubts would repair, each in its own way, stays as it was read."""
    wrong = "110105194912310021"
    ways = [
        (i, d)
        for i in range(17)
        for d in "0123456789"
        if id_checks(wrong[:i] + d + wrong[i + 1 :]) and id_plausible(wrong[:i] + d + wrong[i + 1 :])
    ]
    assert len(ways) > 1
    one, two = ((i, d, 0.1) for i, d in ways[:2])
    assert mended_id_number(piece(wrong, one))[1]
    assert mended_id_number(piece(wrong, one, two)) == (wrong, False)


def test_a_forged_number_is_read_as_it_stands():
    """Without any doubt of the engine a wrong check digit is the paper's own fault, and a rule's to hold against it."""
    assert mended_id_number(piece("110105194912310021")) == ("110105194912310021", False)


def test_letters_stand_for_digits():
    """O, l, S and small x are digits here; spaces of the layout are none."""
    assert mended_id_number(piece("11O1O519491231002x")) == (GOOD, False)
    assert mended_id_number(piece("110105 19491231 002X")) == (GOOD, False)


def test_masked_and_old_numbers_stay_as_they_are():
    """A mask is not filled in, fifteen digits are not made eighteen; other texts are no number."""
    assert mended_id_number(piece("110105********002X")) == ("110105********002X", False)
    assert mended_id_number(piece("130503670401001")) == ("130503670401001", False)
    assert mended_id_number(piece("1101051949")) == (None, False)
    assert mended_id_number(piece("住址某市某区某路某号")) == (None, False)


def test_every_group_is_found_by_its_whole_name():
    """Fifty-six groups and 穿青人; a name that begins with another one's comes first (土家 before 土)."""
    assert len(set(ETHNICITIES)) == 57
    for index, name in enumerate(ETHNICITIES):
        assert not any(later.startswith(name) for later in ETHNICITIES[index + 1 :] if later != name)
