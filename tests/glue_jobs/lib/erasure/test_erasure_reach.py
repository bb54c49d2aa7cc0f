"""What an erasure looks at follows from the contracts: a new table or dataset about users cannot be forgotten."""

import re

from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES
from glue_jobs.lib.erasure import warehouse_rows

ID_OF_A_USER = re.compile(r"user_?id|listener", re.IGNORECASE)


def test_every_field_that_names_a_user_is_a_user_field():
    named = {
        name: [field for field in dataset.field_names if ID_OF_A_USER.fullmatch(field)]
        for name, dataset in DATASETS.items()
    }
    assert {name: fields for name, fields in named.items() if fields} == {
        "users": ["user_id"],
        "streams": ["user_id"],
        "log_data": ["userId"],
    }
    assert {name: [dataset.user_field] for name, dataset in DATASETS.items() if dataset.user_field} == {
        name: fields for name, fields in named.items() if fields
    }


def test_every_table_with_a_user_is_reached():
    people = [dataset for dataset in DATASETS.values() if dataset.user_field]
    reached = {table.full_name for table in warehouse_rows.tables_about_users(people)}
    assert reached == {
        *("music.users", "music.streams", "music.pending_streams"),
        *("music.user_features", "music.user_track_totals", "music.user_days"),
        *("sparkify.staging_events", "sparkify.songplays", "sparkify.users"),
    }
    of_persons = re.compile(r"user_?id|user_name|first_name|last_name|firstName|lastName", re.IGNORECASE)
    every = {
        table.full_name
        for table in (*MUSIC_TABLES, *SPARKIFY_TABLES)
        if any(of_persons.fullmatch(name) for name in table.column_names)
    }
    assert every == reached


def test_one_workflow_can_be_left_out():
    reached = warehouse_rows.tables_about_users([DATASETS["log_data"]])
    assert {table.schema for table in reached} == {"sparkify"}
