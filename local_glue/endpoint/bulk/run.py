"""Runs a COPY or UNLOAD for the Data API."""

from typing import TYPE_CHECKING

from local_glue.access import Access
from local_glue.endpoint.bulk.grammar import parse
from local_glue.endpoint.bulk.load import copy
from local_glue.endpoint.bulk.objects import Place, files_of
from local_glue.endpoint.bulk.statement import Bulk
from local_glue.endpoint.bulk.unload import unload
from local_glue.endpoint.iam.judge import DeniedError, Judge
from local_glue.endpoint.iam.policy import Need
from local_glue.job.redshift.errors import LoadError, RedshiftError

if TYPE_CHECKING:
    import psycopg


def run_bulk(text: str, connection: "psycopg.Connection", access: Access, judge: Judge) -> tuple[int, list[LoadError]]:
    """Runs the statement within the connection's transaction.

    Returns:
        How many rows it loaded or unloaded, and the errors that MAXERROR allowed.

    Raises:
        RedshiftError: It failed, or is not valid.
        NotImplementedError: The stand-in lacks one of its options.
        psycopg.Error: The database refused it.
    """
    bulk, s3 = parse(text), access.client("s3")
    if bulk.query:
        _check(judge, bulk, "s3:PutObject", [Place(Place.of(bulk.uri).bucket, f"{Place.of(bulk.uri).key}0000_part_00")])
        return unload(bulk, connection, s3), []
    files = files_of(bulk, s3)
    _check(judge, bulk, "s3:GetObject", files)
    return copy(bulk, connection, s3, files)


def _check(judge: Judge, bulk: Bulk, action: str, places: list[Place]) -> None:
    """Checks that the role that Redshift takes on may do it; roles that IAM does not have may do everything."""
    try:
        if bulk.role and (key := judge.session_key(bulk.role, "redshift")):
            folder = Place.of(bulk.uri)
            listing = Need("s3:ListBucket", f"arn:aws:s3:::{folder.bucket}", {"s3:prefix": [folder.key]})
            needs = [Need(action, f"arn:aws:s3:::{place.bucket}/{place.key}") for place in places]
            judge.check(judge.role_of(key) or "", [listing, *needs])
    except DeniedError as error:
        raise RedshiftError(f"S3ServiceException:Access Denied,Status 403,Error AccessDenied: {error}") from None
