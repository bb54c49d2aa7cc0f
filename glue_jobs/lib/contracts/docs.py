"""Generates docs/tables.md, and the columns of Terraform's tables over the quarantine, from the contracts.

`python -m glue_jobs.lib.contracts.docs` writes both; a test compares them with the contracts.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.contracts.model import Bounds, Column, Dataset, Field, Table, When
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES

SCHEMAS = {"music": MUSIC_TABLES, "sparkify": SPARKIFY_TABLES}

PUBLISHED = {
    "merge": "by MERGE on its key",
    "insert": "by INSERT of rows whose key it does not hold",
    "replace": "by replacing the slices that a run touched",
    "internal": "by the fence of each publish",
}

EMPTY = {"error": "never empty", "warning": "a warning when empty", "allowed": "may be empty"}

HEAD = """# Tables and files

Generated from the contracts in `glue_jobs/lib/contracts/` by `make docs`; a test compares this page with them.

Times are UTC. Redshift enforces no key: rows are unique by key before they are staged, and `check_quality` measures it.
Columns marked *lineage* tell where a row came from; they are outside the promise that any order of deliveries gives
the same warehouse. Sizes of VARCHAR are bytes. The diagrams show by which columns tables join.
"""

FILES_HEAD = """## Input files

A row that breaks a rule goes to the quarantine with all its reasons. A column marked *optional* may be missing from a
file; a file without any other column is rejected. More columns than these are ignored.

Whole numbers are digits. `34.0` counts as 34 in JSON, where both are the same number, and in CSV columns that may be
empty, because pandas writes them so; elsewhere in CSV it is an error. Spaces around values do not count; other blanks,
such as tabs, are part of the value. JSON numbers with a fraction or an exponent are read as 64-bit floats; as whole
numbers they count up to 15 digits. Times and dates are from 1900-01-01 to 9999-12-31, in UTC.

| reason | what is wrong with the line |
| --- | --- |
| nul_byte | it holds a NUL character (in JSON also an escaped one in a text column) |
| unbalanced_quotes | CSV: a quote is not closed where its field ends |
| multiline_record | CSV: it stands between the quotes of a value with line breaks |
| ragged_row | CSV: it has more or fewer fields than the header |
| not_json | JSON: it is not one whole value, or something stands behind the value |
| not_an_object | JSON: it is a value, but not one object; or several objects with commas between them |
| beyond_limits | JSON: it nests 1000 levels or more, or holds a number of over 1000 digits; a broken line may, too |
| lone_surrogate | JSON: it escapes half of a character, in whatever field |
| duplicate_key | JSON, a warning: a field is written twice, the last value counts; it may be invalid if types differ |
| reject_rate_exceeded | too many rows of its file are in error, so the file is put aside as a whole |
| lines_differ, object_missing | its file is put aside: other lines were read than counted, or it is gone |

The file check rejects what is no such file, is cut off, or holds a line of over 16 MiB (`line_too_long`) or gzip data
that unpacks to over 256 MiB and 200 times its size (`gzip_bomb`). Zeros behind gzip data are left out.
"""


def render() -> str:
    """The page docs/tables.md, as Markdown."""
    parts = [HEAD]
    for schema, tables in SCHEMAS.items():
        parts += [_diagram(schema, tables), *map(_table_section, tables)]
    return "\n".join([*parts, FILES_HEAD, *map(_dataset_section, DATASETS.values())])


def render_catalog_columns() -> str:
    """terraform/catalog_columns.json: the fields of each dataset."""
    return json.dumps({name: dataset.field_names for name, dataset in DATASETS.items()}, indent=2) + "\n"


def _diagram(schema: str, tables: Sequence[Table]) -> str:
    """The tables that join others, with the columns by which they do and their keys; all columns follow below it."""
    lines = [f"## Schema {schema}", "", "```mermaid", "erDiagram", "    direction LR"]
    joined = {}
    for table in tables:
        for reference in table.references:
            if reference.verb:
                lines += [f'    {reference.parent} ||--o{{ {table.name} : "{reference.verb}"']
                joined |= dict.fromkeys((reference.parent, table.name))
    for table in tables:
        if table.name in joined:
            lines += [f"    {table.name} {{", *_diagram_columns(table), "    }"]
    return "\n".join([*lines, "```", ""])


def _diagram_columns(table: Table) -> list[str]:
    joining = {name for reference in table.references if reference.verb for name in reference.columns}
    marks = {
        column.name: ", ".join(mark for mark, names in (("PK", table.key), ("FK", joining)) if column.name in names)
        for column in table.columns
    }
    types = {column.name: column.type.partition("(")[0].replace(" ", "_") for column in table.columns}
    return [f"        {types[name]} {name} {mark}" for name, mark in marks.items() if mark]


def _table_section(table: Table) -> str:
    slices = f" ({', '.join(table.slices)})" if table.slices else " (all of it)" if table.publish == "replace" else ""
    lines = [
        f"### {table.full_name}",
        "",
        f"{_sentence(table.grain)}.",
        "",
        f"- Key: {', '.join(f'`{name}`' for name in table.key)}",
        f"- Published {PUBLISHED[table.publish]}{slices}",
        f"- Distribution `{table.dist}`, sort key `{', '.join(table.sort)}`: {table.why}",
        "",
        "| column | type | |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {column.name} | {column.type} | {_remark(table, column)} |" for column in table.columns]
    return "\n".join([*lines, ""])


def _remark(table: Table, column: Column) -> str:
    return "key" if column.name in table.key else "*lineage*" if column.name in table.lineage else ""


def _dataset_section(dataset: Dataset) -> str:
    kind = "CSV with a header" if dataset.file_format == "csv" else "JSON, one object a line"
    lines = [
        f"### {dataset.name}/",
        "",
        f"{kind}: {dataset.grain}.",
        "",
        "| field | type | rules |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {field.name} | {field.type} | {'; '.join(_field_rules(dataset, field))} |" for field in dataset.fields
    ]
    return "\n".join([*lines, ""])


def _field_rules(dataset: Dataset, field: Field) -> Iterator[str]:
    if field.optional:
        yield "*optional*"
    yield EMPTY[field.empty] if field.required or field.empty == "warning" else EMPTY["allowed"]
    if dataset.file_format == "json" and field.written_when:
        yield f"must be written {_when(field.written_when)}"
    if dataset.file_format == "json" and field.filled_when:
        yield f"not empty {_when(field.filled_when)}"
    if field.as_text:
        yield "written as text"
    if field.bounds:
        yield _bounds(field.bounds)
    if field.choices:
        yield f"one of {len(field.choices)} values"
    if field.name == dataset.time_field:
        yield "not after the run's start"


def _when(when: When) -> str:
    return f"{'unless' if when.unless else 'when'} {when.field} is {' or '.join(when.values)}"


def _bounds(bounds: Bounds) -> str:
    parts = [f"above {bounds.above:g}"] if bounds.above is not None else []
    parts += [f"at least {bounds.least:g}"] if bounds.least is not None else []
    parts += [f"at most {bounds.most:g}"] if bounds.most is not None else []
    return ", ".join(parts) + (" (else a warning)" if bounds.severity == "warning" else "")


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m glue_jobs.lib.contracts.docs", description=__doc__)
    parser.add_argument("project", type=Path, nargs="?", default=Path(), help="the project's folder")
    project = parser.parse_args(argv).project
    (project / "docs" / "tables.md").write_text(render(), encoding="utf-8")
    (project / "terraform" / "catalog_columns.json").write_text(render_catalog_columns(), encoding="utf-8")


if __name__ == "__main__":
    main()
