"""The publishing step of load_streams: quarantine, stages, books, one transaction."""

import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.books.book import FileBook, RunBook, check_balance, close_books
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.kpis import GENRE_KPIS
from glue_jobs.lib.contracts.model import TIMES, Column, Table
from glue_jobs.lib.contracts.music import PENDING_STREAMS, STREAMS
from glue_jobs.lib.load import outcomes, reasons
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.plays import classify, facts, reads
from glue_jobs.lib.plays.judge import JudgedPlays
from glue_jobs.lib.plays.kpis import build, genre
from glue_jobs.lib.plays.kpis.build import Frames
from glue_jobs.lib.plays.reads import PlayRun
from glue_jobs.lib.plays.tracks import with_track_id
from glue_jobs.lib.run.spans import spans


def publish(run: PlayRun, delivered: Delivery, judgement: JudgedPlays) -> None:
    """Publishes the run's results and books, all at once.

    Raises:
        BooksError: The books do not balance; nothing was published.
        PublishConflictError: Another run published in the meantime; nothing was published.
    """
    at = datetime.now(UTC)
    named = _named(delivered, judgement)
    reasons.quarantine_errors(run, delivered, judgement.counted, others=_expired(judgement, named))
    file_books = outcomes.file_books(run.config, delivered, judgement.counted, loaded_at=at)
    for book in file_books:
        check_balance(book)
    frames = _frames(run, judgement, named)
    run.warehouse.stage_all(frames)
    slices = _slices(run, judgement, named, frames)
    run.done("stage")
    book = _run_book(run, judgement, file_books)
    run.warehouse.publish(book, file_books, tables=frames, slices=slices, loaded_at=at)


def tables_by_period(tables: Iterable[Table]) -> Mapping[Column, list[Table]]:
    """The tables whose slices are periods of time, which a recomputation finds by its days; by the column with them."""
    found: dict[Column, list[Table]] = {}
    for table in tables:
        columns = [table.column(name) for name in table.slices]
        if len(columns) == 1 and columns[0].type in TIMES:
            found.setdefault(columns[0], []).append(table)
    return found


def _named(delivered: Delivery, judgement: JudgedPlays) -> DataFrame | None:
    """The classified plays with source_file; None if there are none."""
    if judgement.classified is None:
        return None
    return judgement.classified.withColumn("source_file", F.coalesce("source_file", delivered.source_file))


def _waiting(judgement: JudgedPlays, named: DataFrame) -> DataFrame:
    """The plays with track_id, for what is made of few of them."""
    return with_track_id(named, judgement.tracks.beside("track_id"))


def _expired(judgement: JudgedPlays, named: DataFrame | None) -> DataFrame | None:
    if named is None or not judgement.counted.waiting.verdicts[Count.QUARANTINED]:
        return None
    return classify.given_up(_waiting(judgement, named).where(F.col("verdict") == Count.QUARANTINED))


def _frames(run: PlayRun, judgement: JudgedPlays, named: DataFrame | None) -> Frames:
    """The rows that this run changes, by table."""
    counted = judgement.counted
    all_time = {GENRE_KPIS: genre.build_genre_kpis(judgement.tracks.rows)} if judgement.tracks else {}
    if named is None:
        return all_time
    frames: Frames = {}
    if counted.total(Count.LOADED):
        new_plays = with_track_id(named.where(F.col("verdict") == Count.LOADED), judgement.tracks.of("track_id"))
        frames[STREAMS] = facts.build_streams(new_plays)
    if counted.total(Count.PENDING_AFTER) or counted.waiting.verdicts:
        frames[PENDING_STREAMS] = facts.build_pending(_waiting(judgement, named), first_seen=run.config.started_at)
    if counted.total(Count.LOADED) or run.recomputed:
        return frames | _kpis(run, judgement)
    return frames | all_time


def _kpis(run: PlayRun, judgement: JudgedPlays) -> Frames:
    # Without a history all plays are new, and so are their days.
    touched = judgement.counted.days if judgement.has_history and not run.recomputed else None
    every = build.plays_of_days(judgement.classified, days=touched)
    present = None
    if judgement.has_history:
        present = build.read_present(run, judgement.tracks, judgement.keys, spans(judgement.days))
    return build.kpi_frames(every, judgement.tracks, present, keep=run.keep, recomputes=bool(run.recomputed))


def _slices(run: PlayRun, judgement: JudgedPlays, named: DataFrame | None, frames: Frames) -> dict[str, str]:
    """The stage that names the slices to replace, by table: its own, with a row of each slice, or one of keys."""
    slices = {table.name: table.name for table in frames if table.publish == "replace" and table.slices}
    if named is not None and judgement.counted.waiting.verdicts:
        keys = facts.pending_keys(_waiting(judgement, named))
        columns = [PENDING_STREAMS.column(name) for name in PENDING_STREAMS.key]
        slices[PENDING_STREAMS.name] = run.warehouse.stage_keys(keys, "pending_keys", columns)
    if run.recomputed:
        for column, tables in tables_by_period(frames).items():
            keys = reduce(DataFrame.unionByName, (_recomputed(run, frames, table, column) for table in tables))
            stage = run.warehouse.stage_keys(keys.distinct(), f"recomputed_{column.name}", (column,))
            slices |= {table.name: stage for table in tables}
    return slices


def _recomputed(run: PlayRun, frames: Frames, table: Table, column: Column) -> DataFrame:
    """Slices that have figures now, and slices that had some before and may no longer have plays."""
    before = run.read(reads.slices(table, column, run.recomputed))
    return frames[table].select(column.name).unionByName(before)


def _run_book(run: PlayRun, judgement: JudgedPlays, file_books: list[FileBook]) -> RunBook:
    waiting = judgement.counted.waiting
    measures: dict[str, Any] = {
        **run.measures(sum(book.read for book in file_books)),
        "new_plays": judgement.counted.total(Count.LOADED),
        "touched_days": len(judgement.counted.days),
    }
    return close_books(
        run.config,
        file_books,
        pending_before=judgement.waiting.plays,
        from_pending=waiting.verdicts,
        rules_from_pending=waiting.rules,
        measures=measures,
        versions={"python": platform.python_version(), "spark": run.glue.spark.version},
    )
