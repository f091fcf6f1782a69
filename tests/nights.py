"""Nights for the tests: a small bucket, and a program of its own that runs one night on it, so that it can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from flows.night import run_night
from flows.progress import Plain
from flows.stages import Kit
from pipeline.ocr import EngineSpec
from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
RED, BLUE = (255, 0, 0), (0, 0, 255)
"""What the crashing engine dies of, and hangs on."""


def draw(path: Path, *colours: tuple[int, int, int]) -> None:
    """A file of one page for each colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pages = [Image.new("RGB", (120, 80), colour) for colour in colours]
    pages[0].save(path, save_all=True, append_images=pages[1:])


def bucket(root: Path, cases: int, pages: int = 1) -> Path:
    """Cases c00, c01, … each with one file of pages that no other case has."""
    for number in range(cases):
        colours = [(40 + number, 60 + page, 90) for page in range(pages)]
        draw(root / f"c{number:02}" / "扫描件.tiff", *colours)
    return root


def environment(**more: str) -> dict[str, str]:
    """What a night of the tests is told by its environment: nothing of the outside's Prefect."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "DOSSIER"))}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def start(home: Path, engine: str = "blank", **more: Any) -> subprocess.Popen[str]:
    """Starts a night on `home/bucket` in a session of its own; `more` are `everything`, `page_seconds` and `env`."""
    env = environment(**more.pop("env", {}))
    words = json.dumps({"home": str(home), "engine": engine, **more})
    return subprocess.Popen(
        [sys.executable, "-m", "tests.nights", words],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def finish(process: subprocess.Popen[str], seconds: float = 150) -> tuple[int, dict[str, Any], str]:
    """Waits for a night: exit status, its summary, its stderr."""
    out, err = process.communicate(timeout=seconds)
    return process.returncode, json.loads(out) if out.strip() else {}, err


def main(words: dict[str, Any]) -> int:
    """Runs one night as told and prints a summary."""
    home = Path(words["home"])
    settings = Settings(
        store=str(home / "bucket"), reports=str(home / "reports"), work=home / "work", workers=2,
        page_seconds=words.get("page_seconds", 60),
    )  # fmt: skip
    kit = Kit(
        settings,
        EngineSpec(words["engine"], "1"),
        date(2026, 11, 2),
        f"batch-{os.getpid()}",
        settings.reports,
    )
    night = run_night(kit, everything=words.get("everything", False), watcher=Plain())
    rows = {row.case: [row.shown, row.state, row.error] for row in night.batch.rows}
    print(json.dumps({"rows": rows, "index": night.index, "pages": night.pages}))
    return night.status


if __name__ == "__main__":
    from pipeline.errors import DossierError

    try:
        sys.exit(main(json.loads(sys.argv[1])))
    except DossierError as error:
        print(error, file=sys.stderr)
        sys.exit(error.status)
