"""Typed views of a document: a record names the cells that rules ask for, a cell knows its value and its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar, overload

from pipeline.model import Document, Evidence, Field, Row, of
from pipeline.text import as_date

T = TypeVar("T")
R = TypeVar("R", bound="RowRecord")


class Unsure(Exception):
    """A rule could not decide: `reason` is missing, unreadable, insufficient or not_applicable; `needs` says what of."""

    def __init__(self, reason: str, *needs: str, fields: tuple[tuple[Document, str], ...] = ()) -> None:
        super().__init__(reason, *needs)
        self.reason, self.needs, self.fields = reason, needs, fields


class Cell(Generic[T]):
    """One value of a document, present or not."""

    __slots__ = ("document", "field", "name", "row", "value")

    def __init__(
        self, document: Document, name: str, field: Field | None, value: T | None, row: int | None = None
    ) -> None:
        self.document, self.name, self.field, self.value, self.row = document, name, field, value, row

    def __bool__(self) -> bool:
        return self.value is not None

    def __repr__(self) -> str:
        return f"Cell({self.document.type}.{self.name})"

    @property
    def sure(self) -> bool:
        return self.field is not None and self.field.sure

    @property
    def evidence(self) -> Evidence:
        """Where it stands; ValueError where it is absent."""
        if self.field is None:
            raise ValueError(f"{self!r} is absent")
        return of(self.document, self.name, self.field, self.row)


def need(cell: Cell[T]) -> T:
    """The cell's value; raises Unsure("unreadable") where it could not be read: the one way a rule meets an absent cell."""
    if cell.value is None:
        raise Unsure("unreadable", f"{cell.document.type}.{cell.name}", fields=((cell.document, cell.name),))
    return cell.value


class Text(Generic[T]):
    """A declared cell; made by `text_cell`, `money_cell`, `day_cell` and `list_cell` below."""

    convert: Callable[[Any], Any]

    def __init__(self, convert: Callable[[Any], T | None]) -> None:
        self.convert = convert
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, record: None, owner: type) -> Text[T]: ...
    @overload
    def __get__(self, record: Record | RowRecord, owner: type) -> Cell[T]: ...
    def __get__(self, record: Record | RowRecord | None, owner: type) -> Text[T] | Cell[T]:
        if record is None:
            return self
        found = record.cells.get(self.name)
        value = None if found is None else self.convert(found.value)
        cell = Cell(record.document, self.name, found, value, getattr(record, "index", None))
        record.__dict__[self.name] = cell  # found there the next time, before this is asked
        return cell


def text_cell() -> Text[str]:
    """A cell of text, in its normal form."""
    return Text(str)


def money_cell() -> Text[Decimal]:
    """A cell of money or of a rate, exact."""
    return Text(Decimal)


def day_cell() -> Text[date]:
    """A cell of a day; `long_term`, a month alone and an impossible date have the value None, and `field.value` keeps them."""
    return Text(lambda value: as_date(str(value)))


def list_cell() -> Text[tuple[str, ...]]:
    """A cell that holds several strings."""
    return Text(tuple)


class RowRecord:
    """One row of a document's table."""

    def __init__(self, document: Document, cells: Row, index: int) -> None:
        self.document, self.cells, self.index = document, cells, index

    @property
    def evidence(self) -> Evidence:
        """The row as a whole: the box around its cells."""
        from pipeline.model import union

        first = next(iter(self.cells.values()))
        boxes = [f.box for f in self.cells.values() if f.box is not None and f.page == first.page]
        return Evidence(
            file=first.file,
            page=first.page,
            box=union(boxes) if boxes else None,
            document=self.document.type,
            document_id=self.document.id or None,
            confidence=min(f.confidence for f in self.cells.values()),
            row=self.index,
        )


class Table(Generic[R]):
    """A declared table of rows."""

    def __init__(self, row: type[R]) -> None:
        self.row = row
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, record: None, owner: type) -> Table[R]: ...
    @overload
    def __get__(self, record: Record, owner: type) -> list[R]: ...
    def __get__(self, record: Record | None, owner: type) -> Table[R] | list[R]:
        if record is None:
            return self
        rows = record.rows.get(self.name)
        if rows is None:
            cells = record.document.tables.get(self.name, ())
            rows = [self.row(record.document, row, index) for index, row in enumerate(cells) if row]
            record.rows[self.name] = rows
        return rows  # type: ignore[return-value]  # the dict holds rows of every table of the record


class Record:
    """A document of the material `TYPE`, seen by its named cells. `notes` are the document's facts."""

    TYPE: ClassVar[str]

    def __init__(self, document: Document) -> None:
        if document.type != self.TYPE:
            raise ValueError(f"{type(self).__name__} views a {self.TYPE}, not a {document.type}")
        self.document = document
        self.rows: dict[str, list[RowRecord]] = {}

    @property
    def cells(self) -> Mapping[str, Field]:
        return self.document.fields

    @property
    def notes(self) -> Mapping[str, Any]:
        return self.document.notes

    @property
    def person(self) -> str | None:
        return self.document.person
