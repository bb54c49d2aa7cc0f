"""What a report about users, songs and plays asks of the published KPIs, never of the plays themselves."""

from glue_jobs.lib.contracts.kpis import (
    GENRE_DAILY_KPIS,
    GENRE_KPIS,
    HOURLY_KPIS,
    TRACK_TOTALS,
    USER_FEATURES,
)
from glue_jobs.lib.contracts.music import SONGS, USERS
from glue_jobs.lib.report.rows import FigureQuery, first

DAYS_SHOWN = 730
WEEKS_OF_HOURS = 4
TOP = 10
GENRES_OVER_TIME = 6
COUNTRIES = 10
MOST_ARTISTS = 12
"""Of one song; later names of a longer list are not counted here."""

DAILY_UP_TO, WEEKLY_UP_TO = 45, 300
"""Days up to which time is cut into days, and into weeks; longer times are cut into months."""

SEPARATOR = "CHR(59)"
"""The semicolon between artists, which no statement may hold as such."""


def music_queries() -> tuple[FigureQuery, ...]:
    """The questions to the schema music."""
    return (
        *(_days(), _hours(), _genres_over_time(), _top_genres()),
        *(_top_tracks(), _top_artists(), _listeners()),
    )


def _days() -> FigureQuery:
    table = HOURLY_KPIS.full_name
    query = (
        f"SELECT CAST(CAST(h.hour AS DATE) AS VARCHAR(10)) AS day, SUM(h.total_plays) AS plays FROM {table} AS h "
        f"WHERE h.hour >= (SELECT MAX(hour) FROM {table}) - INTERVAL '{DAYS_SHOWN} days' GROUP BY CAST(h.hour AS DATE)"
    )
    return FigureQuery("days", query, ("day",), ("plays",))


def _hours() -> FigureQuery:
    """Plays by day of the week (0 is Sunday) and hour, and the number of such hours that have any."""
    table = HOURLY_KPIS.full_name
    query = (
        "SELECT EXTRACT(DOW FROM h.hour) AS weekday, EXTRACT(HOUR FROM h.hour) AS hour_of_day, "
        f"SUM(h.total_plays) AS plays, COUNT(*) AS hours FROM {table} AS h "
        f"WHERE h.hour >= (SELECT MAX(CAST(hour AS DATE)) FROM {table}) - INTERVAL '{7 * WEEKS_OF_HOURS - 1} days' "
        "GROUP BY EXTRACT(DOW FROM h.hour), EXTRACT(HOUR FROM h.hour)"
    )
    return FigureQuery("hours", query, (), ("weekday", "hour_of_day", "plays", "hours"))


def _genres_over_time() -> FigureQuery:
    """Plays by time and genre; the genres that are not among the most played have no name."""
    table = GENRE_DAILY_KPIS.full_name
    span = f"SELECT MIN(listen_date) AS first_day, MAX(listen_date) AS last_day FROM {table}"
    recent = f"d.listen_date > b.last_day - {DAYS_SHOWN}"
    days = "b.last_day - b.first_day"
    cut = (
        f"CASE WHEN {days} <= {DAILY_UP_TO} THEN d.listen_date WHEN {days} <= {WEEKLY_UP_TO} "
        "THEN CAST(DATE_TRUNC('week', d.listen_date) AS DATE) ELSE CAST(DATE_TRUNC('month', d.listen_date) AS DATE) END"
    )
    ranked = (
        "SELECT d.track_genre, ROW_NUMBER() OVER (ORDER BY SUM(d.listen_count) DESC, d.track_genre) AS place "
        f"FROM {table} AS d CROSS JOIN ({span}) AS b WHERE {recent} GROUP BY d.track_genre"
    )
    named = f"CASE WHEN r.place <= {GENRES_OVER_TIME} THEN r.track_genre END"
    query = (
        f"SELECT CAST({cut} AS VARCHAR(10)) AS day, {named} AS genre, SUM(d.listen_count) AS plays, "
        f"MIN(r.place) AS place FROM {table} AS d CROSS JOIN ({span}) AS b "
        f"JOIN ({ranked}) AS r ON r.track_genre = d.track_genre WHERE {recent} GROUP BY {cut}, {named}"
    )
    return FigureQuery("genres_over_time", query, ("day", "genre"), ("plays", "place"))


def _top_genres() -> FigureQuery:
    ranked = (
        "SELECT track_genre, track_name, listen_count, popularity_index, unique_tracks, avg_track_duration_ms, "
        f"ROW_NUMBER() OVER (ORDER BY listen_count DESC, track_genre) AS place FROM {GENRE_KPIS.full_name}"
    )
    numbers = ("place", "listen_count", "popularity_index", "unique_tracks", "avg_track_duration_ms")
    return FigureQuery("top_genres", first(ranked, TOP), ("track_genre", "track_name"), numbers)


def _top_tracks() -> FigureQuery:
    ranked = (
        "SELECT track_id, plays, ROW_NUMBER() OVER (ORDER BY plays DESC, track_id) AS place "
        f"FROM {TRACK_TOTALS.full_name}"
    )
    query = (
        "SELECT s.track_name, s.artists, s.track_genre, t.place, t.plays "
        f"FROM ({first(ranked, TOP)}) AS t JOIN {SONGS.full_name} AS s ON s.track_id = t.track_id"
    )
    return FigureQuery("top_tracks", query, ("track_name", "artists", "track_genre"), ("place", "plays"))


def _top_artists() -> FigureQuery:
    """Each name counts once a play, as in hourly_kpis."""
    places = " UNION ALL ".join(f"SELECT {at} AS at_place" for at in range(1, MOST_ARTISTS + 1))
    names = (
        f"SELECT DISTINCT s.track_id, TRIM(SPLIT_PART(s.artists, {SEPARATOR}, p.at_place)) AS artist "
        f"FROM {SONGS.full_name} AS s JOIN ({places}) AS p "
        f"ON p.at_place <= 1 + LENGTH(s.artists) - LENGTH(REPLACE(s.artists, {SEPARATOR}, ''))"
    )
    ranked = (
        "SELECT a.artist, SUM(t.plays) AS plays, COUNT(*) AS tracks, "
        "ROW_NUMBER() OVER (ORDER BY SUM(t.plays) DESC, a.artist) AS place "
        f"FROM ({names}) AS a JOIN {TRACK_TOTALS.full_name} AS t ON t.track_id = a.track_id "
        "WHERE a.artist <> '' GROUP BY a.artist"
    )
    return FigureQuery("top_artists", first(ranked, TOP), ("artist",), ("place", "plays", "tracks"))


def _listeners() -> FigureQuery:
    """Users who have played, by country and age; countries beyond the first have no name and the last place."""
    cases = " ".join(f"WHEN u.user_age < {limit} THEN {band}" for band, limit in enumerate(AGE_LIMITS))
    band = f"CASE WHEN u.user_age IS NULL THEN {len(AGE_LIMITS) + 1} {cases} ELSE {len(AGE_LIMITS)} END"
    people = (
        f"SELECT COALESCE(u.user_country, '') AS country, {band} AS band, f.total_plays "
        f"FROM {USER_FEATURES.full_name} AS f JOIN {USERS.full_name} AS u ON u.user_id = f.user_id"
    )
    countries = (
        "SELECT c.country, COUNT(*) OVER () AS countries, "
        "ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, c.country) AS place "
        f"FROM ({people}) AS c GROUP BY c.country"
    )
    shown, place = f"CASE WHEN r.place <= {COUNTRIES} THEN r.country END", f"LEAST(r.place, {COUNTRIES + 1})"
    query = (
        f"SELECT {shown} AS country, {place} AS place, p.band, COUNT(*) AS listeners, SUM(p.total_plays) AS plays, "
        f"MAX(r.countries) AS countries FROM ({people}) AS p JOIN ({countries}) AS r ON r.country = p.country "
        f"GROUP BY {shown}, {place}, p.band"
    )
    return FigureQuery("listeners", query, ("country",), ("place", "band", "listeners", "plays", "countries"))


AGE_LIMITS = (18, 25, 35, 45, 55, 65)
AGE_BANDS = ("under 18", "18–24", "25–34", "35–44", "45–54", "55–64", "65 and over", "unknown")
"""The bands of `listeners`: the ages that they end before, and their names, in order."""
