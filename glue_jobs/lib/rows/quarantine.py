"""Rows in error, kept with their raw text, their file, their run and all their reasons."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.rows.rule import text_name
from glue_jobs.lib.run.arguments import JobConfig


def folder(dataset: Dataset, config: JobConfig) -> str:
    """The run's own quarantine folder of a dataset, an s3:// URI ending in a slash."""
    return f"s3://{config.lake_bucket}/quarantine/{dataset.name}/run_id={config.run_id}/"


def columns(dataset: Dataset) -> list[str]:
    """The columns of a row in error that the quarantine keeps: raw, texts, reasons."""
    return ["raw", *map(text_name, dataset.field_names), "_errors"]


def quarantine_rows(frame: DataFrame, *, dataset: Dataset, config: JobConfig) -> DataFrame:
    """Rows as the quarantine keeps them.

    Args:
        frame: raw, source_file, file_key, _errors and the texts `<field>_text`.
        dataset: The dataset of the rows.
        config: The run.

    Returns:
        raw, a string column per contract field, _errors, _source_file, _file_key, _run_id, _quarantined_at.
    """
    return frame.select(
        "raw",
        *(F.col(text_name(name)).alias(name) for name in dataset.field_names),
        "_errors",
        F.col("source_file").alias("_source_file"),
        F.col("file_key").alias("_file_key"),
        F.lit(config.run_id).alias("_run_id"),
        F.lit(config.started_at).alias("_quarantined_at"),
    )


def write_quarantine(frame: DataFrame, *, dataset: Dataset, config: JobConfig) -> str:
    """Writes rows in error to the run's quarantine folder (Parquet; the run's earlier attempt is replaced).

    Call it only when there are such rows: an empty frame would leave an empty file behind.

    Returns:
        The folder.
    """
    target = folder(dataset, config)
    quarantine_rows(frame, dataset=dataset, config=config).write.mode("overwrite").parquet(target)
    return target
