"""`python -m flows.docs`: prints the tables of README.md and docs/ from the code, between their markers."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validators.catalogue import Entry
    from validators.rule import Rule

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
OUTPUT, FINDINGS = ROOT / "docs" / "output.md", ROOT / "docs" / "findings.md"

OF_THE_MACHINE: Mapping[str, tuple[str, str]] = {
    "FILE_UNSUPPORTED": ("medium", "The bytes are of no kind that is read, whatever the file is called."),
    "FILE_CORRUPT": ("medium", "The kind is known but the file is broken or cut short; what can be read of it is used."),
    "FILE_ENCRYPTED": ("medium", "The file opens neither without a password nor with one of the declared ones."),
    "FILE_TOO_LARGE": ("medium", "The file is over a limit of bytes, pages, pixels or unpacked size."),
    "FILE_EMPTY": ("medium", "The file has no bytes."),
    "FILE_DUPLICATE": ("info", "The same bytes lie in the case under another name too; they are read once."),
    "ACTIVE_CONTENT": ("low", "A PDF carries scripts, actions or embedded files; none is ever run."),
    "APPLICATION_INVALID": ("medium", "A key of application.yaml is unknown or has a wrong value, or the file is no YAML."),
    "PAGE_UNREADABLE": ("medium", "A page with print of which most is not legible and that no material claims; medium while a required paper is missing."),
    "DOCUMENT_UNRECOGNISED": ("low", "Pages with text that no material claims, or two claim alike; or a paper of somebody unknown."),
}  # fmt: skip
"""Findings that the stages before the rules make: the gravest severity, and what is looked at."""
_ASIDE = re.compile(r"\s*\((?:[^()]*\.md[^()]*|[A-Z]{2}-\d+|rule \d+)\)")
"""Notes in a docstring that are for readers of the code."""


def materials() -> str:
    """The table of materials that are read, in the order of the registry."""
    from extractors import MATERIALS

    rows = ["| type | 材料 | fields | tables |", "| --- | --- | --- | --- |"]
    for material in MATERIALS:
        tables = "; ".join(f"{name}: {', '.join(columns)}" for name, columns in material.tables.items())
        rows.append(
            f"| `{material.type}` | {material.title} | {', '.join(material.fields)} | {tables or '–'} |"
        )
    return "\n".join(rows)


def fields() -> str:
    """A table for each material: every field and column with its Chinese name, required ones marked."""
    from extractors import MATERIALS
    from pipeline.report.words import FIELD, told

    parts: list[str] = []
    for material in MATERIALS:
        parts += [f"#### `{material.type}` {material.title} ({material.english})", ""]
        parts += ["| field | 名称 | required |", "| --- | --- | --- |"]
        columns = [(f"{table}[].{name}", name) for table, names in material.tables.items() for name in names]
        for shown, name in [*((name, name) for name in material.fields), *columns]:
            needed = name in material.required or shown.split("[")[0] in material.required
            parts.append(f"| `{shown}` | {told(FIELD, name)['zh']} | {'yes' if needed else ''} |")
        parts.append("")
    return "\n".join(parts).rstrip()


def findings() -> str:
    """The table of findings by category: those that are looked for first, the names of later ones after the table."""
    rows = ["| code | category | 说明 | meaning |", "| --- | --- | --- | --- |"]
    looked_for, later = _codes()
    for entry in looked_for:
        rows.append(f"| `{entry.code}` | {entry.category} | {_cell(entry.title['zh'])} | {_cell(entry.title['en'])} |")  # fmt: skip
    return "\n".join([*rows, *_later(later)])


def catalogue() -> str:
    """The long table of findings: gravest severity, what is looked at in its rules' own words, whether customers hear of it."""
    from validators import RULES

    rows = [
        "| code | 说明 | severity up to | what is looked at | customer hears |",
        "| --- | --- | --- | --- | --- |",
    ]
    looked_for, later = _codes()
    for entry in looked_for:
        own = [rule for rule in RULES if rule.code == entry.code]
        severity, when = OF_THE_MACHINE.get(entry.code, ("", ""))
        when = " ".join([*([when] if when else []), *dict.fromkeys(filter(None, map(_when, own)))])
        severity = min([severity, *(rule.gravest for rule in own)], key=_weight)
        hears = "yes" if entry.for_customers else ""
        rows.append(f"| `{entry.code}` | {_cell(entry.title['zh'])} | {severity} | {_cell(when)} | {hears} |")
    return "\n".join([*rows, *_later(later)])


def _codes() -> tuple[list[Entry], list[str]]:
    """The entries that something looks for, by chapter, and the codes that nothing does."""
    from validators import RULES
    from validators.catalogue import CATALOGUE

    order = list(dict.fromkeys(entry.category for entry in CATALOGUE.values()))
    checked = {rule.code for rule in RULES} | set(OF_THE_MACHINE)
    entries = sorted(CATALOGUE.values(), key=lambda entry: order.index(entry.category))
    return [entry for entry in entries if entry.code in checked], sorted(set(CATALOGUE) - checked)


def _later(codes: Iterable[str]) -> list[str]:
    named = ", ".join(f"`{code}`" for code in codes)
    return ["", f"Named, and not looked for yet: {named}."] if named else []


def _weight(severity: str) -> int:
    return ("high", "medium", "low", "info", "").index(severity)


def _when(rule: Rule) -> str:
    """The rule's docstring as one line; nothing where it only points to a rule beside it."""
    text = " ".join(inspect.cleandoc(rule.function.__doc__ or "").split("\n\n")[0].split())
    return "" if text.startswith("As `") else _ASIDE.sub("", text).rstrip(".:;") + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


TABLES: Mapping[Path, Mapping[str, Callable[[], str]]] = {
    README: {"materials": materials, "findings": findings},
    OUTPUT: {"fields": fields},
    FINDINGS: {"catalogue": catalogue},
}
"""Which tables stand on which page."""


def printed(text: str, page: Path = README) -> str:
    """The page with its tables as the code has them now; ValueError where a marker is missing."""
    for name, make in TABLES[page].items():
        begin, end = f"<!-- {name}: printed by python -m flows.docs -->", f"<!-- end of {name} -->"
        head, found, rest = text.partition(begin)
        _, closed, tail = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"{page.name} lacks the markers of {name}")
        text = f"{head}{begin}\n{make()}\n{end}{tail}"
    return text


def main() -> int:
    """Writes the pages anew; 1 where one is not current and `--check` was given."""
    stale = 0
    for page in TABLES:
        old = page.read_text(encoding="utf-8")
        new = printed(old, page)
        stale |= int(new != old)
        if "--check" not in sys.argv[1:]:
            page.write_text(new, encoding="utf-8")
    return stale if "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
