"""What is kept by content: bytes under a key that names everything they depend on, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.errors import DossierError

TEMPORARY = ".dossier-part-"
"""How the name of a file begins that is not yet whole; no listing shows it."""
STALE = 86_400
"""Seconds after which a file that is not yet whole has no writer any more."""
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_SEAL = b"dossier 1 "


def write_whole(
    path: Path, chunks: Iterable[bytes], mode: int = 0o600, *, sync: bool = True, aside: Path | None = None
) -> None:
    """Writes `path` beside its place (or in the folder `aside` of the same disk), to the disk, then under its name: a
    reader sees all of it or nothing.

    The folder must be there. Raises OSError, or what `chunks` raises, and then nothing is left behind.
    `sync` False leaves out the wait for the disk, for copies that a power cut may take.
    """
    aside = (aside or path.parent) / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
            for chunk in chunks:
                out.write(chunk)
            if sync:
                out.flush()
                os.fsync(out.fileno())
        os.replace(aside, path)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
    if not sync:
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Cas:
    """A folder of entries by kind and key. Several processes may share it: the last writer of a key wins, whole.

    An entry carries the SHA-256 of its bytes; one that does not fit it (a torn disk, a hand that changed it) is a miss.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, kind: str, key: str) -> Path:
        if not _PLAIN.fullmatch(kind):
            raise ValueError("a kind is a plain word")
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self.root / kind / name[:2] / name[2:]

    def get(self, kind: str, key: str) -> bytes | None:
        """The bytes kept under `key`, None where there are none or they are damaged."""
        try:
            kept = self._path(kind, key).read_bytes()
        except OSError:
            return None
        seal, _, data = kept.partition(b"\n")
        return data if seal == _SEAL + hashlib.sha256(data).hexdigest().encode() else None

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps `data` (mode 0600). Raises DossierError where the disk takes no more."""
        path = self._path(kind, key)
        seal = _SEAL + hashlib.sha256(data).hexdigest().encode() + b"\n"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, (seal, data), aside=self.root)
        except OSError as error:
            raise DossierError(
                f"the work folder cannot be written ({error.strerror})",
                "Make room on the disk, or name another folder with --work.",
            ) from error

    def sweep(self) -> int:
        """Removes what writers left half written that were killed, a day old and older; how many."""
        swept = 0
        for path in self.root.glob(f"{TEMPORARY}*"):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - STALE:
                    path.unlink()
                    swept += 1
        return swept

    def get_json(self, kind: str, key: str) -> Any | None:
        """The value kept by `put_json`, None where there is none or it is damaged."""
        data = self.get(kind, key)
        if data is None:
            return None
        try:
            return json.loads(data)
        except ValueError:
            return None

    def put_json(self, kind: str, key: str, value: Any) -> None:
        """Keeps a plain value as JSON; the same value gives the same bytes."""
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        self.put(kind, key, text.encode("utf-8", "surrogatepass"))
