"""How good a picture is and where text may be lost on it: drawn sheets, unspoilt and spoilt in one way each."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures import spoil
from fixtures.canvas import Canvas, Pen
from pipeline.ocr.engine import Span
from pipeline.ocr.quality import measure

pytestmark = pytest.mark.ocr

PAPER = (222, 221, 216)
SHEET, DESK = (1000, 1300), (1240, 1560)
AT = (120, 130)
"""Where the sheet lies on the desk."""
ROWS = (
    "成都天府软件有限公司",
    "兹证明欧阳文静系我公司员工，任职软件工程师",
    "身份证号码510107198803152646，月收入人民币",
    "贰万伍仟元整，税前，自二〇一五年三月至今",
    "特此证明，联系电话028-85123456",
    "盖章日期二〇二六年十月二十八日",
)
TOPS = (120, 300, 420, 540, 660, 980)


def sheet(size: int = 32) -> tuple[Image.Image, tuple[Span, ...]]:
    """A sheet of six lines, and its text as an engine places it."""
    image, spans = _sheet(size)
    return image.copy(), spans


@cache
def _sheet(size: int) -> tuple[Image.Image, tuple[Span, ...]]:
    pen = Pen("noto_sans", size)
    canvas = Canvas(*SHEET, PAPER)
    spans = []
    for top, row in zip(TOPS, ROWS, strict=True):
        words = row[: 700 // size]
        right = canvas.text(110, top, words, pen)
        spans.append(span(words, (110, top - 2, right, top + pen.size + 8)))
    return canvas.image, tuple(spans)


def span(words: str, box: tuple[float, float, float, float]) -> Span:
    x0, y0, x1, y1 = box
    return Span(words, (x0, y0, x1, y0, x1, y1, x0, y1), (0.99,) * len(words))


def desk() -> tuple[Image.Image, tuple[Span, ...]]:
    """The sheet on a brown table."""
    image, spans = sheet()
    table = _table().copy()
    table.paste(image, AT)
    return table, moved(spans, *AT)


@cache
def _table() -> Image.Image:
    ground = np.random.default_rng(3).normal((104, 78, 58), 3, (DESK[1], DESK[0], 3))
    return Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))


def moved(spans: tuple[Span, ...], dx: float, dy: float, scale: float = 1.0) -> tuple[Span, ...]:
    """The text where the picture was shifted, then scaled."""
    return tuple(
        Span(s.text, tuple((v + (dy if i % 2 else dx)) * scale for i, v in enumerate(s.quad)), s.probs)  # type: ignore[arg-type]
        for s in spans
    )


def seen(image: Image.Image, spans: tuple[Span, ...]) -> dict[str, Any]:
    """The measures of a picture."""
    return measure(np.asarray(image), spans)


def faults(image: Image.Image, spans: tuple[Span, ...]) -> list[tuple[str, str]]:
    """Kind and side of every fault."""
    return [(fault["kind"], fault.get("side", "")) for fault in seen(image, spans)["faults"]]


# ---------------------------------------------------------------- nothing to say


def test_a_clean_page_has_no_fault() -> None:
    """A scan of a sheet and a photo of it on a table: crisp print, nothing hidden, no pattern."""
    for image, spans in (sheet(), desk()):
        quality = seen(image, spans)
        assert quality["faults"] == []
        assert quality["sharpness"] > 15
        assert quality["moire"] < 1.5


def test_a_page_without_text_has_measures_and_no_fault() -> None:
    """A blank back, a picture of nothing: there is no text that could be lost."""
    quality = seen(Image.new("RGB", (900, 1200), (250, 250, 250)), ())
    assert (quality["faults"], quality["sharpness"], quality["text_height"]) == ([], 0.0, 0.0)


def test_a_tightly_cut_picture_is_no_cut_page() -> None:
    """Somebody cut away all margins: every side is near to the text alike, and none of it is lost."""
    image, spans = sheet()
    right = max(s.quad[2] for s in spans)
    inner = image.crop((105, 112, round(right) + 6, 1024))
    assert faults(inner, moved(spans, -105, -112)) == []


def test_a_ruled_table_up_to_the_rim_is_no_cut_text() -> None:
    """Lines of a table that run out of a scan are thin and few against letters that do."""
    image, spans = sheet()
    draw = ImageDraw.Draw(image)
    for x in range(60, 1000, 180):
        draw.line((x, 60, x, 1300), (20, 20, 20), 2)
    assert faults(image, spans) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 2), (47, 60), (64, 64), (300, 4000)])
@pytest.mark.parametrize("seed", range(4))
def test_odd_pictures_have_measures_too(size: tuple[int, int], seed: int) -> None:
    """Slivers, noise, text said to stand outside of the picture: numbers come out, boxes lie within the frame."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256 if seed % 2 else 2, (size[1], size[0], 3), np.uint8)
    corners = rng.uniform(-0.5, 1.5, (9, 4)) * (*size, *size)
    words = tuple(
        span("某" * n, (min(a, c), min(b, d), max(a, c), max(b, d))) for n, (a, b, c, d) in enumerate(corners)
    )
    quality = measure(pixels, words)
    assert (quality["width"], quality["height"]) == size
    assert all(0 <= value <= 1 for fault in quality["faults"] for value in fault["box"])
    assert measure(pixels, ())["faults"] == []


# ---------------------------------------------------------------- the print


def test_blur_is_told_by_the_strokes_against_their_height() -> None:
    """The same blur that ruins small print leaves large print alone; a page of large print is not called blurred."""
    image, spans = sheet()
    soft = spoil.blurred(image, 3.2)
    assert faults(soft, spans) == [("blur", "")]
    assert seen(soft, spans)["sharpness"] < 8 < seen(spoil.blurred(image, 0.8), spans)["sharpness"]
    large, places = sheet(64)
    assert faults(spoil.blurred(large, 3.2), places) == []


def test_blur_grows_with_the_blur() -> None:
    """Sharpness falls with every step."""
    image, spans = sheet()
    steps = [seen(spoil.blurred(image, strength), spans)["sharpness"] for strength in (0.5, 1, 2, 3, 5)]
    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) == 5


def test_a_shaken_picture_is_blurred_though_one_direction_is_sharp() -> None:
    """Strokes along the movement stay sharp; the others tell."""
    image, spans = sheet()
    assert faults(spoil.shaken(image, 9), spans) == [("blur", "")]


def test_blur_of_a_part_is_told_of_that_part() -> None:
    """Only the lines that are soft are named, each by its own place."""
    image, spans = sheet()
    quality = seen(spoil.blurred(image, 4, (0.0, 0.7, 1.0, 1.0)), spans)
    (fault,) = quality["faults"]
    assert fault["kind"] == "blur"
    assert fault["share"] < 0.5
    assert fault["box"] == pytest.approx([0.11, 978 / 1300, spans[-1].quad[2] / 1000, 1020 / 1300], abs=0.01)


@pytest.mark.parametrize("strength", [0.85, 0.93])
def test_a_dark_picture_is_dark(strength: float) -> None:
    """Print that no longer stands out of the dark."""
    image, spans = desk()
    dark = spoil.darkened(image, strength)
    assert [kind for kind, _ in faults(dark, spans)] == ["dark"]
    assert faults(spoil.darkened(image, 0.4), spans) == []


def test_few_pixels_are_told_before_the_blur_that_they_bring() -> None:
    """Letters of eleven pixels: more pixels are what helps."""
    image, spans = sheet()
    assert faults(spoil.shrunk(image, 0.27), moved(spans, 0, 0, 0.27)) == [("low_resolution", "")]
    assert faults(spoil.shrunk(image, 0.5), moved(spans, 0, 0, 0.5)) == []


@pytest.mark.parametrize(("period", "degrees"), [(3.1, 8.0), (5.3, 27.0), (9.0, 61.0)])
def test_a_screens_pattern_is_seen(period: float, degrees: float) -> None:
    """Stripes of a photographed screen, fine or coarse, at any slant."""
    image, spans = desk()
    assert [kind for kind, _ in faults(spoil.screened(image, 0.4, period, degrees), spans)] == ["moire"]


# ---------------------------------------------------------------- what is hidden


def test_glare_over_a_row_is_placed() -> None:
    """A burnt-out spot in a row of text; its box is where it lies."""
    image, spans = desk()
    area = (0.5, 0.28, 0.72, 0.33)
    left = tuple(s for i, s in enumerate(spans) if i != 2)
    broken = (*left, span("身份证号码51010", (230, 548, 480, 590)))
    (fault,) = seen(spoil.glared(image, (0.42, 0.34, 0.72, 0.39)), broken)["faults"]
    assert fault["kind"] == "glare"
    assert fault["box"] == pytest.approx([0.42, 0.34, 0.72, 0.39], abs=0.05)
    assert faults(spoil.glared(image, area), spans) == [], "text was read right through it"


def test_a_light_spot_beside_all_text_is_nothing() -> None:
    """A reflection where the sheet is bare costs nobody anything."""
    image, spans = desk()
    assert faults(spoil.glared(image, (0.3, 0.85, 0.6, 0.9)), spans) == []


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_a_sheet_that_runs_out_of_the_frame_is_cut_there(side: str) -> None:
    """The desk shows on three sides, the sheet goes on beyond the fourth."""
    image, spans = desk()
    share = 0.17
    cut = spoil.cut(image, side, share)
    dx = -DESK[0] * share if side == "left" else 0
    dy = -DESK[1] * share if side == "top" else 0
    kept = tuple(s for s in moved(spans, dx, dy) if min(s.quad[:2]) > 0 and s.quad[5] < cut.height - 2)
    (fault,) = seen(cut, kept)["faults"]
    assert (fault["kind"], fault["side"]) == ("cut", side)
    assert fault.get("through", False) is (side in ("left", "top")), "text is at the rim there alone"


def test_a_scan_whose_text_meets_the_rim_is_cut_there() -> None:
    """Without any desk: the other sides have margins, this one cuts letters through."""
    image, spans = sheet()
    quality = seen(spoil.cut(image, "right", 0.45), tuple(clipped(s, 550) for s in spans))
    assert [(f["kind"], f["side"], f["through"]) for f in quality["faults"]] == [("cut", "right", True)]


def test_letters_cut_along_their_row_are_seen_though_no_line_is_read_there() -> None:
    """The last row is cut through its middle and no longer read: ink along the rim tells of it."""
    image, spans = sheet()
    cut = image.crop((0, 0, 1000, 1000))
    quality = seen(cut, spans[:-1])
    assert [(f["kind"], f["side"], f.get("through")) for f in quality["faults"]] == [("cut", "bottom", True)]


@pytest.mark.parametrize(
    ("side", "at", "named"),
    [
        ("right", 0.40, "right"),
        ("left", 0.45, "left"),
        ("bottom", 0.5, "bottom"),
        ("bottom", 0.88, "bottom_right"),
    ],
)
def test_a_finger_is_seen_and_said_where(side: str, at: float, named: str) -> None:
    """A finger that reaches over the sheet from the desk; told by the side or corner of the sheet that it hides."""
    image, spans = desk()
    hidden = spoil.covered(image, side, at, 0.32, 0.10)
    assert faults(hidden, visible(hidden, spans)) == [("covered", named)]


def test_a_finger_on_a_scan_that_fills_the_frame() -> None:
    """Where no desk shows, the frame is the sheet."""
    image, spans = sheet()
    hidden = spoil.covered(image, "left", 0.62, 0.3, 0.1)
    assert faults(hidden, visible(hidden, spans)) == [("covered", "left")]


def clipped(s: Span, right: float) -> Span:
    quad = tuple(min(v, right) if i % 2 == 0 else v for i, v in enumerate(s.quad))
    return Span(s.text, quad, s.probs)  # type: ignore[arg-type]


def visible(image: Image.Image, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The text whose middle row is not under skin: what an engine still reads."""
    pixels = np.asarray(image).astype(int)
    kept = []
    for s in spans:
        row = pixels[round((s.quad[1] + s.quad[5]) / 2), round(s.quad[0]) : round(s.quad[2])]
        skin = (row[:, 0] - row[:, 2] > 45) & (row[:, 0] > 120)
        first = int(np.argmax(skin)) if skin.any() else len(row)
        if first > 40:
            kept.append(clipped(s, s.quad[0] + first))
    return tuple(kept)
