"""Lets a job run use the JVM that its stack keeps warm."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

VARIABLE = "LOCAL_GLUE_JVM"
"""Names the file that says where the JVM listens; it is there when the JVM is ready for a run."""

WAIT_S = 30.0
OF_RUN = ("AWS_", "PYTHONPATH")
"""Variables that workers have from the run, not from the JVM that starts them."""


def join(settings: Callable[[], dict[str, str]]) -> None:
    """Makes PySpark connect to the stack's JVM instead of starting one. Can be repeated.

    Args:
        settings: Gives the settings that the run's SparkContext is to find.
    """
    from pyspark import context

    launch = context.launch_gateway
    if VARIABLE not in os.environ or getattr(launch, "joins", False):
        return

    def launch_or_join(*args: Any, **options: Any) -> Any:
        file = os.environ.pop(VARIABLE, None)
        where = _address(Path(file)) if file else None
        if where is None:  # it did not start, or was busy for too long
            return launch(*args, **options)
        os.environ |= {"PYSPARK_GATEWAY_PORT": str(where["port"]), "PYSPARK_GATEWAY_SECRET": where["secret"]}
        gateway = launch(*args, **options)
        system = gateway.jvm.java.lang.System
        for name, value in {**settings(), **_of_workers(), "user.dir": os.getcwd()}.items():
            system.setProperty(name, value)
        return gateway

    launch_or_join.joins = True  # type: ignore[attr-defined]
    context.launch_gateway = launch_or_join


def claim_of(file: Path) -> Path:
    """What the file is called while a run uses the JVM."""
    return file.with_suffix(".claimed")


def _of_workers() -> dict[str, str]:
    return {f"spark.executorEnv.{name}": value for name, value in os.environ.items() if name.startswith(OF_RUN)}


def _address(file: Path) -> dict[str, Any] | None:
    deadline = time.monotonic() + WAIT_S
    while file.parent.is_dir() and time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            claimed = file.rename(claim_of(file))
            return json.loads(claimed.read_text(encoding="utf-8"))
        time.sleep(0.01)
    return None
