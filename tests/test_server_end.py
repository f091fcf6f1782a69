"""Prefect's server and the workers are gone on every way out of a night."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.lock import only_one
from flows.server import _note, _started, end_leftover
from pipeline.errors import NightRunning
from tests.nights import BLUE, draw, start


def running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
        except OSError:
            continue
    return [*found, *(grandchild for child in found for grandchild in children(child))]


@pytest.mark.prefect
@pytest.mark.parametrize("way", ["ctrl-c", "sigterm", "kill"])
def test_nothing_outlives_a_night_that_is_ended(tmp_path, way):
    """In the middle of a page that hangs: Ctrl-C to the whole group, SIGTERM and kill -9 leave no process after ten seconds."""
    draw(tmp_path / "bucket" / "c1" / "a.png", BLUE)
    count = tmp_path / "calls"
    night = start(tmp_path, "crash", page_seconds=300, env={"DOSSIER_COUNT_CALLS": str(count)})
    while not count.exists():
        assert night.poll() is None, night.communicate()[1]
        time.sleep(0.05)
    server = json.loads((tmp_path / "work" / "prefect" / "server.json").read_text())["process"]
    everyone = children(night.pid)
    assert server in everyone
    began = time.monotonic()
    if way == "ctrl-c":
        os.killpg(night.pid, signal.SIGINT)
    else:
        night.send_signal(signal.SIGTERM if way == "sigterm" else signal.SIGKILL)
    _, err = night.communicate(timeout=20)
    while time.monotonic() - began < 10 and any(map(running, everyone)):
        time.sleep(0.05)
    assert time.monotonic() - began < 10
    assert [pid for pid in everyone if running(pid)] == []
    if way != "kill":
        assert night.returncode == 130
        assert "Traceback" not in err
        assert not (tmp_path / "work" / "prefect" / "server.json").exists()


def test_a_leftover_server_is_ended_and_a_stranger_is_not(tmp_path):
    """The note of an older start ends just the process that it was written about, told by its time of start."""
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    left, stranger = subprocess.Popen(sleeper), subprocess.Popen(sleeper)
    try:
        _note(tmp_path, stranger.pid, 1)
        note = json.loads((tmp_path / "server.json").read_text())
        (tmp_path / "server.json").write_text(json.dumps({**note, "started": "17"}))
        assert end_leftover(tmp_path) is False
        assert _started(stranger.pid) is not None
        assert stranger.poll() is None
        _note(tmp_path, left.pid, 1)
        assert end_leftover(tmp_path) is True
        assert left.wait(5) == -signal.SIGKILL
        assert end_leftover(tmp_path) is False
    finally:
        for process in (left, stranger):
            process.kill()
            process.wait()


def test_one_night_at_a_time(tmp_path):
    """A second night on the same work folder is refused with the first one's batch; after it, the way is free."""
    with (
        only_one(tmp_path, "20260610-010000-ab12"),
        pytest.raises(NightRunning, match="20260610-010000-ab12"),
        only_one(tmp_path, "other"),
    ):
        pytest.fail("two nights at once")
    with only_one(tmp_path, "next"):
        pass
