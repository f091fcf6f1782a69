"""The drawings of curled paper and of uneven light do what they say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fixtures.bent import curled, lamplit, shaded

pytestmark = pytest.mark.ocr

BAR = 300
"""The y of the bar that is drawn from side to side of the page."""


def page() -> Image.Image:
    """White paper with a bar across."""
    image = Image.new("RGB", (800, 600), "white")
    ImageDraw.Draw(image).rectangle((0, BAR, 800, BAR + 20), fill=(0, 0, 60))
    return image


def heights(image: Image.Image) -> NDArray[np.float64]:
    """The y of the bar's middle at nine places from its left end to its right one."""
    dark = np.asarray(image, np.int16)
    bar = (dark[:, :, 0] < 40) & (dark[:, :, 2] < 90)
    columns = np.flatnonzero(bar.sum(axis=0) > 10)
    chosen = columns[np.linspace(3, len(columns) - 4, 9).astype(int)]
    return np.array([np.flatnonzero(bar[:, x]).mean() for x in chosen])


def test_flat_paper_stays_straight():
    """Without a slope at the spine the bar runs level."""
    assert np.ptp(heights(curled(page(), 0.0))) <= 1


@pytest.mark.parametrize(("spine", "tops"), [(0.0, (1, 2, 3)), (1.0, (5, 6, 7)), (0.5, (2, 3, 5, 6))])
def test_paper_rises_beside_its_spine(spine, tops):
    """The bar is lowest at the spine and at the outer edges, and highest on the pages' backs."""
    seen = heights(curled(page(), 0.8, spine))
    assert int(np.argmin(seen)) in tops
    low = {0.0: (0, 8), 1.0: (0, 8), 0.5: (0, 4, 8)}[spine]
    assert min(seen[i] for i in low) - seen.min() > 10


def test_shadow_and_lamp_take_the_light_that_they_are_told_to():
    """On one side of the shadow's edge all of the light is left, on the other a quarter; a lamp's far corner has a half."""
    white = Image.new("RGB", (800, 600), (200, 200, 200))
    dark = np.asarray(shaded(white, 0.75, at=0.5, degrees=90.0))[300, [100, 700], 0]
    assert tuple(dark) == pytest.approx((200, 50), abs=2)
    assert np.asarray(lamplit(white, 0.5))[-1, -1, 0] == pytest.approx(100, abs=3)
