"""The queries of load_streams to the warehouse: SQL text and the columns of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from glue_jobs.lib.contracts.books import LOAD_RUNS
from glue_jobs.lib.contracts.kpis import TRACK_TOTALS, USER_DAYS, USER_TRACK_TOTALS
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.contracts.music import PENDING_STREAMS, SONGS, STREAMS, USERS
from glue_jobs.lib.load.load_run import Query, WarehouseRun
from glue_jobs.lib.plays import classify
from glue_jobs.lib.run.spans import Span
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.sql import dates_within, times_within

STORED = (
    "user_id bigint, track_id string, listen_time timestamp, state string, source_file string, reason string,"
    " first_seen timestamp"
)
_LOOK_UPS = (
    f"LEFT JOIN {USERS.full_name} AS u ON u.user_id = p.user_id "
    f"LEFT JOIN {SONGS.full_name} AS s ON s.track_id = p.track_id"
)
_REASON = (
    f"CASE WHEN u.user_id IS NULL AND s.track_id IS NULL THEN '{classify.BOTH_UNKNOWN}' "
    f"WHEN u.user_id IS NULL THEN '{classify.USER_UNKNOWN}' WHEN s.track_id IS NULL THEN '{classify.TRACK_UNKNOWN}' END"
)


@dataclass(frozen=True)
class Totals:
    """Relations that hold the all-time totals: tables, or subqueries of the same columns."""

    tracks: str
    user_tracks: str
    user_days: str


MOVED_TOTALS = Totals(TRACK_TOTALS.full_name, USER_TRACK_TOTALS.full_name, USER_DAYS.full_name)
"""Totals as earlier runs left them; an ordinary run starts from these."""

COUNTED_TOTALS = Totals(
    tracks=f"(SELECT c.track_id, COUNT(*) AS plays FROM {STREAMS.full_name} AS c GROUP BY c.track_id)",
    user_tracks=(
        "(SELECT c.user_id, c.track_id, COUNT(*) AS plays, MIN(c.listen_time) AS first_listen, "
        f"MAX(c.listen_time) AS last_listen FROM {STREAMS.full_name} AS c GROUP BY c.user_id, c.track_id)"
    ),
    user_days=(
        "(SELECT c.user_id, CAST(c.listen_time AS DATE) AS listen_date, COUNT(*) AS plays "
        f"FROM {STREAMS.full_name} AS c GROUP BY c.user_id, CAST(c.listen_time AS DATE))"
    ),
)
"""Totals counted from the plays: a backfill repairs, so it does not trust stored totals (plays may be deleted)."""


@dataclass(kw_only=True)
class PlayRun(WarehouseRun):
    """One run of load_streams."""

    @property
    def recomputed(self) -> list[Span]:
        """The days whose figures are computed again even if they have no new plays."""
        return [self.window or Span(None, None)] if self.config.recompute else []

    @property
    def totals(self) -> Totals:
        """Where all-time totals are read from; a run that repairs counts them from the plays."""
        return COUNTED_TOTALS if self.window or self.recomputed else MOVED_TOTALS


def tracks(totals: Totals = MOVED_TOTALS) -> Query:
    """The catalogue with each track's plays; genre_kpis needs all of it, and it does not grow with the history."""
    names = ("track_id", "artists", "track_name", "popularity", "duration_ms", "track_genre")
    return (
        f"SELECT {', '.join(f's.{name}' for name in names)}, COALESCE(t.plays, 0) AS plays "
        f"FROM {SONGS.full_name} AS s LEFT JOIN {totals.tracks} AS t ON t.track_id = s.track_id",
        ", ".join(f"{name} {SONGS.column(name).spark_type}" for name in names) + ", plays bigint",
    )


def before(cutoff: datetime, *, publisher_run: str, job_name: str) -> Query:
    """What is there before the run, in one read.

    Returns:
        what `waiting`: by date, how many plays wait, how many of them can be loaded, and how many others need work in
        this run. what `loaded`: in `plays`, whether any play is loaded (0 or 1). what `own`: in `plays`, whether the
        run that published last is one of the job.
    """
    state = _state(cutoff)
    # UNLOAD takes a LIMIT only inside.
    return (
        f"SELECT 'waiting' AS what, listen_date, COUNT(*) AS plays, {_count_of(classify.RESOLVED)} AS resolved, "
        f"COUNT(*) - {_count_of(classify.WAITING)} - {_count_of(classify.RESOLVED)} AS others FROM ("
        f"SELECT CAST(p.listen_time AS DATE) AS listen_date, {state} AS state "
        f"FROM {PENDING_STREAMS.full_name} AS p {_LOOK_UPS}) AS w GROUP BY listen_date "
        f"UNION ALL SELECT 'loaded', CAST(NULL AS DATE), COUNT(*), 0, 0 "
        f"FROM (SELECT f.user_id FROM {STREAMS.full_name} AS f LIMIT 1) AS one "
        f"UNION ALL SELECT 'own', CAST(NULL AS DATE), COUNT(*), 0, 0 FROM {LOAD_RUNS.full_name} AS r "
        f"WHERE r.run_id = {sql.literal(publisher_run)} AND r.job_name = {sql.literal(job_name)}",
        "what string, listen_date date, plays bigint, resolved bigint, others bigint",
    )


def pending(cutoff: datetime, found: Sequence[Span]) -> Query:
    """Waiting plays that need work in this run, or are on the dates that it reads."""
    return (
        "SELECT user_id, track_id, listen_time, state, source_file, COALESCE(new_reason, reason) AS reason, first_seen "
        "FROM (SELECT p.user_id, p.track_id, p.listen_time, p.source_file, p.reason, p.first_seen, "
        f"{_REASON} AS new_reason, {_state(cutoff)} AS state "
        f"FROM {PENDING_STREAMS.full_name} AS p {_LOOK_UPS}) AS w "
        f"WHERE state <> '{classify.WAITING}' OR {times_within('listen_time', found)}",
        STORED,
    )


def existing(found: Sequence[Span]) -> Query:
    """Plays of the dates that the run touches."""
    return (
        f"SELECT p.user_id, p.track_id, p.listen_time FROM {STREAMS.full_name} AS p "
        f"WHERE {times_within('p.listen_time', found)}",
        "user_id bigint, track_id string, listen_time timestamp",
    )


def keys(stage: str | None, *, resolved: bool, recomputed: Sequence[Span]) -> str:
    """A subquery of users: those in a stage of keys, of waiting plays that can be loaded, of spans computed again."""
    parts = [f"SELECT k.user_id FROM {stage} AS k"] if stage else []
    if resolved:
        parts.append(
            f"SELECT p.user_id FROM {PENDING_STREAMS.full_name} AS p {_LOOK_UPS} "
            "WHERE u.user_id IS NOT NULL AND s.track_id IS NOT NULL"
        )
    if recomputed:
        parts.append(
            f"SELECT r.user_id FROM {STREAMS.full_name} AS r WHERE {times_within('r.listen_time', recomputed)}"
        )
    if not parts:
        return f"(SELECT n.user_id FROM {USERS.full_name} AS n WHERE 1 = 0)"
    return f"(SELECT DISTINCT a.user_id FROM ({' UNION '.join(parts)}) AS a)"


def users(keys: str) -> Query:
    """Which of the users are known, and since when."""
    return (
        f"SELECT u.user_id, u.created_at FROM {USERS.full_name} AS u JOIN {keys} AS k ON k.user_id = u.user_id",
        "user_id bigint, created_at date",
    )


def user_tracks(keys: str, totals: Totals = MOVED_TOTALS) -> Query:
    """Everything the users ever played, by track."""
    columns = ", ".join(f"t.{name}" for name in USER_TRACK_TOTALS.column_names)
    return (
        f"SELECT {columns} FROM {totals.user_tracks} AS t JOIN {keys} AS k ON k.user_id = t.user_id",
        USER_TRACK_TOTALS.spark_schema,
    )


def user_days(keys: str, found: Sequence[Span], totals: Totals = MOVED_TOTALS) -> Query:
    """The users' plays by day, on the touched dates."""
    return (
        f"SELECT t.user_id, t.listen_date, t.plays FROM {totals.user_days} AS t "
        f"JOIN {keys} AS k ON k.user_id = t.user_id WHERE {dates_within('t.listen_date', found)}",
        USER_DAYS.spark_schema,
    )


def active_days(keys: str, totals: Totals = MOVED_TOTALS) -> Query:
    """How many days each of the users has played."""
    return (
        f"SELECT t.user_id, COUNT(*) AS active_days FROM {totals.user_days} AS t "
        f"JOIN {keys} AS k ON k.user_id = t.user_id GROUP BY t.user_id",
        "user_id bigint, active_days bigint",
    )


def slices(table: Table, column: Column, found: Sequence[Span]) -> Query:
    """The slices of a KPI table in the spans that are computed again."""
    within = dates_within if column.type == "DATE" else times_within
    return (
        f"SELECT DISTINCT t.{column.name} FROM {table.full_name} AS t WHERE {within(f't.{column.name}', found)}",
        f"{column.name} {column.spark_type}",
    )


def _state(cutoff: datetime) -> str:
    return (
        f"CASE WHEN u.user_id IS NOT NULL AND s.track_id IS NOT NULL THEN '{classify.RESOLVED}' "
        f"WHEN p.first_seen < {sql.timestamp(cutoff)} THEN '{classify.EXPIRED}' "
        f"WHEN p.reason <> {_REASON} THEN '{classify.RELABELLED}' ELSE '{classify.WAITING}' END"
    )


def _count_of(state: str) -> str:
    return f"COUNT(CASE WHEN state = '{state}' THEN 1 END)"
