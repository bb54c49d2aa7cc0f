"""docs/tables.md says what the contracts say."""

from pathlib import Path

from glue_jobs.lib import tables_doc
from glue_jobs.lib.tables import MUSIC_TABLES

PAGE = Path(__file__).parents[3] / "docs" / "tables.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == tables_doc.render(), (
        "make it anew: python -m glue_jobs.lib.tables_doc docs/tables.md"
    )


def test_every_table_and_column_is_on_it():
    page = tables_doc.render()
    for table in MUSIC_TABLES:
        assert f"## {table.full_name}" in page
        assert all(f"| {column.name} | {column.type} |" in page for column in table.columns)
        assert table.why in page


def test_relations_join_tables_that_exist():
    names = {table.name for table in MUSIC_TABLES}
    assert {name for parent, child, _ in tables_doc.RELATIONS for name in (parent, child)} <= names
