"""The work in plain Spark, as public projects write it: a schema, dropna, dropDuplicates, joins, one write a table."""

import json
import os
import sys
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from bench.tables import COUNTS, names, plays_of
from local_glue.job.spark import prepare_environment

SCHEMA = "user_id BIGINT, track_id STRING, listen_time TIMESTAMP"
KEY = ["user_id", "track_id", "listen_time"]
TOP_TRACKS, TOP_GENRES = 3, 5

Frames = dict[str, DataFrame]


def main(source: Path, out: Path) -> None:
    """Reads, cleans, computes, writes."""
    # Only for Java and a quiet log; the settings of the stack do not apply.
    prepare_environment()
    del os.environ["PYSPARK_SUBMIT_ARGS"]
    spark = (
        SparkSession.builder.master(f"local[{os.cpu_count()}]")
        .config("spark.driver.memory", os.environ.get("LOCAL_GLUE_MEMORY", "2g"))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC")
        # Spark's default refuses to read a file with a 30th of February, and says to set this.
        .config("spark.sql.legacy.timeParserPolicy", "CORRECTED")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    songs = spark.read.parquet(str(source / "dims" / "songs.parquet"))
    users = spark.read.parquet(str(source / "dims" / "users.parquet"))
    raw = spark.read.csv([str(path) for path in plays_of(source)], schema=SCHEMA, header=True)
    clean = raw.dropna().where((F.col("user_id") >= 0) & (F.col("listen_time") <= F.expr("now() + INTERVAL 1 HOUR")))
    distinct = clean.dropDuplicates(KEY)
    known = distinct.join(users.select("user_id"), "user_id").join(songs.select("track_id"), "track_id")
    plays = known.select(*KEY)
    for name, frame in _tables(plays, songs).items():
        frame.select(*names(name)).write.mode("overwrite").csv(
            str(out / name), header=True, escape='"', compression="gzip"
        )
    counted = {"raw": raw.count(), "clean": clean.count(), "distinct": distinct.count(), "loaded": plays.count()}
    (out / COUNTS).write_text(json.dumps(_counts(**counted)))
    spark.stop()


def _counts(*, raw: int, clean: int, distinct: int, loaded: int) -> dict[str, int]:
    return {
        "loaded": loaded,
        "repeated": clean - distinct,
        "quarantined": raw - clean,
        "pending_after": distinct - loaded,
    }


def _tables(plays: DataFrame, songs: DataFrame) -> Frames:
    facts = songs.select("track_id", "artists", "track_name", "popularity", "duration_ms", "track_genre")
    played = (
        plays.join(facts, "track_id")
        .withColumn("hour", F.date_trunc("hour", "listen_time"))
        .withColumn("listen_date", F.to_date("listen_time"))
    )
    names_of_track = F.array_distinct(F.transform(F.split("artists", ";"), F.trim))
    artists = played.withColumn("artist", F.explode(names_of_track)).where("artist <> ''")
    return {
        "streams": plays,
        "track_totals": plays.groupBy("track_id").agg(F.count("*").alias("plays")),
        "user_track_totals": plays.groupBy("user_id", "track_id").agg(
            F.count("*").alias("plays"),
            F.min("listen_time").alias("first_listen"),
            F.max("listen_time").alias("last_listen"),
        ),
        "user_days": played.groupBy("user_id", "listen_date").agg(F.count("*").alias("plays")),
        "hourly_kpis": _hourly(played, artists),
        "genre_daily_kpis": _genre_daily(played),
        "daily_top_tracks": _top_tracks(played),
        "daily_top_genres": _top_genres(played),
        "genre_kpis": _genres(played),
        "user_features": _users(played, artists),
    }


def _first(frame: DataFrame, by: str, *order: object) -> DataFrame:
    ranked = frame.withColumn("rank", F.row_number().over(Window.partitionBy(by).orderBy(*order)))
    return ranked.where("rank = 1").drop("rank")


def _hourly(played: DataFrame, artists: DataFrame) -> DataFrame:
    figures = played.groupBy("hour").agg(
        F.countDistinct("user_id").alias("unique_listeners"),
        F.count("*").alias("total_plays"),
        F.countDistinct("track_id").alias("unique_tracks"),
    )
    counted = artists.groupBy("hour", "artist").count()
    top = _first(counted, "hour", F.desc("count"), "artist").select("hour", F.col("artist").alias("top_artist"))
    return figures.join(top, "hour", "left").withColumn(
        "track_diversity_index", F.col("unique_tracks") / F.col("total_plays")
    )


def _genre_daily(played: DataFrame) -> DataFrame:
    days = played.groupBy("listen_date", "track_genre").agg(
        F.count("*").alias("listen_count"),
        F.countDistinct("user_id").alias("unique_listeners"),
        F.sum("duration_ms").alias("total_listening_time_ms"),
        F.avg("duration_ms").alias("avg_track_duration_ms"),
    )
    return days.withColumn(
        "avg_listening_time_per_user_ms", F.col("total_listening_time_ms") / F.col("unique_listeners")
    ).withColumn(
        "popularity_index", F.col("listen_count") / F.sum("listen_count").over(Window.partitionBy("listen_date"))
    )


def _top_tracks(played: DataFrame) -> DataFrame:
    counted = played.groupBy("listen_date", "track_genre", "track_id", "track_name", "popularity").agg(
        F.count("*").alias("listen_count")
    )
    order = Window.partitionBy("listen_date", "track_genre").orderBy(
        F.desc("listen_count"), F.desc("popularity"), "track_id"
    )
    return counted.withColumn("rank", F.row_number().over(order)).where(F.col("rank") <= TOP_TRACKS)


def _top_genres(played: DataFrame) -> DataFrame:
    counted = played.groupBy("listen_date", "track_genre").agg(F.count("*").alias("listen_count"))
    order = Window.partitionBy("listen_date").orderBy(F.desc("listen_count"), "track_genre")
    return counted.withColumn("rank", F.row_number().over(order)).where(F.col("rank") <= TOP_GENRES)


def _genres(played: DataFrame) -> DataFrame:
    figures = played.groupBy("track_genre").agg(
        F.count("*").alias("listen_count"),
        F.countDistinct("track_id").alias("unique_tracks"),
        F.avg("duration_ms").alias("avg_track_duration_ms"),
    )
    counted = played.groupBy("track_genre", "track_id", "track_name", "popularity").count()
    top = _first(counted, "track_genre", F.desc("count"), F.desc("popularity"), "track_id")
    total = played.count()
    return figures.withColumn("popularity_index", F.col("listen_count") / total).join(top, "track_genre")


def _users(played: DataFrame, artists: DataFrame) -> DataFrame:
    figures = played.groupBy("user_id").agg(
        F.count("*").alias("total_plays"),
        F.countDistinct("track_id").alias("unique_tracks"),
        F.countDistinct("listen_date").alias("active_days"),
        F.sum("duration_ms").alias("total_listening_time_ms"),
        F.min("listen_time").alias("first_listen"),
        F.max("listen_time").alias("last_listen"),
    )
    tracks = played.groupBy("user_id", "track_id", "popularity").count()
    top_tracks = _first(tracks, "user_id", F.desc("count"), F.desc("popularity"), "track_id")
    names = artists.groupBy("user_id", "artist").count()
    top_artists = _first(names, "user_id", F.desc("count"), "artist")
    unique_artists = names.groupBy("user_id").agg(F.count("*").alias("unique_artists"))
    genres = _first(played.groupBy("user_id", "track_genre").count(), "user_id", F.desc("count"), "track_genre")
    return (
        figures.withColumn("plays_per_active_day", F.col("total_plays") / F.col("active_days"))
        .join(top_tracks.select("user_id", F.col("track_id").alias("top_track_id")), "user_id")
        .join(top_artists.select("user_id", F.col("artist").alias("top_artist")), "user_id", "left")
        .join(unique_artists, "user_id", "left")
        .join(genres.select("user_id", F.col("track_genre").alias("favourite_genre")), "user_id")
        .fillna(0, ["unique_artists"])
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
