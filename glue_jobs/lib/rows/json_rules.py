"""The rules for JSON lines; types are taken literally: "12" is text and not a number, 12 is not text."""

from collections.abc import Iterator
from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset, Field, When
from glue_jobs.lib.rows import json_lines
from glue_jobs.lib.rows.raw_lines import NUL
from glue_jobs.lib.rows.rule import Rule, possible_values, text_name, value_rule

LIMIT = 1000
"""Levels, and digits, that Spark's JSON parser takes; a level goes to what `json_lines` puts around a line."""

DESCRIPTIONS = {
    "BIGINT": "a whole number of 64 bits",
    "INTEGER": "a whole number of 32 bits",
    "DOUBLE PRECISION": "a number",
    "TIMESTAMP": "a time in milliseconds since 1970",
}


def json_rules(dataset: Dataset, *, run_start: datetime) -> list[Rule]:
    """Rules over the columns of `json_lines.parse_json`, in the order of a row's reasons."""
    return [
        *_line_rules(dataset),
        *(rule for field in dataset.fields for rule in _field_rules(dataset, field, run_start)),
    ]


def _line_rules(dataset: Dataset) -> Iterator[Rule]:
    raw, count = F.col("raw"), F.col("object_count")
    texts = F.concat_ws("", *(text_name(field.name) for field in dataset.fields if field.max_bytes))
    has_nul = raw.contains(NUL) | (raw.contains(r"\u0000") & texts.contains(NUL))
    yield Rule("nul_byte", None, has_nul, F.lit("the line holds a NUL character"))
    has_half = (count == 1) & raw.contains(r"\u") & _has_lone_surrogate(raw)
    half = F.lit(r"the line holds half of a character: an escape from \ud800 to \udfff without its other half")
    yield Rule("lone_surrogate", None, has_half, half)
    no_object = count.isNull()
    broken = F.lit(
        "the line is not a whole JSON object: is it cut off, is a quote or comma missing, or text behind it?"
    )
    yield Rule("not_json", None, no_object & ~_is_other_json(raw) & ~_is_beyond_limits(raw), broken)
    other = F.lit("not one JSON object but another number of them, or another value")
    yield Rule("not_an_object", None, (count != 1) | (no_object & _is_other_json(raw)), other)
    large = F.lit(f"the line nests {LIMIT} levels or more, or holds a number of more than {LIMIT} digits")
    yield Rule("beyond_limits", None, no_object & _is_beyond_limits(raw) & ~_is_other_json(raw), large)
    known = F.filter("keys", lambda key: key.isin(*dataset.field_names))
    is_twice = [F.size(keys) != F.size(F.array_distinct(keys)) for keys in (F.col("keys"), known)]
    twice = F.lit("a field is written more than once; its last value counts")
    yield Rule("duplicate_key", None, is_twice[0] & is_twice[1], twice, "warning")


def _is_other_json(raw: Column) -> Column:
    """Whether a line without objects is one JSON value all the same: an array, a text, a number."""
    in_array = F.from_json(json_lines.in_array(raw), "array<string>", json_lines.OPTIONS)
    in_object = F.from_json(json_lines.in_object(raw), "v string", json_lines.OPTIONS).getField("v")
    return F.coalesce((F.size(in_array) == 1) & in_object.isNotNull(), F.lit(False))


def _is_beyond_limits(raw: Column) -> Column:
    """Whether the line is more than Spark's parser (Jackson 2.15) takes, even if it is JSON."""
    brackets = F.length(raw) - F.length(F.translate(raw, "{[", ""))
    return (brackets >= LIMIT) | raw.rlike(rf"[0-9.eE+-]{{{LIMIT + 1}}}")


def _has_lone_surrogate(raw: Column) -> Column:
    """Whether half a surrogate pair is escaped: it is what is left without escaped backslashes and pairs."""
    escapes = F.regexp_replace(raw, r"\\\\", "")
    pair = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    halves = F.regexp_replace(escapes, pair, "")
    return halves.rlike(r"\\u[dD][89a-fA-F]")


def _field_rules(dataset: Dataset, field: Field, run_start: datetime) -> Iterator[Rule]:
    """Rules of one field, for lines that hold one object."""
    yield from _presence_rules(field)
    yield from _type_rules(dataset, field)
    # A line without an object has no values, and one with several is in error anyway: no condition is needed.
    yield from possible_values(dataset, field, run_start=run_start, given=F.lit(True))


def _presence_rules(field: Field) -> Iterator[Rule]:
    name = field.name
    is_written = F.coalesce(F.array_contains("keys", name), F.lit(False))
    absent = (F.col("object_count") == 1) & F.col(text_name(name)).isNull()
    missing = absent & ~is_written & _applies(field.written_when)
    if not field.optional:
        yield Rule(f"{name}_missing", name, missing, _says(name, "missing"))
    if field.required:
        yield Rule(f"{name}_empty", name, absent & is_written, _says(name, "empty"))
    elif field.filled_when:
        yield Rule(f"{name}_empty", name, absent & is_written & _applies(field.filled_when), _says(name, "empty"))
    if field.empty == "warning":
        yield Rule(f"{name}_empty", name, absent, _says(name, "empty"), "warning")


def _type_rules(dataset: Dataset, field: Field) -> Iterator[Rule]:
    name, text, value = field.name, F.col(text_name(field.name)), F.col(field.name)
    limit = field.max_bytes
    if limit:
        yield value_rule(f"{name}_invalid", name, text.isNotNull() & ~_is_quoted(name), "is not text")
        is_long = (F.octet_length(text) > limit) & _is_quoted(name)
        yield value_rule("value_too_long", name, is_long, f"takes more than {limit} bytes")
    elif field.type == "TIMESTAMP":
        yield from _time_rules(field, is_row_time=name == dataset.time_field)
    else:
        wrong = text.isNotNull() & (value.isNull() | (~_is_quoted(name) if field.as_text else F.lit(False)))
        written = ", written as text" if field.as_text else ""
        yield value_rule(f"{name}_invalid", name, wrong, f"is not {DESCRIPTIONS[field.type]}{written}")


def _time_rules(field: Field, *, is_row_time: bool) -> Iterator[Rule]:
    name, text, value = field.name, F.col(text_name(field.name)), F.col(field.name)
    number = F.when(~_is_quoted(name), F.expr(f"try_cast(`{text_name(name)}` AS double)"))
    too_small = value.isNull() & (number >= 0)
    yield value_rule(f"{name}_negative", name, number < 0, "is negative")
    if is_row_time:
        in_seconds = "is too small for milliseconds since 1970; is it in seconds?"
        yield value_rule(f"{name}_in_seconds", name, too_small & (number < 1e11), in_seconds)
        too_small = too_small & (number >= 1e11)
    wrong = text.isNotNull() & value.isNull() & (number.isNull() | too_small)
    yield value_rule(f"{name}_invalid", name, wrong, f"is not {DESCRIPTIONS['TIMESTAMP']}")


def _applies(when: When | None) -> Column:
    """Whether a demand applies to the row; if the field it depends on is missing, demands with `unless` apply."""
    if when is None:
        return F.lit(True)
    found = F.col(text_name(when.field)).isin(*when.values)
    return F.coalesce(~found if when.unless else found, F.lit(when.unless))


def _is_quoted(name: str) -> Column:
    """Whether the field's value is a JSON string."""
    return F.array_contains("quoted", name)


def _says(name: str, what: str) -> Column:
    return F.lit(f"{name} is {what}")
