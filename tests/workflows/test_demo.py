"""The demo, loaded as a user would: the books say what the generator planted, and DuckDB agrees with the rest."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from oracle import assert_same_tables, warehouse_rows
from pipeline import LAKE, LANDING, Pipeline

from demo.generate import generate, more
from demo.manifest import FileEntry, Manifest
from explain.__main__ import LocalWarehouse, explain
from local_glue.cli.summary import summary

pytestmark = [pytest.mark.stack, pytest.mark.spark]

COUNTS = ("read", "loaded", "already_loaded", "repeated", "pending", "quarantined", "quarantined_by_rule")


@dataclass
class Step:
    """What was observed after one workflow run."""

    run_id: str
    books: dict[str, dict[str, Any]]
    tables: dict[str, list[tuple[Any, ...]]]
    run_loaded: int
    difference: str | None


@dataclass
class Story:
    """The demo from the first delivery to the late catalogue; tests only read it."""

    manifest: Manifest
    later: Manifest
    steps: dict[str, Step] = field(default_factory=dict)
    landing_keys: list[str] = field(default_factory=list)
    rejected_keys: list[str] = field(default_factory=list)
    quarantined: list[tuple[str, str, int]] = field(default_factory=list)
    error_kinds: str = ""
    warnings: str = ""


@pytest.fixture(scope="session")  # a describe block counts as a module
def story(spark, shared_stack, tmp_path_factory):
    """Four runs: the landing folder, nothing, one more file, the late catalogue."""
    stack = shared_stack.get()
    folder = tmp_path_factory.mktemp("demo")
    (folder / "kept").mkdir()
    pipeline = Pipeline(stack, folder / "kept")
    story = Story(generate(folder / "landing"), more(folder / "more"))
    _deliver(pipeline, folder / "landing", story.manifest.files.values())
    story.steps["first"] = _run(pipeline)
    story.landing_keys = pipeline.keys(LANDING)
    story.rejected_keys = pipeline.keys(LAKE, "quarantine/files/")
    story.quarantined = _quarantined(pipeline, folder)
    errors = pipeline.keys(LAKE, "logs/errors/")
    story.warnings = _warnings(stack, story.steps["first"].run_id)
    story.error_kinds = "".join(pipeline.s3.get_object(Bucket=LAKE, Key=k)["Body"].read().decode() for k in errors)
    story.steps["again"] = _run(pipeline)
    plays, songs = story.later.of("streams"), story.later.of("songs")
    _deliver(pipeline, folder / "more", plays)
    story.steps["more"] = _run(pipeline)
    _deliver(pipeline, folder / "more", songs)
    story.steps["late"] = _run(pipeline)
    return story


def _deliver(pipeline: Pipeline, folder: Path, entries: Any) -> None:
    for entry in entries:
        pipeline.put(entry.key, folder / entry.key, valid=entry.state in ("LOADED", "REPEATED"))


def _run(pipeline: Pipeline) -> Step:
    run_id = pipeline.run()
    loaded = pipeline.rows("SELECT loaded FROM music.load_runs WHERE job_name = 'load_streams' ORDER BY started_at")
    with pipeline.stack.connect("warehouse") as connection:
        tables = warehouse_rows(connection)
    try:
        pipeline.assert_exact()
        difference = None
    except AssertionError as error:
        difference = str(error)
    return Step(run_id, pipeline.file_books(run_id), tables, loaded[-1][0], difference)


def _warnings(stack: Any, run_id: str) -> str:
    """What the end of `local-glue run` says that the jobs warned of."""
    told = summary(stack, stack.workflow_run("streams", run_id))
    return "\n".join(text for job in told["jobs"] for text in job["warnings"])


def _quarantined(pipeline: Pipeline, folder: Path) -> list[tuple[str, str, int]]:
    """(source file, rule, rows) of everything under quarantine/<dataset>/."""
    target = folder / "quarantine"
    target.mkdir()
    for number, key in enumerate(pipeline.keys(LAKE, "quarantine/")):
        if key.endswith(".parquet") and not key.startswith("quarantine/files/"):
            pipeline.s3.download_file(LAKE, key, str(target / f"{number}.parquet"))
    return duckdb.sql(
        "SELECT _source_file, error.rule, count(*) FROM (SELECT _source_file, unnest(_errors) AS error "
        f"FROM read_parquet('{target}/*.parquet', union_by_name = true)) GROUP BY ALL"
    ).fetchall()


def _compare(entry: FileEntry, book: dict[str, Any]) -> None:
    planted = {name: getattr(entry, name) for name in COUNTS} | {"state": entry.state, "reason": entry.reason}
    booked = {name: book[name] for name in planted}
    if entry.state == "LOADED":
        planted["reason"] = booked["reason"] = None
    if entry.state == "REPEATED":
        planted["reason"] = booked["reason"]
    assert (entry.key, booked) == (entry.key, planted)


def describe_the_story_of_a_run():
    def it_names_files_reasons_examples_days_and_what_waits(story, shared_stack, capsys):
        stack = shared_stack.running
        first = story.steps["first"]
        told = _told(stack, first.run_id, capsys)
        for key, book in first.books.items():
            assert f"{key}  {book['state']}" in told
            for rule, count in book["quarantined_by_rule"].items() if book["state"] == "LOADED" else ():
                assert rule in told, (key, rule, count)
        for key in (key for key, book in first.books.items() if book["reason"] and book["state"] == "REJECTED"):
            assert told.count(key) > 1, key  # its message names the file as well
        for heading in ("Jobs that wrote books", "Rejected rows", "New rows are of 2025-0"):
            assert heading in told
        assert "the first of its kind" in told

    def it_compares_with_runs_before(story, shared_stack, capsys):
        told = _told(shared_stack.running, story.steps["late"].run_id, capsys)
        assert "usually" in told
        assert _told(shared_stack.running, None, capsys) == told

    def it_says_that_a_run_published_nothing(story, shared_stack, capsys):
        stack = shared_stack.running
        assert explain(LocalWarehouse(stack), stack.client("s3"), LAKE, "jr_nothing") == 1
        assert "no run jr_nothing is in the books" in capsys.readouterr().err


def _told(stack, run_id, capsys):
    assert explain(LocalWarehouse(stack), stack.client("s3"), LAKE, run_id) == 0
    return capsys.readouterr().out


def describe_the_first_delivery():
    def it_books_each_file_as_the_generator_planted_it(story):
        books = story.steps["first"].books
        booked = [entry for entry in story.manifest.files.values() if entry.state != "IGNORED"]
        assert set(books) == {entry.key for entry in booked}
        for entry in booked:
            _compare(entry, books[entry.key])

    def it_counts_what_is_kept_though_odd(story):
        books = story.steps["first"].books
        for entry in story.manifest.of(None, "LOADED"):
            assert (entry.key, books[entry.key]["warnings_by_rule"]) == (entry.key, entry.warnings_by_rule)

    def it_quarantines_exactly_the_planted_rows_with_all_their_reasons(story):
        planted = {
            (entry.key, rule, count)
            for entry in story.manifest.files.values()
            for rule, count in entry.quarantined_by_rule.items()
        }
        assert set(story.quarantined) == planted

    def it_puts_each_rejected_file_aside_with_its_reason(story):
        for entry in story.manifest.of(None, "REJECTED"):
            aside = [key for key in story.rejected_keys if key.endswith(entry.key)]
            assert len(aside) == 1, entry.key
            assert f"{aside[0]}.reason.json" in story.rejected_keys

    def it_leaves_only_hidden_files_in_the_landing_bucket(story):
        assert set(story.landing_keys) == {entry.key for entry in story.manifest.of(None, "IGNORED")}

    def it_says_at_the_end_of_the_run_which_files_and_rows_are_rejected_and_where_they_are(story):
        for entry in story.manifest.of(None, "REJECTED"):
            (aside,) = [key for key in story.rejected_keys if key.endswith(entry.key)]
            (line,) = [line for line in story.warnings.splitlines() if aside in line]
            assert line.startswith("file rejected: ")
            assert entry.reason in line
        assert all(rule in story.warnings for _, rule, _ in story.quarantined)
        assert "rows of streams rejected: " in story.warnings

    def it_logs_handled_errors_in_s3(story):
        for kind in ("rejected_file", "rejected_rows"):
            assert f'"{kind}"' in story.error_kinds

    def it_fills_the_warehouse_as_duckdb_does(story):
        assert story.steps["first"].difference is None


def describe_a_second_run():
    def it_books_no_file(story):
        assert story.steps["again"].books == {}
        assert story.steps["again"].run_loaded == 0

    def it_changes_nothing(story):
        assert_same_tables(story.steps["again"].tables, story.steps["first"].tables)


def describe_one_more_file():
    def it_loads_just_that_file(story):
        (entry,) = story.later.of("streams")
        books = story.steps["more"].books
        assert set(books) == {entry.key}
        _compare(entry, books[entry.key])

    def it_fills_the_warehouse_as_duckdb_does(story):
        assert story.steps["more"].difference is None


def describe_the_late_catalogue():
    def it_frees_the_plays_that_waited_for_it(story):
        (entry,) = story.later.of("songs")
        _compare(entry, story.steps["late"].books[entry.key])
        assert story.steps["late"].run_loaded == story.later.resolved

    def it_fills_the_warehouse_as_duckdb_does(story):
        assert story.steps["late"].difference is None
