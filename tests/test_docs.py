"""The README says what the code does."""

from __future__ import annotations

from click.testing import CliRunner

from flows.cli import main
from flows.docs import README, printed


def test_the_tables_are_those_of_the_code():
    """Materials and findings are printed from the registries; `python -m flows.docs` brings them up to date."""
    text = README.read_text(encoding="utf-8")
    assert printed(text) == text, "run python -m flows.docs"


def test_every_command_is_named():
    """The table of commands names what `dossier --help` shows."""
    text = README.read_text(encoding="utf-8")
    for name in main.commands:
        assert f"`dossier {name}" in text
    assert CliRunner().invoke(main, ["--help"]).exit_code == 0
