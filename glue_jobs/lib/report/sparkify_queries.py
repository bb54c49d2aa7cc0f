"""What a report about Sparkify asks: of the plays of the last days alone, found by the sort key of songplays."""

from glue_jobs.lib.contracts.sparkify import SONGPLAYS, SONGS
from glue_jobs.lib.report.rows import FigureQuery, first

DAYS_SHOWN = 30
TOP = 10
LOCATIONS = 10

TABLE = SONGPLAYS.full_name
RECENT = (
    f"(SELECT * FROM {TABLE} WHERE start_time >= "
    f"(SELECT MAX(CAST(start_time AS DATE)) FROM {TABLE}) - INTERVAL '{DAYS_SHOWN - 1} days') AS p"
)


def sparkify_queries() -> tuple[FigureQuery, ...]:
    """The questions to the schema sparkify."""
    return (_days(), _hours(), _levels(), _locations(), _songs(), _artists(), _unknown())


def _days() -> FigureQuery:
    query = (
        "SELECT CAST(CAST(p.start_time AS DATE) AS VARCHAR(10)) AS day, p.level, COUNT(*) AS plays, "
        f"COUNT(p.song_id) AS matched FROM {RECENT} GROUP BY CAST(p.start_time AS DATE), p.level"
    )
    return FigureQuery("days", query, ("day", "level"), ("plays", "matched"))


def _hours() -> FigureQuery:
    """Plays by day of the week (0 is Sunday) and hour, and the number of days with any."""
    query = (
        "SELECT EXTRACT(DOW FROM p.start_time) AS weekday, EXTRACT(HOUR FROM p.start_time) AS hour_of_day, "
        f"COUNT(*) AS plays, COUNT(DISTINCT CAST(p.start_time AS DATE)) AS hours FROM {RECENT} "
        "GROUP BY EXTRACT(DOW FROM p.start_time), EXTRACT(HOUR FROM p.start_time)"
    )
    return FigureQuery("hours", query, (), ("weekday", "hour_of_day", "plays", "hours"))


def _levels() -> FigureQuery:
    query = f"SELECT p.level, COUNT(*) AS plays, COUNT(DISTINCT p.user_id) AS listeners FROM {RECENT} GROUP BY p.level"
    return FigureQuery("levels", query, ("level",), ("plays", "listeners"))


def _locations() -> FigureQuery:
    ranked = (
        "SELECT COALESCE(p.location, '') AS location, COUNT(*) AS plays, COUNT(DISTINCT p.user_id) AS listeners, "
        f"ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, COALESCE(p.location, '')) AS place FROM {RECENT} "
        "GROUP BY COALESCE(p.location, '')"
    )
    return FigureQuery("locations", first(ranked, LOCATIONS), ("location",), ("place", "plays", "listeners"))


def _songs() -> FigureQuery:
    ranked = (
        "SELECT p.song_id, COUNT(*) AS plays, COUNT(DISTINCT p.user_id) AS listeners, "
        f"ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, p.song_id) AS place FROM {RECENT} "
        "WHERE p.song_id IS NOT NULL GROUP BY p.song_id"
    )
    query = (
        f"SELECT s.title, s.artist_name, r.place, r.plays, r.listeners FROM ({ranked}) AS r "
        f"JOIN {SONGS.full_name} AS s ON s.song_id = r.song_id WHERE r.place <= {TOP}"
    )
    return FigureQuery("songs", query, ("title", "artist_name"), ("place", "plays", "listeners"))


def _artists() -> FigureQuery:
    return _named("artists", "artist_name", where="p.artist_name IS NOT NULL")


def _unknown() -> FigureQuery:
    """The songs that were played most and are of no song file."""
    return _named("unknown", "song_title, p.artist_name", where="p.song_id IS NULL AND p.song_title IS NOT NULL")


def _named(figure: str, columns: str, *, where: str) -> FigureQuery:
    ranked = (
        f"SELECT p.{columns}, COUNT(*) AS plays, COUNT(DISTINCT p.user_id) AS listeners, "
        f"ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, p.{columns}) AS place FROM {RECENT} "
        f"WHERE {where} GROUP BY p.{columns}"
    )
    texts = tuple(columns.replace("p.", "").split(", "))
    return FigureQuery(figure, first(ranked, TOP), texts, ("place", "plays", "listeners"))
