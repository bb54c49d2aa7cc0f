"""The work in DuckDB's SQL on all cores, near the limit of the machine; with --plain the results are not gzipped."""

import json
import os
import sys
from pathlib import Path

import duckdb

from bench.contenders import duckdb_sql
from bench.tables import COUNTED, COUNTS, TABLES, names, plays_of


def main(source: Path, out: Path, *, plain: bool) -> None:
    """Reads, checks, computes, writes."""
    db = duckdb.connect(config={"threads": os.cpu_count() or 1, "preserve_insertion_order": False})
    files = ", ".join(f"'{path}'" for path in plays_of(source))
    for name, query in duckdb_sql.STEPS.items():
        db.execute(f"CREATE TABLE {name} AS {query.format(dims=source / 'dims', files=files)}")
    counts = db.execute(duckdb_sql.COUNTS).fetchone()
    for name in TABLES:
        _write(db, name, out / name, plain)
    (out / COUNTS).write_text(json.dumps(dict(zip(COUNTED, counts, strict=True))))


def _write(db: duckdb.DuckDBPyConnection, name: str, folder: Path, plain: bool) -> None:
    """A file per thread, as a gzipped file is written by one."""
    folder.mkdir(parents=True)
    form = "FILENAME_PATTERN 'part-{i}'" + ("" if plain else ", COMPRESSION gzip, FILE_EXTENSION 'csv.gz'")
    query = f"SELECT {', '.join(names(name))} FROM ({duckdb_sql.RESULTS[name]})"
    db.execute(f"COPY ({query}) TO '{folder}' (FORMAT csv, HEADER, PER_THREAD_OUTPUT, OVERWRITE_OR_IGNORE, {form})")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), plain="--plain" in sys.argv[3:])
