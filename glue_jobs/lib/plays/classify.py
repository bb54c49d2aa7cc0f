"""Gives each play that a run reads its verdict. Pure functions over frames.

Frames they share:
    rows: see ROWS; the lines of this run's files.
    stored: user_id, track_id, listen_time, state and, of waiting plays, source_file, reason, first_seen; plays the
        warehouse holds: those of `streams` (state `existing`) on the dates the run touches, and those of
        `pending_streams` that concern the run (states `waiting` to `expired`, below).
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.model import ddl_text
from glue_jobs.lib.contracts.music import STREAM_FILES, STREAMS
from glue_jobs.lib.plays.tracks import beside
from glue_jobs.lib.rows.periods import day_of
from glue_jobs.lib.rows.rule import BEFORE_SIGNUP, PENDING_EXPIRED, reason_of, text_name

KEY = STREAMS.key

EXISTING = "existing"

WAITING, RELABELLED, RESOLVED, EXPIRED = "waiting", "relabelled", "resolved", "expired"
"""States of a pending play: nothing new; another reason than it was stored with; loadable now; given up."""

USER_UNKNOWN, TRACK_UNKNOWN, BOTH_UNKNOWN = "user_unknown", "track_unknown", "user_and_track_unknown"

ROWS = f"file_id int, {ddl_text(STREAM_FILES.fields)}, verdict string"
"""The columns that `classify` needs of a delivery's rows."""

NARROW_KEY = ("user_id", "track", "unknown_track_id", "listen_time")
"""The key of a play, with the number of its track in place of the id; the id is kept only of unknown tracks."""

CLASSIFIED = (
    *("verdict", "is_stored", "file_id", "source_file", *NARROW_KEY, "genre", "reason", "first_seen"),
    BEFORE_SIGNUP,
)

# Which copy of a play counts: first loaded ones, then waiting ones, then this run's input in the order of its files. A
# play that is given up counts as newly delivered if the input has it.
_IN_STREAMS, _IN_PENDING, _IN_INPUT, _GIVEN_UP = 0, 1, 2, 3


def classify(rows: DataFrame, stored: DataFrame | None, users: DataFrame, tracks: DataFrame) -> DataFrame:
    """Every row that has no verdict yet with its verdict, and the stored plays that matter for what the run publishes.

    Args:
        rows: `delivery.Delivery.rows`.
        stored: See above; None if there are none.
        users: user_id, created_at; at least the known users of the rows.
        tracks: track_id, track, genre; with the hint by which Spark is to join them.

    Returns:
        The columns of CLASSIFIED, partitioned by user. Rows of files carry file_id. Stored plays have is_stored;
        pending ones become `loaded`, `already_loaded`, `quarantined` or `relabelled`.
    """
    absent = {"state": "string", "source_file": "string", "reason": "string", "first_seen": "timestamp"}
    candidates = rows.where(F.col("verdict").isNull()).select("file_id", *KEY)
    plays = candidates.withColumns({name: F.lit(None).cast(kind) for name, kind in absent.items()})
    if stored is not None:
        plays = plays.unionByName(stored, allowMissingColumns=True)
    return _judged(with_look_ups(plays, users, tracks))


def with_look_ups(plays: DataFrame, users: DataFrame, tracks: DataFrame) -> DataFrame:
    """Adds the numbers of the track and its genre, or `unknown_track_id`; `before_signup`; `reason` of the run's rows.

    A reason says whether user, track or both are unknown, NULL if neither. The rows are partitioned by user.
    """
    known_users = beside(users.select("user_id", "created_at", F.lit(True).alias("_user")))
    narrow = plays.join(tracks, on="track_id", how="left").select(
        *(name for name in plays.columns if name != "track_id"),
        *("track", "genre"),
        F.when(F.col("track").isNull(), F.col("track_id")).alias("unknown_track_id"),
    )
    found = narrow.repartition("user_id").join(known_users, on="user_id", how="left")
    reason = (
        F.when(F.col("_user").isNull() & F.col("track").isNull(), BOTH_UNKNOWN)
        .when(F.col("_user").isNull(), USER_UNKNOWN)
        .when(F.col("track").isNull(), TRACK_UNKNOWN)
    )
    is_own = F.col("state").isNull()
    early = is_own & F.coalesce(day_of("listen_time") < F.col("created_at"), F.lit(False))
    return found.withColumns({"reason": F.when(is_own, reason).otherwise(F.col("reason")), BEFORE_SIGNUP: early}).drop(
        "created_at", "_user"
    )


def _judged(plays: DataFrame) -> DataFrame:
    state = F.col("state")
    origin = (
        F.when(state.isNull(), _IN_INPUT)
        .when(state == EXISTING, _IN_STREAMS)
        .when(state == EXPIRED, _GIVEN_UP)
        .otherwise(F.lit(_IN_PENDING))
    )
    copies = Window.partitionBy(*NARROW_KEY).orderBy("_origin", "file_id")
    ranked = plays.withColumn("_origin", origin).withColumns(
        {"_copy": F.row_number().over(copies), "_first": F.first("_origin").over(copies)}
    )
    judged = ranked.withColumns({"verdict": _verdict(), "is_stored": state.isNotNull()})
    return judged.where(F.col("verdict") != WAITING).select(*CLASSIFIED)


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


def given_up(plays: DataFrame) -> DataFrame:
    """What the quarantine keeps of expired plays: the key of each as a line, and since when it waited.

    Args:
        plays: KEY, reason, first_seen, source_file of expired plays.

    Returns:
        `quarantine.columns`, source_file, file_key.
    """
    texts = {name: F.col(name).cast("string") for name in KEY}
    message = F.format_string("%s: waited since %s", "reason", F.col("first_seen").cast("string"))
    return plays.select(
        F.concat_ws(",", *texts.values()).alias("raw"),
        *(text.alias(text_name(name)) for name, text in texts.items()),
        reason_of(PENDING_EXPIRED, message).alias("_errors"),
        "source_file",
        F.lit(None).cast("string").alias("file_key"),
    )
