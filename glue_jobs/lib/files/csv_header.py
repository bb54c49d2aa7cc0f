"""A CSV file's header line, and where the contract's columns are in it. Imports no Spark."""

import csv

from glue_jobs.lib.contracts.model import Dataset

BOM = "\ufeff"
ABSENT = -1


def clean(line: str) -> str:
    """The line without byte order mark and line end."""
    return line.removeprefix(BOM).rstrip("\r\n")


def columns_of(header: str) -> list[str]:
    """Column names of a header line, in file order, lower case, without spaces or quotes; none if it is not CSV."""
    try:
        rows = list(csv.reader([clean(header)]))
    except csv.Error:
        return []
    return [name.strip().strip('"').strip().lower() for name in rows[0]] if rows else []


def contract_columns(header: str, dataset: Dataset) -> list[str]:
    """`columns_of`, with the contract's names for columns that the header calls otherwise."""
    columns = columns_of(header)
    for field in dataset.fields:
        other = next((name for name in field.also_named if name in columns), None)
        if other is not None and field.name not in columns:
            columns[columns.index(other)] = field.name
    return columns


def missing_columns(header: str, dataset: Dataset) -> list[str]:
    """The columns that a file must have and the header lacks, in contract order."""
    present = set(contract_columns(header, dataset))
    return [name for name in dataset.required_columns if name not in present]


def new_columns(header: str, dataset: Dataset) -> list[str]:
    """The columns that the contract does not know, in file order; a name that is empty is that of an index."""
    known = {*dataset.field_names, *dataset.unused, ""}
    return [name for name in contract_columns(header, dataset) if name not in known]


def positions(header: str, dataset: Dataset) -> list[int]:
    """Index in the file of each contract column, in contract order; ABSENT for one that the header lacks.

    A file in the archive may lack a column that its contract demands today; the rules then find the column empty.
    """
    columns = contract_columns(header, dataset)
    return [columns.index(name) if name in columns else ABSENT for name in dataset.field_names]
