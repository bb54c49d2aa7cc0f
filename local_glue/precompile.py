"""Imports what stacks and job runs import, so that Python compiles it while it is set up and not in the first run.

`python -m local_glue.precompile`. To compile everything that is installed takes several times as long: most of moto
and all tests of pandas and NumPy are never imported.
"""

import importlib
import sys
from contextlib import suppress

from local_glue.job import STANDIN
from local_glue.runner.preload import PRELOADED

STACK = (
    *("local_glue.cli.main", "local_glue.stack", "local_glue.console.app", "local_glue.endpoint.glue"),
    "local_glue.endpoint.http_server",
    *("moto.moto_server.werkzeug_app", "moto.backends", "matplotlib.pyplot", "matplotlib.backends.backend_svg"),
    *("boto3.s3.transfer", "pyarrow.parquet", "sqlglot.optimizer", "wcwidth"),
)
SERVICES = (
    "cloudwatch",
    "dynamodb",
    "events",
    "glue",
    "iam",
    "kms",
    "logs",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "sts",
)
"""Those that a stack is made of; moto imports each when it is first called."""


def modules() -> tuple[str, ...]:
    """What is imported."""
    services = (f"moto.{service}.{part}" for service in SERVICES for part in ("models", "urls"))
    return (*STACK, *PRELOADED, *services)


def main() -> None:
    """Imports it, but for what is not installed; also where the shell says that nothing is to be compiled."""
    sys.dont_write_bytecode = False
    sys.path.insert(0, str(STANDIN))
    for name in modules():
        with suppress(ImportError):
            importlib.import_module(name)


if __name__ == "__main__":
    main()
