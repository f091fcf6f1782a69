"""The engines on drawn papers, and the choice among them: what is printed is read, and where."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extractors import MATERIALS
from fixtures import sets
from fixtures.canvas import Canvas, Pen
from fixtures.degrade import as_file, photo, rotate
from pipeline.assemble import assemble
from pipeline.cas import Cas
from pipeline.errors import EngineError, UsageError
from pipeline.intake import open_file, picture
from pipeline.model import Document, File, Page
from pipeline.ocr import EngineSpec, choose, load_engine, rapid
from pipeline.ocr.calibration import TABLE, calibrated
from pipeline.ocr.engine import Engine
from pipeline.ocr.stand_ins import picture_key
from pipeline.reading import read_page
from pipeline.settings import Limits

# ---------------------------------------------------------------- the room, without any engine


def test_an_unknown_engine_is_a_usage_error():
    """The message names those that there are."""
    with pytest.raises(UsageError, match="no OCR engine 'abbyy'") as told:
        load_engine(EngineSpec("abbyy", "1"))
    assert "rapidocr" in told.value.advice
    assert "tesseract" in told.value.advice


def test_the_key_of_an_engine_is_what_it_answers_by():
    """Another version or runtime may read otherwise; the number of threads does not, and is no part of the key."""
    spec = EngineSpec("rapidocr", "3.10", {"runtime": "openvino", "threads": 1})
    assert spec.key == EngineSpec("rapidocr", "3.10", {"threads": 8, "runtime": "openvino"}).key
    assert spec.key != EngineSpec("rapidocr", "3.11", {"runtime": "openvino", "threads": 1}).key
    assert spec.key != EngineSpec("rapidocr", "3.10", {"runtime": "onnxruntime", "threads": 1}).key


def test_a_choice_that_was_made_is_kept(tmp_path):
    """The runtime written down in the work folder is taken without another measurement; a stand-in is itself."""
    from pipeline.ocr import _processor

    mark = {"processor": _processor(), "rapidocr": rapid.spec().version, "runtime": "openvino"}
    (tmp_path / "engine.json").write_text(json.dumps(mark), encoding="utf-8")
    assert choose("rapidocr", tmp_path).options["runtime"] == "openvino"
    assert choose("blank", tmp_path) == EngineSpec("blank", "1")


def test_a_replay_knows_its_pictures_and_no_others(tmp_path):
    """What was recorded comes back for the same pixels; a picture that was never recorded is a broken engine."""
    image = np.zeros((4, 6, 3), np.uint8)
    plain = {"rotation": 90, "spans": [["甲", [0, 0, 4, 0, 4, 4, 0, 4], [0.9], [0, 1], []]]}
    (tmp_path / f"{picture_key(image)}.json").write_text(json.dumps(plain), encoding="utf-8")
    engine = load_engine(EngineSpec("replay", "1", {"folder": str(tmp_path)}))
    reading = engine.read(image)
    assert (reading.rotation, [s.text for s in reading.spans]) == (90, ["甲"])
    for other in (image + 1, image.reshape(6, 4, 3)):
        with pytest.raises(EngineError):
            engine.read(np.asarray(other, np.uint8))


def test_confidence_never_falls_as_probability_rises():
    """The table is ascending from 0 to almost 1, and between its points there are no jumps."""
    curve = [calibrated(p / 1000) for p in range(1001)]
    assert curve == sorted(curve)
    assert (curve[0], curve[-1]) == (0.0, TABLE[-1][1])
    assert max(b - a for a, b in itertools.pairwise(curve)) < 0.005
    assert all(calibrated(p) == pytest.approx(c, abs=1e-4) for p, c in TABLE)


# ---------------------------------------------------------------- real engines

ENGINES = ("rapidocr", "tesseract")


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EngineSpec]:
    """Both engines; OpenVINO and onnxruntime are not measured here."""
    return {"rapidocr": rapid.spec(), "tesseract": choose("tesseract", tmp_path_factory.mktemp("work"))}


@pytest.fixture(scope="module")
def engines(specs: dict[str, EngineSpec]) -> dict[str, Engine]:
    return {name: load_engine(spec) for name, spec in specs.items()}


def lines_of_print() -> Image.Image:
    """A page of a few lines, black on white."""
    sheet = Canvas(1000, 700)
    pen = Pen("noto_sans", 36)
    rows = (
        "成都天府软件有限公司",
        "月收入25000.00元",
        "公民身份号码510107199001150010",
        "四川省成都市武侯区一环路南一段24号",
    )
    for index, row in enumerate(rows):
        sheet.text(80, 100 + 130 * index, row, pen)
    return sheet.image


@pytest.mark.ocr
@pytest.mark.parametrize("name", ENGINES)
def test_plain_print_is_read_where_it_stands(engines, name):
    """Each line with its place and one probability for each character, on a page and on a page turned by a quarter."""
    image = np.asarray(lines_of_print())
    for turn in (0, 270):
        reading = engines[name].read(np.ascontiguousarray(np.rot90(image, turn // 90)))
        assert reading.rotation == turn
        found = {s.text.replace(" ", ""): s for s in reading.spans}
        assert "成都天府软件有限公司" in found
        assert "公民身份号码510107199001150010" in found
        span = found["成都天府软件有限公司"]
        assert span.quad[0] == pytest.approx(80, abs=25)
        assert span.quad[1] == pytest.approx(105, abs=25)
        assert span.quad[2] == pytest.approx(80 + 360, abs=25)
        assert len(span.probs) == len(span.text)
        assert len(span.edges) == len(span.text) + 1
        assert min(span.probs) > 0.5


@pytest.mark.ocr
@pytest.mark.parametrize("name", ENGINES)
def test_a_blank_page_has_no_text_and_a_line_alone_is_read(engines, name):
    """White paper gives nothing and raises nothing; a single line that is cut out is read by itself."""
    engine = engines[name]
    assert engine.read(np.full((300, 400, 3), 255, np.uint8)).spans == ()
    crop = np.ascontiguousarray(np.asarray(lines_of_print())[225:285, 70:460])
    (span,) = engine.reread([crop])
    assert span.text.replace(" ", "") == "月收入25000.00元"


@pytest.mark.ocr
def test_digits_that_stand_alone_are_read(engines):
    """A single digit and a single character in a row of print, which detectors pass over."""
    sheet = Canvas(1000, 400)
    pen = Pen("noto_sans", 34)
    for y, lone in ((100, "女"), (220, "7")):
        sheet.text(80, y, "出勤天数与性别一栏", pen)
        sheet.text(700, y, lone, pen)
    found = {span.text for span in engines["rapidocr"].read(np.asarray(sheet.image)).spans}
    assert {"女", "7"} <= found


class Desk:
    """Reads drawn papers through the whole machine, from bytes to documents."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cas = folder, Cas(folder / "store")

    def read(self, data: bytes, spec: EngineSpec, name: str) -> tuple[list[Page], list[Document]]:
        path = self.folder / name
        path.write_bytes(data)
        opened = open_file(path, name, Limits())
        pages = [read_page(path, opened, n, spec, self.cas) for n in range(1, opened.page_count + 1)]
        whole = File(name, opened.sha256, opened.size, opened.kind, tuple(pages))
        return pages, assemble([whole], MATERIALS)[0]


def told(document: Document) -> dict[str, object]:
    """A document's values as the truths have them."""
    return {n: list(f.value) if isinstance(f.value, tuple) else f.value for n, f in document.fields.items()}


@pytest.mark.ocr
@pytest.mark.parametrize(
    ("type_", "layout"),
    [("id_card", "pair"), ("marriage_certificate", "spread"), ("income_certificate", "employer")],
)
def test_a_drawn_paper_is_read_as_it_was_written(tmp_path, specs, type_, layout):
    """From the bytes of a picture to the fields: every value that was printed, and nothing else."""
    module = sets.drawer(type_)
    paper = module.draw(layout, module.invent(random.Random(21)), 4)
    (page,), (document,) = Desk(tmp_path).read(as_file(sets.pictures(paper), 92), specs["rapidocr"], "a.jpg")
    truth = paper.truth["fields"]
    assert document.type == type_
    assert page.rotation == 0
    found = told(document)
    assert {n: found.get(n) for n in truth} == truth
    rows = [{n: c.value for n, c in row.items()} for row in document.tables.get("persons", ())]
    assert rows == paper.truth["tables"].get("persons", [])


@pytest.mark.ocr
def test_a_photo_upside_down_is_read_and_its_boxes_lie_on_the_upright_page(tmp_path, specs):
    """A card photographed on a desk, the wrong way up: the number is read, and its box on the upright picture is dark
    text on a light card."""
    module = sets.drawer("id_card")
    paper = module.draw("front", module.invent(random.Random(8)), 3)
    image = rotate(photo(sets.pictures(paper)[0], 5), 180)
    (page,), (card,) = Desk(tmp_path).read(as_file([image], 88), specs["rapidocr"], "a.jpg")
    assert page.rotation == 180
    assert card.text("id_number") == paper.truth["fields"]["id_number"]
    upright = picture(tmp_path / "a.jpg", 1, page.rotation)
    box = card.fields["id_number"].box
    assert box is not None
    part = upright.crop(tuple(round(v * s) for v, s in zip(box, upright.size * 2, strict=True))).convert("L")
    assert part.width > 5 * part.height
    assert np.percentile(np.asarray(part), 5) < np.percentile(np.asarray(part), 90) - 50


@pytest.mark.ocr
def test_the_other_engine_reads_a_clean_paper_too(tmp_path, specs):
    """Tesseract is weaker on Chinese: figures and type are right, and no value that it is sure of is wrong."""
    module = sets.drawer("income_certificate")
    paper = module.draw("employer", module.invent(random.Random(21)), 4)
    _, documents = Desk(tmp_path).read(as_file(sets.pictures(paper), 92, "png"), specs["tesseract"], "a.png")
    truth = paper.truth["fields"]
    assert [d.type for d in documents] == ["income_certificate"]
    assert documents[0].text("monthly_income") == truth["monthly_income"]
    assert [n for n, f in documents[0].fields.items() if f.sure and n in truth and f.value != truth[n]] == []
