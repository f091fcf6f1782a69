"""Real nights: what a crash, a hang and a kill cost, what is read again, and what Prefect is told."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.server import serving
from pipeline.cas import TEMPORARY
from tests.nights import BLUE, RED, bucket, draw, finish, start
from tests.test_cli import dossier, small_pdf

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """A Prefect server that is there already, as the environment of a night names it: starting one takes its time."""
    with serving(tmp_path_factory.mktemp("prefect")):
        given = {name: os.environ[name] for name in ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING")}
        yield given


def report_of(home: Path, case: str) -> dict:
    """A case's report without what differs from run to run."""
    report = json.loads((home / "reports" / case / "report.json").read_text(encoding="utf-8"))
    del report["run"], report["since_last"]
    return report


def test_a_crash_and_a_hang_cost_their_pages_and_no_other_case(tmp_path, api):
    """Bad pages of ours fail their cases by a code, the others end well, the exit status is 1; the next night tries again."""
    bucket(tmp_path / "bucket", 3)
    draw(tmp_path / "bucket" / "crashes" / "a.tiff", (9, 9, 9), RED)
    draw(tmp_path / "bucket" / "hangs" / "a.png", BLUE)
    status, summary, err = finish(start(tmp_path, "crash", page_seconds=5, env=api))
    assert status == 1, err
    assert summary["rows"]["crashes"] == ["failed", "failed", "PAGE_CRASHED"]
    assert summary["rows"]["hangs"] == ["failed", "failed", "PAGE_TIME_LIMIT"]
    assert {summary["rows"][f"c{n:02}"][2] for n in range(3)} == {""}
    crashed = report_of(tmp_path, "crashes")
    assert crashed["verdict"] == "review"
    assert [page["quality"].get("lost") for page in crashed["files"][0]["pages"]] == [None, "crashed"]
    assert not [f for f in crashed["findings"] if f["code"] == "MATERIAL_MISSING"]
    assert "扫描件" not in err
    assert "crashes" not in err
    assert not list((tmp_path / "work").glob("fetched/*/*"))

    (tmp_path / "bucket" / "hangs" / "a.png").unlink()
    draw(tmp_path / "bucket" / "hangs" / "a.png", (1, 2, 3))
    draw(tmp_path / "bucket" / "crashes" / "a.tiff", (9, 9, 9))
    status, summary, err = finish(start(tmp_path, "crash", page_seconds=5, env=api))
    assert status == 0, err
    assert summary["rows"]["c00"][1] == "unchanged"
    assert summary["rows"]["crashes"][1:] == ["changed", ""]
    assert Path(summary["index"]).exists()
    assert not (tmp_path / "work" / "prefect" / "prefect.db").exists(), (
        "the server that was named is used, no other"
    )


def states_of(home: Path) -> list[str]:
    """What Prefect's own database says of the nights in a home, the first one first; nothing where it is not made yet."""
    place = home / "work" / "prefect" / "prefect.db"
    if not place.exists():
        return []
    base = sqlite3.connect(place, timeout=30)
    try:
        return [
            row[0] for row in base.execute("SELECT state_type FROM flow_run ORDER BY expected_start_time")
        ]
    except sqlite3.OperationalError:  # its tables are not made yet
        return []
    finally:
        base.close()


def kill_when(night: subprocess.Popen[str], ripe: Callable[[], bool]) -> None:
    """Kills a night and all of its processes as soon as it is ripe for it."""
    while not ripe():
        assert night.poll() is None, night.communicate()[1]
        time.sleep(0.01)
    os.killpg(night.pid, signal.SIGKILL)
    night.communicate()


def test_a_killed_night_goes_on_where_it_was(tmp_path, api):
    """After kill -9, once while Prefect's server starts and once in the midst of its run, the next night gives the reports
    of an undisturbed one, reads no finished page again, ends what was left running, closes the run that stayed open, and
    has told Prefect no name of a case."""
    calm, torn = tmp_path / "calm", tmp_path / "torn"
    for home in (calm, torn):
        bucket(home / "bucket", 12, pages=3)
    assert finish(start(calm, "crash", env=api))[0] == 0

    count = tmp_path / "calls"
    told = {"env": {"DOSSIER_COUNT_CALLS": str(count)}}
    kill_when(start(torn, "crash", **told), lambda: count.exists() and count.stat().st_size >= 9)
    before = count.stat().st_size
    entries = (torn / "work" / "store" / "reading").glob("*/*")
    kept = sum(not path.name.startswith(TEMPORARY) for path in entries)  # one half written is none
    assert 9 <= before <= 36
    assert before - kept <= 2, "at most what the two workers held when they were killed is read again"

    draw(torn / "bucket" / "hangs" / "a.png", BLUE)
    all_read = before + 36 - kept + 1
    kill_when(
        start(torn, "crash", **told),
        lambda: count.stat().st_size == all_read and states_of(torn)[-1:] == ["RUNNING"],
    )
    (torn / "bucket" / "hangs" / "a.png").unlink()
    (torn / "bucket" / "hangs").rmdir()
    status, summary, err = finish(start(torn, "crash", **told))
    assert status == 0, err
    assert count.stat().st_size - all_read <= 1, "at most the page that was being kept is read again"
    assert set(summary["rows"]) == {f"c{n:02}" for n in range(12)}
    for case in summary["rows"]:
        assert report_of(torn, case) == report_of(calm, case)

    assert not list((torn / "work").glob("fetched/*/*"))
    assert states_of(torn)[-2:] == ["CRASHED", "COMPLETED"]
    everything = b"".join(
        path.read_bytes() for path in (torn / "work" / "prefect").iterdir() if path.is_file()
    )
    for name in ("c00", "扫描件", "c11"):
        assert f"{name}/".encode() not in everything
        assert f'"{name}"'.encode() not in everything


@pytest.mark.server
def test_a_night_over_a_bucket(tmp_path, s3, s3_url, api):
    """`dossier run` on a real S3 server: odd keys, reports in the bucket beside, the intake only read; then all is unchanged."""
    from pipeline.stores import open_store
    from tests.conftest import settings_for

    settings = settings_for(s3)
    intake = open_store(s3_url, settings, writable=True)
    small_pdf(tmp_path / "a.pdf", "plain words", "of no", "known paper")
    for key in ("卷宗 1/扫描 (1)/a+b%20#.pdf", "c2/a.pdf"):
        intake.put(key, tmp_path / "a.pdf", "application/pdf")
    before = [(item.key, item.etag) for item in intake.list()]
    keys = {
        **api,
        "DOSSIER_S3_ENDPOINT": f"http://{s3.endpoint}",
        "DOSSIER_S3_ACCESS_KEY": s3.access_key,
        "DOSSIER_S3_SECRET_KEY": s3.secret_key,
        "DOSSIER_S3_REGION": settings.s3_region or "",
    }
    for state in ("new", "unchanged"):
        done = dossier("run", s3_url, "--json", "--engine", "tesseract", cwd=tmp_path, seconds=200, **keys)
        assert done.returncode == 0, done.stderr
        summary = json.loads(done.stdout)
        assert {case["case"]: case["state"] for case in summary["cases"]} == {"卷宗 1": state, "c2": state}
        assert s3.secret_key not in done.stderr
    reports = open_store(f"{s3_url}-reports", settings)
    found = {item.key for item in reports.list()}
    assert {"卷宗 1/report.html", "c2/report.json", f"batches/{summary['batch']}/index.html"} <= found
    assert [(item.key, item.etag) for item in intake.list()] == before
