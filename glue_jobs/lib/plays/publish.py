"""Publishing of load_streams: quarantine, stages, books, one transaction."""

import platform
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.books import book as books
from glue_jobs.lib.contracts import tables
from glue_jobs.lib.contracts.datasets import STREAMS as PLAYS
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.load import outcomes
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.plays import classify, facts, reads
from glue_jobs.lib.plays.facts import Frames, Present
from glue_jobs.lib.plays.judge import Judgement
from glue_jobs.lib.plays.kpis import genre
from glue_jobs.lib.plays.play_run import PlayRun
from glue_jobs.lib.rows import quarantine
from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.run.spans import spans
from glue_jobs.lib.warehouse import sql

NAMES = "file_id int, source_file string, file_key string"


def publish(run: PlayRun, delivery: Delivery, judgement: Judgement) -> None:
    """Publishes the run's results and books; nothing of them is visible unless all is.

    Raises:
        BooksError: The books do not balance; nothing was published.
        PublishConflictError: Someone else published meanwhile; nothing was published.
    """
    at = datetime.now(UTC)
    file_books = outcomes.file_books(
        run.config, delivery.inputs, delivery.found, judgement.counted, rejected=delivery.rejected, loaded_at=at
    )
    for book in file_books:
        books.check_balance(book)
    frames = _frames(run, delivery, judgement, at)
    run.warehouse.stage_all(frames)
    slices = _slices(run, judgement, frames)
    run.done("stage")
    run.warehouse.publish(_run_book(run, judgement, file_books), file_books, tables=frames, slices=slices)


def _frames(run: PlayRun, delivery: Delivery, judgement: Judgement, at: datetime) -> Frames:
    """What this run changes, by table; writes the quarantine on the way."""
    counted, classified = judgement.counted, judgement.classified
    all_time = {tables.GENRE_KPIS: genre.build_genre_kpis(judgement.tracks)}
    if classified is None:
        return all_time
    names = frame_of(run.glue.spark, outcomes.names(delivery.inputs), NAMES)
    named = facts.with_source_file(classified, names)
    if counted.total(classify.QUARANTINED):
        rows = named.where(F.col("verdict") == classify.QUARANTINED)
        quarantine.write_quarantine(rows, dataset=PLAYS, config=run.config)
    frames: Frames = {}
    if counted.total(classify.LOADED):
        new_plays = named.where(F.col("verdict") == classify.LOADED)
        frames[tables.STREAMS] = facts.build_streams(new_plays, run_id=run.config.run_id, loaded_at=at)
    if counted.total(classify.PENDING) or counted.waiting.verdicts:
        frames[tables.PENDING_STREAMS] = facts.build_pending(named, first_seen=run.config.started_at)
    if counted.total(classify.LOADED) or run.recomputed:
        return frames | _kpis(run, judgement)
    return frames | all_time


def _kpis(run: PlayRun, judgement: Judgement) -> Frames:
    days = spans(judgement.days)
    present = Present(
        user_tracks=run.read(reads.user_tracks(judgement.keys, run.totals)),
        user_days=run.read(reads.user_days(judgement.keys, days, run.totals)).persist(),
        active_days=run.read(reads.active_days(judgement.keys, run.totals)),
    )
    touched = None if run.recomputed else judgement.counted.days
    every = facts.plays_of_days(judgement.classified, days=touched)
    return facts.kpi_frames(every, judgement.tracks, present, recomputes=bool(run.recomputed))


def _slices(run: PlayRun, judgement: Judgement, frames: Frames) -> dict[str, str]:
    """The stage that names the slices to replace: a table's own, which has a row of each slice, or one of keys."""
    sliced = [table for table in frames if table.publish == "replace" and table.slices]
    slices = {table.name: sql.stage_name(table.name, run.config.run_id) for table in sliced}
    if judgement.classified is not None and judgement.counted.waiting.verdicts:
        keys = facts.pending_keys(judgement.classified)
        columns = [tables.PENDING_STREAMS.column(name) for name in tables.PENDING_STREAMS.key]
        slices[tables.PENDING_STREAMS.name] = run.warehouse.stage_keys(keys, "pending_keys", columns)
    if run.recomputed:
        hour, day = tables.HOURLY_KPIS.column("hour"), tables.LISTEN_DATE
        hours = _recomputed_slices(run, frames, tables.HOURLY_KPIS, hour)
        days = _recomputed_slices(run, frames, tables.GENRE_DAILY_KPIS, day)
        slices[tables.HOURLY_KPIS.name] = run.warehouse.stage_keys(hours, "hours", (hour,))
        stage = run.warehouse.stage_keys(days, "days", (day,))
        slices |= {
            table.name: stage for table in (tables.GENRE_DAILY_KPIS, tables.DAILY_TOP_TRACKS, tables.DAILY_TOP_GENRES)
        }
    return slices


def _recomputed_slices(run: PlayRun, frames: Frames, table: Table, column: Column) -> DataFrame:
    """Slices that have figures now, and those that had some and no longer have plays."""
    before = run.read(reads.slices(table, column, run.recomputed))
    return frames[table].select(column.name).unionByName(before).distinct()


def _run_book(run: PlayRun, judgement: Judgement, file_books: list[books.FileBook]) -> books.RunBook:
    waiting = judgement.counted.waiting
    measures: dict[str, Any] = {
        "seconds": run.seconds,
        "new_plays": judgement.counted.total(classify.LOADED),
        "touched_days": len(judgement.counted.days),
    }
    return books.close_books(
        run.config,
        file_books,
        pending_before=judgement.waiting.plays,
        loaded_from_pending=waiting.verdicts[classify.LOADED],
        already_loaded_from_pending=waiting.verdicts[classify.ALREADY_LOADED],
        quarantined_from_pending=waiting.verdicts[classify.QUARANTINED],
        rules_from_pending=waiting.rules,
        measures=measures,
        versions={"python": platform.python_version(), "spark": run.glue.spark.version},
    )
