"""One page from picture or text layer to sheets of lines; what was read once is kept by content and never read again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.cas import Cas
from pipeline.intake import Opened, draw_page, pdf_document, picture
from pipeline.model import Box, Line, Page, Sheet
from pipeline.ocr import EngineSpec, load_engine
from pipeline.ocr.calibration import calibrated
from pipeline.ocr.engine import Engine, Picture, Reading, Span
from pipeline.ocr.stand_ins import picture_key, reading_from_plain, reading_to_plain
from pipeline.textlayer import sane, text_lines

VERSION = "12"
"""Changes when the way from a picture to lines changes, so that kept pages of before are not taken."""
MOST_PIXELS = 36_000_000
"""Pictures above are shrunk before they are read: an A4 page at 500 dpi has 24 million."""
GREY = 12
"""Without a larger difference between the red, green and blue of any pixel (of 255) there is no ink of a seal."""
COUNT = "DOSSIER_COUNT_CALLS"
"""Where this variable names a file, each call of the engine adds one byte to it: for benches and tests."""

LOOK, RING = 100 / 72, 250 / 72
"""Pixels a point at which a page with a text layer is looked through for seals, and their rings are read."""

_engines: dict[str, Engine] = {}


def engine_of(spec: EngineSpec) -> Engine:
    """The engine of this process for a spec, loaded at its first use."""
    if spec.key not in _engines:
        _engines.clear()
        _engines[spec.key] = load_engine(spec)
    return _engines[spec.key]


def read_page(path: Path, opened: Opened, number: int, engine: EngineSpec, cas: Cas) -> Page:
    """Page `number` (from 1) of an opened file, from what was kept or from the page itself.

    A page whose picture cannot be decoded has `quality["damage"]` and no sheets. EngineError is a broken engine.
    """
    key = f"{opened.sha256}:{number}:{engine.key}:{VERSION}"
    kept = cas.get_json("page", key)
    if kept is not None:
        return page_from_plain(kept, opened.key)
    page = _layer(path, opened, number, engine) if opened.kind == "pdf" else None
    if page is None:
        page = _picture_page(path, opened, number, engine, cas)
    cas.put_json("page", key, page_to_plain(page))
    return page


# ---------------------------------------------------------------- text layers


def _layer(path: Path, opened: Opened, number: int, engine: EngineSpec) -> Page | None:
    """As `_text_page`, None also for a page that pdfium cannot load: its picture will tell what is broken."""
    import pypdfium2 as pdfium

    try:
        return _text_page(path, opened, number, engine)
    except pdfium.PdfiumError:
        return None


def _text_page(path: Path, opened: Opened, number: int, engine: EngineSpec) -> Page | None:
    """The page by its text layer, None where there is none to trust."""
    with pdf_document(path, opened.password) as document:
        page = document[number - 1]
        try:
            width, height = page.get_size()
            lines = text_lines(page, width, height)
            if not sane(lines) or _hidden(page):
                return None
            seals, names = _seals_of_layer(page, lines, engine)
        finally:
            page.close()
    to_page = (1 / width, 0.0, 0.0, 0.0, 1 / height, 0.0, 0.0, 0.0, 1.0)
    sheet = Sheet(
        file=opened.key,
        page=number,
        width=width,
        height=height,
        lines=(*lines, *names),
        source="text",
        to_page=to_page,
        seals=seals,
    )
    return Page(opened.key, number, "text", 0, {"width": round(width), "height": round(height)}, (sheet,))


def _hidden(page: Any) -> bool:
    """Whether the layer is invisible text behind a scan: somebody else's OCR, which is not trusted."""
    from pypdfium2 import raw

    modes = []
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=3):
        modes.append(raw.FPDFTextObj_GetTextRenderMode(thing.raw))
        if len(modes) >= 40:
            break
    return bool(modes) and sum(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE for mode in modes) > len(modes) / 2


def _seals_of_layer(
    page: Any, lines: Sequence[Line], engine: EngineSpec
) -> tuple[tuple[Box, ...], tuple[Line, ...]]:
    """Boxes (points) of seals drawn on a page of few lines, and the names on their rings, which no layer tells; a dense
    table is not looked through, nor what has no colour."""
    if len(lines) > 80:
        return (), ()
    small = np.asarray(page.render(scale=LOOK).to_pil().convert("RGB"))
    if (small.max(axis=2) - small.min(axis=2)).max() <= GREY:
        return (), ()
    from pipeline.ocr.ink import find_seals

    seals = find_seals(small)
    boxes = tuple((b[0] / LOOK, b[1] / LOOK, b[2] / LOOK, b[3] / LOOK) for b in (seal.box for seal in seals))
    if not any(seal.round for seal in seals):
        return boxes, ()
    image = np.asarray(page.render(scale=RING).to_pil().convert("RGB"))
    names = []
    for seal, box in zip(seals, boxes, strict=True):
        if seal.round:
            x0, y0, x1, y1 = (round(v * RING) for v in box)
            rings = _ring(engine_of(engine), image, replace(seal, box=(x0, y0, x1, y1)))
            names += [_line(name, box, "seal") for name in rings]
    return boxes, tuple(names)


# ---------------------------------------------------------------- pictures


def _picture_page(path: Path, opened: Opened, number: int, spec: EngineSpec, cas: Cas) -> Page:
    try:
        image = _pixels(path, opened, number)
    except Exception as error:  # decoders raise what they like on broken pages
        return Page(opened.key, number, "ocr", 0, {"damage": type(error).__name__})
    from pipeline.ocr.ink import copied_seals, find_seals, without_seals
    from pipeline.ocr.quality import measure
    from pipeline.ocr.screen import calm
    from pipeline.ocr.sheets import find_places

    key = f"{picture_key(image)}:{spec.key}:{VERSION}"
    seals = find_seals(image)
    plain = cas.get_json("reading", key)
    if plain is None:
        engine = engine_of(spec)
        reading = _read(engine, calm(without_seals(image, seals)))
        upright = np.ascontiguousarray(np.rot90(image, -reading.rotation // 90))
        upright_seals = find_seals(upright) if reading.rotation else seals
        ring = [span for seal in upright_seals if seal.round for span in _ring(engine, upright, seal)]
        plain = {"reading": reading_to_plain(reading), "ring": reading_to_plain(Reading(0, tuple(ring)))}
        cas.put_json("reading", key, plain)
    reading = reading_from_plain(plain["reading"])
    ring_spans = reading_from_plain(plain["ring"]).spans
    upright = np.ascontiguousarray(np.rot90(image, -reading.rotation // 90))
    quality = measure(upright, reading.spans)
    upright_seals = find_seals(upright) if reading.rotation else seals
    boxes: list[Box] = [
        (float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1 in (s.box for s in upright_seals)
    ]
    copies = [] if boxes or not quality["coloured"] else copied_seals(upright)
    sheets = [
        _sheet(
            opened.key,
            number,
            index,
            place,
            reading.spans,
            ring_spans,
            boxes,
            upright,
            bool(quality["coloured"]) and not any(_on(box, place) for box in copies),
        )
        for index, place in enumerate(find_places(upright, reading.spans))
    ]
    return Page(opened.key, number, "ocr", reading.rotation, quality, tuple(sheets))


def _pixels(path: Path, opened: Opened, number: int) -> Picture:
    if opened.kind == "pdf":
        with pdf_document(path, opened.password) as document:
            page = document[number - 1]
            image = draw_page(page)
            page.close()
    else:
        image = picture(path, number, 0)
    pixels = image.width * image.height
    if pixels > MOST_PIXELS:
        scale = (MOST_PIXELS / pixels) ** 0.5
        image = image.resize((max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    return np.asarray(image, np.uint8)


def _read(engine: Engine, image: Picture) -> Reading:
    if os.environ.get(COUNT):
        with open(os.environ[COUNT], "ab") as stream:
            stream.write(b".")
    return engine.read(image)


def _ring(engine: Engine, upright: Picture, seal: Any) -> list[Span]:
    """The name on a round seal's ring, placed on the seal's box; nothing where it cannot be read."""
    from pipeline.ocr.ring import elected, ring_strips
    from pipeline.ocr.second import TwoNetworks

    strips = ring_strips(upright, seal)
    second: list[Span] = []
    if isinstance(engine, TwoNetworks) and engine.spec.options.get("second", "none") != "none":
        second = engine.other(strips)
    name = elected(engine.reread(strips), second)
    if name is None:
        return []
    x0, y0, x1, y1 = seal.box
    return [replace(name, quad=(x0, y0, x1, y0, x1, y1, x0, y1))]


def _on(box: Box, place: Any) -> Box | None:
    """A box (pixels of the page) on a sheet; None where its middle lies beside it."""
    from pipeline.ocr.sheets import through

    corners = Span("", (box[0], box[1], box[2], box[1], box[2], box[3], box[0], box[3]))
    mapped = through(place.matrix, corners, place.bend)
    middle = ((mapped[0] + mapped[2]) / 2, (mapped[1] + mapped[3]) / 2)
    return mapped if 0 <= middle[0] <= place.width and 0 <= middle[1] <= place.height else None


def _sheet(
    key: str,
    number: int,
    index: int,
    place: Any,
    spans: Sequence[Span],
    ring: Sequence[Span],
    boxes: Sequence[Box],
    upright: Picture,
    colour: bool,
) -> Sheet:
    from pipeline.ocr.sheets import through

    height, width = upright.shape[:2]
    matrix = place.matrix
    lines = [_line(spans[i], through(matrix, spans[i], place.bend), "print") for i in place.spans]
    seals = []
    for box in boxes:
        if (mapped := _on(box, place)) is not None:
            seals.append(mapped)
            lines += [_line(s, mapped, "seal") for s in ring if tuple(s.quad[:2]) == tuple(box[:2])]
    to_page = np.diag([1 / width, 1 / height, 1.0]) @ np.linalg.inv(matrix)
    to_page = to_page / to_page[2, 2]
    return Sheet(
        file=key,
        page=number,
        width=place.width,
        height=place.height,
        lines=tuple(sorted(lines, key=lambda line: (line.box[1], line.box[0]))),
        source="ocr",
        to_page=tuple(float(f"{v:.9g}") for v in to_page.reshape(-1)),
        index=index,
        seals=tuple(seals),
        colour=colour,
        bend=place.bend,
    )


def _line(span: Span, box: Box, kind: str) -> Line:
    width = box[2] - box[0]
    probs = tuple(calibrated(p) for p in span.probs)
    told = [p for c, p in zip(span.text, probs, strict=True) if c.isalnum()] or list(probs) or [0.0]
    return Line(
        text=span.text,
        box=box,
        confidence=min(told),
        edges=tuple(round(box[0] + width * e, 1) for e in span.edges)
        if len(span.edges) == len(span.text) + 1
        else (),
        probs=probs,
        doubts=span.doubts,
        kind=kind,
    )


# ---------------------------------------------------------------- plain forms


def page_to_plain(page: Page) -> dict[str, Any]:
    """A page as JSON without its file's name; the inverse of `page_from_plain`."""
    return {
        "number": page.number,
        "source": page.source,
        "rotation": page.rotation,
        "quality": dict(page.quality),
        "sheets": [
            {
                "width": s.width,
                "height": s.height,
                "source": s.source,
                "to_page": s.to_page,
                "index": s.index,
                "seals": s.seals,
                "colour": s.colour,
                "bend": s.bend,
                "lines": [[n.text, n.box, n.confidence, n.edges, n.probs, n.doubts, n.kind] for n in s.lines],
            }
            for s in page.sheets
        ],
    }


def page_from_plain(plain: dict[str, Any], file: str) -> Page:
    """A page from its JSON form, as a page of `file`."""
    sheets = tuple(
        Sheet(
            file=file,
            page=int(plain["number"]),
            width=s["width"],
            height=s["height"],
            lines=tuple(
                Line(
                    t, tuple(b), c, tuple(e), tuple(p), tuple((int(i), str(x), float(q)) for i, x, q in d), k
                )
                for t, b, c, e, p, d, k in s["lines"]
            ),
            source=s["source"],
            to_page=tuple(s["to_page"]),
            index=s["index"],
            seals=tuple(tuple(box) for box in s["seals"]),
            colour=s["colour"],
            bend=tuple(s["bend"]),
        )
        for s in plain["sheets"]
    )
    return Page(file, int(plain["number"]), plain["source"], int(plain["rotation"]), plain["quality"], sheets)
