"""What tools outside need to use a stack: its addresses, and filled secrets for connections that they made."""

import json
from typing import TYPE_CHECKING, Any

from local_glue.config import Database
from local_glue.postgres.cluster import Server
from local_glue.provision.workflow_file import fill

if TYPE_CHECKING:
    from local_glue.stack import Stack

JDBC_SCHEME = {"redshift": "jdbc:redshift", "postgresql": "jdbc:postgresql"}


def jdbc_url(database: Database, postgres: Server) -> str:
    """The address that a Glue connection to this database has."""
    return f"{JDBC_SCHEME[database.engine]}://{postgres.host}:{postgres.port}/{database.dbname}"


def exports(stack: "Stack") -> dict[str, str]:
    """The variables of `[tool.local_glue.environment]`; `${…}` in them are the stack's addresses.

    Raises:
        ConfigError: a variable names an address that there is not.
    """
    config = stack.config
    values = {"endpoint_url": stack.endpoint_url, "region": stack.state["region"]}
    values |= {f"{name}.jdbc_url": jdbc_url(database, stack.postgres) for name, database in config.databases.items()}
    remedy = f"choose one of {', '.join(sorted(values))}"
    return fill(config.environment, values, "[tool.local_glue.environment]", remedy)


def fill_secrets(stack: "Stack") -> dict[str, str]:
    """Puts username and password into the secret of every Glue connection that leads to one of the stack's databases.

    Returns:
        The database's name by that of the connection; connections to other places are left alone.
    """
    databases = {jdbc_url(database, stack.postgres): database for database in stack.config.databases.values()}
    pages = stack.client("glue").get_paginator("get_connections").paginate()
    filled = {}
    for connection in (connection for page in pages for connection in page["ConnectionList"]):
        properties = connection["ConnectionProperties"]
        database = databases.get(properties.get("JDBC_CONNECTION_URL", ""))
        if database and properties.get("SECRET_ID"):
            value = json.dumps(credentials(database, stack.postgres))
            stack.client("secretsmanager").put_secret_value(SecretId=properties["SECRET_ID"], SecretString=value)
            filled[connection["Name"]] = database.name
    return filled


def credentials(database: Database, postgres: Server) -> dict[str, Any]:
    """What a secret for this database holds."""
    return {"username": database.user, "password": postgres.passwords[database.user]}
