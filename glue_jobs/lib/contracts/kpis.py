"""The tables of published KPIs, and of the running totals that each run updates."""

from glue_jobs.lib.contracts.columns import (
    ARTIST,
    AVG_DURATION,
    GENRE,
    LISTEN_COUNT,
    LISTEN_DATE,
    POPULARITY_INDEX,
    TRACK_ID,
    TRACK_NAME,
    USER_ID,
)
from glue_jobs.lib.contracts.identities import (
    CountsWithin,
    RanksHaveNoGaps,
    Reference,
    SharesSumToOne,
    SumIsRowsOf,
    Touched,
)
from glue_jobs.lib.contracts.model import Column, Table

TOP_TRACKS, TOP_GENRES = 3, 5

GENRE_KPIS = Table(
    name="genre_kpis",
    grain="one row a genre, all time; the track is the most played one",
    columns=(
        GENRE,
        LISTEN_COUNT,
        Column("unique_tracks", "BIGINT"),
        AVG_DURATION,
        POPULARITY_INDEX,
        TRACK_ID,
        TRACK_NAME,
    ),
    key=("track_genre",),
    publish="replace",
    dist="ALL",
    sort=("track_genre",),
    why="about a hundred rows",
    references=(Reference(("track_id",), "songs", "is most played in"),),
    identities=(SumIsRowsOf("listen_count", "streams"), SharesSumToOne("popularity_index")),
)

HOURLY_KPIS = Table(
    name="hourly_kpis",
    grain="one row an hour (UTC) that has plays",
    columns=(
        Column("hour", "TIMESTAMP"),
        Column("unique_listeners", "BIGINT"),
        Column("total_plays", "BIGINT"),
        Column("unique_tracks", "BIGINT"),
        ARTIST,
        Column("track_diversity_index", "DOUBLE PRECISION"),
    ),
    key=("hour",),
    publish="replace",
    slices=("hour",),
    dist="ALL",
    sort=("hour",),
    why="small, and read by ranges of time",
    identities=(SumIsRowsOf("total_plays", "streams"),),
)

GENRE_DAILY_KPIS = Table(
    name="genre_daily_kpis",
    grain="one row a day (UTC) and genre that has plays",
    columns=(
        LISTEN_DATE,
        GENRE,
        LISTEN_COUNT,
        Column("unique_listeners", "BIGINT"),
        Column("total_listening_time_ms", "BIGINT"),
        Column("avg_listening_time_per_user_ms", "DOUBLE PRECISION"),
        AVG_DURATION,
        POPULARITY_INDEX,
    ),
    key=("listen_date", "track_genre"),
    publish="replace",
    slices=("listen_date",),
    dist="EVEN",
    sort=("listen_date",),
    why="read by ranges of days",
    identities=(SumIsRowsOf("listen_count", "streams"), SharesSumToOne("popularity_index", "listen_date")),
)

DAILY_TOP_TRACKS = Table(
    name="daily_top_tracks",
    grain="the three most played tracks of a day (UTC) and genre, rank 1..3",
    columns=(LISTEN_DATE, GENRE, Column("rank", "INTEGER"), TRACK_ID, TRACK_NAME, LISTEN_COUNT),
    key=("listen_date", "track_genre", "rank"),
    publish="replace",
    slices=("listen_date",),
    dist="EVEN",
    sort=("listen_date",),
    why="read by ranges of days",
    references=(
        Reference(("track_id",), "songs", "ranks in"),
        Reference(("listen_date", "track_genre"), "genre_daily_kpis", "has"),
    ),
    identities=(
        RanksHaveNoGaps(TOP_TRACKS, ("listen_date", "track_genre")),
        CountsWithin("listen_count", ("listen_date", "track_genre"), "genre_daily_kpis"),
    ),
)

DAILY_TOP_GENRES = Table(
    name="daily_top_genres",
    grain="the five most played genres of a day (UTC), rank 1..5",
    columns=(LISTEN_DATE, Column("rank", "INTEGER"), GENRE, LISTEN_COUNT),
    key=("listen_date", "rank"),
    publish="replace",
    slices=("listen_date",),
    dist="ALL",
    sort=("listen_date",),
    why="five rows a day",
    references=(Reference(("listen_date", "track_genre"), "genre_daily_kpis", "ranks in"),),
    identities=(
        RanksHaveNoGaps(TOP_GENRES, ("listen_date",)),
        CountsWithin("listen_count", ("listen_date", "track_genre"), "genre_daily_kpis"),
    ),
)

USER_FEATURES = Table(
    name="user_features",
    grain="one row a user who has played, all time",
    columns=(
        USER_ID,
        Column("total_plays", "BIGINT"),
        Column("unique_tracks", "BIGINT"),
        Column("unique_artists", "BIGINT"),
        Column("active_days", "BIGINT"),
        Column("plays_per_active_day", "DOUBLE PRECISION"),
        Column("total_listening_time_ms", "BIGINT"),
        Column("first_listen", "TIMESTAMP"),
        Column("last_listen", "TIMESTAMP"),
        Column("top_track_id", "VARCHAR(64)"),
        ARTIST,
        Column("favourite_genre", "VARCHAR(128)"),
    ),
    key=("user_id",),
    publish="replace",
    slices=("user_id",),
    dist="KEY(user_id)",
    sort=("user_id",),
    why="joined to users by user_id",
    references=(Reference(("user_id",), "users", "is summed up in"),),
    identities=(SumIsRowsOf("total_plays", "streams"),),
)

TRACK_TOTALS = Table(
    name="track_totals",
    grain="one row a played track, all time",
    columns=(TRACK_ID, Column("plays", "BIGINT")),
    key=("track_id",),
    publish="merge",
    dist="KEY(track_id)",
    sort=("track_id",),
    why="joined to songs by track_id",
    references=(Reference(("track_id",), "songs", "is summed up in"),),
    identities=(SumIsRowsOf("plays", "streams"),),
)

USER_TRACK_TOTALS = Table(
    name="user_track_totals",
    grain="one row a user and track that the user played, all time",
    columns=(
        USER_ID,
        TRACK_ID,
        Column("plays", "BIGINT"),
        Column("first_listen", "TIMESTAMP"),
        Column("last_listen", "TIMESTAMP"),
    ),
    key=("user_id", "track_id"),
    publish="merge",
    dist="KEY(user_id)",
    sort=("user_id",),
    why="fetched for the users a run touches",
    references=(
        Reference(("user_id",), "users", "has played"),
        Reference(("track_id",), "songs", "was played by"),
    ),
    identities=(SumIsRowsOf("plays", "streams"),),
    touched=Touched("streams", ("user_id", "track_id")),
)

USER_DAYS = Table(
    name="user_days",
    grain="one row a user and day (UTC) on which the user played",
    columns=(USER_ID, LISTEN_DATE, Column("plays", "BIGINT")),
    key=("user_id", "listen_date"),
    publish="merge",
    dist="KEY(user_id)",
    sort=("user_id",),
    why="fetched for the users a run touches",
    references=(Reference(("user_id",), "users", "was active on"),),
    identities=(SumIsRowsOf("plays", "streams"),),
    touched=Touched("streams", ("user_id", "CAST(listen_time AS DATE)")),
)
