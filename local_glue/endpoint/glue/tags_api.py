"""Glue calls about tags: of jobs, triggers, workflows and connections here, of everything else in moto."""

from collections.abc import Collection
from typing import Any

from local_glue.endpoint.glue.call import Call
from local_glue.endpoint.glue.errors import invalid, not_found


def get_tags(call: Call) -> dict[str, Any]:
    return {"Tags": call.backend.get_tags(_existing(call))}


def tag_resource(call: Call) -> dict[str, Any]:
    call.backend.tag_resource(_existing(call), call.need("TagsToAdd"))
    return {}


def untag_resource(call: Call) -> dict[str, Any]:
    call.backend.untag_resource(_existing(call), call.need("TagsToRemove"))
    return {}


def _existing(call: Call) -> str:
    """The ARN, if what it names exists."""
    arn = call.need("ResourceArn")
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "glue":
        raise invalid(f"{arn} is not the ARN of a Glue resource.")
    kind, _, name = parts[5].partition("/")
    stores: dict[str, Collection[str]] = {
        "job": call.service.jobs.definitions,
        "trigger": call.service.workflows.triggers,
        "workflow": call.service.workflows.definitions,
        "connection": call.service.connections,
        "crawler": call.backend.crawlers,
        "database": call.backend.databases,
        "devEndpoint": call.backend.dev_endpoints,
        "mlTransform": call.backend.ml_transforms,
        "session": call.backend.sessions,
    }
    if kind in stores and name not in stores[kind]:
        raise not_found(kind.capitalize(), name)
    return arn
