"""Where scans lie and reports go: a folder, or a bucket on any S3-compatible server, under one small interface."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from pipeline.errors import UnsafeKey, UsageError
from pipeline.settings import Settings
from pipeline.stores.base import Item, Store, check_key, flat_path, safe_path
from pipeline.stores.folder import FolderStore

__all__ = ["Item", "Store", "check_key", "flat_path", "open_store", "reports_url", "safe_path"]

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_FORMS = "A store is a folder (./bucket, file:///srv/bucket) or s3://bucket/prefix."


def _folder_of(url: str) -> Path | None:
    """The folder that a url names, None for s3://; UsageError for anything else."""
    scheme, mark, rest = url.partition("://")
    if not url.strip() or "\0" in url:
        raise UsageError("the store has no name", _FORMS)
    if not mark:
        return Path(url).expanduser()
    if scheme == "s3":
        return None
    if scheme != "file" or not rest.startswith(("/", "localhost/")):
        raise UsageError("a store of this kind is not known", _FORMS)
    return Path(unquote(rest.removeprefix("localhost")))


def _bucket_of(url: str) -> tuple[str, str]:
    """The bucket and the prefix (empty, or ending in `/`) of an s3:// url."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        # Whatever stands there may be a key that was put into the url: it is not repeated.
        raise UsageError("the name of the bucket is not valid", f"{_FORMS} Keys go into the environment.")
    prefix = prefix.strip("/")
    if prefix:
        try:
            check_key(prefix)
        except UnsafeKey:
            raise UsageError("the prefix of the store is not valid", _FORMS) from None
    return bucket, f"{prefix}/" if prefix else ""


def open_store(url: str, settings: Settings, *, writable: bool = False) -> Store:
    """The store that `url` names. Nothing is asked of it yet: one that is not there tells so at its first use.

    Raises UsageError for a url or for S3 settings that cannot be. `writable` makes folder or bucket at the first put.
    """
    folder = _folder_of(url)
    if folder is not None:
        return FolderStore(folder, url, writable=writable)
    from pipeline.stores.s3 import S3Store

    bucket, base = _bucket_of(url)
    return S3Store(bucket, base, f"s3://{bucket}/{base}".rstrip("/"), settings, writable=writable)


def reports_url(store_url: str, settings: Settings) -> str:
    """Where the reports of a store go: as told, else ./reports for a folder, the bucket `<bucket>-reports` for a bucket.

    UsageError where that is the store itself or lies in it: reports would be read as cases.
    """
    if settings.reports is not None:
        reports = settings.reports
    elif _folder_of(store_url) is not None:
        reports = "./reports"
    else:
        bucket, base = _bucket_of(store_url)
        reports = f"s3://{bucket}-reports/{base}".rstrip("/")
    if _inside(reports, store_url):
        raise UsageError(
            "the reports would lie in the store they are made from", "Name another place with --reports."
        )
    return reports


def _inside(inner: str, outer: str) -> bool:
    first, second = _folder_of(inner), _folder_of(outer)
    if first is not None and second is not None:
        real, home = os.path.realpath(first), os.path.realpath(second)
        return real == home or real.startswith(home.rstrip(os.sep) + os.sep)
    if first is None and second is None:
        (bucket, base), (other, above) = _bucket_of(inner), _bucket_of(outer)
        return bucket == other and base.startswith(above)
    return False
