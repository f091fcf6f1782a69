"""`dossier check` and `dossier read`: files of this disk through the same stages as a night, without store, ledger or Prefect."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.progress import watcher
from flows.stages import Dossier, Kit, Papers, judged, kit_of, read_case, recognised, report
from flows.workers import Crew, Lost, Pool
from pipeline.errors import DossierError, UsageError

if TYPE_CHECKING:
    from pipeline.settings import Settings

SMALL = 500_000
"""Bytes of a single file for which one process is enough: starting more would take longer than reading it."""


def papers_of(paths: Sequence[Path]) -> Papers:
    """A case from one folder (keys below it), or from files (keys are the names given). UsageError for a mixture."""
    from pipeline.intake import passed_over

    if len(paths) == 1 and paths[0].is_dir():
        root = paths[0]
        found = {
            (Path(above) / name).relative_to(root).as_posix(): Path(above) / name
            for above, folders, names in os.walk(root)
            for name in names
            if (Path(above) / name).is_file()
        }
        kept = {key: path for key, path in sorted(found.items()) if not passed_over(key)}
        return Papers(root.resolve().name, kept)
    if any(path.is_dir() for path in paths):
        raise UsageError("either one folder, or files", "A case is one folder.")
    return Papers(paths[0].stem, {str(path): path for path in paths})


@contextmanager
def _crew(papers: Papers, settings: Settings) -> Iterator[Crew]:
    """A pool no larger than there is work for: a file that crashes or hangs costs its pages, not the command."""
    small = len(papers.paths) == 1 and all(path.stat().st_size < SMALL for path in papers.paths.values())
    crew = Pool(1 if small else settings.workers)
    try:
        crew.submit(_prepare, seconds=settings.page_seconds)
        yield crew
    finally:
        crew.stop()


def _prepare() -> None:
    """Loads what a worker needs for its first page, while the command itself still loads what it shows results with."""
    import extractors  # noqa: F401
    import pipeline.reading  # noqa: F401


def check_case(
    paths: Sequence[Path], settings: Settings, reports: str | None, as_json: bool, quiet: bool
) -> int:
    """Checks one case and shows what was found; the exit status."""
    papers, kit = papers_of(paths), kit_of(settings, reports)
    with _crew(papers, settings) as crew:
        from pipeline.report import dump, report_json
        from validators.catalogue import CATALOGUE

        dossier = _read(papers, kit, crew, quiet)
        try:
            result = crew.submit(judged, dossier, kit, seconds=settings.case_seconds).result()
            if reports is not None:
                crew.submit(report, result, dossier, kit, seconds=settings.case_seconds).result()
        except Lost as fault:
            raise DossierError(f"the case could not be judged: {fault.reason} {fault.detail}") from None
    if as_json:
        sys.stdout.buffer.write(dump(report_json(result, CATALOGUE)))
    else:
        from flows.tables import case_text

        case_text(result, CATALOGUE, settings.lang)
        if reports is not None:
            print(f"{reports.rstrip('/')}/{result.case}/report.html")
    return 1 if dossier.lost else 0


def read_files(paths: Sequence[Path], settings: Settings, as_json: bool, quiet: bool) -> int:
    """Reads files and shows their documents; the exit status."""
    papers = Papers("", {str(path): path for path in paths})
    with _crew(papers, settings) as crew:
        from pipeline.report import documents_json, dump
        from validators.catalogue import CATALOGUE

        kit = kit_of(settings, None, measure=False)
        dossier = _read(papers, kit, crew, quiet)
        try:
            documents, loose = crew.submit(recognised, dossier, kit, seconds=settings.case_seconds).result()
        except Lost as fault:
            raise DossierError(f"the files could not be told apart: {fault.reason} {fault.detail}") from None
    if as_json:
        sys.stdout.buffer.write(dump(documents_json(dossier.files, documents, loose, CATALOGUE)))
    else:
        from flows.tables import documents_text

        documents_text(dossier.files, documents, loose, CATALOGUE, settings.lang)
    return 1 if dossier.lost else 0


def _read(papers: Papers, kit: Kit, crew: Crew, quiet: bool) -> Dossier:
    watching = watcher(kit.settings.lang, quiet or not sys.stderr.isatty())
    watching.begin(0, 0)
    try:
        dossier = read_case(papers, kit, crew, watching.tell)
    finally:
        watching.end()
    return replace(dossier, paths=dict(papers.paths))
