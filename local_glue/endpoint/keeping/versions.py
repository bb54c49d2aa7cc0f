"""Which versions wrote a state, since another moto may not understand it."""

from collections.abc import Mapping
from datetime import datetime, timezone
from importlib.metadata import version

from local_glue.errors import LocalGlueError

FORMAT = "1"


def check_version(facts: Mapping[str, str]) -> None:
    """Raises LocalGlueError if another version of local_glue or moto wrote the store."""
    now = _versions()
    if any(facts.get(name) != value for name, value in now.items()):
        raise LocalGlueError(
            f"what the stack holds was written with moto {facts.get('moto')}, this is moto {now['moto']}: install that "
            "version again, or forget the stack with 'local-glue down'"
        )


def facts_now() -> dict[str, str]:
    """What is said of a state that is written now."""
    return {**_versions(), "kept_at": datetime.now(timezone.utc).isoformat(timespec="seconds")}


def _versions() -> dict[str, str]:
    return {"format": FORMAT, "moto": version("moto")}
