"""README and docs/ say what the code does: tables are printed from it, examples are read by it, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.docs import OF_THE_MACHINE, README, ROOT, TABLES, printed
from pipeline.application import SCHEMA, read_application
from pipeline.report.as_json import report_json
from pipeline.settings import OPTIONS, load_settings
from pipeline.yamltree import Rows, Table
from tests.sample_result import CATALOGUE as SAMPLES
from tests.sample_result import sample
from validators import RULES
from validators.catalogue import CATALOGUE
from validators.checklist import Checklist
from validators.parameters import Parameters

PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))


def example(page: str, name: str) -> str:
    """The block of code under the marker of that name on a page of docs/."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name}: read by tests/test_docs.py -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found is not None, f"{page} has no example {name}"
    return found[1]


@pytest.mark.parametrize("page", list(TABLES), ids=lambda page: page.name)
def test_the_tables_are_those_of_the_code(page: Path) -> None:
    """Materials, fields and findings are printed from the registries; `make docs` brings them up to date."""
    text = page.read_text(encoding="utf-8")
    assert printed(text, page) == text, "run make docs"


def test_every_command_is_named() -> None:
    """The table of commands names what `dossier --help` shows."""
    text = README.read_text(encoding="utf-8")
    for name in main.commands:
        assert f"`dossier {name}" in text
    assert CliRunner().invoke(main, ["--help"]).exit_code == 0


def test_every_finding_is_looked_for_by_somebody_once() -> None:
    """A code of the catalogue belongs to a rule or to a stage before the rules; stages' codes are known codes."""
    assert set(OF_THE_MACHINE) <= set(CATALOGUE)
    assert {rule.code for rule in RULES} <= set(CATALOGUE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there, and where it names a heading, that one too."""
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", text):
        target, _, heading = (link[0] or link[1]).partition("#")
        if "://" in target:
            continue
        where = page if not target else page.parent / target
        assert where.is_file(), f"{page.name}: {target}"
        if heading:
            titles = re.findall(r"^#+ (.+)$", where.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in titles}


def test_the_example_of_an_application_is_read_without_a_finding() -> None:
    """What the page shows can be copied: every line of it is taken."""
    application, found = read_application(example("bucket.md", "example").encode(), "application.yaml")
    assert found == ()
    assert application is not None
    assert [one.role for one in application.applicants] == ["borrower", "spouse"]
    assert application.passwords == ("s3cret",)


def keys_of(shape: object) -> set[str]:
    """Every key that a shape of application.yaml knows, at any depth."""
    if isinstance(shape, Rows):
        return keys_of(shape.row)
    if isinstance(shape, Table):
        return set(shape.keys) | {key for inner in shape.keys.values() for key in keys_of(inner)}
    return set()


def test_the_example_of_an_application_explains_every_key() -> None:
    """No key of application.yaml is missing on the page."""
    text = example("bucket.md", "example")
    assert {key for key in keys_of(SCHEMA) if not re.search(rf"\b{key}\b", text)} == set()


def test_the_examples_of_a_banks_files_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings, the parameters and the checklist that the pages show can be copied."""
    monkeypatch.chdir(tmp_path)
    for name, page in (
        ("settings", "bucket.md"),
        ("parameters", "extending.md"),
        ("checklist", "extending.md"),
    ):
        (tmp_path / f"{name}.toml").write_text(example(page, name), "utf-8")
    settings = load_settings(tmp_path / "settings.toml", {}, {})
    assert (settings.s3_endpoint, settings.s3_secure) == ("minio.example:9000", True)
    assert Parameters.load(tmp_path / "parameters.toml").values["payment_to_income_limit"][-1].source
    assert len(Checklist.load(tmp_path / "checklist.toml").rows) == 3


def test_every_setting_is_on_the_page() -> None:
    """Each key of dossier.toml and each variable of the environment stands in the table of settings."""
    text = (ROOT / "docs" / "bucket.md").read_text(encoding="utf-8")
    for option in OPTIONS:
        for name in (option.place, *option.environ):
            assert f"`{name}`" in text, name


def test_every_key_of_a_report_is_on_the_page() -> None:
    """What report.json holds at its top, and the keys of documents and fields, are explained."""
    text = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    result, _ = sample()
    report = report_json(result, SAMPLES)
    documents = [key for document in report["documents"] for key in document]
    people = [key for person in report["people"] for key in person]
    for key in {*report, *documents, *people, *report["affordability"], *report["materials"][0]}:
        assert re.search(rf"\b{key}\b", text), key
