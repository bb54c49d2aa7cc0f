"""Limits of numbers and of lists in calls, from the API's own description, which SDKs do not check."""

from functools import lru_cache
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError


def check_limits(operation: str, params: dict[str, Any]) -> None:
    """Checks whole numbers and lengths of lists against the limits that the API states, as AWS does before all else.

    Raises:
        GlueApiError: ValidationException, which names the parameter.
    """
    for name, (least, most) in _limits(operation).items():
        value = params.get(name)
        if not isinstance(value, int | list):
            continue
        size, what = (len(value), "length") if isinstance(value, list) else (value, "value")
        wrong = "greater than" if least is not None and size < least else "less than"
        if (least is not None and size < least) or (most is not None and size > most):
            limit = least if wrong == "greater than" else most
            member = name[0].lower() + name[1:]
            shown = f"[{', '.join(map(str, value))}]" if isinstance(value, list) else value
            raise GlueApiError(
                "ValidationException",
                f"1 validation error detected: Value '{shown}' at '{member}' failed to satisfy constraint: "
                f"Member must have {what} {wrong} or equal to {limit}",
            )


@lru_cache(maxsize=512)
def _limits(operation: str) -> dict[str, tuple[int | None, int | None]]:
    model = _model()
    if operation not in model.operation_names:
        return {}
    shape = model.operation_model(operation).input_shape
    kinds = ("integer", "list")
    numbers = {name: member.metadata for name, member in shape.members.items() if member.type_name in kinds}
    return {name: (limits.get("min"), limits.get("max")) for name, limits in numbers.items() if limits}


@lru_cache(maxsize=1)
def _model() -> Any:
    from botocore.session import get_session

    return get_session().get_service_model("glue")
