"""Where the papers lie in a picture: level, flat, each card by itself."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fixtures.bent import shaded
from pipeline.ocr.engine import Span
from pipeline.ocr.sheets import Place, find_places, through

Homography = NDArray[np.float64]
SIZE = (900, 1200)
"""Width and height of the pictures here."""
ROWS = [(100.0, y, 100.0 + 60 * (4 + y // 100 % 5), y + 24.0) for y in range(120, 1100, 60)]
"""Boxes of lines of text on a page of that size."""


def paper(width: int, height: int, boxes: Sequence[Sequence[float]], ground: int = 250) -> NDArray[np.uint8]:
    """A sheet with grey bars in the place of text."""
    image = np.full((height, width, 3), ground, np.uint8)
    for x0, y0, x1, y1 in boxes:
        cv2.rectangle(image, (int(x0), int(y0) + 6), (int(x1), int(y1) - 6), (70, 70, 70), -1)
    return image


def spans(boxes: Sequence[Sequence[float]], matrix: Homography, jitter: float = 0.0) -> tuple[Span, ...]:
    """The boxes as an engine sees them once the sheet is moved by `matrix`."""
    rng = np.random.default_rng(3)
    found = []
    for x0, y0, x1, y1 in boxes:
        corners = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], np.float64)
        moved = cv2.perspectiveTransform(corners, matrix).reshape(-1) + rng.normal(0, jitter, 8)
        found.append(Span("住址某市某区某路", tuple(float(v) for v in moved)))
    return tuple(found)


def turn(degrees: float) -> Homography:
    """A turn about the middle of the picture."""
    flat = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), degrees, 1.0)
    return np.vstack([flat, [0, 0, 1]])


def angles(place: Place, all_spans: Sequence[Span]) -> NDArray[np.float64]:
    """The angle in degrees of each long line on the flattened sheet."""
    out = []
    for index in place.spans:
        quad = np.array(all_spans[index].quad).reshape(1, 4, 2)
        a, b, c, d = cv2.perspectiveTransform(quad, place.matrix)[0]
        run, rise = (b + c - a - d) / 2
        out.append(np.degrees(np.arctan2(rise, run)))
    return np.array(out)


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """The share of two boxes' union that both cover."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0.0, wide) * max(0.0, high)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


@pytest.mark.parametrize("degrees", [-8.0, -3.0, -0.6, 0.4, 2.0, 6.0])
def test_skew_is_taken_out_to_a_third_of_a_degree(degrees):
    """By the text's own lines, whose ends the engine finds to a pixel or two."""
    tilted = spans(ROWS, turn(degrees), jitter=1.0)
    picture = cv2.warpAffine(paper(*SIZE, ROWS), turn(degrees)[:2], SIZE, borderValue=(250, 250, 250))
    (place,) = find_places(np.asarray(picture, np.uint8), tilted)
    assert place.spans == tuple(range(len(ROWS)))
    assert abs(np.median(angles(place, tilted))) < 0.3


def test_a_level_page_is_left_alone():
    """Nothing is bent that lies straight: boxes on the sheet are boxes on the page."""
    level = spans(ROWS, np.eye(3))
    (place,) = find_places(paper(*SIZE, ROWS), level)
    assert (place.width, place.height) == SIZE
    assert np.array([through(place.matrix, s) for s in level]) == pytest.approx(np.array(ROWS), abs=0.1)


def test_one_line_running_askew_does_not_tilt_the_page():
    """A stamp's or a signature's slanted words are outliers."""
    level = spans(ROWS, np.eye(3))
    slanted = Span("仅供贷款使用", (150, 700, 700, 400, 712, 424, 162, 724))
    (place,) = find_places(paper(*SIZE, ROWS), (*level, slanted))
    straight = Place(place.matrix, place.width, place.height, tuple(range(len(level))))
    assert abs(np.median(angles(straight, level))) < 0.1


CORNERS = np.array([[90, 140], [800, 60], [860, 1130], [40, 1080]], np.float32)
"""Where a phone sees the corners of a sheet that lies on a desk."""


def test_a_photographed_sheet_is_flattened():
    """A sheet on a dark desk in perspective: its lines are level and as long as they are printed."""
    frame = np.array([[0, 0], [SIZE[0], 0], [SIZE[0], SIZE[1]], [0, SIZE[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(frame, CORNERS)
    photo = np.full((*SIZE[::-1], 3), 60, np.uint8)
    photo = cv2.warpPerspective(
        paper(*SIZE, ROWS), matrix, SIZE, dst=photo, borderMode=cv2.BORDER_TRANSPARENT
    )
    seen = spans(ROWS, matrix, jitter=0.5)
    (place,) = find_places(np.asarray(photo, np.uint8), seen)
    assert np.abs(angles(place, seen)).max() < 0.5
    scale = np.array([SIZE[0] / place.width, SIZE[1] / place.height])
    for span, row in zip(seen, ROWS, strict=True):
        x0, y0, x1, y1 = through(place.matrix, span)
        on_sheet = (x0 * scale[0], y0 * scale[1], x1 * scale[0], y1 * scale[1])
        assert overlap(on_sheet, row) > 0.7


def two_cards(ground: int = 120) -> tuple[NDArray[np.uint8], tuple[Span, ...], tuple[Span, ...]]:
    """A desk with two cards, each turned its own way, and the text on each."""
    picture = np.full((1200, 900, 3), ground, np.uint8)
    boxes = [(40.0, y, 300.0 + 40 * k, y + 22.0) for k, y in enumerate((40.0, 90.0, 140.0, 190.0))]
    sides = []
    for degrees, x, y in ((4.0, 160, 150), (-5.0, 220, 700)):
        angle = np.radians(degrees)
        matrix = np.array([[np.cos(angle), -np.sin(angle), x], [np.sin(angle), np.cos(angle), y], [0, 0, 1]])
        card = paper(500, 315, boxes, 235)
        cv2.warpPerspective(card, matrix, (900, 1200), dst=picture, borderMode=cv2.BORDER_TRANSPARENT)
        sides.append(spans(boxes, matrix, jitter=0.4))
    return picture, sides[0], sides[1]


def test_two_cards_on_one_picture_are_two_sheets():
    """Each has its own text, each is laid level for itself."""
    picture, first, second = two_cards()
    places = find_places(picture, first + second)
    assert sorted(place.spans for place in places) == [(0, 1, 2, 3), (4, 5, 6, 7)]
    for place in places:
        assert np.abs(angles(place, first + second)).max() < 0.6
        assert place.width / place.height == pytest.approx(500 / 315, rel=0.06)


def test_no_text_is_lost_between_the_sheets():
    """What is written beside the cards stays: every piece of text is on just one sheet."""
    picture, first, second = two_cards()
    beside = Span("复印", (40, 600, 90, 600, 90, 622, 40, 622))
    everything = (*first, *second, beside)
    held = [index for place in find_places(picture, everything) for index in place.spans]
    assert sorted(held) == list(range(len(everything)))


def test_the_frame_of_a_table_is_no_sheet():
    """A printed frame around a part of the text is a table on its page, and the page stays whole."""
    picture = paper(*SIZE, ROWS)
    cv2.rectangle(picture, (80, 280), (820, 1090), (30, 30, 30), 3)
    level = spans(ROWS, np.eye(3))
    (place,) = find_places(picture, level)
    assert (place.width, place.height) == SIZE
    assert len(place.spans) == len(ROWS)


@pytest.mark.parametrize(("at", "degrees"), [(0.45, 0.0), (0.6, 20.0), (0.3, 70.0), (0.45, 90.0)])
def test_the_edge_of_a_shadow_does_not_part_a_sheet(at, degrees):
    """Where the shadow of a hand ends there is no paper's edge, whether it cuts through lines or runs between them."""
    framed = cv2.rectangle(paper(*SIZE, ROWS), (2, 2), (SIZE[0] - 3, SIZE[1] - 3), (122, 28, 40), 4)
    level = spans(ROWS, np.eye(3))
    shadow = shaded(Image.fromarray(framed), 0.75, at, degrees)
    (place,) = find_places(np.asarray(shadow), level)
    assert place.spans == tuple(range(len(ROWS)))
    assert np.abs(angles(place, level)).max() < 0.3


def test_pages_of_little_or_no_text_are_one_sheet():
    """Without lines there is no direction: the page is taken as it is."""
    blank = np.full((600, 400, 3), 255, np.uint8)
    for words in ((), spans(ROWS[:2], np.eye(3))):
        (place,) = find_places(blank, words)
        assert (place.width, place.height, place.spans) == (400, 600, tuple(range(len(words))))
        assert np.array_equal(place.matrix, np.eye(3))
