"""How the lines of a sheet rise and fall where the paper does not lie flat: a few numbers that lead there and back.

A bend is empty for a flat sheet. Else it holds the x of the spine, how far the text reaches to its left and to its
right, the y of the text's middle and half its height (sheet units), and then coefficients in sheet units: of a
polynomial left of the spine (of the distance from it, in widths of the text, without a constant), of one right of it,
and of two more that say what each changes from the middle to the lower end of the text.
"""

from __future__ import annotations

Bend = tuple[float, ...]

FLAT: Bend = ()
"""The bend of a sheet that lies flat."""
HEAD = 5
"""Numbers of a bend before its coefficients."""


def sag(bend: Bend, x: float, y: float) -> float:
    """How much lower than on the flat sheet its point x, y is seen (sheet units, negative for higher); beyond the
    text as much as at its end."""
    if not bend:
        return 0.0
    plain, more = _at(bend, x)
    return plain + more * (y - bend[3]) / bend[4]


def flat(bend: Bend, x: float, y: float) -> float:
    """The height on the flat sheet of what is seen at x, y: the way back of `sag`."""
    if not bend:
        return y
    plain, more = _at(bend, x)
    return bend[3] + (y - bend[3] - plain) / (1 + more / bend[4])


def _at(bend: Bend, x: float) -> tuple[float, float]:
    """The displacement at the middle height of the text, and what half its height adds."""
    terms = (len(bend) - HEAD) // 4
    away = min(bend[2], max(-bend[1], x - bend[0])) / (bend[1] + bend[2])
    first = HEAD if away < 0 else HEAD + terms
    plain = more = 0.0
    for k in range(terms, 0, -1):
        plain = (plain + bend[first + k - 1]) * abs(away)
        more = (more + bend[first + 2 * terms + k - 1]) * abs(away)
    return plain, more
