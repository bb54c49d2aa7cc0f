"""Splits CSV lines into fields (RFC 4180, except for line breaks inside quotes)."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import csv_header
from glue_jobs.lib.rows.raw_lines import NUL, lines_of_files

NUL_SHOWN = "\ufffd"


def parse_lines(lines: DataFrame, files: DataFrame, *, dataset: Dataset) -> DataFrame:
    """Fields of each line; header lines (also repeated ones), blank lines and lines of other files are left out.

    Args:
        lines: line and path, or line and file_id (`raw_lines.lines_of_files`).
        files: `raw_lines.files_frame`.
        dataset: The dataset whose columns are taken.

    Returns:
        raw, file_id, field_count, width, quotes_broken, in_record (the line is part of a record of several lines),
        and a string column per contract field: its text, NULL when the line is too short or the file lacks the column.
    """
    has_bom = F.col("raw").startswith(csv_header.BOM)
    is_header = (F.col("raw") == F.col("header")) | (has_bom & (F.substr("raw", F.lit(2)) == F.col("header")))
    is_part = (F.size("record_parts") > 0) & F.array_contains("record_parts", F.md5("raw"))
    in_record = F.coalesce(is_part, F.lit(False)).alias("in_record")
    split = (
        lines_of_files(lines, F.col("line"), files)
        .where(~is_header)
        .select("raw", "file_id", "width", "positions", in_record, _split_fields(F.col("raw")).alias("_fields"))
    )
    texts = [
        _unquoted(F.get("_fields", F.get("positions", F.lit(index)))).alias(name)
        for index, name in enumerate(dataset.field_names)
    ]
    return split.select(
        "raw",
        "file_id",
        F.size("_fields").alias("field_count"),
        "width",
        "in_record",
        _quotes_broken(F.col("raw"), F.col("_fields")).alias("quotes_broken"),
        *texts,
    )


def _split_fields(raw: Column) -> Column:
    """The line's fields, still with their quotes (RFC 4180: a comma inside quotes does not separate)."""
    text = F.when(raw.contains(NUL), F.translate(raw, NUL, NUL_SHOWN)).otherwise(raw)
    # After an even number of quotes a text is outside quotes, and only there do commas separate. NUL can stand for
    # these commas because `text` has none.
    pieces = F.transform(
        F.split(text, '"', -1),
        lambda piece, index: F.when(index % 2 == 0, F.replace(piece, F.lit(","), F.lit(NUL))).otherwise(piece),
    )
    quoted = F.split(F.array_join(pieces, '"'), NUL, -1)
    return F.when(raw.contains('"'), quoted).otherwise(F.split(text, ",", -1))


def _inside(field: Column) -> Column:
    return F.substr(field, F.lit(2), F.length(field) - 2)


def _is_quoted(field: Column) -> Column:
    return field.startswith('"') & field.endswith('"') & (F.length(field) >= 2)


def _unquoted(field: Column) -> Column:
    """The field's value; as spaces around values do not count, quotes may stand between them."""
    inner = F.trim(field)
    text = F.when(_is_quoted(inner), F.replace(_inside(inner), F.lit('""'), F.lit('"'))).otherwise(field)
    return F.when(field.contains('"'), text).otherwise(field)


def _quotes_broken(raw: Column, fields: Column) -> Column:
    """Whether quotes leave open where a field ends: an odd number, or some neither around a field nor in plain text."""
    quotes = F.length(raw) - F.length(F.translate(raw, '"', ""))
    return F.when(raw.contains('"'), (quotes % 2 == 1) | F.exists(fields, _is_ambiguous)).otherwise(F.lit(False))


def _is_ambiguous(delivered: Column) -> Column:
    field = F.trim(delivered)
    whole = _is_quoted(field) & ~F.replace(_inside(field), F.lit('""'), F.lit("")).contains('"')
    plain_text = ~field.startswith('"') & ~field.contains(",")
    return field.contains('"') & ~whole & ~plain_text
