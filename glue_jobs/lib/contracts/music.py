"""Users, songs and plays."""

from glue_jobs.lib.contracts.columns import (
    CHANGE_SEQ,
    GENRE,
    LISTEN_TIME,
    RUN_ID,
    SOURCE_FILE,
    TRACK_ID,
    TRACK_NAME,
    USER_ID,
)
from glue_jobs.lib.contracts.datasets import AUDIO_FEATURES
from glue_jobs.lib.contracts.model import Column, Table

USERS = Table(
    name="users",
    grain="one row a user",
    columns=(
        USER_ID,
        Column("user_name", "VARCHAR(256)"),
        Column("user_age", "INTEGER"),
        Column("user_country", "VARCHAR(128)"),
        Column("created_at", "DATE"),
        CHANGE_SEQ,
    ),
    key=("user_id",),
    publish="merge",
    dist="KEY(user_id)",
    sort=("user_id",),
    why="joined to plays and user totals by user_id, which are distributed alike",
    lineage=("change_seq",),
)

SONGS = Table(
    name="songs",
    grain="one row a track",
    columns=(
        TRACK_ID,
        Column("id", "BIGINT"),
        Column("artists", "VARCHAR(2048)"),
        Column("album_name", "VARCHAR(1024)"),
        TRACK_NAME,
        Column("popularity", "INTEGER"),
        Column("duration_ms", "BIGINT"),
        Column("explicit", "BOOLEAN"),
        GENRE,
        *(Column(name, "DOUBLE PRECISION") for name in AUDIO_FEATURES),
        CHANGE_SEQ,
    ),
    key=("track_id",),
    publish="merge",
    dist="ALL",
    sort=("track_id",),
    why="a catalogue that every fact query joins: a copy on each node spares the shuffle",
    lineage=("change_seq",),
)

STREAMS = Table(
    name="streams",
    grain="one row a play whose user and track are known",
    columns=(USER_ID, TRACK_ID, LISTEN_TIME, SOURCE_FILE, RUN_ID, Column("loaded_at", "TIMESTAMP")),
    key=("user_id", "track_id", "listen_time"),
    publish="merge",
    dist="KEY(user_id)",
    sort=("listen_time",),
    why="runs and analysts read ranges of time; users' own figures join without a shuffle",
    lineage=("source_file", "run_id", "loaded_at"),
)

PENDING_STREAMS = Table(
    name="pending_streams",
    grain="one row a play whose user or track is not known yet",
    columns=(
        USER_ID,
        TRACK_ID,
        LISTEN_TIME,
        Column("reason", "VARCHAR(64)"),
        Column("first_seen", "TIMESTAMP"),
        SOURCE_FILE,
    ),
    key=("user_id", "track_id", "listen_time"),
    publish="replace",
    slices=("user_id", "track_id", "listen_time"),
    dist="KEY(user_id)",
    sort=("listen_time",),
    why="matched to streams by the same key",
    lineage=("first_seen", "source_file"),
)
