"""Reads raw files into DuckDB as text columns: with DuckDB's own CSV reader, or line by line if files are dirty."""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

AUDIO = (
    *("danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness"),
    *("liveness", "valence", "tempo"),
)
COLUMNS = {
    "users": ("user_id", "user_name", "user_age", "user_country", "created_at"),
    "songs": (
        *("id", "track_id", "artists", "album_name", "track_name", "popularity", "duration_ms", "explicit"),
        *("track_genre", *AUDIO),
    ),
    "streams": ("user_id", "track_id", "listen_time"),
}
FIELD = r'("(?:[^"]|"")*"|[^",]*),'
"""A field of RFC 4180 and the comma after it; a line is well-formed if it consists of such fields."""


@dataclass(frozen=True)
class Delivery:
    """One valid file; files apply in the order in which they are given.

    Attributes:
        clean: Whether DuckDB's own CSV reader reads it, which accepts no broken rows.
    """

    dataset: str
    path: Path
    clean: bool = False


def read_all(db: duckdb.DuckDBPyConnection, deliveries: Sequence[Delivery]) -> None:
    """Makes a table `raw_<dataset>` per dataset: file_no, line_no, the columns as text; without malformed lines."""
    for dataset, columns in COLUMNS.items():
        db.execute(f"CREATE TABLE raw_{dataset} (file_no BIGINT, line_no BIGINT, {_texts(columns)})")
    for number, delivery in enumerate(deliveries):
        (_read_clean if delivery.clean else _read_lines)(db, number, delivery)


def _read_clean(db: duckdb.DuckDBPyConnection, number: int, delivery: Delivery) -> None:
    names = ", ".join(f'"{name}"' for name in COLUMNS[delivery.dataset])
    db.execute(
        f"INSERT INTO raw_{delivery.dataset} SELECT {number}, row_number() OVER (), {names} FROM read_csv(?, "
        "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\n')",
        [str(delivery.path)],
    )


def _read_lines(db: duckdb.DuckDBPyConnection, number: int, delivery: Delivery) -> None:
    content = delivery.path.read_bytes()
    text = (gzip.decompress(content) if delivery.path.name.endswith(".gz") else content).decode("utf-8-sig")
    header, *lines = (line.removesuffix("\r") for line in text.split("\n"))
    kept = [line for line in lines if line.strip() and line != header and "\x00" not in line]
    frame = pd.DataFrame({"line_no": range(1, len(kept) + 1), "line": pd.Series(kept, dtype="object")})
    names = next(csv.reader([header]))
    picked = ", ".join(_unquoted(f"parts[{names.index(name) + 1}]") for name in COLUMNS[delivery.dataset])
    db.register("lines_of_file", frame)
    db.execute(f"""
        INSERT INTO raw_{delivery.dataset}
        SELECT {number}, line_no, {picked}
        FROM (SELECT line_no, line, regexp_extract_all(line || ',', '{FIELD}', 1) AS parts FROM lines_of_file)
        WHERE array_to_string(parts, ',') = line AND len(parts) = {len(names)}
    """)
    db.unregister("lines_of_file")


def _unquoted(part: str) -> str:
    inner = f"replace({part}[2:-2], '\"\"', '\"')"
    return f"CASE WHEN {part} LIKE '\"%' THEN {inner} ELSE {part} END"


def _texts(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}" VARCHAR' for name in columns)
