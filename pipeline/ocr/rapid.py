"""RapidOCR's PP-OCR models, run line by line with our own batches: the default engine.

The public call of the library pads every crop to 320 pixels and keeps only the best character; here the crops are
batched by width, and each character keeps its probability, its place and what else it could have been.
"""

from __future__ import annotations

import itertools
import math
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError
from pipeline.ocr.engine import EngineSpec, Picture, Quad, Reading, Span
from pipeline.ocr.gaps import missed

HEIGHT = 48
"""The height in pixels that the recogniser was trained on."""
STRIDE = 8
"""Pixels of width for each step of the recogniser's answer."""
BATCH_PIXELS = 48 * 4096
"""Pixels of one batch of crops: bounds the memory of the answer (steps × characters × 4 bytes)."""
DETECT_SIDES = (1280, 2240)
"""Long sides in pixels at which text is looked for: the first, and the second where the text found is small."""
SMALL_TEXT = 11.0
"""Median text height in detector pixels below which the larger side is taken."""
LONE = 0.90
"""The least probability of a character that the detector left out and its row gave away."""
DOUBT = 0.05
"""The least probability at which another character counts as possible (findings.md, rule 2)."""


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
        recogniser = rapid._load_rec_model()
        self._session = recogniser.session
        self._alphabet: list[str] = recogniser.postprocess_op.character

    # ------------------------------------------------------------ the contract

    def read(self, picture: Picture) -> Reading:
        """See `Engine.read`."""
        image = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), np.uint8)
        quads = self.detect(image)
        if not len(quads):
            return Reading(0, ())
        image, quads, rotation = self._turned(image, quads)
        spans = [span for span in self.recognise(image, quads) if span.text.strip()]
        lone = self.recognise(image, missed(image, quads))
        spans += [span for span in lone if span.text.strip() and min(span.probs) >= LONE]
        return Reading(rotation, tuple(spans))

    def reread(self, crops: list[Picture]) -> list[Span]:
        """See `Engine.reread`."""
        images = [np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), np.uint8) for crop in crops]
        whole: list[Quad] = [(0, 0, i.shape[1], 0, i.shape[1], i.shape[0], 0, i.shape[0]) for i in images]
        return self._read_crops(images, whole)

    # ------------------------------------------------------------ detection

    def detect(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The quads (n × 4 × 2, pixels) of the text on a BGR picture; small text is looked for at a larger scale."""
        long_side = max(image.shape[:2])
        quads: NDArray[np.float32] = np.zeros((0, 4, 2), np.float32)
        for side in DETECT_SIDES:
            self._detector.limit_side_len = side
            found = self._detector(image)
            quads = np.zeros((0, 4, 2), np.float32) if found.boxes is None else np.asarray(found.boxes, np.float32)
            scale = min(1.0, side / long_side)
            if scale == 1.0 or not len(quads):
                break
            if float(np.median(_heights(quads))) * scale >= SMALL_TEXT:
                break
        return quads

    def _turned(
        self, image: NDArray[np.uint8], quads: NDArray[np.float32]
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32], int]:
        """The picture turned upright, its quads with it, and the turn: by the shape of the quads, then by reading."""
        rotation = 0
        widths, heights = _widths(quads), _heights(quads)
        lying = float(widths[widths > heights * 1.5].sum())
        standing = float(heights[heights > widths * 1.5].sum())
        if standing > lying:
            image, quads, rotation = _quarter(image, quads, 90), _turn_quads(quads, image.shape, 90), 90
            widths, heights = _widths(quads), _heights(quads)
        longest = [int(i) for i in np.argsort(-widths) if widths[i] > heights[i] * 2][:8]
        if longest:
            crops = [crop_quad(image, quads[i]) for i in longest]
            upright = self._read_crops(crops, [(0.0,) * 8] * len(crops))
            flipped = self._read_crops([crop[::-1, ::-1] for crop in crops], [(0.0,) * 8] * len(crops))
            if _weight(flipped) > _weight(upright):
                quads = _turn_quads(quads, image.shape, 180)
                image, rotation = _quarter(image, quads, 180), rotation + 180
        return image, quads, rotation % 360

    # ------------------------------------------------------------ recognition

    def recognise(self, image: NDArray[np.uint8], quads: NDArray[np.float32]) -> list[Span]:
        """The spans of the quads of an upright BGR picture, in the order of the quads."""
        crops = [crop_quad(image, quad) for quad in quads]
        places = [tuple(float(v) for v in quad.reshape(-1)) for quad in quads]
        return self._read_crops(crops, places)  # type: ignore[arg-type]  # eight floats each

    def _read_crops(self, crops: list[NDArray[np.uint8]], places: list[Quad]) -> list[Span]:
        scaled = [_to_height(crop) for crop in crops]
        order = sorted(range(len(scaled)), key=lambda i: scaled[i].shape[1])
        spans: list[Span] = [Span("", place) for place in places]
        batch: list[int] = []
        for index in order:
            width = scaled[index].shape[1]
            if batch and (
                (len(batch) + 1) * width * HEIGHT > BATCH_PIXELS or width > scaled[batch[0]].shape[1] * 1.25 + 16
            ):
                self._run(batch, scaled, places, spans)
                batch = []
            batch.append(index)
        if batch:
            self._run(batch, scaled, places, spans)
        return spans

    def _run(
        self, batch: list[int], scaled: list[NDArray[np.uint8]], places: list[Quad], spans: list[Span]
    ) -> None:
        width = math.ceil(max(scaled[i].shape[1] for i in batch) / STRIDE) * STRIDE
        block = np.zeros((len(batch), 3, HEIGHT, width), np.float32)
        for row, index in enumerate(batch):
            crop = scaled[index]
            block[row, :, :, : crop.shape[1]] = (crop.transpose(2, 0, 1).astype(np.float32) - 127.5) / 127.5
        answer = np.asarray(self._session(block))
        for row, index in enumerate(batch):
            steps = math.ceil(scaled[index].shape[1] / STRIDE) + 1
            spans[index] = self._decode(answer[row, :steps], scaled[index].shape[1], places[index])

    def _decode(self, steps: NDArray[np.float32], width: int, place: Quad) -> Span:
        """CTC: runs of one character become one; its probability is the run's best, its place the run's middle."""
        best = steps.argmax(axis=1)
        text: list[str] = []
        probs: list[float] = []
        places: list[float] = []
        doubts: list[tuple[int, str, float]] = []
        at = 0
        while at < len(best):
            end = at
            while end + 1 < len(best) and best[end + 1] == best[at]:
                end += 1
            if best[at]:
                run = steps[at : end + 1]
                top = run[int(run[:, best[at]].argmax())]
                for other in np.flatnonzero(top >= DOUBT):
                    if other != best[at]:
                        doubts.append((len(text), self._alphabet[other] if other else "", round(float(top[other]), 3)))
                text.append(self._alphabet[best[at]])
                probs.append(round(float(top[best[at]]), 4))
                places.append((at + end + 1) / 2 * STRIDE / width)
            at = end + 1
        return Span("".join(text), place, tuple(probs), _edges(places), tuple(doubts))


def _edges(middles: list[float]) -> tuple[float, ...]:
    """The boundaries between characters whose middles are given, as fractions of the width, 0 to 1."""
    if not middles:
        return ()
    inner = [(a + b) / 2 for a, b in itertools.pairwise(middles)]
    pitch = (middles[-1] - middles[0]) / max(1, len(middles) - 1) if len(middles) > 1 else 1.0
    first = max(0.0, middles[0] - pitch / 2)
    last = min(1.0, middles[-1] + pitch / 2)
    return tuple(round(v, 4) for v in (first, *inner, max(last, inner[-1] if inner else first)))


def _weight(spans: list[Span]) -> float:
    return sum(sum(span.probs) / max(1, len(span.probs)) for span in spans)


def _widths(quads: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1), np.float32)


def _heights(quads: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1), np.float32)


def _quarter(image: NDArray[np.uint8], _quads: object, degrees: int) -> NDArray[np.uint8]:
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


def _to_height(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    width = max(STRIDE, round(crop.shape[1] * HEIGHT / crop.shape[0]))
    way = cv2.INTER_AREA if crop.shape[0] > HEIGHT else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(crop), (min(width, 3200), HEIGHT), interpolation=way), np.uint8)


def spec(runtime: str = "onnxruntime", threads: int = 1) -> EngineSpec:
    """The spec of this engine; threads do not change what it reads, but where it runs may, by a last digit."""
    return EngineSpec("rapidocr", version("rapidocr"), {"runtime": runtime, "threads": threads})
