"""The contracts keep the rules for contracts."""

import pytest

from glue_jobs.lib.contracts.datasets import DATASETS, get_datasets
from glue_jobs.lib.contracts.identities import SumIsRowsOf
from glue_jobs.lib.contracts.model import SPARK_TYPES, Column
from glue_jobs.lib.contracts.music import SONGS, USERS
from glue_jobs.lib.contracts.tables import BOOKS_IN_RDS, CATALOGUE_TABLES, MUSIC_TABLES, SPARKIFY_TABLES
from glue_jobs.lib.run.errors import ConfigError

TABLES = {table.full_name: table for table in (*MUSIC_TABLES, *SPARKIFY_TABLES)}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def describe_a_table():
    def it_has_its_key_and_slices_among_its_columns(table):
        assert set(table.key) | set(table.slices) | set(table.sort) | set(table.lineage) <= set(table.column_names)

    def it_names_each_column_once_and_in_lower_case(table):
        assert len(set(table.column_names)) == len(table.column_names)
        assert table.full_name == table.full_name.lower()
        assert all(name == name.lower() for name in table.column_names)

    def it_uses_only_types_that_spark_and_redshift_share(table):
        assert all(column.max_bytes or column.type in SPARK_TYPES for column in table.columns)

    def it_says_what_a_row_is_and_why_it_is_laid_out_so(table):
        assert table.grain
        assert table.why


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def describe_what_a_table_says_of_others():
    def it_refers_to_columns_that_both_tables_have(table):
        for reference in table.references:
            parent = TABLES[f"{table.schema}.{reference.parent}"]
            assert set(reference.columns) <= set(parent.column_names) & set(table.column_names)

    def it_compares_sums_with_rows_that_are_counted(table):
        for identity in table.identities:
            if isinstance(identity, SumIsRowsOf):
                assert TABLES[f"{table.schema}.{identity.table}"].counted
                assert identity.column in table.column_names

    def it_is_filled_by_a_dataset_that_there_is(table):
        assert table.dataset is None or table.dataset in DATASETS


def describe_registries():
    def it_finds_every_contract_once():
        assert len(TABLES) == len(MUSIC_TABLES) + len(SPARKIFY_TABLES)
        assert {"music.users", "music.hourly_kpis", "music.load_runs", "sparkify.songplays"} <= set(TABLES)
        assert {"users", "songs", "streams", "log_data", "song_data"} <= set(DATASETS)

    def it_knows_what_rds_has():
        assert {USERS, SONGS} <= set(CATALOGUE_TABLES)
        assert all(table.name in DATASETS for table in CATALOGUE_TABLES)
        assert [table.name for table in BOOKS_IN_RDS] == ["load_runs", "load_files"]


def describe_columns():
    def it_counts_a_varchar_in_bytes():
        assert (Column("a", "VARCHAR(64)").max_bytes, Column("a", "BIGINT").max_bytes) == (64, None)


def describe_datasets():
    @pytest.mark.parametrize(("dataset", "table"), [("users", USERS), ("songs", SONGS)])
    def it_has_a_warehouse_column_of_the_same_type_for_each_field(dataset, table):
        fields = {field.name: field.type for field in DATASETS[dataset].fields}
        columns = {column.name: column.type for column in table.columns if column.name != "change_seq"}
        assert fields == columns

    def it_names_the_datasets_there_are_when_asked_for_another():
        with pytest.raises(ConfigError, match="there is no dataset 'artists'; --datasets takes any of: users, songs, "):
            get_datasets(["users", "artists"])
