import pytest

from glue_jobs.lib.contracts.datasets import DATASETS, get_dataset
from glue_jobs.lib.contracts.model import SPARK_TYPES, Column
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SONGS, USERS
from glue_jobs.lib.run.errors import ConfigError


@pytest.mark.parametrize("table", MUSIC_TABLES, ids=lambda table: table.name)
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
        with pytest.raises(
            ConfigError, match="there is no dataset 'artists'; --datasets takes any of: users, songs, str"
        ):
            get_dataset("artists")
