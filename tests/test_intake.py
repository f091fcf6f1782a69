"""Files as they come: their kind by their bytes, locked, empty, enormous, broken, hostile."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

from fixtures.broken import corrupt_pdf, encrypted_pdf
from pipeline.intake import Opened, open_file, passed_over, picture
from pipeline.settings import Limits


@pytest.fixture
def look(tmp_path: Path):
    """Opens bytes as a file of the case."""

    def opened(data: bytes, *passwords: str, name: str = "文件.bin", limits: Limits = Limits()) -> Opened:  # noqa: B008 - frozen
        path = tmp_path / name
        path.write_bytes(data)
        return open_file(path, name, limits, passwords)

    return opened


def enormous(side: int = 30_000) -> bytes:
    """A PNG whose head says `side` × `side` pixels; what follows is no picture at all."""
    head = b"IHDR" + struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return start + struct.pack(">I", 8) + b"IDAT" + bytes(range(12))


def codes(opened: Opened) -> list[str]:
    return [finding.code for finding in opened.findings]


def drawn(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """A white picture with a black corner at the top left."""
    image = Image.new(mode, size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="black")
    return image


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def pdf(pages: int = 1) -> pikepdf.Pdf:
    new = pikepdf.new()
    for _ in range(pages):
        new.add_blank_page(page_size=(200, 100))
    return new


def written(document: pikepdf.Pdf, **more: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **more)
    return out.getvalue()


# ---------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("jpeg", saved(drawn(), "JPEG")),
        ("png", saved(drawn(), "PNG")),
        ("tiff", saved(drawn(), "TIFF")),
        ("bmp", saved(drawn(), "BMP")),
        ("webp", saved(drawn(), "WEBP")),
        ("gif", saved(drawn(), "GIF")),
        ("pdf", written(pdf())),
        ("pdf", b"\xef\xbb\xbf\r\n junk of a mail gateway\r\n" + written(pdf())),
    ],
)
@pytest.mark.parametrize("name", ["身份证.pdf", "身份证.jpg", "身份证"])
def test_a_kind_is_told_by_the_bytes_and_not_by_the_name(look, kind, data, name):
    """Whatever the officer called it, a file is what it begins with; a PDF may have junk before its head."""
    opened = look(data, name=name)
    assert (opened.kind, opened.page_count, codes(opened)) == (kind, 1, [])


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("rar", b"Rar!\x1a\x07\x00" + b"\0" * 64),
        ("text", "姓名,金额\n张三,3000\n".encode()),
        ("zip", b"PK\x03\x04" + b"\0" * 60),
        ("unknown", b"\x00GITCRYPT\x00" + bytes(range(200))),
    ],
)
def test_what_is_not_read_is_said_with_its_kind(look, kind, data):
    """An archive, a table as text and noise are named in the finding and have no pages."""
    opened = look(data, name="流水.pdf")
    assert (codes(opened), opened.page_count) == (["FILE_UNSUPPORTED"], 0)
    assert opened.findings[0].params["kind"] == opened.kind == kind


def test_the_systems_litter_is_passed_over():
    """Folder markers and files of systems are no papers; a paper with a similar name is one."""
    litter = ("a/", "Thumbs.db", "x/.DS_Store", "~$收入证明.docx", "__MACOSX/a/b.jpg", "desktop.ini")
    assert all(passed_over(key) for key in litter)
    assert not any(passed_over(key) for key in ("a.jpg", "我的Thumbs.db.jpg", "x/__MACOSX.jpg"))


def test_an_empty_file_is_empty(look):
    """Nothing is looked for in no bytes."""
    assert codes(look(b"")) == ["FILE_EMPTY"]


# ---------------------------------------------------------------- limits


def test_an_enormous_picture_is_refused_before_it_is_decoded(look):
    """900 million pixels are told from the head, whatever follows it, with the limit and what was found."""
    opened = look(enormous())
    assert codes(opened) == ["FILE_TOO_LARGE"]
    assert opened.findings[0].params == {"limit": "200000000 pixels", "found": "900000000 pixels"}
    assert opened.page_count == 0


def test_a_later_page_may_not_be_enormous_either(look):
    """The largest page of a TIFF counts, not its first."""
    out = io.BytesIO()
    drawn().save(out, "TIFF", save_all=True, append_images=[Image.new("1", (400, 300))])
    opened = look(out.getvalue(), limits=Limits(max_pixels=100_000))
    assert opened.findings[0].params["found"] == "120000 pixels"


def test_limits_come_from_the_settings(look):
    """Bytes, pages and pixels each have their own limit; a file at its limit passes."""
    data = saved(drawn(), "PNG")
    assert codes(look(data, limits=Limits(max_bytes=len(data) - 1))) == ["FILE_TOO_LARGE"]
    assert codes(look(data, limits=Limits(max_bytes=len(data)))) == []
    assert codes(look(data, limits=Limits(max_pixels=2399))) == ["FILE_TOO_LARGE"]
    assert codes(look(data, limits=Limits(max_pixels=2400))) == []
    assert codes(look(written(pdf(3)), limits=Limits(max_pages=2))) == ["FILE_TOO_LARGE"]
    assert codes(look(written(pdf(3)), limits=Limits(max_pages=3))) == []


def test_a_long_screenshot_passes(look):
    """1080 × 20,000 pixels are a phone's statement and no bomb."""
    opened = look(saved(Image.new("L", (1080, 20_000), 255), "PNG"))
    assert (codes(opened), opened.page_count) == ([], 1)


# ---------------------------------------------------------------- locks


@pytest.mark.parametrize(
    ("passwords", "said", "pages"),
    [((), ["FILE_ENCRYPTED"], 0), (("falsch", ""), ["FILE_ENCRYPTED"], 0), (("nein", "geheim"), [], 1)],
)
def test_a_locked_pdf_opens_with_one_of_the_declared_passwords(look, tmp_path, passwords, said, pages):
    """Without the right one it is FILE_ENCRYPTED; the password itself is never shown."""
    opened = look(encrypted_pdf("geheim"), *passwords)
    assert (codes(opened), opened.page_count) == (said, pages)
    assert "geheim" not in repr(opened)
    if pages:
        assert opened.password == "geheim"
        assert picture(tmp_path / opened.key, 1, 0, "geheim").width > 500


def test_restrictions_of_the_owner_are_no_lock(look):
    """A bank's statement forbids copying and opens without a password."""
    lock = pikepdf.Encryption(
        owner="bank", user="", allow=pikepdf.Permissions(extract=False, modify_other=False)
    )
    opened = look(written(pdf(2), encryption=lock))
    assert (codes(opened), opened.page_count) == ([], 2)


def test_a_locked_spreadsheet_is_locked_and_not_unknown(look):
    """An Office file with a password lies in a compound file whose directory names the encrypted package."""
    data = (
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 64
    )
    assert codes(look(data, name="流水.xlsx")) == ["FILE_ENCRYPTED"]
    assert codes(look(data.replace(b"E\0n\0c\0", b"W\0o\0r\0"))) == ["FILE_UNSUPPORTED"]


# ---------------------------------------------------------------- broken files


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_picture_cut_short_is_corrupt_and_still_looked_at(look, tmp_path, kind):
    """The finding says that it is broken; the part that came is read all the same."""
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 300, 3), np.uint8))
    data = saved(noise, kind)
    opened = look(data[: len(data) // 2])
    assert (codes(opened), opened.page_count) == (["FILE_CORRUPT"], 1)
    part = np.asarray(picture(tmp_path / opened.key, 1, 0), int)
    assert part.shape == (200, 300, 3)
    assert part[:50].std() > 40


def test_a_broken_page_of_many_makes_the_file_corrupt_and_keeps_its_pages(look):
    """The second of three pages of a TIFF is noise of the line: the finding says so, and all three are looked at."""
    out = io.BytesIO()
    drawn().save(
        out, "TIFF", compression="tiff_lzw", save_all=True, append_images=[drawn((300, 200)), drawn()]
    )
    data = out.getvalue()
    with Image.open(io.BytesIO(data)) as image:
        image.seek(1)
        start, length = image.tag_v2[273][0], image.tag_v2[279][0]  # where its strip of pixels lies
    assert (codes(look(data)), look(data).page_count) == ([], 3)
    opened = look(data[:start] + b"\xff" * length + data[start + length :])
    assert (codes(opened), opened.page_count) == (["FILE_CORRUPT"], 3)


def test_a_head_without_a_body_is_corrupt_and_has_no_pages(look):
    """Nothing can be read of a picture that ends in its first bytes, or of a PDF cut off in its first object."""
    for data in (saved(drawn(), "PNG")[:20], b"II*\0" + b"\xff" * 40, corrupt_pdf()):
        opened = look(data)
        assert (codes(opened), opened.page_count) == (["FILE_CORRUPT"], 0)


def test_a_pdf_with_a_broken_index_is_repaired(look, tmp_path):
    """A lost cross-reference table and a lost end are what scanners and mails do: the pages are there."""
    data = written(pdf(2), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    broken = data[: data.rindex(b"xref")].replace(b"endobj", b"endobj ", 1)
    opened = look(broken)
    assert (codes(opened), opened.page_count) == ([], 2)
    assert picture(tmp_path / opened.key, 2, 0).width == pytest.approx(200 / 72 * 200, abs=2)


# ---------------------------------------------------------------- active content


def with_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_launch(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def with_file(document: pikepdf.Pdf) -> None:
    document.attachments["x.exe"] = b"MZ"


@pytest.mark.parametrize(
    ("add", "kind"), [(with_script, "script"), (with_launch, "launch"), (with_file, "embedded_file")]
)
def test_active_content_is_told_and_the_pages_are_read(look, add, kind):
    """Scripts, programs to start and attachments are a low finding; they are seen in compressed objects too."""
    document = pdf()
    add(document)
    opened = look(written(document, object_stream_mode=pikepdf.ObjectStreamMode.generate))
    assert (codes(opened), opened.page_count) == (["ACTIVE_CONTENT"], 1)
    assert (opened.findings[0].severity, opened.findings[0].params["kinds"]) == ("low", [kind])


def test_a_plain_pdf_has_no_active_content(look):
    """A link to a page of its own is no action to warn of."""
    document = pdf(2)
    document.Root.OpenAction = pikepdf.Array([document.pages[1].obj, pikepdf.Name.Fit])
    assert codes(look(written(document))) == []


# ---------------------------------------------------------------- pictures as they are meant


def corner(image: Image.Image) -> str:
    """Where the black corner lies."""
    grey = np.asarray(image.convert("L"), float)
    h, w = grey.shape
    parts = {"top left": grey[: h // 5, : w // 5], "top right": grey[: h // 5, -w // 5 :],
             "bottom left": grey[-h // 5 :, : w // 5], "bottom right": grey[-h // 5 :, -w // 5 :]}  # fmt: skip
    return min(parts, key=lambda name: float(parts[name].mean()))


def test_the_cameras_orientation_is_applied(look, tmp_path):
    """A phone stores a turned picture and says so: orientation 6 is a quarter turn clockwise."""
    exif = Image.Exif()
    exif[0x0112] = 6
    look(saved(drawn(), "JPEG", exif=exif), name="a.jpg")
    upright = picture(tmp_path / "a.jpg", 1, 0)
    assert (upright.size, corner(upright)) == ((40, 60), "top right")


def test_a_turn_is_clockwise_and_a_picture_is_shrunk(look, tmp_path):
    """`rotation` turns clockwise; `long_side` bounds the picture."""
    look(saved(drawn((600, 400)), "PNG"), name="a.png")
    places = [corner(picture(tmp_path / "a.png", 1, turn)) for turn in (0, 90, 180, 270)]
    assert places == ["top left", "top right", "bottom right", "bottom left"]
    assert picture(tmp_path / "a.png", 1, 90, long_side=300).size == (200, 300)


def test_a_tiff_has_its_pages(look, tmp_path):
    """Each page of a TIFF is a page, with its own size."""
    out = io.BytesIO()
    drawn().save(out, "TIFF", save_all=True, append_images=[Image.new("1", (80, 20)), drawn((30, 90))])
    assert look(out.getvalue(), name="a.tif").page_count == 3
    assert [picture(tmp_path / "a.tif", n, 0).size for n in (1, 2, 3)] == [(60, 40), (80, 20), (30, 90)]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white_paper(look, tmp_path, mode):
    """Black text on nothing stays black on white."""
    image = Image.new("LA", (60, 40), (0, 0))
    ImageDraw.Draw(image).rectangle((0, 0, 15, 10), fill=(0, 255))
    data = saved(image.convert("RGBA").quantize() if mode == "P" else image.convert(mode), "PNG")
    look(data, name="a.png")
    flat = picture(tmp_path / "a.png", 1, 0)
    assert flat.mode == "RGB"
    assert (flat.getpixel((5, 5)), flat.getpixel((50, 30))) == ((0, 0, 0), (255, 255, 255))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_a_pixel_are_scaled_and_not_cut(look, tmp_path, kind):
    """The middle of the range is grey and not white."""
    values = np.full((40, 60), 65535, np.uint16)
    values[:, :20], values[:, 20:40] = 0, 32768
    look(saved(Image.fromarray(values), kind), name="a.img")
    flat = picture(tmp_path / "a.img", 1, 0)
    assert [flat.getpixel((x, 9))[0] for x in (5, 30, 55)] == [0, 128, 255]


def test_a_scan_is_drawn_at_its_own_resolution(look, tmp_path):
    """A PDF that holds a picture of a page is drawn with that picture's pixels, between 150 and 300 dpi; else 200."""
    for dpi, wanted in ((72, 150), (240, 240), (600, 300)):
        image = Image.new("L", (round(8 * dpi), round(4 * dpi)), 255)
        look(saved(image, "PDF", resolution=float(dpi)), name="a.pdf")
        assert picture(tmp_path / "a.pdf", 1, 0).width == pytest.approx(8 * wanted, rel=0.01)
    look(written(pdf()), name="b.pdf")
    assert picture(tmp_path / "b.pdf", 1, 0).width == pytest.approx(200 / 72 * 200, abs=2)


def test_a_heic_of_other_boxes_is_told_by_its_brand(look):
    """A head that promises a HEIC and holds none is a broken HEIC; an AVIF is no kind that is read."""
    box = struct.pack(">I", 24) + b"ftyp" + b"heic" + b"\0\0\0\0" + b"mif1heic"
    assert codes(look(box + b"\0" * 100)) == ["FILE_CORRUPT"]
    assert codes(look(box.replace(b"ftypheic", b"ftypavif") + b"\0" * 100)) == ["FILE_UNSUPPORTED"]
