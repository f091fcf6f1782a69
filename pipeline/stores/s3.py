"""A bucket on any S3-compatible server as a store."""

from __future__ import annotations

import hashlib
import http.client
import io
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from xml.etree.ElementTree import ParseError

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    IncompleteRead,
    LocationParseError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from pipeline.errors import StoreError, Torn, UsageError, Vanished
from pipeline.settings import Settings
from pipeline.stores.base import CHUNK, TRIES, Item, Shaken, again, check_key, md5_of, pause, write_copy

T = TypeVar("T")

CONNECT_SECONDS = 2.0
ONE_PART = 64 << 20
"""Up to this size an object is one PUT, whose ETag is the MD5 of its bytes."""
MAX_GET = 256 << 20
"""The most that `get` takes into memory."""
_FAULTS = (MinioException, HTTPError, OSError, ValueError, ParseError)
_BUSY = (500, 502, 503, 504)
_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchObject"})
_REFUSED = frozenset(
    {
        "AccessDenied",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "UnsupportedAlgorithm",
        "AllAccessDisabled",
        "AccountProblem",
    }
)
_HAVE = frozenset({"BucketAlreadyExists", "BucketAlreadyOwnedByYou"})
_KEYS = "Check DOSSIER_S3_ACCESS_KEY and DOSSIER_S3_SECRET_KEY, and the rights that they have on the bucket."
_SERVER = "Check DOSSIER_S3_ENDPOINT and DOSSIER_S3_SECURE, and that the server runs."


def told(error: Exception) -> StoreError:
    """What an error of the SDK, of the connection or of the answer means here; no key, name or address goes into it."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, S3Error):
        code = str(error.code)
        if code in _GONE:
            return Vanished("an object of the store is gone since it was listed", "Run again.")
        if code == "NoSuchBucket":
            return StoreError("the bucket is not there", "Make the bucket, or name another store.")
        if code in _REFUSED:
            return StoreError(f"the store refuses the keys ({code})", _KEYS)
        return StoreError(f"the store answers with the error {code}", _SERVER)
    if isinstance(error, MaxRetryError) and error.reason is not None:
        return told(error.reason)
    if isinstance(error, SSLError):
        return StoreError(
            "the store's certificate is not trusted, or it speaks no TLS",
            "Set DOSSIER_S3_CA to the file of its authority, or DOSSIER_S3_SECURE=false for plain http.",
        )
    if isinstance(error, NameResolutionError | LocationParseError):
        return StoreError("the store's server has no address", _SERVER)
    if isinstance(error, NewConnectionError):  # (which counts as a time-out to urllib3)
        return Shaken("the store cannot be reached", _SERVER)
    if isinstance(error, ReadTimeoutError | ConnectTimeoutError):
        return StoreError("the store does not answer in time", _SERVER)
    if isinstance(error, IncompleteRead) or (
        isinstance(error, ProtocolError)
        and any(isinstance(each, IncompleteRead | http.client.IncompleteRead) for each in error.args)
    ):
        return Torn("an object came only in part", "Run again.")
    status = getattr(error, "status_code", None) or getattr(error, "_code", None)
    if isinstance(error, ServerError | InvalidResponseError) and isinstance(status, int) and status >= 500:
        return StoreError(f"the store answers with status {status}", _SERVER)
    if isinstance(error, ServerError | InvalidResponseError | ParseError):
        return StoreError("what answers there is no S3 server", _SERVER)
    if isinstance(error, HTTPError | OSError):
        return Shaken("the store cannot be reached", _SERVER)
    return StoreError(f"the store's answer or the request is not valid ({type(error).__name__})", _SERVER)


class S3Store:
    """A bucket, or the part of it under a prefix. Its client is made anew in a process that was forked."""

    def __init__(
        self, bucket: str, base: str, url: str, settings: Settings, *, writable: bool = False
    ) -> None:
        """`base` is empty or ends with `/`. Asks nothing of the server; UsageError for settings no client takes."""
        self.bucket, self.base, self.url, self.writable = bucket, base, url, writable
        self._settings = settings
        self._owner = os.getpid()
        self._client = _client(settings, bucket)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a store is never pickled: pass its url and the settings")

    @property
    def client(self) -> Minio:
        if self._owner != os.getpid():  # a client taken across a fork mixes up answers
            self._client, self._owner = _client(self._settings, self.bucket), os.getpid()
        return self._client

    # ------------------------------------------------------------ reading

    def list(self, prefix: str = "") -> Iterator[Item]:
        for found in self._names(prefix, folders=False):
            size = int(found.size or 0)
            if found.object_name.endswith("/") and not size:
                continue  # the marker of an empty folder
            yield Item(found.object_name[len(self.base) :], size, (found.etag or "").strip('"'))

    def folders(self) -> Iterator[str]:
        for found in self._names("", folders=True):
            yield found.object_name[len(self.base) : -1]

    def _names(self, prefix: str, *, folders: bool) -> Iterator[Any]:
        """The SDK's objects, or its folders of the first level, page by page.

        A broken line is taken up again after the last one that came; the SDK itself would end there.
        """
        last = taken_up = ""
        shaken = 0
        while True:
            try:
                for found in self.client.list_objects(
                    self.bucket, prefix=self.base + prefix, recursive=not folders, start_after=last or None
                ):
                    name = str(found.object_name)
                    if (folders and not found.is_dir) or (taken_up and name <= taken_up) or name == last:
                        continue
                    yield found
                    last, shaken = name, 0
                return
            except _FAULTS as error:
                fault, shaken = told(error), shaken + 1
                if not isinstance(fault, Shaken | Torn) or shaken == TRIES:
                    raise fault from None
                taken_up = last
                pause(shaken - 1)

    def fetch(self, item: Item, target: Path) -> None:
        check_key(item.key)
        self._try(lambda: write_copy(target, self._body(item.key, item)))

    def get(self, key: str) -> bytes | None:
        check_key(key)
        try:
            return self._try(lambda: b"".join(self._body(key, None)))
        except Vanished:
            return None

    def _body(self, key: str, item: Item | None) -> Iterator[bytes]:
        """The bytes of an object; Torn at the end where they are not those announced, and at once not those listed."""
        response = self.client.get_object(self.bucket, self.base + key)
        try:
            headers = response.headers
            etag = headers.get("ETag", "").strip('"')
            length = int(headers["Content-Length"]) if headers.get("Content-Length", "").isdigit() else None
            if item is not None and (
                (item.etag and etag and item.etag != etag) or (length is not None and length != item.size)
            ):
                raise Torn("an object was replaced since it was listed", "Run again.")
            size, md5 = 0, hashlib.md5(usedforsecurity=False)
            for chunk in response.stream(CHUNK, decode_content=False):
                size += len(chunk)
                if size > (item.size if item is not None else MAX_GET):
                    break  # torn: no need to take the rest
                md5.update(chunk)
                yield chunk
            wanted = item.size if item is not None else length if size <= MAX_GET else MAX_GET
            sealed = headers.get("x-amz-server-side-encryption", "").startswith("aws:kms") or (
                "x-amz-server-side-encryption-customer-algorithm" in headers
            )  # then the ETag is no MD5
            proof = None if sealed else md5_of(etag or (item.etag if item is not None else ""))
            if (wanted is not None and size != wanted) or (proof is not None and md5.hexdigest() != proof):
                raise Torn("the bytes that came are not the object that was listed", "Run again.")
        finally:
            response.close()
            response.release_conn()

    # ------------------------------------------------------------ writing

    def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        self._may_write(key)
        try:
            body = io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")
        except OSError as error:
            raise StoreError(
                f"the file to be stored cannot be read ({error.strerror})", "Run again."
            ) from None
        with body:
            size = body.seek(0, os.SEEK_END)

            def send() -> None:
                body.seek(0)
                self.client.put_object(
                    self.bucket, self.base + key, body, size, content_type=content_type, part_size=ONE_PART
                )

            def send_anyhow() -> None:
                try:
                    send()
                except S3Error as error:
                    if error.code != "NoSuchBucket":
                        raise
                    self._make_bucket()
                    send()

            self._try(send_anyhow)

    def _make_bucket(self) -> None:
        try:
            self.client.make_bucket(self.bucket)
        except S3Error as error:
            if error.code not in _HAVE:
                raise

    def delete(self, key: str) -> None:
        self._may_write(key)
        try:
            self._try(lambda: self.client.remove_object(self.bucket, self.base + key))
        except Vanished:
            return

    def _may_write(self, key: str) -> None:
        if not self.writable:
            raise StoreError("this store is only read", "Reports go to a store of their own.")
        check_key(key)

    def _try(self, work: Callable[[], T]) -> T:
        def once() -> T:
            try:
                return work()
            except _FAULTS as error:
                raise told(error) from None

        return again(once)


def _client(settings: Settings, bucket: str) -> Minio:
    """The SDK's client with short time limits; the SDK's own wait for minutes. UsageError for what it cannot take."""
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # below that it tells names of files
    if settings.s3_ca is not None and not settings.s3_ca.is_file():
        raise UsageError("the file of the store's authority is not there", "Correct DOSSIER_S3_CA.")
    try:
        pool = urllib3.PoolManager(
            maxsize=max(8, settings.workers),
            timeout=urllib3.Timeout(
                connect=min(CONNECT_SECONDS, settings.s3_timeout), read=settings.s3_timeout
            ),
            retries=urllib3.Retry(
                total=None,
                connect=0,
                read=0,
                redirect=0,
                other=0,
                status=2,
                backoff_factor=0.1,
                status_forcelist=_BUSY,
                raise_on_status=False,
                raise_on_redirect=False,  # the SDK tells a bucket of another region by it
                respect_retry_after_header=False,  # a server may ask for an hour
            ),
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(settings.s3_ca) if settings.s3_ca is not None else None,
        )
        client = Minio(
            settings.s3_endpoint or "s3.amazonaws.com",
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
            session_token=settings.s3_session_token,
            secure=settings.s3_secure,
            region=settings.s3_region or ("us-east-1" if settings.s3_endpoint else None),
            http_client=pool,
        )
    except ValueError:
        raise UsageError(
            "the S3 endpoint is wanted as host or host:port", "Correct DOSSIER_S3_ENDPOINT."
        ) from None
    return client
