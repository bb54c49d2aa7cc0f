"""The tables of docs/costs.md: `python -m docs.costs docs/costs.md` writes them anew."""

import re
import sys
from dataclasses import fields
from pathlib import Path

from docs.prices import DAYS, GB, HOURS, MILLION, SIZES, A, P, Workflow


def glue(workflow: Workflow, plays: float, *, flex: bool = True) -> float:
    """A month of Glue for `plays` a month; `flex` False: all jobs of the standard class."""
    standard = workflow.runs * workflow.standard_minutes / 60 * A.workers
    spare = workflow.runs * workflow.flex_minutes / 60 * A.workers
    checking = plays * A.play_bytes / A.checked_bytes_a_second / 3600 * A.workers
    loading = plays / A.plays_a_dpu_second / 3600
    return (standard + checking + loading) * P.glue_dpu_hour + spare * (
        P.glue_flex_dpu_hour if flex else P.glue_dpu_hour
    )


def redshift(workflow: Workflow, plays: float) -> float:
    """A month of the warehouse's work for the loads; what people ask of it comes on top."""
    base_rpu = A.base_rpu if plays < SIZES[2] * A.events_share else A.large_base_rpu
    waking = workflow.runs * workflow.redshift_minutes / 60 * base_rpu
    return (waking + plays / A.plays_an_rpu_minute / 60) * P.redshift_rpu_hour


def redshift_storage(plays: float) -> float:
    """The facts of the months that are kept."""
    return plays * A.months_kept * A.play_bytes_in_redshift / GB * P.redshift_storage_gb_month


def s3(plays: float) -> float:
    """Three months of archive and a month's replaced versions in Standard, the rest in Glacier Instant Retrieval."""
    month = plays * (1 + A.events_share) * A.play_bytes / GB
    stored = month * (3 + 3) * P.s3_gb_month + month * (A.months_kept - 3) * P.s3_glacier_instant_gb_month
    requests = sum(workflow.runs * workflow.s3_requests for workflow in (A.streams, A.sparkify)) / 1000
    return stored + requests * (P.s3_put_thousand + P.s3_get_thousand) / 2


def dynamodb() -> float:
    """Two items a file and the index, four states each."""
    files = sum(workflow.runs * workflow.files for workflow in (A.streams, A.sparkify))
    return files * (16 * P.dynamodb_write_million + 10 * P.dynamodb_read_million) / MILLION


def rds(plays: float) -> float:
    """db.t4g.micro with 20 GB; from 100 million plays on db.t4g.small in two zones."""
    if plays < SIZES[1]:
        return P.rds_t4g_micro_hour * HOURS + 20 * P.rds_gp3_gb_month
    return P.rds_t4g_small_two_zones_hour * HOURS + 2 * 20 * P.rds_gp3_gb_month


def network() -> float:
    """Interface endpoints in one zone; S3 and DynamoDB have gateways, which cost nothing, and carry all the data."""
    return A.interface_endpoints * HOURS * P.interface_endpoint_hour + logs_gb() * P.interface_endpoint_gb


def logs_gb() -> float:
    """What the jobs write to CloudWatch in a month."""
    return sum(workflow.runs * workflow.jobs for workflow in (A.streams, A.sparkify)) * A.log_bytes_a_job / GB


def watching() -> float:
    """Metrics (billed for the hours in which a value comes), alarms, dashboard, logs."""
    workflows = (A.streams, A.sparkify)
    metrics = sum(workflow.metrics * min(workflow.runs / HOURS, 1) for workflow in workflows) * P.metric_month
    alarms = (sum(workflow.alarms for workflow in workflows) + 1) * P.alarm_month
    return metrics + alarms + P.dashboard_month + logs_gb() * P.logs_gb


def month(plays: float) -> dict[str, float]:
    """Dollars a month by part."""
    events = plays * A.events_share
    return {
        "Glue, streams": glue(A.streams, plays),
        "Glue, sparkify": glue(A.sparkify, events),
        "Redshift, loads of streams": redshift(A.streams, plays),
        "Redshift, loads of sparkify": redshift(A.sparkify, events),
        "Redshift, storage": redshift_storage(plays + events),
        "RDS": rds(plays),
        "S3": s3(plays),
        "DynamoDB": dynamodb(),
        "Network": network(),
        "CloudWatch": watching(),
        "Key and secrets": P.kms_key_month + 2 * P.secret_month,
    }


def run(workflow: Workflow, plays: float) -> dict[str, float]:
    """Dollars of one run of a workflow that loads a month's `plays` in its runs."""
    return {part: cost(workflow, plays) / workflow.runs for part, cost in (("Glue", glue), ("Redshift", redshift))}


def usual_warehouse(plays: float) -> float:
    """Two nodes that are always on: ra3.large, for thousands of millions ra3.4xlarge."""
    node = P.ra3_large_hour if plays < SIZES[2] else P.ra3_4xlarge_hour
    return 2 * node * HOURS


def usual_glue(plays: float) -> float:
    """Five jobs an hour for each of both workflows' data, ten workers each (the console's default), no Flex."""
    fixed = 24 * DAYS * A.usual_jobs * A.usual_minutes / 60 * A.usual_workers
    loading = plays * (1 + A.events_share) / A.plays_a_dpu_second / 3600
    return (fixed + loading) * P.glue_dpu_hour


def usual_network(plays: float) -> float:
    """A NAT gateway in two zones, through which the jobs also read and write S3: each byte about five times."""
    return A.usual_zones * HOURS * P.nat_hour + 5 * plays * (1 + A.events_share) * A.play_bytes / GB * P.nat_gb


def savings(plays: float) -> dict[str, tuple[float, float]]:
    """By part: dollars a month of the usual set-up, and here."""
    events = plays * A.events_share
    return {
        "Glue": (usual_glue(plays), glue(A.streams, plays) + glue(A.sparkify, events)),
        "Warehouse": (usual_warehouse(plays), redshift(A.streams, plays) + redshift(A.sparkify, events)),
        "Network": (usual_network(plays), network()),
    }


def flex_saves() -> float:
    """Dollars a month that Flex takes off."""
    return sum(glue(workflow, 0, flex=False) - glue(workflow, 0) for workflow in (A.streams, A.sparkify))


def _dollars(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tables() -> dict[str, str]:
    """By name, the tables of the page."""
    sizes = [f"{size // MILLION:,} million" for size in SIZES]
    months = [month(size) for size in SIZES]
    parts = [[part, *(_dollars(found[part]) for found in months)] for part in months[0]]
    total = ["**Together**", *(f"**{_dollars(sum(found.values()))}**" for found in months)]
    runs = []
    for name, workflow, share in (("streams", A.streams, 1.0), ("sparkify", A.sparkify, A.events_share)):
        for part in ("Glue", "Redshift"):
            runs.append([f"{name}, {part}", *(f"{run(workflow, size * share)[part]:.3f}" for size in SIZES)])
    saved = [savings(size) for size in SIZES]
    choices = [[part, *(" → ".join(map(_dollars, found[part])) for found in saved)] for part in saved[0]]
    both = [(sum(usual for usual, _ in found.values()), sum(here for _, here in found.values())) for found in saved]
    choices.append(["**Together**", *(f"**{_dollars(usual)} → {_dollars(here)}**" for usual, here in both)])
    return {
        "month": _table(["dollars a month", *sizes], [*parts, total]),
        "run": _table(["dollars a run", *sizes], runs),
        "savings": _table(["dollars a month, usual → here", *sizes], choices),
        "prices": _table(
            ["price", "US dollars"], [[item.name.replace("_", " "), f"{getattr(P, item.name):g}"] for item in fields(P)]
        ),
    }


def render(page: str) -> str:
    """`page` with its tables computed anew; each stands between `<!-- name -->` and `<!-- end -->`."""
    found, blocks = tables(), re.compile(r"<!-- (\w+) -->\n.*?<!-- end -->", re.DOTALL)
    return blocks.sub(lambda block: f"<!-- {block[1]} -->\n{found[block[1]]}\n<!-- end -->", page)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(render(path.read_text(encoding="utf-8")), encoding="utf-8")
