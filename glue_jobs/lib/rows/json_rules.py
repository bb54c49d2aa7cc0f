"""Which JSON lines are in error, and why; types are taken literally: "12" is text and no number, 12 is no text."""

from collections.abc import Iterator
from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import model
from glue_jobs.lib.contracts.model import Dataset, Field
from glue_jobs.lib.rows.csv_lines import NUL
from glue_jobs.lib.rows.rule import Rule, text_name, value_rule

PAGES = (
    *("About", "Add Friend", "Add to Playlist", "Cancel", "Cancellation Confirmation", "Downgrade", "Error", "Help"),
    *("Home", "Login", "Logout", "NextSong", "Register", "Roll Advert", "Save Settings", "Settings"),
    *("Submit Downgrade", "Submit Registration", "Submit Upgrade", "Thumbs Down", "Thumbs Up", "Upgrade"),
)
"""Every page of the event simulator that writes Sparkify's logs (github.com/Interana/eventsim)."""

SONG_PAGE = "NextSong"
SONG_FIELDS = ("artist", "length", "song")
USER_FIELDS = ("firstName", "gender", "lastName", "location", "registration", "userAgent", "userId")
NOT_NEGATIVE = ("itemInSession", "sessionId", "userId", "year")
ABOVE_ZERO = ("length", "duration", "num_songs")
BOUNDS = {"artist_latitude": 90, "artist_longitude": 180}

DESCRIPTIONS = {
    "BIGINT": "whole number of 64 bits",
    "INTEGER": "whole number of 32 bits",
    "DOUBLE PRECISION": "number",
    "TIMESTAMP": "time in milliseconds since 1970",
}


def error_rules(dataset: Dataset, *, latest: datetime) -> list[Rule]:
    """Rules over the columns of `json_lines.parse_json`; their order is the order of a row's reasons.

    Args:
        latest: Times after it are impossible.
    """
    return [*_line_rules(dataset), *(rule for field in dataset.fields for rule in _field_rules(dataset, field, latest))]


def _line_rules(dataset: Dataset) -> Iterator[Rule]:
    raw, count = F.col("raw"), F.col("object_count")
    texts = F.concat_ws("", *(text_name(field.name) for field in dataset.fields if field.type not in DESCRIPTIONS))
    has_nul = raw.contains(NUL) | (raw.contains(r"\u0000") & texts.contains(NUL))
    yield Rule("nul_byte", None, has_nul, F.lit("the line holds a NUL character"))
    # An array of objects within the array that `parse_json` makes of a line is no array of objects.
    is_array = raw.rlike(r"^\s*\[")
    broken = F.lit("the line is no whole JSON object: is it cut off, or is a quote or comma missing?")
    yield Rule("not_json", None, count.isNull() & ~is_array, broken)
    several = F.when(is_array, F.lit("a JSON array where one object is expected")).otherwise(
        F.lit("not one JSON object but another number of them, or null")
    )
    yield Rule("not_an_object", None, is_array | (count != 1), several)


def _field_rules(dataset: Dataset, field: Field, latest: datetime) -> Iterator[Rule]:
    """Rules of one field; they look at lines that hold one object."""
    name, text, value = field.name, F.col(text_name(field.name)), F.col(field.name)
    is_object = F.col("object_count") == 1
    is_written = F.col("raw").contains(f'"{name}"')
    absent = is_object & text.isNull()
    if field.nullable:
        yield Rule(f"{name}_missing", name, absent & ~is_written & _is_expected(dataset, name), _says(name, "missing"))
        if name in (*SONG_FIELDS, "userId"):
            yield Rule(f"{name}_empty", name, absent & is_written & _is_song(), _says(name, "empty"))
    else:
        yield Rule(f"{name}_missing", name, absent & ~is_written, _says(name, "missing"))
        yield Rule(f"{name}_empty", name, absent & is_written, _says(name, "empty"))
    max_bytes = model.Column(name, field.type).max_bytes
    if max_bytes:
        yield value_rule(f"{name}_invalid", name, text.isNotNull() & ~_is_quoted(name), "is no text")
        yield value_rule("value_too_long", name, F.octet_length(text) > max_bytes, f"takes more than {max_bytes} bytes")
    elif field.type == "TIMESTAMP":
        yield from _time_rules(name, text, value, latest)
    else:
        wrong = text.isNotNull() & (value.isNull() | (~_is_quoted(name) if field.as_text else F.lit(False)))
        written = ", written as text" if field.as_text else ""
        yield value_rule(f"{name}_invalid", name, wrong, f"is no {DESCRIPTIONS[field.type]}{written}")
    yield from _range_rules(name, text, value)


def _time_rules(name: str, text: Column, value: Column, latest: datetime) -> Iterator[Rule]:
    number = F.when(~_is_quoted(name), F.expr(f"try_cast(`{text_name(name)}` AS double)"))
    too_small = value.isNull() & (number >= 0)
    yield value_rule(f"{name}_negative", name, number < 0, "is negative")
    if name == "ts":
        in_seconds = "is too small for milliseconds since 1970; is it in seconds?"
        yield value_rule("ts_in_seconds", name, too_small & (number < 1e11), in_seconds)
        yield value_rule("ts_future", name, value > F.lit(latest), "lies after the run's start")
        too_small = too_small & (number >= 1e11)
    wrong = text.isNotNull() & value.isNull() & (number.isNull() | too_small)
    yield value_rule(f"{name}_invalid", name, wrong, f"is no {DESCRIPTIONS['TIMESTAMP']}")


def _range_rules(name: str, text: Column, value: Column) -> Iterator[Rule]:
    if name in NOT_NEGATIVE:
        yield value_rule(f"{name}_negative", name, value < 0, "is negative")
    if name in ABOVE_ZERO:
        yield value_rule(f"{name}_not_positive", name, value <= 0, "is not above 0")
    if name in BOUNDS:
        limit = BOUNDS[name]
        yield value_rule(f"{name}_out_of_range", name, F.abs(value) > limit, f"is not from -{limit} to {limit}")
    if name == "page":
        yield value_rule("page_unknown", name, ~text.isin(*PAGES), "is no page of the app")


def _is_song() -> Column:
    return F.coalesce(F.col(text_name("page")) == SONG_PAGE, F.lit(False))


def _is_expected(dataset: Dataset, name: str) -> Column:
    """Whether the field has to be there, be it null: some writers leave out what does not apply to an event."""
    if dataset.name != "log_data":
        return F.lit(True)
    return _is_song() if name in SONG_FIELDS else F.coalesce(F.col(text_name("auth")) != "Logged Out", F.lit(True))


def _is_quoted(name: str) -> Column:
    """Whether the field's value is a JSON string; the parser makes text of whatever it finds."""
    raw = F.col("raw")
    return raw.contains(f'"{name}":"') | raw.contains(f'"{name}": "') | raw.rlike(f'"{name}"\\s*:\\s*"')


def _says(name: str, what: str) -> Column:
    return F.lit(f"{name} is {what}")
