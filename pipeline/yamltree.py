"""YAML read by a schema: exact values, the line of everything that cannot be taken, and no way to cost time or memory."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from pipeline.text import as_date, find_dates

MAX_BYTES = 1_000_000
MAX_EVENTS = 20_000
"""Marks, values and brackets in a file; a real one has some hundred."""
MAX_DEPTH = 12
MAX_ALIASES = 50
MAX_ROWS = 50
MAX_TEXT = 500
MAX_PROBLEMS = 100
"""With more problems a file is something else under the name of the one that is wanted."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Bad(Exception):
    """A value that cannot be taken: a word for the reason, never the value."""


_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*|\d{1,3}(?:,\d{3})+)?(?:\.[\d_]*)?(?:[eE][-+]?\d{1,2})?")
_STAMP = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[Tt]|\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[Zz]|[-+]\d{1,2}(?::?\d{2})?)?")  # fmt: skip


def exact_number(text: str) -> Decimal:
    """The number that a scalar's text spells in decimal digits, exactly; ValueError for any other text.

    Takes signs, `_` and groups of `,`, an exponent; not the octal, hexadecimal and base-60 forms of YAML, `.inf`, `.nan`.
    """
    plain = text.strip()
    if (
        len(plain) > 60
        or not plain.isascii()
        or not _NUMBER.fullmatch(plain)
        or re.match(r"[-+]?0[\d_]", plain)
    ):
        raise ValueError("no exact number")
    try:
        return Decimal(plain.replace("_", "").replace(",", ""))
    except InvalidOperation:
        raise ValueError("no exact number") from None


def number(low: str, high: str, places: int | None) -> Callable[[str], Decimal]:
    """A number from `low` to `high` with at most `places` digits after the point (None: any)."""

    def read(text: str) -> Decimal:
        try:
            value = exact_number(text)
        except ValueError:
            raise Bad("type") from None
        if not Decimal(low) <= value <= Decimal(high):
            raise Bad("range")
        if places is not None and value != round(value, places):
            raise Bad("range")
        value = value if places is None else round(value, places)
        return value if value else abs(value)  # no -0

    return read


def integer(low: int, high: int) -> Callable[[str], int]:
    """A whole number from `low` to `high`, in any form that is exactly one (30, "30", 30.0)."""
    exact = number(str(low), str(high), 0)
    return lambda text: int(exact(text))


def day(text: str) -> date:
    """The one full date that a text is, a YAML timestamp's day among others."""
    plain = text.strip()
    stamp = _STAMP.fullmatch(plain)
    plain = stamp[1] if stamp else plain
    found = find_dates(plain)
    if len(found) != 1 or plain[: found[0][1]] or plain[found[0][2] :]:
        raise Bad("type")
    when = as_date(found[0][0])
    if when is None:
        raise Bad("range")
    return when


def text(normal: Callable[[str], str]) -> Callable[[str], str | None]:
    """The text of any scalar, as it stands in the file, in a normal form; numbers and dates keep their digits."""

    def read(text: str) -> str | None:
        if len(text) > MAX_TEXT:
            raise Bad("range")
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\r\n" for char in text):
            raise Bad("type")
        return normal(text) or None

    return read


def word(*words: str) -> Callable[[str], str]:
    """One of these words."""

    def read(text: str) -> str:
        if text.strip() not in words:
            raise Bad("choice")
        return text.strip()

    return read


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value."""

    read: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping that becomes a `kind`."""

    kind: type
    keys: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of values or mappings; rows that declare nothing are left out."""

    row: Scalar | Table


Shape = Scalar | Table | Rows


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be taken: its line (from 1), its place (`loan.parts[0].kind`, empty for the file) and the reason:
    encoding, syntax, size, type, range, choice, unknown or duplicate. It holds no value."""

    line: int
    place: str
    reason: str


def read_tree(data: bytes, schema: Table) -> tuple[Any | None, list[Problem]]:
    """What the bytes of a YAML file declare, as a `schema.kind`, and all problems, one a place; never raises.

    What is wrong is left out alone, of a key that is there twice neither is believed; a file that is no YAML, or made
    to cost time, is left out whole. None where the file declares nothing.
    """
    reader = _Reader()
    value = reader.file(data, schema)
    if len(reader.problems) > MAX_PROBLEMS:
        return None, [Problem(1, "", "size")]
    return value, list(reader.problems.values())


class _Reader:
    """One reading of one file."""

    def __init__(self) -> None:
        self.problems: dict[str, Problem] = {}

    def bad(self, line: int, place: str, reason: str) -> None:
        self.problems.setdefault(place, Problem(line, place, reason))

    def file(self, data: bytes, schema: Table) -> Any | None:
        text = decode(data)
        if len(data) > MAX_BYTES or text is None:
            self.bad(1, "", "size" if len(data) > MAX_BYTES else "encoding")
            return None
        try:
            line = _too_much(text)
            root = yaml.compose(text, Loader=_LOADER) if line is None else None
        except (yaml.YAMLError, ValueError, OverflowError) as error:  # (\U escapes beyond Unicode)
            self.bad(_line_of(error, text), "", "syntax")
            return None
        if line is not None:
            self.bad(line, "", "size")
        value = None if root is None else self.value(root, schema, "")
        return None if value == schema.kind() else value

    def value(self, node: yaml.Node, shape: Shape, place: str) -> Any:
        """What a node declares, None for nothing; what cannot be taken becomes a finding and nothing."""
        if _is_null(node):
            return None
        wanted = {Scalar: yaml.ScalarNode, Table: yaml.MappingNode, Rows: yaml.SequenceNode}[type(shape)]
        if not isinstance(node, wanted) or not node.tag.startswith("tag:yaml.org,2002:"):
            self.bad(_line(node), place, "type")
            return None
        if isinstance(shape, Scalar):
            try:
                return shape.read(str(node.value))
            except Bad as bad:
                self.bad(_line(node), place, str(bad))
                return None
        return self.rows(node, shape, place) if isinstance(shape, Rows) else self.table(node, shape, place)

    def table(self, node: yaml.Node, shape: Table, place: str) -> Any:
        seen: dict[str, yaml.Node] = {}
        twice = set()
        for name, each in node.value:
            inner = name.value if isinstance(name, yaml.ScalarNode) else "?"
            plain = "".join(char if char.isprintable() else "?" for char in inner[:60])
            path = f"{place}.{plain}" if place else plain
            if inner not in shape.keys:
                self.bad(_line(name), path, "unknown")
            elif inner in seen:
                if inner not in twice:
                    self.bad(_line(name), path, "duplicate")
                twice.add(inner)
            else:
                seen[inner] = each
        found = {}
        for inner, each in seen.items():
            if inner not in twice:
                value = self.value(each, shape.keys[inner], f"{place}.{inner}" if place else inner)
                if value is not None:
                    found[inner] = value
        return shape.kind(**found)

    def rows(self, node: yaml.Node, shape: Rows, place: str) -> tuple[Any, ...] | None:
        if len(node.value) > MAX_ROWS:
            self.bad(_line(node), place, "size")
            return None
        empty = shape.row.kind() if isinstance(shape.row, Table) else None
        found = [self.value(each, shape.row, f"{place}[{at}]") for at, each in enumerate(node.value)]
        return tuple(each for each in found if each is not None and each != empty)


def decode(data: bytes) -> str | None:
    """The text of a file: UTF-8 or UTF-16 with their marks, UTF-8, else GB 18030 as Windows editors write; None for none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _too_much(text: str) -> int | None:
    """The line at which a file becomes too deep, too long or too entangled to be an application; None where it does not."""
    depth = aliases = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > MAX_DEPTH or aliases > MAX_ALIASES or count > MAX_EVENTS:
            return _line(event)
    return None


def _line_of(error: Exception, text: str) -> int:
    """The line at which a file stops to be YAML, as well as the error knows it."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return int(mark.line) + 1
    position = getattr(error, "position", 0)  # a character that YAML forbids
    return text.count("\n", 0, position if isinstance(position, int) else 0) + 1


def _line(node: yaml.Node | yaml.Event) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark is not None else 1


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (
        node.tag == "tag:yaml.org,2002:null" or not str(node.value).strip()
    )
