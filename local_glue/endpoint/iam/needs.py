"""What calls need of services other than S3, which name their operation and have parameters."""

from collections.abc import Iterator, Mapping
from typing import Any

from local_glue.endpoint.iam.policy import Need
from local_glue.endpoint.iam.resources import Resources
from local_glue.endpoint.iam.s3_needs import UnknownCallError

# AWS judges these without a resource, so that an Allow on job/<name> never matches.
_BOOKMARKS = ("GetJobBookmark", "GetJobBookmarks", "ResetJobBookmark", "UpdateJobBookmark")
# Which resource AWS judges it by is not documented well enough: only an Allow on everything is sure to match.
_OF_ALL = ("GetJobs",)
_OF_WORKFLOW = ("GetWorkflow", "GetWorkflowRun", "GetWorkflowRuns", "GetWorkflowRunProperties",
                "PutWorkflowRunProperties", "StartWorkflowRun", "StopWorkflowRun")  # fmt: skip
_OF_JOB = ("GetJob", "GetJobRun", "GetJobRuns", "StartJobRun", "BatchStopJobRun")
_ON_TABLE = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "DescribeTable")
_ON_TABLES = ("BatchGetItem", "BatchWriteItem")
_ALWAYS = ("sts:GetCallerIdentity",)


def needs(service: str, operation: str, params: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    """What a call needs.

    Raises:
        UnknownCallError: It is not known here.
    """
    action = f"{_PREFIXES.get(service, service)}:{operation}"
    if action in _ALWAYS:
        return
    if service not in _SERVICES:
        raise UnknownCallError(action)
    yield from _SERVICES[service](action, params, resources)


def _of_dynamodb(action: str, params: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    operation = action.partition(":")[2]
    if operation in _ON_TABLES:
        for table in params["RequestItems"]:
            yield Need(action, resources.arn("dynamodb", f"table/{_last(table)}"))
    elif operation in _ON_TABLE:
        index = f"/index/{params['IndexName']}" if params.get("IndexName") else ""
        yield Need(action, resources.arn("dynamodb", f"table/{_last(params['TableName'])}{index}"))
    else:
        raise UnknownCallError(action)


def _of_secrets(action: str, params: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    if "SecretId" not in params:
        raise UnknownCallError(action)
    arn, key = resources.secret(params["SecretId"])
    yield Need(action, arn)
    if key and action.endswith(":GetSecretValue"):
        yield Need("kms:Decrypt", key)


def _of_glue(action: str, params: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    operation = action.partition(":")[2]
    if operation in (*_BOOKMARKS, *_OF_ALL):
        yield Need(action)
    elif operation == "GetConnection":
        yield Need(action, resources.arn("glue", "catalog"))
        yield Need(action, resources.arn("glue", f"connection/{params['Name']}"))
    elif operation in _OF_WORKFLOW:
        yield Need(action, resources.arn("glue", f"workflow/{params['Name']}"))
    elif operation in _OF_JOB:
        yield Need(action, resources.arn("glue", f"job/{params['JobName']}"))
    elif operation in ("GetTable", "GetTables", "GetPartitions", "GetPartition", "GetDatabase"):
        yield from (Need(action, arn) for arn in _catalog(params, resources))
    else:
        raise UnknownCallError(action)


def _catalog(params: Mapping[str, Any], resources: Resources) -> Iterator[str]:
    yield resources.arn("glue", "catalog")
    database = params.get("DatabaseName") or params.get("Name")
    yield resources.arn("glue", f"database/{database}")
    if "DatabaseName" in params:
        table = params.get("TableName") or params.get("Name") or "*"
        yield resources.arn("glue", f"table/{database}/{table}")


def _of_metrics(action: str, params: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    if not action.endswith(":PutMetricData"):
        raise UnknownCallError(action)
    yield Need(action, context={"cloudwatch:namespace": (params["Namespace"],)})


def _of_logs(action: str, params: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    group = params.get("logGroupName")
    if not group:
        raise UnknownCallError(action)
    stream = f":log-stream:{params['logStreamName']}" if params.get("logStreamName") else ""
    yield Need(action, resources.arn("logs", f"log-group:{group}{stream}"))


def _of_topics(action: str, params: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    if not params.get("TopicArn"):
        raise UnknownCallError(action)
    yield Need(action, params["TopicArn"])


def _of_keys(action: str, params: Mapping[str, Any], resources: Resources) -> Iterator[Need]:
    if not params.get("KeyId"):
        raise UnknownCallError(action)
    yield Need(action, resources.key(params["KeyId"]))


_PREFIXES = {"monitoring": "cloudwatch"}
_SERVICES = {
    "dynamodb": _of_dynamodb,
    "secretsmanager": _of_secrets,
    "glue": _of_glue,
    "monitoring": _of_metrics,
    "logs": _of_logs,
    "sns": _of_topics,
    "kms": _of_keys,
}


def _last(table: str) -> str:
    return table.rpartition("table/")[2]
