"""Prints what a workflow run did: `python -m demo.report [WORKFLOW_RUN_ID]`, the last run when none is named."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demo.books import COUNTS, Books, by_rule, last_workflow_run, read_books, top_rows

PLAIN_WIDTH = 132
HEADINGS = {
    "read": "read",
    "loaded": "loaded",
    "already_loaded": "already\nloaded",
    "repeated": "repeated",
    "pending_after": "pending",
    "quarantined": "quaran-\ntined",
    "out_of_window": "out of\nwindow",
}

KPIS = {
    "Genres, all time (music.genre_kpis)": (
        "SELECT track_genre, listen_count, unique_tracks, round(avg_track_duration_ms) AS avg_duration_ms,"
        " popularity_index, track_name AS most_played FROM music.genre_kpis ORDER BY listen_count DESC, 1 LIMIT 5"
    ),
    "Busiest hours (music.hourly_kpis)": (
        "SELECT hour, total_plays, unique_listeners, unique_tracks, track_diversity_index, top_artist"
        " FROM music.hourly_kpis ORDER BY total_plays DESC, hour LIMIT 5"
    ),
    "Genres by day (music.genre_daily_kpis)": (
        "SELECT listen_date, track_genre, listen_count, unique_listeners, total_listening_time_ms,"
        " popularity_index FROM music.genre_daily_kpis ORDER BY listen_count DESC, 1, 2 LIMIT 5"
    ),
    "Top tracks of the last day (music.daily_top_tracks)": (
        "SELECT listen_date, track_genre, rank, track_name, listen_count FROM music.daily_top_tracks"
        " WHERE listen_date = (SELECT max(listen_date) FROM music.daily_top_tracks)"
        " ORDER BY listen_count DESC, track_genre, rank LIMIT 5"
    ),
    "Top genres of the last day (music.daily_top_genres)": (
        "SELECT listen_date, rank, track_genre, listen_count FROM music.daily_top_genres"
        " WHERE listen_date = (SELECT max(listen_date) FROM music.daily_top_genres) ORDER BY rank"
    ),
    "Busiest listeners (music.user_features)": (
        "SELECT user_id, total_plays, unique_artists, active_days, plays_per_active_day, top_artist,"
        " favourite_genre FROM music.user_features ORDER BY total_plays DESC, user_id LIMIT 5"
    ),
}

NEXT = """\
[bold]Where to look next[/] ([cyan]local-glue[/] is .venv/bin/local-glue)
  [cyan]local-glue query[/] "SELECT * FROM music.genre_kpis ORDER BY listen_count DESC"
  [cyan]local-glue put[/] FOLDER, [cyan]local-glue run streams[/]    loads just FOLDER/streams/new.csv
  [cyan].venv/bin/python -m demo.generate --more[/] FOLDER  one more file of plays, and songs that plays wait for
  [cyan]make run[/] again: nothing is new; [cyan]make down[/]: stop and forget; [cyan]docs/operations.md[/]: more"""


def print_report(console: Console, warehouse: Any, books: Books) -> None:
    """Prints the books of a run, what was rejected, the top of each KPI table and where to look next."""
    if books.nothing_new:
        console.print(
            "\n[bold green]Nothing new:[/] no file waited in the landing bucket; nothing was loaded, nothing changed"
            + (f"; {books.pending:,} plays still wait for their user or track." if books.pending else ".")
        )
    else:
        _print_files(console, books)
        _print_rejected(console, books)
        _print_summary(console, books)
    for title, sql in KPIS.items():
        _print_rows(console, title, *top_rows(warehouse, sql))
    console.print()
    console.print(NEXT, highlight=False)


def _print_files(console: Console, books: Books) -> None:
    files = [file for file in books.files if file["state"] != "REJECTED"]
    shown = [name for name in COUNTS if name != "out_of_window" or any(file[name] for file in files)]
    table = Table(title="The books of each file", title_justify="left", title_style="bold")
    table.add_column("file", overflow="fold")
    for name in shown:
        table.add_column(HEADINGS[name], justify="right")
    table.add_column("quarantined by reason", overflow="fold")
    for file in files:
        counts = [f"{file[name]:,}" if file[name] else "·" for name in shown]
        rules = ", ".join(f"{rule} {count}" for rule, count in by_rule(file["quarantined_by_rule"]).items())
        note = "same content as a file before" if file["state"] == "REPEATED" else rules
        table.add_row(escape(file["source_file"]), *counts, note)
    table.add_section()
    table.add_row("[bold]all", *(f"[bold]{sum(file[name] for file in files):,}" for name in shown), "")
    console.print()
    console.print(table)


def _print_rejected(console: Console, books: Books) -> None:
    rejected = books.with_state("REJECTED")
    if not rejected:
        return
    table = Table(title="Files rejected whole (quarantine/files/)", title_justify="left", title_style="bold")
    for name in ("file", "reason", "what to do"):
        table.add_column(name, overflow="fold")
    for file in rejected:
        message = books.messages.get((file["source_file"], file["checksum"]), "")
        table.add_row(escape(file["source_file"]), file["reason"] or "", escape(message))
    console.print()
    console.print(table)


def _print_summary(console: Console, books: Books) -> None:
    warnings: dict[str, int] = {}
    for file in books.files:
        for rule, count in by_rule(file["warnings_by_rule"]).items():
            warnings[rule] = warnings.get(rule, 0) + count
    if warnings:
        kept = ", ".join(f"{rule} {count:,}" for rule, count in sorted(warnings.items()))
        console.print(f"Kept, though odd: {kept}")
    if books.from_pending:
        console.print(f"Loaded at last, their user or track being known now: {books.from_pending:,} plays")
    if books.pending:
        console.print(f"Waiting for their user or track: {books.pending:,} plays (music.pending_streams)")


def _print_rows(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left", title_style="bold")
    for column, value in zip(columns, rows[0], strict=True):
        numeric = isinstance(value, int | float)
        table.add_column(column, justify="right" if numeric else "left", no_wrap=numeric, overflow="ellipsis")
    for row in rows:
        table.add_row(*(escape(_text(column, value)) for column, value in zip(columns, row, strict=True)))
    console.print()
    console.print(table)


def _text(column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and value > 1 else f"{value:.4f}"
    if isinstance(value, int) and not column.endswith("_id"):
        return f"{value:,}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def make_console() -> Console:
    """A console as wide as the terminal, or wide enough for the tables where there is none."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)


def home() -> Path:
    """The state folder of the local stack."""
    return Path(os.environ.get("LOCAL_GLUE_HOME") or Path(__file__).parents[1] / ".local_glue")


def main(argv: Sequence[str] | None = None) -> int:
    """The command line."""
    from local_glue.stack import Stack

    parser = argparse.ArgumentParser(prog="python -m demo.report", description=__doc__)
    parser.add_argument("workflow_run_id", nargs="?", help="the last run that published when not given")
    parser.add_argument("--workflow", default="streams")
    given = parser.parse_args(argv)
    console, stack = make_console(), Stack.attach(home())
    with stack.connect("warehouse") as warehouse:
        run_id = given.workflow_run_id or last_workflow_run(warehouse, given.workflow)
        if run_id is None:
            console.print(f"Nothing was published yet: run 'local-glue run {given.workflow}' first.")
            return 1
        print_report(
            console, warehouse, read_books(warehouse, stack.client("s3"), stack.config.values["lake_bucket"], run_id)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
