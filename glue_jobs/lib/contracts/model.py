"""The classes that contracts are made of; schemas, rules, DDL, publishing, checks and docs follow from them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from glue_jobs.lib.contracts.identities import Identity, Reference, Touched

Publish = Literal["merge", "insert", "replace", "internal"]
Severity = Literal["error", "warning"]

SPARK_TYPES = {
    "BIGINT": "bigint",
    "INTEGER": "int",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "DOUBLE PRECISION": "double",
}


TIMES = ("DATE", "TIMESTAMP")
"""The types of columns that are moments or periods of time."""


@dataclass(frozen=True)
class Column:
    """A column of a warehouse table; `type` is a Redshift type, sizes of VARCHAR are bytes."""

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
class Bounds:
    """Numbers that a field may have: `least` to `most`, both inclusive, and more than `above`; None means no bound."""

    least: float | None = None
    most: float | None = None
    above: float | None = None
    severity: Severity = "error"


NOT_NEGATIVE = Bounds(least=0)
POSITIVE = Bounds(above=0)


@dataclass(frozen=True)
class When:
    """The rows that a demand applies to: those whose `field` is one of `values` or, with `unless`, none of them."""

    field: str
    values: tuple[str, ...]
    unless: bool = False


@dataclass(frozen=True)
class Field(Column):
    """A column of an input file; in JSON a key of each object.

    Attributes:
        type: What its values must parse to; in JSON a TIMESTAMP is a number, milliseconds since 1970 in UTC.
        empty: Whether an empty value is allowed, or how severe it is.
        optional: A file may lack the column (a JSON object the key), so its values may be empty.
        also_named: CSV: other names for the column in headers, such as "" for a first column without a name.
        bounds: Which numbers are possible.
        choices: All possible values, if they are few.
        as_text: JSON: the file writes the number as text.
        written_when: JSON: rows that must have the key, even if it is null; None means all rows.
        filled_when: JSON: rows in which the value must not be empty, although it may be in others.
    """

    empty: Literal["error", "warning", "allowed"] = "error"
    optional: bool = False
    also_named: tuple[str, ...] = ()
    bounds: Bounds | None = None
    choices: tuple[str, ...] = ()
    as_text: bool = False
    written_when: When | None = None
    filled_when: When | None = None

    @property
    def required(self) -> bool:
        """Whether every row has a value."""
        return self.empty == "error" and not self.optional


@dataclass(frozen=True)
class Dataset:
    """One kind of input file.

    Attributes:
        name: Also its prefix in the landing bucket, `archive/`, `manifests/` and `quarantine/`.
        fields: What is read of a file; a file may have its columns in any order, and further ones.
        unused: Further columns that files are known to have; any other is a new one (`--new_columns`).
        user_field: The field that says which user a row is about; None if rows are about nobody. `erase_user` finds a
            user's lines by it.
        repeats: `skip`: a checksum is never read twice. `reread`: it is read again (after A, B, A, the result is A).
        time_field: The field that gives a row's day, if there is one; times in the future are errors.
        wins: Columns: among rows with one key in one file the smallest values win, then the first line. None where
            something else decides.
    """

    name: str
    grain: str
    fields: tuple[Field, ...]
    file_format: Literal["csv", "json"]
    repeats: Literal["skip", "reread"]
    time_field: str | None = None
    wins: tuple[str, ...] | None = None
    unused: tuple[str, ...] = ()
    user_field: str | None = None

    @property
    def field_names(self) -> list[str]:
        """Names in contract order."""
        return [field.name for field in self.fields]

    @property
    def required_columns(self) -> list[str]:
        """Names of the columns that every file has."""
        return [field.name for field in self.fields if not field.optional]

    @property
    def has_warnings(self) -> bool:
        """Whether a row can be kept and counted with a warning."""
        says = [(field.empty, field.bounds and field.bounds.severity) for field in self.fields]
        return self.file_format == "json" or any("warning" in pair for pair in says)


@dataclass(frozen=True)
class Table:
    """One warehouse table.

    Attributes:
        grain: What one row is, in a sentence.
        key: Columns that identify a row; unique in every frame before it is staged (Redshift enforces no key).
        publish: `merge` (MERGE by key), `insert` (rows whose keys the table does not hold), `replace` (delete the
            touched slices, insert) or `internal` (kept by lib).
        slices: For `replace`, the columns that name a slice; empty replaces the whole table.
        why: The reason for the distribution and sort key.
        lineage: Columns that may depend on the order of deliveries.
        of_run: For `insert`: columns with one value in all rows of a run; publishing fills them in, stages lack them.
        dataset: The input that fills the table: once rows of it were loaded, the table is not empty.
        rds: The table's role in RDS, None if RDS does not have it.
        references, identities: What check_quality measures in addition to the keys.
        touched: Of a table that grows with the history: where the keys are by which check_quality finds what is new.
        counted: Whether check_quality records the number of rows.
        exact: Whether it is part of the promise that any order of deliveries gives the same warehouse.
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
    of_run: tuple[str, ...] = ()
    dataset: str | None = None
    rds: Literal["catalogue", "books"] | None = None
    references: tuple[Reference, ...] = ()
    identities: tuple[Identity, ...] = ()
    touched: Touched | None = None
    counted: bool = False
    exact: bool = True
    schema: str = "music"

    @property
    def full_name(self) -> str:
        """`schema.name`, lower case as the connector needs it."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        """Names in table order."""
        return [column.name for column in self.columns]

    @property
    def staged(self) -> tuple[Column, ...]:
        """The columns of the frames that are staged, in order."""
        return tuple(column for column in self.columns if column.name not in self.of_run)

    @property
    def spark_schema(self) -> str:
        """DDL text for `createDataFrame` and empty frames."""
        return ddl_text(self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)


def ddl_text(columns: Iterable[Column]) -> str:
    """Columns as Spark's DDL text."""
    return ", ".join(f"`{column.name}` {column.spark_type}" for column in columns)


def columns_of(fields: Iterable[Field], *more: Column, first: Iterable[str] = ()) -> tuple[Column, ...]:
    """The table columns that hold the fields: those named in `first` come first, `more` at the end."""
    columns = {field.name: Column(field.name, field.type) for field in fields}
    leading = [columns.pop(name) for name in first]
    return (*leading, *columns.values(), *more)
