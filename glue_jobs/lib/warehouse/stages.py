"""The stage tables of one run: which there are, of which columns, and the statements that make them."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence

from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import STAGES_FILE
from glue_jobs.lib.warehouse import sql

Shape = tuple[Sequence[Column], str]
"""A stage's columns and its distribution."""


class Stages:
    """The stages of the run; iterating gives their names in the order in which they were recorded."""

    def __init__(self, config: JobConfig) -> None:
        self._config = config
        self._shapes: dict[str, Shape] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._shapes))

    def record(self, stages: Mapping[str, Shape]) -> None:
        """Lists stages in the run's folder before they exist, so that those of a dead run can be swept."""
        with self._lock:
            self._shapes.update(stages)
            bucket, key = aws.split_uri(self._config.temp_prefix + STAGES_FILE)
            aws.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(list(self._shapes)).encode())

    def fresh(self, stage: str) -> list[str]:
        """Statements that replace the table that the connector creates first, or an earlier attempt left with rows."""
        columns, dist = self._shapes[stage]
        return [sql.drop_table(stage), sql.create_stage(columns, stage, dist=dist)]

    def missing(self) -> list[str]:
        """Statements that create those that are not there: of an empty frame Glue may not have made a table."""
        return [sql.create_stage(columns, stage, if_missing=True) for stage, (columns, _) in self._shapes.items()]

    def find(self, table: Table, name: str) -> str:
        """The stage called `name`, in full or as a table is.

        Raises:
            ValueError: This run did not stage it.
        """
        stage = name if name in self._shapes else sql.stage_name(name, self._config.run_id)
        if stage not in self._shapes:
            raise ValueError(f"{table.full_name} cannot be published: {stage} was not staged by this run")
        return stage
