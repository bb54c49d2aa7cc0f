"""Columns that several tables share."""

from glue_jobs.lib.contracts.model import Column

USER_ID = Column("user_id", "BIGINT")
TRACK_ID = Column("track_id", "VARCHAR(64)")
TRACK_NAME = Column("track_name", "VARCHAR(1024)")
GENRE = Column("track_genre", "VARCHAR(128)")
LISTEN_DATE = Column("listen_date", "DATE")
LISTEN_TIME = Column("listen_time", "TIMESTAMP")
LISTEN_COUNT = Column("listen_count", "BIGINT")
ARTIST = Column("top_artist", "VARCHAR(2048)")
SOURCE_FILE = Column("source_file", "VARCHAR(1100)")
RUN_ID = Column("run_id", "VARCHAR(255)")
LOADED_AT = Column("loaded_at", "TIMESTAMP")
AVG_DURATION = Column("avg_track_duration_ms", "DOUBLE PRECISION")
POPULARITY_INDEX = Column("popularity_index", "DOUBLE PRECISION")
CHANGE_SEQ = Column("change_seq", "BIGINT")
