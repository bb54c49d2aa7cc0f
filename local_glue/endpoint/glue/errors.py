"""AWS-style errors of the Glue API: HTTP 400 with a __type, so that SDKs raise them at once."""

from moto.core.exceptions import JsonRESTError


class GlueApiError(JsonRESTError):
    """An error answer of the Glue API."""

    code = 400

    def __str__(self) -> str:
        return f"{self.error_type}: {self.message}"


def not_found(kind: str, name: str) -> GlueApiError:
    """The entity does not exist."""
    return GlueApiError("EntityNotFoundException", f"{kind} {name} not found.")


def already_exists(kind: str, name: str) -> GlueApiError:
    """An entity of that name is there already."""
    return GlueApiError("AlreadyExistsException", f"{kind} {name} already exists.")


def invalid(message: str) -> GlueApiError:
    """The input contradicts itself or the state of things."""
    return GlueApiError("InvalidInputException", message)


def concurrent_runs(kind: str, name: str, limit: int) -> GlueApiError:
    """As many runs as allowed are under way."""
    return GlueApiError(
        "ConcurrentRunsExceededException", f"Concurrent runs exceeded for {name}: {kind} allows {limit} at a time."
    )


def unsupported(operation: str, why: str = "") -> GlueApiError:
    """local_glue does not emulate this."""
    reason = f": {why}" if why else ""
    return GlueApiError("UnsupportedOperationException", f"local_glue does not emulate {operation}{reason}.")
