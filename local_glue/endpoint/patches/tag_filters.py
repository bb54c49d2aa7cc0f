"""Lists crawlers and sessions that have all tags of a filter; moto (5.2.5) lists those that have any."""

from typing import Any


def install() -> None:
    """Makes every filter in this process ask for all its tags. Can be repeated."""
    from moto.glue.responses import GlueResponse

    def is_tags_match(response: Any, resource_arn: str, tags: dict[str, str]) -> bool:
        return tags.items() <= response.glue_backend.get_tags(resource_arn).items()

    GlueResponse.is_tags_match = is_tags_match
