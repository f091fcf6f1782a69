"""Real servers on loopback for the tests: an S3 server on a folder, and one that answers as badly as it is told."""

from __future__ import annotations

import ctypes
import re
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_READY = re.compile(r"Starting s3 server on \[(https?)://([^/\]]+)/")


@dataclass(frozen=True)
class S3Server:
    """A running S3 server: every sub-folder of `root` is a bucket, every file an object."""

    endpoint: str
    access_key: str
    secret_key: str
    root: Path
    secure: bool

    def new_bucket(self) -> str:
        """Makes an empty bucket through the server (a folder made behind it is seen only when its cache expires)."""
        from minio import Minio

        name = f"b{secrets.token_hex(8)}"
        Minio(self.endpoint, self.access_key, self.secret_key, secure=self.secure, region="x").make_bucket(
            name
        )
        return name


def _die_with_parent() -> None:
    ctypes.CDLL("libc.so.6").prctl(1, 15)


@contextmanager
def s3_server(
    root: Path, certificate: Path | None = None, key: Path | None = None, cache: str = "100ms"
) -> Iterator[S3Server]:
    """Serves `root` by rclone's S3 server under random keys until the block ends, over TLS if a certificate is given.

    For the time of `cache` it does not see what is changed in the folder behind it.
    """
    access, secret = f"AK{secrets.token_hex(8)}", secrets.token_hex(20)
    command = [str(Path(sys.executable).with_name("rclone")), "serve", "s3", "--config", ""]
    command += ["--addr", "127.0.0.1:0", "--dir-cache-time", cache]
    command += ["--response-header", "Content-Type: application/xml", str(root)]
    if certificate is not None and key is not None:
        command += ["--cert", str(certificate), "--key", str(key)]
    process = subprocess.Popen(
        command,
        env={"RCLONE_AUTH_KEY": f'"{access},{secret}"', "HOME": str(root), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread of ours holds a lock at this point
    )
    try:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if ready := _READY.search(line):
                break
        else:
            raise RuntimeError("the S3 server did not start: " + "".join(said))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield S3Server(ready[2], access, secret, root, ready[1] == "https")
    finally:
        process.terminate()
        process.wait(10)


def read_request(line: socket.socket) -> bytes:
    """The head of one HTTP request (up to the empty line); empty when the other side has gone."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = line.recv(65_536)
        if not part:
            return b""
        head += part
    return head


@contextmanager
def bad_server(answer: Callable[[socket.socket, int], None]) -> Iterator[tuple[str, list[int]]]:
    """A TCP server that hands every connection with its number (from 0) to `answer`, then closes it.

    Yields its host:port and the list of connections so far.
    """
    door = socket.create_server(("127.0.0.1", 0))
    seen: list[int] = []

    def serve() -> None:
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            seen.append(len(seen))
            threading.Thread(target=one, args=(line, seen[-1]), daemon=True).start()

    def one(line: socket.socket, number: int) -> None:
        with line, suppress(OSError):
            answer(line, number)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{door.getsockname()[1]}", seen
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(5)
