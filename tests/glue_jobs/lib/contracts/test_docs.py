"""docs/tables.md says what the contracts say."""

from pathlib import Path

from glue_jobs.lib.contracts import docs
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES

PAGE = Path(__file__).parents[4] / "docs" / "tables.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == docs.render(), (
        "make it anew: python -m glue_jobs.lib.contracts.docs docs/tables.md"
    )


def test_every_table_and_column_is_on_it():
    page = docs.render()
    for table in (*MUSIC_TABLES, *SPARKIFY_TABLES):
        assert f"### {table.full_name}\n" in page
        assert all(f"| {column.name} | {column.type} |" in page for column in table.columns)
        assert table.why in page


def test_relations_join_tables_that_exist():
    for tables, relations in docs.SCHEMAS.values():
        assert {name for parent, child, _ in relations for name in (parent, child)} <= {table.name for table in tables}
