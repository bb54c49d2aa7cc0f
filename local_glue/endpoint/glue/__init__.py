"""Glue's jobs, triggers, workflows, connections and bookmarks, put in place of moto's: these ones execute."""

import json
from collections.abc import Callable
from typing import Any

from local_glue.endpoint.glue.jobs import Engine

__all__ = ["Engine", "install"]


def install(engine: Engine) -> None:
    """Makes moto's Glue answer from this engine; the catalog and the rest stay moto's.

    Installing another engine replaces the one before; a process has one Glue.
    """
    from moto.core.utils import camelcase_to_underscores
    from moto.glue.responses import GlueResponse

    from local_glue.endpoint.glue.refused import REFUSED, refuse

    for function in handlers():
        setattr(GlueResponse, function.__name__, _method(function, engine))
    for operation, why in REFUSED.items():
        setattr(GlueResponse, camelcase_to_underscores(operation), _method(refuse(operation, why), engine))


def handlers() -> list[Callable[..., dict[str, Any]]]:
    """All functions that answer a Glue call; each is named as the call, in snake case."""
    from local_glue.endpoint.glue import bookmarks_api, connections_api, jobs_api, triggers_api, workflows_api

    modules = (jobs_api, triggers_api, workflows_api, connections_api, bookmarks_api)
    verbs = ("create_", "update_", "get_", "list_", "batch_", "delete_", "start_", "stop_", "put_", "reset_", "resume_")
    return [
        function
        for module in modules
        for name, function in vars(module).items()
        if name.startswith(verbs) and getattr(function, "__module__", None) == module.__name__
    ]


def _method(function: Callable[..., dict[str, Any]], engine: Engine) -> Callable[[Any], Any]:
    from moto.core.responses import ActionResult

    from local_glue.endpoint.glue.call import Call

    def answer(response: Any) -> Any:
        params = json.loads(response.body or "{}")
        call = Call(engine, params, response.glue_backend, response.region, response.current_account)
        with engine.lock:
            return ActionResult(function(call))

    answer.__name__ = function.__name__
    return answer
