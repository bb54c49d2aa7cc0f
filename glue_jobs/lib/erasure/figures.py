"""The figures that count plays of users who are erased, without them: as if these plays had never been delivered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.columns import USER_ID
from glue_jobs.lib.contracts.kpis import TRACK_TOTALS
from glue_jobs.lib.contracts.model import Column
from glue_jobs.lib.contracts.music import STREAMS
from glue_jobs.lib.plays import reads
from glue_jobs.lib.plays.kpis import build
from glue_jobs.lib.plays.kpis.build import Frames
from glue_jobs.lib.plays.publish import tables_by_period
from glue_jobs.lib.plays.reads import PlayRun, Totals
from glue_jobs.lib.plays.tracks import numbered
from glue_jobs.lib.rows.periods import day_of
from glue_jobs.lib.run.spans import spans
from glue_jobs.lib.warehouse import sql

SLICE = {"DATE": "CAST(p.listen_time AS DATE)", "TIMESTAMP": "DATE_TRUNC('hour', p.listen_time)"}
"""The slice of a play, by the type of the column that names slices."""


@dataclass(frozen=True)
class Figures:
    """What changes: rows by table, the stage that names the slices, and statements to run after them."""

    frames: Frames = field(default_factory=dict)
    slices: dict[str, str] = field(default_factory=dict)
    statements: tuple[str, ...] = ()


def without(run: PlayRun, users: str) -> Figures:
    """The figures without the users.

    Only hours and days with plays of theirs are counted anew, with today's catalogue; figures of other users are left
    as they are.

    Args:
        users: The stage with their ids.
    """
    days = [row.day for row in run.ask((f"SELECT DISTINCT {SLICE['DATE']} AS day {_theirs(users)}", "day date"))]
    if not days:
        return Figures()
    tracks = numbered(run.read(reads.tracks(_totals(users))), run.keep, few_plays=run.has_few_rows)
    every = run.keep(_others(run, users, days).join(tracks.of("track_id", "genre"), on="track_id").drop("track_id"))
    built = build.kpi_frames(every, tracks, None, keep=run.keep, recomputes=False)
    frames = {table: rows for table, rows in built.items() if USER_ID.name not in table.column_names}
    frames[TRACK_TOTALS] = run.read((f"SELECT t.track_id, t.plays {_played(users)}", TRACK_TOTALS.spark_schema))
    slices: dict[str, str] = {}
    for column, tables in tables_by_period(frames).items():
        slices |= dict.fromkeys((table.name for table in tables), _stage_slices(run, users, column))
    none_left = f"NOT EXISTS (SELECT 1 FROM {STREAMS.full_name})"
    emptied = [table for table in frames if table.publish == "replace" and not table.slices]
    return Figures(
        frames,
        slices,
        (
            f"DELETE FROM {TRACK_TOTALS.full_name} WHERE plays = 0",
            *(f"DELETE FROM {table.full_name} WHERE {none_left}" for table in emptied),
        ),
    )


def _theirs(users: str) -> str:
    return f"FROM {STREAMS.full_name} AS p JOIN {users} AS k ON k.user_id = p.user_id"


def _totals(users: str) -> Totals:
    """The totals of tracks without the users' plays."""
    counted = f"(SELECT p.track_id, COUNT(*) AS plays {_theirs(users)} GROUP BY p.track_id)"
    tracks = (
        f"(SELECT a.track_id, a.plays - COALESCE(g.plays, 0) AS plays FROM {TRACK_TOTALS.full_name} AS a "
        f"LEFT JOIN {counted} AS g ON g.track_id = a.track_id)"
    )
    return Totals(tracks, "", "")


def _played(users: str) -> str:
    """The totals of the tracks that the users have played."""
    return (
        f"FROM {_totals(users).tracks} AS t JOIN (SELECT DISTINCT p.track_id {_theirs(users)}) AS d "
        "ON d.track_id = t.track_id"
    )


def _others(run: PlayRun, users: str, days: Sequence[date]) -> DataFrame:
    """All other plays of these days: user_id, track_id, listen_time, is_new, touches (in an hour of the users')."""
    hours = f"SELECT DISTINCT {SLICE['TIMESTAMP']} AS listen_hour {_theirs(users)}"
    query = (
        "SELECT p.user_id, p.track_id, p.listen_time, CASE WHEN h.listen_hour IS NULL THEN 0 ELSE 1 END AS in_hour "
        f"FROM {STREAMS.full_name} AS p LEFT JOIN {users} AS k ON k.user_id = p.user_id "
        f"LEFT JOIN ({hours}) AS h ON h.listen_hour = {SLICE['TIMESTAMP']} "
        f"WHERE k.user_id IS NULL AND {sql.times_within('p.listen_time', spans(days))}"
    )
    plays = run.read((query, "user_id bigint, track_id string, listen_time timestamp, in_hour int"))
    # Spans may hold further days, whose figures stay as they are.
    return plays.where(day_of("listen_time").isin(sorted(days))).select(
        *STREAMS.key, F.lit(False).alias("is_new"), (F.col("in_hour") == 1).alias("touches")
    )


def _stage_slices(run: PlayRun, users: str, column: Column) -> str:
    query = f"SELECT DISTINCT {SLICE[column.type]} AS {column.name} {_theirs(users)}"
    keys = run.read((query, f"{column.name} {column.spark_type}"))
    return run.warehouse.stage_keys(keys, f"erased_{column.name}", (column,))
