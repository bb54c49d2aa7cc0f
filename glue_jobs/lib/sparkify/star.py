"""Builds what one run changes in the star schema, as frames by table."""

from dataclasses import dataclass, field
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import sparkify as tables
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.load_run import WarehouseRun
from glue_jobs.lib.load.outcomes import Outcomes
from glue_jobs.lib.run import parallel
from glue_jobs.lib.sparkify import events, matching, part, reads, songs
from glue_jobs.lib.sparkify.part import JudgedRows


@dataclass(frozen=True)
class NewRows:
    """Rows that are new or changed, and the stage of keys with which the warehouse is queried about them."""

    rows: DataFrame
    keys: str


@dataclass(frozen=True)
class Changes:
    """What one dataset, or the whole run, changes.

    Attributes:
        frames: Rows by table.
        slices: The stage that names the slices to replace, by table name.
        measures: Counts for the books.
        counted: What became of each line of the dataset.
        new: Songs or songplays that are new or changed.
    """

    frames: dict[Table, DataFrame] = field(default_factory=dict)
    slices: dict[str, str] = field(default_factory=dict)
    measures: dict[str, int] = field(default_factory=dict)
    counted: Outcomes = field(default_factory=Outcomes)
    new: NewRows | None = None


@dataclass(frozen=True)
class Star:
    """Everything that a run changes: frames, slices and measures as in `Changes`, counts of songs and of events."""

    frames: dict[Table, DataFrame]
    slices: dict[str, str]
    measures: dict[str, int]
    counted_log: Outcomes
    counted_songs: Outcomes


def build(run: WarehouseRun, log: Delivery, song: Delivery | None, repairs: DataFrame | None, *, at: datetime) -> Star:
    """Judges what was delivered, then builds every table that it changes.

    Args:
        log: The delivery of log_data.
        song: The delivery of song_data; None in a backfill.
        repairs: `text_repair.find_repairs`.
        at: The rows' loaded_at.
    """

    def change_songs() -> Changes:
        return _songs(run, song, song.rows, repairs, at) if song and song.rows is not None else Changes()

    def change_plays() -> Changes:
        return _events(run, log, log.rows, repairs) if log.rows is not None else Changes()

    # In parallel: neither needs the other, and each waits more for driver and warehouse than for the executors.
    changed, played = parallel.in_parallel(lambda change: change(), [change_songs, change_plays])
    matched = _songplays(run, log, played.new, changed.new, at)
    none = {table: run.glue.spark.createDataFrame([], table.spark_schema) for table in tables.STAGING}
    return Star(
        frames=none | changed.frames | played.frames | matched.frames,
        slices=changed.slices | played.slices,
        measures=changed.measures | played.measures | matched.measures,
        counted_log=played.counted,
        counted_songs=changed.counted,
    )


def _songs(run: WarehouseRun, delivered: Delivery, rows: DataFrame, repairs: DataFrame | None, at: datetime) -> Changes:
    """Judges the songs; builds songs, artists and staging."""
    clean = songs.build_songs(delivered.named(part.clean_rows(rows, songs.TEXT_FIELDS, repairs))).persist()
    columns = [column.name for column in reads.SONG_KEYS]
    keys = run.warehouse.stage_keys(clean.select(columns).distinct(), "song_keys", reads.SONG_KEYS)
    stored = run.small(run.read(reads.songs_of_artists(keys)).persist())
    judged = part.keep_judged(
        run,
        delivered,
        songs.judge(clean, stored),
        is_repaired=F.col("repaired_from").isNotNull(),
        facts={"replaced_songs": F.col("is_replacing")},
    )
    staging = {tables.STAGING_SONGS: songs.build_staging(delivered.named(judged.rows))}
    measures = {"changed_songs": judged.counted.total(Count.LOADED)}
    if not measures["changed_songs"]:
        return Changes(staging, measures=measures, counted=judged.counted)
    changed = songs.changed_songs(judged.rows).persist()
    frames = {
        tables.SONGS: _with_lineage(run, changed, delivered, at).select(tables.SONGS.column_names),
        tables.ARTISTS: songs.build_artists(songs.overlay(stored, changed)),
    }
    slices = {tables.ARTISTS.name: tables.ARTISTS.name}
    if judged.counted.facts["replaced_songs"]:  # An artist may be left without songs.
        artists = stored.select("artist_id").union(changed.select("artist_id")).distinct()
        slices = {tables.ARTISTS.name: run.warehouse.stage_keys(artists, "artist_keys", (tables.ARTIST_ID,))}
    return Changes(staging | frames, slices, measures, judged.counted, NewRows(changed, keys))


def _events(run: WarehouseRun, delivered: Delivery, rows: DataFrame, repairs: DataFrame | None) -> Changes:
    """Judges the events; builds users, time and staging."""
    clean = events.build_events(part.clean_rows(rows, events.TEXT_FIELDS, repairs)).persist()
    plays = clean.where(events.is_songplay())
    keys_of_plays = plays.select(F.col("event_id").alias("songplay_id"), "user_id", "length_s").distinct()
    keys = run.warehouse.stage_keys(keys_of_plays, "play_keys", reads.PLAY_KEYS)
    stored = run.small(run.read(reads.songplays_of(keys)))
    facts = {
        "new_songplays": events.is_songplay() & (F.col("verdict") == Count.LOADED),
        "replaced_songplays": F.col("replaced_time").isNotNull(),
    }
    judged = part.keep_judged(
        run, delivered, events.judge(clean, stored), is_repaired=events.is_repaired(), facts=facts
    )
    measures = dict(judged.counted.facts)
    frames = {
        tables.STAGING_EVENTS: events.build_staging(delivered.named(judged.rows)),
        tables.USERS: events.build_users(judged.rows, run.read(reads.users_of(keys))),
    }
    new = events.build_songplays(judged.rows).persist()
    if not measures["new_songplays"]:
        return Changes(frames, measures=measures, counted=judged.counted)
    if measures["replaced_songplays"]:
        moments, slices = _times_with_replaced(run, judged, new, keys)
    else:
        moments, slices = new.select("start_time").distinct(), tables.TIME.name
    frames[tables.TIME] = events.build_time(moments)
    return Changes(frames, {tables.TIME.name: slices}, measures, judged.counted, NewRows(new, keys))


def _times_with_replaced(run: WarehouseRun, judged: JudgedRows, new: DataFrame, keys: str) -> tuple[DataFrame, str]:
    """Moments of new songplays, and replaced ones that other songplays still have; the stage of all slices."""
    moments = new.select("start_time").distinct()
    former = judged.rows.select(F.col("replaced_time").alias("start_time")).where("start_time IS NOT NULL")
    slices = moments.union(former).distinct()
    others = run.read(reads.songplays_at_times_of(keys)).join(new.select("songplay_id"), "songplay_id", "left_anti")
    left = others.join(slices, "start_time", "left_semi").select("start_time")
    return moments.union(left).distinct(), run.warehouse.stage_keys(slices, "time_keys", (tables.START_TIME,))


def _songplays(
    run: WarehouseRun, log: Delivery, played: NewRows | None, changed: NewRows | None, at: datetime
) -> Changes:
    """Builds songplays: new ones, and those of the warehouse whose song has changed."""
    if not (played or changed):
        return Changes()
    query = reads.songs_that_may_match(played.keys if played else None, changed.keys if changed else None)
    known = run.read(query)
    if changed:
        known = songs.overlay(known, changed.rows)
    known = run.small(known.persist())
    frames, measures = [], {}
    if played:
        matched = matching.with_raw_match(matching.with_song(played.rows, known), known).persist()
        rates = matched.agg(
            F.count("song_id").alias("matched"), F.count_if("matches_raw").alias("matched_before_repair")
        )
        measures |= rates.first().asDict()
        frames.append(_with_lineage(run, matched, log, at).select(tables.SONGPLAYS.column_names))
    if changed:
        stored = run.read(reads.songplays_that_may_match(changed.keys))
        if played:
            stored = stored.join(played.rows.select("songplay_id"), "songplay_id", "left_anti")
        rematched = matching.rematched(stored, known).persist()
        measures["rematched_songplays"] = rematched.count()
        frames.append(rematched)
    return Changes(
        {tables.SONGPLAYS: frames[0] if len(frames) == 1 else frames[0].unionByName(frames[1])}, measures=measures
    )


def _with_lineage(run: WarehouseRun, rows: DataFrame, delivered: Delivery, at: datetime) -> DataFrame:
    """Adds source_file, run_id and loaded_at."""
    return delivered.named(rows).withColumns({"run_id": F.lit(run.config.run_id), "loaded_at": F.lit(at)})
