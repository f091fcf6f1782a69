"""From bytes to pages: what a file is by its bytes, whether it opens, how many pages it has, and a picture of each."""

from __future__ import annotations

import contextlib
import hashlib
import io
import mmap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.model import Evidence, Finding, Severity

if TYPE_CHECKING:
    from PIL import Image

    from pipeline.settings import Limits

IMAGES = frozenset({"jpeg", "png", "tiff", "bmp", "webp", "heic", "gif"})
"""The kinds that Pillow (with pi-heif) opens; `pdf` is the other kind that has pages."""

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How a compound file begins: old Office files, and new ones that are locked with a password."""

PASSED_OVER = ("Thumbs.db", ".DS_Store", "desktop.ini")
"""Files that no officer means: passed over in silence, with `__MACOSX/`, `~$…` and folder markers."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that has been looked at, not yet read. `password` is the one that opened it and is never shown."""

    key: str
    sha256: str
    size: int
    kind: str
    page_count: int = 0
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)


def passed_over(key: str) -> bool:
    """Whether the object is a folder marker or a system's litter, about which nothing is said."""
    name = key.rsplit("/", 1)[-1]
    return not name or name in PASSED_OVER or name.startswith("~$") or "__MACOSX" in key.split("/")


def kind_of(head: bytes) -> str:
    """The kind of a file by its first 4,096 bytes: pdf, an image's kind, or the name of a kind that is not read."""
    import filetype

    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[4:8] == b"ftyp" and head[8:12] in (
        b"heic",
        b"heix",
        b"mif1",
        b"msf1",
        b"hevc",
        b"heim",
        b"heis",
        b"avif",
    ):
        return "avif" if head[8:12] == b"avif" else "heic"
    known = {"jpg": "jpeg", "tif": "tiff"}
    found = filetype.guess_extension(head)
    if found:
        return known.get(found, str(found))
    return "text" if head and not any(b < 9 for b in head) else "unknown"


def _finding(code: str, key: str, severity: Severity = "medium", **params: object) -> Finding:
    return Finding(code=code, severity=severity, params=params, evidence=(Evidence(file=key),), key=key)


def open_file(path: Path, key: str, limits: Limits, passwords: Sequence[str] = ()) -> Opened:
    """Looks at one file: its hash, its kind, whether it opens, how many pages it has. A bad file is a finding, not an error.

    Args: `key` is the file's name in the case; `passwords` are tried on an encrypted file, after none.
    Raises OSError where the bytes themselves cannot be read from the disk.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(4096)
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    if size == 0:
        return Opened(key, sha256, 0, "empty", findings=(_finding("FILE_EMPTY", key),))
    kind = kind_of(head)
    if size > limits.max_bytes:
        finding = _finding("FILE_TOO_LARGE", key, limit=f"{limits.max_bytes} bytes", found=f"{size} bytes")
        return Opened(key, sha256, size, kind, findings=(finding,))
    if kind == "pdf":
        return _open_pdf(path, Opened(key, sha256, size, kind), limits, passwords)
    if kind in IMAGES:
        return _open_image(path, Opened(key, sha256, size, kind), limits)
    if head.startswith(OLE) and _locked_office(path):
        return Opened(key, sha256, size, "office", findings=(_finding("FILE_ENCRYPTED", key),))
    return Opened(key, sha256, size, kind, findings=(_finding("FILE_UNSUPPORTED", key, kind=kind),))


def _locked_office(path: Path) -> bool:
    """Whether a compound file wraps an encrypted Office file: its directory then names such a stream, in UTF-16."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find("EncryptedPackage".encode("utf-16-le")) >= 0


# ---------------------------------------------------------------- pictures


@contextlib.contextmanager
def _image(path: Path | io.BytesIO) -> Iterator[Image.Image]:
    import pi_heif
    from PIL import Image, ImageFile

    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before any pixel is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path) as image:
            yield image


def _open_image(path: Path, opened: Opened, limits: Limits) -> Opened:
    from dataclasses import replace

    frames, many = 1, opened.kind in ("tiff", "heic")
    try:
        with _image(path) as image:
            facts: dict[str, Any] = {"width": image.width, "height": image.height}
            pixels = image.width * image.height
            if pixels <= limits.max_pixels:
                frames = int(getattr(image, "n_frames", 1))
                pixels = _largest(image, min(frames, limits.max_pages) if many else 1)
            if pixels > limits.max_pixels or frames > limits.max_pages:
                found = f"{pixels} pixels" if pixels > limits.max_pixels else f"{frames} pages"
                limit = (
                    f"{limits.max_pixels} pixels"
                    if pixels > limits.max_pixels
                    else f"{limits.max_pages} pages"
                )
                return replace(
                    opened, findings=(_finding("FILE_TOO_LARGE", opened.key, limit=limit, found=found),)
                )
            facts |= _camera(image)
            for number in range(frames if many else 1):
                image.seek(number)
                image.load()
    except Exception as error:  # decoders raise what they like on hostile bytes
        return _broken_image(
            path, opened, "truncated" if isinstance(error, OSError) else "unreadable", frames
        )
    return replace(opened, page_count=frames, facts=facts)


def _largest(image: Image.Image, frames: int) -> int:
    """The pixels of the largest of the first pages, by what their headers say."""
    sizes = []
    for number in range(frames):
        image.seek(number)
        sizes.append(image.width * image.height)
    image.seek(0)
    return max(sizes)


def _broken_image(path: Path, opened: Opened, reason: str, frames: int) -> Opened:
    """A broken picture: what a patient decoder still gets of its pages is read, and the finding says that it is broken."""
    from dataclasses import replace

    finding = _finding("FILE_CORRUPT", opened.key, reason=reason)
    try:
        picture(path, 1, 0)
    except Exception:  # whatever a decoder raises on hostile bytes: nothing of this file can be read
        return replace(opened, findings=(finding,))
    return replace(opened, page_count=frames, findings=(finding,), facts={"truncated": True})


def _camera(image: Image.Image) -> dict[str, Any]:
    exif = image.getexif()
    software = str(exif.get(0x0131, ""))[:60]
    return {"software": software} if software else {}


def _frame(path: Path, number: int, long_side: int | None = None) -> Image.Image:
    """The upright picture; a JPEG is decoded no larger than needed for `long_side`."""
    from PIL import Image, ImageFile, ImageOps

    with _image(path) as image:
        if number > 1:
            image.seek(number - 1)
        if long_side:
            image.draft(None, (long_side, long_side))
        try:
            image.load()
        except OSError:
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                image.load()
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False
        ImageOps.exif_transpose(image, in_place=True)
        upright: Image.Image = image
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            ground = Image.new("RGBA", upright.size, (255, 255, 255, 255))
            upright = Image.alpha_composite(ground, upright)
        if upright.mode.startswith("I"):  # 16 bits a pixel
            upright = upright.point(lambda v: v / 256).convert("L")
        return upright if upright.mode == "RGB" else upright.convert("RGB")


# ---------------------------------------------------------------- PDF


@contextlib.contextmanager
def pdf_document(path: Path, password: str | None = None) -> Iterator[Any]:
    """An open pypdfium2 document, closed at the end; a repaired copy in memory where pdfium alone refuses it."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path, password=password)
        if len(document) == 0:
            raise pdfium.PdfiumError("no pages")
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise
        document = pdfium.PdfDocument(_repaired(path, password))
    try:
        yield document
    finally:
        document.close()


def _repaired(path: Path, password: str | None) -> bytes:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(path, password=password or "") as pdf:
        pdf.save(out)
    return out.getvalue()


def _open_pdf(path: Path, opened: Opened, limits: Limits, passwords: Sequence[str]) -> Opened:
    from dataclasses import replace

    import pypdfium2 as pdfium

    for password in (None, *passwords):
        try:
            with pdf_document(path, password) as document:
                count = len(document)
        except pdfium.PdfiumError as error:
            if "assword" in str(error):
                continue
            return replace(opened, findings=(_finding("FILE_CORRUPT", opened.key, reason="unreadable"),))
        except Exception as error:  # pikepdf's and pdfium's ways to refuse hostile bytes are many
            if "assword" in type(error).__name__:
                continue
            return replace(opened, findings=(_finding("FILE_CORRUPT", opened.key, reason="unreadable"),))
        if count > limits.max_pages:
            finding = _finding(
                "FILE_TOO_LARGE", opened.key, limit=f"{limits.max_pages} pages", found=f"{count} pages"
            )
            return replace(opened, findings=(finding,))
        findings = _active_content(path, opened.key, password)
        return replace(opened, page_count=count, password=password, findings=findings)
    return replace(opened, findings=(_finding("FILE_ENCRYPTED", opened.key),))


def _active_content(path: Path, key: str, password: str | None) -> tuple[Finding, ...]:
    """ACTIVE_CONTENT where the PDF holds scripts, launch actions or embedded files. They are looked for, never run."""
    import pikepdf

    marks = {
        "/JavaScript": "script",
        "/JS": "script",
        "/Launch": "launch",
        "/EmbeddedFile": "embedded_file",
        "/EmbeddedFiles": "embedded_file",
        "/RichMedia": "rich_media",
        "/GoToE": "launch",
        "/SubmitForm": "launch",
        "/ImportData": "launch",
    }
    found: set[str] = set()
    try:
        with pikepdf.open(path, password=password or "") as pdf:
            for name, value in _entries(pdf):
                if name in marks:
                    found.add(marks[name])
                elif (
                    name in ("/S", "/Type", "/Subtype")
                    and isinstance(value, pikepdf.Name)
                    and str(value) in marks
                ):
                    found.add(marks[str(value)])
    except Exception:  # a PDF that pdfium opens and pikepdf does not: searched by its bytes
        data = path.read_bytes()
        found = {
            what
            for mark, what in marks.items()
            if mark.encode() + b" " in data or mark.encode() + b"(" in data
        }
    if not found:
        return ()
    return (_finding("ACTIVE_CONTENT", key, "low", kinds=sorted(found)),)


def _entries(pdf: Any) -> Iterator[tuple[str, Any]]:
    """Every name and value of every dictionary of a PDF, those that lie within others included."""
    import pikepdf

    waiting = list(pdf.objects)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            values = list(thing.items())
            yield from values
            inner = [value for _, value in values]
        elif isinstance(thing, pikepdf.Array):
            inner = list(thing)
        else:
            continue
        waiting += [
            v for v in inner if isinstance(v, pikepdf.Dictionary | pikepdf.Array) and not v.is_indirect
        ]


def page_dpi(page: Any) -> int:
    """The resolution at which to draw a PDF page: that of the scan on it, 150 to 300; 200 where there is none."""
    from pypdfium2 import raw

    best = 0.0
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        try:
            left, bottom, right, top = thing.get_bounds() if hasattr(thing, "get_bounds") else thing.get_pos()
            pixels = thing.get_px_size()[0] if hasattr(thing, "get_px_size") else thing.get_size()[0]
        except Exception:  # an image object that pdfium cannot measure
            continue
        width = abs(right - left)
        if width > page.get_width() * 0.4 and abs(top - bottom) > 20:
            best = max(best, pixels / width * 72)
    return int(min(300, max(150, best))) if best else 200


def draw_page(page: Any, max_pixels: int = 40_000_000, long_side: int | None = None) -> Image.Image:
    """An RGB picture of a PDF page at `page_dpi`, never of more than `max_pixels`, nor longer than `long_side`."""
    scale = page_dpi(page) / 72
    width, height = page.get_size()
    if long_side:
        scale = min(scale, long_side / max(width, height, 1.0))
    scale = min(scale, (max_pixels / max(1.0, width * height)) ** 0.5, 12_000 / max(width, height, 1.0))
    image: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil()
    return image.convert("RGB")


def picture(
    path: Path, page: int, rotation: int, password: str | None = None, long_side: int | None = None
) -> Image.Image:
    """The upright RGB picture of a page (numbered from 1), turned clockwise by `rotation`; shrunk to `long_side`.

    Raises what the decoders raise where there is no such page.
    """
    with path.open("rb") as stream:
        kind = kind_of(stream.read(4096))
    if kind == "pdf":
        with pdf_document(path, password) as document:
            sheet = document[page - 1]
            image = draw_page(sheet, long_side=long_side)
            sheet.close()
    else:
        image = _frame(path, page, long_side)
    if rotation:
        image = image.rotate(-rotation, expand=True)
    if long_side and max(image.size) > long_side:
        image.thumbnail((long_side, long_side))
    return image
