"""The input of an EventBridge target: the event, a part of it, a constant, or a template filled from it."""

import json
import re
from typing import Any

_VARIABLE = re.compile(r"<([\w.-]+)>")


def transformed(target: dict[str, Any], event: dict[str, Any]) -> str:
    """The text for a target, by its Input, InputPath or InputTransformer."""
    if target.get("Input") is not None:
        return target["Input"]
    if target.get("InputPath"):
        return json.dumps(value_at(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    values = {name: value_at(event, path) for name, path in (transformer.get("InputPathsMap") or {}).items()}
    return fill(transformer["InputTemplate"], {**values, "aws.events.event.json": event})


def value_at(event: Any, path: str) -> Any:
    """The value at a path such as `$.detail.jobName`, None if it does not exist."""
    for name in path.removeprefix("$").strip(".").split("."):
        if name:
            event = event.get(name) if isinstance(event, dict) else None
    return event


def fill(template: str, values: dict[str, Any]) -> str:
    """The filled template; if it consists of quoted lines, these lines without quotes."""
    lines = template.strip().splitlines()
    if all(len(line) > 1 and line[0] == line[-1] == '"' for line in map(str.strip, lines)):
        return "\n".join(_VARIABLE.sub(lambda found: _text(values, found), line.strip()[1:-1]) for line in lines)
    return _VARIABLE.sub(lambda found: _json(values, found, template), template)


def _text(values: dict[str, Any], found: re.Match[str]) -> str:
    value = values.get(found[1], "")
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _json(values: dict[str, Any], found: re.Match[str], template: str) -> str:
    """The value as text inside quotes, and as JSON outside."""
    quoted = template[: found.start()].count('"') % 2 == 1
    return json.dumps(_text(values, found))[1:-1] if quoted else json.dumps(values.get(found[1]))
