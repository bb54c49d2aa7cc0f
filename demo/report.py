"""Prints what a workflow run did: `python -m demo.report [WORKFLOW_RUN_ID]`, the last run when none is named."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demo.books import COUNTS, Books, last_workflow_run, read_books, top_rows
from demo.page import Page
from demo.sparkify import page as sparkify_page
from demo.streams import page as streams_page
from glue_jobs.lib.books.book import by_rule
from glue_jobs.lib.contracts.books import Count

PLAIN_WIDTH = 142
REASON_WIDTH = 32
"""If it were wider, file names would be folded."""

SOUND_FILES_SHOWN = 20
"""Per dataset; if there are more, they are summed up."""

HEADINGS = {
    Count.READ: "read",
    Count.LOADED: "loaded",
    Count.ALREADY_LOADED: "already\nloaded",
    Count.REPEATED: "repeated",
    Count.PENDING_AFTER: "pending",
    Count.QUARANTINED: "quaran-\ntined",
    Count.OUT_OF_WINDOW: "out of\nwindow",
}

PAGES: dict[str, Page] = {"streams": streams_page.PAGE, "sparkify": sparkify_page.PAGE}


def print_report(console: Console, warehouse: Any, books: Books, workflow: str) -> None:
    """Prints the books of a run, what was rejected, the top of the workflow's tables and where to look next."""
    page = PAGES[workflow]
    if books.nothing_new:
        console.print(
            "\n[bold green]Nothing new:[/] no file waited in the landing bucket; nothing was loaded, nothing changed"
            + (f"; {books.pending:,} plays still wait for their user or track." if books.pending else ".")
        )
    else:
        _print_files(console, books)
        _print_rejected(console, books)
        _print_warnings(console, books)
        for sentence in page.tell(books):
            console.print(sentence)
    for title, sql in page.queries.items():
        _print_rows(console, title, *top_rows(warehouse, sql))
    _print_next(console, page)


def _print_files(console: Console, books: Books) -> None:
    files = [file for file in books.files if file["state"] != "REJECTED"]
    rows = [(file["source_file"], file, _note(file)) for file in files if not _is_summed_up(file, files)]
    rows += [(f"{count} other files of {dataset}", sums, "") for dataset, count, sums in _summed_up(files)]
    shown = [name for name in HEADINGS if name != Count.OUT_OF_WINDOW or any(file[name] for file in files)]
    table = Table(title="The books of each file", title_justify="left", title_style="bold")
    table.add_column("file", overflow="fold")
    for name in shown:
        table.add_column(HEADINGS[name], justify="right")
    table.add_column("quarantined by reason", overflow="fold", max_width=REASON_WIDTH)
    for name, counted, note in rows:
        table.add_row(escape(name), *(f"{counted[count]:,}" if counted[count] else "·" for count in shown), note)
    table.add_section()
    table.add_row("[bold]all", *(f"[bold]{sum(file[name] for file in files):,}" for name in shown), "")
    console.print()
    console.print(table)


def _note(file: Mapping[str, Any]) -> str:
    if file["state"] == "REPEATED":
        return "same content as another file"
    return ", ".join(f"{rule} {count}" for rule, count in by_rule(file["quarantined_by_rule"]).items())


def _is_summed_up(file: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the file is one of many in its dataset that have nothing to report."""
    alike = [other for other in files if other["dataset"] == file["dataset"] and other["read"] == other["loaded"]]
    return file["read"] == file["loaded"] and len(alike) > SOUND_FILES_SHOWN


def _summed_up(files: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, dict[str, int]]]:
    """The number of files that are summed up and their counts, by dataset."""
    found = []
    for dataset in dict.fromkeys(file["dataset"] for file in files):
        sound = [file for file in files if file["dataset"] == dataset and _is_summed_up(file, files)]
        if sound:
            found.append((dataset, len(sound), {name: sum(file[name] for file in sound) for name in COUNTS}))
    return found


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


def _print_warnings(console: Console, books: Books) -> None:
    warnings: dict[str, int] = {}
    for file in books.files:
        for rule, count in by_rule(file["warnings_by_rule"]).items():
            warnings[rule] = warnings.get(rule, 0) + count
    if warnings:
        kept = ", ".join(f"{rule} {count:,}" for rule, count in sorted(warnings.items()))
        console.print(f"Kept, though odd: {kept}")


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


def _print_next(console: Console, page: Page) -> None:
    console.print("\n[bold]Where to look next[/] ([cyan]local-glue[/] is .venv/bin/local-glue)")
    for command, what in page.try_next.items():
        console.print(f"  [cyan]{escape(command)}[/]  {what}")
    console.print(
        "  [cyan]make run[/] again: nothing is new; [cyan]make down[/]: stop and forget; "
        "[cyan]docs/operations.md[/], [cyan]docs/queries.md[/]: more"
    )


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
    parser.add_argument("--workflow", default="streams", choices=PAGES)
    given = parser.parse_args(argv)
    console, stack = make_console(), Stack.attach(home())
    with stack.connect("warehouse") as warehouse:
        run_id = given.workflow_run_id or last_workflow_run(warehouse, given.workflow)
        if run_id is None:
            console.print(f"Nothing was published yet: run 'local-glue run {given.workflow}' first.")
            return 1
        books = read_books(warehouse, stack.client("s3"), stack.config.values["lake_bucket"], run_id)
        print_report(console, warehouse, books, given.workflow)
    return 0


if __name__ == "__main__":
    sys.exit(main())
