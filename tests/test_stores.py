"""The stores: the same behaviour on a folder and on a real S3 server."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from pipeline.errors import StoreError, Torn, Vanished
from pipeline.settings import Settings
from pipeline.stores import Item, Store, open_store

Place = tuple[str, Settings]

ODD = [
    "欧阳文静 张三/收入证明（盖章）.jpg",
    "c/ leading and trailing ",
    "c/+ % & # ? = %25 ; : | *",
    "c/'single' \"double\" <b>&amp;",
    "c/🧾😀.png",
    "c/back\\slash.jpg",
    "c/line\nfeed\ttab.jpg",
    "c/.hidden",
    "c/a/b/c/d/e/f/g/h/深/深/深.pdf",
    "c/" + unicodedata.normalize("NFC", "é.jpg"),
    "c/" + unicodedata.normalize("NFD", "é.jpg"),
    "c/Upper.JPG",
    "c/upper.jpg",
    "c/" + "x" * 251 + ".jpg",
]


def writable(place: Place) -> Store:
    return open_store(place[0], place[1], writable=True)


def only(store: Store, key: str) -> Item:
    [item] = [item for item in store.list() if item.key == key]
    return item


@pytest.mark.parametrize("key", ODD)
def test_odd_names_come_back(place: Place, key: str, tmp_path: Path) -> None:
    """Chinese, spaces, quotes, emoji, backslash, newline and both forms of é: listed, fetched and removed as they were put."""
    store, data = writable(place), key.encode() * 3
    store.put(key, data, "image/jpeg")
    item = only(store, key)
    assert item.size == len(data)
    store.fetch(item, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    assert store.get(key) == data
    store.delete(key)
    assert store.get(key) is None
    assert list(store.list()) == []


def test_listing_is_sorted_and_takes_prefixes(place: Place) -> None:
    """Keys come in the order of their text, folders and files mixed, and a prefix is a plain beginning."""
    store = writable(place)
    keys = ["a/1", "a-b/1", "a/b/2", "a/b-/1", "a/b.txt", "b/文/1", "ab", "文/x", "a/B", "a/Z/1"]
    for key in keys:
        store.put(key, b"x", "text/plain")
    assert [item.key for item in store.list()] == sorted(keys)
    for prefix in ("a/", "a", "a/b", "a/b/", "b/文", "b/文/", "none/", "文/x"):
        assert [item.key for item in store.list(prefix)] == sorted(k for k in keys if k.startswith(prefix))
    assert list(store.folders()) == ["a-b", "a", "b", "文"]


def test_put_replaces_and_etag_tells(place: Place) -> None:
    """A second put replaces the object, and its ETag is another one."""
    store = writable(place)
    store.put("c/report.json", b"one", "application/json")
    first = only(store, "c/report.json")
    store.put("c/report.json", b"two", "application/json")
    second = only(store, "c/report.json")
    assert store.get("c/report.json") == b"two"
    assert first.etag != second.etag


def test_put_takes_a_file(place: Place, tmp_path: Path) -> None:
    """A report on the disk is sent as it is, however many chunks it has."""
    store, source = writable(place), tmp_path / "big"
    source.write_bytes(os.urandom(1 << 20) + b"end")
    store.put("c/big.bin", source, "application/octet-stream")
    store.fetch(only(store, "c/big.bin"), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()


def test_empty_object(place: Place, tmp_path: Path) -> None:
    """An object without bytes is listed and fetched: that it is empty is the intake's to tell."""
    store = writable(place)
    store.put("c/empty.jpg", b"", "image/jpeg")
    store.fetch(only(store, "c/empty.jpg"), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b""


def test_vanished(place: Place, tmp_path: Path) -> None:
    """An object that is gone since the listing is Vanished, and leaves nothing at its target."""
    store = writable(place)
    store.put("c/a.jpg", b"x", "image/jpeg")
    item = only(store, "c/a.jpg")
    store.delete("c/a.jpg")
    with pytest.raises(Vanished):
        store.fetch(item, tmp_path / "copy")
    assert list(tmp_path.glob("copy*")) == []


@pytest.mark.parametrize("later", [b"other bytes", b"another len"])
def test_replaced_since_listing_is_torn(place: Place, later: bytes, tmp_path: Path) -> None:
    """An object that was replaced since the listing, even by one of the same size, is never taken for the listed one."""
    store = writable(place)
    store.put("c/a.jpg", b"first bytes", "image/jpeg")
    item = only(store, "c/a.jpg")
    store.put("c/a.jpg", later, "image/jpeg")
    (tmp_path / "copy").write_bytes(b"old copy")
    with pytest.raises(Torn):
        store.fetch(item, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"old copy"


def test_store_is_read_only_by_itself(place: Place) -> None:
    """A store that was not opened to be written refuses to be."""
    store = open_store(*place)
    with pytest.raises(StoreError, match="only read"):
        store.put("c/a", b"x", "text/plain")
    with pytest.raises(StoreError, match="only read"):
        store.delete("c/a")


def test_put_of_a_missing_file(place: Place, tmp_path: Path) -> None:
    """A report that is not there to be stored is a fault that names the file system's reason, and stores nothing."""
    store = writable(place)
    with pytest.raises(StoreError, match="No such file"):
        store.put("c/report.html", tmp_path / "missing", "text/html")
    assert list(store.list()) == []


def test_delete_of_nothing_is_no_error(place: Place) -> None:
    """Removing what is not there is done already."""
    store = writable(place)
    store.put("c/a", b"x", "text/plain")
    store.delete("c/none")
    store.delete("d/none")
    assert [item.key for item in store.list()] == ["c/a"]


def test_missing_place_is_a_store_error(place: Place, tmp_path: Path) -> None:
    """A folder or bucket that is not there is told as that, with advice, not as an empty store."""
    url = str(tmp_path / "none") if not place[0].startswith("s3:") else "s3://there-is-no-such-bucket"
    store = open_store(url, place[1])
    for use in (lambda: list(store.list()), lambda: list(store.folders())):
        with pytest.raises(StoreError, match="not there") as caught:
            use()
        assert caught.value.advice


def test_put_makes_the_place(place: Place, tmp_path: Path) -> None:
    """The first report makes the reports store, folder or bucket."""
    url = str(tmp_path / "new" / "reports") if not place[0].startswith("s3:") else f"{place[0][:20]}-reports"
    store = open_store(url, place[1], writable=True)
    store.put("案件1/report.html", b"<html>", "text/html")
    assert list(store.folders()) == ["案件1"]
