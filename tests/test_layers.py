"""The arrows between the rooms run one way, and foreign libraries stay in theirs."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

from flows import VERSION

ROOT = Path(__file__).parent.parent
ROOMS = ("pipeline", "extractors", "validators", "flows", "fixtures")
HOMES = {
    "prefect": ("flows/night.py", "flows/books.py"),
    "pebble": ("flows/workers.py",),
    "minio": ("pipeline/stores/s3.py",),
    "pytesseract": ("pipeline/ocr/tesseract.py",),
    "rapidocr": ("pipeline/ocr/rapid.py",),
    "jinja2": ("pipeline/report/html.py",),
    "xlsxwriter": ("pipeline/report/xlsx.py",),
    "sqlite3": ("flows/ledger.py",),
    "click": ("flows/cli.py",),
}
"""One foreign library, one module; Prefect has two, the night and its books."""


@cache
def modules() -> dict[str, str]:
    """The source of every module of the rooms by its path below the root."""
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def test_the_arrows_run_one_way():
    """import-linter holds the contracts of pyproject.toml: flows → validators → extractors → pipeline, fixtures apart."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_foreign_library_is_imported_in_its_home_alone():
    """Each of the heavy or risky libraries occurs in one module, so that it can be looked after, or changed, there."""
    found = {}
    for path, source in modules().items():
        if path.startswith("fixtures/") or not any(name in source for name in HOMES):
            continue
        for node in ast.walk(ast.parse(source)):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            )  # fmt: skip
            for name in names:
                found.setdefault(name.split(".")[0], set()).add(path)
    wrong = {name: sorted(found.get(name, set()) - set(homes)) for name, homes in HOMES.items()}
    assert {name: where for name, where in wrong.items() if where} == {}


def test_every_module_opens_with_a_sentence():
    """A reader learns from the first line of a module what it is for."""
    silent = [path for path, source in modules().items() if source and not source.startswith('"""')]
    assert silent == []


def test_the_version_is_the_same_everywhere():
    """`dossier --version` says what the package says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION


def test_locked_versions_carry_hashes_and_no_addresses():
    """Both constraints files name versions with their hashes, hold Prefect's pins, and lead to no server."""
    for version in ("311", "312"):
        text = (ROOT / f"constraints-py{version}.txt").read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in line and line.endswith("\\") for line in lines)
        assert "prefect==3.8.8 \\" in text
        assert text.count("--hash=sha256:") >= len(lines)
