"""The queries of load_sparkify to the warehouse, which join two stages of keys: the run's plays and its songs."""

from glue_jobs.lib.contracts import sparkify as tables
from glue_jobs.lib.contracts.columns import USER_ID
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.load.load_run import Query
from glue_jobs.lib.sparkify.matching import TRIPLE

PLAY_KEYS = (Column("songplay_id", "VARCHAR(64)"), USER_ID, tables.LENGTH_S)
SONG_KEYS = tuple(tables.SONGS.column(name) for name in ("song_id", "artist_id", *TRIPLE.values()))


def songplays_of(play_keys: str) -> Query:
    """Stored songplays with the ids of this run's plays, each once: a play may come in versions of different length."""
    keys = f"SELECT DISTINCT p.songplay_id FROM {play_keys} AS p"
    return _select(tables.SONGPLAYS, f"JOIN ({keys}) AS k ON k.songplay_id = t.songplay_id")


def songplays_at_times_of(play_keys: str) -> Query:
    """Stored songplays at the start times of those with the ids of this run's plays."""
    times = (
        f"SELECT DISTINCT o.start_time FROM {tables.SONGPLAYS.full_name} AS o "
        f"JOIN {play_keys} AS k ON k.songplay_id = o.songplay_id"
    )
    return _select(tables.SONGPLAYS, f"JOIN ({times}) AS m ON m.start_time = t.start_time")


def users_of(play_keys: str) -> Query:
    """Users of this run's plays."""
    keys = f"SELECT DISTINCT p.user_id FROM {play_keys} AS p"
    return _select(tables.USERS, f"JOIN ({keys}) AS k ON k.user_id = t.user_id")


def songs_of_artists(song_keys: str) -> Query:
    """All songs of the artists that this run's songs name or named before; these songs are included."""
    artists = (
        f"SELECT a.artist_id FROM {song_keys} AS a UNION "
        f"SELECT o.artist_id FROM {tables.SONGS.full_name} AS o JOIN {song_keys} AS b ON b.song_id = o.song_id"
    )
    return _select(tables.SONGS, f"JOIN ({artists}) AS k ON k.artist_id = t.artist_id")


def songs_that_may_match(play_keys: str | None, song_keys: str | None) -> Query:
    """Songs with the duration of one of this run's plays, or of one of its songs, now or before."""
    lengths = [f"SELECT p.length_s FROM {play_keys} AS p"] if play_keys else []
    if song_keys:
        lengths.append(f"SELECT m.length_s FROM ({_triples(song_keys)}) AS m")
    keys = f"SELECT DISTINCT l.length_s FROM ({' UNION ALL '.join(lengths)}) AS l"
    return _select(tables.SONGS, f"JOIN ({keys}) AS k ON k.length_s = t.duration_s")


def songplays_that_may_match(song_keys: str) -> Query:
    """Songplays that match this run's songs, or matched them before the run."""
    on = " AND ".join(f"k.{name} = t.{name}" for name in TRIPLE)
    return _select(tables.SONGPLAYS, f"JOIN ({_triples(song_keys)}) AS k ON {on}")


def _triples(song_keys: str) -> str:
    """The TRIPLE of songplays that match the songs, as these are after the run and as they were before."""
    after, before = (", ".join(f"{alias}.{song} AS {play}" for play, song in TRIPLE.items()) for alias in "ao")
    return (
        f"SELECT {after} FROM {song_keys} AS a UNION "
        f"SELECT {before} FROM {tables.SONGS.full_name} AS o JOIN {song_keys} AS b ON b.song_id = o.song_id"
    )


def _select(table: Table, joins: str) -> Query:
    columns = ", ".join(f"t.{name}" for name in table.column_names)
    return f"SELECT {columns} FROM {table.full_name} AS t {joins}", table.spark_schema
