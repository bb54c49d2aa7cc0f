"""IAM's decision about a call: the statements of a role's policies against what the call needs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from local_glue.endpoint.iam.conditions import Context, PolicyError, holds, like


@dataclass(frozen=True)
class Need:
    """What a call needs: an action on a resource.

    Attributes:
        resource: An ARN; "*" for actions that AWS judges without a resource, which only a statement on * allows.
        context: Values of condition keys.
        in_parts: Whether an object is uploaded in parts, which takes more of its key.
    """

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)
    in_parts: bool = False


@dataclass(frozen=True)
class PolicyStatement:
    """One statement of a policy; `but_…` are what NotAction and NotResource name."""

    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    but_actions: tuple[str, ...]
    but_resources: tuple[str, ...]
    condition: Mapping[str, Mapping[str, Any]]

    def grants(self, need: Need) -> list[tuple[str, str, str]]:
        """(sid, action, resource) of each pair of patterns that match; none if the statement is not about `need`."""
        if not holds(self.condition, need.context):
            return []
        actions = _matching(self.actions, self.but_actions, need.action, ignore_case=True)
        resources = _matching(self.resources, self.but_resources, need.resource)
        return [(self.sid, action, resource) for action in actions for resource in resources]


@dataclass(frozen=True)
class Decision:
    """Whether a call is allowed; `by` has the statements that allow it or, if `denied`, those that deny it."""

    allowed: bool
    denied: bool = False
    by: tuple[tuple[str, str, str], ...] = ()


def decide(statements: Iterable[PolicyStatement], need: Need) -> Decision:
    """IAM's decision: a Deny wins, and what no statement allows is not allowed.

    Raises:
        PolicyError: A statement that is about the action has something that cannot be judged here.
    """
    found: dict[str, list[tuple[str, str, str]]] = {"Allow": [], "Deny": []}
    for statement in statements:
        if _matching(statement.actions, statement.but_actions, need.action, ignore_case=True):
            found[statement.effect] += statement.grants(need)
    if found["Deny"]:
        return Decision(False, denied=True, by=tuple(found["Deny"]))
    return Decision(bool(found["Allow"]), by=tuple(found["Allow"]))


@lru_cache(maxsize=256)
def statements_of(document: str) -> tuple[PolicyStatement, ...]:
    """The statements of a policy document; one without a Sid is called by its number.

    Raises:
        PolicyError: The document is not one of a role, or has a variable.
    """
    given = json.loads(document)["Statement"]
    return tuple(_statement(number, item) for number, item in enumerate(given if isinstance(given, list) else [given]))


def trusts(document: Mapping[str, Any], service: str, account: str) -> bool:
    """Whether a trust policy lets a service take the role on for the account.

    Raises:
        PolicyError: The policy has something that cannot be judged here.
    """
    given = document["Statement"]
    found = {
        item["Effect"]
        for item in (given if isinstance(given, list) else [given])
        if like("sts:AssumeRole", _listed(item["Action"])[0], ignore_case=True)
        and service in _listed((item.get("Principal") or {}).get("Service"))
        and holds(item.get("Condition") or {}, {"aws:sourceaccount": (account,)})
    }
    return found == {"Allow"}


def message(user: str, need: Need, decision: Decision) -> str:
    """What AWS says to a caller that may not do something."""
    named = f'"{need.resource}"' if need.action.startswith("s3:") else need.resource
    where = "" if need.resource == "*" else f" on resource: {named}"
    why = (
        "with an explicit deny in an identity-based policy"
        if decision.denied
        else f"because no identity-based policy allows the {need.action} action"
    )
    return f"User: {user} is not authorized to perform: {need.action}{where} {why}"


def _statement(number: int, item: Mapping[str, Any]) -> PolicyStatement:
    unknown = set(item) - {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
    if unknown or item.get("Effect") not in ("Allow", "Deny"):
        what = ", ".join(sorted(unknown)) or "the Effect"
        raise PolicyError(f"local_glue does not know {what} in statement {number}")
    parts = {name: _listed(item.get(name)) for name in ("Action", "NotAction", "Resource", "NotResource")}
    if any("${" in text for text in (*parts["Resource"], *parts["NotResource"])):
        raise PolicyError("local_glue does not know policy variables, as in a Resource")
    return PolicyStatement(
        item.get("Sid") or f"#{number}", item["Effect"], parts["Action"], parts["Resource"], parts["NotAction"],
        parts["NotResource"], item.get("Condition") or {},
    )  # fmt: skip


def _listed(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,) if value else ()


def _matching(patterns: Sequence[str], excluded: Sequence[str], value: str, *, ignore_case: bool = False) -> list[str]:
    if excluded:
        return [] if any(like(value, text, ignore_case=ignore_case) for text in excluded) else ["*"]
    return [text for text in patterns if like(value, text, ignore_case=ignore_case)]
