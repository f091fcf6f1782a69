"""One night at a time: a lock on the work folder that dies with the process that holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import NightRunning

NAME = "night.lock"


@contextlib.contextmanager
def only_one(work: Path, batch: str) -> Iterator[None]:
    """Holds the night's lock of a work folder; raises NightRunning, naming the batch and process that hold it.

    The kernel frees the lock however the process ends, so nothing is ever left to be removed by hand.
    """
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(work / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NightRunning(
                _told(os.read(descriptor, 400)), "wait for it, or give this run another --work"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"batch": batch, "process": os.getpid()}).encode())
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _told(raw: bytes) -> str:
    """What to say of the other night; its note may be empty for the moment between locking and writing."""
    try:
        note = json.loads(raw)
        return f"another night is running here: batch {note['batch']}, process {note['process']}"
    except (ValueError, KeyError, TypeError):
        return "another night is running here"
