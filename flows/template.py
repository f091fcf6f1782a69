"""`dossier new`: an application.yaml in a folder, every key of it explained, nothing filled in."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import UsageError


def write_template(folder: Path) -> Path:
    """Makes the folder and the file in it; UsageError where there is one already, or no folder can be made."""
    from pipeline.application import NAME_OF_FILE, template

    path = folder / NAME_OF_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as out:
            out.write(template())
    except FileExistsError:
        raise UsageError(f"{path} is there already", "It was left as it is.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from None
    return path
