"""RapidOCR's PP-OCR models, run line by line with our own batches: the default engine.

The public call of the library pads every crop to 320 pixels and keeps only the best character; here the crops are
batched by width, and each character keeps its probability, its place and what else it could have been.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError
from pipeline.ocr.agreement import confirmed, least, settled
from pipeline.ocr.engine import EngineSpec, Picture, Quad, Reading, Span
from pipeline.ocr.gaps import missed
from pipeline.ocr.height import character_height
from pipeline.ocr.ink import is_coloured
from pipeline.ocr.network import Network
from pipeline.ocr.spec import rapid_spec, second_model
from pipeline.ocr.tones import agreed, spread
from pipeline.ocr.watermark import Watermark, watermark

spec = rapid_spec

SIDES = (1152, 1920)
"""The least and the largest long side in pixels at which text is looked for; smaller pictures are enlarged to the least."""
USUAL_SIDE = 1280
"""The side where the height of the characters cannot be told beforehand."""
CHARACTER = 9.5
"""Pixels that a character should be high for the detector: at 9 nothing was lost on dense statements, at 6.5 one cell in
fifty, at 6 one in five."""
SMALL_TEXT = 13.0
"""Median height in detector pixels of the text found (margins included) below which it is looked for once more, larger."""
WELL_READ = 0.88
"""Mean probability of a few lines from which on the page is taken to stand on its feet without a look the other way."""
SECOND = 0.93
"""A line with a character less probable than this is read once more."""
CERTAIN = 0.995
"""A line with a character less probable than this is shown to the second network."""
STRETCH = 1.3
"""How much wider the second reading lays a line: narrow digits that touch come apart."""
MOST_STAMPED = 8
"""So many doubtful lines of a grey copy are looked at for a stamp over them."""
LONE = 0.90
"""The least probability of a character that the detector left out and its row gave away."""


class RapidEngine:
    """PP-OCR through RapidOCR on onnxruntime or OpenVINO (`options["runtime"]`, `options["threads"]`)."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        runtime = str(spec.options.get("runtime", "onnxruntime"))
        threads = int(spec.options.get("threads", 1))
        try:
            self._load(runtime, threads)
        except Exception as error:
            raise EngineError(f"RapidOCR could not be loaded: {error}", "Run `dossier doctor`.") from error

    def _load(self, runtime: str, threads: int) -> None:
        from rapidocr import EngineType, RapidOCR

        kind = EngineType.OPENVINO if runtime == "openvino" else EngineType.ONNXRUNTIME
        params: dict[str, Any] = {
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.openvino.inference_num_threads": threads,
            "Det.engine_type": kind,
            "Rec.engine_type": kind,
            "Det.limit_type": "max",
            "Det.max_candidates": 4000,
        }
        rapid: Any = RapidOCR(params=params)
        self._detector = rapid._load_det_model()
        self._first = _network(rapid)
        second = second_model()
        self._second = (
            _network(RapidOCR(params={**params, "Rec.model_path": str(second)})) if second else None
        )

    # ------------------------------------------------------------ the contract

    def read(self, picture: Picture) -> Reading:
        """See `Engine.read`."""
        image = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), np.uint8)
        quads = self.detect(image)
        if not len(quads):
            return Reading(0, ())
        image, quads, rotation, known = self._turned(image, quads)
        mark = watermark(image, quads)
        if mark is None:
            spans = self.recognise(image, quads, known)
        else:
            quads, spans = self._under_watermark(image, quads, mark, known)
        spans = self._second_look(image, [span for span in spans if span.text.strip()])
        spans = self._second_network(image, spans)
        if not is_coloured(picture):
            spans = self._under_stamps(image, spans)
        lone = self.recognise(image, missed(image, quads))
        spans += [span for span in lone if span.text.strip() and min(span.probs) >= LONE]
        return Reading(rotation, tuple(spans))

    def reread(self, crops: list[Picture]) -> list[Span]:
        """See `Engine.reread`."""
        images = [np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), np.uint8) for crop in crops]
        return self._first.read(images, [_whole(image) for image in images])

    def other(self, crops: list[Picture]) -> list[Span]:
        """As `reread`, by the second network; EngineError where it is not installed."""
        if self._second is None:
            raise EngineError("the second network is not installed", "Run `make setup`.")
        images = [np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), np.uint8) for crop in crops]
        return self._second.read(images, [_whole(image) for image in images])

    # ------------------------------------------------------------ detection

    def detect(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The quads (n × 4 × 2, pixels) of the text on a BGR picture; the scale is chosen by the
        height of the characters."""
        long_side, short_side = max(image.shape[:2]), min(image.shape[:2])
        if long_side > 3.2 * short_side and long_side > 3000:
            return self._detect_long(image)
        height = character_height(image)
        wanted = CHARACTER / height * long_side if height else USUAL_SIDE
        side = round(min(max(wanted, SIDES[0]), SIDES[1]))
        quads = self._detect_at(image, side)
        if len(quads) and side < min(SIDES[1], long_side):
            found = float(np.median(_heights(quads))) * side / long_side
            if found < SMALL_TEXT:
                quads = self._detect_at(image, SIDES[1])
        return quads

    def _detect_at(self, image: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
        long_side, short_side = max(image.shape[:2]), min(image.shape[:2])
        small = long_side < SIDES[0]
        self._detector.limit_type = "min" if small else "max"
        self._detector.limit_side_len = round(SIDES[0] * short_side / long_side) if small else side
        found = self._detector(image)
        return _no_quads() if found.boxes is None else np.asarray(found.boxes, np.float32)

    def _detect_long(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """A long screenshot in overlapping parts along its long side; what touches a cut is taken from the other part."""
        axis = 0 if image.shape[0] > image.shape[1] else 1
        length, short = image.shape[axis], image.shape[1 - axis]
        part, step = 2 * short, round(1.7 * short)
        found = []
        for start in range(0, max(1, length - (part - step)), step):
            end = min(length, start + part)
            quads = self.detect(image[start:end] if axis == 0 else image[:, start:end])
            quads[..., 1 - axis] += start
            middle = quads[..., 1 - axis].mean(axis=1)
            low = start if start == 0 else start + (part - step) / 2
            high = end if end == length else end - (part - step) / 2
            found.append(quads[(middle >= low) & (middle < high)])
            if end == length:
                break
        return np.concatenate(found)

    def _turned(
        self, image: NDArray[np.uint8], quads: NDArray[np.float32]
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32], int, dict[int, Span]]:
        """The picture turned upright, its quads with it, the turn, and the spans that were read to find it: lying or
        standing by the shape of the quads, head or foot by reading a few lines, both ways only where one way reads badly."""
        rotation = 0
        widths, heights = _widths(quads), _heights(quads)
        lying = float(widths[widths > heights * 1.5].sum())
        standing = float(heights[heights > widths * 1.5].sum())
        if standing > lying:
            image, quads, rotation = _quarter(image, 90), _turn_quads(quads, image.shape, 90), 90
            widths, heights = _widths(quads), _heights(quads)
        shape = widths / np.maximum(heights, 1)
        telling = sorted(
            (i for i in range(len(quads)) if shape[i] > 2), key=lambda i: abs(float(shape[i]) - 8)
        )[:6]
        if not telling:
            return image, quads, rotation, {}
        crops = [crop_quad(image, quads[i]) for i in telling]
        places = [_quad(quads[i]) for i in telling]
        upright = self._first.read(crops, places)
        if _weight(upright) < WELL_READ * len(telling):
            flipped = self._first.read([np.ascontiguousarray(crop[::-1, ::-1]) for crop in crops], places)
            if _weight(flipped) > _weight(upright):
                quads = _turn_quads(quads, image.shape, 180)
                return _quarter(image, 180), quads, (rotation + 180) % 360, {}
        return image, quads, rotation, dict(zip(telling, upright, strict=True))

    # ------------------------------------------------------------ recognition

    def recognise(
        self, image: NDArray[np.uint8], quads: NDArray[np.float32], known: Mapping[int, Span] | None = None
    ) -> list[Span]:
        """The spans of the quads of an upright BGR picture, in the order of the quads; `known` ones are not read again."""
        known = known or {}
        open_ = [i for i in range(len(quads)) if i not in known]
        read = self._first.read([crop_quad(image, quads[i]) for i in open_], [_quad(quads[i]) for i in open_])
        spans = {**known, **dict(zip(open_, read, strict=True))}
        return [spans[i] for i in range(len(quads))]

    def _under_watermark(
        self, image: NDArray[np.uint8], quads: NDArray[np.float32], mark: Watermark, known: Mapping[int, Span]
    ) -> tuple[NDArray[np.float32], list[Span]]:
        """The page's own text as it is found without the watermark, and what went with it though it never touched it."""
        plain = mark.without(image)
        found = self.detect(plain)
        stays = mark.untouched(quads, found)
        kept = {int(stays[:i].sum()): known[i] for i in known if stays[i]}
        spans = self.recognise(plain, found) + self.recognise(image, quads[stays], kept)
        return np.concatenate([found, quads[stays]]), spans

    def _second_look(self, image: NDArray[np.uint8], spans: list[Span]) -> list[Span]:
        """Doubtful spans read once more, stretched and sharpened; where both readings agree the doubt is less."""
        doubtful = [i for i, span in enumerate(spans) if least(span) < SECOND]
        crops = [
            _sharper(crop_quad(image, np.array(spans[i].quad, np.float32).reshape(4, 2))) for i in doubtful
        ]
        again = self._first.read(crops, [spans[i].quad for i in doubtful], STRETCH)
        out = list(spans)
        for i, second in zip(doubtful, again, strict=True):
            out[i] = settled(spans[i], second)
        return out

    def _second_network(self, image: NDArray[np.uint8], spans: list[Span]) -> list[Span]:
        """Spans that are not beyond doubt, read by the second network where it is installed."""
        if self._second is None:
            return spans
        open_ = [i for i, span in enumerate(spans) if least(span) < CERTAIN]
        crops = [crop_quad(image, np.array(spans[i].quad, np.float32).reshape(4, 2)) for i in open_]
        out = list(spans)
        for i, again in zip(open_, self._second.read(crops, [spans[i].quad for i in open_]), strict=True):
            out[i] = confirmed(spans[i], again, self._second.alphabet)
        return out

    def _under_stamps(self, image: NDArray[np.uint8], spans: list[Span]) -> list[Span]:
        """Lines of a grey copy that two looks left in doubt, read again with the tones of a stamp faded; the longest few."""
        wide = [i for i, s in enumerate(spans) if len(s.text) >= 4 and least(s) < SECOND]
        out = list(spans)
        for i in sorted(wide, key=lambda i: -len(spans[i].text))[:MOST_STAMPED]:
            crops = spread(crop_quad(image, np.array(spans[i].quad, np.float32).reshape(4, 2)))
            out[i] = agreed(spans[i], self._first.read(crops, [spans[i].quad] * len(crops)))
        return out


def _network(rapid: Any) -> Network:
    """The recogniser that a RapidOCR object is set up with."""
    recogniser = rapid._load_rec_model()
    return Network(recogniser.session, recogniser.postprocess_op.character)


def _weight(spans: list[Span]) -> float:
    return sum(sum(span.probs) / max(1, len(span.probs)) for span in spans)


def _widths(quads: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1), np.float32)


def _heights(quads: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1), np.float32)


def _quarter(image: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.rot90(image, -degrees // 90))


def _turn_quads(quads: NDArray[np.float32], shape: tuple[int, ...], degrees: int) -> NDArray[np.float32]:
    """Quads with the picture turned clockwise by 90 or 180 degrees, their corners named anew."""
    height, width = shape[:2]
    x, y = quads[..., 0], quads[..., 1]
    if degrees == 90:
        turned = np.stack([height - y, x], axis=-1)
        return np.asarray(turned[:, [3, 0, 1, 2]], np.float32)
    turned = np.stack([width - x, height - y], axis=-1)
    return np.asarray(turned[:, [2, 3, 0, 1]], np.float32)


def crop_quad(image: NDArray[np.uint8], quad: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The picture inside a quad, straight; standing crops (much higher than wide) are laid down."""
    width = max(2, round(float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])))))
    height = max(2, round(float(max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    crop = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if height >= width * 1.5:
        crop = np.rot90(crop)
    return np.ascontiguousarray(crop, np.uint8)


def _sharper(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Unsharp masking with a radius of a twentieth of the line's height."""
    soft = cv2.GaussianBlur(crop, (0, 0), max(0.8, crop.shape[0] / 20))
    return np.asarray(cv2.addWeighted(crop, 1.7, soft, -0.7, 0), np.uint8)


def _whole(image: NDArray[np.uint8]) -> Quad:
    height, width = image.shape[:2]
    return (0, 0, width, 0, width, height, 0, height)


def _no_quads() -> NDArray[np.float32]:
    return np.zeros((0, 4, 2), np.float32)


def _quad(quad: NDArray[np.float32]) -> Quad:
    x0, y0, x1, y1, x2, y2, x3, y3 = (float(v) for v in quad.reshape(-1))
    return (x0, y0, x1, y1, x2, y2, x3, y3)
