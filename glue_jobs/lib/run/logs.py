"""Structured logs: one JSON object per line, with the run's ids; never a secret."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

LOGGER = "music"


class JsonFormatter(logging.Formatter):
    """Renders a record and its `fields` as one JSON object."""

    def __init__(self, context: dict[str, Any]) -> None:
        super().__init__()
        self.context = context

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of JSON."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": record.getMessage(),
            **self.context,
            **getattr(record, "fields", {}),
        }
        return json.dumps(entry, ensure_ascii=False, default=str)


def configure(**context: Any) -> None:
    """Sends the pipeline's log to standard output; each line has `context` (run_id, job_name, ...)."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(context))
    logger = logging.getLogger(LOGGER)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def info(event: str, **fields: Any) -> None:
    """Logs something that a run is expected to do."""
    logging.getLogger(LOGGER).info(event, extra={"fields": fields})


def show(text: str) -> None:
    """Writes lines for people beside the lines of JSON."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def warning(event: str, **fields: Any) -> None:
    """Logs something that a person should know about, but that does not fail the run."""
    logging.getLogger(LOGGER).warning(event, extra={"fields": fields})


def error(event: str, **fields: Any) -> None:
    """Logs something that fails the run, or a file or row of it."""
    logging.getLogger(LOGGER).error(event, extra={"fields": fields})
