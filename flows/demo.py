"""`dossier demo`: sample cases drawn into a local bucket, and the real night run on them."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from flows.progress import watcher
from pipeline.errors import DossierError

if TYPE_CHECKING:
    from pipeline.settings import Settings

WORDS = {
    "zh": {"drawing": "正在绘制示例卷宗", "there": "示例卷宗已在", "took": "用时 {0:.0f} 秒，{1} 页，{2} 个卷宗"},
    "en": {"drawing": "drawing the sample cases", "there": "sample cases in", "took": "{2} cases, {1} pages, {0:.0f} s"},
}  # fmt: skip


def run_demo(folder: Path, settings: Settings, quiet: bool) -> int:
    """Draws what is not there yet, runs the night, shows the cases and where the index is; the exit status."""
    from flows.night import run_night
    from flows.stages import kit_of
    from flows.tables import batch_table

    words = WORDS[settings.lang]
    began = time.monotonic()
    draw_cases(folder, words, quiet)
    kit = kit_of(settings, settings.reports)
    watching = watcher(settings.lang, quiet)
    try:
        night = run_night(kit, asked=settings.as_of is not None, watcher=watching)
    finally:
        watching.end()
    batch_table(night.batch, str(Path(night.index).absolute()), settings.lang)
    if not quiet:
        took = words["took"].format(time.monotonic() - began, night.pages, len(night.batch.rows))
        print(took, file=sys.stderr)
    return night.status


def draw_cases(folder: Path, words: dict[str, str], quiet: bool) -> None:
    """Draws the demo's cases into `folder/bucket`, once; DossierError where the fonts to draw with are not here."""
    from fixtures import cases
    from fixtures.fonts import FontMissing

    bucket, mark = folder / "bucket", folder / "drawn"
    if not quiet:
        print(
            f"{words['there'] if mark.exists() else words['drawing']} {bucket}", file=sys.stderr, flush=True
        )
    if mark.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        cases.write(bucket, cases.DEMO)
    except FontMissing as missing:
        raise DossierError(
            str(missing), "Run scripts/setup.sh, or `dossier doctor` to see what lacks."
        ) from None
    mark.touch()
