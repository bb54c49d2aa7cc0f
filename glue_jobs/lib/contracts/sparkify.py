"""Sparkify: the files of events and songs, and the star schema around `songplays`."""

from functools import partial

from glue_jobs.lib.contracts.columns import LOADED_AT, RUN_ID, SOURCE_FILE, USER_ID
from glue_jobs.lib.contracts.identities import Reference, Touched
from glue_jobs.lib.contracts.model import NOT_NEGATIVE, POSITIVE, Bounds, Column, Dataset, Field, Table, When

SONG_PAGE = "NextSong"
PAGES = (
    *("About", "Add Friend", "Add to Playlist", "Cancel", "Cancellation Confirmation", "Downgrade", "Error", "Help"),
    *("Home", "Login", "Logout", SONG_PAGE, "Register", "Roll Advert", "Save Settings", "Settings"),
    *("Submit Downgrade", "Submit Registration", "Submit Upgrade", "Thumbs Down", "Thumbs Up", "Upgrade"),
)
"""Every page of the event simulator that writes Sparkify's logs (github.com/Interana/eventsim)."""

PLAYING = When("page", (SONG_PAGE,))
LOGGED_IN = When("auth", ("Logged Out",), unless=True)
"""Conditions for keys that some writers leave out where they do not apply to an event."""

song_field = partial(Field, empty="allowed", written_when=PLAYING, filled_when=PLAYING)
user_field = partial(Field, empty="allowed", written_when=LOGGED_IN)

LOG_DATA = Dataset(
    name="log_data",
    grain="one row an event of the app",
    fields=(
        song_field("artist", "VARCHAR(1024)"),
        Field("auth", "VARCHAR(64)"),
        user_field("firstName", "VARCHAR(256)"),
        user_field("gender", "VARCHAR(32)"),
        Field("itemInSession", "INTEGER", bounds=NOT_NEGATIVE),
        user_field("lastName", "VARCHAR(256)"),
        song_field("length", "DOUBLE PRECISION", bounds=POSITIVE),
        Field("level", "VARCHAR(32)"),
        user_field("location", "VARCHAR(512)"),
        Field("method", "VARCHAR(16)"),
        Field("page", "VARCHAR(64)", choices=PAGES),
        user_field("registration", "TIMESTAMP"),
        Field("sessionId", "BIGINT", bounds=NOT_NEGATIVE),
        song_field("song", "VARCHAR(1024)"),
        Field("status", "INTEGER"),
        Field("ts", "TIMESTAMP"),
        user_field("userAgent", "VARCHAR(2048)"),
        user_field("userId", "BIGINT", as_text=True, filled_when=PLAYING, bounds=NOT_NEGATIVE),
    ),
    file_format="json",
    repeats="skip",
    time_field="ts",
    user_field="userId",
)

SONG_DATA = Dataset(
    name="song_data",
    grain="one row a song, with its artist; the last delivered wins",
    fields=(
        Field("num_songs", "INTEGER", bounds=POSITIVE),
        Field("artist_id", "VARCHAR(64)"),
        Field("artist_latitude", "DOUBLE PRECISION", empty="allowed", bounds=Bounds(-90, 90)),
        Field("artist_longitude", "DOUBLE PRECISION", empty="allowed", bounds=Bounds(-180, 180)),
        Field("artist_location", "VARCHAR(1024)", empty="allowed"),
        Field("artist_name", "VARCHAR(1024)"),
        Field("song_id", "VARCHAR(64)"),
        Field("title", "VARCHAR(1024)"),
        Field("duration", "DOUBLE PRECISION", bounds=POSITIVE),
        Field("year", "INTEGER", bounds=NOT_NEGATIVE),
    ),
    file_format="json",
    repeats="reread",
)

star_table = partial(Table, schema="sparkify")

SONG_ID = Column("song_id", "VARCHAR(64)")
ARTIST_ID = Column("artist_id", "VARCHAR(64)")
ARTIST_NAME = Column("artist_name", "VARCHAR(1024)")
START_TIME = Column("start_time", "TIMESTAMP")
LEVEL = Column("level", "VARCHAR(32)")
SONG_TITLE = Column("song_title", "VARCHAR(1024)")
LENGTH_S = Column("length_s", "DOUBLE PRECISION")
DURATION_S = Column("duration_s", "DOUBLE PRECISION")
LOCATION = Column("location", "VARCHAR(512)")
USER_AGENT = Column("user_agent", "VARCHAR(2048)")
NAMES = (Column("first_name", "VARCHAR(256)"), Column("last_name", "VARCHAR(256)"), Column("gender", "VARCHAR(32)"))
SESSION = (Column("session_id", "BIGINT"), Column("item_in_session", "INTEGER"))
REPAIRED_FROM = Column("repaired_from", "VARCHAR(65535)")
"""The delivered form of each text that was repaired, as JSON by field; NULL if none was."""

LINEAGE = (SOURCE_FILE, RUN_ID, LOADED_AT)
LINEAGE_NAMES = tuple(column.name for column in LINEAGE)
SONG_ATTRIBUTES = (
    Column("title", "VARCHAR(1024)"),
    ARTIST_ID,
    ARTIST_NAME,
    Column("artist_location", "VARCHAR(1024)"),
    Column("artist_latitude", "DOUBLE PRECISION"),
    Column("artist_longitude", "DOUBLE PRECISION"),
    Column("year", "INTEGER"),
    DURATION_S,
    REPAIRED_FROM,
)

STAGING_EVENTS = star_table(
    name="staging_events",
    grain="one row an event that the last run with input read, of any page; repeats left out",
    columns=(
        Column("event_id", "VARCHAR(64)"),
        Column("page", "VARCHAR(64)"),
        START_TIME,
        USER_ID,
        *SESSION,
        LEVEL,
        SONG_TITLE,
        ARTIST_NAME,
        LENGTH_S,
        LOCATION,
        USER_AGENT,
        *NAMES,
        Column("auth", "VARCHAR(64)"),
        Column("method", "VARCHAR(16)"),
        Column("status", "INTEGER"),
        Column("registered_at", "TIMESTAMP"),
        REPAIRED_FROM,
        SOURCE_FILE,
    ),
    key=("event_id", "page"),
    publish="replace",
    dist="EVEN",
    sort=("start_time",),
    why="looked at by hand after a run; nothing joins it",
    lineage=("source_file",),
    exact=False,
)

STAGING_SONGS = star_table(
    name="staging_songs",
    grain="one row a song that the last run with input read; repeats left out",
    columns=(SONG_ID, *SONG_ATTRIBUTES, Column("num_songs", "INTEGER"), SOURCE_FILE),
    key=("song_id",),
    publish="replace",
    dist="EVEN",
    sort=("song_id",),
    why="looked at by hand after a run; nothing joins it",
    lineage=("source_file",),
    exact=False,
)

STAGING = (STAGING_EVENTS, STAGING_SONGS)

SONGPLAYS = star_table(
    name="songplays",
    grain="one row a song that a user played (an event of page NextSong)",
    columns=(
        Column("songplay_id", "VARCHAR(64)"),
        START_TIME,
        USER_ID,
        LEVEL,
        SONG_ID,
        ARTIST_ID,
        *SESSION,
        LOCATION,
        USER_AGENT,
        SONG_TITLE,
        ARTIST_NAME,
        LENGTH_S,
        REPAIRED_FROM,
        *LINEAGE,
    ),
    key=("songplay_id",),
    publish="merge",
    dist="KEY(user_id)",
    sort=("start_time",),
    why="questions are about periods, and about users and their sessions, which are then on one node",
    lineage=LINEAGE_NAMES,
    dataset="log_data",
    references=(
        Reference(("song_id",), "songs", "was played in", checked=True),
        Reference(("artist_id",), "artists", "was played in", checked=True),
        Reference(("user_id",), "users", "played", checked=True),
        Reference(("start_time",), "time", "is the moment of", checked=True),
    ),
    touched=Touched("songplays", ("songplay_id",)),
    counted=True,
)

USERS = star_table(
    name="users",
    grain="one row a user who played a song, as of the user's latest play",
    columns=(
        USER_ID,
        *NAMES,
        LEVEL,
        Column("level_at", "TIMESTAMP"),
        Column("level_session_id", "BIGINT"),
        Column("level_item_in_session", "INTEGER"),
        REPAIRED_FROM,
    ),
    key=("user_id",),
    publish="merge",
    dist="KEY(user_id)",
    sort=("user_id",),
    why="joined to songplays by user_id, which are distributed alike",
    dataset="log_data",
    references=(Reference(("user_id",), "songplays", checked=True),),
    counted=True,
)

SONGS = star_table(
    name="songs",
    grain="one row a song, with its artist as the song's file names them",
    columns=(SONG_ID, *SONG_ATTRIBUTES, *LINEAGE),
    key=("song_id",),
    publish="merge",
    dist="ALL",
    sort=("duration_s", "title"),
    why="a copy on each node spares the shuffle of plays; runs look songs up by duration",
    lineage=LINEAGE_NAMES,
    dataset="song_data",
    references=(Reference(("artist_id",), "artists", "made", checked=True),),
    counted=True,
)

ARTISTS = star_table(
    name="artists",
    grain="one row an artist, as the smallest song_id names them",
    columns=(
        ARTIST_ID,
        Column("name", "VARCHAR(1024)"),
        Column("location", "VARCHAR(1024)"),
        Column("latitude", "DOUBLE PRECISION"),
        Column("longitude", "DOUBLE PRECISION"),
    ),
    key=("artist_id",),
    publish="replace",
    slices=("artist_id",),
    dist="ALL",
    sort=("artist_id",),
    why="small, and joined to plays by artist_id: a copy on each node",
    dataset="song_data",
    counted=True,
)

TIME = star_table(
    name="time",
    grain="one row a moment at which a song was played, UTC",
    columns=(START_TIME, *(Column(name, "INTEGER") for name in ("hour", "day", "week", "month", "year", "weekday"))),
    key=("start_time",),
    publish="replace",
    slices=("start_time",),
    dist="ALL",
    sort=("start_time",),
    why="joined to songplays by time, whatever node they are on",
    dataset="log_data",
    references=(Reference(("start_time",), "songplays", checked=True),),
    counted=True,
)
