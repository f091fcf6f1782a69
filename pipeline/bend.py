"""How the lines of a sheet rise and fall where the paper does not lie flat: a few numbers that lead there and back.

A bend is empty for a flat sheet. Else it holds the x of the spine, the width of the text, the y of its middle and half
its height (sheet units), and then coefficients in sheet units: of a polynomial left of the spine (of the distance from
it, in widths, without a constant), of one right of it, and of two more that say what each changes from the middle to
the lower end of the text.
"""

from __future__ import annotations

Bend = tuple[float, ...]

FLAT: Bend = ()
"""The bend of a sheet that lies flat."""
HEAD = 4
"""Numbers of a bend before its coefficients."""


def sag(bend: Bend, x: float, y: float) -> float:
    """How much lower than on the flat sheet its point x, y is seen (sheet units, negative for higher)."""
    if not bend:
        return 0.0
    plain, more = _at(bend, x)
    return plain + more * (y - bend[2]) / bend[3]


def flat(bend: Bend, x: float, y: float) -> float:
    """The height on the flat sheet of what is seen at x, y: the way back of `sag`."""
    if not bend:
        return y
    plain, more = _at(bend, x)
    return bend[2] + (y - bend[2] - plain) / (1 + more / bend[3])


def _at(bend: Bend, x: float) -> tuple[float, float]:
    """The displacement at the middle height of the text, and what half its height adds."""
    terms = (len(bend) - HEAD) // 4
    away = min(1.0, max(-1.0, (x - bend[0]) / bend[1]))
    first = HEAD if away < 0 else HEAD + terms
    plain = more = 0.0
    for k in range(terms, 0, -1):
        plain = (plain + bend[first + k - 1]) * abs(away)
        more = (more + bend[first + 2 * terms + k - 1]) * abs(away)
    return plain, more
