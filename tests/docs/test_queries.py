"""docs/queries.md: each query is Redshift's, runs as it stands on the local warehouse, and has an answer."""

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from oracle import Delivery, recompute, recompute_star
from oracle.compare import SCHEMAS

from demo.generate import generate
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES
from glue_jobs.lib.warehouse import sql
from local_glue.config import Database
from local_glue.job.redshift.dialect import translate, translate_query
from local_glue.postgres import cluster

PAGE = Path(__file__).parents[2] / "docs" / "queries.md"
SECTION = re.compile(
    r"^### (?P<title>.+)\n\n(?P<answers>(?:.+\n)+)\nColumns: (?P<columns>.+)\n\n```sql\n(?P<sql>(?:.+\n)+)```\n", re.M
)
SIZES = {
    "streams": {"days": 4, "plays": 900, "users": 80, "tracks": 150},
    "sparkify": {"days": 15, "events": 2500, "songs": 40, "users": 30},
}
RECOMPUTE = {"streams": ("music", recompute), "sparkify": ("sparkify", recompute_star)}
BOOKS = (
    "UPDATE music.streams SET loaded_at = TIMESTAMP '2025-04-01 04:10:00'",
    "UPDATE sparkify.songplays SET loaded_at = TIMESTAMP '2025-04-01 05:10:00'",
    "UPDATE music.pending_streams SET first_seen = TIMESTAMP '2025-04-01 04:10:00'",
    "INSERT INTO music.load_runs (run_id, workflow_name, job_name, started_at, duration_ms, read, loaded, quarantined)"
    " VALUES ('jr_1', 'sparkify', 'load_sparkify', TIMESTAMP '2025-04-01 05:00:00', 41500, 10, 9, 1)",
    "INSERT INTO music.load_files (run_id, file_key, dataset, source_file, state, read, loaded, quarantined,"
    " repeated, already_loaded, quarantined_by_rule, loaded_at) VALUES ('jr_1', 'a', 'log_data', 'log_data/a.json',"
    " 'LOADED', 10, 9, 1, 0, 0, '{\"ts_in_seconds\":1}', TIMESTAMP '2025-04-01 05:10:00')",
    "INSERT INTO music.data_quality_results (run_id, check_name, outcome, observed, severity, checked_at)"
    " VALUES ('jr_2', 'hours_since_publish', 'passed', 0.1, 'warn', TIMESTAMP '2025-04-01 05:20:00')",
)

MAY_BE_EMPTY = {"reason", "files", "pending_before", "already_loaded", "repeated", "out_of_window", "pending_after"}
"""What the few books of this test do not fill."""


@dataclass(frozen=True)
class Question:
    """A section of the page."""

    title: str
    columns: list[str]
    sql: str

    def __str__(self):
        return self.title


QUESTIONS = [
    Question(found["title"], re.findall(r"`(\w+)`", found["columns"]), found["sql"])
    for found in SECTION.finditer(PAGE.read_text(encoding="utf-8"))
]
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=str)


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory):
    """Both schemas, filled with what DuckDB makes of small deliveries of the demo."""
    home = tmp_path_factory.mktemp("queries")
    server = cluster.start(home, [Database("warehouse", "redshift", "dwh", "loader")])
    try:
        with server.connect("dwh") as connection:
            connection.execute("SET TIME ZONE 'UTC'")
            for statement in _create():
                connection.execute(statement)
            for workflow, sizes in SIZES.items():
                _fill(connection, workflow, sizes, home / workflow)
            for statement in BOOKS:
                connection.execute(statement)
            yield connection
    finally:
        cluster.stop(server.as_dict())


def _create() -> list[str]:
    tables = (*MUSIC_TABLES, *SPARKIFY_TABLES)
    schemas = [sql.create_schema(name) for name in SCHEMAS]
    return schemas + [text for table in tables for text in translate(sql.create_table(table)).sql]


def _fill(connection: psycopg.Connection, workflow: str, sizes: dict[str, int], folder: Path) -> None:
    manifest = generate(folder, workflow, **sizes)
    schema, recomputed = RECOMPUTE[workflow]
    sound = manifest.of(None, "LOADED", "REPEATED")
    expected = recomputed([Delivery(entry.dataset, folder / entry.key) for entry in sound])
    for table, (keys, others) in SCHEMAS[schema].items():
        columns = [*keys, *others]
        names = ", ".join(sql.identifier(name) for name in columns)
        with connection.cursor().copy(f"COPY {schema}.{table} ({names}) FROM STDIN") as copy:
            for row in expected.rows(table, columns):
                copy.write_row(row)


def test_every_section_of_the_page_is_a_question_with_columns_and_a_query():
    page = PAGE.read_text(encoding="utf-8")
    assert [question.title for question in QUESTIONS] == re.findall(r"^### (.+)$", page, re.M)
    assert page.count("```sql") == len(QUESTIONS) >= 20
    titles = {re.sub(r"[^\w\- ]", "", question.title.lower()).replace(" ", "-") for question in QUESTIONS}
    assert set(re.findall(r"\(#([^)]+)\)", page)) <= titles


@each_question
def test_redshift_takes_it_and_postgresql_needs_no_translation(question):
    assert translate_query(question.sql) == question.sql.strip()


@pytest.mark.stack
@each_question
def test_it_has_an_answer_of_the_columns_that_the_page_names(warehouse, question):
    cursor = warehouse.execute(question.sql)
    assert [column.name for column in cursor.description] == question.columns
    rows = cursor.fetchall()
    assert rows
    for index, name in enumerate(question.columns):
        if name not in MAY_BE_EMPTY:
            assert any(row[index] is not None for row in rows), name
