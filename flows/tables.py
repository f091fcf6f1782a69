"""Results in words for a terminal: a night's cases, a case's findings, a file's documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.model import Document, Evidence, Field, File, Finding, Severity
from pipeline.report.words import FIELD, MATERIAL, SEVERITY, VALUES, VERDICT, fault, told

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from pipeline.report import Batch, Entry
    from pipeline.result import CaseResult

HEADS = {"zh": ("卷宗", "结论", "原因"), "en": ("case", "verdict", "why")}
SAID = {
    "zh": {"index": "批次首页", "none": "没有识别出材料", "field": "字段", "value": "值", "sure": "置信度", "page": "页",
           "pages": "{0} 页", "rows": "{0} 行", "at": "第{0}页", "and": "、"},
    "en": {"index": "index", "none": "no document was recognised", "field": "field", "value": "value", "sure": "confidence", "page": "page",
           "pages": "{0} pages", "rows": "{0} rows", "at": "page {0}", "and": ", "},
}  # fmt: skip
WEIGHED: tuple[Severity, ...] = ("high", "medium", "low")
COLOURS = {"pass": "green", "supplement": "yellow", "review": "red", "failed": "bold red"}
TONES = {"high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
"""The colours of severities, in the order in which findings are shown."""


def _console() -> Console:
    from rich.console import Console

    return Console(soft_wrap=False, highlight=False, markup=False)


def batch_table(batch: Batch, index: str, lang: str) -> None:
    """The cases of a night with their verdicts, what needs a person first, and where the index is, on stdout."""
    from rich.table import Column, Table
    from rich.text import Text

    from pipeline.report.index import rows_in_order

    case, verdict, why = HEADS[lang]
    table = Table(
        Column(case, overflow="fold"),
        verdict,
        *(SEVERITY[name][lang] for name in WEIGHED),
        Column(why, overflow="fold"),
    )
    for row in rows_in_order(batch):
        table.add_row(
            Text(row.case),
            Text(told(VERDICT, row.shown)[lang], style=COLOURS.get(row.shown, "")),
            *(Text(str(row.counts.get(severity, 0) or "·")) for severity in WEIGHED),
            Text(fault(row.error)[lang] if row.error else row.why[lang]),
        )
    console = _console()
    console.print(table)
    print(f"{SAID[lang]['index']}: {index}")


def case_text(result: CaseResult, catalogue: Mapping[str, Entry], lang: str) -> None:
    """A case's verdict, why, and its findings by severity, on stdout."""
    from rich.text import Text

    from validators.catalogue import clears, sentence

    console, judged = _console(), result.judgement
    console.print(Text(f"{result.case}: {VERDICT[judged.verdict][lang]}", style=COLOURS[judged.verdict]))
    console.print(Text(judged.why.get(lang, "")))
    order = list(TONES)
    for finding in sorted(judged.findings, key=lambda f: (order.index(f.severity), f.code, f.person or "")):
        who = f" {finding.person}" if finding.person else ""
        console.print()
        console.print(Text(f"{_titled(finding, catalogue, lang)}{who}", style=TONES[finding.severity]))
        console.print(Text(f"  {sentence(finding, lang)}"))
        where = sorted({_place(one, lang) for one in finding.evidence})
        if where:
            console.print(Text(f"  {'; '.join(where)}", style="dim"))
        if finding.severity != "info":
            console.print(Text(f"  → {clears(finding, lang)}"))


def _titled(finding: Finding, catalogue: Mapping[str, Entry], lang: str) -> str:
    """`[重大] 收入证明高于测算 INCOME_OVERSTATED`: the words for people, the code for whoever looks it up."""
    return f"[{SEVERITY[finding.severity][lang]}] {catalogue[finding.code].title[lang]} {finding.code}"


def _place(one: Evidence, lang: str) -> str:
    return one.file if one.page is None else f"{one.file} {SAID[lang]['at'].format(one.page)}"


def documents_text(
    files: Sequence[File],
    documents: Sequence[Document],
    loose: Sequence[Finding],
    catalogue: Mapping[str, Entry],
    lang: str,
) -> None:
    """The documents of files with their fields, and what is to be said of the files, on stdout."""
    from rich.text import Text

    from validators.catalogue import sentence

    console, said = _console(), SAID[lang]
    for file in files:
        console.print(
            Text(f"{file.key}  ({file.kind}, {said['pages'].format(len(file.pages))})", style="bold")
        )
        for finding in [*file.findings, *(f for f in loose if f.key.startswith(file.key))]:
            console.print(Text(f"  {_titled(finding, catalogue, lang)}", style=TONES[finding.severity]))
            console.print(Text(f"    {sentence(finding, lang)}"))
        own = [document for document in documents if document.pages[0][0] == file.key]
        if not own:
            console.print(Text(f"  {said['none']}", style="dim"))
        for document in own:
            title = f"{MATERIAL[document.type][lang]} {document.type}  {document.confidence:.2f}"
            console.print(Text(f"  {title}", style="bold cyan"))
            console.print(_fields(document, lang))


def _fields(document: Document, lang: str) -> Table:
    """The fields of a document, each by its name in the language and by its name in the JSON."""
    from rich.table import Column, Table
    from rich.text import Text

    said = SAID[lang]
    table = Table(said["field"], "JSON", Column(said["value"], overflow="fold"), said["sure"], said["page"])
    for name, field in document.fields.items():
        value, sure = Text(_shown(name, field, lang)), f"{field.confidence:.2f}"
        table.add_row(Text(told(FIELD, name)[lang]), Text(name), value, sure, str(field.page))
    for name, rows in document.tables.items():
        table.add_row(Text(told(FIELD, name)[lang]), Text(name), Text(said["rows"].format(len(rows))), "", "")
    return table


def _shown(name: str, field: Field, lang: str) -> str:
    """A value as people say it; normal forms that are no words of theirs, such as `M`, in words."""
    values = [field.value] if isinstance(field.value, str) else field.value
    return SAID[lang]["and"].join(told(VALUES.get(name, {}), value)[lang] for value in values)
