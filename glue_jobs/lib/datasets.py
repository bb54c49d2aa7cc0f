"""Contracts of the input files; which rows of them are in error is in `rules`. Imports no Spark."""

from glue_jobs.lib.contracts import Dataset, Field
from glue_jobs.lib.errors import ConfigError

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
)

DATASETS = {dataset.name: dataset for dataset in (USERS, SONGS, STREAMS)}


def get_dataset(name: str) -> Dataset:
    """The dataset called `name`.

    Raises:
        ConfigError: No dataset has that name.
    """
    if name not in DATASETS:
        raise ConfigError(f"there is no dataset '{name}'; --datasets takes any of: {', '.join(DATASETS)}")
    return DATASETS[name]
