"""Broken rows, each with the rules that must catch it. A row of them never holds the only copy of anything valid."""

from collections.abc import Callable
from dataclasses import dataclass

Row = dict[str, object]


@dataclass(frozen=True)
class Defect:
    """One broken row: `values` replace those of a good row, or `mangle` rewrites the good row's text."""

    why: str
    rules: tuple[str, ...]
    values: tuple[tuple[str, object], ...] = ()
    mangle: Callable[[str], str] | None = None


def _value(rule: str, column: str, value: object, why: str) -> Defect:
    return Defect(why, (rule,), ((column, value),))


def _text(rule: str, mangle: Callable[[str], str], why: str) -> Defect:
    return Defect(why, (rule,), mangle=mangle)


STRUCTURE = (
    _text("ragged_row", lambda line: line.rpartition(",")[0], "a line with its last value missing"),
    _text("ragged_row", lambda line: f"{line},surplus", "a line with a value too many"),
    _text("unbalanced_quotes", lambda line: line.replace(",", ',"', 1), "a quote that is opened and never closed"),
)

STREAMS = (
    _value("user_id_empty", "user_id", "", "no user_id"),
    _value("user_id_invalid", "user_id", "12abc", "user_id 12abc"),
    _value("user_id_invalid", "user_id", "1e3", "user_id 1e3"),
    _value("user_id_invalid", "user_id", "7.0", "user_id 7.0"),
    _value("user_id_invalid", "user_id", "+7", "user_id +7"),
    _value("user_id_invalid", "user_id", "9223372036854775808", "a user_id beyond BIGINT"),
    _value("user_id_negative", "user_id", "-42", "a negative user_id"),
    _value("track_id_empty", "track_id", "", "no track_id"),
    _value("track_id_empty", "track_id", "   ", "a track_id of blanks"),
    _value("value_too_long", "track_id", "é" * 40, "a track_id of 40 letters in 80 bytes"),
    _value("value_too_long", "track_id", "x" * 1_000_000, "a field of a megabyte"),
    _value("listen_time_empty", "listen_time", "", "no listen_time"),
    _value("listen_time_invalid", "listen_time", "2025-02-30 10:00:00", "30 February"),
    _value("listen_time_invalid", "listen_time", "2025-03-04 25:10:00", "25 o'clock"),
    _value("listen_time_invalid", "listen_time", "03/04/2025 10:00", "a time in another form"),
    _value("listen_time_invalid", "listen_time", "2025-03-04", "a date without a time"),
    _value("listen_time_invalid", "listen_time", "1741082400", "a time in epoch seconds"),
    _value("listen_time_future", "listen_time", "2999-01-01 00:00:00", "a play in the future"),
    Defect(
        "three wrong values in one row",
        ("user_id_invalid", "track_id_empty", "listen_time_invalid"),
        (("user_id", "nobody"), ("track_id", ""), ("listen_time", "yesterday")),
    ),
    _value("nul_byte", "track_id", "4dBa\x00T7oDV9", "a NUL byte"),
    *STRUCTURE,
)

USERS = (
    _value("user_id_empty", "user_id", "", "no user_id"),
    _value("user_id_invalid", "user_id", "12abc", "user_id 12abc"),
    _value("user_id_invalid", "user_id", "99999999999999999999", "a user_id beyond BIGINT"),
    _value("user_id_negative", "user_id", "-7", "a negative user_id"),
    _value("user_age_out_of_range", "user_age", "0", "age 0"),
    _value("user_age_out_of_range", "user_age", "200", "age 200"),
    _value("user_age_invalid", "user_age", "thirty", "an age in words"),
    _value("created_at_invalid", "created_at", "2024-13-01", "month 13"),
    _value("value_too_long", "user_name", "ñ" * 130, "a name of 130 letters in 260 bytes"),
    *STRUCTURE,
)

SONGS = (
    _value("id_empty", "id", "", "no id"),
    _value("id_invalid", "id", "12abc", "id 12abc"),
    _value("track_id_empty", "track_id", "", "no track_id"),
    _value("duration_not_positive", "duration_ms", "0", "a duration of 0"),
    _value("duration_not_positive", "duration_ms", "-1", "a negative duration"),
    _value("duration_ms_empty", "duration_ms", "", "no duration"),
    _value("track_genre_empty", "track_genre", "", "no genre"),
    _value("popularity_invalid", "popularity", "high", "a popularity in words"),
    _value("explicit_invalid", "explicit", "maybe", "explicit: maybe"),
    _value("tempo_invalid", "tempo", "fast", "a tempo in words"),
    _value("value_too_long", "artists", ";".join(["Ñandú"] * 320), "artists of more than 2048 bytes"),
    _value("nul_byte", "track_name", "Mid\x00night", "a NUL byte"),
    Defect(
        "duration 0 and no genre",
        ("duration_not_positive", "track_genre_empty"),
        (("duration_ms", "0"), ("track_genre", "")),
    ),
    *STRUCTURE,
)

BROKEN_LINE = ("unbalanced_quotes",)
"""What each half of a value with a line break in it is caught as."""
