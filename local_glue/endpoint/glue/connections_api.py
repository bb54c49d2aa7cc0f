"""Glue calls about connections."""

from typing import Any

from local_glue.endpoint.glue.call import Call, without_none
from local_glue.endpoint.glue.errors import GlueApiError, already_exists, invalid, not_found
from local_glue.endpoint.glue.runs import now

HIDDEN = ("PASSWORD", "ENCRYPTED_PASSWORD")


def create_connection(call: Call) -> dict[str, Any]:
    given = call.need("ConnectionInput")
    name = given.get("Name")
    if name in call.service.connections:
        raise already_exists("Connection", name)
    call.service.connections[name] = _definition(given, now())
    call.tag("connection", name)
    return {"CreateConnectionStatus": "READY"}


def update_connection(call: Call) -> dict[str, Any]:
    old = _find(call, call.need("Name"))
    given = {**call.need("ConnectionInput"), "Name": old["Name"]}
    call.service.connections[old["Name"]] = _definition(given, old["CreationTime"])
    return {}


def get_connection(call: Call) -> dict[str, Any]:
    return {"Connection": _public(_find(call, call.need("Name")), hide=bool(call.get("HidePassword")))}


def get_connections(call: Call) -> dict[str, Any]:
    wanted = call.get("Filter") or {}
    found = [
        _public(connection, hide=bool(call.get("HidePassword")))
        for connection in call.service.connections.values()
        if wanted.get("ConnectionType") in (None, connection["ConnectionType"])
        and set(wanted.get("MatchCriteria") or ()) <= set(connection.get("MatchCriteria") or ())
    ]
    return call.page(found, "ConnectionList")


def delete_connection(call: Call) -> dict[str, Any]:
    name = call.need("ConnectionName")
    _find(call, name)
    del call.service.connections[name]
    call.untag("connection", name)
    return {}


def batch_delete_connection(call: Call) -> dict[str, Any]:
    done, errors = [], {}
    for name in call.need("ConnectionNameList"):
        try:
            _find(call, name)
        except GlueApiError as error:
            errors[name] = {"ErrorCode": error.error_type, "ErrorMessage": error.message}
            continue
        del call.service.connections[name]
        call.untag("connection", name)
        done.append(name)
    return {"Succeeded": done, "Errors": errors}


def _find(call: Call, name: str) -> dict[str, Any]:
    if name not in call.service.connections:
        raise not_found("Connection", name)
    return call.service.connections[name]


def _definition(given: dict[str, Any], created: Any) -> dict[str, Any]:
    if not given.get("Name") or not given.get("ConnectionType"):
        raise invalid("A connection needs a Name and a ConnectionType.")
    definition = without_none(given)
    definition.setdefault("ConnectionProperties", {})
    return {**definition, "CreationTime": created, "LastUpdatedTime": now(), "Status": "READY"}


def _public(connection: dict[str, Any], *, hide: bool) -> dict[str, Any]:
    shown = {key: value for key, value in connection.items() if key not in ("ValidateCredentials", "Tags")}
    if hide:
        properties = shown["ConnectionProperties"].items()
        shown["ConnectionProperties"] = {key: value for key, value in properties if key not in HIDDEN}
    return shown
