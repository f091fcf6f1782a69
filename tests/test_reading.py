"""Pages become lines: whose text layer is trusted, what is kept, where the boxes lie."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from fixtures.pdfpage import Pdf
from pipeline.cas import Cas
from pipeline.intake import open_file, picture
from pipeline.model import Page
from pipeline.ocr.engine import EngineSpec, Reading, Span
from pipeline.ocr.stand_ins import picture_key, reading_to_plain
from pipeline.reading import COUNT, page_from_plain, page_to_plain, read_page
from pipeline.settings import Limits

BLANK = EngineSpec("blank", "1")
WORD = (300, 200, 500, 240)
"""Where the drawn word lies on the upright picture of 900 × 600 pixels."""
FURTHER = ((300, 300, 620, 340), (300, 400, 560, 440), (300, 500, 420, 540))


class Desk:
    """A folder with files, a store of what was read, and the count of the engine's calls."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cas, self.count = folder, Cas(folder / "store"), folder / "calls"

    def read(self, name: str, data: bytes, number: int = 1, engine: EngineSpec = BLANK) -> Page:
        path = self.folder / name
        path.write_bytes(data)
        return read_page(path, open_file(path, name, Limits()), number, engine, self.cas)

    @property
    def calls(self) -> int:
        return self.count.stat().st_size if self.count.exists() else 0


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty desk whose engine's calls are counted."""
    monkeypatch.setenv(COUNT, str(tmp_path / "calls"))
    return Desk(tmp_path)


def saved(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def drawn() -> Image.Image:
    """A page with a few black bars in the place of words."""
    image = Image.new("RGB", (900, 600), "white")
    draw = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in (WORD, *FURTHER):
        draw.rectangle((x0, y0, x1 - 1, y1 - 1), fill="black")
    return image


def quad(box: Sequence[float]) -> tuple[float, ...]:
    x0, y0, x1, y1 = box
    return (x0, y0, x1, y0, x1, y1, x0, y1)


# ---------------------------------------------------------------- text layers


def test_a_page_with_a_text_layer_is_not_read_by_the_engine(desk):
    """Its lines come from the layer, in points, sure, each where it is printed."""
    pdf = Pdf((595, 842), "zenhei", "zenhei")
    pdf.text(100, 200, "户名：张三", 12)
    page = desk.read("流水.pdf", pdf.bytes())
    assert (page.source, desk.calls) == ("text", 0)
    (sheet,) = page.sheets
    (line,) = sheet.lines
    assert (line.text, line.confidence) == ("户名：张三", 1.0)
    assert sheet.place(line.box) == pytest.approx((100 / 595, 200 / 842, 160 / 595, 212 / 842), abs=0.006)


def test_a_seal_on_a_page_with_a_text_layer_is_seen(desk):
    """A stamp drawn beside the text is a seal of the sheet, in its own units."""
    pdf = Pdf((595, 842), "zenhei", "zenhei")
    pdf.text(100, 200, "户名：张三", 12)
    pdf.seal(350, 600, 110, 70, ["业务专用章"])
    (sheet,) = desk.read("流水.pdf", pdf.bytes()).sheets
    assert len(sheet.seals) == 1
    assert sheet.seals[0] == pytest.approx((350, 600, 460, 670), abs=4)


def scanned(mode: int, text: str) -> bytes:
    """A PDF of a picture with a text layer of a mode over it: 3 is invisible."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(450, 300), invariant=1)
    canvas.drawImage(ImageReader(io.BytesIO(saved(drawn()))), 0, 0, 450, 300)
    layer = canvas.beginText(40, 100)
    layer.setTextRenderMode(mode)
    layer.textOut(text)
    canvas.drawText(layer)
    canvas.save()
    return out.getvalue()


def test_a_hidden_layer_behind_a_scan_is_not_trusted(desk):
    """Invisible text is somebody else's OCR: the picture is read instead. The same text in sight is taken."""
    text = "Account holder Zhang San balance 12345.67"
    assert desk.read("a.pdf", scanned(3, text)).source == "ocr"
    assert desk.calls == 1
    assert desk.read("b.pdf", scanned(0, text)).source == "text"
    assert desk.calls == 1


def test_an_insane_layer_goes_to_the_engine(desk):
    """Glyphs without meaning (fonts without their table) are no text, and neither is an empty layer."""
    assert desk.read("a.pdf", scanned(0, "!\"#%&'()*+!\"#%&'()*+,!\"#%&'()*+,!\"#%&'()*+,")).source == "ocr"
    assert desk.read("b.pdf", scanned(0, " ")).source == "ocr"


# ---------------------------------------------------------------- what is kept


def test_a_picture_is_read_once_under_whatever_name_and_in_whatever_file(desk):
    """The same bytes elsewhere, and the same pixels in another kind of file, cost no second reading."""
    image = drawn()
    first = desk.read("身份证.png", saved(image))
    again = desk.read("身份证 (2).png", saved(image))
    other = desk.read("身份证.bmp", saved(image, "BMP"))
    assert desk.calls == 1
    assert [p.file for p in (first, again, other)] == ["身份证.png", "身份证 (2).png", "身份证.bmp"]
    assert again.sheets[0].file == "身份证 (2).png"


def test_other_pixels_and_other_engines_are_read(desk):
    """One changed pixel is another picture; another version of the engine reads anew, another number of threads does not."""
    image = drawn()
    desk.read("a.png", saved(image))
    image.putpixel((5, 5), (0, 0, 1))
    desk.read("b.png", saved(image))
    assert desk.calls == 2
    desk.read("b.png", saved(image), engine=EngineSpec("blank", "2"))
    assert desk.calls == 3
    desk.read("b.png", saved(image), engine=EngineSpec("blank", "2", {"threads": 2}))
    assert desk.calls == 3


def test_a_damaged_store_costs_a_reading_and_nothing_else(desk):
    """What was kept and cannot be read back is read from the paper again, with the same result."""
    data = saved(drawn())
    first = desk.read("a.png", data)
    for path in (desk.folder / "store").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-9])
    assert desk.read("a.png", data) == first
    assert desk.calls == 2


# ---------------------------------------------------------------- damage


def test_a_page_that_cannot_be_decoded_is_a_page_with_damage(desk):
    """A picture cut off within its head has no sheets and says so; it raises nothing and calls no engine."""
    page = desk.read("a.png", saved(drawn())[:20])
    assert page.quality["damage"]
    assert page.sheets == ()
    assert desk.calls == 0


def test_quality_is_told_in_plain_numbers(desk):
    """Size, sharpness, brightness, colour; a blurred copy is less sharp than the picture itself."""
    words = [(x0, y0, x1, y0, x1, y1, x0, y1) for x0, y0, x1, y1 in (WORD, *FURTHER)]
    blurred = drawn().resize((90, 60)).resize((900, 600), Image.Resampling.BICUBIC)
    sharp = desk.read("a.png", saved(drawn()), 1, told(desk, drawn(), 0, words)).quality
    soft = desk.read("b.png", saved(blurred), 1, told(desk, blurred, 0, words)).quality
    assert (sharp["width"], sharp["height"], sharp["coloured"]) == (900, 600, False)
    assert soft["sharpness"] < sharp["sharpness"] / 3
    json.dumps(dict(sharp))


# ---------------------------------------------------------------- where the words lie


def told(desk: Desk, image: Image.Image, rotation: int, quads: Sequence[tuple[float, ...]]) -> EngineSpec:
    """An engine that has read `image` before: the words are on these quads once it is turned by `rotation`."""
    folder = desk.folder / "told"
    folder.mkdir(exist_ok=True)
    spans = tuple(Span("姓名张三", q, (0.99,) * 4, (0.0, 0.25, 0.5, 0.75, 1.0)) for q in quads)
    plain = reading_to_plain(Reading(rotation, spans))
    (folder / f"{picture_key(np.asarray(image))}.json").write_text(json.dumps(plain), encoding="utf-8")
    return EngineSpec("replay", "1", {"folder": str(folder)})


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_of_a_turned_picture_lie_on_the_words_of_its_upright_page(desk, rotation):
    """The page says how it is turned; cut out of the upright picture, a line's box holds its word and nothing else."""
    lying = drawn().rotate(rotation, expand=True)
    spec = told(desk, lying, rotation, [quad(b) for b in (WORD, *FURTHER)])
    page = desk.read("a.png", saved(lying), engine=spec)
    assert page.rotation == rotation
    upright = np.asarray(picture(desk.folder / "a.png", 1, page.rotation).convert("L"))
    (sheet,) = page.sheets
    box = sheet.place(sheet.lines[0].box)
    x0, y0, x1, y1 = (round(v * s) for v, s in zip(box, (900, 600, 900, 600), strict=True))
    assert (x0, y0, x1, y1) == pytest.approx(WORD, abs=2)
    assert (upright[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2] < 40).mean() > 0.95


@pytest.mark.parametrize("degrees", [-4.0, 2.5])
def test_boxes_of_a_skewed_picture_lie_on_its_words(desk, degrees):
    """The sheet is level, so that rows are rows; the box on the page is around the word as the picture shows it."""
    skewed = drawn().rotate(-degrees, resample=Image.Resampling.BICUBIC, fillcolor="white")
    turn = np.deg2rad(degrees)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def moved(box: Sequence[float]) -> tuple[float, ...]:
        points = (np.array(quad(box)).reshape(4, 2) - (450, 300)) @ matrix.T + (450, 300)
        return tuple(float(v) for v in points.reshape(-1))

    spec = told(desk, skewed, 0, [moved(b) for b in (WORD, *FURTHER)])
    (sheet,) = desk.read("a.png", saved(skewed), engine=spec).sheets
    tops = [line.box[1] for line in sheet.lines]
    assert np.diff(tops) == pytest.approx([100, 100, 100], abs=2)
    for line, box in zip(sheet.lines, (WORD, *FURTHER), strict=True):
        corners = np.array(moved(box)).reshape(4, 2) / (900, 600)
        around = (*corners.min(axis=0), *corners.max(axis=0))
        assert sheet.place(line.box) == pytest.approx(around, abs=0.005)


def test_a_line_is_as_sure_as_its_least_sure_character(desk):
    """Punctuation does not count; each character keeps its own probability, calibrated, and what else it could be."""
    image = drawn()
    folder = desk.folder / "told"
    folder.mkdir()
    span = Span("1,8", quad(WORD), (0.99, 0.4, 0.85), (0.0, 0.4, 0.5, 1.0), ((2, "3", 0.11),))
    plain = reading_to_plain(Reading(0, (span,)))
    (folder / f"{picture_key(np.asarray(image))}.json").write_text(json.dumps(plain), encoding="utf-8")
    page = desk.read("a.png", saved(image), engine=EngineSpec("replay", "1", {"folder": str(folder)}))
    (line,) = page.lines
    assert line.confidence == line.probs[2] < line.probs[0]
    assert line.edges == (300, 380, 400, 500)
    assert line.doubts == ((2, "3", 0.11),)


def test_a_kept_page_comes_back_as_it_was(desk):
    """The plain form loses nothing but the file's name."""
    image = drawn()
    page = desk.read("a.png", saved(image), engine=told(desk, image, 0, [quad(b) for b in (WORD, *FURTHER)]))
    plain = json.loads(json.dumps(page_to_plain(page)))
    assert "a.png" not in json.dumps(plain)
    assert page_from_plain(plain, "a.png") == page
