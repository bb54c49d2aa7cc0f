"""Contracts of the input files; which rows of them are in error is in `rules`. Imports no Spark."""

from glue_jobs.lib.contracts.model import Dataset, Field
from glue_jobs.lib.run.errors import ConfigError

AUDIO_FEATURES = (
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
)

USERS = Dataset(
    name="users",
    grain="one row a user; the last delivered wins",
    fields=(
        Field("user_id", "BIGINT"),
        Field("user_name", "VARCHAR(256)", nullable=True),
        Field("user_age", "INTEGER", nullable=True),
        Field("user_country", "VARCHAR(128)", nullable=True),
        Field("created_at", "DATE", nullable=True),
    ),
    file_format="csv",
    repeats="reread",
)

SONGS = Dataset(
    name="songs",
    grain="one row a track; within a file the smallest `id` of a track wins, the last delivered file wins",
    fields=(
        Field("id", "BIGINT"),
        Field("track_id", "VARCHAR(64)"),
        Field("artists", "VARCHAR(2048)", nullable=True),
        Field("album_name", "VARCHAR(1024)", nullable=True),
        Field("track_name", "VARCHAR(1024)", nullable=True),
        Field("popularity", "INTEGER", nullable=True),
        Field("duration_ms", "BIGINT"),
        Field("explicit", "BOOLEAN", nullable=True),
        Field("track_genre", "VARCHAR(128)"),
        *(Field(name, "DOUBLE PRECISION", nullable=True) for name in AUDIO_FEATURES),
    ),
    file_format="csv",
    repeats="reread",
)

STREAMS = Dataset(
    name="streams",
    grain="one row a play: (user_id, track_id, listen_time)",
    fields=(Field("user_id", "BIGINT"), Field("track_id", "VARCHAR(64)"), Field("listen_time", "TIMESTAMP")),
    file_format="csv",
    repeats="skip",
    time_field="listen_time",
)

LOG_DATA = Dataset(
    name="log_data",
    grain="one row an event of the app",
    fields=(
        Field("artist", "VARCHAR(1024)", nullable=True),
        Field("auth", "VARCHAR(64)"),
        Field("firstName", "VARCHAR(256)", nullable=True),
        Field("gender", "VARCHAR(32)", nullable=True),
        Field("itemInSession", "INTEGER"),
        Field("lastName", "VARCHAR(256)", nullable=True),
        Field("length", "DOUBLE PRECISION", nullable=True),
        Field("level", "VARCHAR(32)"),
        Field("location", "VARCHAR(512)", nullable=True),
        Field("method", "VARCHAR(16)"),
        Field("page", "VARCHAR(64)"),
        Field("registration", "TIMESTAMP", nullable=True),
        Field("sessionId", "BIGINT"),
        Field("song", "VARCHAR(1024)", nullable=True),
        Field("status", "INTEGER"),
        Field("ts", "TIMESTAMP"),
        Field("userAgent", "VARCHAR(2048)", nullable=True),
        Field("userId", "BIGINT", nullable=True, as_text=True),
    ),
    file_format="json",
    repeats="skip",
    time_field="ts",
)

SONG_DATA = Dataset(
    name="song_data",
    grain="one row a song, with its artist; the last delivered wins",
    fields=(
        Field("num_songs", "INTEGER"),
        Field("artist_id", "VARCHAR(64)"),
        Field("artist_latitude", "DOUBLE PRECISION", nullable=True),
        Field("artist_longitude", "DOUBLE PRECISION", nullable=True),
        Field("artist_location", "VARCHAR(1024)", nullable=True),
        Field("artist_name", "VARCHAR(1024)"),
        Field("song_id", "VARCHAR(64)"),
        Field("title", "VARCHAR(1024)"),
        Field("duration", "DOUBLE PRECISION"),
        Field("year", "INTEGER"),
    ),
    file_format="json",
    repeats="reread",
)

DATASETS = {dataset.name: dataset for dataset in (USERS, SONGS, STREAMS, LOG_DATA, SONG_DATA)}


def get_dataset(name: str) -> Dataset:
    """The dataset called `name`.

    Raises:
        ConfigError: No dataset has that name.
    """
    if name not in DATASETS:
        raise ConfigError(f"there is no dataset '{name}'; --datasets takes any of: {', '.join(DATASETS)}")
    return DATASETS[name]
