"""A complete run configuration for tests; each test sets only what matters to it."""

from datetime import UTC, datetime
from typing import Any

from glue_jobs.lib.run.arguments import JobConfig

STARTED = datetime(2024, 6, 26, 4, tzinfo=UTC)


def make_config(**overrides: Any) -> JobConfig:
    """A configuration as `arguments.resolve` makes it, with `overrides`."""
    values: dict[str, Any] = {
        "job_name": "load_streams",
        "run_id": "jr_1",
        "workflow_name": "streams",
        "workflow_run_id": "wr_1",
        "started_at": STARTED,
        "temp_dir": "",
        "datasets": ("users", "songs", "streams"),
        "landing_bucket": "music-landing",
        "lake_bucket": "music-lake",
        "ledger_table": "ProcessedFiles",
        "rds_connection": "music-rds",
        "redshift_connection": "music-redshift",
        "redshift_role": "arn:aws:iam::123456789012:role/music-redshift-copy",
        "reader_group": "readers",
        "from_date": None,
        "to_date": None,
        "recompute": False,
        "dry_run": False,
        "full": False,
        "replay": None,
        "max_reject_rate": 0.5,
        "pending_days": 30,
        "new_columns": {"": "warn"},
    }
    return JobConfig(**(values | overrides))
