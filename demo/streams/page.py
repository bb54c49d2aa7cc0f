"""What a report about the workflow `streams` shows."""

from demo.books import Books
from demo.page import Page

QUERIES = {
    "Genres, all time (music.genre_kpis)": (
        "SELECT track_genre, listen_count, unique_tracks, round(avg_track_duration_ms) AS avg_duration_ms,"
        " popularity_index, track_name AS most_played FROM music.genre_kpis ORDER BY listen_count DESC, 1 LIMIT 5"
    ),
    "Busiest hours (music.hourly_kpis)": (
        "SELECT hour, total_plays, unique_listeners, unique_tracks, track_diversity_index, top_artist"
        " FROM music.hourly_kpis ORDER BY total_plays DESC, hour LIMIT 5"
    ),
    "Genres by day (music.genre_daily_kpis)": (
        "SELECT listen_date, track_genre, listen_count, unique_listeners, total_listening_time_ms,"
        " popularity_index FROM music.genre_daily_kpis ORDER BY listen_count DESC, 1, 2 LIMIT 5"
    ),
    "Top tracks of the last day (music.daily_top_tracks)": (
        "SELECT listen_date, track_genre, rank, track_name, listen_count FROM music.daily_top_tracks"
        " WHERE listen_date = (SELECT max(listen_date) FROM music.daily_top_tracks)"
        " ORDER BY listen_count DESC, track_genre, rank LIMIT 5"
    ),
    "Top genres of the last day (music.daily_top_genres)": (
        "SELECT listen_date, rank, track_genre, listen_count FROM music.daily_top_genres"
        " WHERE listen_date = (SELECT max(listen_date) FROM music.daily_top_genres) ORDER BY rank"
    ),
    "Busiest listeners (music.user_features)": (
        "SELECT user_id, total_plays, unique_artists, active_days, plays_per_active_day, top_artist,"
        " favourite_genre FROM music.user_features ORDER BY total_plays DESC, user_id LIMIT 5"
    ),
}


def tell(books: Books) -> list[str]:
    """Says how many waiting plays were loaded, and how many wait now."""
    told = []
    if books.from_pending:
        told.append(f"Loaded at last, their user or track being known now: {books.from_pending:,} plays")
    if books.pending:
        told.append(f"Waiting for their user or track: {books.pending:,} plays (music.pending_streams)")
    return told


PAGE = Page(
    QUERIES,
    tell,
    {
        'local-glue query "SELECT * FROM music.genre_kpis ORDER BY listen_count DESC"': "docs/queries.md has more",
        "local-glue put FOLDER; local-glue run streams": "loads just FOLDER/streams/new.csv",
        ".venv/bin/python -m demo.generate --more FOLDER": "one more file of plays, and songs that plays wait for",
    },
)
