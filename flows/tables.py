"""Results in words for a terminal: a night's cases, a case's findings, a file's documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flows.progress import WORDS
from pipeline.model import Document, Field, File, Finding

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.report import Batch, Entry
    from pipeline.result import CaseResult

HEADS = {
    "zh": ("卷宗", "结论", "重大", "补件/说明", "提示", "原因"),
    "en": ("case", "verdict", "high", "medium", "low", "why"),
}
SAID = {
    "zh": {"index": "批次首页", "none": "没有识别出材料", "field": "字段", "value": "值", "sure": "置信度", "page": "页", "rows": "行"},
    "en": {"index": "index", "none": "no document was recognised", "field": "field", "value": "value", "sure": "confidence", "page": "page", "rows": "rows"},
}  # fmt: skip
COLOURS = {"pass": "green", "supplement": "yellow", "review": "red", "failed": "bold red"}
SEVERITY = {"high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}


def _console() -> Console:
    from rich.console import Console

    return Console(soft_wrap=False, highlight=False, markup=False)


def batch_table(batch: Batch, index: str, lang: str) -> None:
    """The cases of a night with their verdicts, and where the index is, on stdout."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*HEADS[lang])
    for row in batch.rows:
        table.add_row(
            Text(row.case),
            Text(WORDS[lang].get(row.shown, row.shown), style=COLOURS.get(row.shown, "")),
            *(Text(str(row.counts.get(severity, 0))) for severity in ("high", "medium", "low")),
            Text(row.error or row.why[lang]),
        )
    console = _console()
    console.print(table)
    print(f"{SAID[lang]['index']}: {index}")


def case_text(result: CaseResult, catalogue: Mapping[str, Entry], lang: str) -> None:
    """A case's verdict, why, and its findings by severity, on stdout."""
    from rich.text import Text

    from validators.catalogue import clears, sentence

    console, judged = _console(), result.judgement
    console.print(Text(f"{result.case}: {WORDS[lang][judged.verdict]}", style=COLOURS[judged.verdict]))
    console.print(Text(judged.why.get(lang, "")))
    order = list(SEVERITY)
    for finding in sorted(judged.findings, key=lambda f: (order.index(f.severity), f.code, f.person or "")):
        who = f" {finding.person}" if finding.person else ""
        console.print(Text(f"[{finding.severity}] {finding.code}{who}", style=SEVERITY[finding.severity]))
        console.print(Text(f"  {sentence(finding, lang)}"))
        where = sorted({f"{e.file}" + (f" p. {e.page}" if e.page else "") for e in finding.evidence})
        if where:
            console.print(Text(f"  {'; '.join(where)}", style="dim"))
        if finding.severity != "info":
            console.print(Text(f"  → {clears(finding, lang)}"))


def documents_text(
    files: Sequence[File],
    documents: Sequence[Document],
    loose: Sequence[Finding],
    catalogue: Mapping[str, Entry],
    lang: str,
) -> None:
    """The documents of files with their fields, and what is to be said of the files, on stdout."""
    from rich.table import Table
    from rich.text import Text

    from validators.catalogue import sentence

    console, said = _console(), SAID[lang]
    for file in files:
        console.print(Text(f"{file.key}  ({file.kind}, {len(file.pages)} {said['page']})", style="bold"))
        for finding in [*file.findings, *(f for f in loose if f.key.startswith(file.key))]:
            console.print(Text(f"  [{finding.severity}] {finding.code}: {sentence(finding, lang)}"))
        own = [document for document in documents if document.pages[0][0] == file.key]
        if not own:
            console.print(Text(f"  {said['none']}", style="dim"))
        for document in own:
            console.print(Text(f"  {document.type}  {document.confidence:.2f}", style="bold cyan"))
            table = Table(said["field"], said["value"], said["sure"], said["page"])
            for name, field in document.fields.items():
                table.add_row(Text(name), Text(_shown(field)), f"{field.confidence:.2f}", str(field.page))
            for name, rows in document.tables.items():
                table.add_row(Text(name), Text(f"{len(rows)} {said['rows']}"), "", "")
            console.print(table)


def _shown(field: Field) -> str:
    return field.value if isinstance(field.value, str) else " ".join(field.value)
