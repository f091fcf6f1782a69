"""What a store is: objects under keys, listed in order, taken whole; and what a key may be."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.cas import write_whole
from pipeline.errors import StoreError, Torn, UnsafeKey

T = TypeVar("T")

MAX_PART = 255
"""Bytes of UTF-8 in one part of a path on the usual file systems (86 Chinese characters are too many)."""
MAX_KEY = 2_048
"""Bytes of a key as a path; file systems take 4,096 with the root."""
CHUNK = 1 << 18
TRIES = 3
PAUSE = 0.2
"""Seconds between the first try and the second."""
_DRIVE = re.compile(r"[A-Za-z]:($|[\\/])")


@dataclass(frozen=True, slots=True)
class Item:
    """One object as it was listed: `key` below the store, `size` in bytes, `etag` the store's word for its content.

    An ETag of 32 hexadecimal digits is the MD5 of the bytes; any other form only tells one state from another.
    """

    key: str
    size: int
    etag: str


class Store(Protocol):
    """A folder or a bucket. One a process: never pickled, never used across a fork."""

    url: str

    def list(self, prefix: str = "") -> Iterator[Item]:
        """All objects whose key begins with `prefix`, in the order of their keys, page by page as they are asked for."""

    def folders(self) -> Iterator[str]:
        """The first parts of all keys with more than one: the case ids, in order, as they are asked for."""

    def fetch(self, item: Item, target: Path) -> None:
        """Writes the object that was listed to `target`, whole or not at all, with mode 0600.

        Raises Vanished where it is gone, Torn where after some tries the bytes are still not those listed,
        UnsafeKey for a key that can be no path, StoreError where the store cannot be reached.
        """

    def get(self, key: str) -> bytes | None:
        """The bytes of a (small) object, None where there is none."""

    def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        """Writes an object, whole or not at all; StoreError where the store was not opened `writable`."""

    def delete(self, key: str) -> None:
        """Removes an object; one that is not there is no error."""


def check_key(key: str) -> tuple[str, ...]:
    """The parts of a key; UnsafeKey where it is absolute, has `..`, `.`, NUL, an empty part, a drive or no UTF-8 form."""
    parts = tuple(key.split("/"))
    unsafe = (
        "\0" in key
        or any(part in ("", ".", "..") for part in parts)
        or any(_DRIVE.match(part) for part in parts)
        or ".." in key.split("\\")
        or any("\ud800" <= char <= "\udfff" for char in key)
    )
    if unsafe:
        raise UnsafeKey("a key that would leave its folder", "Give the file a plain name in the store.")
    return parts


def _fitted(part: str) -> str:
    """A part as it is, or where it is too long for a file system its head, its SHA-256 and its suffix."""
    raw = part.encode()
    if len(raw) <= MAX_PART:
        return part
    suffix = re.search(r"\.[A-Za-z0-9]{1,8}$", part)
    tail = f"~{hashlib.sha256(raw).hexdigest()}{suffix[0] if suffix else ''}"
    return raw[: MAX_PART - len(tail)].decode("utf-8", "ignore") + tail


def safe_path(root: Path, key: str) -> Path:
    """The place of `key` below `root`, never outside of it; too long parts are shortened, different ones to different names.

    Raises UnsafeKey as `check_key`. It does not look at the disk: links there are the caller's to judge.
    """
    parts = [_fitted(part) for part in check_key(key)]
    if sum(len(part.encode()) + 1 for part in parts) > MAX_KEY:
        parts = ["~" + hashlib.sha256(key.encode()).hexdigest()]
    return root.joinpath(*parts)


def flat_path(root: Path, key: str) -> Path:
    """A place of its own for any key at all, directly below `root`: for copies whose names nobody reads.

    Keys that no file system could hold side by side (`a` and `a/b`) do not meet here.
    """
    return root / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class Shaken(StoreError):
    """The line to the store broke; another try may do."""


def pause(attempt: int) -> None:
    """Waits `PAUSE`, 2 × `PAUSE`, 4 × `PAUSE`, … seconds after the attempts 0, 1, 2, …"""
    time.sleep(PAUSE * 2**attempt)


def again(work: Callable[[], T]) -> T:
    """What `work` returns; where it raises Torn or Shaken it is tried again, TRIES times in all, with growing pauses."""
    attempt = 0
    while True:
        try:
            return work()
        except (Torn, Shaken) as error:
            attempt += 1
            if attempt == TRIES or isinstance(error, UnsafeKey):
                raise
            pause(attempt - 1)


def write_copy(target: Path, chunks: Iterator[bytes]) -> None:
    """Writes a fetched object to `target`, whole or not at all; StoreError where the work folder takes no more."""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(target, chunks, sync=False)
    except OSError as error:
        raise StoreError(
            f"the copy cannot be written ({error.strerror})", "Make room in the work folder."
        ) from None


def md5_of(etag: str) -> str | None:
    """The MD5 that an ETag is, or None where it is something else (uploaded in parts, a folder's)."""
    plain = etag.strip('"').lower()
    return plain if re.fullmatch(r"[0-9a-f]{32}", plain) else None
