"""How well papers are read: fields right, wrong and unread, per type, set and quality, against their written truth.

python -m bench.score --set held_out --types id_card --quality photo --count 20 [--mistakes]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors import MATERIALS
from fixtures import sets
from fixtures.degrade import as_file, degrade
from fixtures.paper import Paper
from fixtures.sets import Quality, Side
from pipeline.assemble import assemble
from pipeline.cas import Cas
from pipeline.intake import open_file
from pipeline.model import Document, File
from pipeline.ocr import EngineSpec, choose
from pipeline.reading import read_page
from pipeline.second import read_again
from pipeline.settings import Limits

TYPES = sets.TYPES
PROOF = ("date", "amount", "balance")
"""What of a statement's row must be exact."""


@dataclass
class Tally:
    """Counts of values; `wrong` holds (paper, field, printed, read), `ignored` are names that no paper prints as such.

    `rows` are those of statements, `rows_exact` those whose date, amount and balance are right."""

    right: int = 0
    unread: int = 0
    spurious: int = 0
    wrong: list[tuple[str, str, str, str]] = field(default_factory=list)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    sure_wrong: int = 0
    sure: int = 0
    papers: int = 0
    typed: int = 0
    seconds: float = 0.0
    pages: int = 0
    rows: int = 0
    rows_exact: int = 0
    ignored: frozenset[str] = frozenset()

    @property
    def values(self) -> int:
        """How many values were printed."""
        return self.right + self.unread + len(self.wrong)

    def line(self, name: str) -> str:
        """One row of the table."""
        all_ = self.values
        share = 100 / max(1, all_)
        return (
            f"{name:<44} papers {self.papers:>3} typed {self.typed:>3}  values {all_:>6}  right {self.right * share:6.2f} %  "
            f"wrong {len(self.wrong) * share:5.2f} %  spurious {self.spurious:>3}  "
            f"sure-wrong {self.sure_wrong}/{self.sure}  {self.seconds / max(1, self.pages):.2f} s/page"
        )


def papers(
    set_: Side, type_: str, quality: Quality, count: int, seed: int
) -> Iterator[tuple[str, str, bytes, Paper]]:
    """(name, layout, bytes, paper) of drawn papers, layouts in turn; `text` gives those that are PDFs by themselves."""
    for n in range(count):
        if set_ in sets.ROOMS:
            if not sets.layouts(type_, set_, quality):
                return
            drawn = sets.make(type_, set_, quality, n, seed)
            yield drawn.file, drawn.paper.layout, drawn.data, drawn.paper
            continue
        rng = random.Random(f"{set_}/{type_}/{quality}/{seed}/{n}")
        module, layouts = sets.drawer(type_, set_), sets.layouts(type_, set_)
        layout = layouts[n % len(layouts)]
        paper = module.draw(layout, module.invent(rng), seed * 1000 + n)
        if isinstance(paper.pages, bytes) and quality == "text":
            yield f"{type_}-{layout}-{n}.pdf", layout, paper.pages, paper
        elif quality != "text":
            pages = [degrade(page, quality, rng.randrange(10**6)) for page in sets.pictures(paper)]
            data, ending = _bytes(pages, quality)
            yield f"{type_}-{layout}-{n}.{ending}", layout, data, paper


def _bytes(pages: Sequence[Any], quality: str) -> tuple[bytes, str]:
    ending = "jpg" if len(pages) == 1 else "pdf"
    return as_file(pages, 92 if quality == "clean" else 82, ending), ending


def read(path: Path, engine: EngineSpec, cas: Cas) -> tuple[list[Document], int]:
    """The documents of one file, and its pages."""
    opened = open_file(path, path.name, Limits(), ())
    pages = tuple(read_page(path, opened, n, engine, cas) for n in range(1, opened.page_count + 1))
    file = File(opened.key, opened.sha256, opened.size, opened.kind, pages, opened.findings)
    documents, _ = assemble([file], MATERIALS)
    return read_again(documents, MATERIALS, [file], {file.key: path}, {}, engine, cas), len(pages)


def compare(
    name: str,
    truths: Sequence[Mapping[str, Any]],
    documents: Sequence[Document],
    tally: Tally,
    cells: Tally | None = None,
) -> None:
    """Adds one paper's values to the tally: of each document on it the plain fields, then table rows in their order,
    these in a tally of their own where one is given.

    Where several documents of the type were drawn, each truth takes the documents that agree with it most."""
    type_ = truths[0]["type"]
    mine = [d for d in documents if d.type == type_]
    tally.papers += 1
    tally.typed += bool(mine) and len(mine) == len(documents)
    for n, (truth, own) in enumerate(zip(truths, _shared(truths, mine), strict=True)):
        _one(f"{name}{f'/{n}' if n else ''}", truth, own, tally, cells or tally)


def _shared(truths: Sequence[Mapping[str, Any]], mine: Sequence[Document]) -> list[list[Document]]:
    """The documents of each truth; all belong to the only one where there is one."""
    out: list[list[Document]] = [[] for _ in truths]
    for document in mine:
        same = [(_same(truth, document), -len(own)) for truth, own in zip(truths, out, strict=True)]
        out[same.index(max(same))].append(document)
    return out


def _same(truth: Mapping[str, Any], document: Document) -> int:
    rows = [row for table in document.tables.values() for row in table]
    found = {(k, f.value) for group in (document.fields, *rows) for k, f in group.items() if k != "sides"}
    wanted = [truth["fields"], *(row for table in truth["tables"].values() for row in table)]
    return sum((k, v) in found for group in wanted for k, v in group.items() if k != "sides")


def _one(name: str, truth: Mapping[str, Any], mine: Sequence[Document], tally: Tally, cells: Tally) -> None:
    fields: dict[str, Any] = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    for document in mine:
        for key, found in document.fields.items():
            fields.setdefault(key, found)
        for key, rows in document.tables.items():
            tables.setdefault(key, []).extend(rows)
    _values(name, truth["fields"], fields, tally)
    for key, rows in truth["tables"].items():
        read_rows = tables.get(key, [])
        named = key == "items"
        for index, row in enumerate(_labelled(rows, read_rows) if named else _aligned(rows, read_rows)):
            _values(f"{name}#{key}{index}", rows[index], row, cells)
            if key == "transactions":
                cells.rows += 1
                cells.rows_exact += all(
                    k in row and row[k].value == rows[index].get(k) for k in PROOF if k in rows[index]
                )
        cells.spurious += 0 if named else max(0, len(read_rows) - len(rows))


def _labelled(
    rows: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """For each true line of a pay slip the read line of the same label and period, of the same kind where there is one: lines
    that the truth does not list (insurance, tax) are no mistakes, beside the employer's part of the same name neither."""
    out: list[Mapping[str, Any]] = []
    for row in rows:
        same = [f for f in found if "label" in f and f["label"].value == row["label"]]
        same = [f for f in same if "period" not in f or f["period"].value == row.get("period")]
        alike = [f for f in same if "kind" in f and f["kind"].value == row.get("kind")]
        out.append((alike or same or [{}])[0])
    return out


def _aligned(
    rows: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """For each true row the read row that it stands for (in order, by most equal cells), an empty one where it is lost."""
    out: list[Mapping[str, Any]] = []
    at = 0
    for row in rows:
        best, score = -1, 0
        for index in range(at, min(len(found), at + 6)):
            same = sum(k in found[index] and found[index][k].value == v for k, v in row.items())
            if same > score:
                best, score = index, same
        out.append(found[best] if best >= 0 else {})
        at = best + 1 if best >= 0 else at
    return out


def _values(name: str, printed: Mapping[str, Any], found: Mapping[str, Any], tally: Tally) -> None:
    for key, value in printed.items():
        if key in tally.ignored:
            continue
        field_ = found.get(key)
        if field_ is None:
            tally.unread += 1
            tally.missed.append((name, key, str(value)))
            continue
        got = list(field_.value) if isinstance(field_.value, tuple) else field_.value
        tally.sure += field_.confidence >= 0.98
        if got == value or (key == "sides" and sorted(got) == sorted(value)):
            tally.right += 1
        else:
            tally.wrong.append((name, key, str(value), f"{got} ({field_.confidence})"))
            tally.sure_wrong += field_.confidence >= 0.98
    for key in found:
        if key not in printed and key not in tally.ignored:
            tally.spurious += 1
            tally.missed.append((name, f"+{key}", str(found[key].value)))


def main() -> None:
    """Draws, reads, compares, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="develop", choices=sets.SIDES)
    parser.add_argument("--types", default=",".join(TYPES))
    parser.add_argument("--quality", default="clean,scan,photo")
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=None)
    parser.add_argument("--engine", default="rapidocr")
    parser.add_argument("--keep", type=Path, default=None, help="write the drawn files here")
    parser.add_argument("--mistakes", action="store_true")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp())
    engine = choose(options.engine, work)
    cas = Cas(work / "kept")
    rows = {}
    for type_ in options.types.split(","):
        for quality in options.quality.split(","):
            tally = Tally()
            layouts: Counter[str] = Counter()
            for name, layout, data, paper in papers(options.set, type_, quality, options.count, options.seed):
                path = (options.keep or work) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                start = time.perf_counter()
                documents, pages = read(path, engine, cas)
                tally.seconds += time.perf_counter() - start
                tally.pages += pages
                before = len(tally.wrong) + tally.unread
                compare(name, paper.truths, documents, tally)
                layouts[layout] += len(tally.wrong) + tally.unread - before
            if tally.papers:
                print(tally.line(f"{options.set} {type_} {quality}"), flush=True)
                rows[f"{options.set} {type_} {quality}"] = tally.line("")
            if options.mistakes:
                print("   by layout:", dict(layouts))
                for mistake in tally.wrong:
                    print("   WRONG ", *mistake, sep=" | ")
                for miss in tally.missed:
                    print("   UNREAD", *miss, sep=" | ")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
