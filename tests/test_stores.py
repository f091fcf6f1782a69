"""The stores: the same behaviour on a folder and on a real S3 server, and what happens when either goes wrong."""

from __future__ import annotations

import hashlib
import itertools
import logging
import os
import pickle
import socket
import time
import tracemalloc
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StoreError, Torn, UnsafeKey, UsageError, Vanished
from pipeline.settings import Settings
from pipeline.stores import Item, Store, check_key, flat_path, open_store, reports_url, safe_path
from tests.conftest import settings_for
from tests.servers import S3Server, bad_server, read_request, s3_server

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
UNSAFE = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../x",
    "c/../../x",
    "c/..",
    "c/./x",
    "c//x",
    "c/",
    "c/a\0b",
    "C:/x",
    "C:\\x",
    "c/D:/x",
    "..\\..\\x",
    "c\\..\\x",
    "c/\udcff",
]


def writable(place: Place) -> Store:
    return open_store(place[0], place[1], writable=True)


def only(store: Store, key: str) -> Item:
    [item] = [item for item in store.list() if item.key == key]
    return item


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize("key", UNSAFE)
def test_unsafe_key_is_refused(key: str, tmp_path: Path) -> None:
    """A key that would leave its folder, or that no folder can hold, gives no path at all."""
    with pytest.raises(UnsafeKey):
        safe_path(tmp_path, key)


@given(st.text(st.characters(), max_size=300), st.text(st.sampled_from("./\\:C\0a文"), max_size=12))
def test_no_key_leaves_the_root(text: str, hostile: str) -> None:
    """Whatever text is given as a key, the path lies below the root after the system has resolved it, or there is none."""
    root = Path("/srv/case")
    for key in (text, hostile, f"{hostile}/{text}", f"{text}/{hostile}"):
        try:
            path = safe_path(root, key)
        except UnsafeKey:
            continue
        assert os.path.normpath(path) == str(path)
        assert os.path.commonpath([root, path]) == str(root)
        assert path != root
        assert all(len(part.encode()) <= 255 for part in path.parts)
        assert len(os.fsencode(path)) < 4096


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=80, max_size=120), min_size=2, max_size=2, unique=True))  # fmt: skip
def test_different_keys_have_different_paths(names: list[str]) -> None:
    """Two names that only differ after the length of a file name still get two files."""
    head = "长" * 90
    first, second = (safe_path(Path("/r"), f"{head}{name}.jpg") for name in names)
    assert first != second
    assert flat_path(Path("/r"), names[0]) != flat_path(Path("/r"), names[1])


def test_deep_key_is_mapped() -> None:
    """A key of a thousand folders is one short path, not an error of the system."""
    deep = "/".join(["文件夹"] * 1000)
    assert len(str(safe_path(Path("/r"), deep))) < 100
    assert safe_path(Path("/r"), deep) != safe_path(Path("/r"), deep + "/x")


@pytest.mark.parametrize("key", UNSAFE)
def test_store_refuses_unsafe_keys(place: Place, key: str, tmp_path: Path) -> None:
    """No operation of a store takes a key that would leave its folder, and nothing is written for it."""
    store = writable(place)
    for use in (
        lambda: store.put(key, b"x", "image/png"),
        lambda: store.get(key),
        lambda: store.delete(key),
        lambda: store.fetch(Item(key, 1, ""), tmp_path / "target"),
    ):
        with pytest.raises(UnsafeKey):
            use()
    assert not (tmp_path / "target").exists()
    assert list(store.list()) == []


# ---------------------------------------------------------------- both stores alike


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


# ---------------------------------------------------------------- the folder


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


def test_listing_holds_one_folder_at_a_time(tmp_path: Path) -> None:
    """Three thousand keys are listed lazily: the first comes early, and memory does not grow with their number."""
    root, store = folder(tmp_path)
    for case in range(100):
        (root / f"case-{case:03}").mkdir()
        for number in range(30):
            (root / f"case-{case:03}" / f"扫描件-{number:03}.jpg").touch()
    tracemalloc.start()
    listing = store.list()
    assert next(listing).key == "case-000/扫描件-000.jpg"
    early = tracemalloc.get_traced_memory()[1]
    assert sum(1 for _ in listing) == 2_999
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < early + 60_000
    assert peak < 300_000


def test_file_url(tmp_path: Path) -> None:
    """file:// names a folder, percent signs decoded as in every url."""
    (tmp_path / "收件 夹" / "c").mkdir(parents=True)
    (tmp_path / "收件 夹" / "c" / "x").write_bytes(b"x")
    url = (tmp_path / "收件 夹").as_uri()
    assert url.isascii()
    assert [item.key for item in open_store(url, Settings()).list()] == ["c/x"]


# ---------------------------------------------------------------- S3


@pytest.mark.server
def test_listing_by_pages(tmp_path: Path) -> None:
    """More keys than a page holds come in order, each once, and a page is asked for only when it is needed."""
    for case in range(5):
        (tmp_path / "bucket" / f"case-{case}").mkdir(parents=True)
        for number in range(500):
            (tmp_path / "bucket" / f"case-{case}" / f"扫描 {number:03}.jpg").write_bytes(b"x")
    with s3_server(tmp_path) as server:
        store = open_store("s3://bucket", settings_for(server))
        keys = [item.key for item in store.list()]
        assert len(keys) == 2_500
        assert keys == sorted(set(keys))
        assert [item.key for item in itertools.islice(store.list("case-3/"), 2)] == [
            "case-3/扫描 000.jpg",
            "case-3/扫描 001.jpg",
        ]
        assert list(store.folders()) == [f"case-{case}" for case in range(5)]


@pytest.mark.server
def test_file_growing_behind_the_server_is_torn(tmp_path: Path) -> None:
    """The silent case of a folder-backed server, old length with the ETag of more bytes, is found by the MD5."""
    (tmp_path / "root" / "bucket" / "c").mkdir(parents=True)
    growing = tmp_path / "root" / "bucket" / "c" / "scan.pdf"
    growing.write_bytes(b"x" * 1000)
    with s3_server(tmp_path / "root", cache="5m") as server:
        store = open_store("s3://bucket", settings_for(server))
        item = only(store, "c/scan.pdf")
        with growing.open("ab") as more:
            more.write(b"y" * 1000)
        with pytest.raises(Torn):
            store.fetch(replace(item, etag=""), tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


@pytest.mark.server
@pytest.mark.parametrize("change", [{"s3_access_key": "AKwrong"}, {"s3_secret_key": "wrong-secret-0123"}, {"s3_access_key": None, "s3_secret_key": None}])  # fmt: skip
def test_wrong_keys(s3: S3Server, s3_settings: Settings, s3_url: str, change: dict[str, str]) -> None:
    """Wrong or no keys are told as such, with where to correct them, and the message holds neither key."""
    settings = replace(s3_settings, **change)
    with pytest.raises(StoreError, match="refuses the keys") as caught:
        list(open_store(s3_url, settings).list())
    assert "DOSSIER_S3_SECRET_KEY" in caught.value.advice
    said = "".join((str(caught.value), repr(caught.value), caught.value.advice, repr(settings)))
    for key in (s3.access_key, s3.secret_key, *filter(None, change.values())):
        assert key not in said
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def timed(work: Callable[[], object]) -> tuple[StoreError, float]:
    start = time.monotonic()
    with pytest.raises(StoreError) as caught:
        work()
    return caught.value, time.monotonic() - start


def stub(endpoint: str, timeout: float = 1.0) -> Settings:
    return Settings(
        s3_endpoint=endpoint,
        s3_access_key="AKstub",
        s3_secret_key="SK-stub-0123456789",
        s3_secure=False,
        s3_timeout=timeout,
    )


def test_server_down() -> None:
    """A server that is not there is told within seconds, after some tries."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    error, seconds = timed(lambda: list(open_store("s3://bucket", stub(f"127.0.0.1:{port}")).list()))
    assert "cannot be reached" in str(error)
    assert "DOSSIER_S3_ENDPOINT" in error.advice
    assert seconds < 5


def test_silent_server(tmp_path: Path) -> None:
    """A server that takes the request and says nothing costs one time limit, not minutes."""

    def silent(line: socket.socket, _: int) -> None:
        while line.recv(65_536):
            pass

    with bad_server(silent) as (endpoint, seen):
        store = open_store("s3://bucket", stub(endpoint, 0.3))
        for work in (
            lambda: list(store.list()),
            lambda: store.fetch(Item("c/a", 1, ""), tmp_path / "copy"),
            lambda: store.get("c/a"),
        ):
            error, seconds = timed(work)
            assert "in time" in str(error)
            assert seconds < 3
        assert len(seen) == 3


@pytest.mark.parametrize("status", ["404 Not Found", "200 OK"])
def test_no_s3_server(status: str) -> None:
    """Something else behind the port (a web page) is told as that."""

    def page(line: socket.socket, _: int) -> None:
        read_request(line)
        line.sendall(
            f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: 7\r\n\r\n<p>nope".encode()
        )

    with bad_server(page) as (endpoint, _):
        error, _ = timed(lambda: list(open_store("s3://bucket", stub(endpoint)).list()))
    assert "no S3 server" in str(error)


def body(data: bytes, *, length: int | None = None, etag: str | None = None, extra: str = "") -> bytes:
    etag = hashlib.md5(data).hexdigest() if etag is None else etag
    announced = f"Content-Length: {len(data) if length is None else length}\r\n" if length != -1 else ""
    head = f'HTTP/1.1 200 OK\r\nETag: "{etag}"\r\n{announced}{extra}Connection: close\r\n\r\n'
    return head.encode() + data


WHOLE = b"0123456789" * 5_000
MD5 = hashlib.md5(WHOLE).hexdigest()
CUT = WHOLE[:20_000]
OTHER = b"x" * len(WHOLE)
TORN_ANSWERS = {
    "cut with its length announced": body(CUT, length=len(WHOLE), etag=MD5),
    "cut without a length": body(CUT, length=-1, etag=MD5),
    "cut with a false length": body(CUT, etag=MD5),
    "too long": body(WHOLE + b"more", etag=MD5),
    "other bytes": body(OTHER, etag=MD5),
    "another object": body(OTHER),
    "cut chunks": f'HTTP/1.1 200 OK\r\nETag: "{MD5}"\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n'.encode()
    + CUT,
}


@pytest.mark.parametrize("answer", TORN_ANSWERS.values(), ids=TORN_ANSWERS.keys())
def test_torn_bodies(answer: bytes, tmp_path: Path) -> None:
    """Every way in which a body can fall short of what was listed is Torn after three tries; nothing is kept."""

    def send(line: socket.socket, _: int) -> None:
        read_request(line)
        line.sendall(answer)

    with bad_server(send) as (endpoint, seen):
        store = open_store("s3://bucket", stub(endpoint))
        with pytest.raises(Torn):
            store.fetch(Item("c/a.jpg", len(WHOLE), MD5), tmp_path / "copy")
        assert len(seen) == 3
    assert list(tmp_path.iterdir()) == []


def test_body_without_end_is_cut_off(tmp_path: Path) -> None:
    """A server that sends on and on does not fill the disk: what is more than listed is not taken."""
    sent: list[int] = []

    def send(line: socket.socket, _: int) -> None:
        read_request(line)
        sent.append(0)
        line.sendall(body(b"", length=-1, etag="abc-1"))
        while sent[-1] < 1 << 26:
            line.sendall(b"x" * (1 << 16))
            sent[-1] += 1 << 16

    with bad_server(send) as (endpoint, _):
        with pytest.raises(Torn):
            open_store("s3://bucket", stub(endpoint)).fetch(Item("c/a", 1_000, "abc-1"), tmp_path / "copy")
        assert len(sent) == 3
        assert max(sent) < 1 << 25
    assert list(tmp_path.iterdir()) == []


def test_busy_server_does_not_set_the_pace() -> None:
    """A server that asks for an hour's patience is asked again at once, and then it is a fault."""

    def busy(line: socket.socket, _: int) -> None:
        read_request(line)
        line.sendall(
            b"HTTP/1.1 503 Slow Down\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )

    with bad_server(busy) as (endpoint, seen):
        error, seconds = timed(lambda: open_store("s3://bucket", stub(endpoint)).get("c/a"))
        assert "503" in str(error)
        assert len(seen) == 3
        assert seconds < 5


@pytest.mark.parametrize("fault", [b"", body(CUT, length=len(WHOLE), etag=MD5), b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"], ids=["reset", "cut", "busy"])  # fmt: skip
def test_a_passing_fault_is_retried(fault: bytes, tmp_path: Path) -> None:
    """A connection that broke, a body that was cut, a server that was busy once: the second try brings the whole."""

    def send(line: socket.socket, number: int) -> None:
        read_request(line)
        line.sendall(fault if number == 0 else body(WHOLE))

    with bad_server(send) as (endpoint, seen):
        open_store("s3://bucket", stub(endpoint)).fetch(Item("c/a.jpg", len(WHOLE), MD5), tmp_path / "copy")
        assert len(seen) == 2
    assert (tmp_path / "copy").read_bytes() == WHOLE


@pytest.mark.parametrize("extra", ["x-amz-server-side-encryption: aws:kms\r\n", "x-amz-server-side-encryption-customer-algorithm: AES256\r\n"])  # fmt: skip
def test_encrypted_objects_have_no_md5(extra: str, tmp_path: Path) -> None:
    """Where the server encrypts with keys of its own the ETag is no MD5, and the object is taken by size and ETag."""
    etag = "0123456789abcdef" * 2

    def send(line: socket.socket, _: int) -> None:
        read_request(line)
        line.sendall(body(WHOLE, etag=etag, extra=extra))

    with bad_server(send) as (endpoint, _):
        open_store("s3://bucket", stub(endpoint)).fetch(Item("c/a", len(WHOLE), etag), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == WHOLE


def test_object_of_parts(tmp_path: Path) -> None:
    """An ETag of an upload in parts proves nothing but is held against the listed one."""

    def send(line: socket.socket, _: int) -> None:
        read_request(line)
        line.sendall(body(WHOLE, etag="abc-3"))

    with bad_server(send) as (endpoint, _):
        store = open_store("s3://bucket", stub(endpoint))
        store.fetch(Item("c/a", len(WHOLE), "abc-3"), tmp_path / "copy")
        with pytest.raises(Torn):
            store.fetch(Item("c/a", len(WHOLE), "abd-3"), tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def page_of(keys: list[str], token: str = "") -> bytes:
    rows = "".join(f"<Contents><Key>{key}</Key><Size>1</Size><ETag>e</ETag></Contents>" for key in keys)
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
    xml = f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name>{more if token else ""}{rows}</ListBucketResult>'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {len(xml)}\r\nConnection: close\r\n\r\n"
    return (head + xml).encode()


def test_listing_goes_on_after_a_broken_line() -> None:
    """A listing whose second page broke is taken up after the last key, nothing twice and nothing left out."""
    asked: list[bytes] = []
    answers = [page_of(["a/1", "a/2"], "next"), b"", page_of(["a/2", "a/3"])]

    def send(line: socket.socket, number: int) -> None:
        asked.append(read_request(line))
        line.sendall(answers[number])

    with bad_server(send) as (endpoint, _):
        keys = [item.key for item in open_store("s3://bucket", stub(endpoint)).list()]
    assert keys == ["a/1", "a/2", "a/3"]
    assert b"continuation-token=next" in asked[1]
    assert b"start-after=a%2F2" in asked[2]


def test_hostile_key_in_a_listing(tmp_path: Path) -> None:
    """A bucket may list a key that climbs out of its case: it is shown, and never becomes a file."""

    def send(line: socket.socket, _: int) -> None:
        read_request(line)
        line.sendall(page_of(["c/../../../tmp/evil", "c/good"]))

    with bad_server(send) as (endpoint, seen):
        store = open_store("s3://bucket", stub(endpoint))
        evil, good = store.list()
        assert good.key == "c/good"
        with pytest.raises(UnsafeKey):
            store.fetch(evil, tmp_path / "copy")
        with pytest.raises(UnsafeKey):
            safe_path(tmp_path, evil.key)
        assert len(seen) == 1


def test_nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither keys nor names of files reach a log at any level while a fault is retried."""

    def broken(line: socket.socket, _: int) -> None:
        read_request(line)
        line.sendall(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    caplog.set_level(logging.DEBUG)
    with bad_server(broken) as (endpoint, _):
        settings = stub(endpoint)
        error, _ = timed(lambda: open_store("s3://bucket", settings).get("case/wang-xiaoming.jpg"))
    said = caplog.text + str(error) + repr(error) + error.advice
    for word in ("wang", "AKstub", "SK-stub", "%2F"):
        assert word not in said


def test_store_is_never_pickled() -> None:
    """A store cannot be sent to a worker: its client would be used across processes."""
    store = open_store("s3://bucket", stub("127.0.0.1:1"))
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(store)


@pytest.mark.server
def test_client_is_renewed_after_a_fork(s3: S3Server, s3_settings: Settings, s3_url: str) -> None:
    """A process that was forked with a used store gets a client of its own, and right answers."""
    store = open_store(s3_url, s3_settings, writable=True)
    store.put("c/a", b"x" * 1000, "text/plain")
    before = store.client  # type: ignore[attr-defined]
    child = os.fork()
    if child == 0:
        good = store.get("c/a") == b"x" * 1000 and store.client is not before  # type: ignore[attr-defined]
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.get("c/a") == b"x" * 1000


@pytest.mark.server
def test_tls_with_an_own_authority(tmp_path: Path) -> None:
    """A bank's own certificate authority is trusted when it is named, and nothing is sent where it is not."""
    trustme = pytest.importorskip("trustme")
    authority, (root, keys) = trustme.CA(), (tmp_path / "root", tmp_path / "keys")
    root.mkdir()
    keys.mkdir()
    mine = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(str(keys / "ca.pem"))
    mine.private_key_pem.write_to_path(str(keys / "server.key"))
    (keys / "server.pem").write_bytes(b"".join(part.bytes() for part in mine.cert_chain_pems))
    with s3_server(root, keys / "server.pem", keys / "server.key") as server:
        trusted = replace(settings_for(server), s3_ca=keys / "ca.pem")
        store = open_store("s3://bucket", trusted, writable=True)
        store.put("c/收入证明.jpg", b"x", "image/jpeg")
        assert store.get("c/收入证明.jpg") == b"x"
        error, seconds = timed(lambda: list(open_store("s3://bucket", settings_for(server)).list()))
        assert "not trusted" in str(error)
        assert "DOSSIER_S3_CA" in error.advice
        assert seconds < 5


def test_missing_authority_file(tmp_path: Path) -> None:
    """A certificate authority that is not there is a wrong setting, told before anything is sent."""
    with pytest.raises(UsageError, match="authority"):
        open_store("s3://bucket", replace(stub("127.0.0.1:1"), s3_ca=tmp_path / "none.pem"))


# ---------------------------------------------------------------- urls


@pytest.mark.parametrize("url", ["http://x/y", "gs://bucket", "s3://", "s3://AK:SECRET0@bucket/x", "s3://B_D", "s3://bucket/../x", "file://host/x", "", " "])  # fmt: skip
def test_urls_that_name_no_store(url: str) -> None:
    """A url of no known kind is wrong usage, and what it holds (a key, perhaps) is not repeated."""
    with pytest.raises(UsageError) as caught:
        open_store(url, stub("127.0.0.1:1"))
    assert "SECRET0" not in str(caught.value) + caught.value.advice


def test_reports_have_a_place_of_their_own(tmp_path: Path) -> None:
    """Reports go to ./reports or to the bucket beside, or where they are told to go."""
    told = Settings(reports="s3://elsewhere/x")
    assert reports_url("./bucket", Settings()) == "./reports"
    assert reports_url("s3://scans", Settings()) == "s3://scans-reports"
    assert reports_url("s3://scans/2026/高新", Settings()) == "s3://scans-reports/2026/高新"
    assert reports_url("./bucket", told) == "s3://elsewhere/x"


@pytest.mark.parametrize(("store", "reports"), [("./bucket", "./bucket"), ("./bucket", "bucket/reports"), ("s3://scans", "s3://scans/reports"), ("s3://scans/a", "s3://scans/a/b")])  # fmt: skip
def test_reports_never_lie_in_the_intake(store: str, reports: str) -> None:
    """Reports that would be read as a case on the next night are refused."""
    with pytest.raises(UsageError):
        reports_url(store, Settings(reports=reports))


def test_key_parts() -> None:
    """A safe key is its parts."""
    assert check_key("客户/a b/c.jpg") == ("客户", "a b", "c.jpg")
