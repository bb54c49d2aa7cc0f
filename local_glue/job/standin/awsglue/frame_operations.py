"""The transforms on DataFrames. Columns are top-level but for mappings: nested paths are refused."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql.types import NullType

from local_glue.job.frames import choices
from local_glue.job.names import backquoted, column
from local_glue.job.sources.catalog import find_table
from local_glue.job.sources.s3_listing import list_objects, split_uri


def select_fields(frame: DataFrame, paths: Sequence[str]) -> DataFrame:
    """The named columns that exist."""
    wanted = [_plain(path) for path in _listed(paths)]
    return frame.select(*[column(name) for name in wanted if name in frame.columns])


def drop_fields(frame: DataFrame, paths: Sequence[str]) -> DataFrame:
    """All columns but the named ones."""
    return frame.drop(*[_plain(path) for path in _listed(paths)])


def rename_field(frame: DataFrame, old: str, new: str) -> DataFrame:
    """One column under another name."""
    return frame.withColumnRenamed(_plain(old), _plain(new))


def resolve_choice(
    frame: DataFrame,
    specs: Sequence[tuple[str, str]] | None,
    choice: str,
    database: str | None,
    table_name: str | None,
    catalog_id: str | None,
) -> DataFrame:
    """Columns resolved by `specs`, or all choices by `choice`.

    Raises:
        ValueError: both are given, or an action is unknown.
        NotImplementedError: there are choices and neither is given, or a path is nested.
    """
    if specs and choice:
        raise ValueError("resolveChoice takes specs or choice, not both")
    found = choices.names(frame.schema)
    if choice == "match_catalog":
        kinds = dict(find_table(database, table_name, catalog_id).columns)
        return choices.resolve(frame, {name: f"cast:{kinds[name]}" for name in found if name in kinds})
    if choice:
        # Checked also without a choice in the frame, so that a wrong action does not wait for one.
        choices.check_action("choice", choice)
        return choices.resolve(frame, dict.fromkeys(found, choice))
    if not specs:
        choices.refuse(frame, "resolveChoice without specs and choice")
    given = [specs] if isinstance(specs, tuple) else specs or []
    return choices.resolve(frame, {_plain(path): action for path, action in given})


def null_fields(frame: DataFrame) -> list[str]:
    """The columns of the null type."""
    return [field.name for field in frame.schema.fields if isinstance(field.dataType, NullType)]


def check_staging(path: str | None) -> None:
    """Checks that the bucket of a staging path exists, as AWS writes there.

    Raises:
        S3SourceError: it does not.
    """
    if path and path.startswith(("s3://", "s3a://", "s3n://")):
        list_objects([f"s3://{split_uri(path)[0]}/__nothing__"], recurse=False)


def join(left: DataFrame, keys1: Sequence[str], keys2: Sequence[str], right: DataFrame) -> DataFrame:
    """The inner join; a name that both frames have gets a leading dot in the second, as in Glue."""
    names = [f".{name}" if name in left.columns else name for name in right.columns]
    renamed = dict(zip(right.columns, names, strict=True))
    second = right.toDF(*names)  # keeps what marks a choice
    on = [
        left[backquoted(_plain(one))] == second[backquoted(renamed[_plain(two)])]
        for one, two in zip(_listed(keys1), _listed(keys2), strict=True)
    ]
    return left.join(second, on, "inner")


def _listed(paths: Sequence[str]) -> Sequence[str]:
    return [paths] if isinstance(paths, str) else paths


def _plain(path: str) -> str:
    name = path.strip("`")
    if ("." in name or "[]" in name) and not path.startswith("`"):
        raise NotImplementedError(f"local_glue does not support the nested path {path!r}: use toDF() and select")
    return name
