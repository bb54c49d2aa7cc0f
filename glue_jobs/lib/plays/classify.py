"""Gives each play that a run reads its verdict. Pure functions over frames.

Frames they share:
    rows: see ROWS; the lines of this run's files with all broken rules of each.
    stored: user_id, track_id, listen_time, state, source_file, reason, first_seen; plays the warehouse holds: those of
        `streams` (state `existing`) on the dates the run touches, and those of `pending_streams` that concern the run
        (states `waiting` to `expired`, below).
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.model import ddl_text
from glue_jobs.lib.contracts.music import STREAM_FILES, STREAMS
from glue_jobs.lib.rows.rule import BEFORE_SIGNUP, ERRORS_TYPE, PENDING_EXPIRED, reason_of, text_name

KEY = STREAMS.key

EXISTING = "existing"

WAITING, RELABELLED, RESOLVED, EXPIRED = "waiting", "relabelled", "resolved", "expired"
"""States of a pending play: nothing new; another reason than it was stored with; loadable now; given up."""

USER_UNKNOWN, TRACK_UNKNOWN, BOTH_UNKNOWN = "user_unknown", "track_unknown", "user_and_track_unknown"

_TEXTS = tuple(text_name(name) for name in STREAM_FILES.field_names)
ROWS = (
    f"file_id int, raw string, {', '.join(f'{name} string' for name in _TEXTS)}, {ddl_text(STREAM_FILES.fields)},"
    f" _errors {ERRORS_TYPE}, verdict string"
)
"""The columns that `classify` needs of a delivery's rows."""

CLASSIFIED = {
    "verdict": "string",
    "is_stored": "boolean",
    "file_id": "int",
    "source_file": "string",
    **{field.name: field.spark_type for field in STREAM_FILES.fields},
    "reason": "string",
    "first_seen": "timestamp",
    BEFORE_SIGNUP: "boolean",
    "raw": "string",
    "_errors": ERRORS_TYPE,
    **dict.fromkeys(_TEXTS, "string"),
}

# Which copy of a play counts: first loaded ones, then waiting ones, then this run's input in the order of its files. A
# play that is given up counts as newly delivered if the input has it.
_IN_STREAMS, _IN_PENDING, _IN_INPUT, _GIVEN_UP = 0, 1, 2, 3


def classify(rows: DataFrame, stored: DataFrame, users: DataFrame, tracks: DataFrame) -> DataFrame:
    """Every row with its verdict, and the stored plays that matter for what the run publishes.

    Args:
        rows: `delivery.Delivery.rows`.
        stored: See above.
        users: user_id, created_at; at least the known users of the rows.
        tracks: track_id; all known tracks.

    Returns:
        The columns of CLASSIFIED. Rows of files carry file_id, and raw, _errors and texts if they are quarantined.
        Stored plays have is_stored; pending ones become `loaded`, `already_loaded`, `quarantined` or `relabelled`.
    """
    candidates = rows.where(F.col("verdict").isNull()).select("file_id", *KEY)
    plays = _judged(with_look_ups(candidates, users, tracks), stored)
    decided = rows.where(F.col("verdict").isNotNull())
    return _decided(decided).unionByName(plays)


def with_look_ups(candidates: DataFrame, users: DataFrame, tracks: DataFrame) -> DataFrame:
    """Adds `reason` (whether user, track or both are unknown, NULL if neither) and `before_signup`."""
    known_users = users.select("user_id", "created_at", F.lit(True).alias("_user"))
    known_tracks = tracks.select("track_id", F.lit(True).alias("_track"))
    found = candidates.join(known_users, on="user_id", how="left").join(known_tracks, on="track_id", how="left")
    reason = (
        F.when(F.col("_user").isNull() & F.col("_track").isNull(), BOTH_UNKNOWN)
        .when(F.col("_user").isNull(), USER_UNKNOWN)
        .when(F.col("_track").isNull(), TRACK_UNKNOWN)
    )
    early = F.coalesce(F.to_date("listen_time") < F.col("created_at"), F.lit(False))
    return found.select("file_id", *KEY, reason.alias("reason"), early.alias(BEFORE_SIGNUP))


def _judged(plays: DataFrame, stored: DataFrame) -> DataFrame:
    state = F.col("state")
    stored_origin = (
        F.when(state == EXISTING, _IN_STREAMS).when(state == EXPIRED, _GIVEN_UP).otherwise(F.lit(_IN_PENDING))
    )
    everything = stored.select(
        *KEY,
        "state",
        "source_file",
        "reason",
        "first_seen",
        F.lit(None).cast("int").alias("file_id"),
        F.lit(False).alias(BEFORE_SIGNUP),
        stored_origin.alias("_origin"),
    ).unionByName(
        plays.select(*KEY, "file_id", "reason", BEFORE_SIGNUP, F.lit(_IN_INPUT).alias("_origin")),
        allowMissingColumns=True,
    )
    copies = Window.partitionBy(*KEY).orderBy("_origin", "file_id")
    ranked = everything.withColumns({"_copy": F.row_number().over(copies), "_first": F.first("_origin").over(copies)})
    judged = ranked.withColumn("verdict", _verdict()).where(F.col("verdict") != WAITING)
    return judged.select(*_columns({"is_stored": F.col("state").isNotNull()} | _given_up()))


def _verdict() -> Column:
    state, is_loaded = F.col("state"), F.col("_first") == _IN_STREAMS
    waits = F.col("_first") == _IN_PENDING
    of_input = (
        F.when(is_loaded, Count.ALREADY_LOADED)
        .when(waits | (F.col("_copy") > 1), Count.REPEATED)
        .when(F.col("reason").isNotNull(), Count.PENDING_AFTER)
        .when(F.col("reason").isNull(), Count.LOADED)
    )
    of_resolved = F.when(is_loaded, Count.ALREADY_LOADED).when(~is_loaded, Count.LOADED)
    return (
        F.when(state.isNull(), of_input)
        .when(state == RESOLVED, of_resolved)
        .when(state == EXPIRED, Count.QUARANTINED)
        .when(state.isin(EXISTING, RELABELLED, WAITING), state)
    )


def _given_up() -> dict[str, Column]:
    """What the quarantine keeps of an expired play: its key as a line, and since when it waited."""
    is_expired = F.col("verdict") == Count.QUARANTINED
    texts = {
        "user_id": F.col("user_id").cast("string"),
        "track_id": F.col("track_id"),
        "listen_time": F.col("listen_time").cast("string"),
    }
    message = F.format_string("%s: waited since %s", "reason", F.col("first_seen").cast("string"))
    return {
        "raw": F.when(is_expired, F.concat_ws(",", *texts.values())),
        "_errors": F.when(is_expired, reason_of(PENDING_EXPIRED, message)).otherwise(F.array().cast(ERRORS_TYPE)),
        **{text_name(name): F.when(is_expired, text) for name, text in texts.items()},
    }


def _decided(rows: DataFrame) -> DataFrame:
    """Rows that have a verdict already; those in error with everything that the quarantine keeps."""
    in_error = F.col("verdict") == Count.QUARANTINED
    absent = {name: F.lit(None) for name in ("source_file", "reason", "first_seen")}
    texts = {
        text_name(name): F.coalesce(F.col(text_name(name)), F.col(name).cast("string"))
        for name in STREAM_FILES.field_names
    }
    kept = {name: F.when(in_error, text) for name, text in ({"raw": F.col("raw")} | texts).items()}
    return rows.select(*_columns({"is_stored": F.lit(False), BEFORE_SIGNUP: F.lit(False)} | absent | kept))


def _columns(given: dict[str, Column]) -> list[Column]:
    """The columns of CLASSIFIED, taken from `given` or else by name."""
    return [(given[name] if name in given else F.col(name)).cast(kind).alias(name) for name, kind in CLASSIFIED.items()]
