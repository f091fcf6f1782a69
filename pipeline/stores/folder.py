"""A folder on a disk as a store."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.cas import TEMPORARY, write_whole
from pipeline.errors import StoreError, Torn, UnsafeKey, Vanished
from pipeline.stores.base import CHUNK, Item, again, check_key, safe_path, write_copy

_NOT_WRITABLE = "Check the folder and its rights."


def shown(name: str) -> str:
    """A file's name as text: UTF-8, else GB 18030 as old Windows archives unpack, else with its bytes spelt out."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


Names = list[tuple[str, str, bool]]


def _entries(folder: Path) -> Names:
    """(name in keys, name on the disk, is a folder) of one folder, in the order of keys; links to folders left out."""
    found: Names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(TEMPORARY):
                continue
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder or entry.is_file(follow_symlinks=False) or entry.is_symlink():
                found.append((shown(entry.name) + ("/" if is_folder else ""), entry.name, is_folder))
    taken = {text for text, name, _ in found if text.rstrip("/") == name}
    for at, (text, name, is_folder) in enumerate(found):
        if text.rstrip("/") != name and text in taken:  # two names on the disk, one as text
            spelt = os.fsencode(name).decode("utf-8", "backslashreplace")
            found[at] = (spelt + ("/" if is_folder else ""), name, is_folder)
    return sorted(found)


def _etag(info: os.stat_result) -> str:
    return f"{info.st_mtime_ns:x}-{info.st_size:x}"


class FolderStore:
    """A folder whose sub-folders are cases. Links are followed to files of the same case alone; pipes and devices never.

    Only one folder's names are held at a time on each level of the path.
    """

    def __init__(self, root: Path, url: str, *, writable: bool = False) -> None:
        self.root, self.url, self.writable = root, url, writable

    # ------------------------------------------------------------ reading

    def list(self, prefix: str = "") -> Iterator[Item]:
        head, _, tail = prefix.rpartition("/")
        start = self._find(head) if head else self._top()
        if start is None or not start.is_dir() or start.is_symlink():
            return
        levels = [(f"{head}/" if head else "", start, iter(self._names(start)), tail)]
        while levels:
            above, folder, names, beginning = levels[-1]
            name = next(names, None)
            if name is None:
                levels.pop()
                continue
            text, on_disk, is_folder = name
            if not text.startswith(beginning):
                continue
            if is_folder:
                inner = folder / on_disk
                levels.append((above + text, inner, iter(self._names(inner)), ""))
                continue
            key = above + text
            info = self._state(folder / on_disk, key)
            if info is not None:
                yield Item(key, info.st_size, _etag(info))

    def folders(self) -> Iterator[str]:
        for text, _, is_folder in self._names(self._top()):
            if is_folder:
                yield text.rstrip("/")

    def fetch(self, item: Item, target: Path) -> None:
        check_key(item.key)
        again(lambda: self._copy(item, target))

    def get(self, key: str) -> bytes | None:
        try:
            with self._open(key) as file:
                return file.read()
        except Vanished:
            return None

    # ------------------------------------------------------------ writing

    def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        path = self._writable_path(key)
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            if isinstance(data, bytes):
                write_whole(path, (data,))
            else:
                with data.open("rb") as source:
                    write_whole(path, iter(lambda: source.read(CHUNK), b""))
        except OSError as error:
            raise StoreError(f"the folder cannot be written ({error.strerror})", _NOT_WRITABLE) from None

    def delete(self, key: str) -> None:
        path = self._writable_path(key)
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise StoreError(f"the folder cannot be written ({error.strerror})", _NOT_WRITABLE) from None
        for folder in path.parents:
            if folder == self.root or self.root not in folder.parents:
                return
            with suppress(OSError):  # not empty, or gone already
                folder.rmdir()

    # ------------------------------------------------------------ the ground

    def _top(self) -> Path:
        if not self.root.is_dir():
            raise StoreError("the store's folder is not there", "Make the folder, or name another store.")
        return self.root

    def _names(self, folder: Path) -> Names:
        try:
            return _entries(folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise StoreError(
                f"a folder of the store cannot be read ({error.strerror})", _NOT_WRITABLE
            ) from None

    def _find(self, key: str) -> Path | None:
        """The place of a key on the disk, by its name or by the name it is shown under; None where there is none."""
        path = safe_path(self.root, key)
        if os.path.lexists(path):
            return path
        here = self.root
        for part in check_key(key):
            there = here / part
            if len(part.encode()) > 255 or not os.path.lexists(there):
                names = {text.rstrip("/"): on_disk for text, on_disk, _ in self._names(here)}
                if part not in names:
                    return None
                there = here / names[part]
            here = there
        return here

    def _real(self, path: Path, key: str) -> Path | None:
        """Where a path leads after links, if that is still inside the case (at the top: the store); else None."""
        parts = check_key(key)
        home = os.path.realpath(self.root)
        if len(parts) > 1:
            home = os.path.join(home, *path.relative_to(self.root).parts[:1])
        real = os.path.realpath(path)
        return Path(real) if real.startswith(home + os.sep) else None

    def _state(self, path: Path, key: str) -> os.stat_result | None:
        """The state of a file that may be read; None for what is gone, is no plain file, or lies outside the case."""
        try:
            info = path.lstat()
            if stat.S_ISLNK(info.st_mode):
                real = self._real(path, key)
                if real is None:
                    return None
                info = real.stat()
        except (OSError, UnsafeKey):
            return None
        return info if stat.S_ISREG(info.st_mode) else None

    def _open(self, key: str) -> BinaryIO:
        """The file of a key for reading; Vanished where it is gone, no plain file, or outside the case."""
        path = self._find(key)
        real = self._real(path, key) if path is not None else None
        gone = Vanished("a file of the store is gone since it was listed", "Run again.")
        if real is None:
            raise gone
        try:
            file = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            raise gone from None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise gone from None
            raise StoreError(
                f"a file of the store cannot be read ({error.strerror})", _NOT_WRITABLE
            ) from None
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise gone
        return os.fdopen(file, "rb")

    def _copy(self, item: Item, target: Path) -> None:
        torn = Torn("a file changes while it is read", "Run again when the file is whole.")
        with self._open(item.key) as file:
            if _etag(os.fstat(file.fileno())) != item.etag:
                raise torn

            def chunks() -> Iterator[bytes]:
                size = 0
                while size <= item.size and (chunk := file.read(CHUNK)):
                    size += len(chunk)
                    yield chunk
                if size != item.size or _etag(os.fstat(file.fileno())) != item.etag:
                    raise torn

            write_copy(target, chunks())

    def _writable_path(self, key: str) -> Path:
        """Where a key is written; UnsafeKey where a link on the way leads out of the store."""
        if not self.writable:
            raise StoreError("this store is only read", "Reports go to a store of their own.")
        path = safe_path(self.root, key)
        home, above = os.path.realpath(self.root), os.path.realpath(path.parent)
        if above != home and not above.startswith(home + os.sep):
            raise UnsafeKey("a link in the store leads out of it", "Remove the link.")
        return path
