"""The SQL of the DuckDB contender. Keys are narrow: until results are written, tracks and artists are numbers."""

STEPS = {
    "songs": """
        SELECT (row_number() OVER (ORDER BY track_id))::INTEGER AS track, track_id, artists, track_name, popularity,
            duration_ms, track_genre
        FROM '{dims}/songs.parquet'
    """,
    "users": "SELECT user_id FROM '{dims}/users.parquet'",
    "track_artists": """
        SELECT track, artist, (dense_rank() OVER (ORDER BY artist))::INTEGER AS artist_no
        FROM (SELECT DISTINCT track, trim(unnest(string_split(artists, ';'))) AS artist FROM songs)
        WHERE artist <> ''
    """,
    "artists": "SELECT DISTINCT artist_no, artist FROM track_artists",
    "lines": """
        SELECT CASE WHEN user_id NOT LIKE '-%' THEN try_cast(user_id AS BIGINT) END AS user_id, nullif(track_id, '')
            AS track_id, try_cast(listen_time AS TIMESTAMP) AS listen_time
        FROM read_csv([{files}], header = true, all_varchar = true, null_padding = true, delim = ',', quote = '')
    """,
    "found": """
        SELECT l.user_id, l.track_id, l.listen_time, s.track, u.user_id IS NOT NULL AND s.track IS NOT NULL AS is_known
        FROM lines l LEFT JOIN users u ON u.user_id = l.user_id LEFT JOIN songs s ON s.track_id = l.track_id
        WHERE l.user_id IS NOT NULL AND l.track_id IS NOT NULL
            AND listen_time BETWEEN TIMESTAMP '1900-01-01' AND (now() AT TIME ZONE 'UTC') + INTERVAL 1 HOUR
    """,
    "plays": "SELECT DISTINCT user_id, track, listen_time FROM found WHERE is_known",
    "hour_tracks": """
        SELECT date_trunc('hour', listen_time) AS hour, track, count(*) AS plays FROM plays GROUP BY ALL
    """,
    "day_tracks": """
        SELECT hour::DATE AS listen_date, track, sum(plays)::BIGINT AS plays FROM hour_tracks GROUP BY ALL
    """,
    "tracks": "SELECT track, sum(plays)::BIGINT AS plays FROM day_tracks GROUP BY ALL",
    "user_tracks": """
        SELECT user_id, track, count(*) AS plays, min(listen_time) AS first_listen, max(listen_time) AS last_listen
        FROM plays GROUP BY ALL
    """,
    "days": "SELECT user_id, listen_time::DATE AS listen_date, count(*) AS plays FROM plays GROUP BY ALL",
}
"""Tables in the order in which they are made."""

# In the order of COUNTED.
COUNTS = """
    SELECT loaded, known - loaded + unknown - waiting, (SELECT count(*) FROM lines) - known - unknown, waiting
    FROM (SELECT count(*) AS loaded FROM plays), (
        SELECT count(*) FILTER (is_known) AS known, count(*) FILTER (NOT is_known) AS unknown,
            count(DISTINCT (user_id, track_id, listen_time)) FILTER (NOT is_known) AS waiting
        FROM found)
"""

RESULTS = {
    "streams": "SELECT user_id, track_id, listen_time FROM plays JOIN songs USING (track)",
    "track_totals": "SELECT track_id, plays FROM tracks JOIN songs USING (track)",
    "user_track_totals": "FROM user_tracks JOIN songs USING (track)",
    "user_days": "FROM days",
    "genre_kpis": """
        SELECT track_genre, sum(plays)::BIGINT AS listen_count, count(*) AS unique_tracks,
            sum(plays * duration_ms)::DOUBLE / sum(plays) AS avg_track_duration_ms,
            sum(plays)::DOUBLE / sum(sum(plays)) OVER () AS popularity_index,
            first(track_id ORDER BY plays DESC, popularity DESC, track) AS track_id,
            first(track_name ORDER BY plays DESC, popularity DESC, track) AS track_name
        FROM tracks JOIN songs USING (track) GROUP BY track_genre
    """,
    "hourly_kpis": """
        WITH figures AS (
            SELECT hour, sum(plays)::BIGINT AS total_plays, count(*) AS unique_tracks FROM hour_tracks GROUP BY hour
        ), listeners AS (
            SELECT date_trunc('hour', listen_time) AS hour, count(DISTINCT user_id) AS unique_listeners
            FROM plays GROUP BY ALL
        ), artist_plays AS (
            SELECT hour, artist_no, sum(plays)::BIGINT AS plays FROM hour_tracks JOIN track_artists USING (track)
            GROUP BY ALL
        ), best AS (
            SELECT hour, arg_min(artist_no, (-plays, artist_no)) AS artist_no FROM artist_plays GROUP BY hour
        )
        SELECT hour, unique_listeners, total_plays, unique_tracks, artist AS top_artist,
            unique_tracks::DOUBLE / total_plays AS track_diversity_index
        FROM figures JOIN listeners USING (hour) LEFT JOIN best USING (hour) LEFT JOIN artists USING (artist_no)
    """,
    "genre_daily_kpis": """
        WITH figures AS (
            SELECT listen_date, track_genre, sum(plays)::BIGINT AS listen_count,
                sum(plays * duration_ms)::BIGINT AS total_listening_time_ms
            FROM day_tracks JOIN songs USING (track) GROUP BY ALL
        ), listeners AS (
            SELECT listen_time::DATE AS listen_date, track_genre, count(DISTINCT user_id) AS unique_listeners
            FROM plays JOIN songs USING (track) GROUP BY ALL
        )
        SELECT *, total_listening_time_ms::DOUBLE / unique_listeners AS avg_listening_time_per_user_ms,
            total_listening_time_ms::DOUBLE / listen_count AS avg_track_duration_ms,
            listen_count::DOUBLE / sum(listen_count) OVER (PARTITION BY listen_date) AS popularity_index
        FROM figures JOIN listeners USING (listen_date, track_genre)
    """,
    "daily_top_tracks": """
        SELECT listen_date, track_genre, track_id, track_name, plays AS listen_count,
            row_number() OVER (
                PARTITION BY listen_date, track_genre ORDER BY plays DESC, popularity DESC, track) AS rank
        FROM day_tracks JOIN songs USING (track) QUALIFY rank <= 3
    """,
    "daily_top_genres": """
        SELECT listen_date, track_genre, sum(plays)::BIGINT AS listen_count,
            row_number() OVER (PARTITION BY listen_date ORDER BY sum(plays) DESC, track_genre) AS rank
        FROM day_tracks JOIN songs USING (track) GROUP BY listen_date, track_genre QUALIFY rank <= 5
    """,
    "user_features": """
        WITH figures AS (
            SELECT user_id, sum(plays)::BIGINT AS total_plays, count(*) AS unique_tracks,
                sum(plays * duration_ms)::BIGINT AS total_listening_time_ms,
                min(first_listen) AS first_listen, max(last_listen) AS last_listen,
                arg_min(track, (-plays, -popularity, track)) AS track
            FROM user_tracks JOIN songs USING (track) GROUP BY user_id
        ), active AS (
            SELECT user_id, count(*) AS active_days FROM days GROUP BY user_id
        ), artist_plays AS (
            SELECT user_id, artist_no, sum(plays)::BIGINT AS plays FROM user_tracks JOIN track_artists USING (track)
            GROUP BY ALL
        ), top_artists AS (
            SELECT user_id, count(*) AS unique_artists, arg_min(artist_no, (-plays, artist_no)) AS artist_no
            FROM artist_plays GROUP BY user_id
        ), genres AS (
            SELECT user_id, arg_min(track_genre, (-plays, track_genre)) AS favourite_genre
            FROM (
                SELECT user_id, track_genre, sum(plays)::BIGINT AS plays FROM user_tracks JOIN songs USING (track)
                GROUP BY ALL)
            GROUP BY user_id
        )
        SELECT f.* EXCLUDE (track), active_days, coalesce(unique_artists, 0) AS unique_artists,
            total_plays::DOUBLE / active_days AS plays_per_active_day, track_id AS top_track_id,
            artist AS top_artist, favourite_genre
        FROM figures f JOIN active USING (user_id) JOIN songs USING (track) JOIN genres USING (user_id)
        LEFT JOIN top_artists USING (user_id) LEFT JOIN artists USING (artist_no)
    """,
}
"""The results by table, with at least the table's columns."""
