"""The night of 20 cases as banks have it: half of the statements are re-scanned ones, the rest PDFs with a text layer.

Otherwise the bench `night`, whose statements are all PDFs with a text layer: its pages cost the engine nothing, so that its
overhead is the pipeline's fixed work set against few engine calls.
"""

from __future__ import annotations

from bench import night
from bench.measure import Figure


def measure(*, quick: bool = False, cases: int = night.CASES) -> list[Figure]:
    """As `night.measure`, with scans."""
    return night.measure(quick=quick, cases=cases, scans=True)
