"""The run's configuration: an option is the job argument, else the workflow run property, else its default.

Glue passes a job's default arguments and a run's arguments as one command line, so a default given there would always
override a workflow run property. The defaults of what a run may set are therefore in one argument, `--defaults`, that
workflows.json gives every job.
"""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import ConfigError
from glue_jobs.lib.run.options import OPTIONS, WARN

NOT_GIVEN = ("", "none")
ALIKE = 0.8
"""How alike a name must be to one of ours to be taken for it, misspelt (difflib's ratio)."""
GLUES_OWN = ("class", "conf")
"""Glue's own arguments in lower case."""


SETTINGS = (
    "datasets",
    "landing_bucket",
    "lake_bucket",
    "ledger_table",
    "rds_connection",
    "redshift_connection",
    "redshift_role",
    "reader_group",
    "defaults",
)
"""What an environment sets, in workflows.json or Terraform."""


MISSING = "argument --{name} is missing; workflows.json sets it for every job"


@dataclass(frozen=True)
class JobConfig:
    """Everything a job knows about its run, except secrets, which stay behind the connections."""

    job_name: str
    run_id: str
    workflow_name: str | None
    workflow_run_id: str | None
    started_at: datetime
    temp_dir: str
    datasets: tuple[str, ...]
    landing_bucket: str
    lake_bucket: str
    ledger_table: str
    rds_connection: str
    redshift_connection: str
    redshift_role: str | None
    reader_group: str | None
    from_date: date | None
    to_date: date | None
    recompute: bool
    dry_run: bool
    full: bool
    replay: str | None
    max_reject_rate: float
    pending_days: int
    new_columns: Mapping[str, str]
    """By dataset; the one by the empty name is for all others."""

    unknown_arguments: tuple[str, ...] = ()
    """Names that are neither ours nor of the form of Glue's own; Glue may have added them."""

    @property
    def is_backfill(self) -> bool:
        """Whether the run re-reads a window of dates instead of what is new."""
        return self.from_date is not None or self.to_date is not None

    @property
    def saves_bookmark(self) -> bool:
        """Whether what the run read counts as read; backfills, replays and dry runs leave that to ordinary runs."""
        return not (self.is_backfill or self.replay or self.dry_run)

    def on_new_columns(self, dataset: str) -> str:
        """One of NEW_COLUMNS."""
        return self.new_columns.get(dataset, self.new_columns.get("", WARN))

    @property
    def temp_prefix(self) -> str:
        """The run's own folder for intermediate files, an s3:// URI ending in a slash."""
        return f"s3://{self.lake_bucket}/temp/{self.job_name}/{self.run_id}/"


def require(config: JobConfig, name: str) -> str:
    """The value of a setting that this job cannot do without.

    Raises:
        ConfigError: It was not given.
    """
    value = getattr(config, name)
    if not value:
        raise ConfigError(MISSING.format(name=name))
    return value


def resolve(argv: Sequence[str], *, started_at: datetime | None = None) -> JobConfig:
    """The configuration of the run that was started with `argv` (as `sys.argv`).

    Raises:
        ConfigError: An argument or property is missing, unknown or makes no sense; the message names it and what it
            takes.
    """
    given, others = _parsed(argv)
    properties = _workflow_properties(given.get("WORKFLOW_NAME"), given.get("WORKFLOW_RUN_ID"))
    defaults = _defaults(given.get("defaults", ""))
    options = {name: _option(name, given, properties, defaults) for name in OPTIONS}
    if options["from_date"] and options["to_date"] and options["from_date"] > options["to_date"]:
        raise ConfigError(f"--from_date {options['from_date']} lies after --to_date {options['to_date']}; swap them")
    if options["replay"] and (options["from_date"] or options["to_date"]):
        raise ConfigError(
            "--replay reads the quarantine, --from_date and --to_date the archive; run one after the other"
        )
    return JobConfig(
        job_name=_required(given, "JOB_NAME"),
        run_id=_required(given, "JOB_RUN_ID"),
        workflow_name=given.get("WORKFLOW_NAME"),
        workflow_run_id=given.get("WORKFLOW_RUN_ID"),
        started_at=started_at or datetime.now(UTC),
        temp_dir=given.get("TempDir", ""),
        datasets=tuple(name.strip() for name in _required(given, "datasets").split(",") if name.strip()),
        landing_bucket=_required(given, "landing_bucket"),
        lake_bucket=_required(given, "lake_bucket"),
        ledger_table=_required(given, "ledger_table"),
        rds_connection=given.get("rds_connection", ""),
        redshift_connection=given.get("redshift_connection", ""),
        redshift_role=_or_none(given.get("redshift_role")),
        reader_group=_or_none(given.get("reader_group")),
        unknown_arguments=_unknown(others),
        **options,
    )


def _unknown(words: Sequence[str]) -> tuple[str, ...]:
    """Of the words that are not ours, the names that do not have the form of Glue's own, with capitals or dashes.

    Raises:
        ConfigError: One looks like a misspelt argument of ours.
    """
    names = [word[2:].partition("=")[0] for word in words if re.match(r"--[a-z]+(_[a-z]+)*(=|$)", word)]
    for name in names:
        if meant := get_close_matches(name, (*OPTIONS, *SETTINGS), n=1, cutoff=ALIKE):
            raise ConfigError(f"unknown argument --{name}; did you mean --{meant[0]}? A run takes: {_option_list()}")
    return tuple(name for name in names if name not in GLUES_OWN)


def _parsed(argv: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Our arguments by name, and all other words."""
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    for name in ("JOB_NAME", "JOB_RUN_ID", "WORKFLOW_NAME", "WORKFLOW_RUN_ID", "TempDir", *SETTINGS, *OPTIONS):
        parser.add_argument(f"--{name}", dest=name)
    known, others = parser.parse_known_args(list(argv[1:]))
    return {name: value for name, value in vars(known).items() if value is not None}, others


def _workflow_properties(workflow: str | None, run_id: str | None) -> dict[str, str]:
    if not (workflow and run_id):
        return {}
    properties = aws.client("glue").get_workflow_run_properties(Name=workflow, RunId=run_id)["RunProperties"]
    own = {name: value for name, value in properties.items() if not name.startswith("aws:")}
    strangers = sorted(set(own) - set(OPTIONS))
    if strangers:
        raise ConfigError(
            f"unknown run property '{strangers[0]}' of workflow {workflow}; a run takes: {_option_list()}"
        )
    return own


def _defaults(text: str) -> dict[str, str]:
    pairs = dict(pair.partition("=")[::2] for pair in text.split())
    strangers = sorted(set(pairs) - set(OPTIONS))
    if strangers:
        raise ConfigError(f"--defaults names an unknown option '{strangers[0]}'; it takes: {_option_list()}")
    return pairs


def _option(name: str, *sources: Mapping[str, str]) -> Any:
    text = next((source[name] for source in sources if source.get(name, "").lower() not in NOT_GIVEN), None)
    if text is None:
        if name in ("from_date", "to_date", "replay"):
            return None
        raise ConfigError(f"no value for --{name}: give it, or name its default in --defaults in workflows.json")
    try:
        return OPTIONS[name](text.strip())
    except ValueError as cause:
        raise ConfigError(f"--{name} takes {cause}; it was given '{text}'") from cause


def _required(given: Mapping[str, str], name: str) -> str:
    if _or_none(given.get(name)) is None:
        raise ConfigError(MISSING.format(name=name))
    return given[name]


def _or_none(text: str | None) -> str | None:
    return None if text is None or text.lower() in NOT_GIVEN else text


def _option_list() -> str:
    return ", ".join(OPTIONS)
