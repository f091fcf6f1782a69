"""`python -m flows.docs`: prints the README's tables of materials and findings from the code, between their markers."""

from __future__ import annotations

import sys
from pathlib import Path

OF_THE_MACHINE = frozenset({"DOCUMENT_UNRECOGNISED"})
"""Findings beside those of intake that the stages make, not a rule."""
README = Path(__file__).parent.parent / "README.md"


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


def findings() -> str:
    """The table of findings by category: those that are looked for first, the names of later ones after the table."""
    from validators import RULES
    from validators.catalogue import CATALOGUE

    order = list(dict.fromkeys(entry.category for entry in CATALOGUE.values()))
    checked = {rule.code for rule in RULES} | OF_THE_MACHINE
    rows = ["| code | category | 说明 | meaning |", "| --- | --- | --- | --- |"]
    later = sorted(
        code for code, entry in CATALOGUE.items() if code not in checked and entry.category != "intake"
    )
    for entry in sorted(CATALOGUE.values(), key=lambda entry: order.index(entry.category)):
        if entry.code in later:
            continue
        title = {language: entry.title[language].replace("|", "\\|") for language in ("zh", "en")}
        rows.append(f"| `{entry.code}` | {entry.category} | {title['zh']} | {title['en']} |")
    if later:
        rows += ["", f"Named, and not looked for yet: {', '.join(f'`{code}`' for code in later)}."]
    return "\n".join(rows)


TABLES = {"materials": materials, "findings": findings}


def printed(text: str) -> str:
    """The README with its tables as the code has them now; ValueError where a marker is missing."""
    for name, make in TABLES.items():
        begin, end = f"<!-- {name}: printed by python -m flows.docs -->", f"<!-- end of {name} -->"
        head, found, rest = text.partition(begin)
        _, closed, tail = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"README.md lacks the markers of {name}")
        text = f"{head}{begin}\n{make()}\n{end}{tail}"
    return text


def main() -> int:
    """Writes the README anew; 1 where it changed and `--check` was given."""
    old = README.read_text(encoding="utf-8")
    new = printed(old)
    if "--check" in sys.argv[1:]:
        return int(new != old)
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
