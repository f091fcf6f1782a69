"""Paper that does not lie flat: rows come out level, boxes lead back to where the picture shows them, flat stays flat."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.bend import FLAT, flat, sag
from pipeline.cas import Cas
from pipeline.intake import open_file
from pipeline.model import Page
from pipeline.ocr.engine import EngineSpec, Reading, Span
from pipeline.ocr.sheets import find_places, through
from pipeline.ocr.stand_ins import picture_key, reading_to_plain
from pipeline.reading import page_from_plain, page_to_plain, read_page
from pipeline.second import cut
from pipeline.settings import Limits
from pipeline.table.level import level as levelled

pytestmark = pytest.mark.ocr

SIZE = (1200, 900)
"""Width and height of the pictures here."""
HIGH = 34.0
"""The height of a line of text."""
COLUMNS = ((80, 230), (270, 500), (640, 800), (830, 1110))
"""From where to where labels and values stand in each row."""
ROWS = [(x0, y, x1, y + HIGH) for y in range(120, 800, 80) for x0, x1 in COLUMNS]

Curl = Callable[[float, float], float]


def page(x: float, y: float) -> float:
    """A page bound at its left: it climbs from the spine and sinks towards its edge, more so at its foot."""
    u = x / SIZE[0]
    return float(-(55 + 15 * (y / SIZE[1])) * np.sin(np.pi * u**0.6))


def spread(x: float, y: float) -> float:
    """Two pages with the spine between them: both sink into it."""
    u = abs(x - 535) / 665
    return float(-(95 - 10 * y / SIZE[1]) * np.sin(np.pi * np.sqrt(u)))


def level(x: float, y: float) -> float:
    """Paper that lies flat."""
    return 0.0


def seen(boxes: Sequence[Sequence[float]], curl: Curl, jitter: float = 0.0) -> tuple[Span, ...]:
    """The boxes as an engine sees them on curled paper: each straight from its end to its end."""
    rng = np.random.default_rng(5)
    found = []
    for x0, y0, x1, y1 in boxes:
        left, right = curl(x0, (y0 + y1) / 2), curl(x1, (y0 + y1) / 2)
        corners = np.array([x0, y0 + left, x1, y0 + right, x1, y1 + right, x0, y1 + left])
        found.append(Span("姓名", tuple(float(v) for v in corners + rng.normal(0, jitter, 8)), (0.99, 0.99)))
    return tuple(found)


def uneven(boxes: Sequence[Sequence[float]], columns: int) -> float:
    """By how many heights of a line the middles of one row differ at most; boxes are in the order of ROWS, and a page has
    that many columns."""
    middles = np.array([(box[1] + box[3]) / 2 for box in boxes]).reshape(-1, columns)
    return float(np.ptp(middles, axis=1).max()) / HIGH


def on_sheet(spans: tuple[Span, ...]) -> tuple[Any, list[tuple[float, ...]]]:
    (place,) = find_places(np.full((SIZE[1], SIZE[0], 3), 250, np.uint8), spans)
    return place.bend, [through(place.matrix, span, place.bend) for span in spans]


@pytest.mark.parametrize(("curl", "columns"), [(page, 4), (spread, 2)])
def test_rows_of_curled_paper_come_out_level(curl, columns):
    """What is printed on one line of a page stands on one line, though the picture shows it most of a line apart."""
    spans = seen(ROWS, curl, jitter=0.8)
    assert uneven([through(np.eye(3), span) for span in spans], columns) > 0.75
    bend, boxes = on_sheet(spans)
    assert bend != FLAT
    assert uneven(boxes, columns) < 0.25
    heights = [box[3] - box[1] for box in boxes]
    assert heights == pytest.approx([HIGH] * len(ROWS), rel=0.25)


@pytest.mark.parametrize("jitter", [0.0, 0.8, 1.6])
def test_flat_paper_is_not_bent(jitter):
    """Boxes whose ends are a pixel or two off make no curl, on a page of many lines or of few."""
    assert on_sheet(seen(ROWS, level, jitter))[0] == FLAT
    assert on_sheet(seen(ROWS[:8], level, jitter))[0] == FLAT


def test_paper_that_is_only_askew_is_not_bent():
    """A turn is taken out by the straightening; nothing is left for a curl to explain."""
    assert on_sheet(seen(ROWS, lambda x, _: 0.05 * x, 0.8))[0] == FLAT


def test_words_stamped_across_a_flat_page_do_not_bend_it():
    """Slanted lines that each run their own way are no curl, for none foretells another."""
    stamps = [(150, 300, 500, 334), (500, 620, 900, 654), (300, 480, 620, 514)]
    slanted = [
        span
        for n, box in enumerate(stamps)
        for span in seen([box], lambda x, _, n=n: (0.3, -0.25, 0.35)[n] * x)
    ]
    assert on_sheet((*seen(ROWS[:12], level, 0.8), *slanted))[0] == FLAT


def test_the_way_onto_the_flat_sheet_and_back_ends_where_it_began():
    """`flat` undoes `sag` at any place, left and right of the spine and beyond the text."""
    bend, _ = on_sheet(seen(ROWS, spread))
    for x in (-50.0, 80.0, 534.0, 536.0, 900.0, 1300.0):
        for y in (0.0, 130.0, 450.0, 880.0):
            assert flat(bend, x, y + sag(bend, x, y)) == pytest.approx(y, abs=1e-6)


# ---------------------------------------------------------------- from the picture to the sheet and back


def drawn(curl: Curl) -> NDArray[np.uint8]:
    """Curled paper with a black bar for each line: thirty rows of pixels of it, bent as the paper is."""
    image = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)
    for x0, y0, x1, y1 in ROWS:
        for x in range(int(x0), int(x1)):
            top = round(y0 + 2 + curl(x, (y0 + y1) / 2))
            image[top : top + int(HIGH) - 4, x] = 0
    return image


@pytest.fixture(scope="module")
def curled(tmp_path_factory: pytest.TempPathFactory) -> tuple[NDArray[np.uint8], Page]:
    """The picture of a curled page, and the page as it was read from it."""
    folder = tmp_path_factory.mktemp("curl")
    image = drawn(page)
    plain = reading_to_plain(Reading(0, seen(ROWS, page)))
    (folder / f"{picture_key(image)}.json").write_text(json.dumps(plain), encoding="utf-8")
    path = Path(folder / "a.png")
    Image.fromarray(image).save(path)
    spec = EngineSpec("replay", "1", {"folder": str(folder)})
    return image, read_page(path, open_file(path, "a.png", Limits()), 1, spec, Cas(folder / "store"))


def test_boxes_of_a_curled_page_lead_back_to_the_picture(curled):
    """Each line's box lies on the page where the picture shows the line, to a third of a line."""
    _, found = curled
    (sheet,) = found.sheets
    assert sheet.bend
    lines = sorted(sheet.lines, key=lambda line: (round(line.middle[1] / 40), line.box[0]))
    for line, box in zip(lines, ROWS, strict=True):
        (span,) = seen([box], page)
        around = (min(span.quad[0::2]), min(span.quad[1::2]), max(span.quad[0::2]), max(span.quad[1::2]))
        placed = np.array(sheet.place(line.box)) * (*SIZE, *SIZE)
        assert placed == pytest.approx(np.array(around), abs=HIGH / 3)


def test_a_table_on_curled_paper_keeps_its_places(curled):
    """What the reading of tables levels further still leads back to where the picture shows it."""
    _, found = curled
    (sheet,) = found.sheets
    table = levelled(sheet)
    for line, moved in zip(sheet.lines, table.lines, strict=True):
        before, after = (
            np.array(s.place(n.box)) * (*SIZE, *SIZE) for s, n in ((sheet, line), (table, moved))
        )
        assert after[1::2] == pytest.approx(before[1::2], abs=HIGH / 3)


def test_a_line_cut_out_of_a_curled_page_is_level(curled):
    """The second reader is shown the line as it is printed: ink from end to end, paper above and below."""
    image, found = curled
    (sheet,) = found.sheets
    for line in sheet.lines[::5]:
        crop = cut(image, found, sheet.place(line.box))
        assert crop is not None
        assert HIGH <= crop.shape[0] <= 2 * HIGH
        ink = crop[:, 10:-10, 0] < 128
        assert ink[crop.shape[0] // 2].mean() > 0.97
        assert ink[[0, -1]].mean() < 0.1


def test_a_kept_curled_page_comes_back_as_it_was(curled):
    """The bend is kept with the page."""
    _, found = curled
    assert page_from_plain(json.loads(json.dumps(page_to_plain(found))), "a.png") == found
