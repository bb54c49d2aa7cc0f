"""What a run may change, to be compared before and after: tables, ledger, bookmarks, objects of the buckets."""

import json
from collections.abc import Mapping
from typing import Any

from pipeline import LAKE, LANDING, LEDGER, Pipeline

from glue_jobs.lib.books import dry_run
from glue_jobs.lib.catalogue.rds_sql import BOOKS, CATALOGUE
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES
from local_glue.bookmarks import BookmarkStore

TABLES = {table.full_name: table for table in (*MUSIC_TABLES, *SPARKIFY_TABLES)}
OF_RDS = {table.name: table for table in (*CATALOGUE.values(), *BOOKS.values())}
Rows = dict[tuple[Any, ...], tuple[Any, ...]]


def rows_of(pipeline: Pipeline, *, database: str = "warehouse") -> dict[str, Rows]:
    """By table, each row by its key; tables that do not exist are left out."""
    return {
        name: _rows(pipeline, table, database)
        for name, table in (TABLES if database == "warehouse" else OF_RDS).items()
        if pipeline.rows("SELECT to_regclass(%s)", table.full_name, database=database) != [(None,)]
    }


def state_of(pipeline: Pipeline) -> dict[str, Any]:
    """Everything: rows, stage tables, ledger items, bookmarks, and each version of each object."""
    items = pipeline.dynamodb.scan(TableName=LEDGER, ConsistentRead=True)["Items"]
    bookmarks = BookmarkStore(pipeline.stack.home.bookmarks.parent)
    jobs = [job for page in pipeline.glue.get_paginator("get_jobs").paginate() for job in page["Jobs"]]
    return {
        "rows": [rows_of(pipeline), rows_of(pipeline, database="rds")],
        "stages": pipeline.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"),
        "ledger": sorted(json.dumps(item, sort_keys=True) for item in items),
        "bookmarks": {job["Name"]: bookmarks.states(job["Name"]) for job in jobs},
        "objects": {bucket: _versions(pipeline, bucket) for bucket in (LANDING, LAKE)},
    }


def changes(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> dict[str, dict[str, int]]:
    """By table that changed, the numbers of rows inserted, changed and deleted."""
    found = {}
    for name, now in after.items():
        then = before.get(name, {})
        counts = {
            "inserted": len(now.keys() - then.keys()),
            "changed": sum(then[key] != now[key] for key in now.keys() & then.keys()),
            "deleted": len(then.keys() - now.keys()),
        }
        if any(counts.values()):
            found[name] = counts
    return found


def told(pipeline: Pipeline, run_id: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]], str]:
    """What a dry run said: in all, by file, and to people."""
    events = pipeline.stack.client("logs").get_log_events(
        logGroupName="/aws-glue/jobs/output", logStreamName=run_id, startFromHead=True
    )["events"]
    lines = [event["message"] for event in events]
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    (whole,) = [entry for entry in entries if entry["event"] == dry_run.DRY_RUN]
    files = {entry["file"]: entry for entry in entries if entry["event"] == dry_run.DRY_RUN_FILE}
    return whole, files, "\n".join(line for line in lines if not line.startswith("{"))


def _rows(pipeline: Pipeline, table: Table, database: str) -> Rows:
    others = [name for name in table.column_names if name not in table.key]
    columns = ", ".join(f'"{name}"' for name in (*table.key, *others))
    found = pipeline.rows(f"SELECT {columns} FROM {table.full_name}", database=database)
    return {row[: len(table.key)]: row[len(table.key) :] for row in found}


def _versions(pipeline: Pipeline, bucket: str) -> list[tuple[str, str, str]]:
    pages = pipeline.s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    return sorted(
        (item["Key"], item["VersionId"], item.get("ETag", "deleted"))
        for page in pages
        for item in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        if not item["Key"].startswith("temp/")
    )
