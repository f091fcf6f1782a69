"""Red ink apart from print: seals are found, the text under them comes back, grey copies say nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fixtures.canvas import Canvas, Pen
from fixtures.seal import press, seal
from pipeline.ocr.engine import Span
from pipeline.ocr.gaps import missed
from pipeline.ocr.ink import BLUE, find_seals, ink_mask, is_coloured, without_seals
from pipeline.ocr.quality import measure
from pipeline.ocr.ring import ring_strips

Pixels = NDArray[np.uint8]
MIDDLE = (640, 900)
"""Where the seal is pressed."""


def page() -> Canvas:
    """A white sheet with a few lines of print, two of them where the seal goes."""
    sheet = Canvas(1000, 1300)
    pen = Pen("noto_sans", 34)
    for line, y in enumerate((150, 260, 370, 860, 920)):
        sheet.text(120 if line < 3 else 480, y, "成都天府软件有限公司二〇二六年", pen)
    return sheet


@pytest.fixture(scope="module")
def plain() -> Pixels:
    return np.asarray(page().image)


@pytest.fixture(scope="module")
def sealed() -> Pixels:
    return np.asarray(press(page().image, seal("成都天府软件有限公司", 5, diameter=300), MIDDLE))


def test_a_seal_is_found_where_it_was_pressed(sealed):
    """One seal, round, its box around the ring."""
    (found,) = find_seals(sealed)
    x0, y0, x1, y1 = found.box
    assert found.round
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx(MIDDLE, abs=20)
    assert (x1 - x0, y1 - y0) == pytest.approx((300, 300), abs=40)


def test_a_seal_half_worn_off_is_found(plain, sealed):
    """A stamp of which a third of the ink is left is a seal still, its whole ring within the box."""
    worn = np.asarray((plain * 0.72 + sealed * 0.28).astype(np.uint8))
    (found,) = find_seals(worn)
    x0, y0, x1, y1 = found.box
    assert (x1 - x0, y1 - y0) == pytest.approx((300, 300), abs=40)


def test_a_page_without_a_seal_has_none(plain):
    """Black print is no seal; red letters in a line and a filled red area are none either."""
    assert find_seals(plain) == []
    letter = page()
    letter.text(100, 700, "重要提示：请核对", Pen("noto_sans", 34, (210, 20, 30)))
    assert find_seals(np.asarray(letter.image)) == []
    flag = plain.copy()
    cv2.rectangle(flag, (400, 500), (600, 640), (205, 20, 30), -1)
    assert find_seals(flag) == []


def test_the_print_under_a_seal_comes_back(plain, sealed):
    """Without the seal its place holds the black print and paper; the rest of the page is untouched."""
    seals = find_seals(sealed)
    cleaned = without_seals(sealed, seals)
    x0, y0, x1, y1 = seals[0].box
    inside, wanted = cleaned[y0:y1, x0:x1].astype(int), plain[y0:y1, x0:x1].astype(int)
    assert np.abs(inside - wanted).mean() < 12
    assert (inside.max(axis=2) - inside.min(axis=2)).max() == 0
    dark = wanted.max(axis=2) < 60
    assert (inside.max(axis=2)[dark] < 130).mean() > 0.9
    assert np.array_equal(cleaned[:700], sealed[:700])
    assert without_seals(plain, []) is plain


def test_thin_print_under_a_seal_survives_a_dim_and_soft_photo(plain, sealed):
    """At 60 % of the light and slightly out of focus the strokes under red ink are nearly as dark as before."""
    soft, print_alone = (cv2.GaussianBlur(picture, (0, 0), 1.5) for picture in (sealed, plain))
    dim = np.asarray(soft * 0.6, np.uint8)
    stamp = press(Canvas(1000, 1300).image, seal("成都天府软件有限公司", 5, diameter=300), MIDDLE)
    strokes = (print_alone[:, :, 0] >= 70) & (print_alone[:, :, 0] < 150) & (ink_mask(np.asarray(stamp)) > 0)
    assert strokes.sum() > 300
    clean = without_seals(dim, find_seals(dim))[:, :, 0]
    assert np.percentile(clean[strokes], 90) < 100 < 0.9 * clean.max()


def test_a_grey_copy_has_no_colour_and_no_seal(sealed):
    """A missing red seal on a copy without colour proves nothing, so the copy is known as such."""
    grey = np.asarray(ImageOps.grayscale(Image.fromarray(sealed)).convert("RGB"))
    assert is_coloured(sealed)
    assert not is_coloured(grey)
    assert find_seals(grey) == []


def test_a_blue_seal_is_found_and_taken_off_like_a_red_one(plain):
    """The round stamp of a counter in blue: its box, its ring as a line, and the print under it in black and white."""
    page_of_it = Image.fromarray(plain)
    blue = np.asarray(
        press(page_of_it, seal("成都天府软件有限公司", 5, diameter=300, colour=(28, 62, 190)), MIDDLE)
    )
    (found,) = find_seals(blue)
    x0, y0, x1, y1 = found.box
    assert found.round
    assert found.ink is BLUE
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx(MIDDLE, abs=20)
    assert all((strip[:, :, 0] < 128).any(axis=0).mean() > 0.5 for strip in ring_strips(blue, found))
    cleaned = without_seals(blue, [found])[y0:y1, x0:x1].astype(int)
    assert np.abs(cleaned - plain[y0:y1, x0:x1]).mean() < 14


def test_a_blue_head_and_blue_letters_are_no_seal(plain):
    """Tables have blue heads and letters blue names: neither is round with a rim."""
    letter = page()
    letter.text(100, 700, "某某银行股份有限公司", Pen("noto_sans", 34, (20, 60, 190)))
    head = np.asarray(letter.image).copy()
    cv2.rectangle(head, (100, 500), (900, 560), (30, 80, 200), -1)
    cv2.rectangle(head, (100, 560), (900, 800), (30, 80, 200), 3)
    assert find_seals(head) == []


def test_two_seals_are_two(sealed):
    """A second stamp elsewhere on the page is one of its own."""
    image = Image.fromarray(sealed)
    second = np.asarray(press(image, seal("成都某某有限公司", 9, diameter=240), (250, 640)))
    assert len(find_seals(second)) == 2


# ---------------------------------------------------------------- what the detector leaves out, and how good it is


def test_a_lone_character_in_a_row_is_found(plain):
    """A single sign far to the right of a line, which detectors skip, is given a quad of the row's height."""
    sheet = page()
    sheet.text(800, 150, "女", Pen("noto_sans", 34))
    image = cv2.cvtColor(np.asarray(sheet.image), cv2.COLOR_RGB2BGR)
    quads = np.array(
        [[[118, y + 4], [630, y + 4], [630, y + 46], [118, y + 46]] for y in (150, 260, 370)]
        + [[[478, y + 4], [985, y + 4], [985, y + 46], [478, y + 46]] for y in (860, 920)],
        np.float32,
    )
    (found,) = missed(np.asarray(image, np.uint8), quads)
    assert found[:, 0].min() == pytest.approx(800, abs=12)
    assert found[:, 0].max() == pytest.approx(834, abs=12)
    assert len(missed(np.asarray(cv2.cvtColor(plain, cv2.COLOR_RGB2BGR), np.uint8), quads)) == 0


def test_what_stands_in_no_row_is_left_alone():
    """A sign between the lines belongs to none of them; a page without any text has no rows."""
    image = np.full((400, 800, 3), 255, np.uint8)
    cv2.rectangle(image, (600, 150), (625, 178), (0, 0, 0), -1)
    row = np.array([[[50, 40], [400, 40], [400, 70], [50, 70]]], np.float32)
    assert len(missed(image, row)) == 0
    assert len(missed(image, row[:0])) == 0


def test_quality_tells_glare_and_the_height_of_text(plain):
    """Burnt-out pixels as a share; the median height of the words in pixels, 0 where there are none."""
    burnt = plain.copy()
    burnt[:, :500] = 255
    assert measure(burnt, ())["glare"] >= 0.5
    words = (Span("甲", (0, 0, 30, 0, 30, 34, 0, 34)), Span("乙", (0, 50, 30, 50, 30, 80, 0, 80)))
    assert measure(plain, words)["text_height"] == 32
    assert measure(plain, ())["text_height"] == 0
