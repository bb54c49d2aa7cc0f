"""Users, songs and plays: the input files and the warehouse tables of each."""

from typing import Any

from glue_jobs.lib.contracts.columns import (
    CHANGE_SEQ,
    LISTEN_TIME,
    LOADED_AT,
    RUN_ID,
    SOURCE_FILE,
    TRACK_ID,
    USER_ID,
)
from glue_jobs.lib.contracts.identities import Reference, SharesNoKeyWith, Touched
from glue_jobs.lib.contracts.model import NOT_NEGATIVE, POSITIVE, Bounds, Column, Dataset, Field, Table, columns_of

AUDIO_FEATURES = (
    *("danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness"),
    *("liveness", "valence", "tempo"),
)


def catalogue_files(
    name: str, *, grain: str, fields: tuple[Field, ...], wins: tuple[str, ...] = (), **more: Any
) -> Dataset:
    """CSV files of a catalogue; a file that comes again is read again, as it may bring back an earlier state."""
    return Dataset(name, grain, fields, file_format="csv", repeats="reread", wins=wins, **more)


def catalogue_table(files: Dataset, *, grain: str, key: str, dist: str, why: str) -> Table:
    """The table of a catalogue, in RDS and in the warehouse: the fields of its files, one row per key."""
    return Table(
        name=files.name,
        grain=grain,
        columns=columns_of(files.fields, CHANGE_SEQ, first=(key,)),
        key=(key,),
        publish="merge",
        dist=dist,
        sort=(key,),
        why=why,
        lineage=(CHANGE_SEQ.name,),
        dataset=files.name,
        rds="catalogue",
        counted=True,
    )


USER_FILES = catalogue_files(
    "users",
    grain="one row a user; the last delivered wins",
    fields=(
        Field("user_id", "BIGINT", bounds=NOT_NEGATIVE),
        Field("user_name", "VARCHAR(256)", empty="allowed"),
        Field("user_age", "INTEGER", empty="allowed", bounds=Bounds(1, 120)),
        Field("user_country", "VARCHAR(128)", empty="warning"),
        Field("created_at", "DATE", empty="allowed"),
    ),
    user_field="user_id",
)

USERS = catalogue_table(
    USER_FILES,
    grain="one row a user",
    key="user_id",
    dist="KEY(user_id)",
    why="joined to plays and user totals by user_id, which are distributed alike",
)

SONG_FILES = catalogue_files(
    "songs",
    grain="one row a track; within a file the smallest `id` of a track wins, the last delivered file wins",
    fields=(
        Field("id", "BIGINT", bounds=NOT_NEGATIVE, also_named=("",)),
        Field("track_id", "VARCHAR(64)"),
        Field("artists", "VARCHAR(2048)", empty="allowed"),
        Field("album_name", "VARCHAR(1024)", empty="allowed"),
        Field("track_name", "VARCHAR(1024)", empty="warning"),
        Field("popularity", "INTEGER", empty="allowed"),
        Field("duration_ms", "BIGINT", bounds=POSITIVE),
        Field("explicit", "BOOLEAN", empty="allowed"),
        Field("track_genre", "VARCHAR(128)"),
        *(Field(name, "DOUBLE PRECISION", empty="allowed") for name in AUDIO_FEATURES),
    ),
    wins=("id",),
    unused=("key", "mode", "time_signature"),
)

SONGS = catalogue_table(
    SONG_FILES,
    grain="one row a track",
    key="track_id",
    dist="ALL",
    why="a catalogue that every fact query joins: a copy on each node spares the shuffle",
)

STREAM_FILES = Dataset(
    name="streams",
    grain="one row a play: (user_id, track_id, listen_time)",
    fields=(
        Field("user_id", "BIGINT", bounds=NOT_NEGATIVE),
        Field("track_id", "VARCHAR(64)"),
        Field("listen_time", "TIMESTAMP"),
    ),
    file_format="csv",
    repeats="skip",
    time_field="listen_time",
    user_field="user_id",
)

STREAMS = Table(
    name="streams",
    grain="one row a play whose user and track are known",
    columns=columns_of(STREAM_FILES.fields, SOURCE_FILE, RUN_ID, LOADED_AT),
    key=("user_id", "track_id", "listen_time"),
    publish="insert",
    dist="KEY(user_id)",
    sort=("listen_time",),
    why="runs and analysts read ranges of time; users' own figures join without a shuffle",
    lineage=("source_file", "run_id", "loaded_at"),
    of_run=("run_id", "loaded_at"),
    dataset="streams",
    references=(
        Reference(("user_id",), "users", "plays", checked=True),
        Reference(("track_id",), "songs", "is played in", checked=True),
        Reference(("run_id",), "load_runs", "loaded"),
    ),
    touched=Touched("streams", ("user_id", "track_id", "listen_time")),
    counted=True,
)

PENDING_STREAMS = Table(
    name="pending_streams",
    grain="one row a play whose user or track is not known yet",
    columns=(
        *(USER_ID, TRACK_ID, LISTEN_TIME),
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
    identities=(SharesNoKeyWith("streams"),),
    counted=True,
)
