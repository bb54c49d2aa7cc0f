"""Columns of a CSV file of which the contract knows nothing, and what `--new_columns` does with such a file.

The fields of JSON are in its lines, so the loads look at them (`load.file_checks`).
"""

from dataclasses import replace

from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.files import csv_header, unknown_columns
from glue_jobs.lib.intake.inspection import Checked
from glue_jobs.lib.intake.landing import LandedFile
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import ConfigError
from glue_jobs.lib.run.options import REJECT, WARN

MOST_NAMED = 50


def check_option(config: JobConfig) -> None:
    """Looks whether `--new_columns` names datasets that there are.

    Raises:
        ConfigError: One is not there.
    """
    strangers = sorted(set(config.new_columns) - {"", *DATASETS})
    if strangers:
        raise ConfigError(f"--new_columns names '{strangers[0]}'; datasets are {', '.join(DATASETS)}")


def judged(config: JobConfig, delivery: LandedFile, checked: Checked) -> Checked:
    """The file as it was checked, or rejected for its new columns."""
    new = _found(delivery, checked)
    if not new or config.on_new_columns(delivery.dataset.name) != REJECT:
        return checked
    return replace(checked, problem=unknown_columns.problem(delivery.key, new, what="columns"))


def to_warn_of(config: JobConfig, delivery: LandedFile, checked: Checked) -> list[str]:
    """The new columns, if they are to be told; they are not loaded."""
    return _found(delivery, checked) if config.on_new_columns(delivery.dataset.name) == WARN else []


def _found(delivery: LandedFile, checked: Checked) -> list[str]:
    if checked.problem or delivery.dataset.file_format != "csv":
        return []
    return csv_header.new_columns(checked.header, delivery.dataset)[:MOST_NAMED]
