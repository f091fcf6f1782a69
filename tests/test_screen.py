"""Pictures of a screen: the pattern of its dots is found and taken out, and nothing else is touched."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from PIL import Image

from fixtures import spoil
from fixtures.bent import off_a_screen, shaded
from fixtures.canvas import Canvas, Pen
from pipeline.ocr.engine import Picture
from pipeline.ocr.screen import calm, has_pattern

pytestmark = pytest.mark.ocr

INK, PAPER = (30, 30, 34), (226, 222, 218)
BARE = np.s_[760:860, 100:700]
"""A part of the page without print."""


@cache
def page() -> Image.Image:
    """A page of print with rules, larger than the square that is cleaned at once."""
    canvas = Canvas(1130, 1500, PAPER)
    for y in (*range(90, 700, 70), *range(930, 1430, 70)):
        canvas.text(90, y, "公民身份号码 510107198803152646 住址某市某区", Pen("noto_sans", 34, INK))
        canvas.line(60, y + 54, 1070, y + 54, (90, 90, 90), 2)
    return canvas.image


def pixels(image: Image.Image) -> Picture:
    return np.asarray(image, np.uint8)


def grey_stripes(image: Image.Image) -> Image.Image:
    """Stripes of all colours at once, as a screen has them whose dots do not stand side by side."""
    ys, xs = np.mgrid[0 : image.height, 0 : image.width].astype(np.float32)
    wave = np.sin(2 * np.pi * (xs * 0.89 + ys * 0.45) / 6.1)
    return Image.fromarray((pixels(image) * (0.7 + 0.3 * wave)[:, :, None]).astype(np.uint8))


WAYS = {
    "dots": lambda image: off_a_screen(image, 0.6),
    "faint dots": lambda image: off_a_screen(image, 0.3),
    "stripes": lambda image: spoil.screened(image, 0.6),
    "grey stripes": grey_stripes,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_pattern_of_a_screen_is_taken_out(way):
    """What flickers on bare paper goes, while print stands out of it as before."""
    taken = pixels(WAYS[way](page()))
    calmed = calm(taken)
    assert calmed.shape == taken.shape
    assert calmed[BARE].std() < 0.4 * taken[BARE].std()
    printed = pixels(page()).mean(axis=2) < 60
    paper, ink = calmed[BARE].mean(), calmed[printed].mean()
    assert ink < 0.4 * paper


@pytest.mark.parametrize("spoilt", [lambda i: i, lambda i: shaded(i, 0.7), lambda i: spoil.darkened(i, 0.5)])
def test_a_picture_of_paper_is_left_alone(spoilt):
    """Print, rules, shadow and a camera's noise are no pattern: the very picture comes back."""
    taken = pixels(spoilt(page()))
    assert not has_pattern(taken)
    assert calm(taken) is taken


@pytest.mark.parametrize("size", [(1, 1), (90, 700), (256, 256), (3000, 40)])
def test_pictures_of_any_size_are_looked_at(size):
    """What is too small to show a pattern has none."""
    height, width = size
    bare = np.full((height, width, 3), 200, np.uint8)
    assert calm(bare) is bare
