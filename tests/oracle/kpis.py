"""KPI tables in DuckDB's SQL, from `streams`, `songs` and `users`, in an order in which they can be computed."""

QUERIES = {
    "played": """
        SELECT s.user_id, s.track_id, s.listen_time, date_trunc('hour', s.listen_time) AS hour,
            CAST(s.listen_time AS DATE) AS listen_date, t.track_genre, t.track_name, t.popularity, t.duration_ms,
            t.artists
        FROM streams s JOIN songs t USING (track_id)
    """,
    "track_artists": """
        SELECT DISTINCT track_id, trim(artist) AS artist
        FROM (SELECT track_id, unnest(string_split(artists, ';')) AS artist FROM songs WHERE artists IS NOT NULL)
        WHERE trim(artist) <> ''
    """,
    "track_totals": "SELECT track_id, count(*) AS plays FROM streams GROUP BY track_id",
    "user_track_totals": """
        SELECT user_id, track_id, count(*) AS plays, min(listen_time) AS first_listen, max(listen_time) AS last_listen
        FROM streams GROUP BY user_id, track_id
    """,
    "user_days": "SELECT user_id, listen_date, count(*) AS plays FROM played GROUP BY user_id, listen_date",
    "genre_kpis": """
        WITH figures AS (
            SELECT track_genre, count(*) AS listen_count, count(DISTINCT track_id) AS unique_tracks,
                sum(duration_ms)::DOUBLE / count(*) AS avg_track_duration_ms,
                count(*)::DOUBLE / (SELECT count(*) FROM played) AS popularity_index
            FROM played GROUP BY track_genre
        ), best AS (
            SELECT track_genre, track_id, track_name FROM songs JOIN track_totals USING (track_id)
            QUALIFY row_number() OVER (
                PARTITION BY track_genre ORDER BY plays DESC, popularity DESC NULLS LAST, track_id) = 1
        )
        SELECT figures.*, best.track_id, best.track_name FROM figures JOIN best USING (track_genre)
    """,
    "hourly_kpis": """
        WITH figures AS (
            SELECT hour, count(DISTINCT user_id) AS unique_listeners, count(*) AS total_plays,
                count(DISTINCT track_id) AS unique_tracks,
                count(DISTINCT track_id)::DOUBLE / count(*) AS track_diversity_index
            FROM played GROUP BY hour
        ), best AS (
            SELECT hour, artist AS top_artist FROM played JOIN track_artists USING (track_id) GROUP BY hour, artist
            QUALIFY row_number() OVER (PARTITION BY hour ORDER BY count(*) DESC, artist) = 1
        )
        SELECT figures.*, best.top_artist FROM figures LEFT JOIN best USING (hour)
    """,
    "genre_daily_kpis": """
        SELECT listen_date, track_genre, count(*) AS listen_count, count(DISTINCT user_id) AS unique_listeners,
            sum(duration_ms)::BIGINT AS total_listening_time_ms,
            sum(duration_ms)::DOUBLE / count(DISTINCT user_id) AS avg_listening_time_per_user_ms,
            sum(duration_ms)::DOUBLE / count(*) AS avg_track_duration_ms,
            count(*)::DOUBLE / sum(count(*)) OVER (PARTITION BY listen_date) AS popularity_index
        FROM played GROUP BY listen_date, track_genre
    """,
    "daily_top_tracks": """
        SELECT listen_date, track_genre, track_id, track_name, count(*) AS listen_count,
            row_number() OVER (PARTITION BY listen_date, track_genre
                ORDER BY count(*) DESC, popularity DESC NULLS LAST, track_id) AS rank
        FROM played GROUP BY listen_date, track_genre, track_id, track_name, popularity
        QUALIFY rank <= 3
    """,
    "daily_top_genres": """
        SELECT listen_date, track_genre, count(*) AS listen_count,
            row_number() OVER (PARTITION BY listen_date ORDER BY count(*) DESC, track_genre) AS rank
        FROM played GROUP BY listen_date, track_genre
        QUALIFY rank <= 5
    """,
    "user_features": """
        WITH figures AS (
            SELECT user_id, count(*) AS total_plays, count(DISTINCT track_id) AS unique_tracks,
                count(DISTINCT listen_date) AS active_days,
                count(*)::DOUBLE / count(DISTINCT listen_date) AS plays_per_active_day,
                sum(duration_ms)::BIGINT AS total_listening_time_ms,
                min(listen_time) AS first_listen, max(listen_time) AS last_listen
            FROM played GROUP BY user_id
        ), artists AS (
            SELECT user_id, artist, count(*) AS plays FROM played JOIN track_artists USING (track_id)
            GROUP BY user_id, artist
        ), tracks AS (
            SELECT user_id, track_id AS top_track_id FROM user_track_totals JOIN songs USING (track_id)
            QUALIFY row_number() OVER (
                PARTITION BY user_id ORDER BY plays DESC, popularity DESC NULLS LAST, track_id) = 1
        ), top_artists AS (
            SELECT user_id, artist AS top_artist FROM artists
            QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY plays DESC, artist) = 1
        ), genres AS (
            SELECT user_id, track_genre AS favourite_genre FROM played GROUP BY user_id, track_genre
            QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY count(*) DESC, track_genre) = 1
        )
        SELECT figures.*, coalesce(a.unique_artists, 0) AS unique_artists, top_track_id, top_artist, favourite_genre
        FROM figures
        LEFT JOIN (SELECT user_id, count(*) AS unique_artists FROM artists GROUP BY user_id) a USING (user_id)
        LEFT JOIN tracks USING (user_id) LEFT JOIN top_artists USING (user_id) LEFT JOIN genres USING (user_id)
    """,
}
