"""What a person's name can be."""

from __future__ import annotations

import pytest

from fixtures import people
from pipeline.model import READ, SURE, Document
from pipeline.names import doubted, plausible
from tests.build import document


@pytest.mark.parametrize(
    "name", ["冼可", "欧阳文静", "欧阳静", "王伟", "扎西多吉", "阿卜杜热合曼·买买提", "Li Lei", "令狐冲"]
)
def test_a_name_that_can_be_borne_is_plausible(name):
    """Single and double surnames; names of peoples without surnames are longer or hold a dot."""
    assert plausible(name)


@pytest.mark.parametrize("name", ["洗可", "的文静", "壬小明"])
def test_a_name_that_begins_with_no_surname_is_not(name):
    """Look-alikes of surnames: what engines make of rare ones."""
    assert not plausible(name)


def test_the_surnames_that_papers_are_drawn_with_are_known():
    """Invented people bear surnames that real people do."""
    assert all(plausible(surname + "文") for surname in people.SURNAMES if len(surname) == 1)


def held(confidence: float, name: str = "洗可") -> float:
    found: Document = doubted(document("id_card", name=name, confidence=confidence))
    return found.fields["name"].confidence


def test_an_implausible_name_read_from_a_picture_accuses_nobody():
    """It stays given, so that a reviewer sees it, below what may accuse; a text layer is what it is."""
    assert READ <= held(0.9995) < SURE
    assert held(1.0) == 1.0
    assert held(0.9995, "冼可") == 0.9995
