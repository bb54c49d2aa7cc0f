"""Replaces moto's Glue jobs, triggers, workflows, connections and bookmarks, which do nothing, by ones that execute."""

import json
from collections.abc import Callable
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError
from local_glue.endpoint.glue.service import GlueService

__all__ = ["GlueService", "install"]


def install(service: GlueService) -> None:
    """Makes moto's Glue answer from this service; the catalog and all other calls stay moto's.

    A process has one Glue: installing another service replaces the one before.
    """
    from moto.glue.responses import GlueResponse

    for function in handlers():
        setattr(GlueResponse, function.__name__, _method(function, service))
    _check_all_limits(GlueResponse)


def _check_all_limits(responses: Any) -> None:
    """Checks the limits of every call, also of those that moto answers, before the call is looked at."""
    from local_glue.endpoint.glue.limits import check_limits

    asked = responses.call_action
    if getattr(asked, "checks_limits", False):
        return

    def call_action(response: Any) -> Any:
        try:
            check_limits(response._get_action(), json.loads(response.body or "{}"))
        except GlueApiError as error:
            return error.code, {**dict(error.get_headers() or ()), "status": error.code}, error.description
        return asked(response)

    call_action.checks_limits = True  # type: ignore[attr-defined]
    responses.call_action = call_action


def handlers() -> list[Callable[..., dict[str, Any]]]:
    """All functions that answer a Glue call; each has the name of the call, in snake case."""
    from local_glue.endpoint.glue import (
        bookmarks_api,
        connections_api,
        jobs_api,
        tags_api,
        triggers_api,
        workflows_api,
    )

    modules = (jobs_api, triggers_api, workflows_api, connections_api, bookmarks_api, tags_api)
    verbs = ("create_", "update_", "get_", "list_", "batch_", "delete_", "start_", "stop_", "put_", "reset_", "resume_",
             "tag_", "untag_")  # fmt: skip
    return [
        function
        for module in modules
        for name, function in vars(module).items()
        if name.startswith(verbs) and getattr(function, "__module__", None) == module.__name__
    ]


def _method(function: Callable[..., dict[str, Any]], service: GlueService) -> Callable[[Any], Any]:
    from moto.core.responses import ActionResult

    from local_glue.endpoint.glue.call import Call

    def answer(response: Any) -> Any:
        params = json.loads(response.body or "{}")
        call = Call(service, params, response.glue_backend, response.region, response.current_account)
        with service.lock:
            return ActionResult(function(call))

    answer.__name__ = function.__name__
    return answer
