"""Contracts of the warehouse tables, schemas `music` and `sparkify` (in the module of that name). Imports no Spark."""

from glue_jobs.lib.contracts.books import DATA_QUALITY_RESULTS, LOAD_FILES, LOAD_RUNS, PUBLICATION
from glue_jobs.lib.contracts.columns import LISTEN_DATE, USER_ID
from glue_jobs.lib.contracts.kpis import (
    DAILY_TOP_GENRES,
    DAILY_TOP_TRACKS,
    GENRE_DAILY_KPIS,
    GENRE_KPIS,
    HOURLY_KPIS,
    TRACK_TOTALS,
    USER_DAYS,
    USER_FEATURES,
    USER_TRACK_TOTALS,
)
from glue_jobs.lib.contracts.music import PENDING_STREAMS, SONGS, STREAMS, USERS
from glue_jobs.lib.contracts.sparkify import SPARKIFY_TABLES

MUSIC_TABLES = (
    USERS,
    SONGS,
    STREAMS,
    GENRE_KPIS,
    HOURLY_KPIS,
    GENRE_DAILY_KPIS,
    DAILY_TOP_TRACKS,
    DAILY_TOP_GENRES,
    USER_FEATURES,
    TRACK_TOTALS,
    USER_TRACK_TOTALS,
    USER_DAYS,
    PENDING_STREAMS,
    LOAD_RUNS,
    LOAD_FILES,
    DATA_QUALITY_RESULTS,
    PUBLICATION,
)

__all__ = [
    "DAILY_TOP_GENRES",
    "DAILY_TOP_TRACKS",
    "DATA_QUALITY_RESULTS",
    "GENRE_DAILY_KPIS",
    "GENRE_KPIS",
    "HOURLY_KPIS",
    "LISTEN_DATE",
    "LOAD_FILES",
    "LOAD_RUNS",
    "MUSIC_TABLES",
    "PENDING_STREAMS",
    "PUBLICATION",
    "SONGS",
    "SPARKIFY_TABLES",
    "STREAMS",
    "TRACK_TOTALS",
    "USERS",
    "USER_DAYS",
    "USER_FEATURES",
    "USER_ID",
    "USER_TRACK_TOTALS",
]
