"""What a dry run says to people."""

from glue_jobs.lib.books import dry_run
from glue_jobs.lib.books.book import FileBook, close_books
from glue_jobs.lib.books.dry_run import RowChanges
from glue_jobs.lib.contracts.books import Count
from tests.glue_jobs.lib.configs import make_config


def file_book(key, *, loaded=0, quarantined=0, rules=None):
    return FileBook(
        run_id="jr_1", file_key=f"{key}@1", dataset="streams", source_file=key, state="LOADED",
        read=loaded + quarantined, outcomes={Count.LOADED: loaded, Count.QUARANTINED: quarantined},
        quarantined_by_rule=rules or {},
    )  # fmt: skip


def test_changes_of_a_table_add_up():
    assert RowChanges(1, 2, 3) + RowChanges(10, 0, 5) == RowChanges(11, 2, 8)


def test_the_report_says_what_would_change_and_why_lines_are_rejected_worst_file_first():
    files = [file_book("streams/a.csv", loaded=1200), file_book("streams/b.csv", quarantined=3, rules={"x_empty": 3})]
    run = close_books(
        make_config(), files, pending_before=2, from_pending={Count.QUARANTINED: 2},
        rules_from_pending={"pending_expired": 2},
    )  # fmt: skip
    report = dry_run.report(
        {"music.streams": RowChanges(1200), "music.hourly_kpis": RowChanges(1, 20, 300)}, run, files
    )
    assert report.splitlines() == [
        "DRY RUN of load_streams: nothing was changed. A run would change these rows:",
        "table              inserted  changed  deleted",
        "music.streams         1,200        0        0",
        "music.hourly_kpis         1       20      300",
        "",
        "file           state   lines  of these",
        "streams/b.csv  LOADED      3  3 quarantined: x_empty 3",
        "streams/a.csv  LOADED  1,200  1,200 loaded",
        "rejected in all, with plays that waited too long: pending_expired 2, x_empty 3",
    ]


def test_a_report_without_files_or_changes_has_heads_only():
    run = close_books(make_config(), [])
    assert dry_run.report({}, run, []).splitlines()[1:] == ["table  inserted  changed  deleted"]
