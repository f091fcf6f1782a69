"""Whole cases on papers of other layouts: what is found, what is missed, and whom a misreading accuses.

python -m bench.households [--set opened] [--count 26] [--text 0.7] [--told]

The sample cases (one altered thing in each, or none) are drawn once more, every paper in a layout of the set taken by
lot, scanned or photographed; statements and slips that are PDFs stay so for a share of the cases (`--text`). What a
perfect reader would find follows from the truth of the very papers that were drawn, for a layout may not print what was
altered; findings of a real run beside those are false alarms, those that it lacks are missed. Levels: at least 99 % found, at most 0.02 false alarms a
clean case, at least 98 % of the verdicts right.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fixtures import sets
from fixtures.cases import CASES, yaml
from fixtures.paper import Paper, Truth
from fixtures.stories import Draft
from flows.stages import Papers, judged, kit_of, read_case
from flows.workers import Crew, InProcess
from pipeline.model import Document
from pipeline.settings import Settings
from tests.from_truth import declared, paper, weighty
from tests.from_truth import judged as judged_truth
from tests.from_truth import told as codes

STORIES = tuple(name for name in CASES if name not in ("C13-page-missing", "C17-bad-files"))
"""The cases whose findings do not hang on how many pages their layout takes, or on broken files."""
TRIES = 30
"""Layouts tried for a paper before it is given up: those that carry other people's papers too are passed over."""

Told = tuple[str, str, str]
"""A finding as code, severity, person."""


@dataclass
class Score:
    """Counts over the cases; a verdict is right where it is that of the perfect reader."""

    cases: int = 0
    clean: int = 0
    verdicts: int = 0
    seeded: int = 0
    found: int = 0
    listed: int = 0
    alarms: list[tuple[str, Told]] = field(default_factory=list)
    missed: list[tuple[str, Told]] = field(default_factory=list)
    alarms_of_clean: int = 0

    def line(self) -> str:
        """One line: the levels' figures."""
        return (
            f"cases {self.cases}  verdicts right {self.verdicts}  seeded findings {self.seeded} found {self.found} "
            f"listed as unsure {self.listed}  false alarms {len(self.alarms)}, in {self.clean} clean cases {self.alarms_of_clean}"
        )


def drawn(truth: Truth, side: sets.Side, text: bool, rng: random.Random) -> tuple[Paper, bytes, str]:
    """A truth as a paper of the set by lot, its file and its ending; RuntimeError where no layout draws it alone."""
    type_ = truth["type"]
    for _ in range(TRIES):
        quality: sets.Quality = rng.choice(("clean", "scan", "scan", "photo", "photo"))
        pdfs = sets.layouts(type_, side, "text") if text and hasattr(sets.drawer(type_, side), "PDFS") else ()
        quality = "text" if pdfs else quality
        layout = rng.choice(pdfs or sets.layouts(type_, side, quality))
        try:
            made = sets.drawer(type_, side).draw(layout, truth, rng.randrange(1 << 30))
        except KeyError:  # a word that the layout has no translation of
            continue
        if made.more:
            continue
        many = isinstance(made.pages, bytes) or len(made.pages) > 1
        ending = "pdf" if many else "jpg"
        turn = rng.choice((90, 180, 270)) if quality == "photo" and rng.random() < sets.TURNED else 0
        return made, sets.pack(made, quality, rng.randrange(1 << 30), ending, turn, side), ending
    raise RuntimeError(f"no layout of {side} draws {type_}")


def household(
    name: str, number: int, side: sets.Side, text: float, folder: Path
) -> tuple[Draft, list[Document], Papers]:
    """A case of the set: its draft, its papers as a perfect reader gives them, its files in the folder."""
    rng = random.Random(f"household/{side}/{name}/{number}")
    draft, documents, paths = CASES[name].draft(), [], {}
    layered = rng.random() < text
    for key, truth in draft.truths.items():
        made, data, ending = drawn(truth, side, layered, rng)
        path = folder / f"{key}.{ending}"
        path.write_bytes(data)
        paths[path.name] = path
        documents.append(paper(made.truth, path.name))
    if draft.application is not None:
        paths["application.yaml"] = folder / "application.yaml"
        paths["application.yaml"].write_text("\n".join(yaml(draft.application)) + "\n", encoding="utf-8")
    return draft, documents, Papers(f"{name}-{number}", paths)


def add(
    score: Score, name: str, draft: Draft, documents: list[Document], papers: Papers, kit: Any, crew: Crew
) -> None:
    """Runs a case and counts it."""
    wanted = judged_truth(documents, declared(draft))
    got = judged(read_case(papers, kit, crew), kit).judgement
    expected, found = Counter(codes(weighty(wanted))), Counter(codes(weighty(got)))
    unsure = {check.code for check in got.checks if check.outcome == "unsure"}
    missed, alarms = list((expected - found).elements()), list((found - expected).elements())
    score.cases += 1
    score.clean += not expected
    score.verdicts += wanted.verdict == got.verdict
    score.seeded += expected.total()
    score.found += expected.total() - len(missed)
    score.listed += sum(code in unsure for code, _, _ in missed)
    score.alarms += [(name, one) for one in alarms]
    score.missed += [(name, one) for one in missed]
    score.alarms_of_clean += 0 if expected else len(alarms)


def run(side: sets.Side, count: int, text: float, work: Path) -> Iterator[tuple[str, Score]]:
    """Runs so many cases, the stories in turn; yields the score after each."""
    score, kit = Score(), kit_of(Settings(work=work), None)
    for number in range(count):
        name = STORIES[number % len(STORIES)]
        with tempfile.TemporaryDirectory(prefix="bench-household-") as place:
            draft, documents, papers = household(name, number, side, text, Path(place))
            add(score, f"{name}-{number}", draft, documents, papers, kit, InProcess())
        yield name, score


def main() -> None:
    """Draws, runs, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="opened", choices=sets.SIDES)
    parser.add_argument("--count", type=int, default=2 * len(STORIES))
    parser.add_argument("--text", type=float, default=0.7)
    parser.add_argument("--work", type=Path, default=None)
    parser.add_argument(
        "--told", action="store_true", help="say which findings were too many and which were missed"
    )
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="bench-households-"))
    told = 0, 0
    for _, score in run(options.set, options.count, options.text, work):
        print(score.line(), flush=True)
        if options.told:
            print("  alarms", score.alarms[told[0] :], "missed", score.missed[told[1] :], flush=True)
            told = len(score.alarms), len(score.missed)


if __name__ == "__main__":
    main()
