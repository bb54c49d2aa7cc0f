"""The jobs' tests with the real `awsglue`: what is left out where, the session, and what is said at the end.

`--glue=image` is for AWS's image of Glue, `--glue=wheel` for a plain Spark beside the wheel that AWS publishes: it has
the Python of `awsglue`, not the Java classes that this drives. See docs/local.md.
"""

import importlib.util
import os
import tempfile
from collections import Counter

import pytest

from local_glue import environment
from local_glue.job import STANDIN

LOCAL, IMAGE, WHEEL = "local", "image", "wheel"
NEEDS = {
    "stack": "connections, bookmarks or S3, for which the local stack stands in",
    "glue_java": "Glue's Java classes, which only AWS's image has",
}
"""What the tests with a marker need."""

LEFT_OUT = {LOCAL: (), IMAGE: ("stack",), WHEEL: ("stack", "glue_java")}
"""The markers of the tests that are left out."""

NO_ACCOUNT = {"AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
"""For Glue's Java classes, which otherwise look for a machine of AWS around them."""

left_out: dict[str, Counter[str]] = {}
"""By marker, how many tests of each file this run leaves out."""


def add_option(parser: pytest.Parser) -> None:
    """Adds `--glue`."""
    parser.addoption("--glue", choices=list(LEFT_OUT), default=LOCAL, help="the awsglue of the jobs' tests")


def is_real(config: pytest.Config) -> bool:
    """Whether the jobs' tests have the real awsglue."""
    return config.getoption("--glue") != LOCAL


def check(config: pytest.Config) -> None:
    """Ends the run where `awsglue` is missing or not the real one."""
    where = _awsglue()
    if where is None or where.startswith(str(STANDIN.parent)):
        raise pytest.UsageError(f"--glue={config.getoption('--glue')} needs the real awsglue; found: {where}")


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what cannot run here, and counts it."""
    kept, dropped = [], []
    for item in items:
        marker = next((name for name in LEFT_OUT[config.getoption("--glue")] if item.get_closest_marker(name)), None)
        if marker is None:
            kept.append(item)
        else:
            dropped.append(item)
            left_out.setdefault(marker, Counter())[item.nodeid.partition("::")[0]] += 1
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def summarize(terminalreporter: pytest.TerminalReporter) -> None:
    """Says whose awsglue it was, and which tests were left out and why."""
    if is_real(terminalreporter.config):
        terminalreporter.write_line(f"awsglue: {_awsglue()}")
    for marker, files in left_out.items():
        count = files.total()
        line = f"LEFT OUT: {count} test{' needs' if count == 1 else 's need'} {NEEDS[marker]} (marker {marker}):"
        terminalreporter.write_line(line, yellow=True, bold=True)
        for file, number in files.items():
            terminalreporter.write_line(f"  {number:3} {file}")


def get_session(settings: dict[str, str]):
    """A session as anybody makes one: of the image's Spark, or of the plain one."""
    from pyspark.sql import SparkSession

    for name, value in (environment.SPARK | NO_ACCOUNT).items():
        os.environ.setdefault(name, value)
    folder = tempfile.mkdtemp(prefix="spark-warehouse-")
    # The image's catalog is the account's, which no job of this project uses.
    plain = {"spark.sql.catalogImplementation": "in-memory", "spark.sql.warehouse.dir": folder}
    plain |= {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC"}
    return SparkSession.builder.master("local[*]").config(map=plain | settings).getOrCreate()


def _awsglue() -> str | None:
    found = importlib.util.find_spec("awsglue")
    return found and found.origin
