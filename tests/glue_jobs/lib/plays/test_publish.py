"""What a recomputation replaces follows from the contracts, also for tables that come later."""

from glue_jobs.lib.contracts.columns import LISTEN_DATE
from glue_jobs.lib.contracts.kpis import DAILY_TOP_GENRES, GENRE_DAILY_KPIS, GENRE_KPIS, HOURLY_KPIS, USER_FEATURES
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.contracts.music import PENDING_STREAMS, STREAMS
from glue_jobs.lib.plays.publish import tables_by_period

WEEKLY = Table(
    name="weekly_kpis",
    grain="one row a week",
    columns=(Column("week", "DATE"), Column("plays", "BIGINT")),
    key=("week",),
    publish="replace",
    slices=("week",),
    dist="ALL",
    sort=("week",),
    why="a test",
)


def describe_tables_by_period():
    def it_finds_every_table_whose_slices_are_stretches_of_time():
        tables = (STREAMS, GENRE_KPIS, HOURLY_KPIS, GENRE_DAILY_KPIS, DAILY_TOP_GENRES, USER_FEATURES, WEEKLY)
        assert tables_by_period(tables) == {
            Column("hour", "TIMESTAMP"): [HOURLY_KPIS],
            LISTEN_DATE: [GENRE_DAILY_KPIS, DAILY_TOP_GENRES],
            Column("week", "DATE"): [WEEKLY],
        }

    def it_leaves_out_slices_of_several_columns():
        assert tables_by_period([PENDING_STREAMS]) == {}
