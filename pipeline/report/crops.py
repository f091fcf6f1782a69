"""Cut-outs of pages with the place of a finding marked, small enough to lie inside the report as data URIs."""

from __future__ import annotations

import base64
import io
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from pipeline.model import Box, Evidence, union

Picture = Callable[[str, int], Image.Image | None]
"""The upright frame of a page (file, page), or None where there is no picture of it (a spreadsheet)."""

MOST = 50
"""Cut-outs in one report; further evidence is told as places."""
LARGEST = 60_000
"""Bytes of one encoded cut-out."""
WIDTH, HEIGHT = 860, 460
"""Pixels that a cut-out has at most."""
APART = 0.30
"""Boxes of one finding on one page share a cut-out while they lie within this part of the page's height."""
INK = (196, 30, 58)
"""The colour of the box."""
KEPT = 6
"""Pages that stay open while cut-outs are made, about 6 MB each."""


@dataclass(frozen=True, slots=True)
class Crop:
    """One cut-out: a data URI, its size in pixels, and the evidence that it shows."""

    uri: str
    width: int
    height: int
    file: str
    page: int
    shows: tuple[int, ...]


class Cutter:
    """Makes the cut-outs of one report, at most `most` of them; keeps the last pages open, for evidence comes in runs."""

    def __init__(self, picture: Picture, most: int = MOST) -> None:
        self.picture, self.left = picture, most
        self.pages: OrderedDict[tuple[str, int], Image.Image | None] = OrderedDict()

    def crops(self, evidence: Sequence[Evidence]) -> list[Crop]:
        """The cut-outs for one finding: evidence that lies close together on a page shares one."""
        made = []
        for file, page, members in groups(evidence):
            if self.left == 0:
                break
            frame = self.frame(file, page)
            if frame is None:
                continue
            boxes = [box for at in members if (box := evidence[at].box) is not None]
            image = cut(frame, boxes)
            made.append(Crop(data_uri(image), image.width, image.height, file, page, tuple(members)))
            self.left -= 1
        return made

    def frame(self, file: str, page: int) -> Image.Image | None:
        """The page's picture, from the few that are kept."""
        key = (file, page)
        if key not in self.pages:
            frame = self.picture(file, page)
            self.pages[key] = None if frame is None else frame.convert("RGB")
            if len(self.pages) > KEPT:
                self.pages.popitem(last=False)
        self.pages.move_to_end(key)
        return self.pages[key]


def groups(evidence: Sequence[Evidence]) -> list[tuple[str, int, list[int]]]:
    """The indices of evidence with a box, put together where one cut-out can show them: (file, page, indices)."""
    found: list[tuple[str, int, list[int]]] = []
    around: list[Box] = []
    for at, one in enumerate(evidence):
        if one.page is None or one.box is None:
            continue
        for index, (file, page, members) in enumerate(found):
            if (file, page) == (one.file, one.page):
                wider = union([around[index], one.box])
                if wider[3] - wider[1] <= APART:
                    members.append(at)
                    around[index] = wider
                    break
        else:
            found.append((one.file, one.page, [at]))
            around.append(one.box)
    return found


def cut(frame: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """The surroundings of the boxes (fractions of the frame), each box outlined just outside of what it holds."""
    wide, high = frame.size
    pixels = [(b[0] * wide, b[1] * high, b[2] * wide, b[3] * high) for b in boxes]
    window = surroundings(union(pixels), wide, high)
    image = frame.crop(window)
    scale = min(WIDTH / image.width, HEIGHT / image.height, 1.6)
    image = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.LANCZOS
    )
    draw = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in pixels:
        left, top = (x0 - window[0]) * scale - 5, (y0 - window[1]) * scale - 4
        right, bottom = (x1 - window[0]) * scale + 5, (y1 - window[1]) * scale + 4
        outline = (
            max(0.0, left),
            max(0.0, top),
            max(left, min(image.width - 1, right)),
            max(top, min(image.height - 1, bottom)),
        )
        draw.rectangle(outline, outline=INK, width=3)
    return image


def surroundings(box: Box, wide: int, high: int) -> tuple[int, int, int, int]:
    """A window in pixels around the box: enough of the page to know where one is, little enough to read it."""
    width = min(wide, max((box[2] - box[0]) * 1.15, 0.64 * wide, min(wide, 320)))
    height = min(high, max(box[3] - box[1] + 0.08 * high, 0.22 * width, min(high, 90)))
    x = min(max(0.0, (box[0] + box[2] - width) / 2), wide - width)
    y = min(max(0.0, (box[1] + box[3] - height) / 2), high - height)
    return (int(x), int(y), max(int(x) + 1, int(x + width)), max(int(y) + 1, int(y + height)))


def data_uri(image: Image.Image) -> str:
    """The picture as a JPEG of at most `LARGEST` bytes: less quality first, then fewer pixels."""
    while True:
        for quality in (84, 74, 62, 50):
            out = io.BytesIO()
            image.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= LARGEST:
                return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
        image = image.resize(
            (max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)), Image.Resampling.LANCZOS
        )
