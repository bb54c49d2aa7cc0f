"""The S3 source of `create_dynamic_frame`: CSV, JSON and Parquet, with bookmarks."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from local_glue.job import options
from local_glue.job.bookmarked_run import BookmarkedRun, next_number
from local_glue.job.sources import s3_bookmark, s3_formats
from local_glue.job.sources.s3_listing import S3Object, S3SourceError, list_objects
from local_glue.job.sources.s3_staging import staged

BOUNDS = ("boundedFiles", "boundedSize")
_KNOWN = ("paths", "path", "recurse", "exclusions", "maxBand", "maxFilesInBand", "groupFiles", *BOUNDS)
# They control how Glue distributes the reading; the result is the same.
_WITHOUT_EFFECT = ("groupSize", "useS3ListImplementation")
GROUPED_FROM = 50_000
"""Glue groups more input files than these by itself."""


def read(
    spark: SparkSession,
    run: BookmarkedRun | None,
    connection_options: Mapping[str, Any],
    format: str | None,
    format_options: Mapping[str, Any],
    transformation_ctx: str,
) -> DataFrame:
    """Reads new objects, or all without a bookmark; without objects, the frame has no columns.

    Raises:
        NotImplementedError: the stand-in does not support an option or the format.
        S3SourceError: paths or bucket are missing.
    """
    options.check("S3 sources", connection_options, _KNOWN, _WITHOUT_EFFECT)
    items = list_objects(
        _paths(connection_options),
        recurse=options.flag(connection_options.get("recurse", False)),
        exclusions=connection_options.get("exclusions"),
    )
    reader = s3_formats.reader(format, format_options)
    chosen = [item for item in unread(items, run, connection_options, transformation_ctx) if item.size]
    _check_grouping(connection_options, format_options, len(chosen))
    if not chosen:
        return spark.createDataFrame([], StructType([]))
    return reader(spark, staged(chosen))


def unread(
    items: list[S3Object], run: BookmarkedRun | None, connection_options: Mapping[str, Any], ctx: str
) -> list[S3Object]:
    """The objects that the run is to read, and notes for `commit` that it did.

    Raises:
        NotImplementedError: boundedFiles or boundedSize without a bookmark, or both.
        S3SourceError: the context's bookmark is one of another kind of source.
    """
    bounds = run.bounds(ctx) if run else None
    limits = [connection_options.get(name) for name in BOUNDS]
    if all(limits) or (any(limits) and bounds is None):
        raise NotImplementedError(
            "local_glue does not support boundedFiles or boundedSize without a bookmark, or both: what AWS reads then "
            "is not documented; give one of them, a transformation_ctx, and --job-bookmark-option job-bookmark-enable"
        )
    if run is None or bounds is None:
        return items
    lower, upper = map(s3_bookmark.S3State.parse, bounds)
    band = s3_bookmark.Band(
        int(connection_options.get("maxBand", s3_bookmark.DEFAULT_BAND_MS)),
        int(connection_options.get("maxFilesInBand", s3_bookmark.DEFAULT_MOST_FILES)),
    )
    if bounds[1] is None and run.ranged:
        return []  # the run at the end of the range did not read this source
    chosen = s3_bookmark.choose(items, lower, upper, run.started)
    chosen = s3_bookmark.within_limit(items, chosen, lower, run.started, band)
    chosen = s3_bookmark.oldest(chosen, *(int(limit) if limit else None for limit in limits))
    state = s3_bookmark.after(items, chosen, lower, run.started, band.milliseconds)
    run.record(ctx, state.as_json(next_number(bounds[0])))
    return chosen


def _check_grouping(connection_options: Mapping[str, Any], format_options: Mapping[str, Any], count: int) -> None:
    """Refuses names of files where Glue reads several as one: which of them it names is not documented."""
    grouping = connection_options.get("groupFiles", "inPartition" if count > GROUPED_FROM else "none")
    if grouping != "none" and format_options.get("attachFilename"):
        raise NotImplementedError(
            f"local_glue does not support attachFilename with grouped files (groupFiles={grouping!r}): what a row of a "
            "group is attached is not documented; set groupFiles to 'none'"
        )


def _paths(connection_options: Mapping[str, Any]) -> list[str]:
    paths = connection_options.get("paths") or connection_options.get("path")
    if isinstance(paths, str):
        paths = [paths]
    if not paths:
        raise S3SourceError("an S3 source needs connection_options['paths'], a list of s3:// addresses")
    return list(paths)
