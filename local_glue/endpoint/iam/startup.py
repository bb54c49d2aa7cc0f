"""What Glue itself does with a job's role when a run starts, before and beside the script."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local_glue.endpoint.iam.policy import Need
from local_glue.endpoint.iam.resources import Resources

_LOOKS = ("DescribeSubnets", "DescribeSecurityGroups", "DescribeVpcEndpoints", "DescribeRouteTables",
          "DescribeVpcAttribute", "DescribeNetworkInterfaces")  # fmt: skip
_TAG = {"aws:tagkeys": ("aws-glue-service-resource",)}
DEFAULT_GROUP = "/aws-glue/jobs"


def startup_needs(
    arguments: Mapping[str, str],
    run_id: str,
    connections: Iterable[Mapping[str, Any]],
    encryption: Mapping[str, Any],
    resources: Resources,
) -> Iterator[Need]:
    """What a run with these arguments, connections and EncryptionConfiguration needs.

    Connections with a subnet put the workers into it; logs, metrics and Spark's history are written by Glue.
    """
    for connection in connections:
        yield from _network(connection.get("PhysicalConnectionRequirements") or {}, resources)
        if secret := (connection.get("ConnectionProperties") or {}).get("SECRET_ID"):
            yield Need("secretsmanager:DescribeSecret", resources.secret(secret)[0])
    yield from _logs(arguments.get("--custom-logGroup-prefix", DEFAULT_GROUP), run_id, encryption, resources)
    if "--enable-metrics" in arguments:
        yield Need("cloudwatch:PutMetricData", context={"cloudwatch:namespace": ("Glue",)})
    history = arguments.get("--spark-event-logs-path", "")
    if history and arguments.get("--enable-spark-ui") == "true":
        yield Need("s3:PutObject", f"arn:aws:s3:::{history.partition('://')[2].rstrip('/')}/{run_id}")
    yield from _bookmarks(arguments.get("--job-bookmark-option", ""), encryption)


def _network(place: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    if not place.get("SubnetId"):
        return
    interface = resources.arn("ec2", "network-interface/*")
    yield from (Need(f"ec2:{action}") for action in _LOOKS)
    yield Need("ec2:CreateNetworkInterface", interface)
    yield Need("ec2:CreateNetworkInterface", resources.arn("ec2", f"subnet/{place['SubnetId']}"))
    for group in place.get("SecurityGroupIdList") or ():
        yield Need("ec2:CreateNetworkInterface", resources.arn("ec2", f"security-group/{group}"))
    yield Need("ec2:CreateTags", interface, _TAG)
    yield Need("ec2:DeleteTags", interface, _TAG)
    yield Need("ec2:DeleteNetworkInterface", interface)


def _logs(prefix: str, run_id: str, encryption: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    is_encrypted = "KMS" in (encryption.get("CloudWatchEncryption") or {}).get("CloudWatchEncryptionMode", "")
    for stream in ("output", "error"):
        group = resources.arn("logs", f"log-group:{prefix}/{stream}")
        yield Need("logs:CreateLogGroup", group)
        if is_encrypted:
            yield Need("logs:AssociateKmsKey", group)
        yield Need("logs:CreateLogStream", f"{group}:log-stream:{run_id}")
        yield Need("logs:PutLogEvents", f"{group}:log-stream:{run_id}")


def _bookmarks(option: str, encryption: Mapping[str, Any]) -> Iterator[Need]:
    """Bookmarks that are encrypted take the key of whoever reads and writes them."""
    bookmarks = encryption.get("JobBookmarksEncryption") or {}
    if option == "job-bookmark-enable" and bookmarks.get("JobBookmarksEncryptionMode") == "CSE-KMS":
        yield Need("kms:Decrypt", bookmarks["KmsKeyArn"])
        yield Need("kms:Encrypt", bookmarks["KmsKeyArn"])
