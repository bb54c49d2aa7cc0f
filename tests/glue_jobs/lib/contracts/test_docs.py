"""The files that are generated from the contracts agree with them."""

from pathlib import Path

from glue_jobs.lib.contracts import docs
from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES

PROJECT = Path(__file__).parents[4]


def test_the_generated_files_are_up_to_date():
    page = (PROJECT / "docs" / "tables.md").read_text(encoding="utf-8")
    columns = (PROJECT / "terraform" / "catalog_columns.json").read_text(encoding="utf-8")
    assert (page, columns) == (docs.render(), docs.render_catalog_columns()), "run: make docs"


def test_every_table_and_column_is_on_the_page():
    page = docs.render()
    for table in (*MUSIC_TABLES, *SPARKIFY_TABLES):
        assert f"### {table.full_name}\n" in page
        assert all(f"| {column.name} | {column.type} |" in page for column in table.columns)
        assert table.why in page


def test_every_field_is_on_the_page_with_what_must_hold():
    page = docs.render()
    for dataset in DATASETS.values():
        assert f"### {dataset.name}/\n" in page
        assert all(f"| {field.name} | {field.type} |" in page for field in dataset.fields)
    assert "| user_age | INTEGER | may be empty; at least 1, at most 120 |" in page
    assert "| length | DOUBLE PRECISION | may be empty; must be written when page is NextSong;" in page
