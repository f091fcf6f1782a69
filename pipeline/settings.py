"""What a run is told from outside: option over environment over dossier.toml, checked and typed."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

CONFIG = Path("dossier.toml")
"""Read where no other file is named, if it is there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a single file may cost; above it is FILE_TOO_LARGE (findings.md, Intake)."""

    max_bytes: int = 200 * 10**6
    max_pages: int = 1_000
    max_pixels: int = 200 * 10**6
    max_unpacked: int = 2 * 10**9


def cores() -> int:
    """The processors that this process may use, at least 1."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run is told. Picklable; relative paths are relative to the current folder.

    `reports` None: beside the store (`stores.reports_url`). `parameters` and `checklist` are a bank's own files, None: the
    program's. `page_seconds` and `case_seconds` are time limits;
    `s3_timeout` is the longest silence of the server, in seconds. `s3_endpoint` None: Amazon.
    """

    store: str = "./bucket"
    reports: str | None = None
    work: Path = Path(".dossier")
    workers: int = field(default_factory=cores)
    engine: str = "rapidocr"
    as_of: date | None = None
    lang: str = "zh"
    parameters: Path | None = None
    checklist: Path | None = None
    page_seconds: float = 120.0
    case_seconds: float = 3600.0
    limits: Limits = Limits()
    s3_endpoint: str | None = None
    s3_region: str | None = None
    s3_access_key: str | None = field(default=None, repr=False)
    s3_secret_key: str | None = field(default=None, repr=False)
    s3_session_token: str | None = field(default=None, repr=False)
    s3_secure: bool = True
    s3_ca: Path | None = None
    s3_timeout: float = 10.0


class _Wrong(ValueError):
    """A value that cannot be taken; its text says what is wanted, never what was given."""


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise _Wrong("a text is wanted")
    return value.strip()


def _path(value: Any) -> Path:
    return value if isinstance(value, Path) else Path(_text(value)).expanduser()


def _word(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise _Wrong("one of " + ", ".join(words) + " is wanted")
        return str(value)

    return read


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = (
            int(value)
            if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit()
            else value
        )
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
            raise _Wrong(f"a whole number from {low} to {high} is wanted")
        return number

    return read


def _seconds(value: Any) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else -1.0
    except (TypeError, ValueError):
        number = -1.0
    if not 0 < number <= 86_400:
        raise _Wrong("a number of seconds above 0, up to 86400, is wanted")
    return number


def _yes(value: Any) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, str):
        value = known.get(value.strip().lower())
    if not isinstance(value, bool):
        raise _Wrong("true or false is wanted")
    return value


def _day(value: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise _Wrong("a date such as 2026-06-10 is wanted") from None
    if type(value) is not date:
        raise _Wrong("a date such as 2026-06-10 is wanted")
    return value


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: its field, its place in dossier.toml, how its value is read, its names in the environment."""

    name: str
    place: str
    read: Callable[[Any], Any]
    environ: tuple[str, ...] = ()


OPTIONS: tuple[Option, ...] = (
    Option("store", "store", _text, ("DOSSIER_STORE",)),
    Option("reports", "reports", _text, ("DOSSIER_REPORTS",)),
    Option("work", "work", _path, ("DOSSIER_WORK",)),
    Option("workers", "workers", _whole(1, 256), ("DOSSIER_WORKERS",)),
    Option("engine", "engine", _word("rapidocr", "tesseract"), ("DOSSIER_ENGINE",)),
    Option("as_of", "as_of", _day),
    Option("lang", "lang", _word("zh", "en"), ("DOSSIER_LANG",)),
    Option("parameters", "parameters", _path, ("DOSSIER_PARAMETERS",)),
    Option("checklist", "checklist", _path, ("DOSSIER_CHECKLIST",)),
    Option("page_seconds", "page_seconds", _seconds),
    Option("case_seconds", "case_seconds", _seconds),
    Option("max_bytes", "limits.max_bytes", _whole(1, 10**12)),
    Option("max_pages", "limits.max_pages", _whole(1, 10**6)),
    Option("max_pixels", "limits.max_pixels", _whole(1, 10**12)),
    Option("max_unpacked", "limits.max_unpacked", _whole(1, 10**13)),
    Option("s3_endpoint", "s3.endpoint", _text, ("DOSSIER_S3_ENDPOINT",)),
    Option("s3_region", "s3.region", _text, ("DOSSIER_S3_REGION", "AWS_REGION")),
    Option("s3_access_key", "s3.access_key", _text, ("DOSSIER_S3_ACCESS_KEY", "AWS_ACCESS_KEY_ID")),
    Option("s3_secret_key", "s3.secret_key", _text, ("DOSSIER_S3_SECRET_KEY", "AWS_SECRET_ACCESS_KEY")),
    Option("s3_session_token", "s3.session_token", _text, ("AWS_SESSION_TOKEN",)),
    Option("s3_secure", "s3.secure", _yes, ("DOSSIER_S3_SECURE",)),
    Option("s3_ca", "s3.ca", _path, ("DOSSIER_S3_CA",)),
    Option("s3_timeout", "s3.timeout", _seconds),
)
_BY_PLACE = {option.place: option for option in OPTIONS}
_BY_NAME = {option.name: option for option in OPTIONS}
_SECTIONS = {option.place.split(".")[0] for option in OPTIONS if "." in option.place}
_LIMITS = frozenset(Limits.__dataclass_fields__)


def _take(option: Option, value: Any, where: str) -> Any:
    try:
        return option.read(value)
    except _Wrong as wrong:
        raise UsageError(f"{where}: {wrong}", "Correct the value or leave it out.") from None


def _from_file(path: Path) -> dict[str, Any]:
    """The values of a dossier.toml by field name; UsageError with the file and the key for what cannot be taken."""
    try:
        tree = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})", "Name a file that is there.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # The message of a decoder tells the line, and may quote a single character, never a whole value.
        raise UsageError(f"{path}: is no valid TOML: {error}", "Correct the file at that place.") from None
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if key in _SECTIONS:
            if not isinstance(value, dict):
                raise UsageError(f"{path}: {key}: a table is wanted", f"Write it as [{key}].")
            flat.update({f"{key}.{inner}": each for inner, each in value.items()})
        else:
            flat[key] = value
    found = {}
    for place, value in flat.items():
        option = _BY_PLACE.get(place)
        if option is None:
            known = ", ".join(sorted(_BY_PLACE))
            raise UsageError(f"{path}: {place}: no such setting", f"Known are: {known}.")
        found[option.name] = _take(option, value, f"{path}: {place}")
    return found


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for option in OPTIONS:
        for name in option.environ:
            if environ.get(name, "").strip():
                found[option.name] = _take(option, environ[name], name)
                break
    return found


def _endpoint(found: dict[str, Any]) -> None:
    """Takes a scheme off the endpoint and lets it decide `s3_secure`; UsageError where both contradict."""
    endpoint = found.get("s3_endpoint")
    if endpoint is None or "://" not in endpoint:
        return
    scheme, _, host = endpoint.partition("://")
    secure = {"http": False, "https": True}.get(scheme.lower())
    if secure is None or "@" in host:
        raise UsageError("the S3 endpoint is wanted as host:port, http://… or https://…, without keys", "")
    if found.get("s3_secure", secure) is not secure:
        raise UsageError(
            f"the S3 endpoint is given as {scheme}:// but secure says otherwise", "Leave one of them out."
        )
    found["s3_endpoint"], found["s3_secure"] = host.rstrip("/"), secure


def load_settings(
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """The settings from `config` (None: dossier.toml if there is one), `environ` (None: nothing) and the options given.

    An override that is None was not given. Raises UsageError with the place of the first value that cannot be taken;
    the message never holds a value.
    """
    found = _from_file(config) if config is not None else _from_file(CONFIG) if CONFIG.is_file() else {}
    found.update(_from_environ(environ or {}))
    for name, value in (overrides or {}).items():
        if value is None:
            continue
        if name not in _BY_NAME:
            raise UsageError(f"{name}: no such setting", f"Known are: {', '.join(sorted(_BY_NAME))}.")
        found[name] = _take(_BY_NAME[name], value, f"--{name.replace('_', '-')}")
    _endpoint(found)
    limits = {name: found.pop(name) for name in list(found) if name in _LIMITS}
    return replace(Settings(**found), limits=replace(Limits(), **limits))
