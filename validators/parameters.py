"""Dated numbers of policy: which value holds on which day, and where it comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.model import Severity

Bracket = tuple[Decimal, Decimal, Decimal]
"""Upper end, rate, quick deduction."""

DEFAULTS = Path(__file__).with_name("parameters.toml")
_KEYS = {"value", "from", "source"}
_WEIGHT: tuple[Severity, ...] = ("info", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of a parameter: it holds from `since` on; `source` is empty where nobody named one."""

    value: Any
    since: date
    source: str = ""


class Values:
    """The parameters as they hold on one day. A name that is not held is a fault of ours: KeyError."""

    def __init__(self, day: date, held: Mapping[str, Dated]) -> None:
        self.day = day
        self.held = held

    def number(self, name: str) -> Decimal:
        """A plain number: an amount in yuan, a share, a count."""
        return Decimal(self.held[name].value)

    def count(self, name: str) -> int:
        """A whole number."""
        return int(self.number(name))

    def counts(self, name: str) -> Mapping[str, int]:
        """Whole numbers by key."""
        return {key: int(value) for key, value in self.held[name].value.items()}

    def brackets(self, name: str) -> tuple[Bracket, ...]:
        """A table of brackets, lowest first."""
        return tuple((Decimal(a), Decimal(b), Decimal(c)) for a, b, c in self.held[name].value)

    def severity(self, wanted: Severity, *names: str) -> Severity:
        """`wanted`, but at most medium where one of the parameters has no source (findings.md, rule 14)."""
        if all(self.held[name].source for name in names):
            return wanted
        return min(wanted, "medium", key=_WEIGHT.index)

    def as_plain(self) -> dict[str, Any]:
        """Name to value, day of its beginning and source, as the report prints it."""
        return {
            name: {"value": dated.value, "from": dated.since.isoformat(), "source": dated.source}
            for name, dated in sorted(self.held.items())
        }


@dataclass(frozen=True, slots=True)
class Parameters:
    """Every parameter with all its dated values, earliest first."""

    values: Mapping[str, tuple[Dated, ...]]
    _held: dict[date, Values] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def load(cls, path: Path | None = None) -> Parameters:
        """The defaults, with a bank's own file over them; UsageError names the file and the key that is wrong."""
        values = _read(DEFAULTS)
        if path is not None:
            own = _read(path)
            for name in own:
                if name not in values:
                    raise UsageError(f"{path}: {name} is no parameter", f"the names stand in {DEFAULTS.name}")
                _same_form(path, name, values[name][0].value, own[name])
            values.update(own)
        return cls(values)

    def at(self, day: date) -> Values:
        """The values that hold on `day`, the same object each time; before a parameter's first day its earliest value holds."""
        if day not in self._held:
            held = {}
            for name, dated in self.values.items():
                begun = [one for one in dated if one.since <= day]
                held[name] = begun[-1] if begun else dated[0]
            self._held[day] = Values(day, held)
        return self._held[day]

    def as_plain(self) -> dict[str, Any]:
        """All of them with all their dates, in plain types, for a report or an export."""
        return {
            name: [{"value": one.value, "from": one.since.isoformat(), "source": one.source} for one in dated]
            for name, dated in sorted(self.values.items())
        }


def _read(path: Path) -> dict[str, tuple[Dated, ...]]:
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})", "Name a file that is there.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}", "the parameters are a TOML file in UTF-8") from error
    return {name: _dated(path, name, entries) for name, entries in plain.items()}


def _dated(path: Path, name: str, entries: object) -> tuple[Dated, ...]:
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(
            f"{path}: {name} is no list of dated values", f"write [[{name}]] with value and from"
        )
    dated = []
    for entry in entries:
        if set(entry) - _KEYS or "value" not in entry or type(entry.get("from")) is not date:
            raise UsageError(f"{path}: {name} needs value and from (a date), and may have source")
        _numbers(path, name, entry["value"])
        dated.append(Dated(entry["value"], entry["from"], str(entry.get("source", ""))))
    dated.sort(key=lambda one: one.since)
    if len({one.since for one in dated}) != len(dated):
        raise UsageError(f"{path}: {name} has two values from one day")
    return tuple(dated)


def _numbers(path: Path, name: str, value: object) -> None:
    """Every leaf of a value is a string that holds an exact number."""
    if isinstance(value, Mapping):
        leaves: Sequence[object] = list(value.values())
    elif isinstance(value, list):
        leaves = [leaf for row in value for leaf in (row if isinstance(row, list) else [row])]
    else:
        leaves = [value]
    for leaf in leaves:
        try:
            if not isinstance(leaf, str) or Decimal(leaf).is_nan():
                raise InvalidOperation
        except InvalidOperation as error:
            raise UsageError(
                f'{path}: {name}: {leaf!r} is no exact number in quotes, such as "0.50"'
            ) from error


def _same_form(path: Path, name: str, default: object, own: Sequence[Dated]) -> None:
    for dated in own:
        if type(dated.value) is not type(default):
            raise UsageError(f"{path}: {name} has another form than in {DEFAULTS.name}")
        if isinstance(dated.value, Mapping) and set(dated.value) != set(default):  # type: ignore[call-overload]  # same type as value
            raise UsageError(f"{path}: {name} has other keys than in {DEFAULTS.name}")
        if isinstance(dated.value, list) and not all(
            isinstance(row, list) and len(row) == 3 for row in dated.value
        ):
            raise UsageError(f"{path}: {name} is a list of [upper end, rate, quick deduction]")
