"""The command line: fast, plain about what is wrong, JSON alone on stdout, the exit statuses of the contract."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from flows import cli
from pipeline.application import read_application
from tests.nights import ROOT, environment

DOSSIER = [sys.executable, "-m", "flows.cli"]


def dossier(
    *words: str, cwd: Path = ROOT, seconds: float = 60, **env: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command as a person would, in a folder of the test's."""
    return subprocess.run(
        [*DOSSIER, *words],
        cwd=cwd,
        env=environment(**env),
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Calls the command within this process, in the test's folder, with nothing of the outside's settings."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("PREFECT", "DOSSIER")):
            monkeypatch.delenv(name)

    def run(*words: str, **env: str) -> Result:
        return CliRunner().invoke(cli.main, words, env=env)

    return run


def small_pdf(path: Path, *lines: str) -> None:
    """A PDF of one page with a text layer."""
    from reportlab.pdfgen.canvas import Canvas

    page = Canvas(str(path))
    for row, line in enumerate(lines):
        page.drawString(60, 760 - 20 * row, line)
    page.save()


def test_help_answers_at_once():
    """`dossier --help` loads nothing but the command line itself and the errors that it tells: no other room or library."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from flows import cli\n"
        "try: cli.main(['--help'])\n"
        "finally: print(*({*sys.modules} - before), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    assert "dossier check ./case-17" in done.stdout
    others = {name for name in done.stderr.split() if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {name for name in others if not name.startswith("click")} == {
        "flows", "flows.cli", "pipeline", "pipeline.errors",
    }  # fmt: skip


@pytest.mark.parametrize("command", ["demo", "run", "check", "read", "new", "doctor"])
def test_every_command_shows_examples(command, call):
    """The help of each command says what it does and how it is called."""
    done = call(command, "--help")
    assert done.exit_code == 0
    assert f"dossier {command}" in done.stdout


def test_commands_of_one_case_never_import_prefect_or_the_night():
    """What reads and checks is loaded without the scheduler."""
    code = (
        "import sys, flows.cli, flows.single, flows.template, flows.doctor, flows.stages, flows.workers;"
        "import pipeline.reading, validators.judge, extractors;"
        "sys.exit(any(name.split('.')[0] == 'prefect' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check"], "PATH"),
        (["read", "not-there.jpg"], "not-there.jpg"),
        (["run", "--workers", "none"], "--workers"),
        (["run", "ftp://somewhere/x"], "store"),
        (["run", "./b", "--reports", "./b/reports"], "reports"),
        (["check", ".", "--as-of", "2026-02-30"], "--as-of"),
        (["fly"], "fly"),
    ],
)
def test_wrong_usage_is_2_and_named(call, words, says):
    """Wrong words end with exit status 2, one that names them, nothing on stdout and no traceback."""
    done = call(*words)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_store_out_of_reach_is_3(call):
    """A folder that is not there, and a server that does not answer, are exit status 3, before anything is started."""
    done = call("run", "./nowhere")
    assert done.exit_code == 3, done.stderr
    keys = {"DOSSIER_S3_ACCESS_KEY": "k", "DOSSIER_S3_SECRET_KEY": "very-secret"}
    done = call("run", "s3://loans", DOSSIER_S3_ENDPOINT="http://127.0.0.1:9", **keys)
    assert done.exit_code == 3, done.stderr
    assert "very-secret" not in done.stderr


def test_new_writes_an_application_and_never_over_one(tmp_path, call):
    """The template is taken without a finding, filled in too; a second `new` leaves the file as it is."""
    done = call("new", str(tmp_path / "卷宗 18"))
    path = tmp_path / "卷宗 18" / "application.yaml"
    assert done.stdout.strip() == str(path)
    assert read_application(path.read_bytes(), "application.yaml")[1] == ()
    filled = re.sub(r"(submitted_on:) *", r"\1 2026-06-10 ", path.read_text(encoding="utf-8"))
    filled = re.sub(r"(name:) *", r"\1 张三 ", filled, count=1)
    application, said = read_application(filled.encode(), "application.yaml")
    assert said == ()
    assert application is not None
    assert application.borrower is not None
    assert (application.borrower.name, str(application.submitted_on)) == ("张三", "2026-06-10")
    path.write_text("officer: 张三\n", encoding="utf-8")
    again = call("new", str(path.parent))
    assert again.exit_code == 2
    assert path.read_text(encoding="utf-8") == "officer: 张三\n"


HEAVY = ("cv2", "rapidocr", "onnxruntime", "openvino", "spacy", "prefect", "jinja2", "xlsxwriter")
"""What no page with a text layer needs."""
WATCH = """
import os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        log = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(log, (name + chr(10)).encode())
        os.close(log)
sys.meta_path.insert(0, Watch())
"""
"""A sitecustomize module that writes down whatever the command and its workers import."""


@pytest.fixture(scope="module")
def read_done(tmp_path_factory):
    """A text PDF and two bad files after `read`: the finished process, and the names of all that was imported for it."""
    home = tmp_path_factory.mktemp("read")
    small_pdf(home / "a.pdf", "plain words of no known paper", "one more line", "and a third")
    (home / "empty.jpg").touch()
    (home / "text.jpg").write_text("not a picture")
    (home / "watch").mkdir()
    (home / "watch" / "sitecustomize.py").write_text(WATCH.format(log=str(home / "imported")))
    path = os.pathsep.join((str(home / "watch"), str(ROOT)))
    words = ("read", "a.pdf", "empty.jpg", "text.jpg", "--json", "--workers", "1")
    done = dossier(*words, cwd=home, PYTHONPATH=path)
    return done, (home / "imported").read_text(encoding="utf-8").split()


def test_read_gives_json_alone_on_stdout(read_done):
    """Every file with its pages; a bad one with its finding and exit status 0: that is work done."""
    done, _ = read_done
    assert done.returncode == 0, done.stderr
    files = {file["file"]: file for file in json.loads(done.stdout)["files"]}
    assert [page["source"] for page in files["a.pdf"]["pages"]] == ["text"]
    assert [finding["code"] for finding in files["empty.jpg"]["findings"]] == ["FILE_EMPTY"]
    assert [finding["code"] for finding in files["text.jpg"]["findings"]] == ["FILE_UNSUPPORTED"]
    assert files["a.pdf"]["documents"] == []


def test_reading_a_text_layer_loads_no_engine_and_no_report(read_done):
    """Neither the command nor its workers import what only pictures, nights and reports need."""
    _, imported = read_done
    assert {"flows.single", "pipeline.textlayer"} <= set(imported)
    assert {name.partition(".")[0] for name in imported} & set(HEAVY) == set()


def test_check_says_what_is_missing_and_writes_its_report(tmp_path, call):
    """A case of one blank page: JSON with verdict and findings on stdout, the report where it was asked for."""
    folder = tmp_path / "案卷"
    folder.mkdir()
    small_pdf(folder / "a.pdf", "plain words", "of no", "known paper")
    (tmp_path / "w").mkdir()
    ways = ("--json", "--work", "w", "--engine", "tesseract", "--workers", "1")
    done = call("check", "案卷", *ways, "--reports", "out")
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["schema"] == 1
    assert report["case"] == "案卷"
    assert report["verdict"] in ("supplement", "review")
    assert "MATERIAL_MISSING" in {finding["code"] for finding in report["findings"]}
    kept = json.loads((tmp_path / "out" / "案卷" / "report.json").read_text(encoding="utf-8"))
    assert kept == report
    again = call("check", "案卷", *ways)
    assert {**json.loads(again.stdout), "run": ""} == {**report, "run": ""}


@pytest.mark.parametrize("engine", ["tesseract", pytest.param("rapidocr", marks=pytest.mark.ocr)])
def test_doctor_tells_what_it_looked_at(call, engine):
    """Each look with its outcome; a store that is not there makes it 1 and says so."""
    done = call("doctor", "./nowhere", "--json", "--work", "w", "--engine", engine)
    told = json.loads(done.stdout)
    looks = {look["name"]: look["ok"] for look in told["looks"]}
    assert looks["python"] is True
    assert looks["engine"] is True
    assert looks["store"] is False
    assert done.exit_code == 1
    assert told["ok"] is False


def test_a_fault_of_the_program_is_told_by_its_place_alone(tmp_path, monkeypatch, capsys):
    """An exception that quotes a paper shows its kind and its line; the quote only with --verbose."""
    from flows import template

    def broken(folder: Path) -> Path:
        raise ValueError("欧阳文静")

    monkeypatch.setattr(template, "write_template", broken)
    monkeypatch.setattr(sys, "argv", ["dossier", "new", "x"])
    with pytest.raises(SystemExit) as caught:
        cli.main(["new", str(tmp_path)])
    assert caught.value.code == 1
    told = capsys.readouterr()
    assert "ValueError at test_cli.py" in told.err
    assert "欧阳" not in told.err + told.out


@pytest.mark.ocr
def test_a_picture_is_not_shown_a_bar_without_a_terminal(tmp_path):
    """Progress is plain or silent where nobody looks: no escape codes in what goes to a log."""
    Image.new("RGB", (60, 40), "white").save(tmp_path / "a.png")
    done = dossier("read", "a.png", "--engine", "tesseract", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stderr + done.stdout
