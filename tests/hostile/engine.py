"""Takes files through the file check and the engine's own rows, as jobs do, and through the oracle."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from oracle import json_text
from oracle.csv_text import column_names
from oracle.lines import judge, latest_micros
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.intake import inspection
from glue_jobs.lib.rows import checked_rows, csv_lines, json_lines, raw_lines
from tests.hostile import csv_grammar, json_grammar

RUN_START = datetime(2024, 7, 1, 11, tzinfo=UTC)
SHOWN = 15

Outcome = tuple[tuple[str, ...], tuple[str, ...], tuple[Any, ...]]
"""Reasons, warnings and values; the last two are empty where there are reasons."""

Outcomes = Counter[tuple[int, str, Outcome]]
"""The number of rows by file, text and outcome."""


@dataclass(frozen=True)
class File:
    """A file of odd lines: its header ("" for JSON) and the other lines."""

    header: str
    lines: list[str]

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return "\n".join([*([self.header] if self.header else []), *self.lines, ""]).encode()


def odd_files(rng: random.Random, dataset: Dataset, *, rows: int, files: int) -> list[File]:
    """Files with about `rows` lines in all."""
    return [_odd_file(rng, dataset, rows // files) for _ in range(files)]


def _odd_file(rng: random.Random, dataset: Dataset, rows: int) -> File:
    if dataset.file_format == "json":
        return File("", list(json_grammar.lines(rng, dataset, rows)))
    header = csv_grammar.header(rng, dataset)
    return File(header, list(csv_grammar.lines(rng, dataset, column_names(header), header, rows)))


def expected(dataset: Dataset, files: Sequence[File]) -> Outcomes:
    """The rows as the oracle judges them, by file, text and outcome."""
    found: Outcomes = Counter()
    for number, file in enumerate(files):
        for raw, verdict in judge(dataset, file.lines, header=file.header, run_start=RUN_START):
            values = () if verdict.reasons else tuple(verdict.values[name] for name in dataset.field_names)
            found[number, raw, (verdict.reasons, verdict.warnings, values)] += 1
    return found


class Engine:
    """The lines of some files in Spark."""

    def __init__(self, spark: SparkSession, dataset: Dataset, files: Sequence[File], folder: Path) -> None:
        self.dataset = dataset
        folder.mkdir()
        kept = [_accepted(dataset, file, folder / f"{number:04}") for number, file in enumerate(files)]
        self.counted = sum(file.lines for file in kept)
        paths = [f"file://{folder}/{file.archive_key}" for file in kept]
        lake = F.regexp_replace("path", f"^file:/+{str(folder)[1:]}", "s3://lake")
        read = raw_lines.read_lines(spark, paths).withColumn("path", lake)
        known = raw_lines.files_frame(spark, kept, dataset=dataset, lake_bucket="lake")
        parse = json_lines.parse_json if dataset.file_format == "json" else csv_lines.parse_lines
        self._fields = parse(read, known, dataset=dataset)

    def outcomes(self) -> Outcomes:
        """Rows with all their reasons (`with_checks`), by file, text and outcome."""
        rows = checked_rows.with_checks(self._fields, dataset=self.dataset, run_start=RUN_START)
        found: Outcomes = Counter()
        columns = ("file_id", "raw", "_errors.rule", "_warnings")
        for file_id, raw, reasons, warnings, *values in _select(rows, self.dataset, *columns):
            clean = ((), tuple(warnings), tuple(values))
            found[file_id, raw, (tuple(reasons), (), ()) if reasons else clean] += 1
        return found

    def sifted(self) -> Counter[tuple[Any, ...]]:
        """Rows as loads keep them (`sifted`): file and text of those in error, file and values of the others."""
        rows = checked_rows.sifted(self._fields, dataset=self.dataset, run_start=RUN_START)
        found = _select(rows, self.dataset, "file_id", "raw")
        return Counter((file_id, tuple(values) if raw is None else raw) for file_id, raw, *values in found)


def as_sifted(outcomes: Outcomes) -> Counter[tuple[Any, ...]]:
    """What `Engine.sifted` says of rows with these outcomes."""
    found: Counter[tuple[Any, ...]] = Counter()
    for (file_id, raw, (reasons, _, values)), count in outcomes.items():
        found[file_id, raw if reasons else values] += count
    return found


def without_doubtful(dataset: Dataset, actual: Outcomes, right: Outcomes) -> tuple[Outcomes, Outcomes]:
    """Both without the lines where they differ and may (`json_text.may_differ`)."""
    if dataset.file_format == "csv":
        return actual, right
    latest = latest_micros(RUN_START)
    doubtful = {
        (number, raw)
        for number, raw, (reasons, _, values) in actual - right
        if json_text.may_differ(dataset, raw, latest, reasons, values)
    }
    return tuple(Counter({row: n for row, n in rows.items() if row[:2] not in doubtful}) for rows in (actual, right))


def differences(actual: Counter[Any], right: Counter[Any]) -> list[str]:
    """The first differences, each with the line."""
    wrong, missing = actual - right, right - actual
    engine = [f"engine {_short(row)}" for row in sorted(wrong, key=repr)]
    oracle = [f"oracle {_short(row)}" for row in sorted(missing, key=repr)]
    pairs = [line for pair in zip(engine, oracle, strict=False) for line in pair]
    return [*pairs, *engine[len(oracle) :], *oracle[len(engine) :]][:SHOWN]


def _short(row: Any) -> str:
    text = repr(row)
    return text if len(text) < 1500 else f"{text[:700]} … {text[-700:]}"


def _accepted(dataset: Dataset, file: File, path: Path) -> SimpleNamespace:
    """Writes the file, and what the ledger knows of it after the file check."""
    path.write_bytes(file.content)
    checked = inspection.check([file.content], dataset, name=path.name)
    assert checked.problem is None, checked.problem
    key = {"archive_key": path.name, "landing_key": path.name, "file_key": path.name}
    return SimpleNamespace(**key, header=checked.header, lines=checked.lines, record_parts=checked.record_parts)


def _select(rows: DataFrame, dataset: Dataset, *others: str) -> Iterator[tuple[Any, ...]]:
    """Rows with times as microseconds and dates as text, for Python's own end with the year 9999."""
    return map(tuple, rows.select(*others, *map(_plain, dataset.fields)).collect())


def _plain(field: Any) -> Column:
    column = F.col(field.name)
    if field.type == "TIMESTAMP":
        return F.unix_micros(column)
    return column.cast("string") if field.type == "DATE" else column
