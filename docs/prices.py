"""The prices and assumptions of docs/costs.md. Numbers are changed here; `costs.py` reckons with them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

HOURS = 730
DAYS = 30
GB = 1e9
MILLION = 1_000_000
SIZES = (1 * MILLION, 100 * MILLION, 10_000 * MILLION)
CORES_PER_DPU = 4
RESULTS = Path(__file__).parents[1] / "bench" / "results.json"


@dataclass(frozen=True)
class Prices:
    """List prices in US dollars of us-east-1, as known in the middle of 2025; the name says the unit."""

    glue_dpu_hour: float = 0.44
    glue_flex_dpu_hour: float = 0.29
    redshift_rpu_hour: float = 0.375
    redshift_storage_gb_month: float = 0.024
    ra3_large_hour: float = 0.543
    ra3_4xlarge_hour: float = 3.26
    rds_t4g_micro_hour: float = 0.016
    rds_t4g_small_two_zones_hour: float = 0.065
    rds_gp3_gb_month: float = 0.115
    s3_gb_month: float = 0.023
    s3_glacier_instant_gb_month: float = 0.004
    s3_put_thousand: float = 0.005
    s3_get_thousand: float = 0.0004
    dynamodb_write_million: float = 0.625
    dynamodb_read_million: float = 0.125
    interface_endpoint_hour: float = 0.01
    interface_endpoint_gb: float = 0.01
    nat_hour: float = 0.045
    nat_gb: float = 0.045
    metric_month: float = 0.30
    alarm_month: float = 0.10
    dashboard_month: float = 3.00
    logs_gb: float = 0.50
    kms_key_month: float = 1.00
    secret_month: float = 0.40


@dataclass(frozen=True)
class Workflow:
    """What one run of a workflow takes before there is any data, and how often it runs.

    Minutes are billed ones: of workers that run, a minute at least a job.
    """

    runs: int
    standard_minutes: float
    flex_minutes: float
    redshift_minutes: float
    jobs: int
    metrics: int
    alarms: int
    files: int
    s3_requests: int


@dataclass(frozen=True)
class Assumptions:
    """What is not on a price list. The rates are per DPU or RPU; measure your own in `music.load_runs`."""

    streams: Workflow = field(default_factory=lambda: Workflow(DAYS, 8, 3, 5, 6, 45, 11, 10, 2_000))
    sparkify: Workflow = field(default_factory=lambda: Workflow(24 * DAYS, 5, 0, 2, 4, 20, 7, 2, 500))
    workers: int = 2
    base_rpu: int = 4
    large_base_rpu: int = 8
    """From ten thousand million plays a month on."""
    events_share: float = 0.1
    """Sparkify's events for each play of the streams."""
    checked_bytes_a_second: float = 50e6
    plays_a_dpu_second: float = field(default_factory=lambda: measured_rate())
    plays_an_rpu_minute: float = 2 * MILLION
    play_bytes: int = 50
    play_bytes_in_redshift: int = 20
    months_kept: int = 12
    interface_endpoints: int = 6
    log_bytes_a_job: float = 2e6
    usual_workers: int = 10
    usual_jobs: int = 5
    usual_minutes: float = 2
    usual_zones: int = 2


def measured_rate() -> float:
    """Plays that a DPU loads in a second: `make bench`, the engine alone, its largest first load; rounded to thousands.

    The fixed part of a run, which is in the billed minutes as well, makes it too low rather than too high.
    """
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    firsts = [item for item in results if item["scenario"] == "first" and "engine" in item["rounds"][0]]
    largest = max(firsts, key=lambda item: item["plays"])
    seconds = median(found["engine"]["wall_s"] for found in largest["rounds"])
    dpus = int(largest["machine"].split()[0]) / CORES_PER_DPU
    return round(largest["plays"] / seconds / dpus, -3)


P, A = Prices(), Assumptions()
