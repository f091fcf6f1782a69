"""Tesseract through pytesseract (`chi_sim+eng`): selectable, slower, weaker on Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from pipeline.errors import EngineError
from pipeline.ocr.engine import EngineSpec, Picture, Quad, Reading, Span

LANGUAGES = "chi_sim+eng"


class TesseractEngine:
    """Lines of words as Tesseract finds them; its words' confidences are taken for each of their characters."""

    def __init__(self, spec: EngineSpec) -> None:
        import pytesseract

        self.spec = spec
        try:
            have = set(pytesseract.get_languages(config=""))
        except (pytesseract.TesseractError, OSError) as error:
            raise EngineError(
                "Tesseract could not be started", "Install tesseract-ocr and tesseract-ocr-chi-sim."
            ) from error
        if "chi_sim" not in have:
            raise EngineError("Tesseract has no chi_sim data", "Install tesseract-ocr-chi-sim.")

    def read(self, picture: Picture) -> Reading:
        """See `Engine.read`; the turn is Tesseract's own (OSD), 0 where it cannot tell."""
        import pytesseract

        rotation = self._rotation(picture)
        turned = np.ascontiguousarray(np.rot90(picture, -rotation // 90))
        data = pytesseract.image_to_data(
            turned, lang=LANGUAGES, config="--psm 11 --oem 1", output_type=pytesseract.Output.DICT
        )
        spans: list[Span] = []
        words: list[tuple[str, tuple[int, int, int, int], float]] = []
        line: tuple[int, int, int] | None = None
        for i, text in enumerate(data["text"]):
            here = (data["block_num"][i], data["par_num"][i], data["line_num"][i])
            if here != line and words:
                spans.append(_joined(words))
                words = []
            line = here
            if text.strip() and float(data["conf"][i]) >= 0:
                box = (data["left"][i], data["top"][i], data["width"][i], data["height"][i])
                words.append((text, box, float(data["conf"][i]) / 100))
        if words:
            spans.append(_joined(words))
        return Reading(rotation, tuple(spans))

    def reread(self, crops: list[Picture]) -> list[Span]:
        """See `Engine.reread`."""
        import pytesseract

        spans = []
        for crop in crops:
            padded = np.pad(crop, ((12, 12), (12, 12), (0, 0)), mode="edge")
            data = pytesseract.image_to_data(
                padded, lang=LANGUAGES, config="--psm 7 --oem 1", output_type=pytesseract.Output.DICT
            )
            words = [
                (
                    t,
                    (data["left"][i], data["top"][i], data["width"][i], data["height"][i]),
                    float(data["conf"][i]) / 100,
                )
                for i, t in enumerate(data["text"])
                if t.strip()
            ]
            height, width = crop.shape[:2]
            place: Quad = (0, 0, width, 0, width, height, 0, height)
            spans.append(Span("", place) if not words else _replace(_joined(words), place))
        return spans

    @staticmethod
    def _rotation(picture: Picture) -> int:
        import pytesseract

        try:
            found = pytesseract.image_to_osd(picture, config="--psm 0", output_type=pytesseract.Output.DICT)
        except pytesseract.TesseractError:  # too few characters to tell
            return 0
        return int(found["rotate"]) % 360 if float(found["orientation_conf"]) > 1 else 0


def _joined(words: list[tuple[str, tuple[int, int, int, int], float]]) -> Span:
    left, top = min(b[0] for _, b, _ in words), min(b[1] for _, b, _ in words)
    right, bottom = max(b[0] + b[2] for _, b, _ in words), max(b[1] + b[3] for _, b, _ in words)
    text, probs, edges = "", [], [0.0]
    width = max(1, right - left)
    for word, box, conf in words:
        if text and word[0].isascii() and text[-1].isascii():
            text += " "
            probs.append(conf)
            edges.append((box[0] - left) / width)
        for i in range(len(word)):
            edges.append((box[0] - left + box[2] * (i + 1) / len(word)) / width)
            probs.append(conf)
        text += word
    quad: Quad = (left, top, right, top, right, bottom, left, bottom)
    return Span(text, quad, tuple(round(p, 4) for p in probs), tuple(round(min(1.0, e), 4) for e in edges))


DIGITS = "0123456789Xx.,-+"
"""What a digit string is made of; Tesseract is held to it."""
DIGIT_HEIGHT = 40
"""Pixels of height of a line of digits for Tesseract: of 40, 44, 48 and 64 it read most scans at 40."""
TRIM = 0.1
"""The share of a crop's height cut off above and below: a rule of the table there is read as digits."""
OPINION = 80
"""The least confidence (0 to 100) of a digit string that counts: below, on small blurred print, most were wrong (bench.second_reader)."""


@cache
def installed() -> str | None:
    """The version of the Tesseract that is installed, None where there is none."""
    import pytesseract

    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, OSError):
        return None


def read_digits(crops: Sequence[Picture]) -> list[tuple[str, ...]]:
    """Each crop, a line of digits, as Tesseract reads it with nothing but digits and signs to choose from; none where it
    is not sure of itself."""
    return [(text,) if (text := _digits(crop)) else () for crop in crops]


def _digits(crop: Picture) -> str:
    import pytesseract

    trim = round(TRIM * crop.shape[0])
    grey = crop[trim : crop.shape[0] - trim].mean(axis=2)
    ink, paper = np.percentile(grey, 2), np.percentile(grey, 85)
    even = np.clip((grey - ink) / max(1.0, float(paper - ink)) * 255, 0, 255).astype(np.uint8)
    size = (max(8, round(even.shape[1] * DIGIT_HEIGHT / even.shape[0])), DIGIT_HEIGHT)
    padded = np.pad(cv2.resize(even, size, interpolation=cv2.INTER_CUBIC), 14, constant_values=255)
    config = f"--psm 7 --oem 1 -c tessedit_char_whitelist={DIGITS}"
    try:
        data = pytesseract.image_to_data(
            padded, lang="eng", config=config, output_type=pytesseract.Output.DICT
        )
    except (pytesseract.TesseractError, OSError):  # one more opinion: without it the first stands as it is
        return ""
    words = [(text, float(c)) for text, c in zip(data["text"], data["conf"], strict=True) if text.strip()]
    return "".join(text for text, _ in words) if min((c for _, c in words), default=0) >= OPINION else ""


def _replace(span: Span, place: Quad) -> Span:
    return Span(span.text, place, span.probs, span.edges, span.doubts)


def spec() -> EngineSpec:
    """The spec of this engine, with the version of the program that is installed; EngineError where there is none."""
    import pytesseract

    try:
        version = str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, OSError) as error:
        raise EngineError(
            "Tesseract is not installed", "Install tesseract-ocr and tesseract-ocr-chi-sim."
        ) from error
    return EngineSpec("tesseract", version, {"languages": LANGUAGES})
