"""Broken rows, each with the rules that must catch it. None of them holds the only copy of anything valid."""

from demo.defect import Defect, text_defect, value_defect

Row = dict[str, object]

STRUCTURE = (
    text_defect("ragged_row", lambda line: line.rpartition(",")[0], "a line with its last value missing"),
    text_defect("ragged_row", lambda line: f"{line},surplus", "a line with a value too many"),
    text_defect(
        "unbalanced_quotes", lambda line: line.replace(",", ',"', 1), "a quote that is opened and never closed"
    ),
)

STREAMS = (
    value_defect("user_id_empty", "user_id", "", "no user_id"),
    value_defect("user_id_invalid", "user_id", "12abc", "user_id 12abc"),
    value_defect("user_id_invalid", "user_id", "1e3", "user_id 1e3"),
    value_defect("user_id_invalid", "user_id", "7.0", "user_id 7.0"),
    value_defect("user_id_invalid", "user_id", "+7", "user_id +7"),
    value_defect("user_id_invalid", "user_id", "9223372036854775808", "a user_id beyond BIGINT"),
    value_defect("user_id_negative", "user_id", "-42", "a negative user_id"),
    value_defect("track_id_empty", "track_id", "", "no track_id"),
    value_defect("track_id_empty", "track_id", "   ", "a track_id of blanks"),
    value_defect("value_too_long", "track_id", "é" * 40, "a track_id of 40 letters in 80 bytes"),
    value_defect("value_too_long", "track_id", "x" * 1_000_000, "a field of a megabyte"),
    value_defect("listen_time_empty", "listen_time", "", "no listen_time"),
    value_defect("listen_time_invalid", "listen_time", "2025-02-30 10:00:00", "30 February"),
    value_defect("listen_time_invalid", "listen_time", "2025-03-04 25:10:00", "25 o'clock"),
    value_defect("listen_time_invalid", "listen_time", "03/04/2025 10:00", "a time in another form"),
    value_defect("listen_time_invalid", "listen_time", "2025-03-04", "a date without a time"),
    value_defect("listen_time_invalid", "listen_time", "1741082400", "a time in epoch seconds"),
    value_defect("listen_time_future", "listen_time", "2999-01-01 00:00:00", "a play in the future"),
    Defect(
        "three wrong values in one row",
        ("user_id_invalid", "track_id_empty", "listen_time_invalid"),
        (("user_id", "nobody"), ("track_id", ""), ("listen_time", "yesterday")),
    ),
    value_defect("nul_byte", "track_id", "4dBa\x00T7oDV9", "a NUL byte"),
    *STRUCTURE,
)

USERS = (
    value_defect("user_id_empty", "user_id", "", "no user_id"),
    value_defect("user_id_invalid", "user_id", "12abc", "user_id 12abc"),
    value_defect("user_id_invalid", "user_id", "99999999999999999999", "a user_id beyond BIGINT"),
    value_defect("user_id_negative", "user_id", "-7", "a negative user_id"),
    value_defect("user_age_out_of_range", "user_age", "0", "age 0"),
    value_defect("user_age_out_of_range", "user_age", "200", "age 200"),
    value_defect("user_age_invalid", "user_age", "thirty", "an age in words"),
    value_defect("created_at_invalid", "created_at", "2024-13-01", "month 13"),
    value_defect("value_too_long", "user_name", "ñ" * 130, "a name of 130 letters in 260 bytes"),
    *STRUCTURE,
)

SONGS = (
    value_defect("id_empty", "id", "", "no id"),
    value_defect("id_invalid", "id", "12abc", "id 12abc"),
    value_defect("track_id_empty", "track_id", "", "no track_id"),
    value_defect("duration_not_positive", "duration_ms", "0", "a duration of 0"),
    value_defect("duration_not_positive", "duration_ms", "-1", "a negative duration"),
    value_defect("duration_ms_empty", "duration_ms", "", "no duration"),
    value_defect("track_genre_empty", "track_genre", "", "no genre"),
    value_defect("popularity_invalid", "popularity", "high", "a popularity in words"),
    value_defect("explicit_invalid", "explicit", "maybe", "explicit: maybe"),
    value_defect("tempo_invalid", "tempo", "fast", "a tempo in words"),
    value_defect("value_too_long", "artists", ";".join(["Ñandú"] * 320), "artists of more than 2048 bytes"),
    value_defect("nul_byte", "track_name", "Mid\x00night", "a NUL byte"),
    Defect(
        "duration 0 and no genre",
        ("duration_not_positive", "track_genre_empty"),
        (("duration_ms", "0"), ("track_genre", "")),
    ),
    *STRUCTURE,
)

BROKEN_LINE = ("unbalanced_quotes",)
"""The rules that catch each half of a value with a line break in it."""
