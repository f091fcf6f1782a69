"""The content-addressed store: whole or not at all, private, and a damaged entry is a miss."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cas import STALE, TEMPORARY, Cas, write_whole
from pipeline.errors import DossierError
from tests.draws import any_text


def entries(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_what_is_put_is_got(tmp_path: Path) -> None:
    """Bytes come back under their kind and key, and under no other."""
    cas = Cas(tmp_path)
    cas.put("page", "key", b"reading")
    assert cas.get("page", "key") == b"reading"
    assert cas.get("page", "other") is None
    assert cas.get("case", "key") is None


@given(key=any_text(50), data=st.binary(max_size=200))
def test_any_key_and_any_bytes(tmp_path_factory: pytest.TempPathFactory, key: str, data: bytes) -> None:
    """Keys are free text, paths and seals among them, and bytes are any bytes."""
    root = tmp_path_factory.getbasetemp() / "cas"
    Cas(root).put("page", key, data)
    assert Cas(root).get("page", key) == data


def test_no_key_leads_out(tmp_path: Path) -> None:
    """A key is never a path."""
    for key in ("../../out", "/etc/out", "a/b", "", "x" * 5000):
        Cas(tmp_path / "cas").put("page", key, b"x")
    assert len(entries(tmp_path / "cas")) == len(entries(tmp_path)) == 5


def test_entries_are_private(tmp_path: Path) -> None:
    """What was read of a paper is readable by its owner alone, folders too."""
    root = tmp_path / "work"
    Cas(root).put("page", "key", b"reading")
    [entry] = entries(root)
    assert entry.stat().st_mode & 0o777 == 0o600
    assert entry.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "more", "head"])
def test_damaged_entry_is_a_miss(tmp_path: Path, damage: str) -> None:
    """An entry that is cut, changed, emptied or lengthened is not there, and can be put anew."""
    cas = Cas(tmp_path)
    cas.put("page", "key", b"a reading of some length")
    [entry] = entries(tmp_path)
    kept = entry.read_bytes()
    entry.write_bytes(
        {
            "cut": kept[:-3],
            "flip": kept[:-1] + bytes([kept[-1] ^ 1]),
            "empty": b"",
            "more": kept + b"x",
            "head": b"x" + kept,
        }[damage]
    )
    assert cas.get("page", "key") is None
    cas.put("page", "key", b"again")
    assert cas.get("page", "key") == b"again"


def test_json(tmp_path: Path) -> None:
    """Plain values come back, the same value is the same bytes, and what is no JSON is a miss."""
    cas = Cas(tmp_path)
    cas.put_json("case", "a", {"b": ["张三", 1, None], "a": "1.50"})
    cas.put_json("case", "b", {"a": "1.50", "b": ["张三", 1, None]})
    assert cas.get_json("case", "a") == {"a": "1.50", "b": ["张三", 1, None]}
    assert cas.get("case", "a") == cas.get("case", "b")
    cas.put("case", "c", b"{")
    assert cas.get_json("case", "c") is None
    assert cas.get_json("case", "none") is None


def test_json_refuses_what_json_cannot_say(tmp_path: Path) -> None:
    """A number that is none is a fault of the caller, not an entry."""
    with pytest.raises(ValueError, match="JSON"):
        Cas(tmp_path).put_json("case", "a", float("nan"))
    assert entries(tmp_path) == []


def test_kind_is_a_plain_word(tmp_path: Path) -> None:
    """A kind cannot lead out of the store."""
    for kind in ("", "..", "a/b", ".hidden"):
        with pytest.raises(ValueError, match="plain word"):
            Cas(tmp_path / "cas").put(kind, "key", b"")
    assert entries(tmp_path) == []


def test_full_disk_is_told(tmp_path: Path) -> None:
    """A work folder that takes nothing is a fault with advice, not a lost reading."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DossierError) as caught:
        Cas(tmp_path / "file").put("page", "key", b"x")
    assert "--work" in caught.value.advice


def test_broken_write_leaves_the_old(tmp_path: Path) -> None:
    """When the bytes stop to come, the file is what it was and nothing lies beside it."""
    path = tmp_path / "report"
    write_whole(path, (b"old",))

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        write_whole(path, chunks())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


WRITER = """
import os, sys, time
from pathlib import Path
from pipeline.cas import Cas
cas = Cas(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    cas.put("page", "key", os.urandom(1) * 200_000)
"""


def test_killed_writer_leaves_whole_entries(tmp_path: Path) -> None:
    """A process that is killed while it writes leaves the entry whole: the old one or the new one."""
    cas = Cas(tmp_path)
    cas.put("page", "key", b"\0" * 200_000)
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        for _ in range(200):
            kept = cas.get("page", "key")
            assert kept is not None
            assert kept == kept[:1] * 200_000
        writer.kill()
        writer.wait()
        writer.stdout.close()
        kept = cas.get("page", "key")
        assert kept is not None
        assert kept == kept[:1] * 200_000


def test_what_killed_writers_left_is_swept(tmp_path: Path) -> None:
    """A half-written file a day old is removed; one that may still be written, and every entry, stays."""
    cas = Cas(tmp_path)
    cas.put("page", "key", b"reading")
    old, new = (tmp_path / f"{TEMPORARY}{name}" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - STALE - 60,) * 2)
    assert cas.sweep() == 1
    assert (old.exists(), new.exists()) == (False, True)
    assert cas.get("page", "key") == b"reading"
