"""How well papers are read that no reader was developed on, ours beside plain engines on the same files.

Reads the held-out papers with ours, with RapidOCR as it comes and with Tesseract, each in a process of its own
(`quality_read.py`), and writes the table to bench/quality.md. A field or a cell is right where it is the printed value in
its normal form, wrong where another value is given; of the plain engines, which give text alone and read the first `BESIDE`
papers of each, counts whether the value stands anywhere in it. Some hours for all: what was read is kept in
`.dossier/bench-quality`, so that a second run reads only what other code would read otherwise.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.measure import ROOT, Figure, child, cores, plain, processor, versions
from bench.quality_papers import BESIDE, QUALITIES, SEED, plan
from bench.quality_read import SUBJECTS, digest, place
from fixtures import sets

WORK = ROOT / ".dossier" / "bench-quality"
"""With a folder for each version of the drawings, their papers and what was read of them."""
RESULT = Path(__file__).parent / "quality.md"
RIGHT = {"text": 99.5, "clean": 99.5, "scan": 99.0, "photo": 97.0}
"""Percent of the printed fields that are to be right, per quality."""
WRONG = {"text": 0.1, "clean": 0.1, "scan": 0.2, "photo": 0.3}
"""Percent that may be wrong."""
ROWS = {"text": 100.0, "clean": 100.0, "scan": 99.5, "photo": 99.5}
"""Percent of statement rows whose date, amount and balance are to be exact."""
TYPED = 99.0
SURE = 100 / 500
"""Percent that may be wrong of what is given at 0.98 or more."""
COUNTED = 3_000
"""Fields, and cells, that a quality needs before its level is claimed."""
OWN = (
    "material", "quality", "papers", "right type", "fields", "right", "wrong", "cells", "right", "wrong", "not printed",
    "sure and wrong", "s/page",
)  # fmt: skip
SIDE = (
    "material", "quality", "papers", "ours: fields", "cells", "s/page", "RapidOCR: fields", "cells", "s/page",
    "Tesseract: fields", "cells", "s/page",
)  # fmt: skip
HEAD = """# How well papers are read that nobody tuned on

`python -m bench quality`, seed {seed}, {when}; {processor}, {cores} cores; {versions}.

Papers of `fixtures/held_out`: layouts, wordings, fonts and wear that no reader was developed on, each paper's truth written
before it was drawn. A value is a field, or a table cell, that the paper prints. `right` is exact in normal form, `wrong` is
given and different, the rest is unread; `not printed` counts values given that the paper does not have; `sure and wrong` are
the wrong ones of those given at 0.98 or more. `text PDF` is the paper's own PDF, `clean` its picture as drawn. A level asks
for 3,000 fields and 3,000 cells in a quality.

Ours reads with one thread: seconds are those of a page in one process, of which a machine runs one a core, at its first
reading, second readings included.

"""
SIDE_HEAD = """The first papers of each, the same files: RapidOCR by its public call with its defaults and all threads, Tesseract with
`chi_sim` and all threads; PDFs are rendered for them at 200 dpi. They give text, not fields: counted is the share of the printed
values that stand anywhere in it, spaces, marks and line breaks forgiven; of ours, as above, what is right. PaddleOCR and docling
are not here: both fetch their models over the network when they are first used, and this was measured without one.
"""


@dataclass
class Kind:
    """Counts of fields, or of cells."""

    values: int = 0
    right: int = 0
    wrong: int = 0
    added: int = 0
    sure: int = 0
    sure_wrong: int = 0
    rows: int = 0
    rows_exact: int = 0

    def add(self, counts: Mapping[str, Any]) -> None:
        """Adds one paper's counts; a plain engine's have values and right alone."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + counts.get(name, 0))

    def share(self, count: int) -> float:
        """A count of these values in percent."""
        return 100 * count / self.values if self.values else 0.0


@dataclass
class Sum:
    """What one subject made of some papers."""

    papers: int = 0
    typed: int = 0
    pages: int = 0
    seconds: float = 0.0
    fields: Kind = field(default_factory=Kind)
    cells: Kind = field(default_factory=Kind)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, note: Mapping[str, Any]) -> None:
        """Adds one paper's note."""
        self.papers += 1
        self.typed += note.get("typed", 0)
        self.pages += note["pages"]
        self.seconds += note["seconds"]
        self.fields.add(note["fields"])
        self.cells.add(note["cells"])
        self.missed.update([*note["fields"].get("missed", ()), *note["cells"].get("missed", ())])

    @property
    def pace(self) -> float:
        """Seconds a page."""
        return self.seconds / max(1, self.pages)

    @property
    def sure(self) -> tuple[int, int]:
        """Wrong ones among the values given at 0.98 or more, and how many those are."""
        return self.fields.sure_wrong + self.cells.sure_wrong, self.fields.sure + self.cells.sure


def sums(
    work: Path, subject: str, papers: int | None, types: Iterable[str] = sets.TYPES, most: int | None = None
) -> dict[str, Sum]:
    """What a subject made of each quality's papers of some types."""
    out: dict[str, Sum] = {}
    wanted = set(types)
    for type_, quality, number in plan(papers, most):
        if type_ in wanted and (subject == "ours" or quality != "text"):
            note = place(work, subject, type_, quality, number)
            out.setdefault(quality, Sum()).add(json.loads(note.read_text(encoding="utf-8")))
    return out


def _share(kind: Kind, count: int, digits: int = 2) -> str:
    return f"{kind.share(count):.{digits}f} %" if kind.values else "–"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _head(names: Sequence[str]) -> list[str]:
    return [_line(names), f"|{' --- |' * len(names)}"]


def own_row(material: str, quality: str, mine: Sum) -> str:
    """A line of the table of ours."""
    bad, given = mine.sure
    fields, cells = mine.fields, mine.cells
    return _line(
        (
            material, "text PDF" if quality == "text" else quality, f"{mine.papers}", f"{mine.typed}", f"{fields.values:,}",
            _share(fields, fields.right), _share(fields, fields.wrong), f"{cells.values:,}", _share(cells, cells.right),
            _share(cells, cells.wrong), f"{fields.added + cells.added}", f"{bad} of {given:,}", f"{mine.pace:.2f}",
        )
    )  # fmt: skip


def side_row(material: str, quality: str, every: Sequence[Sum]) -> str:
    """A line of the table of all subjects on the same papers."""
    cells = [material, quality, f"{every[0].papers}"]
    for one in every:
        shares = [_share(kind, kind.right, 1) for kind in (one.fields, one.cells)]
        cells += [*shares, f"{one.pace:.2f}"]
    return _line(cells)


def report(work: Path, papers: int | None) -> tuple[str, dict[str, Sum]]:
    """The text of bench/quality.md below its head, and ours over all types per quality."""
    whole = sums(work, "ours", papers)
    own, side = _head(OWN), _head(SIDE)
    for material in (*sets.TYPES, "all"):
        types = sets.TYPES if material == "all" else (material,)
        mine = sums(work, "ours", papers, types)
        own += [own_row(material, q, mine[q]) for q in QUALITIES if q in mine]
        every = [sums(work, subject, papers, types, BESIDE) for subject in SUBJECTS]
        side += [side_row(material, q, [by[q] for by in every]) for q in QUALITIES if q in every[1]]
    missed = [
        f"- {quality}: {', '.join(f'{name} {n}' for name, n in one.missed.most_common(15)) or 'nothing'}"
        for quality, one in whole.items()
    ]
    marks = _head(("what", "quality", "measured", "level", "reached"))
    marks += [_line(cells) for cells in levels(whole)]
    parts = (
        *own, "", "## Levels", "", *marks, "", "## Beside plain engines", "", SIDE_HEAD, *side,
        "", "## What was not right, by field", "", *missed,
    )  # fmt: skip
    return "\n".join(parts) + "\n", whole


def levels(mine: Mapping[str, Sum]) -> Iterable[tuple[str, str, str, str, str]]:
    """Each level of each quality: what, quality, measured, level, and yes, NO, or too few values to say."""
    for quality, one in mine.items():
        for name, kind in (("fields", one.fields), ("cells", one.cells)):
            enough = kind.values >= COUNTED
            right, wrong = kind.share(kind.right), kind.share(kind.wrong)
            marks = (right >= RIGHT[quality], wrong <= WRONG[quality])
            shown = ["yes" if mark else "NO" for mark in marks]
            shown = [mark if enough else f"{mark} (of {kind.values:,} alone)" for mark in shown]
            yield f"{name} right", quality, f"{right:.2f} %", f"≥ {RIGHT[quality]} %", shown[0]
            yield f"{name} wrong", quality, f"{wrong:.2f} %", f"≤ {WRONG[quality]} %", shown[1]
        typed = 100 * one.typed / max(1, one.papers)
        yield (
            "papers of the right type",
            quality,
            f"{typed:.1f} %",
            f"≥ {TYPED} %",
            "yes" if typed >= TYPED else "NO",
        )
        bad, given = one.sure
        sure = 100 * bad / max(1, given)
        yield "sure and wrong", quality, f"{sure:.2f} %", f"≤ {SURE:.1f} %", "yes" if sure <= SURE else "NO"
        if one.cells.rows:
            exact = 100 * one.cells.rows_exact / one.cells.rows
            mark = "yes" if exact >= ROWS[quality] else "NO"
            yield (
                "statement rows exact",
                quality,
                f"{exact:.2f} % of {one.cells.rows:,}",
                f"≥ {ROWS[quality]} %",
                mark,
            )


def measure(*, quick: bool = False, papers: int | None = None, work: Path | None = None) -> list[Figure]:
    """Reads with each subject and writes the table; `quick` reads a paper of each type and quality in a folder that is
    gone afterwards, and prints the table instead of writing it."""
    papers = 1 if quick and papers is None else papers
    passing = Path(tempfile.mkdtemp(prefix="bench-quality-")) if quick and work is None else None
    folder = work or passing or WORK / digest("fixtures/held_out")
    try:
        for subject in SUBJECTS:
            more = ["--papers", str(papers)] if papers else []
            child("-m", "bench.quality_read", subject, str(folder), *more)
        text, mine = report(folder, papers)
    finally:
        if passing:
            shutil.rmtree(passing, ignore_errors=True)
    when = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
    head = HEAD.format(seed=SEED, when=when, processor=processor(), cores=cores(), versions=versions())
    if quick:
        print(head + text)
    else:
        RESULT.write_text(head + text, encoding="utf-8")
    return figures(mine)


def figures(mine: Mapping[str, Sum]) -> list[Figure]:
    """The levels as the benches' record shows them, and the pace."""
    shown = [
        Figure(f"{what}, {quality}", value, level, {"yes": True, "NO": False}.get(mark))
        for what, quality, value, level, mark in levels(mine)
    ]
    return [*shown, *(plain(f"a page, {quality}", one.pace, "s") for quality, one in mine.items())]
