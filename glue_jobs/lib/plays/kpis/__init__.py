"""The KPIs: pure functions from plays and tracks to the rows of one table each.

Frames they share:
    plays: user_id, track_id, listen_time, is_new boolean, touches boolean; all plays of the dates that a run touches.
        New plays touch their hour, in a recomputation old ones too.
    tracks: track_id, artists, track_name, popularity, duration_ms, track_genre, plays (all time).
    hour_tracks: hour, track_id, plays, new_plays, touches; `totals.build_hour_tracks` of plays.
"""
