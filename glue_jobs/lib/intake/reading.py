"""Reads deliveries from S3 to check them; large ones on Spark's workers, which are there anyway and have more cores."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial

from botocore.exceptions import ClientError

from glue_jobs.lib.intake import inspection
from glue_jobs.lib.intake.inspection import Checked
from glue_jobs.lib.intake.landing import LandedFile
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.errors import PipelineError

CHUNK = 1 << 20
LARGE = 1 << 30
"""In bytes; less is checked by one process in the seconds that Spark takes to start."""
REGION, ENDPOINT = "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"


def are_large(deliveries: Sequence[LandedFile]) -> bool:
    """Whether Spark is worth its start: there are several files, and together they are LARGE."""
    return len(deliveries) > 1 and sum(delivery.size for delivery in deliveries) >= LARGE


def chunks(bucket: str, delivery: LandedFile, *, progress: Callable[..., None] | None = None) -> Iterator[bytes]:
    """The content of the version that was listed; `progress` is told of each chunk's bytes, and of the end.

    Raises:
        PipelineError: It was replaced or deleted.
    """
    try:
        answer = aws.client("s3").get_object(Bucket=bucket, IfMatch=delivery.etag, **delivery.location)
    except ClientError as cause:
        if cause.response["Error"]["Code"] in ("PreconditionFailed", "NoSuchKey", "NoSuchVersion", "412", "404"):
            raise PipelineError(
                f"'{delivery.key}' was replaced or deleted while the job looked at it; run the job again"
            ) from cause
        raise
    with closing(answer["Body"]) as body:
        for chunk in body.iter_chunks(CHUNK):
            yield chunk
            if progress:
                progress(bytes=len(chunk))
    if progress:
        progress(read=1)


def check_on_workers(bucket: str, deliveries: Sequence[LandedFile]) -> list[Checked | None]:
    """What Spark's workers find in each delivery; None for one that they could not read, whatever the reason.

    That a job's role holds on its workers too is not documented; the driver reads what they could not.
    """
    size = sum(delivery.size for delivery in deliveries)
    logs.info("reading files on Spark's workers", files=len(deliveries), bytes=size)
    # The largest first, each a task of its own: so the workers end at about the same time.
    order = sorted(range(len(deliveries)), key=lambda number: -deliveries[number].size)
    variables = {REGION: aws.client("s3").meta.region_name, ENDPOINT: os.environ.get(ENDPOINT)}
    check = partial(_check, bucket, {name: value for name, value in variables.items() if value})
    found = _of_workers(check, [deliveries[number] for number in order])
    if reasons := [reason for reason in found if isinstance(reason, str)]:
        logs.warning("Spark's workers could not read files; the driver does", count=len(reasons), reason=reasons[0])
    checked = {number: what for number, what in zip(order, found, strict=True) if isinstance(what, Checked)}
    return [checked.get(number) for number in range(len(deliveries))]


def _of_workers(
    check: Callable[[LandedFile], Checked | str], deliveries: Sequence[LandedFile]
) -> Sequence[Checked | str]:
    from pyspark import SparkContext

    try:
        return SparkContext.getOrCreate().parallelize(deliveries, len(deliveries)).map(check).collect()
    except Exception as error:  # Spark did not start, or lost its workers
        return [f"{type(error).__name__}: {error}".partition("\n")[0]] * len(deliveries)


def _check(bucket: str, variables: dict[str, str], delivery: LandedFile) -> Checked | str:
    """What is in the file, or why that could not be found out."""
    os.environ.update(variables)
    try:
        return inspection.check(chunks(bucket, delivery), delivery.dataset, name=delivery.key)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
