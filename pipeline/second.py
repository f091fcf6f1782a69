"""The second reading: cells whose document fails a proof of its own are cut out of the page and read once more.

A material names such cells (`Material.suspects`) and decides what follows from their further readings (`Material.mend`);
here is only how a cell is found again on its page and who reads it. Readings are kept by the content of the page, the
cell's place and the reader, so that a second run reads nothing and says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.bend import flat
from pipeline.cas import Cas
from pipeline.material import Material
from pipeline.model import Box, Document, File, Page, Sheet
from pipeline.ocr.engine import Picture
from pipeline.ocr.second import SecondReader, second_readers
from pipeline.ocr.spec import EngineSpec
from pipeline.proof import Opinions, Readings, Suspect, cell_of
from pipeline.reading import MOST_PIXELS, engine_of

VERSION = "2"
"""Changes when a cell is cut out in another way, so that kept readings of before are not taken."""
MARGIN = 0.18
"""Room around a cell's line on each side, in heights of the line."""
MOST = 60
"""No more cells of a document are read again: one with more failed proofs was read in the wrong columns."""

Draw = Callable[[File, Page], Picture | None]
"""Gives the upright picture of a page, None where it cannot be drawn."""


def read_again(
    documents: Sequence[Document],
    materials: Sequence[Material],
    files: Sequence[File],
    paths: Mapping[str, Path],
    passwords: Mapping[str, str],
    spec: EngineSpec,
    cas: Cas,
) -> list[Document]:
    """The documents of the files at `paths`, cells with a failed proof read again by the second readers of the engine."""
    return second_reading(
        documents,
        materials,
        files,
        lambda file, page: drawn(paths[file.key], page, passwords.get(file.key)),
        lambda: second_readers(lambda: engine_of(spec), spec.key, spec.name),
        cas,
    )


def second_reading(
    documents: Sequence[Document],
    materials: Sequence[Material],
    files: Sequence[File],
    draw: Draw,
    readers: Callable[[], tuple[SecondReader, ...]],
    cas: Cas,
) -> list[Document]:
    """The documents, those with a failed proof as their materials settle it; `readers` is asked only where one failed."""
    known = {material.type: material for material in materials}
    reading = _Reading(files, draw, readers, cas)
    out = []
    for document in documents:
        material = known[document.type]
        suspects = material.suspects(document)[:MOST]
        out.append(material.mend(document, reading.of(document, suspects)) if suspects else document)
    return out


class _Reading:
    """Reads cells again, page by page, and keeps what was read."""

    def __init__(
        self,
        files: Sequence[File],
        draw: Draw,
        readers: Callable[[], tuple[SecondReader, ...]],
        cas: Cas,
    ) -> None:
        self.pages = {(f.key, page.number): (f, page) for f in files for page in f.pages}
        self.draw, self.cas, self._readers = draw, cas, readers
        self._made: tuple[SecondReader, ...] | None = None

    @property
    def readers(self) -> tuple[SecondReader, ...]:
        if self._made is None:
            self._made = self._readers()
        return self._made

    def of(self, document: Document, suspects: Sequence[Suspect]) -> Readings:
        """What each reader says of each cell; a text layer says the same again. A cell that cannot be found has none."""
        found: dict[Suspect, Opinions] = {}
        by_page: dict[tuple[str, int], list[Suspect]] = {}
        for suspect in suspects:
            cell = cell_of(document, suspect)
            file, page = self.pages.get((cell.file, cell.page), (None, None))
            if page is not None and page.source == "text":
                found[suspect] = ((cell.text,),)
            elif file is not None and cell.box is not None:
                by_page.setdefault((cell.file, cell.page), []).append(suspect)
        for place, mine in by_page.items():
            boxes = [box for s in mine if (box := cell_of(document, s).box) is not None]
            found.update(zip(mine, self._read(*self.pages[place], boxes), strict=True))
        return found

    def _read(self, file: File, page: Page, boxes: Sequence[Box]) -> list[Opinions]:
        crops: list[Picture | None] | None = None
        answers: list[list[tuple[str, ...]]] = [[] for _ in boxes]
        for reader in self.readers:
            keys = [
                f"{file.sha256}:{page.number}:{page.rotation}:{box}:{reader.key}:{VERSION}" for box in boxes
            ]
            kept = [self.cas.get_json("reread", key) for key in keys]
            missing = [i for i, texts in enumerate(kept) if texts is None]
            if missing and crops is None:
                image = self.draw(file, page)
                crops = [None if image is None else cut(image, page, box) for box in boxes]
            able = [i for i in missing if crops is not None and crops[i] is not None]
            read = reader.read([crop for i in able if crops is not None and (crop := crops[i]) is not None])
            for i, texts in zip(able, read, strict=True):
                kept[i] = list(texts)
                self.cas.put_json("reread", keys[i], kept[i])
            for i, said in enumerate(kept):
                answers[i].append(tuple(said or ()))
        return [tuple(answer) for answer in answers]


# ---------------------------------------------------------------- where a cell lies on its page


def drawn(path: Path, page: Page, password: str | None = None) -> Picture | None:
    """The upright picture of a page as its reader saw it, without the ink of seals and the pattern of a screen; None
    where it cannot be decoded."""
    from pipeline.intake import picture
    from pipeline.ocr.ink import find_seals, without_seals
    from pipeline.ocr.screen import calm

    try:
        image = picture(path, page.number, page.rotation, password)
    except Exception:  # decoders raise what they like on broken pages
        return None
    shrink = min(1.0, (MOST_PIXELS / (image.width * image.height)) ** 0.5)
    if shrink < 1.0:
        image = image.resize((int(image.width * shrink), int(image.height * shrink)))
    pixels = np.asarray(image, np.uint8)
    return calm(without_seals(pixels, find_seals(pixels)))


def cut(image: Picture, page: Page, box: Box) -> Picture | None:
    """The line of text in `box` (fractions of the page's frame), flattened as its sheet is, with a margin; None where no
    line lies there."""
    for sheet in page.sheets:
        area = _area(sheet, box)
        if area is not None:
            from pipeline.ocr.sheets import cut_out

            return cut_out(image, sheet.to_page, area, sheet.bend)
    return None


def _area(sheet: Sheet, box: Box) -> Box | None:
    """The box in sheet units: its width, and the height of the lines on it, without what a slant or a curl adds."""
    from pipeline.ocr.sheets import mapped

    matrix = np.asarray(np.linalg.inv(np.array(sheet.to_page, np.float64).reshape(3, 3)), np.float64)
    placed = mapped(
        matrix, np.array([[x, y] for x in (box[0], box[2]) for y in (box[1], box[3])], np.float64)
    )
    x0, y0, x1, y1 = (float(v) for v in (*placed.min(axis=0), *placed.max(axis=0)))
    middle = flat(sheet.bend, (x0 + x1) / 2, (y0 + y1) / 2)
    lines = [
        line
        for line in sheet.lines
        if line.box[1] <= middle <= line.box[3]
        and min(x1, line.box[2]) - max(x0, line.box[0]) > 0.3 * (x1 - x0)
    ]
    if not lines:
        return None
    top, bottom = min(line.box[1] for line in lines), max(line.box[3] for line in lines)
    room = MARGIN * (bottom - top)
    return (x0 - room, top - room, x1 + room, bottom + room)
