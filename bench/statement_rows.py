"""Statement rows over drawn text PDFs: the share whose date, amount and balance are exact, per layout, and the time a page.

python -m bench.statement_rows [--set develop|widened] [--papers N] [--fields] [--verbose]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pypdfium2

from extractors.bank_statement import MATERIAL
from fixtures.papers import bank_statement
from pipeline.model import Document, Sheet
from pipeline.textlayer import sane, text_lines

PROOF = ("date", "amount", "balance")


def sheets_of(data: bytes, name: str = "statement.pdf") -> list[Sheet]:
    """The sheets of a text PDF, in points."""
    found = []
    document = pypdfium2.PdfDocument(data)
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        lines = tuple(text_lines(page, width, height))
        page.close()
        if not sane(lines):
            raise ValueError(f"page {number + 1}: the layer is not sane")
        frame = (1 / width, 0.0, 0.0, 0.0, 1 / height, 0.0, 0.0, 0.0, 1.0)
        found.append(Sheet(name, number + 1, width, height, lines, "text", frame))
    document.close()
    return found


def _cells(document: Document) -> list[dict[str, str]]:
    return [
        {name: str(f.value) for name, f in row.items()} for row in document.tables.get("transactions", ())
    ]


def compare(truth: Mapping[str, Any], documents: Sequence[Document], tell: list[str]) -> Counter[str]:
    """Counts of rows and cells: there, right, wrong, missing; the first differences are told."""
    counts: Counter[str] = Counter()
    want = truth["tables"].get("transactions", [])
    got = [row for document in documents for row in _cells(document)]
    counts["rows"] += len(want)
    at = 0
    for row in want:
        proof = tuple(row.get(name) for name in PROOF)
        hit = next(
            (i for i in range(at, min(at + 6, len(got))) if tuple(got[i].get(n) for n in PROOF) == proof),
            None,
        )
        if hit is None:
            tell.append(f"row {proof} not read; there: {got[at] if at < len(got) else None}")
            continue
        at = hit + 1
        counts["exact"] += 1
        for name, value in row.items():
            counts["cells"] += 1
            read = got[hit].get(name)
            counts["cells right"] += read == value
            counts["cells wrong"] += read is not None and read != value
            if read != value:
                tell.append(f"cell {name}: {value!r} read as {read!r}")
    counts["rows more"] += max(0, len(got) - len(want))
    fields = {n: f.value for d in documents for n, f in d.fields.items()}
    for name, value in truth["fields"].items():
        counts["fields"] += 1
        counts["fields right"] += fields.get(name) == value
        counts["fields wrong"] += name in fields and fields[name] != value
        if fields.get(name) != value:
            tell.append(f"field {name}: {value!r} read as {fields.get(name)!r}")
    for name in fields.keys() - truth["fields"].keys():
        counts["fields more"] += 1
        tell.append(f"field {name}: {fields[name]!r} is not printed")
    counts["documents more"] += len(documents) - 1
    return counts


def main() -> None:
    """Prints one line a layout and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="develop", choices=("develop", "widened"))
    parser.add_argument("--papers", type=int, default=8)
    parser.add_argument("--layout")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    layouts = bank_statement.LAYOUTS if given.set == "develop" else bank_statement.WIDENED
    total: Counter[str] = Counter()
    for layout in layouts:
        if given.layout and layout != given.layout:
            continue
        counts: Counter[str] = Counter()
        tell: list[str] = []
        spent = 0.0
        for seed in range(given.papers):
            paper = bank_statement.draw(
                layout, bank_statement.invent(random.Random(seed), 60 if seed % 2 else 25), seed
            )
            assert isinstance(paper.pages, bytes)
            sheets = sheets_of(paper.pages)
            counts["pages"] += len(sheets)
            counts["pages claimed"] += sum(bool(MATERIAL.recognise(sheet)) for sheet in sheets)
            begun = time.process_time()
            documents = MATERIAL.extract(sheets)
            spent += time.process_time() - begun
            before = len(tell)
            counts += compare(paper.truth, documents, tell)
            tell[before:] = [f"{seed}: {line}" for line in tell[before:]]
        total += counts
        print(f"{layout:12} {line(counts)}  {1000 * spent / counts['pages']:.1f} ms a page")
        if given.verbose:
            for sentence in tell[:25]:
                print("   ", sentence)
    print(f"{'all':12} {line(total)}")


def line(c: Counter[str]) -> str:
    """The counts of a layout in one line."""
    return (
        f"rows {c['exact']}/{c['rows']} (+{c['rows more']})  cells {c['cells right']}/{c['cells']} wrong {c['cells wrong']}  "
        f"fields {c['fields right']}/{c['fields']} wrong {c['fields wrong']} more {c['fields more']}  "
        f"pages {c['pages claimed']}/{c['pages']}  documents +{c['documents more']}"
    )


if __name__ == "__main__":
    main()
