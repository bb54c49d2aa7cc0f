"""Compares a run's plays with the warehouse: its users and tracks, the plays it holds, the plays that wait."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.columns import USER_ID
from glue_jobs.lib.load import delivery, reasons
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.outcomes import Outcomes, count_outcomes
from glue_jobs.lib.plays import classify, reads
from glue_jobs.lib.plays.reads import PlayRun
from glue_jobs.lib.plays.tracks import Tracks, numbered
from glue_jobs.lib.rows.periods import day_of
from glue_jobs.lib.rows.rule import BEFORE_SIGNUP, PENDING_EXPIRED
from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.run.spans import spans


@dataclass(frozen=True)
class WaitingPlays:
    """Plays that wait: how many, the days of those that can be loaded now, and whether any needs work."""

    plays: int = 0
    days: frozenset[date] = frozenset()
    is_due: bool = False


@dataclass(frozen=True)
class _Before:
    """The warehouse before the run; `is_as_left`: by a run of this job, so the catalogue has not changed since."""

    waiting: WaitingPlays
    has_history: bool
    is_as_left: bool


@dataclass(frozen=True)
class JudgedPlays:
    """The decision about the run's plays.

    Attributes:
        classified: `classify.classify`; None when there is nothing to classify.
        tracks: The catalogue; None if nothing that is made of it can have changed.
        keys: Subquery of the users who may have new plays; empty without classified plays.
        days: Days that may have new plays.
        has_history: Whether any play was loaded before this run.
    """

    tracks: Tracks | None
    waiting: WaitingPlays
    classified: DataFrame | None = None
    counted: Outcomes = field(default_factory=Outcomes)
    keys: str = ""
    days: frozenset[date] = frozenset()
    has_history: bool = True


def judge(run: PlayRun, delivered: Delivery) -> JudgedPlays:
    """Classifies the plays that were delivered and those that wait."""
    cutoff = run.config.started_at - timedelta(days=run.config.pending_days)
    before = _before(run, cutoff)
    waiting = before.waiting
    is_idle = delivered.rows is None and not waiting.is_due and not run.recomputed
    if is_idle and before.is_as_left and not run.window:  # a backfill repairs
        return JudgedPlays(None, waiting)
    known = numbered(run.read(reads.tracks(run.totals)), run.keep, few_plays=run.has_few_rows)
    if is_idle:
        return JudgedPlays(known, waiting)
    new_days = delivery.days_of(delivered.content, without=delivered.rejected, window=run.window)
    days = frozenset(new_days | waiting.days)
    rows = delivered.rows if delivered.rows is not None else frame_of(run.glue.spark, [], classify.ROWS)
    keys = _keys(run, rows if new_days else None, waiting)
    stored = _stored(run, days, before, cutoff)
    users = run.read(reads.users(keys))
    classified = run.keep(classify.classify(rows, stored, users, known.of("track_id", "genre")))
    counted = count_plays(classified)
    reasons.add_decided(run, delivered, counted)
    run.suit(counted.rows)  # with the plays that the warehouse holds on these days
    return JudgedPlays(known, waiting, classified, counted, keys, days, before.has_history)


def count_plays(classified: DataFrame) -> Outcomes:
    """Counts what became of the lines, and of the plays that were waiting."""
    is_early = F.col(BEFORE_SIGNUP) & (F.col("verdict") == Count.LOADED)
    counted = count_outcomes(
        classified,
        warnings={BEFORE_SIGNUP: is_early},
        loaded_days=day_of("listen_time"),
        ignored=(classify.EXISTING,),
    )
    if expired := counted.waiting.verdicts[Count.QUARANTINED]:
        counted.waiting.rules[PENDING_EXPIRED] = expired
    return counted


def _before(run: PlayRun, cutoff: datetime) -> _Before:
    publisher_run = run.warehouse.publication.run_id
    found = run.ask(reads.before(cutoff, publisher_run=publisher_run, job_name=run.config.job_name))
    rows = [row for row in found if row.what == "waiting"]
    waiting = WaitingPlays(
        plays=sum(row.plays for row in rows),
        days=frozenset(row.listen_date for row in rows if row.resolved),
        is_due=any(row.resolved or row.others for row in rows),
    )
    there = {row.what for row in found if row.plays}
    return _Before(waiting, has_history="loaded" in there, is_as_left="own" in there)


def _keys(run: PlayRun, rows: DataFrame | None, waiting: WaitingPlays) -> str:
    """The users who may have new plays, as a subquery; those of the run's lines are read from a stage table."""
    stage = None
    if rows is not None:
        candidates = rows.where(F.col("verdict").isNull()).select("user_id").distinct()
        stage = run.warehouse.stage_keys(candidates, "play_users", (USER_ID,))
    return reads.keys(stage, resolved=bool(waiting.days), recomputed=run.recomputed)


def _stored(run: PlayRun, days: frozenset[date], before: _Before, cutoff: datetime) -> DataFrame | None:
    """Plays that the warehouse holds on the run's days, and the waiting plays that concern the run."""
    found, waits = spans(days), bool(before.waiting.plays)
    if not before.has_history:
        return run.read(reads.pending(cutoff, found)) if waits else None
    existing = run.read(reads.existing([*found, *run.recomputed])).withColumn("state", F.lit(classify.EXISTING))
    if not waits:
        return existing
    return run.read(reads.pending(cutoff, found)).unionByName(existing, allowMissingColumns=True)
