"""Whether a run was fine: what the page says first, and what needs a person's attention."""

from dataclasses import dataclass
from typing import Literal

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.report import text
from glue_jobs.lib.report.facts import Facts, ReportedFile

State = Literal["good", "fair", "bad", "idle"]
SIGNS = {"good": "✓", "fair": "!", "bad": "✕", "idle": "–"}
REJECTED_SHARE = 0.05
"""The share of quarantined lines above which a run needs attention; Terraform's alarm has the same default."""

REMEDIES = {
    "damaged": "pack it again and deliver it again",
    "duplicate_columns": "name each column once and deliver it again",
    "empty": "deliver it again with rows; nothing is lost if there are none",
    "lines_differ": "look for odd line ends or control characters, correct it and deliver it again",
    "missing_columns": "deliver it again with a header that names every required column",
    "multiline_records": "write each record on one line and deliver it again",
    "not_csv": "deliver CSV with a header line, in UTF-8",
    "not_json": "deliver one JSON object a line, in UTF-8",
    "not_utf8": "save it as UTF-8 and deliver it again",
    "object_missing": "restore the object or deliver the file again; find out who deletes there",
    "reject_rate_exceeded": "look at the reasons of its rows, correct it and deliver it again",
    "truncated": "deliver it again, whole",
}
"""What to do about a rejected file; the .reason.json beside it names the very line, column or value."""


@dataclass(frozen=True)
class Verdict:
    """A state, and what it means in a few words and in a sentence."""

    state: State
    title: str
    sentence: str


def verdict(facts: Facts) -> Verdict:
    """The verdict on the latest run."""
    errors = [item for item in facts.failed if item.severity == "error"]
    if errors:
        return Verdict(
            "bad",
            f"{text.plural(len(errors), 'check')} failed",
            "The data is published and breaks what it should keep.",
        )
    if facts.refused:
        return Verdict("fair", "Checked, but not shown", "The figures could not be read: see the log of check_quality.")
    if not facts.runs and not facts.of("days"):
        return Verdict(
            "idle",
            "Nothing was loaded yet",
            "Put files into the landing bucket and start the workflow; they show here.",
        )
    worries = _worries(facts)
    if worries:
        return Verdict("fair", "Loaded, but needs a look", f"{text.joined(worries).capitalize()}.")
    if facts.run is None or not (facts.run.files or facts.run.counts[Count.LOADED]):
        return Verdict("good", "Nothing was new", "No file waited in the landing bucket; nothing had to change.")
    quarantined = facts.run.counts[Count.QUARANTINED]
    few = f"; {text.plural(quarantined, 'line')} went to quarantine" if quarantined else ""
    return Verdict("good", "The run went well", f"Every file was loaded and every check holds{few}.")


def _worries(facts: Facts) -> list[str]:
    counts = facts.run.counts if facts.run else {}
    quarantined = counts.get(Count.QUARANTINED, 0)
    found = []
    if facts.rejected_count:
        found.append(f"{text.plural(facts.rejected_count, 'file')} rejected whole")
    if quarantined > REJECTED_SHARE * (counts.get(Count.READ, 0) + counts.get(Count.PENDING_BEFORE, 0)):
        found.append(f"{text.plural(quarantined, 'line')} quarantined, more than {REJECTED_SHARE:.0%}")
    if facts.failed:
        found.append(f"{text.plural(len(facts.failed), 'check')} with a warning")
    return found


def remedy(file: ReportedFile) -> str:
    """What to do about a rejected file."""
    return REMEDIES.get(file.reason, "see the .reason.json beside it in quarantine/files/")
