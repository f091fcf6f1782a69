"""How good a picture is, in plain numbers, and where on it text may be lost: what a reviewer is told when a field is unread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import cv2
import numpy as np

from pipeline.ocr.engine import Picture, Span
from pipeline.ocr.outline import spots
from pipeline.ocr.strokes import Area, Print, heights_of, look, sample, screen_pattern
from pipeline.ocr.view import Spot

SOFT = 0.12
"""Strokes whose edges take this share of the text's height and more run into each other: single characters are lost from
here on, most from 0.18 on (measured on drawn papers blurred step by step)."""
LOW = 14.0
"""The least height of a line of text in pixels at which Chinese characters hold together."""
DARK, FAINT = 70.0, 45.0
"""Paper darker than this (of 255) whose print stands out by less than this is underexposed."""
SCREEN = 2.5
"""How far a screen's pattern stands out of the spectrum, as a power of ten: print stays below 2.1."""
MOST = 16
"""Places of one kind that are kept; where most of the page is bad, it is one place."""

Fault = dict[str, Any]
"""{"kind", "box", …}: `kind` is blur, glare, dark, moire, low_resolution, cut or covered; `box` in fractions of the frame;
`share` of the print looked at that is so (1.0 for the whole page), or `side` of the sheet; `through` where text is cut."""


def measure(picture: Picture, spans: tuple[Span, ...]) -> dict[str, Any]:
    """`width` and `height` in pixels; `sharpness` the height of the text over the width of its strokes' edges (25 is crisp,
    below 8 characters are lost; 0.0 without text); `brightness` and `contrast` 0 to 255, of the print where there is any;
    `glare` the share of burnt-out pixels; `text_height` the median in pixels; `moire` as `screen_pattern`;
    `coloured` False for a grey copy; `faults` the places at which text may be lost."""
    from pipeline.ocr.ink import is_coloured

    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    step = max(1, max(grey.shape) // 800)
    small = grey[::step, ::step]
    heights = heights_of([span for span in spans if span.text.strip()])
    prints = [seen for span in sample(spans) if (seen := look(grey, span)) is not None]
    pattern = screen_pattern(grey, _around(prints)) if prints else 0.0
    return {
        "width": int(picture.shape[1]),
        "height": int(picture.shape[0]),
        "sharpness": round(1 / max(0.01, _middle(seen.softness for seen in prints)), 1) if prints else 0.0,
        "brightness": round(_middle(seen.paper for seen in prints) if prints else float(np.median(small)), 1),
        "contrast": round(
            _middle(seen.contrast for seen in prints)
            if prints
            else float(np.percentile(small, 95) - np.percentile(small, 5)),
            1,
        ),
        "glare": round(float((small >= 254).mean()), 4),
        "text_height": round(float(np.median(heights)), 1) if heights else 0.0,
        "moire": pattern,
        "coloured": is_coloured(picture[::step, ::step]),
        "faults": _faults(grey.shape, prints, pattern, spots(picture, grey, spans)),
    }


def _middle(values: Iterable[float]) -> float:
    return float(np.median(list(values)))


def _around(prints: Sequence[Print]) -> Area:
    areas = np.array([seen.area for seen in prints])
    return (
        float(areas[:, 0].min()),
        float(areas[:, 1].min()),
        float(areas[:, 2].max()),
        float(areas[:, 3].max()),
    )


def _faults(
    shape: tuple[int, ...], prints: Sequence[Print], pattern: float, hidden: Sequence[Spot]
) -> list[Fault]:
    """Where text may be lost: first what is not to be seen at all, then bad print, the gravest kind first."""
    faults: list[Fault] = []
    for spot in hidden:
        more: Fault = {"side": spot.side} if spot.side else {}
        faults.append(
            {
                "kind": spot.kind,
                "box": _box(spot.area, shape),
                **more,
                **({"through": True} if spot.through else {}),
            }
        )
    kinds = {
        "low_resolution": [seen for seen in prints if seen.height < LOW],
        "dark": [seen for seen in prints if seen.paper < DARK and seen.contrast < FAINT],
        "blur": [seen for seen in prints if seen.softness >= SOFT and seen.height >= LOW],
        "moire": list(prints) if pattern >= SCREEN else [],
    }
    for kind, bad in kinds.items():
        share = round(len(bad) / max(1, len(prints)), 2)
        places = [_around(bad)] if share >= 0.5 else [seen.area for seen in bad[:MOST]]
        faults += [{"kind": kind, "box": _box(area, shape), "share": share} for area in places]
    return faults


def _box(area: Area, shape: tuple[int, ...]) -> list[float]:
    """Pixels as fractions of the frame, clipped to it."""
    sides = (shape[1], shape[0], shape[1], shape[0])
    return [round(min(1.0, max(0.0, float(v) / side)), 4) for v, side in zip(area, sides, strict=True)]
