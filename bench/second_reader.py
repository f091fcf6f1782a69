"""Which second reader of digit strings is the better one: the engine's other looks or Tesseract, on drawn scans and photos.

python -m bench.second_reader [--papers 3]

Every amount and balance of statements and every number of cards is read again, as if its proof had failed, and held
against the written truth. A second reader is worth having where it is right where the first reading is wrong; it does harm
where it is wrong, for then a forged cell becomes `unsure`.

Measured on two busy cores, RapidOCR 3 and Tesseract 5, develop layouts, one statement and one card of each quality:

    bank_statement scan   looks   60 cells  right 58  wrong 2  none  0  0.06 s a cell
    bank_statement scan   digits  60 cells  right 19  wrong 0  none 41  0.50 s
    bank_statement photo  looks   43 cells  right 40  wrong 3  none  0  0.09 s
    bank_statement photo  digits  43 cells  right  1  wrong 0  none 42  0.60 s
    id_card        both   looks and digits  2 of 2 right

Without its threshold of confidence, on two papers of each quality, Tesseract was wrong in 18 of 116 cells of scans and in
38 of 102 of photos, nearly always with little confidence. So both are kept: where Tesseract is sure of itself it decides,
for it errs otherwise than the first reader; where it is silent, the engine's other looks do. The first reader made no
mistake in these cells: what the second one mends of real mistakes is not measured here.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from bench.score import _aligned
from extractors import MATERIALS
from fixtures.sets import Quality, make
from pipeline.assemble import assemble
from pipeline.cas import Cas
from pipeline.intake import open_file, picture
from pipeline.model import Document, Field, File
from pipeline.ocr import EngineSpec, choose
from pipeline.ocr.second import SecondReader, second_readers
from pipeline.reading import engine_of, read_page
from pipeline.second import cut
from pipeline.settings import Limits
from pipeline.table.kinds import amount

Same = Callable[[str, str], bool]
QUALITIES: tuple[Quality, ...] = ("scan", "photo")


def main() -> None:
    """Draws, reads, reads again, prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=3, help="papers of each type and quality")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp())
    spec = choose("rapidocr", work)
    readers = second_readers(lambda: engine_of(spec), spec.key, spec.name)
    for type_ in ("bank_statement", "id_card"):
        for quality in QUALITIES:
            counts: Counter[str] = Counter()
            for number in range(options.papers):
                _paper(type_, quality, number, work, spec, readers, counts)
            for reader in readers:
                _row(f"{type_:<15} {quality:<6} {reader.key.split('/')[0]:<7}", reader, counts)


def _row(name: str, reader: SecondReader, counts: Counter[str]) -> None:
    right, wrong, none = (counts[f"{reader.key} {what}"] for what in ("right", "wrong", "none"))
    seconds = counts[f"{reader.key} ms"] / 1000 / max(1, right + wrong + none)
    print(
        f"{name} cells {right + wrong + none:>4}  right {right:>4}  wrong {wrong:>3}  none {none:>3}  first wrong "
        f"{counts['first wrong']:>3}, right there {counts[f'{reader.key} better']:>3}  {seconds:.3f} s/cell",
        flush=True,
    )


def _paper(
    type_: str,
    quality: Quality,
    number: int,
    work: Path,
    spec: EngineSpec,
    readers: tuple[SecondReader, ...],
    counts: Counter[str],
) -> None:
    drawn = make(type_, "develop", quality, number, 77)
    path = work / drawn.file
    path.write_bytes(drawn.data)
    opened = open_file(path, path.name, Limits())
    pages = tuple(
        read_page(path, opened, n, spec, Cas(work / "kept")) for n in range(1, opened.page_count + 1)
    )
    file = File(opened.key, opened.sha256, opened.size, opened.kind, pages)
    documents, _ = assemble([file], MATERIALS)
    cells = [c for d in documents if d.type == type_ for c in _cells(d, drawn.paper.truth)]
    upright = {p.number: np.asarray(picture(path, p.number, p.rotation), np.uint8) for p in pages}
    crops = [
        cut(upright[cell.page], pages[cell.page - 1], cell.box) if cell.box else None for _, cell, _ in cells
    ]
    counts["first wrong"] += sum(not same(str(cell.value), true) for true, cell, same in cells)
    for reader in readers:
        begin = time.perf_counter()
        said = reader.read([crop for crop in crops if crop is not None])
        counts[f"{reader.key} ms"] += round(1000 * (time.perf_counter() - begin))
        able = [cell for cell, crop in zip(cells, crops, strict=True) if crop is not None]
        for (true, cell, same), texts in zip(able, said, strict=True):
            what = "none" if not texts else "right" if same(texts[0], true) else "wrong"
            counts[f"{reader.key} {what}"] += 1
            if not same(str(cell.value), true) and any(same(text, true) for text in texts):
                counts[f"{reader.key} better"] += 1


def _cells(document: Document, truth: object) -> Iterator[tuple[str, Field, Same]]:
    """(true value, cell as first read, how texts are compared) of all digit strings of a paper with a proof."""
    assert isinstance(truth, dict)
    if "id_number" in document.fields and document.type == "id_card":
        yield str(truth["fields"]["id_number"]), document.fields["id_number"], _same_number
    rows = truth["tables"].get("transactions", [])
    for true, row in zip(rows, _aligned(rows, list(document.tables.get("transactions", ()))), strict=True):
        for name in ("amount", "balance"):
            if name in row and name in true:
                yield str(true[name]), row[name], _same_amount


def _same_number(text: str, true: str) -> bool:
    return text.replace(" ", "").upper() == true


def _same_amount(text: str, true: str) -> bool:
    found = amount(text.replace(" ", ""))
    return found is not None and abs(found[0]) == abs(amount(true)[0])  # type: ignore[index]  # a written amount is one


if __name__ == "__main__":
    main()
