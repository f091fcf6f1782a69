"""What a person sees while a night runs: a bar on a terminal, plain lines without one; always on stderr."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

WORDS = {
    "zh": {"cases": "卷宗", "pages": "页", "starting": "正在启动"},
    "en": {"cases": "cases", "pages": "pages", "starting": "starting"},
}  # fmt: skip


class Watcher(Protocol):
    """Hears what happens; called from several threads. Lines that may go to a log name cases by number alone."""

    def begin(self, cases: int, unchanged: int) -> None:
        """So many cases are to be run, so many others are settled."""

    def tell(self, what: str, count: int) -> None:
        """("pages", how many more there are) or ("read", how many of them are done)."""

    def done(self, number: int, case: str, verdict: str, seconds: float) -> None:
        """A case has its reports; `verdict` may be `failed`."""

    def note(self, text: str) -> None:
        """One line to a person."""

    def end(self) -> None:
        """Nothing more will come."""


class Quiet:
    """Says nothing."""

    def begin(self, cases: int, unchanged: int) -> None: ...
    def tell(self, what: str, count: int) -> None: ...
    def done(self, number: int, case: str, verdict: str, seconds: float) -> None: ...
    def note(self, text: str) -> None: ...
    def end(self) -> None: ...


class Plain:
    """Plain lines for logs: numbers, verdicts, times, and nothing about a person."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cases = self._ended = self._pages = 0
        self._began = time.monotonic()

    def begin(self, cases: int, unchanged: int) -> None:
        self._cases, self._began = cases, time.monotonic()
        self.note(f"{cases} cases to run, {unchanged} unchanged")

    def tell(self, what: str, count: int) -> None:
        if what == "read":
            with self._lock:
                self._pages += count

    def done(self, number: int, case: str, verdict: str, seconds: float) -> None:
        with self._lock:
            self._ended += 1
            ended, pages = self._ended, self._pages
        self.note(f"{ended}/{self._cases} case {number}: {verdict} in {seconds:.1f} s ({pages} pages so far)")

    def note(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")  # in one piece: several threads tell
        sys.stderr.flush()

    def end(self) -> None:
        return


class Bar:
    """Two bars of rich, over cases and over pages."""

    def __init__(self, lang: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._lang, self._words = lang, WORDS[lang]
        self._pages = 0
        self._lock = threading.Lock()
        self._bar: Progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=Console(stderr=True),
        )  # fmt: skip
        self._case: TaskID = self._bar.add_task(self._words["starting"], total=None)
        self._page: TaskID = self._bar.add_task(self._words["pages"], total=None, visible=False)
        self._bar.start()

    def begin(self, cases: int, unchanged: int) -> None:
        shown = cases > 0  # one case alone is told by its pages
        self._bar.update(
            self._case, description=self._words["cases"], total=cases, completed=0, visible=shown
        )

    def tell(self, what: str, count: int) -> None:
        if what == "pages":
            with self._lock:
                self._pages += count
                self._bar.update(self._page, total=self._pages, visible=True)
        else:
            self._bar.advance(self._page, count)

    def done(self, number: int, case: str, verdict: str, seconds: float) -> None:
        from pipeline.report.words import VERDICT, told

        self._bar.advance(self._case)
        self.note(f"{case}  {told(VERDICT, verdict)[self._lang]}  {seconds:.1f} s")

    def note(self, text: str) -> None:
        from rich.text import Text

        self._bar.console.print(Text(text))

    def end(self) -> None:
        self._bar.stop()


def watcher(lang: str, quiet: bool = False) -> Watcher:
    """The watcher that fits: none, bars on a terminal, lines elsewhere."""
    if quiet:
        return Quiet()
    return Bar(lang) if sys.stderr.isatty() else Plain()
