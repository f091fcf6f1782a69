"""What a worker holds while it reads page after page."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.memory import BETWEEN, GROWTH, PEAK, growth, small_pages, through_one_worker

pytestmark = pytest.mark.ocr


def test_a_worker_does_not_grow_with_the_pages_it_reads(tmp_path: Path) -> None:
    """Sixty small pages in one worker leave it where twenty did, within the limits of a worker's memory."""
    held = through_one_worker(small_pages(60), tmp_path)

    assert len(held) == 60
    assert sum(one.lines > 0 for one in held) > 50
    assert growth(held, 20) < GROWTH
    assert held[-1].peak < PEAK * 1000
    assert max(one.now for one in held) < BETWEEN * 1000
