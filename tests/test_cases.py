"""The sample cases from their drawn files to their findings, through every stage, against what was written before they were drawn."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fixtures.cases import CASES, render
from fixtures.paper import Truth
from fixtures.stories import AS_OF
from flows.stages import Dossier, Kit, Papers, judged, kit_of, read_case
from flows.workers import InProcess, Pool
from pipeline.model import SURE, Document, Field, Finding
from pipeline.ocr.engine import EngineSpec
from pipeline.result import CaseResult
from pipeline.settings import Settings

WEIGHTY = ("high", "medium")
MAY_BE_ABSENT = frozenset({"seal_company", "ethnicity", "address", "issuing_authority", "contact_person"})
"""Fields that a grey or blurred copy may hide: no check above a note hangs on them."""


@dataclass(frozen=True)
class Outcome:
    """A case as it was drawn, read and judged."""

    dossier: Dossier
    result: CaseResult
    expected: Mapping[str, Any]

    @property
    def findings(self) -> Sequence[Finding]:
        return self.result.judgement.findings


def papers(
    name: str, folder: Path, keep: Callable[[str], bool] = lambda key: True
) -> tuple[Papers, dict[str, Any]]:
    """A case's files below a folder, those that `keep` wants, and its entry of what is expected of their papers."""
    files, expected = render(name, keep)
    paths = {}
    for number, (key, data) in enumerate(files.items()):
        if keep(key):
            paths[key] = folder / f"{number}{Path(key).suffix}"
            paths[key].write_bytes(data)
    return Papers(name, paths), expected


# ---------------------------------------------------------------- what was found against what was expected


def differences(found: Sequence[Finding], expected: Sequence[Mapping[str, str]]) -> list[str]:
    """Findings above `low` that are not expected, and expected ones that are missing, each as a line."""
    left = [finding for finding in found if finding.severity in WEIGHTY]
    lines = []
    for wanted in expected:
        hit = next((finding for finding in left if _is(finding, wanted)), None)
        if hit is None:
            lines.append(f"- {wanted}")
        else:
            left.remove(hit)
    return lines + [
        f"+ {finding.code} {finding.severity} {finding.person} {dict(finding.params)}" for finding in left
    ]


def _is(finding: Finding, wanted: Mapping[str, str]) -> bool:
    more = {key: value for key, value in wanted.items() if key not in ("code", "severity", "person", "file")}
    return (
        (finding.code, finding.severity, finding.person or "") == (wanted["code"], wanted["severity"], wanted.get("person", ""))
        and all(finding.params.get(key) == value for key, value in more.items())
        and ("file" not in wanted or finding.evidence[0].file == wanted["file"])
    )  # fmt: skip


# ---------------------------------------------------------------- what was read against what was written


class Unlike(NamedTuple):
    """A value that is not as it was written; `found` is None where it is absent."""

    file: str
    name: str
    found: Field | None
    written: Any

    def __str__(self) -> str:
        read = "absent" if self.found is None else f"{self.found.value} ({self.found.confidence})"
        return f"{self.file}: {self.name}: {read}, not {self.written}"

    @property
    def excused(self) -> bool:
        """Absent where it may be, or given with doubt."""
        return self.name in MAY_BE_ABSENT if self.found is None else self.found.confidence < SURE


def misread(documents: Sequence[Document], paper: Mapping[str, Any]) -> Iterator[Unlike]:
    """How the document in a paper's file differs from its truth."""
    truth: Truth = paper["truth"]
    here = [one for one in documents if one.type == truth["type"] and paper["file"] in dict(one.pages)]
    if len(here) != 1:
        yield Unlike(paper["file"], f"{len(here)} documents", None, truth["type"])
        return
    for name, value in truth["fields"].items():
        found = here[0].fields.get(name)
        alike = found is not None and (
            set(value) <= set(found.value) if name == "sides" else found.value == value
        )
        if not alike:
            yield Unlike(paper["file"], name, found, value)
    for name, written in truth["tables"].items():
        rows = _comparable(name, here[0].tables.get(name, ()))
        if len(rows) != len(written):
            yield Unlike(paper["file"], f"{name}: {len(rows)} rows", None, len(written))
            continue
        for index, (row, line) in enumerate(zip(rows, written, strict=True), start=1):
            for column, value in line.items():
                cell = row.get(column)
                if cell is None or cell.value != value:
                    yield Unlike(paper["file"], f"{name} {index} {column}", cell, value)


def _comparable(table: str, rows: Sequence[Mapping[str, Field]]) -> list[Mapping[str, Field]]:
    """The rows that truths write down: of a slip's lines the earnings, because its deductions stand among its columns."""
    if table != "items":
        return list(rows)
    return [row for row in rows if "kind" not in row or row["kind"].value != "deduction"]


# ---------------------------------------------------------------- with the real engine


@pytest.fixture(scope="module")
def read_with_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Outcome]]:
    """Draws, reads and judges a case, once in the session; the readings of all cases share one work folder."""
    home = tmp_path_factory.mktemp("cases")
    kit = kit_of(Settings(work=home / "work"), None)
    crew = Pool(min(2, os.cpu_count() or 1))
    known: dict[str, Outcome] = {}

    def give(name: str) -> Outcome:
        if name not in known:
            folder = home / name
            folder.mkdir()
            case, expected = papers(name, folder)
            dossier = read_case(case, kit, crew)
            known[name] = Outcome(dossier, judged(dossier, kit), expected)
        return known[name]

    yield give
    crew.stop()


@pytest.mark.ocr
@pytest.mark.parametrize("name", CASES)
def test_a_case_gives_its_verdict_and_findings(name: str, read_with_engine: Callable[[str], Outcome]) -> None:
    """From scans, photos and PDFs each case gives the verdict and the findings that it was drawn to give, and no others."""
    case = read_with_engine(name)
    assert case.dossier.lost == ()
    assert differences(case.findings, case.expected["findings"]) == []
    assert case.result.judgement.verdict == case.expected["verdict"]
    notes = {finding.code for finding in case.findings if finding.severity == "low"}
    assert notes <= set(case.expected["low"])


@pytest.mark.ocr
@pytest.mark.parametrize("name", CASES)
def test_a_case_is_read_as_it_was_written(name: str, read_with_engine: Callable[[str], Outcome]) -> None:
    """No field of any paper is surely wrong, and none that matters is absent."""
    case = read_with_engine(name)
    documents = case.result.judgement.documents
    unlike = [one for paper in case.expected["papers"] for one in misread(documents, paper)]
    assert [str(one) for one in unlike if not one.excused] == []


# ---------------------------------------------------------------- without a picture


@pytest.fixture
def read_layers(tmp_path: Path) -> Callable[..., Outcome]:
    """Draws, reads and judges a case of which only the files wanted are there; pictures read as blank."""

    def give(name: str, keep: Callable[[str], bool]) -> Outcome:
        kit = Kit(Settings(work=tmp_path / "work"), EngineSpec("blank", "1"), today=AS_OF, run="test")
        (tmp_path / "case").mkdir()
        case, expected = papers(name, tmp_path / "case", keep)
        dossier = read_case(case, kit, InProcess())
        return Outcome(dossier, judged(dossier, kit), expected)

    return give


def no_picture(key: str) -> bool:
    """The application and the papers with a text layer."""
    return key.endswith((".yaml", ".pdf"))


@pytest.mark.parametrize("name", [pytest.param("C10-slip-net", marks=pytest.mark.ocr), "C13-page-missing"])
def test_text_layers_alone_give_their_findings(name: str, read_layers: Callable[..., Outcome]) -> None:
    """Slips and statements with a text layer are read to the letter; what was altered in them is found without the scans,
    and of those only the lack is told."""
    case = read_layers(name, no_picture)
    documents = case.result.judgement.documents
    assert [str(one) for paper in case.expected["papers"] for one in misread(documents, paper)] == []
    lines = differences(case.findings, case.expected["findings"])
    assert [line for line in lines if not line.startswith("+ MATERIAL_MISSING")] == []
    assert Counter(line.split()[1] for line in lines) == {"MATERIAL_MISSING": 2}


def test_five_bad_files_are_told_by_name(read_layers: Callable[..., Outcome]) -> None:
    """Files that cannot be opened cost five findings that name them, and the papers that would have been in them."""
    case = read_layers("C17-bad-files", lambda key: key != "身份证复印件.jpg")
    assert case.dossier.lost == ()
    lines = differences(case.findings, case.expected["findings"])
    assert [line.split("{")[0] for line in lines] == ["+ MATERIAL_MISSING medium 石晨曦 "]
    assert case.result.judgement.verdict == "supplement"
