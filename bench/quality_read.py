"""Reads the held-out papers with ours or with a plain engine, and keeps what came out of each: `quality.py` adds it up.

python -m bench.quality_read ours|rapidocr|tesseract WORK [--papers N]

A paper that was read by the same code is not read again; after a kill the next run goes on where the last one ended.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.measure import ROOT
from bench.quality_papers import BESIDE, IGNORED, Held, held, plan
from bench.quality_plain import READERS, bare, pictures, stands
from bench.score import Tally, compare, read
from pipeline.cas import Cas
from pipeline.ocr import choose, load_engine

SUBJECTS = ("ours", *READERS)
Note = dict[str, Any]


def digest(*rooms: str) -> str:
    """What identifies the code of some rooms."""
    sum_ = hashlib.sha256()
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            sum_.update(path.read_bytes())
    return sum_.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Subject:
    """What reads, by a name and by what identifies its code; `timed` tells whose seconds a note's may be kept for."""

    name: str
    code: str
    timed: str
    note: Callable[[Held], Note]


def ours(work: Path) -> Subject:
    """Our reading, one thread, with a store that each version of the pipeline has for itself."""
    timed = digest("pipeline")
    engine, cas = choose("rapidocr", work), Cas(work / "kept" / timed)
    load_engine(engine)

    def note(paper: Held) -> Note:
        wall, cpu = time.perf_counter(), time.process_time()
        documents, pages = read(paper.path, engine, cas)
        spent = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "pages": pages}
        fields, cells = Tally(ignored=IGNORED), Tally(ignored=IGNORED)
        compare(paper.path.stem, paper.truths, documents, fields, cells)
        return {**spent, "typed": fields.typed, "fields": _counts(fields), "cells": _counts(cells)}

    return Subject("ours", digest("pipeline", "extractors"), timed, note)


def _counts(tally: Tally) -> Note:
    return {
        "values": tally.values, "right": tally.right, "wrong": len(tally.wrong), "added": tally.spurious, "sure": tally.sure,
        "sure_wrong": tally.sure_wrong, "rows": tally.rows, "rows_exact": tally.rows_exact,
        "missed": [name for _, name, *_ in (*tally.wrong, *tally.missed) if not name.startswith("+")],
        "wrong_names": [name for _, name, *_ in tally.wrong],
    }  # fmt: skip


def plain(name: str) -> Subject:
    """A plain engine's text, searched for every printed value."""
    reader = READERS[name]()
    code = version("rapidocr" if name == "rapidocr" else "pytesseract")

    def note(paper: Held) -> Note:
        pages, texts, wall, cpu = 0, [], 0.0, 0.0
        for picture in pictures(paper.path):
            start, began = time.perf_counter(), time.process_time()
            texts += reader(picture)
            wall += time.perf_counter() - start
            cpu += time.process_time() - began
            pages += 1
        text = bare("".join(texts))
        counts = {"fields": {"values": 0, "right": 0}, "cells": {"values": 0, "right": 0}}
        for truth in paper.truths:
            rows = [row for table in truth["tables"].values() for row in table]
            for kind, groups in (("fields", [truth["fields"]]), ("cells", rows)):
                for group in groups:
                    _count(group, text, counts[kind])
        return {"seconds": wall, "cpu": cpu, "pages": pages, **counts}

    return Subject(name, code, code, note)


def _count(group: Mapping[str, str], text: str, counts: dict[str, int]) -> None:
    for key, value in group.items():
        if key not in IGNORED:
            counts["values"] += 1
            counts["right"] += stands(key, value, text)


def place(work: Path, subject: str, type_: str, quality: str, number: int) -> Path:
    """Where a paper's note lies."""
    return work / "notes" / subject / type_ / quality / f"{number:03d}.json"


def write(work: Path, subject: Subject, paper: Held) -> None:
    """Reads a paper and keeps its note; seconds of an earlier reading by the same engine code stay."""
    path = place(work, subject.name, paper.type, paper.quality, paper.number)
    known: Note = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if known.get("code") == subject.code:
        return
    note = {"code": subject.code, "timed": subject.timed, **subject.note(paper)}
    if known.get("timed") == subject.timed:
        note |= {key: known[key] for key in ("seconds", "cpu", "pages")}
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    aside.write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
    aside.replace(path)


def main() -> None:
    """Reads every paper of the plan with one subject."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("subject", choices=SUBJECTS)
    parser.add_argument("work", type=Path)
    parser.add_argument("--papers", type=int)
    given = parser.parse_args()
    os.nice(max(0, 5 - os.nice(0)))
    logging.disable(logging.WARNING)
    subject = ours(given.work) if given.subject == "ours" else plain(given.subject)
    for type_, quality, number in plan(given.papers, None if subject.name == "ours" else BESIDE):
        if subject.name == "ours" or quality != "text":
            write(given.work, subject, held(given.work, type_, quality, number))


if __name__ == "__main__":
    main()
