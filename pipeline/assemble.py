"""From pages to documents: each sheet asks every material, pages of one paper are grouped, each group is read."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from pipeline.material import Claim, Material
from pipeline.model import READ, Box, Document, Evidence, File, Finding, Page, Sheet, union
from pipeline.names import doubted

BELIEVED = 0.5
"""The least score at which a claim counts."""
TIE = 0.05
"""Two claims on the same place whose scores differ by less are a tie, and a reviewer is told."""
TEXT = 3
"""The least number of lines at which an unrecognised page is worth a word."""
INK = 5
"""The least number of lines of a page that is called illegible: photos of people and stray marks have fewer."""
ALIKE = 2.0
"""Lines of print are of like height: no more than so many times apart from their middle one."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    material: Material
    claim: Claim
    sheet: Sheet


def assemble(files: Sequence[File], materials: Sequence[Material]) -> tuple[list[Document], list[Finding]]:
    """The documents of a case's files, and what is to be said of pages that nobody claims, or two claim alike.

    Every line of a sheet goes to at most one document's material; documents are numbered d1, d2, … in the order of
    their first pages. `notes["unclaimed"]` are the numbers of pages that nobody claims among a document's own or right
    behind them: they may be its. `notes["bare"]` are those of them that bear a seal or a word or two, no more.
    """
    documents: list[Document] = []
    findings: list[Finding] = []
    loose: set[tuple[str, int]] = set()
    bare: set[tuple[str, int]] = set()
    for file in files:
        groups: list[list[_Claimed]] = []
        lost: list[tuple[int, tuple[str, ...]]] = []
        dim: list[int] = []
        for page in file.pages:
            found = False
            tied: tuple[str, ...] = ()
            for sheet in page.sheets:
                claims, tie = _settle(sheet, materials)
                tied = tied or tie
                for claimed in claims:
                    if not claimed.claim.alone and not _follows(groups, claimed):
                        continue
                    found = True
                    if claimed.claim.starts or not _goes_on(groups, claimed):
                        groups.append([claimed])
                    else:
                        groups[-1].append(claimed)
            worth = sum(len(line.text) > 1 for line in page.lines) >= TEXT
            if not found and not tied and illegible(page):
                dim.append(page.number)
            elif worth and (tied or not found):
                lost.append((page.number, tied))
            elif not found and any(sheet.lines or sheet.seals for sheet in page.sheets):
                bare.add((file.key, page.number))
        for group in groups:
            documents += _read(group)
        findings += _unrecognised(file, lost)
        findings += [_illegible(file.key, run) for run in _runs(dim)]
        loose |= {(file.key, number) for number in (*dim, *(n for n, _ in lost))}
    gathered = [d for m in materials for d in m.gather([d for d in documents if d.type == m.type])]
    order = {file.key: index for index, file in enumerate(files)}
    gathered.sort(key=lambda d: (order.get(d.pages[0][0], 0), d.pages[0][1], _top(d)))
    told = [_beside(_beside(document, loose, "unclaimed"), bare, "bare") for document in gathered]
    return [replace(d, id=f"d{n}") for n, d in enumerate(told, 1)], findings


def _beside(document: Document, loose: Set[tuple[str, int]], note: str) -> Document:
    """The document with the loose pages noted that lie among its own or right behind them."""
    spans: dict[str, list[int]] = {}
    for file, number in document.pages:
        spans.setdefault(file, []).append(number)
    found = [
        number
        for file, own in spans.items()
        for number in range(min(own), max(own) + 2)
        if (file, number) in loose
    ]
    return replace(document, notes={**document.notes, note: tuple(found)}) if found else document


def _settle(sheet: Sheet, materials: Sequence[Material]) -> tuple[list[_Claimed], tuple[str, ...]]:
    """The claims that hold on a sheet: of two on the same place the better one; a tie holds neither, names both
    and leaves the place to nobody."""
    asked = [
        _Claimed(m, c, sheet.within(c.area))
        for m in materials
        if len(sheet.lines) <= m.most_lines
        for c in m.recognise(sheet)
        if c.score >= BELIEVED
    ]
    asked = [a for a in asked if a.claim.alone] or asked
    asked.sort(key=lambda a: -a.claim.score)
    held: list[_Claimed] = []
    barred: list[_Claimed] = []
    tied: tuple[str, ...] = ()
    for one in asked:
        rivals = [h for h in (*barred, *held) if _overlap(h.claim.area, one.claim.area)]
        if not rivals:
            held.append(one)
        elif (
            rivals[0] in held
            and rivals[0].material is not one.material
            and rivals[0].claim.score - one.claim.score < TIE
        ):
            tied = (rivals[0].material.type, one.material.type)
            held.remove(rivals[0])
            barred.append(rivals[0])
    held.sort(key=lambda h: (h.claim.area or (0, 0, 0, 0))[1])
    return held, tied


def _overlap(a: Box | None, b: Box | None) -> bool:
    """Whether two areas share more than a fifth of the smaller one; None is the whole sheet."""
    if a is None or b is None:
        return True
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return wide > 0 and high > 0 and wide * high > 0.2 * smaller


def _goes_on(groups: list[list[_Claimed]], claimed: _Claimed) -> bool:
    """Whether a claim that does not start a paper continues the last one of its file."""
    return bool(groups) and groups[-1][-1].material is claimed.material


def _follows(groups: list[list[_Claimed]], claimed: _Claimed) -> bool:
    """Whether a sheet is of the page behind the last one's of the same material."""
    return _goes_on(groups, claimed) and claimed.sheet.page - groups[-1][-1].sheet.page in (0, 1)


def _read(group: Sequence[_Claimed]) -> list[Document]:
    material = group[0].material
    score = max(c.claim.score for c in group)
    return [
        doubted(replace(document, confidence=round(score, 4)))
        for document in material.extract([c.sheet for c in group])
    ]


def _top(document: Document) -> float:
    boxes = [f.box for f in document.fields.values() if f.box is not None]
    return union(boxes)[1] if boxes else 0.0


def _unrecognised(file: File, lost: Sequence[tuple[int, tuple[str, ...]]]) -> list[Finding]:
    """DOCUMENT_UNRECOGNISED, one for each run of such pages; a tie names the materials that claim it."""
    findings: list[Finding] = []
    run: list[int] = []
    for number, tied in [*lost, (-1, ())]:
        if run and (number != run[-1] + 1 or tied):
            findings.append(_finding(file.key, run, ()))
            run = []
        if tied:
            findings.append(_finding(file.key, [number], tied))
        elif number > 0:
            run.append(number)
    return findings


def illegible(page: Page) -> bool:
    """Whether a picture shows lines of print of which less than half were read with a confidence that counts."""
    lines = [line for line in page.lines if line.kind == "print" and len(line.text) > 1]
    if page.source != "ocr" or len(lines) < INK:
        return False
    middle = sorted(line.height for line in lines)[len(lines) // 2]
    alike = [line for line in lines if middle / ALIKE <= line.height <= middle * ALIKE]
    return len(alike) >= INK and sum(line.confidence >= READ for line in lines) < len(lines) / 2


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Page numbers in ascending order as runs without a gap."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _illegible(key: str, pages: Sequence[int]) -> Finding:
    """PAGE_UNREADABLE of a run of pages; how much it weighs depends on what the case lacks, and is told later."""
    return Finding(
        code="PAGE_UNREADABLE",
        severity="low",
        params={"pages": [str(p) for p in pages]},
        evidence=tuple(Evidence(file=key, page=p) for p in pages),
        key=f"{key}#{pages[0]}",
    )


def _finding(key: str, pages: Sequence[int], tied: tuple[str, ...]) -> Finding:
    params: dict[str, object] = {"pages": [str(p) for p in pages]}
    if tied:
        params["candidates"] = list(tied)
    return Finding(
        code="DOCUMENT_UNRECOGNISED",
        severity="low",
        params=params,
        evidence=tuple(Evidence(file=key, page=p) for p in pages),
        key=f"{key}#{pages[0]}",
    )
