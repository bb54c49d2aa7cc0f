"""This project's load_streams as engine only: local files in, stage files out; no endpoint, no database."""

import csv
import gzip
import json
import sys
from pathlib import Path

from bench import local_edges
from bench.measure import PHASES
from bench.tables import COUNTED, COUNTS
from glue_jobs import load_streams


def main(source: Path, out: Path) -> None:
    """Runs the job's own `load`."""
    with local_edges.job_run(source, out) as (glue, config):
        load_streams.load(glue, config)
    _write_book(out)


def _write_book(out: Path) -> None:
    """Takes counts and phases from the run's book, which is one of the stages."""
    (book,) = (out / "load_runs").glob("*.csv.gz")
    with gzip.open(book, "rt", encoding="utf-8") as lines:
        row = next(csv.DictReader(lines))
    (out / COUNTS).write_text(json.dumps({name: int(row[name]) for name in COUNTED}))
    (out / PHASES).write_text(json.dumps(json.loads(row["measures"])["seconds"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
