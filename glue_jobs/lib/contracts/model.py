"""The words a table's contract is written in; schema, DDL, byte-length rules and publishing follow from it."""

import re
from dataclasses import dataclass
from typing import Literal

Publish = Literal["merge", "replace", "internal"]

SPARK_TYPES = {
    "BIGINT": "bigint",
    "INTEGER": "int",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "DOUBLE PRECISION": "double",
}


@dataclass(frozen=True)
class Column:
    """A column of a warehouse table; `type` is Redshift's, sizes of VARCHAR are bytes."""

    name: str
    type: str

    @property
    def max_bytes(self) -> int | None:
        """Bytes a VARCHAR holds, None for every other type."""
        size = re.fullmatch(r"VARCHAR\((\d+)\)", self.type)
        return int(size.group(1)) if size else None

    @property
    def spark_type(self) -> str:
        """The Spark SQL type, as DDL text."""
        return "string" if self.max_bytes else SPARK_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One warehouse table.

    Attributes:
        grain: What one row is, in a sentence.
        key: Columns that identify a row; unique in every frame before it is staged (Redshift enforces no key).
        publish: `merge` (MERGE by key), `replace` (delete the touched slices, insert) or `internal` (kept by lib).
        slices: For `replace`, the columns that name a slice; empty replaces the whole table.
        why: The reason for the distribution and sort key.
        lineage: Columns outside the promise of exactness.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    publish: Publish
    dist: str
    sort: tuple[str, ...]
    why: str
    slices: tuple[str, ...] = ()
    lineage: tuple[str, ...] = ()
    schema: str = "music"

    @property
    def full_name(self) -> str:
        """`schema.name`, lower case as the connector needs it."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        """Names in table order, the order in which frames are staged."""
        return [column.name for column in self.columns]

    @property
    def spark_schema(self) -> str:
        """DDL text for `createDataFrame` and empty frames."""
        return ", ".join(f"`{column.name}` {column.spark_type}" for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Field:
    """A column of an input file.

    Attributes:
        type: What its values must parse to; in JSON a TIMESTAMP is a number, milliseconds since 1970 in UTC.
        nullable: Allows an empty value.
        as_text: In JSON: a number that the file writes as text.
    """

    name: str
    type: str
    nullable: bool = False
    as_text: bool = False


@dataclass(frozen=True)
class Dataset:
    """One kind of input file.

    Attributes:
        name: Also its prefix in the landing bucket, `accepted/`, `quarantine/` and `archive/`.
        fields: Required columns; a file may hold them in any order, and more.
        repeats: `skip`: the same checksum is never read twice. `reread`: it is (A, B, A means A).
        time_field: The field that says on which day a row lies, if rows have one.
    """

    name: str
    grain: str
    fields: tuple[Field, ...]
    file_format: Literal["csv", "json"]
    repeats: Literal["skip", "reread"]
    time_field: str | None = None

    @property
    def field_names(self) -> list[str]:
        """Names in contract order."""
        return [field.name for field in self.fields]
