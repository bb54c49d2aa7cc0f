"""What a report about the workflow `sparkify` shows."""

from demo.books import Books
from demo.page import Page

TABLES = ("songplays", "users", "songs", "artists", "time", "staging_events", "staging_songs")

QUERIES = {
    "Rows by table (sparkify)": " UNION ALL ".join(
        f"SELECT '{name}' AS table_name, count(*) AS row_count FROM sparkify.{name}" for name in TABLES
    ),
    "Most played songs (sparkify.songplays, sparkify.songs)": (
        "SELECT s.title, s.artist_name, count(*) AS plays, count(DISTINCT p.user_id) AS listeners"
        " FROM sparkify.songplays p JOIN sparkify.songs s ON s.song_id = p.song_id"
        " GROUP BY s.song_id, s.title, s.artist_name ORDER BY plays DESC, s.song_id LIMIT 5"
    ),
    "Most played and unknown: which song files to ask for": (
        "SELECT song_title, artist_name, count(*) AS plays FROM sparkify.songplays WHERE song_id IS NULL"
        " GROUP BY song_title, artist_name ORDER BY plays DESC, song_title, artist_name LIMIT 5"
    ),
    "Busiest hours of the day, UTC (sparkify.time)": (
        "SELECT t.hour AS hour_of_day, count(*) AS plays, count(DISTINCT p.user_id) AS listeners"
        " FROM sparkify.songplays p JOIN sparkify.time t ON t.start_time = p.start_time"
        " GROUP BY t.hour ORDER BY plays DESC, t.hour LIMIT 5"
    ),
    "Plays by level at the time of the play": (
        "SELECT level, count(*) AS plays, count(DISTINCT user_id) AS listeners,"
        " count(DISTINCT user_id * 1000000 + session_id) AS sessions"
        " FROM sparkify.songplays GROUP BY level ORDER BY plays DESC, level"
    ),
    "Users by level now (sparkify.users)": (
        "SELECT level, gender, count(*) AS user_count FROM sparkify.users GROUP BY level, gender ORDER BY 1, 2"
    ),
}


def tell(books: Books) -> list[str]:
    """Says how many plays have a known song, and how many had one before text repair."""
    told, measures = [], books.measures
    plays = measures.get("new_songplays", 0)
    if plays:
        after, before = measures.get("matched", 0), measures.get("matched_before_repair", 0)
        told.append(
            f"New songplays of a known song: {after:,} of {plays:,} ({after / plays:.1%}); "
            f"{before:,} ({before / plays:.1%}) before texts encoded twice were repaired"
        )
    if measures.get("rematched_songplays"):
        told.append(f"Songplays of before whose song is known now, or another: {measures['rematched_songplays']:,}")
    return told


PAGE = Page(
    QUERIES,
    tell,
    {
        'local-glue query "SELECT * FROM sparkify.songplays ORDER BY start_time DESC LIMIT 9"': "docs/queries.md: more",
        "local-glue put FOLDER; local-glue run sparkify": "loads just FOLDER/log_data/2025/04/new.json",
        ".venv/bin/python -m demo.generate --more FOLDER --workflow sparkify": "a day more, songs of earlier plays",
    },
)
