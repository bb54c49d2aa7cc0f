"""Creates a project's buckets, secrets, connections, tables, code, jobs and workflows in the endpoint."""

import json
from collections.abc import Callable
from typing import Any

from local_glue.config import Config, DynamoTable
from local_glue.postgres.cluster import Server, credentials, jdbc_url
from local_glue.provision.code import upload_code
from local_glue.provision.workflow_file import Definitions, read_definitions


def provision(config: Config, client: Callable[[str], Any], postgres: Server) -> None:
    """Creates or updates everything in `[tool.local_glue]`; a second call changes only what differs.

    Args:
        config: the project's configuration.
        client: makes a boto3 client of a service.
        postgres: the server that the databases are on.

    Raises:
        ConfigError: a file of the project is missing, or files contradict each other.
    """
    definitions = read_definitions(config)
    _buckets(config, client("s3"))
    upload_code(config, client("s3"), definitions)
    _secrets(config, client("secretsmanager"), postgres) if config.connections else None
    _tables(config, client("dynamodb")) if config.dynamodb_tables else None
    glue = client("glue")
    _connections(config, glue, postgres)
    _jobs(glue, definitions)
    _workflows(glue, definitions)


def refresh_code(config: Config, client: Callable[[str], Any]) -> int:
    """Uploads changed scripts and libraries and updates the definitions; returns how many objects changed."""
    definitions = read_definitions(config)
    changed = upload_code(config, client("s3"), definitions)
    _jobs(client("glue"), definitions)
    _workflows(client("glue"), definitions)
    return changed


def _buckets(config: Config, s3: Any) -> None:
    there = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    elsewhere = {} if config.region == "us-east-1" else {"LocationConstraint": config.region}
    for bucket in config.buckets:
        if bucket.name not in there:
            options = {"CreateBucketConfiguration": elsewhere} if elsewhere else {}
            s3.create_bucket(Bucket=bucket.name, **options)
        if bucket.versioning:
            s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})


def _secrets(config: Config, manager: Any, postgres: Server) -> None:
    there = {
        secret["Name"] for page in manager.get_paginator("list_secrets").paginate() for secret in page["SecretList"]
    }
    for connection in config.connections.values():
        value = json.dumps(credentials(config.databases[connection.database], postgres))
        if connection.secret in there:
            manager.put_secret_value(SecretId=connection.secret, SecretString=value)
        else:
            manager.create_secret(Name=connection.secret, SecretString=value)
            there.add(connection.secret)


def _connections(config: Config, glue: Any, postgres: Server) -> None:
    there = {c["Name"] for page in glue.get_paginator("get_connections").paginate() for c in page["ConnectionList"]}
    for connection in config.connections.values():
        url = jdbc_url(config.databases[connection.database], postgres)
        given = {
            "Name": connection.name,
            "ConnectionType": "JDBC",
            "ConnectionProperties": {"JDBC_CONNECTION_URL": url, "SECRET_ID": connection.secret},
            "PhysicalConnectionRequirements": {},
        }
        if connection.name in there:
            glue.update_connection(Name=connection.name, ConnectionInput=given)
        else:
            glue.create_connection(ConnectionInput=given)


def _tables(config: Config, dynamodb: Any) -> None:
    there = set(dynamodb.list_tables()["TableNames"])
    for table in config.dynamodb_tables:
        if table.name not in there:
            dynamodb.create_table(**_table(table))


def _table(table: DynamoTable) -> dict[str, Any]:
    def schema(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
        keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
        return keys + ([{"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else [])

    owners = (table, *table.indexes)
    names = sorted({name for owner in owners for name in (owner.hash_key, owner.range_key) if name})
    definition = {
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": schema(table.hash_key, table.range_key),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
    }
    indexes = [
        {"IndexName": i.name, "KeySchema": schema(i.hash_key, i.range_key), "Projection": {"ProjectionType": "ALL"}}
        for i in table.indexes
    ]
    return {**definition, "GlobalSecondaryIndexes": indexes} if indexes else definition


def _jobs(glue: Any, definitions: Definitions) -> None:
    there = {job["Name"] for page in glue.get_paginator("get_jobs").paginate() for job in page["Jobs"]}
    for job in definitions.jobs:
        if job["Name"] in there:
            update = {key: value for key, value in job.items() if key != "Name"}
            glue.update_job(JobName=job["Name"], JobUpdate=update)
        else:
            glue.create_job(**job)


def _workflows(glue: Any, definitions: Definitions) -> None:
    there = set(glue.list_workflows(MaxResults=25)["Workflows"]) if definitions.workflows else set()
    for workflow in definitions.workflows:
        glue.update_workflow(**workflow) if workflow["Name"] in there else glue.create_workflow(**workflow)
    pages = glue.get_paginator("get_triggers").paginate()
    triggers = {trigger["Name"]: trigger for page in pages for trigger in page["Triggers"]}
    ours, names = {w["Name"] for w in definitions.workflows}, {t["Name"]: t["Type"] for t in definitions.triggers}
    for name, trigger in list(triggers.items()):
        if trigger.get("WorkflowName") in ours and names.get(name) != trigger["Type"]:
            glue.delete_trigger(Name=name)
            del triggers[name]
    for trigger in definitions.triggers:
        if trigger["Name"] in triggers:
            keys = ("Description", "Schedule", "Actions", "Predicate")
            glue.update_trigger(Name=trigger["Name"], TriggerUpdate={k: trigger[k] for k in keys if k in trigger})
        else:
            glue.create_trigger(**trigger)
