"""Accepted objects without a file in the ledger, left by a validate_files run that died."""

from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, Ledger
from glue_jobs.lib.run import aws, logs, parallel
from glue_jobs.lib.run.arguments import JobConfig


def delete_orphans(config: JobConfig, ledger: Ledger, dataset: str) -> int:
    """Deletes the dataset's orphans, so that no load reads lines of a file it does not know; returns how many.

    Only validate_files may call it: it writes these objects, and nothing else does while it runs.
    """
    known = {file.accepted_key for file in ledger.open_files(dataset, (ACCEPTED, LOADED))}
    objects = aws.list_objects(config.lake_bucket, f"accepted/{dataset}/")
    unknown = [item["Key"] for item in objects if item["Key"] not in known]
    # The index may lag behind the table, so the table itself is read before anything is deleted.
    wanted_by = dict(
        zip(
            unknown,
            parallel.in_parallel(lambda key: s3_copy.file_key_of(config.lake_bucket, key), unknown),
            strict=True,
        )
    )
    files = ledger.get(key for key in wanted_by.values() if key)
    orphans = [
        key
        for key, file_key in wanted_by.items()
        if file_key not in files
        or files[file_key].accepted_key != key
        or files[file_key].state not in (ACCEPTED, LOADED)
    ]
    if orphans:
        logs.warning(
            "accepted objects of a run that died, deleted", dataset=dataset, count=len(orphans), keys=orphans[:5]
        )
    return aws.delete_objects(config.lake_bucket, orphans)
