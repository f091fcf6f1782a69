"""Real nights: what a crash, a hang and a kill cost, what is read again, and what Prefect is told."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.nights import BLUE, RED, bucket, draw, finish, start

pytestmark = pytest.mark.prefect


def report_of(home: Path, case: str) -> dict:
    """A case's report without what differs from run to run."""
    report = json.loads((home / "reports" / case / "report.json").read_text(encoding="utf-8"))
    del report["run"], report["since_last"]
    return report


def test_a_crash_and_a_hang_cost_their_pages_and_no_other_case(tmp_path):
    """Bad pages of ours fail their cases by a code, the others end well, the exit status is 1; the next night tries again."""
    bucket(tmp_path / "bucket", 3)
    draw(tmp_path / "bucket" / "crashes" / "a.tiff", (9, 9, 9), RED)
    draw(tmp_path / "bucket" / "hangs" / "a.png", BLUE)
    status, summary, err = finish(start(tmp_path, "crash", page_seconds=5))
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
    status, summary, err = finish(start(tmp_path, "crash", page_seconds=5))
    assert status == 0, err
    assert summary["rows"]["c00"][1] == "unchanged"
    assert summary["rows"]["crashes"][1:] == ["changed", ""]
    assert Path(summary["index"]).exists()


def test_a_killed_night_goes_on_where_it_was(tmp_path):
    """After kill -9 the next night gives the reports of an undisturbed one, reads no finished page again, ends what was left
    running, closes the run that stayed open, and has told Prefect no name of a case."""
    calm, torn = tmp_path / "calm", tmp_path / "torn"
    for home in (calm, torn):
        bucket(home / "bucket", 12, pages=3)
    assert finish(start(calm))[0] == 0

    count = tmp_path / "calls"
    told = {"env": {"DOSSIER_COUNT_CALLS": str(count)}}
    night = start(torn, **told)
    while not count.exists() or count.stat().st_size < 9:
        assert night.poll() is None, night.communicate()[1]
        time.sleep(0.01)
    os.killpg(night.pid, signal.SIGKILL)
    night.communicate()
    before = count.stat().st_size
    kept = len(list((torn / "work" / "store" / "reading").glob("*/*")))
    assert 9 <= before < 36
    status, summary, err = finish(start(torn, **told))
    assert status == 0, err
    assert count.stat().st_size - before == 36 - kept
    assert before - kept <= 2, "at most what the two workers held when they were killed is read again"
    assert set(summary["rows"]) == {f"c{n:02}" for n in range(12)}
    for case in summary["rows"]:
        assert report_of(torn, case) == report_of(calm, case)

    assert not list((torn / "work").glob("fetched/*/*"))
    base = sqlite3.connect(torn / "work" / "prefect" / "prefect.db")
    states = [row[0] for row in base.execute("SELECT state_type FROM flow_run ORDER BY expected_start_time")]
    assert states == ["CRASHED", "COMPLETED"]
    base.close()
    everything = b"".join(
        path.read_bytes() for path in (torn / "work" / "prefect").iterdir() if path.is_file()
    )
    for name in ("c00", "扫描件", "c11"):
        assert f"{name}/".encode() not in everything
        assert f'"{name}"'.encode() not in everything
