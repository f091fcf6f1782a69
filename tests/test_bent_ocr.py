"""Papers as phones see them, drawn and read by the real engine: an opened booklet that curls, a card on a screen."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from extractors import MATERIALS
from fixtures import spoil
from fixtures.bent import curled
from fixtures.paper import Paper
from fixtures.papers import id_card, marriage_certificate
from pipeline.assemble import assemble
from pipeline.cas import Cas
from pipeline.intake import open_file
from pipeline.model import Document, File
from pipeline.ocr.spec import rapid_spec
from pipeline.reading import read_page
from pipeline.settings import Limits

pytestmark = pytest.mark.ocr


def read(folder: Path, paper: Paper, taken: Callable[[Image.Image], Image.Image]) -> list[Document]:
    """The documents on the picture that was taken of a paper."""
    path = folder / "a.jpg"
    taken(paper.images[0]).save(path, quality=85)
    opened = open_file(path, path.name, Limits())
    page = read_page(path, opened, 1, rapid_spec(), Cas(folder / "store"))
    file = File(opened.key, opened.sha256, opened.size, opened.kind, (page,), opened.findings)
    return assemble([file], MATERIALS)[0]


def test_a_curled_certificate_is_read_as_a_flat_one(tmp_path):
    """Both pages beside a steep spine: every value is read, none is taken from the line above or below."""
    truth = marriage_certificate.invent(random.Random("curled"))
    paper = marriage_certificate.draw("side", truth, 4)
    (found,) = read(tmp_path, paper, lambda image: curled(image, 0.8, spine=0.5, tilt=0.4))
    for name, value in paper.truth["fields"].items():
        assert found.text(name) == value, name
    rows = [{name: cell.value for name, cell in row.items()} for row in found.tables["persons"]]
    assert rows == paper.truth["tables"]["persons"]


def test_a_card_on_a_screen_is_read(tmp_path):
    """Deep stripes of the screen's dots lie over the whole card."""
    paper = id_card.draw("front", id_card.invent(random.Random("screen")), 3)
    (found,) = read(tmp_path, paper, lambda image: spoil.screened(image, 0.6))
    for name in ("name", "sex", "birth_date", "address", "id_number"):
        assert found.text(name) == paper.truth["fields"][name], name
