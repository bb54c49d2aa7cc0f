"""The KPIs: pure functions from plays and tracks to the rows of one table each.

Frames they share, beside `tracks.Tracks`:
    plays: user_id, track, genre, listen_time, is_new boolean, touches boolean; all plays of the dates that a run
        touches. New plays touch their hour, in a recomputation old ones too.
    hour_tracks: hour, track, plays, new_plays, touches; `totals.build_hour_tracks` of plays.

Plays and present totals of users are partitioned by user, so nothing that is counted by user is shuffled.
"""
