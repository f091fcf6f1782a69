"""Plain engines beside ours: their text of a paper, and whether a printed value stands anywhere in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageOps

Reader = Callable[[Image.Image], list[str]]
WORDS = {
    "M": ("男",),
    "F": ("女",),
    "long_term": ("长期",),
    "gross": ("税前",),
    "net": ("税后",),
    "CNY": ("人民币", "CNY", "RMB", "¥"),
}
BANKS = {"CGB": "广发银行"}
"""The held-out papers' one bank that is not an invented one."""
NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")
PIECE = 2
"""A value that its paper broke over lines is found where each of its pieces, of so many characters at least, is."""


def pictures(path: Path) -> Iterator[Image.Image]:
    """The pages of a file as a plain engine gets them: PDFs rendered at 200 dpi, EXIF applied."""
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        try:
            for page in document:
                yield page.render(scale=200 / 72).to_pil().convert("RGB")
        finally:
            document.close()
        return
    with Image.open(path) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            yield ImageOps.exif_transpose(image).convert("RGB")


def rapidocr() -> Reader:
    """RapidOCR by its public call, with its defaults and all threads."""
    from rapidocr import RapidOCR

    engine = RapidOCR()

    def read(image: Image.Image) -> list[str]:
        result: Any = engine(np.asarray(image)[:, :, ::-1])
        return list(result.txts or ())

    return read


def tesseract() -> Reader:
    """Tesseract with chi_sim, everything else by default."""
    import pytesseract

    def read(image: Image.Image) -> list[str]:
        return str(pytesseract.image_to_string(image, lang="chi_sim")).splitlines()

    return read


READERS: dict[str, Callable[[], Reader]] = {"rapidocr": rapidocr, "tesseract": tesseract}


def bare(text: str) -> str:
    """Letters, digits and Chinese characters alone, in one form each: brackets, spaces and marks never decide."""
    plain = unicodedata.normalize("NFKC", text).replace("⺠", "民").upper()
    return re.sub(r"[^0-9A-Z¥*〇\u4e00-\u9fff\u3400-\u4dbf]", "", plain)


def forms(key: str, value: str) -> list[str]:
    """The ways in which a value of a truth may stand on its paper, bare."""
    if value in WORDS and key in ("sex", "valid_until", "income_basis", "currency"):
        return [bare(word) for word in WORDS[value]]
    if key == "bank":
        return [bare(BANKS.get(value, value))]
    if moment := re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?(?: (\d\d):(\d\d)(?::(\d\d))?)?", value):
        y, m, d = moment[1], moment[2], moment[3]
        if d is None:
            return [f"{y}{m}", f"{y}年{m}月", f"{y}年{int(m)}月"]
        counted = [f"{y}{m}{d}", f"{y}年{m}月{d}日", f"{y}年{int(m)}月{int(d)}日", f"{y}{int(m)}{int(d)}"]
        return [*counted, _counted(y, int(m), int(d))]
    if re.fullmatch(r"-?\d+\.\d\d", value):
        whole, cents = value.lstrip("-").split(".")
        return [whole + cents, *([whole] if cents == "00" else [])]
    return [bare(value)]


def _counted(year: str, month: int, day: int) -> str:
    """二〇二六年十月二十八日."""

    def count(number: int) -> str:
        tens, ones = divmod(number, 10)
        head = "" if not tens else "十" if tens == 1 else str(tens).translate(NUMERALS) + "十"
        return head + (str(ones).translate(NUMERALS) if ones else "")

    return f"{year.translate(NUMERALS)}年{count(month)}月{count(day)}日"


def stands(key: str, value: str, text: str) -> bool:
    """Whether a value is anywhere in a bare text: whole, or broken into pieces that are."""
    return any(form in text or _broken(form, text) for form in forms(key, value) if form)


def _broken(form: str, text: str) -> bool:
    rest, pieces = form, 0
    while rest:
        size = next((n for n in range(len(rest), PIECE - 1, -1) if rest[:n] in text), 0)
        if not size or (pieces := pieces + 1) > 3:
            return False
        rest = rest[size:]
    return len(form) >= 8
