"""How good a picture is, in plain numbers: what a reviewer is told, and why a field may be unread."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from pipeline.ocr.engine import Picture, Span


def measure(picture: Picture, spans: tuple[Span, ...]) -> dict[str, Any]:
    """`width` and `height` in pixels; `sharpness` (variance of the Laplacian on the text, a blurred page is below 60);
    `brightness` and `contrast` 0 to 255; `glare` the share of burnt-out pixels; `text_height` the median in pixels;
    `coloured` False for a grey copy."""
    from pipeline.ocr.ink import is_coloured

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = 1600 / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    heights = [abs(s.quad[7] - s.quad[1]) for s in spans]
    return {
        "width": int(picture.shape[1]),
        "height": int(picture.shape[0]),
        "sharpness": round(float(cv2.Laplacian(small, cv2.CV_64F).var()), 1),
        "brightness": round(float(np.median(small)), 1),
        "contrast": round(float(np.percentile(small, 95) - np.percentile(small, 5)), 1),
        "glare": round(float((small >= 254).mean()), 4),
        "text_height": round(float(np.median(heights)), 1) if heights else 0.0,
        "coloured": is_coloured(picture),
    }
