"""Why a field of a paper is lost: which fault of the picture lies where the field stands, or must stand (findings.md, Readability)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.model import READ, Box, Document, Evidence, Page, union
from validators.case import Case

HIDDEN = ("covered", "glare", "cut")
"""Faults under which nothing is to be seen: they explain a field that stands beside them."""
PRINT = ("low_resolution", "dark", "moire", "blur")
"""Faults of the print itself, by what helps most: more pixels, more light, no screen, a steady hand."""
CROPPED = ("covered", "cut")
BESIDE = 9.0
"""A value may stand so many heights of its own beside a label or the piece of it that was read."""
WHOLE = 0.5
"""A fault of this share of the print is one of the whole page."""
AROUND = 0.6
"""How far beyond what was read a paper may reach, as a share of its longer side."""
SIDES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "id_card": {
        "front": ("name", "sex", "ethnicity", "birth_date", "address", "id_number"),
        "back": ("issuing_authority", "valid_from", "valid_until"),
    },
}
"""The fields that stand on each side of a paper of two sides; the lack of a whole side is SIDE_MISSING."""
MAY_LACK: Mapping[str, tuple[str, ...]] = {
    "income_certificate": ("monthly_income",),
    "marriage_certificate": ("registration_date", "certificate_number", "persons"),
    "pay_stub": ("name", "payslips"),
    "bank_statement": ("transactions",),
}
"""Required fields without which a whole paper may come: an income by the year, a certificate's other page, an app's slip."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A lost field with the fault that costs it: `code` PAGE_BLURRED or PAGE_CROPPED, its `reason`, the `sides` of the
    sheet that are not to be seen, and where to look."""

    field: str
    code: str
    reason: str
    sides: frozenset[str]
    evidence: Evidence


def cause_of(
    case: Case, document: Document, name: str, places: Sequence[Evidence], traced: bool
) -> Cause | None:
    """The fault that costs a paper this field, None where its pages show none there.

    `places` are where the field was seen and not read; without any, it must stand on its side of the paper. `traced`:
    something says that it is printed; without that only what hides a part of the paper explains that it is absent, or a
    page of which most is lost.
    """
    boxed = [place for place in places if place.box is not None]
    pages = {(page.file, page.number): page for file in case.files for page in file.pages}
    for place in boxed:
        page = pages.get((place.file, place.page or 0))
        if page is not None and (found := _at(page, place.box)):
            return _cause(document, name, found, place)
    if boxed:
        return None
    for key in _pages_of(document, name):
        if (page := pages.get(key)) is not None and (found := _anywhere(case, document, page, name, traced)):
            box = union(fault["box"] for fault in found)
            return _cause(document, name, found, Evidence(*key, _rounded(box)))
    return None


def _cause(document: Document, name: str, found: Sequence[Mapping[str, Any]], place: Evidence) -> Cause:
    kind = str(found[0]["kind"])
    return Cause(
        field=name,
        code="PAGE_CROPPED" if kind in CROPPED else "PAGE_BLURRED",
        reason=kind,
        sides=frozenset(str(fault["side"]) for fault in found if "side" in fault),
        evidence=Evidence(place.file, place.page, place.box, document.type, document.id or None, name),
    )


def absent(case: Case, document: Document) -> list[str]:
    """The required fields that are on a paper without any trace, though its side is there and such papers print them."""
    material = case.materials.get(document.type)
    known = {*document.fields, *(name for name, rows in document.tables.items() if rows)}
    known |= {item.name for item in document.unread} | set(MAY_LACK.get(document.type, ()))
    return [name for name in (material.required if material is not None else ()) if name not in known]


def side_of(sides: Iterable[str]) -> str:
    """One word for the sides that are not to be seen: a corner for two that meet, else the first of them."""
    parts = {part for side in sides for part in side.split("_")}
    upright = [part for part in ("top", "bottom") if part in parts]
    across = [part for part in ("left", "right") if part in parts]
    if len(upright) == len(across) == 1:
        return f"{upright[0]}_{across[0]}"
    return (upright + across)[0]


# ---------------------------------------------------------------- where a field was seen


def _faults(page: Page) -> list[Mapping[str, Any]]:
    """The faults of a page, what hides text before bad print."""
    order = (*HIDDEN, *PRINT)
    known = [fault for fault in page.quality.get("faults", ()) if fault["kind"] in order]
    return sorted(known, key=lambda fault: order.index(fault["kind"]))


def _at(page: Page, box: Box | None) -> list[Mapping[str, Any]]:
    """The first kind of fault at a place; of a cut all sides that meet there."""
    if box is None:
        return []
    found = [fault for fault in _faults(page) if _meets(fault["box"], _reach(page, box, fault["kind"]))]
    return [fault for fault in found if fault["kind"] == found[0]["kind"]]


def _reach(page: Page, box: Box, kind: str) -> Box:
    """Where the value may stand to which the box belongs: for what hides it, on in its row as well."""
    high = box[3] - box[1]
    aspect = float(page.quality.get("height", 1)) / max(1.0, float(page.quality.get("width", 1)))
    beside = min(0.3, BESIDE * high * aspect) if kind in ("covered", "glare") else 0.0
    return (box[0] - beside, box[1], box[2] + beside, box[3])


def _meets(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


# ---------------------------------------------------------------- where it must stand


def _pages_of(document: Document, name: str) -> list[tuple[str, int]]:
    """The pages on which a field must stand: those of its side of the paper; the first of many, where the head is."""
    for names in SIDES.get(document.type, {}).values():
        if name in names:
            own = [document.fields[other] for other in names if other in document.fields]
            pages = [(found.file, found.page) for found in own]
            pages += [(item.file, item.page) for item in document.unread if item.name in names]
            return list(dict.fromkeys(pages))
    return list(document.pages) if name in document.tables or len(document.pages) < 3 else [document.pages[0]]


def _anywhere(case: Case, document: Document, page: Page, name: str, traced: bool) -> list[Mapping[str, Any]]:
    """What explains that a field is nowhere on a page: something hidden at this paper, else print that is bad all over."""
    extent = _extent(document, page)
    hidden = [
        fault
        for fault in _faults(page)
        if fault["kind"] in HIDDEN and (extent is None or _meets(fault["box"], extent))
    ]
    whole = [fault for fault in _faults(page) if fault.get("share", 0) >= WHOLE]
    if not traced and not _mostly_lost(page):
        whole = []
    cut = _towards(case, document, name, [fault for fault in hidden if fault["kind"] == "cut"])
    ends = _ends(case, document, name)
    for group in (
        [fault for fault in cut if fault.get("through") and ends in fault["side"]],
        [fault for fault in cut if fault.get("through")],
        [fault for fault in hidden if fault["kind"] == "covered"],
        whole,
        [fault for fault in hidden if fault["kind"] == "glare"],
        [fault for fault in cut if ends in fault["side"]],
        cut,
    ):
        if group:
            return [fault for fault in group if fault["kind"] == group[0]["kind"]]
    return []


def _ends(case: Case, document: Document, name: str) -> str:
    """`bottom` for a field that stands below all that was read of its paper, `top` above: fields are declared in the
    order in which they are printed; a dash where that does not tell."""
    material = case.materials.get(document.type)
    order = list(material.fields) if material is not None else []
    read = [order.index(known) for known in document.fields if known in order and known != "sides"]
    if name not in order or not read:
        return "-"
    at = order.index(name)
    return "bottom" if at > max(read) else "top" if at < min(read) else "-"


def _towards(
    case: Case, document: Document, name: str, cut: list[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Of several sides of the frame those at which the field can stand."""
    opposite = {"bottom": "top", "top": "bottom"}.get(_ends(case, document, name))
    return [fault for fault in cut if fault["side"] != opposite]


def _extent(document: Document, page: Page) -> Box | None:
    """How far a paper may reach on its page: around what was read of it; None where nothing was."""
    boxes = [
        found.box
        for found in document.fields.values()
        if found.box is not None and (found.file, found.page) == (page.file, page.number)
    ]
    boxes += [
        item.box
        for item in document.unread
        if item.box is not None and (item.file, item.page) == (page.file, page.number)
    ]
    if not boxes:
        return None
    box = union(boxes)
    aspect = float(page.quality.get("height", 1)) / max(1.0, float(page.quality.get("width", 1)))
    wide, high = box[2] - box[0], box[3] - box[1]
    reach = AROUND * max(wide, high * aspect)
    return (box[0] - reach, box[1] - reach / aspect, box[2] + reach, box[3] + reach / aspect)


def _mostly_lost(page: Page) -> bool:
    """Whether less than half of a page's lines were read with a confidence that counts."""
    lines = [line for line in page.lines if line.kind == "print"]
    return sum(line.confidence >= READ for line in lines) < 0.5 * len(lines)


def _rounded(box: Box) -> Box:
    return (round(box[0], 5), round(box[1], 5), round(box[2], 5), round(box[3], 5))
