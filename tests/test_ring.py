"""The name on a seal's ring: laid out whole however the seal was pressed, and given only as sure as its readings agree."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas as Sheet

from fixtures.canvas import Canvas, Pen
from fixtures.seal import press, seal
from pipeline.cas import Cas
from pipeline.intake import open_file
from pipeline.ocr import load_engine
from pipeline.ocr.engine import Span
from pipeline.ocr.ink import find_seals
from pipeline.ocr.ring import ALONE, UNEVEN, elected, even, ring_strips
from pipeline.ocr.spec import rapid_spec
from pipeline.reading import _ring, read_page
from pipeline.settings import Limits

Pixels = NDArray[np.uint8]
NAME = "成都天府软件有限公司"
MIDDLE = (500, 500)
PLACE = (0.0, 0.0, 90.0, 0.0, 90.0, 20.0, 0.0, 20.0)


def pressed(turn: float = 0, squeeze: float = 1.0, crossed: bool = False) -> Pixels:
    """A sheet with a seal on it, turned by degrees or seen askew, over print or on bare paper."""
    sheet = Canvas(1000, 1000)
    if crossed:
        sheet.text(330, 520, "成都天府软件有限公司（盖章）", Pen("noto_sans", 30))
    stamp = seal(NAME, 5, diameter=300).rotate(turn, expand=False)
    image = np.asarray(press(sheet.image, stamp, MIDDLE))
    return np.asarray(cv2.resize(image, None, fx=1.0, fy=squeeze, interpolation=cv2.INTER_AREA), np.uint8)


def line(text: str, p: float, *middles: float) -> Span:
    """A reading whose characters stand at these places; evenly if none are given."""
    at = middles or tuple((i + 0.5) / len(text) for i in range(len(text)))
    edges = (0.0, *((a + b) / 2 for a, b in itertools.pairwise(at)), 1.0)
    first, last = 2 * at[0] - edges[1], 2 * at[-1] - edges[-2]
    return Span(text, PLACE, (p,) * len(text), (first, *edges[1:-1], last))


@pytest.mark.parametrize("turn", [-25, 0, 25])
def test_the_ring_is_laid_out_as_a_line(turn: float) -> None:
    """Dark text on white, from the first character to the last however the seal is turned; no rim runs along it."""
    image = pressed(turn)
    (found,) = find_seals(image)
    for strip in ring_strips(image, found):
        assert strip.shape[1] > 5 * strip.shape[0]
        dark = strip[:, :, 0] < 128
        assert dark.any(axis=0).mean() > 0.5
        assert dark[0].mean() < 0.5
        inked = np.flatnonzero(dark.any(axis=0))
        assert inked[0] < 0.12 * dark.shape[1]
        assert inked[-1] > 0.88 * dark.shape[1]


def test_a_picture_without_colour_has_no_ring() -> None:
    """On a grey copy nothing tells the ink from print, and no line is laid out."""
    image = pressed()
    (found,) = find_seals(image)
    grey = np.repeat(image.min(axis=2, keepdims=True), 3, axis=2)
    assert ring_strips(grey, found) == []


def test_letters_that_were_passed_over_leave_a_gap() -> None:
    """Characters of a seal stand evenly: a wide step, or a wide rest at an end, shows that one is lost."""
    assert even(line("成都软件公司", 0.9))
    assert not even(line("成都软件公司", 0.9, 0.07, 0.2, 0.33, 0.59, 0.72, 0.85))
    assert not even(line("成都软件公司", 0.9, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9))


def test_what_most_readings_share_is_elected() -> None:
    """Two that agree outvote one that is surer; agreement of both networks makes surer, a lone reading stays in doubt, one
    with a gap is not counted, and given unread where there is no other."""
    agreed = elected([line("成都软件公司", 0.9), line("城都软件公司", 0.97)], [line("成都软件公司", 0.9)])
    assert agreed is not None
    assert agreed.text == "成都软件公司"
    assert min(agreed.probs) > 0.98
    alone = elected([line("成都软件公司", 0.99), line("城都软件公司", 0.6)], [])
    assert alone is not None
    assert (alone.text, max(alone.probs)) == ("成都软件公司", ALONE)
    gap = line("成都件公司", 0.99, 0.1, 0.25, 0.55, 0.7, 0.85)
    whole = elected([gap], [line("成都软件公司", 0.7)])
    assert whole is not None
    assert whole.text == "成都软件公司"
    only = elected([gap], [])
    assert only is not None
    assert max(only.probs) == UNEVEN
    assert elected([line("口口", 0.9)], [Span("", PLACE)]) is None


@pytest.mark.ocr
@pytest.mark.parametrize(
    ("turn", "squeeze", "crossed"), [(0, 1.0, True), (22, 1.0, False), (-12, 0.85, True)]
)
def test_a_seal_gives_its_company(turn: float, squeeze: float, crossed: bool) -> None:
    """Turned, seen askew or pressed over print, the name on the ring is read to the letter."""
    image = pressed(turn, squeeze, crossed)
    (found,) = find_seals(image)
    engine = load_engine(rapid_spec())
    (name,) = _ring(engine, image, found)
    assert name.text == NAME


@pytest.mark.ocr
def test_a_seal_beside_a_text_layer_gives_its_company(tmp_path: Path) -> None:
    """A PDF's letters are taken at their word; the seal among them is a picture, and its ring is read as one."""
    stamp, out = io.BytesIO(), io.BytesIO()
    Image.fromarray(pressed()).crop((340, 340, 660, 660)).save(stamp, "PNG")
    page = Sheet(out, pagesize=(595, 842), invariant=1)
    page.drawString(60, 700, "Certificate of income No. 20260001")
    page.drawImage(ImageReader(stamp), 300, 300, 115, 115)
    page.save()
    path = tmp_path / "a.pdf"
    path.write_bytes(out.getvalue())
    read = read_page(path, open_file(path, "a.pdf", Limits(), ()), 1, rapid_spec(), Cas(tmp_path / "kept"))
    assert read.source == "text"
    assert [line.text for line in read.lines if line.kind == "seal"] == [NAME]
