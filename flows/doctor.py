"""`dossier doctor`: looks at everything that the program needs, and says what to do about what lacks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DossierError

if TYPE_CHECKING:
    from pipeline.settings import Settings

LANGUAGES = ("chi_sim", "eng")
FREE = 2 * 10**9
"""Bytes that a night of some hundred cases may need in its work folder."""
PINS = {"prefect": ("3.8.8", "3.8.9"), "fastapi": ("0.139", "0.155"), "sqlalchemy": ("2.0", "2.1")}
"""From and below: with other versions Prefect's flows fail or its schedules stay silent."""


@dataclass(frozen=True, slots=True)
class Look:
    """One thing looked at: `ok` None where it lacks but only some commands need it."""

    name: str
    ok: bool | None
    found: str
    advice: str = ""


def examine(settings: Settings, with_store: bool, as_json: bool) -> int:
    """Looks at everything and shows it; 0 where nothing that is needed lacks, else 1."""
    looks = [
        _safely(look, settings)
        for look in (_python, _pins, _rules, _engine, _second, _tesseract, _fonts, _work)
    ]
    if with_store:
        looks.append(_safely(_store, settings))
    bad = any(look.ok is False for look in looks)
    if as_json:
        print(
            json.dumps(
                {"ok": not bad, "looks": [asdict(look) for look in looks]}, ensure_ascii=False, indent=1
            )
        )
    else:
        for look in looks:
            mark = {True: "ok  ", None: "note", False: "BAD "}[look.ok]
            print(f"{mark} {look.name}: {look.found}" + (f"\n     → {look.advice}" if look.advice else ""))
    return 1 if bad else 0


def _safely(look: Callable[[Settings], Look], settings: Settings) -> Look:
    try:
        return look(settings)
    except DossierError as error:
        return Look(look.__name__.strip("_"), False, str(error), error.advice)
    except Exception as error:  # whatever is broken here is what the doctor is asked about
        return Look(
            look.__name__.strip("_"),
            False,
            type(error).__name__,
            "Install the program anew: scripts/setup.sh",
        )


def _python(settings: Settings) -> Look:
    version = ".".join(map(str, sys.version_info[:3]))
    return Look(
        "python",
        sys.version_info >= (3, 11),
        version,
        "" if sys.version_info >= (3, 11) else "Python 3.11 or newer",
    )


def _pins(settings: Settings) -> Look:
    from importlib.metadata import version

    def key(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())

    held = {name: version(name) for name in PINS}
    wrong = [n for n, v in held.items() if not key(PINS[n][0]) <= key(v) < key(PINS[n][1])]
    found = ", ".join(f"{name} {number}" for name, number in held.items())
    return Look(
        "versions", not wrong, found, f"{', '.join(wrong)}: install the constraints file" if wrong else ""
    )


def _rules(settings: Settings) -> Look:
    """A bank's parameters and checklist: whether they can be taken."""
    from validators.checklist import Checklist
    from validators.parameters import Parameters

    Parameters.load(settings.parameters)
    Checklist.load(settings.checklist)
    own = [str(path) for path in (settings.parameters, settings.checklist) if path is not None]
    return Look("rules", True, ", ".join(own) or "the program's own parameters and checklist")


def _engine(settings: Settings) -> Look:
    from pipeline.ocr import load_engine
    from pipeline.ocr.engine import EngineSpec

    name = settings.engine
    if name == "rapidocr":
        from pipeline.ocr import rapid

        spec: EngineSpec = rapid.spec()
    else:
        from pipeline.ocr import choose

        spec = choose(name, settings.work)
    load_engine(spec)
    return Look("engine", True, f"{spec.name} {spec.version}: models load")


def _second(settings: Settings) -> Look:
    from pipeline.ocr.spec import SECOND, version_of_second

    version = version_of_second()
    if version is None:
        advice = "pip install --no-deps --target <environment>/models -r constraints-models.txt"
        return Look("second reader", None, "not installed: fewer misread characters are caught", advice)
    return Look("second reader", True, f"PP-OCRv4 of {SECOND} {version}")


def _tesseract(settings: Settings) -> Look:
    program = shutil.which("tesseract")
    advice = "apt-get install tesseract-ocr tesseract-ocr-chi-sim"
    needed = False if settings.engine == "tesseract" else None
    if program is None:
        return Look("tesseract", needed, "not installed", advice)
    told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False, timeout=30)
    missing = [language for language in LANGUAGES if language not in told.stdout.split()]
    return Look(
        "tesseract",
        needed if missing else True,
        f"lacks {', '.join(missing)}" if missing else program,
        advice if missing else "",
    )


def _fonts(settings: Settings) -> Look:
    """Fonts are for drawing sample papers only; nothing that reads needs them."""
    from fixtures import fonts

    lacking = fonts.missing()
    advice = f"apt-get install {' '.join(lacking)}" if lacking else ""
    return Look(
        "fonts",
        None if lacking else True,
        f"lacks {', '.join(lacking)}" if lacking else "for the demo: here",
        advice,
    )


def _work(settings: Settings) -> Look:
    from pipeline.cas import Cas

    Cas(settings.work / "store").put("doctor", "look", b"x")
    free = shutil.disk_usage(settings.work).free
    found = f"{_shown(settings.work)}: {free / 1e9:.1f} GB free"
    return Look(
        "disk",
        True if free > FREE else None,
        found,
        "" if free > FREE else "make room, or name another --work",
    )


def _shown(path: Path) -> str:
    return str(path)


def _store(settings: Settings) -> Look:
    from pipeline.stores import open_store, reports_url

    first = next(open_store(settings.store, settings).folders(), None)
    where = reports_url(settings.store, settings)
    return Look(
        "store", True, f"answers, {'has cases' if first else 'has no case yet'}; reports go to {where}"
    )
