"""What other tools need of a stack: its addresses, and filled secrets for connections that they created."""

import json
from collections.abc import Callable
from typing import Any

from local_glue.config import Config
from local_glue.postgres.cluster import Server, credentials, jdbc_url
from local_glue.provision.workflow_file import fill


def exports(config: Config, postgres: Server, endpoint_url: str, region: str) -> dict[str, str]:
    """The variables of `[tool.local_glue.environment]`, with `${…}` in them replaced by the stack's addresses.

    Raises:
        ConfigError: a variable names an address that does not exist.
    """
    values = {"endpoint_url": endpoint_url, "region": region}
    values |= {f"{name}.jdbc_url": jdbc_url(database, postgres) for name, database in config.databases.items()}
    remedy = f"choose one of {', '.join(sorted(values))}"
    return fill(config.environment, values, "[tool.local_glue.environment]", remedy)


def fill_secrets(config: Config, client: Callable[[str], Any], postgres: Server) -> dict[str, str]:
    """Puts username and password into the secret of every Glue connection to one of the project's databases.

    Args:
        config: names the databases.
        client: makes a boto3 client of a service.
        postgres: the server that the databases are on.

    Returns:
        The name of the database by the name of the connection; connections to other places are left alone.
    """
    databases = {jdbc_url(database, postgres): database for database in config.databases.values()}
    pages = client("glue").get_paginator("get_connections").paginate()
    filled = {}
    for connection in (connection for page in pages for connection in page["ConnectionList"]):
        properties = connection["ConnectionProperties"]
        database = databases.get(properties.get("JDBC_CONNECTION_URL", ""))
        if database and properties.get("SECRET_ID"):
            value = json.dumps(credentials(database, postgres))
            client("secretsmanager").put_secret_value(SecretId=properties["SECRET_ID"], SecretString=value)
            filled[connection["Name"]] = database.name
    return filled
