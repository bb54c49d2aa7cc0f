"""The cards about the run: key figures, what needs attention, its files, what changed since the run before."""

from collections.abc import Sequence
from datetime import timedelta

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.files.ledger import REPEATED
from glue_jobs.lib.report import text
from glue_jobs.lib.report.elements import Grid, Ranked, card, folded, note, ranking, scrolling, stacked_bar, table_of
from glue_jobs.lib.report.facts import Facts, ReportedFile, ReportedRun
from glue_jobs.lib.report.run_charts import OUTCOME_NAMES
from glue_jobs.lib.report.verdict import remedy

REJECTED_SHOWN, FILES_OPEN, REASONS_SHOWN = 8, 14, 8
ROWS = "_rows"
"""Ends the names of checks that observe the rows of a table."""


def key_figures(facts: Facts) -> str:
    """The run's counts, each with its share and its change; none without a run."""
    if facts.run is None:
        return ""
    counts, before = facts.run.counts, facts.run_before.counts if facts.run_before else None
    came = counts[Count.READ] + counts[Count.PENDING_BEFORE]
    tiles = [_tile("Read", "ink", counts[Count.READ], _came(facts.run), before and before[Count.READ])]
    for count, (name, colour) in OUTCOME_NAMES.items():
        if count != Count.OUT_OF_WINDOW or counts[count]:
            tiles.append(_tile(name, colour, counts[count], text.share(counts[count], came), before and before[count]))
    return f'<dl class="tiles">{"".join(tiles)}</dl>'


def _tile(name: str, colour: str, lines: int, remark: str, before: int | None) -> str:
    since = "" if before is None else f'<span class="since">{text.change(lines - before)} on the run before</span>'
    return (
        f'<div class="tile"><dt><i style="background:var(--{colour})"></i>{name}</dt>'
        f'<dd><b>{text.count(lines)}</b><span class="unit">{text.escaped(remark)}</span>{since}</dd></div>'
    )


def _came(run: ReportedRun) -> str:
    waited = run.counts[Count.PENDING_BEFORE]
    files = f"lines of {text.plural(run.files, 'file')}"
    return f"{files}, and {text.count(waited)} that had waited" if waited else files


def attention(facts: Facts, *, compared: bool = False) -> str:
    """Failed checks, rejected files and reasons; a calm sentence if there is nothing."""
    parts = [_failed(facts), _rejected(facts)]
    body = "".join(part for part in parts if part)
    return card(
        "Needs attention",
        body or note("Nothing: no file was rejected and no check failed."),
        span=8 if compared else 12,
    )


def _failed(facts: Facts) -> str:
    items = "".join(
        f'<li class="{"bad" if item.severity == "error" else "fair"}">'
        f"<b>{'Error' if item.severity == 'error' else 'Warning'}</b> {text.escaped(item.message or item.name)}</li>"
        for item in facts.failed
    )
    return f'<ul class="alerts">{items}</ul>' if items else ""


def _rejected(facts: Facts) -> str:
    files = facts.rejected
    if not files:
        return ""
    first = _rejected_table(files[:REJECTED_SHOWN])
    more = ""
    if files[REJECTED_SHOWN:]:
        more = folded(
            f"Show {len(files) - REJECTED_SHOWN} more rejected files", _rejected_table(files[REJECTED_SHOWN:])
        )
    hidden = facts.rejected_count - len(files)
    left = note(f"{text.plural(hidden, 'more file')} of this run: music.load_files") if hidden > 0 else ""
    title = f"<h4>{text.plural(facts.rejected_count, 'file')} rejected whole, kept in quarantine/files/</h4>"
    return title + first + more + left


def _rejected_table(files: Sequence[ReportedFile]) -> str:
    grid = Grid(
        ("file", "reason", "what to do"),
        [(file.name, text.words(file.reason), remedy(file)) for file in files],
        texts=3,
        stacks=True,
    )
    return table_of(grid, "Rejected files")


def reasons(facts: Facts) -> str:
    """Why lines were put aside, and which were kept though they are odd."""
    if facts.run is None:
        return ""
    quarantined, rules, odd = facts.run.counts[Count.QUARANTINED], facts.run.rules, facts.run.warnings
    body = _rules(rules, quarantined, "reason") if rules else note("No line was quarantined.")
    if odd:
        kept = ", ".join(f"{text.words(rule)} {text.count(lines)}" for rule, lines in odd.items())
        body += f"<h4>Kept, though odd</h4>{note(kept)}"
    return card("Why lines were quarantined", body, span=4, unit="lines by reason; a line can have several")


def _rules(rules: dict[str, int], whole: int, head: str) -> str:
    lines = [
        Ranked(text.words(rule), "", min(count / max(whole, 1), 1), (text.count(count),))
        for rule, count in rules.items()
    ]
    shown = ranking((head, "lines"), lines[:REASONS_SHOWN])
    rest = lines[REASONS_SHOWN:]
    return shown + (
        folded(f"Show {text.plural(len(rest), 'more reason')}", ranking((head, "lines"), rest)) if rest else ""
    )


def files(facts: Facts) -> str:
    """Every file with what became of its lines, as a bar and as numbers."""
    if not facts.files:
        return ""
    read = [file for file in facts.files if file.counts[Count.READ]]
    ordered = sorted(read, key=lambda file: (-file.counts[Count.QUARANTINED], -file.counts[Count.READ], file.name))
    shown, others = ordered[:FILES_OPEN], ordered[FILES_OPEN:]
    body = _files_table(shown)
    if others:
        body += folded(f"Show {text.plural(len(others), 'more file')}", _files_table(others))
    hidden = sum(item.files for item in facts.file_sums) - len(facts.files)
    if hidden > 0:
        body += note(f"{text.plural(hidden, 'more file')} of this run: music.load_files")
    return card("Books of each file", body, unit="lines; those with quarantined lines first")


def _files_table(shown: Sequence[ReportedFile]) -> str:
    counts = [c for c in OUTCOME_NAMES if c != Count.OUT_OF_WINDOW or any(f.counts[c] for f in shown)]
    heads = "".join(f'<th scope="col" class="n">{OUTCOME_NAMES[count][0].lower()}</th>' for count in counts)
    rows = "".join(_file_row(file, counts) for file in shown)
    return scrolling(
        f'<table class="files"><thead><tr><th scope="col">file</th><th scope="col" class="n">read</th>{heads}'
        f'<th scope="col">reasons</th></tr></thead><tbody>{rows}</tbody></table>',
        "Books of each file",
    )


def _file_row(file: ReportedFile, counts: Sequence[Count]) -> str:
    read = file.counts[Count.READ]
    parts = stacked_bar([(file.counts[count] / read, colour) for count, (_, colour) in OUTCOME_NAMES.items()])
    numbers = "".join(f'<td class="n">{_or_dot(file.counts[count])}</td>' for count in (Count.READ, *counts))
    why = ", ".join(
        f"{text.words(rule)} {count}" for rule, count in sorted(file.rules.items(), key=lambda i: (-i[1], i[0]))
    )
    if file.state == REPEATED:
        why = "same content as another file"
    name = f'<th scope="row"><span class="name">{text.escaped(file.name)}</span>{parts}</th>'
    return f'<tr>{name}{numbers}<td class="why">{text.escaped(why)}</td></tr>'


def _or_dot(lines: int) -> str:
    return text.count(lines) if lines else '<span class="none">·</span>'


def since_before(facts: Facts) -> str:
    """What the run changed: rows of tables, outcomes of checks, counts; nothing for the first run."""
    if facts.run is None:
        return ""
    if not facts.before and facts.run_before is None:
        return ""
    rows = [*_run_changes(facts), *_table_changes(facts)]
    body = table_of(Grid(("", "before", "now", "change"), rows), "Since the run before") if rows else ""
    body += "".join(note(sentence) for sentence in _check_changes(facts))
    when = facts.run_before.started_at if facts.run_before else next(iter(facts.before.values())).checked_at
    return card("Since the run before", body, span=4, unit=f"the one of {text.moment(when)} UTC")


def _run_changes(facts: Facts) -> list[tuple[str, str, str, str]]:
    if facts.run is None or facts.run_before is None:
        return []
    now, then = facts.run, facts.run_before
    counted = (("lines read", Count.READ), ("lines loaded", Count.LOADED), ("lines quarantined", Count.QUARANTINED))
    rows = [
        (name, text.count(then.counts[c]), text.count(now.counts[c]), text.change(now.counts[c] - then.counts[c]))
        for name, c in counted
    ]
    took = [(run.finished_at - run.started_at) / timedelta(seconds=1) for run in (then, now)]
    rows.append(("seconds taken", f"{took[0]:.0f}", f"{took[1]:.0f}", text.change(took[1] - took[0])))
    return rows


def _table_changes(facts: Facts) -> list[tuple[str, str, str, str]]:
    rows = []
    for result in facts.results:
        earlier = facts.before.get(result.name)
        if result.name.endswith(ROWS) and earlier is not None and result.observed is not None:
            change = text.change(result.observed - earlier.observed)
            name = f"rows of {result.name.removesuffix(ROWS)}"
            rows.append((name, text.count(earlier.observed), text.count(result.observed), change))
    return rows


def _check_changes(facts: Facts) -> list[str]:
    if not facts.before:
        return []
    failed = {item.name for item in facts.failed}
    failed_before = {name for name, item in facts.before.items() if item.outcome == "failed"}
    found = []
    if new := sorted(failed - failed_before):
        found.append(f"Checks that fail now: {', '.join(new)}.")
    if mended := sorted(failed_before - failed):
        found.append(f"Checks that hold again: {', '.join(mended)}.")
    return found or ["No check changed its outcome."]
