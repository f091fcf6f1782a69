"""A folder as a store: what lies in it that is no paper, and what happens while others write to it."""

from __future__ import annotations

import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from pipeline.errors import StoreError, Torn, UnsafeKey
from pipeline.settings import Settings
from pipeline.stores import Store, open_store


def folder(tmp_path: Path, *, write: bool = False) -> tuple[Path, Store]:
    root = tmp_path / "bucket"
    root.mkdir(exist_ok=True)
    return root, open_store(str(root), Settings(), writable=write)


def test_links_out_of_a_case_are_not_followed(tmp_path: Path) -> None:
    """A link to a file outside its case is neither listed nor read; one inside the case is an ordinary file."""
    root, store = folder(tmp_path)
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.pem").write_text("private")
    for case in ("a", "b"):
        (root / case).mkdir()
        (root / case / "own.jpg").write_bytes(case.encode())
    (root / "a" / "alias.jpg").symlink_to("own.jpg")
    (root / "a" / "out.pem").symlink_to(secret / "key.pem")
    (root / "a" / "other.jpg").symlink_to(root / "b" / "own.jpg")
    (root / "a" / "dir").symlink_to(secret)
    (root / "a" / "loop").symlink_to(root / "a")
    (root / "a" / "self").symlink_to("self")
    (root / "c").symlink_to(secret)
    assert [item.key for item in store.list()] == ["a/alias.jpg", "a/own.jpg", "b/own.jpg"]
    assert list(store.folders()) == ["a", "b"]
    assert store.get("a/alias.jpg") == b"a"
    for key in ("a/out.pem", "a/other.jpg", "a/dir/key.pem", "c/key.pem", "a/self"):
        assert store.get(key) is None
    assert list(store.list("c/")) == []


def test_put_never_follows_a_link_out(tmp_path: Path) -> None:
    """A link in the reports store cannot make a report land elsewhere."""
    root, store = folder(tmp_path, write=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "a").symlink_to(outside)
    with pytest.raises(UnsafeKey):
        store.put("a/report.html", b"x", "text/html")
    assert list(outside.iterdir()) == []


def test_special_files_are_passed_over(tmp_path: Path) -> None:
    """A pipe or a socket in a case neither blocks the listing nor a read."""
    root, store = folder(tmp_path)
    (root / "a").mkdir()
    os.mkfifo(root / "a" / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(os.path.relpath(root / "a" / "socket.jpg"))
    assert list(store.list()) == []
    assert store.get("a/pipe.jpg") is None


def test_names_in_old_encodings_are_shown(tmp_path: Path) -> None:
    """A name that an old archive left in GBK is a key in Chinese, and the key leads back to the file."""
    root, store = folder(tmp_path)
    raw = os.fsencode(root) + b"/" + "客户".encode("gbk")
    os.mkdir(raw)
    Path(os.fsdecode(raw + b"/" + "工资条.jpg".encode("gbk"))).write_bytes(b"slip")
    [item] = store.list()
    assert item.key == "客户/工资条.jpg"
    store.fetch(item, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"slip"
    assert list(store.folders()) == ["客户"]


def test_same_name_in_two_encodings(tmp_path: Path) -> None:
    """Two files whose names read alike in different encodings keep two keys."""
    root, store = folder(tmp_path)
    (root / "c").mkdir()
    (root / "c" / "流水.pdf").write_bytes(b"utf-8")
    Path(os.fsdecode(os.fsencode(root) + b"/c/" + "流水.pdf".encode("gbk"))).write_bytes(b"gbk")
    items = list(store.list())
    assert len({item.key for item in items}) == 2
    assert sorted(filter(None, (store.get(item.key) for item in items))) == [b"gbk", b"utf-8"]


def test_growing_file_is_torn(tmp_path: Path) -> None:
    """A file that somebody is still writing is Torn after the tries, and no part of it is kept."""
    root, store = folder(tmp_path)
    (root / "c").mkdir()
    growing = root / "c" / "scan.pdf"
    growing.write_bytes(b"x" * 100)
    [item] = store.list()
    with growing.open("ab") as more:
        more.write(b"y" * 100)
    with pytest.raises(Torn):
        store.fetch(item, tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


def test_reports_are_private_and_leave_no_parts(tmp_path: Path) -> None:
    """A report is readable by its owner alone, and no half file lies beside it."""
    root, store = folder(tmp_path, write=True)
    store.put("c/report.html", b"<html>", "text/html")
    assert (root / "c" / "report.html").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (root / "c").iterdir()] == ["report.html"]


def test_failed_put_keeps_the_old_report(tmp_path: Path) -> None:
    """When a report cannot be read to its end, the old one stays and no part is left."""
    root, store = folder(tmp_path, write=True)
    store.put("c/report.html", b"old", "text/html")
    with pytest.raises(StoreError):
        store.put("c/report.html", tmp_path / "missing", "text/html")
    assert store.get("c/report.html") == b"old"
    assert [path.name for path in (root / "c").iterdir()] == ["report.html"]


def test_half_written_parts_are_not_listed(tmp_path: Path) -> None:
    """What a killed run left beside a report is no object."""
    root, store = folder(tmp_path, write=True)
    store.put("c/report.html", b"x", "text/html")
    (root / "c" / ".dossier-part-0123").write_bytes(b"half")
    assert [item.key for item in store.list()] == ["c/report.html"]


def test_too_long_names_are_mapped(tmp_path: Path) -> None:
    """A report below a name longer than a file system takes is stored under a shorter one and found again."""
    _, store = folder(tmp_path, write=True)
    key = "客" * 120 + "/report.html"
    store.put(key, b"x", "text/html")
    assert store.get(key) == b"x"
    store.delete(key)
    assert list(store.list()) == []


def growth(store: Store, first: str, count: int) -> int:
    """The bytes that memory grows by at most while the keys after the first are listed."""
    tracemalloc.start()
    listing = store.list()
    assert next(listing).key == first
    early = tracemalloc.get_traced_memory()[1]
    assert sum(1 for _ in listing) == count - 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - early


def test_listing_holds_one_folder_at_a_time(tmp_path: Path) -> None:
    """A thousand keys are listed lazily: the first comes early, and memory does not grow with their number.

    What other threads of the process take meanwhile is left out by listing three times."""
    root, store = folder(tmp_path)
    for case in range(50):
        (root / f"case-{case:02}").mkdir()
        for number in range(20):
            (root / f"case-{case:02}" / f"扫描件-{number:02}.jpg").touch()
    assert min(growth(store, "case-00/扫描件-00.jpg", 1_000) for _ in range(3)) < 40_000


def test_file_url(tmp_path: Path) -> None:
    """file:// names a folder, percent signs decoded as in every url."""
    (tmp_path / "收件 夹" / "c").mkdir(parents=True)
    (tmp_path / "收件 夹" / "c" / "x").write_bytes(b"x")
    url = (tmp_path / "收件 夹").as_uri()
    assert url.isascii()
    assert [item.key for item in open_store(url, Settings()).list()] == ["c/x"]
