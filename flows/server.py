"""Prefect's own short-lived server: started for a night on loopback, quiet and offline, gone on every way out.

The server is a child process of ours, so that it is we who end it: the kernel kills it when we die (kill -9 too), a
terminal's Ctrl-C does not reach it, and what an older start left behind is ended at the next one. Where PREFECT_API_URL
is set, that server is used and nothing is started. `python -m flows.server PARENT PORT` is the child.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib import error, request

from pipeline.errors import DossierError

START_SECONDS = 120.0
"""Longest wait for the server: its first start makes the database and took up to 38 s on two busy cores."""
END_SECONDS = 3.0
"""Time between asking the server to end and ending it."""
NOTE = "server.json"

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
}
"""Nothing leaves the machine, nothing but our own words goes to the terminal, no text of a run into the database."""


class Stopped(DossierError):
    """The user ended the run while the server was starting."""

    status = 130


def never() -> bool:
    """The answer of somebody who does not want to stop."""
    return False


def nothing() -> None:
    """What is done meanwhile by somebody who has nothing to do."""


@contextlib.contextmanager
def serving(
    work: Path, stopping: Callable[[], bool] = never, meanwhile: Callable[[], None] = nothing
) -> Iterator[None]:
    """A Prefect API for this process, in the environment; call it before Prefect is imported, and in the main thread.
    `meanwhile` is done while the server starts, with its address known.

    Raises DossierError where the server does not start, Stopped where `stopping` says so meanwhile.
    """
    home = work / "prefect"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    end_leftover(home)
    os.environ.update(QUIET, PREFECT_HOME=str(home.absolute()))
    if os.environ.get("PREFECT_API_URL"):
        meanwhile()
        yield
        return
    port, key = _free_port(), f"dossier:{secrets.token_hex(16)}"
    own = {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_API_AUTH_STRING": key}
    child = _start(home, port, key)
    try:
        _note(home, child.pid, port)
        os.environ.update(own)
        meanwhile()
        _wait_for(child, port, home, stopping)
        yield
    finally:
        for name in own:
            os.environ.pop(name, None)
        end(child)
        (home / NOTE).unlink(missing_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(home: Path, port: int, key: str) -> subprocess.Popen[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"},
        "PREFECT__SERVER_EPHEMERAL": "1",
        "PREFECT__SERVER_FINAL": "1",
        "PREFECT_SERVER_API_AUTH_STRING": key,
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join(
            p for p in (str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH")) if p
        ),
    }
    log = os.open(home / "server.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.server", str(os.getpid()), str(port)],
            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(log)


def _wait_for(child: subprocess.Popen[bytes], port: int, home: Path, stopping: Callable[[], bool]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if stopping():
            raise Stopped("stopped")
        if child.poll() is not None:
            break
        if _healthy(port):
            return
        time.sleep(0.1)
    raise DossierError("Prefect's server did not start", f"Look into {home / 'server.log'}.")


def _healthy(port: int) -> bool:
    try:
        with request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (error.URLError, OSError):
        return False


def end(child: subprocess.Popen[bytes]) -> None:
    """Asks the server to end, and after END_SECONDS ends it."""
    child.terminate()
    try:
        child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


# ---------------------------------------------------------------- what an earlier start left


def _note(home: Path, pid: int, port: int) -> None:
    text = json.dumps({"process": pid, "started": _started(pid), "port": port})
    descriptor = os.open(home / NOTE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as note:
        note.write(text)


def _started(pid: int) -> str | None:
    """When a process was started, in the kernel's ticks: tells it from a later one of the same number. None: there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def end_leftover(home: Path) -> bool:
    """Ends the server that a killed night left running in this home, and only that; whether there was one."""
    try:
        note = json.loads((home / NOTE).read_text())
        pid, started = int(note["process"]), note["started"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    (home / NOTE).unlink(missing_ok=True)
    if started is None or _started(pid) != started:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return True


# ---------------------------------------------------------------- the child


def _serve(parent: int, port: int) -> None:
    from flows.workers import die_with

    die_with(parent)
    os.umask(0o077)
    import uvicorn

    uvicorn.run(
        "prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=port, log_level="error",
        lifespan="on", timeout_graceful_shutdown=2,
    )  # fmt: skip


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
