"""An unchanged night of 1,000 cases: the seconds from the listing to the written index, Prefect's own start left out.

The store is a folder of 1,000 cases of 12 files; the ledger and the reports are laid down as a night leaves them (one
entry and three files a case). The night is the real one in a fresh process; it must find every case unchanged.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from pathlib import Path

from bench import nights
from bench.measure import Figure, at_most, plain
from flows.ledger import Entry, Ledger, fingerprint
from flows.stages import Kit
from pipeline.ocr import EngineSpec
from pipeline.stores import open_store

CASES, QUICK, FILES = 1000, 100, 12
LEVEL = 15.0
REPORTS = ("report.html", "report.json", "report.xlsx")


def lay(home: Path, count: int) -> None:
    """The papers of `count` cases: short files, for nothing but their listing is read."""
    for number in range(count):
        folder = home / "bucket" / f"HT2026{number:05d}" / "收入"
        folder.mkdir(parents=True)
        for file in range(FILES):
            (folder / f"工资条{file + 1}月.jpg").write_bytes(b"\xff\xd8\xff" + f"{number}-{file}".encode())


def remember(kit: Kit) -> int:
    """The ledger's entries and the reports of all cases, as a night over them leaves them; how many there are."""
    store = open_store(kit.settings.store, kit.settings)
    cases = {
        case: tuple(items)
        for case, items in itertools.groupby(store.list(), lambda item: item.key.split("/", 1)[0])
    }
    with contextlib.closing(Ledger(kit.settings.work)) as ledger:
        numbers = ledger.numbers(store.url, cases)
        for case, items in cases.items():
            entry = Entry(
                papers=fingerprint(items, case), recipe=kit.recipe, as_of=kit.today, submitted=True, settled_until=None,
                verdict="review", why={"zh": "两处须人工复核。", "en": "two findings need a person"},
                counts={"high": 2, "medium": 1, "low": 4, "info": 3}, findings=[f"{n:016x}" for n in range(10)], seconds=14.2,
            )  # fmt: skip
            ledger.write(numbers[case], entry)
            folder = Path(kit.settings.reports or "") / case
            folder.mkdir(parents=True)
            for name in REPORTS:
                (folder / name).write_bytes(b"x")
    return len(cases)


def measure(*, quick: bool = False) -> list[Figure]:
    """Lays the cases, runs the night."""
    count = QUICK if quick else CASES
    with tempfile.TemporaryDirectory(prefix="bench-unchanged-") as place:
        home = Path(place)
        lay(home, count)
        kit = nights.kit_of(home, 2, engine="blank")
        assert kit.engine == EngineSpec("blank", "1")
        remember(kit)
        night = nights.run(home, 2, engine="blank")
    if night.states != {"unchanged": count}:
        raise RuntimeError(f"{count} cases were to be unchanged: {night.states}")
    return [
        at_most(
            f"an unchanged night of {count} cases of {FILES} files", night.seconds - night.start, LEVEL, "s"
        ),
        plain("processor seconds of that, all processes", night.cpu - night.cpu_of_start, "s"),
        plain("Prefect's own start, left out above", night.start, "s"),
    ]
