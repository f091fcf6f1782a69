"""Runs the benches and writes what they measured into bench/results.md.

python -m bench [NAME …] [--quick] [--pages N] [--cases N] [--papers N]

Without names: all but `memory` (some ten minutes by itself) and `quality` (some hours; its table is bench/quality.md). `--quick` is a small run to see that they work;
its figures are printed and not written down. Every figure is of this machine at this hour: trust the ratios, each of
which is measured within one run.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bench.measure import Figure, cores, load, processor, versions

BENCHES = (
    "checks",
    "statement_speed",
    "cold_warm",
    "unchanged",
    "night",
    "night_scans",
    "reading_speed",
    "memory",
    "quality",
)
LONG = ("memory", "quality")
SIZES = {"memory": "pages", "night": "cases", "night_scans": "cases", "quality": "papers"}
"""The option that makes a bench smaller or larger."""
POLITE = 5
"""The niceness of all that is measured, so that a shared machine stays of use to others."""
RESULTS = Path(__file__).parent / "results.md"
COLUMNS = ("bench", "what", "measured", "level", "reached", "when")
HEAD = """# What was measured

Written by `python -m bench`; what each figure is and how it is taken stands at the top of the bench's module. The levels are goals;
NO in a row says that one is missed. Processor: {processor}, {cores} cores. {versions}.
The machine was not alone: `load` is how many processes wanted a processor in the minute before and after each bench (one
that fills the machine by itself gives {cores}). Above that, seconds are longer than they need be; ratios are
measured within one run.

"""


def row(name: str, figure: Figure, when: str) -> str:
    """One line of the table."""
    return f"| {name} | {figure.what} | {figure.value} | {figure.level} | {figure.mark} | {when} |"


def kept(names: Sequence[str]) -> list[str]:
    """The rows of benches that are not run now, as they stand in the record."""
    if not RESULTS.exists():
        return []
    lines = RESULTS.read_text(encoding="utf-8").splitlines()
    return [n for n in lines if n.startswith("| ") and n.split("|")[1].strip() in set(BENCHES) - set(names)]


def record(rows: Sequence[str]) -> None:
    """Writes the record: its head, and the rows in the order of the benches."""
    order = {name: at for at, name in enumerate(BENCHES)}
    lines = sorted(rows, key=lambda text: order[text.split("|")[1].strip()])
    table = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}", *lines]
    head = HEAD.format(processor=processor(), cores=cores(), versions=versions())
    RESULTS.write_text(head + "\n".join(table) + "\n", encoding="utf-8")


def run(name: str, quick: bool, sizes: Mapping[str, int | None]) -> tuple[list[Figure], str]:
    """The figures of one bench, and when and under what load they were taken."""
    before, began = load(), time.monotonic()
    wanted = SIZES.get(name, "")
    more = {wanted: sizes[wanted]} if sizes.get(wanted) else {}
    figures: list[Figure] = importlib.import_module(f"bench.{name}").measure(quick=quick, **more)
    when = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}, load {before:.1f} to {load():.1f}"
    print(f"\n{name} ({time.monotonic() - began:.0f} s; {when})")
    for figure in figures:
        print(f"  {figure.what:<52} {figure.value:>18}  {figure.level:>10}  {figure.mark}")
    sys.stdout.flush()
    return figures, when


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benches named; 1 where a level is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="a small run that writes nothing down")
    parser.add_argument("--pages", type=int, help="pages of the bench `memory`")
    parser.add_argument("--cases", type=int, help="cases of the bench `night`")
    parser.add_argument("--papers", type=int, help="papers of each type and quality of the bench `quality`")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; take of {', '.join(BENCHES)}")
    names = [n for n in BENCHES if (n in given.names if given.names else n not in LONG)]
    os.nice(max(0, POLITE - os.nice(0)))
    missed, rows = 0, kept(names)
    print(f"{processor()}, {cores()} cores")
    for name in names:
        figures, when = run(
            name, given.quick, {"pages": given.pages, "cases": given.cases, "papers": given.papers}
        )
        missed += sum(figure.reached is False for figure in figures)
        rows += [row(name, figure, when) for figure in figures]
        if not given.quick:
            record([*rows, *kept([text.split("|")[1].strip() for text in rows])])
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
