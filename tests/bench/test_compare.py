import json

import pytest

from bench.compare import DifferenceError, require_same
from bench.tables import COUNTED, COUNTS, TABLES, columns

VALUES = {"BIGINT": "7", "INTEGER": "1", "DATE": "2025-03-03", "TIMESTAMP": "2025-03-03 10:00:00"}


def value(column):
    return VALUES.get(column.type, "0.5" if column.type == "DOUBLE PRECISION" else "text")


def write(folder, changes=None):
    """A row in each table, as a contender writes it; `changes` replaces the rows of some."""
    for table in TABLES.values():
        (folder / table.name).mkdir(parents=True)
        rows = (changes or {}).get(table.name, [{}])
        lines = [",".join(row.get(column.name, value(column)) for column in columns(table)) for row in rows]
        header = ",".join(column.name for column in columns(table))
        (folder / table.name / "part-0.csv").write_text("\n".join([header, *lines]) + "\n")
    (folder / COUNTS).write_text(json.dumps(dict.fromkeys(COUNTED, 1)))
    return folder


@pytest.fixture
def compared(tmp_path):
    """Compares a folder that has changes with one that has none; returns the message, None if they are the same."""

    def compare(changes):
        try:
            require_same(write(tmp_path / "have", changes), write(tmp_path / "want"))
        except DifferenceError as error:
            return str(error)
        return None

    return compare


def describe_require_same():
    def it_accepts_other_forms_of_the_same_values(compared):
        same = {"hour": "2025-03-03T10:00:00.000Z", "track_diversity_index": "0.50000000000001"}
        assert compared({"hourly_kpis": [same]}) is None

    def it_names_table_key_and_column_of_a_difference(compared):
        message = compared({"user_days": [{"plays": "8"}]})
        assert "user_days: plays differs in 1 rows, e.g. user_id, listen_date = 7, 2025-03-03" in message

    def it_sees_a_float_beyond_the_tolerance(compared):
        assert "track_diversity_index differs" in compared({"hourly_kpis": [{"track_diversity_index": "0.500000001"}]})

    def it_sees_a_null(compared):
        assert "top_artist differs" in compared({"hourly_kpis": [{"top_artist": ""}]})

    def it_names_rows_that_are_missing_and_rows_too_many(compared):
        message = compared({"track_totals": [{"track_id": "other"}]})
        assert "track_totals: 1 rows missing, e.g. track_id = text" in message
        assert "track_totals: 1 rows surplus, e.g. track_id = other" in message

    def it_sees_a_key_twice(compared):
        assert "streams" in compared({"streams": [{}, {}]})

    def it_compares_what_became_of_the_lines(tmp_path):
        have, want = write(tmp_path / "have"), write(tmp_path / "want")
        (have / COUNTS).write_text(json.dumps(dict.fromkeys(COUNTED, 1) | {"repeated": 2}))
        with pytest.raises(DifferenceError, match="repeated is 2, not 1"):
            require_same(have, want)
