"""A project with a bucket and two databases, and helpers for tests of the awsglue stand-in."""

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local_glue.job import STANDIN

BUCKET = "standin-bucket"
PROJECT = f"""\
[tool.local_glue]
region = "us-east-1"
landing_bucket = "{BUCKET}"
buckets = [{{ name = "{BUCKET}" }}]

[tool.local_glue.databases.warehouse]
engine = "redshift"
dbname = "warehouse"
user = "loader"
groups = ["readers"]

[tool.local_glue.databases.rds]
engine = "postgresql"
dbname = "shop"
user = "loader"

[tool.local_glue.connections.redshift]
database = "warehouse"
secret = "secret/redshift"

[tool.local_glue.connections.rds]
database = "rds"
secret = "secret/rds"
"""


@contextmanager
def standin_imports() -> Iterator[None]:
    """Makes `import awsglue` find the stand-in; afterwards removes all its modules."""
    _forget()
    sys.path.insert(0, str(STANDIN))
    try:
        yield
    finally:
        sys.path.remove(str(STANDIN))
        _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("awsglue", "awsgluedq", "awsglueml")]:
        del sys.modules[name]


class Runs:
    """Starts job runs as a script does."""

    def __init__(self, spark: Any) -> None:
        self.spark = spark
        self.job_name = f"job_{uuid.uuid4().hex[:8]}"
        self.last_run_id = ""

    def start(self, mode: str = "enable", *, from_run: str | None = None, to_run: str | None = None) -> Any:
        """A GlueContext within a new run; its job is `context.job`."""
        from awsglue.context import GlueContext
        from awsglue.job import Job

        context = GlueContext(self.spark)
        context.job = Job(context)
        self.last_run_id = f"jr_{uuid.uuid4().hex}"
        options = {"job_bookmark_option": f"job-bookmark-{mode}", "JOB_RUN_ID": self.last_run_id}
        context.job.init(self.job_name, options | {"job_bookmark_from": from_run, "job_bookmark_to": to_run})
        return context
