"""The pool: a crash, a hang and a bug cost one item each, and nothing outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.workers import InProcess, Lost, Pool
from pipeline.errors import StoreError


def echo(value: int) -> int:
    return value


def crash() -> None:
    os._exit(7)


def hang() -> None:
    time.sleep(600)


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def bug() -> None:
    raise ValueError("欧阳文静 510107198803152646")


def refuse() -> None:
    raise StoreError("the bucket does not answer", "look at the endpoint")


def who() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def pool():
    crew = Pool(2)
    yield crew
    crew.stop()


def test_a_crash_and_a_hang_cost_only_their_items(pool):
    """Of twenty items a crashing and a hanging one are lost, each by its name, and eighteen give their results."""
    jobs = [pool.submit(echo, i, seconds=30) for i in range(18)]
    jobs.insert(7, pool.submit(crash, seconds=30))
    jobs.insert(12, pool.submit(hang, seconds=1))
    got, lost = [], []
    for job in jobs:
        try:
            got.append(job.result())
        except Lost as error:
            lost.append((error.reason, error.detail))
    assert sorted(got) == list(range(18))
    assert lost == [("crashed", "exit status 7"), ("time_limit", "")]


def test_time_in_the_queue_does_not_count(pool):
    """Eight items of a quarter of a second on two workers all end well under a limit of 0.9 seconds each."""
    jobs = [pool.submit(nap, 0.25, seconds=0.9) for _ in range(8)]
    assert [job.result() for job in jobs] == [0.25] * 8


@pytest.fixture(params=["pool", "here"])
def crew(request):
    """Workers in processes of their own, and the one that works within this process."""
    return request.getfixturevalue("pool") if request.param == "pool" else InProcess()


def test_a_bug_is_told_by_its_place_and_never_by_its_text(crew):
    """An exception may quote the paper: what comes back is its kind and its line alone."""
    with pytest.raises(Lost) as caught:
        crew.submit(bug, seconds=30).result()
    assert caught.value.reason == "error"
    assert caught.value.detail.startswith("ValueError at test_workers.py:")
    assert "欧阳" not in str(caught.value)


def test_our_own_errors_come_back_whole(crew):
    """A store that cannot be reached from a worker ends the command as one that cannot be reached from here."""
    with pytest.raises(StoreError) as caught:
        crew.submit(refuse, seconds=30).result()
    assert caught.value.advice == "look at the endpoint"


def test_stopping_ends_what_is_under_way():
    """A stopped crew gives up within three seconds; what it was doing, and what comes later, is lost as stopped."""
    crew = Pool(1)
    running = crew.submit(hang, seconds=600)
    crew.submit(echo, 1, seconds=5)
    begun = time.monotonic()
    crew.stop()
    assert time.monotonic() - begun < 5
    with pytest.raises(Lost, match="stopped"):
        running.result()
    with pytest.raises(Lost, match="stopped"):
        crew.submit(echo, 2, seconds=5).result()


_PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from tests.test_workers import who, hang
from flows.workers import Pool
if __name__ == "__main__":
    crew = Pool(1)
    print(crew.submit(who, seconds=30).result(), flush=True)
    crew.submit(hang, seconds=600)
    time.sleep(600)
"""


def test_workers_die_with_a_parent_that_was_killed(tmp_path):
    """After kill -9 of the parent no worker goes on, even one that is deep in its work."""
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    root = str(Path(__file__).parent.parent)
    parent = subprocess.Popen([sys.executable, str(script), root], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    for _ in range(100):
        if not Path(f"/proc/{worker}").exists() or "Z" in Path(f"/proc/{worker}/stat").read_text().split()[2]:
            return
        time.sleep(0.05)
    pytest.fail("the worker outlived its parent by five seconds")
