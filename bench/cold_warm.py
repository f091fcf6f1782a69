"""How long a person waits: one ID card photo cold and warm, `dossier --help`, one text PDF.

Cold is `dossier read` of the photo in a fresh process and an empty work folder: interpreter, engine, page, extraction.
Warm is a second photo in a process that has read another one: reading, recognising and extracting alone. Each is the
best of three (`--help`, PDF: of five), with processor seconds beside the clock's.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.measure import Figure, Spent, at_most, child, environment, plain, spent
from extractors import MATERIALS
from fixtures import sets
from pipeline.assemble import assemble
from pipeline.cas import Cas
from pipeline.intake import open_file
from pipeline.model import File
from pipeline.ocr import choose
from pipeline.reading import read_page
from pipeline.settings import Limits

COMMAND = ("-c", "from flows.cli import main; main()")
HELP, PDF = 0.5, 2.0


def command(folder: Path, *words: str, times: int) -> Spent:
    """The least times of a command, each in a fresh process with an empty work folder."""
    seen = [
        child(*COMMAND, *words, cwd=folder, env=environment(DOSSIER_WORK=str(folder / f"work-{words[0]}-{n}")))[1]
        for n in range(times)
    ]  # fmt: skip
    return Spent(min(one.wall for one in seen), min(one.cpu for one in seen))


def warm(folder: Path, photos: list[Path]) -> Spent:
    """The least times of the photos after the first one, in this process."""
    engine, cas = choose("rapidocr", folder / "work-warm"), Cas(folder / "work-warm" / "store")

    def read(path: Path) -> None:
        opened = open_file(path, path.name, Limits())
        page = read_page(path, opened, 1, engine, cas)
        file = File(path.name, opened.sha256, opened.size, opened.kind, (page,))
        documents, _ = assemble([file], MATERIALS)
        if not any(document.type == "id_card" for document in documents):
            raise RuntimeError(f"{path.name} was not recognised")

    read(photos[0])
    seen = [spent(lambda photo=photo: read(photo)) for photo in photos[1:]]  # type: ignore[misc]
    return Spent(min(one.wall for one in seen), min(one.cpu for one in seen))


def measure(*, quick: bool = False) -> list[Figure]:
    """Draws the papers and times the commands."""
    times = 1 if quick else 3
    with tempfile.TemporaryDirectory(prefix="bench-cold-") as place:
        folder = Path(place)
        photos = []
        for index in range(times + 1):
            drawn = sets.make("id_card", "widened", "photo", index, 7)
            photos.append(folder / drawn.file)
            photos[-1].write_bytes(drawn.data)
        statement = sets.make("bank_statement", "widened", "clean", 0, 7)
        (folder / "statement.pdf").write_bytes(statement.data)
        cold = command(folder, "read", str(photos[0]), "--json", times=times)
        second = warm(folder, photos)
        helped = command(folder, "--help", times=times + 2)
        pdf = command(folder, "read", "statement.pdf", "--json", times=times + 2)
    return [
        plain("ID card photo cold, `dossier read`", cold.wall, "s"),
        plain("processor seconds of that", cold.cpu, "s"),
        plain("ID card photo warm", second.wall, "s"),
        plain("processor seconds of that", second.cpu, "s"),
        at_most("`dossier --help`", helped.wall, HELP, "s"),
        at_most("`dossier read` of one text PDF", pdf.wall, PDF, "s"),
        plain("processor seconds of that", pdf.cpu, "s"),
    ]
