"""What one run changes of the star schema, as frames by table."""

from dataclasses import dataclass, field
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import sparkify as tables
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.rows.verdicts import LOADED
from glue_jobs.lib.sparkify import events, matching, part, reads, songs
from glue_jobs.lib.sparkify.part import Part
from glue_jobs.lib.warehouse import sql


@dataclass
class Star:
    """Frames by table in the order of publishing, the stages that name slices, and counts for the books."""

    frames: dict[Table, DataFrame] = field(default_factory=dict)
    slices: dict[str, str] = field(default_factory=dict)
    measures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Changes:
    """Rows that are new or changed, and the stage with the keys by which the warehouse is asked about them."""

    rows: DataFrame
    keys: str


def build(run: LoadRun, log: Part, song: Part | None, repairs: DataFrame | None, *, at: datetime) -> Star:
    """Judges what was delivered, then builds every table that it changes.

    Args:
        log: Of log_data; it is judged here.
        song: Of song_data; it is judged here. None in a backfill.
        repairs: `text_repair.find_repairs`.
        at: What the rows say when they were loaded.
    """
    star = Star()

    def change_songs() -> _Changes | None:
        return _songs(run, star, song, repairs, at) if song and song.rows is not None else None

    def change_plays() -> _Changes | None:
        return _events(run, star, log, repairs) if log.rows is not None else None

    # Neither needs the other, and each waits more for the driver and the warehouse than for the executors.
    changed, played = s3_copy.in_parallel(lambda change: change(), [change_songs, change_plays])
    if changed or played:
        _songplays(run, star, log, played, changed, at)
    for table in (tables.STAGING_EVENTS, tables.STAGING_SONGS):
        star.frames.setdefault(table, run.glue.spark.createDataFrame([], table.spark_schema))
    return star


def _songs(run: LoadRun, star: Star, song: Part, repairs: DataFrame | None, at: datetime) -> _Changes | None:
    """Judges the songs; builds songs, artists and staging."""
    names = song.names(run)
    delivered = songs.build_songs(song.clean_rows(repairs), names).persist()
    columns = [column.name for column in reads.SONG_KEYS]
    keys = run.warehouse.stage_keys(delivered.select(columns).distinct(), "song_keys", reads.SONG_KEYS)
    stored = run.small(run.read(reads.songs_of_artists(keys)).persist())
    part.judge(
        run,
        song,
        songs.judge(delivered, stored),
        is_repaired=F.col("repaired_from").isNotNull(),
        facts={"replaced_songs": F.col("is_replacing")},
    )
    judged = song.judged_rows
    star.frames[tables.STAGING_SONGS] = songs.build_staging(judged, names)
    star.measures["changed_songs"] = song.counted.total(LOADED)
    if not star.measures["changed_songs"]:
        return None
    changed = songs.changed_songs(judged).persist()
    star.frames[tables.SONGS] = _with_lineage(run, changed, names, at).select(tables.SONGS.column_names)
    star.frames[tables.ARTISTS] = songs.build_artists(songs.overlay(stored, changed))
    star.slices[tables.ARTISTS.name] = _own_stage(run, tables.ARTISTS)
    if song.counted.facts["replaced_songs"]:  # An artist may be left without songs.
        artists = stored.select("artist_id").union(changed.select("artist_id")).distinct()
        star.slices[tables.ARTISTS.name] = run.warehouse.stage_keys(artists, "artist_keys", (tables.ARTIST_ID,))
    return _Changes(changed, keys)


def _events(run: LoadRun, star: Star, log: Part, repairs: DataFrame | None) -> _Changes | None:
    """Judges the events; builds users, time and staging."""
    delivered = events.build_events(log.clean_rows(repairs)).persist()
    plays = delivered.where(events.is_songplay())
    keys_of_plays = plays.select(F.col("event_id").alias("songplay_id"), "user_id", "length_s").distinct()
    keys = run.warehouse.stage_keys(keys_of_plays, "play_keys", reads.PLAY_KEYS)
    stored = run.small(run.read(reads.songplays_of(keys)))
    facts = {
        "new_songplays": events.is_songplay() & (F.col("verdict") == LOADED),
        "replaced_songplays": F.col("replaced_time").isNotNull(),
    }
    part.judge(run, log, events.judge(delivered, stored), is_repaired=events.is_repaired(), facts=facts)
    judged = log.judged_rows
    star.frames[tables.STAGING_EVENTS] = events.build_staging(judged, log.names(run))
    star.frames[tables.USERS] = events.build_users(judged, run.read(reads.users_of(keys)))
    new = events.build_songplays(judged).persist()
    star.measures |= dict(log.counted.facts)
    if not star.measures["new_songplays"]:
        return None
    star.frames[tables.TIME] = _time(run, star, judged, new, keys)
    return _Changes(new, keys)


def _time(run: LoadRun, star: Star, judged: DataFrame, new: DataFrame, keys: str) -> DataFrame:
    """Moments of new songplays; where these took the place of others, the moments that are left of those too."""
    moments = new.select("start_time").distinct()
    if not star.measures["replaced_songplays"]:
        star.slices[tables.TIME.name] = _own_stage(run, tables.TIME)
        return events.build_time(moments)
    former = judged.select(F.col("replaced_time").alias("start_time")).where("start_time IS NOT NULL")
    slices = moments.union(former).distinct()
    star.slices[tables.TIME.name] = run.warehouse.stage_keys(slices, "time_keys", (tables.START_TIME,))
    others = run.read(reads.songplays_at_times_of(keys)).join(new.select("songplay_id"), "songplay_id", "left_anti")
    left = others.join(slices, "start_time", "left_semi").select("start_time")
    return events.build_time(moments.union(left).distinct())


def _songplays(
    run: LoadRun, star: Star, log: Part, played: _Changes | None, changed: _Changes | None, at: datetime
) -> None:
    """Builds songplays: new ones, and those of the warehouse that are of another song now."""
    query = reads.songs_that_may_match(played.keys if played else None, changed.keys if changed else None)
    known = run.read(query)
    if changed:
        known = songs.overlay(known, changed.rows)
    known = run.small(known.persist())
    frames = []
    if played:
        matched = matching.with_raw_match(matching.with_song(played.rows, known), known).persist()
        rates = matched.agg(
            F.count("song_id").alias("matched"), F.count_if("matches_raw").alias("matched_before_repair")
        )
        star.measures |= rates.first().asDict()
        frames.append(_with_lineage(run, matched, log.names(run), at).select(tables.SONGPLAYS.column_names))
    if changed:
        stored = run.read(reads.songplays_that_may_match(changed.keys))
        if played:
            stored = stored.join(played.rows.select("songplay_id"), "songplay_id", "left_anti")
        rematched = matching.rematched(stored, known).persist()
        star.measures["rematched_songplays"] = rematched.count()
        frames.append(rematched)
    star.frames[tables.SONGPLAYS] = frames[0] if len(frames) == 1 else frames[0].unionByName(frames[1])


def _own_stage(run: LoadRun, table: Table) -> str:
    """The table's stage, where that has a row of every slice to replace."""
    return sql.stage_name(table.name, run.config.run_id)


def _with_lineage(run: LoadRun, rows: DataFrame, names: DataFrame, at: datetime) -> DataFrame:
    """Adds source_file, run_id and loaded_at."""
    named = rows.join(F.broadcast(names.select("file_id", "source_file")), on="file_id")
    return named.withColumns({"run_id": F.lit(run.config.run_id), "loaded_at": F.lit(at)})
