"""One call of the Glue API, and helpers that the handlers share."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_glue.endpoint.glue.errors import invalid
from local_glue.endpoint.glue.service import GlueService


@dataclass(frozen=True)
class Call:
    """The parameters of a call, and the service and moto backend that answer it."""

    service: GlueService
    params: dict[str, Any]
    backend: Any
    region: str
    account: str

    def get(self, name: str, default: Any = None) -> Any:
        """An optional parameter."""
        return self.params.get(name, default)

    def need(self, name: str) -> Any:
        """A required parameter; raises InvalidInputException if it is missing."""
        value = self.params.get(name)
        if value in (None, ""):
            raise invalid(f"Parameter {name} is required.")
        return value

    def tag(self, kind: str, name: str) -> None:
        """Saves the Tags of a create call."""
        if self.get("Tags"):
            self.backend.tag_resource(self.arn(kind, name), self.get("Tags"))

    def untag(self, kind: str, name: str) -> None:
        """Deletes the tags of a deleted entity."""
        self.backend.tagger.delete_all_tags_for_resource(self.arn(kind, name))

    def has_tags(self, kind: str, name: str) -> bool:
        """Whether the entity has all tags that the call's Tags filter names."""
        wanted = self.get("Tags") or {}
        there = self.backend.get_tags(self.arn(kind, name)) if wanted else {}
        return all(there.get(key) == value for key, value in wanted.items())

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a Glue entity."""
        return f"arn:aws:glue:{self.region}:{self.account}:{kind}/{name}"

    def page(self, items: Sequence[Any], key: str, *, default: int = 100) -> dict[str, Any]:
        """One page of a list, by NextToken and MaxResults."""
        token = self.get("NextToken")
        try:
            start = int(base64.urlsafe_b64decode(token)) if token else 0
            if start < 0:
                raise ValueError(token)
        except ValueError as error:
            raise invalid("NextToken is not valid.") from error
        end = start + int(self.get("MaxResults") or default)
        answer: dict[str, Any] = {key: list(items[start:end])}
        if end < len(items):
            answer["NextToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
        return answer


def without_none(value: dict[str, Any]) -> dict[str, Any]:
    """The dictionary without values that are None."""
    return {key: item for key, item in value.items() if item is not None}
