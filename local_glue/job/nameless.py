"""Hadoop for a user id that has no entry in the list of accounts (`environment.has_name`).

Hadoop asks Java for the name of the user that runs it, and fails if there is none.
"""

from typing import Any

NAME = "local"


def give_name() -> None:
    """Makes PySpark tell each JVM that it starts a name for its user. Can be repeated."""
    from pyspark import context

    launch = context.launch_gateway
    if getattr(launch, "gives_name", False):
        return

    def launch_with_name(*args: Any, **options: Any) -> Any:
        gateway = launch(*args, **options)
        users = gateway.jvm.org.apache.hadoop.security.UserGroupInformation
        users.setLoginUser(users.createRemoteUser(NAME))
        return gateway

    launch_with_name.gives_name = True  # type: ignore[attr-defined]
    context.launch_gateway = launch_with_name
