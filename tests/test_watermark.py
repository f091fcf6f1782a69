"""Words aslant over a page: told from its print by direction and tone, taken off, and what they crossed is read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures.canvas import Canvas, Pen
from pipeline.ocr.ink import copied_seals
from pipeline.ocr.watermark import watermark

QUAD = np.array([[0, 0], [200, 0], [200, 30], [0, 30]], np.float32)


def scene(tone: int, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Four level lines of print (tone 20) and four lines of a tone, turned by some degrees, with their quads."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    picture, quads = np.full((900, 1200, 3), 250, np.uint8), []
    for index in range(4):
        for ink, quad in (
            (20, QUAD + np.float32((60, 80 + 200 * index))),
            (tone, QUAD @ turn.T.astype(np.float32) + np.float32((700, 60 + 200 * index))),
        ):
            quads.append(quad)
            for share in np.linspace(0.02, 0.98, 25):
                top, foot = (quad[0] * (1 - share) + quad[1] * share, quad[3] * (1 - share) + quad[2] * share)
                for step in np.linspace(0.2, 0.8, 30):
                    x, y = (top * (1 - step) + foot * step).round().astype(int)
                    picture[y - 1 : y + 2, x - 1 : x + 2] = ink
    return picture, np.array(quads, np.float32)


def test_pale_lines_aslant_are_a_watermark_and_turn_to_paper():
    """Their tone vanishes, that of the print stays."""
    picture, quads = scene(200, 25)
    mark = watermark(picture, quads)
    assert mark is not None
    assert list(mark.aslant) == [False, True] * 4
    plain = mark.without(picture)
    assert plain[:, 650:].min() == 255
    assert plain[:, :300].min() < 30


@pytest.mark.parametrize(("tone", "degrees"), [(25, 25), (200, 3)])
def test_print_aslant_and_pale_level_lines_are_none(tone, degrees):
    """Dark words that run aslant are text, and so are pale ones that lie level."""
    assert watermark(*scene(tone, degrees)) is None


def card(veiled: bool) -> Image.Image:
    """A few labelled lines, under pale words aslant or not."""
    sheet = Canvas(1100, 760)
    if veiled:
        pale = Pen("noto_sans", 34, (190, 190, 196))
        for x in range(-200, 1400, 420):
            for y in range(-100, 1300, 120):
                sheet.text(x + y // 3, y, "仅供办理住房贷款使用", pale)
        sheet.image = sheet.image.rotate(24, fillcolor=(255, 255, 255))
        sheet.draw = ImageDraw.Draw(sheet.image)
    pen = Pen("noto_sans", 34)
    for index, row in enumerate(LINES):
        sheet.text(90, 90 + 100 * index, row, pen)
    return sheet.image


LINES = (
    "姓名 沈若彤",
    "住址 四川省成都市武侯区一环路南一段24号",
    "出生 1990年1月15日",
    "签发机关 成都市公安局武侯分局",
)


@pytest.mark.ocr
def test_lines_that_a_watermark_crosses_are_read():
    """Each line as if nobody had written over it; the watermark itself is no text of the page."""
    from pipeline.ocr.rapid import RapidEngine, rapid_spec

    reading = RapidEngine(rapid_spec()).read(np.asarray(card(veiled=True)))
    found = {span.text.replace(" ", "") for span in reading.spans}
    assert {line.replace(" ", "") for line in LINES} <= found
    assert not any("贷款" in text for text in found)


def test_a_seal_that_a_copier_turned_black_is_seen():
    """A thin dark rim with print within; table cells and a portrait's head are none."""
    import cv2

    picture = np.full((1400, 1000, 3), 245, np.uint8)
    cv2.rectangle(picture, (80, 100), (900, 500), (30, 30, 30), 2)
    cv2.circle(picture, (300, 300), 90, (30, 30, 30), -1)
    assert copied_seals(picture) == []
    cv2.circle(picture, (700, 1000), 110, (40, 40, 40), 5)
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        x, y = round(700 + 75 * np.cos(angle)), round(1000 + 75 * np.sin(angle))
        cv2.rectangle(picture, (x - 12, y - 12), (x + 12, y + 12), (40, 40, 40), 3)
    ((x0, y0, x1, y1),) = copied_seals(picture)
    assert (x0, y0, x1, y1) == pytest.approx((590, 890, 810, 1110), abs=25)
