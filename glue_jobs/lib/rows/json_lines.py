"""Parses JSON lines into fields: the text of each and, if it has the contract's type, its value."""

from collections.abc import Callable
from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset, Field
from glue_jobs.lib.files import csv_header
from glue_jobs.lib.rows import values
from glue_jobs.lib.rows.raw_lines import lines_of_files
from glue_jobs.lib.rows.rule import text_name

OPTIONS = {"mode": "PERMISSIVE", "allowSingleQuotes": "false", "allowNonNumericNumbers": "false"}
EARLIEST_MS, LATEST_MS = 100_000_000_000, 253_402_300_799_999
"""Epoch milliseconds of March 1973 (in seconds it is the year 5138, so units are not mixed up), and of 9999."""

NESTED = r"^\s*\{[^{\[]*[{\[]"
"""A second opening bracket."""

QUOTED = r'"(?:[^"\\]|\\.)*+"'
"""A string; without the `+` Java's matcher would call itself for each character, and die of a long one."""

OTHER_TYPES = {
    "number": "double",
    "boolean": "boolean",
    "object": "map<string,string>",
    "array": "array<string>",
}

NEW_FIELDS = "_new_fields"
MOST_TOLD, LONGEST_TOLD = 50, 100
"""New fields of one line, and characters of a name, that are kept."""

EXACT = 1e15
"""Below it a whole number written with a fraction or exponent cannot have been rounded."""

NUMBERS = ("BIGINT", "INTEGER", "DOUBLE PRECISION", "TIMESTAMP")
"""Types whose values are JSON numbers."""


def parse_json(lines: DataFrame, files: DataFrame, *, dataset: Dataset) -> DataFrame:
    """Fields of each line; blank lines and lines of other files are left out.

    Args:
        lines: line and path, or line and file_id (`raw_lines.lines_of_files`).
        files: `raw_lines.files_frame`.
        dataset: The dataset whose fields are taken; others are ignored.

    Returns:
        raw, file_id, object_count (1 for a line that is one JSON object and nothing else, NULL for one that holds no
        objects), keys (of the object, decoded, repeated ones too), quoted (names of fields whose value is a JSON
        string), and per contract field `<field>_text` (trimmed, NULL when empty, null or missing) and the typed
        `<field>` (NULL when of another type).
    """
    raw = F.expr(f"trim(LEADING '{csv_header.BOM}' FROM line)")
    read = lines_of_files(lines, raw, files).select(
        "raw", "file_id", *_parsed(F.col("raw"), dataset), F.expr("json_object_keys(raw)").alias("keys")
    )
    texts = read.select("raw", "file_id", "keys", "_value", *_objects(), _other_types(dataset))
    flat = texts.select(
        "raw",
        "file_id",
        "object_count",
        "keys",
        *(values.trimmed(F.col(f"_text.{name}")).alias(text_name(name)) for name in dataset.field_names),
        F.when(F.col("_text").isNotNull(), F.col("_value")).alias("_value"),
        "_others",
    )
    names = [text_name(name) for name in dataset.field_names]
    return flat.select("raw", "file_id", "object_count", "keys", _quoted(dataset), *names, *map(_typed, dataset.fields))


def new_fields(dataset: Dataset) -> Column:
    """`_new_fields`: the first MOST_TOLD `keys` of a line that the contract does not know, NULL if it knows all."""
    known = F.array(*(F.lit(name) for name in (*dataset.field_names, *dataset.unused)))
    unknown = F.array_except("keys", known)
    told = F.transform(F.slice(unknown, 1, MOST_TOLD), lambda name: F.left(name, F.lit(LONGEST_TOLD)))
    return F.when(F.size(unknown) > 0, told).alias(NEW_FIELDS)


def in_array(raw: Column) -> Column:
    """The line as the element of an array: text after the first value is noticed, but for what follows a `]`."""
    return F.concat(F.lit("["), raw, F.lit("]"))


def in_object(raw: Column) -> Column:
    """The line as the value of the key `v`: text after the first value is noticed, but for what follows a `}`."""
    return F.concat(F.lit('{"v":'), raw, F.lit("}"))


def _parsed(raw: Column, dataset: Dataset) -> list[Column]:
    """The line with all fields as text, and with the fields that are numbers, where any other value is null.

    The parser stops at the end of the first value. Wrapped in an array for one, and in an object for the other, it
    sees whatever follows: only a line that is one value and then its end passes both.
    """
    texts = ", ".join(f"`{name}`: string" for name in dataset.field_names)
    typed = ", ".join(f"`{field.name}`: double" for field in _numbers(dataset))
    return [
        F.from_json(in_array(raw), f"array<struct<{texts}>>", OPTIONS).alias("_texts"),
        F.from_json(in_object(raw), f"v struct<{typed}>", OPTIONS).getField("v").alias("_value"),
    ]


def _objects() -> list[Column]:
    size, text = F.size("_texts"), F.get("_texts", F.lit(0))
    # One object with something behind it is no JSON; keys are NULL if a text in it is broken, which the parser skips.
    is_one_object = text.isNotNull() & F.col("_value").isNotNull() & F.col("keys").isNotNull()
    # `null` is an array of one as well; a line that begins with `]` leaves an empty one.
    count = F.when(size == 1, F.when(text.isNull(), 0).when(is_one_object, 1)).when(size > 1, size)
    return [count.alias("object_count"), F.when(is_one_object, text).alias("_text")]


def _other_types(dataset: Dataset) -> Column:
    """In lines whose raw text cannot tell the types of values: the fields as each type but text, NULL where not of it.

    It can in lines without nested values, repeated keys, and keys with escapes or quotes, which nearly all are.
    """
    raw = F.col("raw")
    without_texts = F.regexp_replace(raw, QUOTED, "")
    is_flat = ~raw.rlike(NESTED) | ~without_texts.rlike(NESTED)
    has_plain_keys = ~raw.contains("\\u") & ~F.array_join("keys", "").contains('"')
    is_plain = is_flat & has_plain_keys & (F.size("keys") == F.size(F.array_distinct("keys")))
    parsed = [
        F.from_json(raw, ", ".join(f"`{field.name}` {kind}" for field in _texts(dataset)), OPTIONS).alias(name)
        for name, kind in OTHER_TYPES.items()
    ]
    return F.when(~is_plain, F.struct(*parsed)).alias("_others")


def _quoted(dataset: Dataset) -> Column:
    """Names of the fields whose values are JSON strings; the text parser makes text of every value."""

    def names(is_string: Callable[[Field], Column]) -> Column:
        fields = _texts(dataset)
        is_there = [F.col(text_name(field.name)).isNotNull() & is_string(field) for field in fields]
        found = (F.when(there, F.lit(field.name)) for there, field in zip(is_there, fields, strict=True))
        return F.array_compact(F.array(*found))

    def is_of_no_other_type(field: Field) -> Column:
        return reduce(and_, (F.col(f"_others.{name}.{field.name}").isNull() for name in OTHER_TYPES))

    is_plain = F.col("_others").isNull()
    return F.when(is_plain, names(_begins_with_quote)).otherwise(names(is_of_no_other_type)).alias("quoted")


def _texts(dataset: Dataset) -> list[Field]:
    return [field for field in dataset.fields if field.max_bytes or field.as_text or field.type == "TIMESTAMP"]


def _begins_with_quote(field: Field) -> Column:
    raw, name = F.col("raw"), field.name
    return raw.contains(f'"{name}":"') | raw.contains(f'"{name}": "') | raw.rlike(f'"{name}"\\s*:\\s*"')


def _numbers(dataset: Dataset) -> list[Field]:
    return [field for field in dataset.fields if field.type in NUMBERS and not field.as_text]


def _value_of(field: Field) -> Column:
    return F.col(f"_value.{field.name}")


def _typed(field: Field) -> Column:
    text = text_name(field.name)
    if field.type not in NUMBERS or field.as_text:
        return values.parsed(text, field).alias(field.name)
    # Of a field that is written twice, the parser keeps a number even if text comes after it.
    is_last = F.col("_others").isNull() | (_value_of(field) == values.PARSERS["DOUBLE PRECISION"](text))
    value = F.when(is_last, _value_of(field))
    if field.type == "DOUBLE PRECISION":
        value = F.when(F.abs(value) < float("inf"), value)
    elif field.type == "TIMESTAMP":
        is_time = value.between(EARLIEST_MS, LATEST_MS) & (value == F.floor(value))
        value = F.when(is_time, F.timestamp_millis(value.cast("bigint")))
    else:
        # A double does not hold every whole number, but its text does; 583.0 and 1e3 are whole numbers, too.
        from_double = F.expr(f"try_cast(_value.`{field.name}` AS {field.spark_type})")
        is_whole = (value == F.floor(value)) & (F.abs(value) < EXACT)
        value = F.when(value.isNotNull(), F.coalesce(values.whole_number(text, field), F.when(is_whole, from_double)))
    return value.alias(field.name)
