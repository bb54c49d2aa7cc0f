"""The stack of the page that is being made."""

from typing import Any

from flask import current_app

from local_glue.access import Access

KEY = "local_glue"


def stack() -> Access:
    """Where the stack is."""
    return current_app.extensions[KEY]


def client(service: str) -> Any:
    """A boto3 client on the stack's endpoint."""
    return stack().client(service)
