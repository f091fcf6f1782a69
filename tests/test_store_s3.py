"""A bucket as a store: a real server, and what happens when the server or the line goes wrong."""

from __future__ import annotations

import hashlib
import itertools
import logging
import os
import pickle
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import StoreError, Torn, UnsafeKey, UsageError
from pipeline.settings import Settings
from pipeline.stores import Item, open_store, safe_path
from tests.conftest import settings_for
from tests.servers import S3Server, bad_server, read_request, s3_server


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
        [item] = store.list()
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
