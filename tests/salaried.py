"""Somebody who is paid a salary: half a year of a statement with it, for tests of the rules about pay and income."""

from __future__ import annotations

from typing import Any

from pipeline.model import Document
from tests.papers import AS_OF, END, START, Row, chain, ordered, spread, statement
from validators.parameters import Parameters

PARAMETERS = Parameters.load()
VALUES = PARAMETERS.at(AS_OF)
SPENT = spread(START, END)
NETS = ["18087.50"] * 6


def paid(*credits: Row, **more: Any) -> Document:
    """A half year's statement with daily spending and these credits."""
    return statement(chain(*ordered(SPENT, credits)), **more)
