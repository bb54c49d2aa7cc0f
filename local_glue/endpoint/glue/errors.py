"""Errors of the Glue API as AWS answers them: HTTP 400 with a __type, which SDKs do not retry."""

from moto.core.exceptions import JsonRESTError


class GlueApiError(JsonRESTError):
    """An error answer of the Glue API."""

    code = 400

    def __str__(self) -> str:
        return f"{self.error_type}: {self.message}"


def not_found(kind: str, name: str) -> GlueApiError:
    """The error for an entity that does not exist."""
    return GlueApiError("EntityNotFoundException", f"{kind} {name} not found.")


def no_entity() -> GlueApiError:
    """The error for a workflow or workflow run that does not exist, which AWS does not name."""
    return GlueApiError("EntityNotFoundException", "Entity not found")


def already_exists(kind: str, name: str) -> GlueApiError:
    """The error for an entity whose name exists already."""
    return GlueApiError("AlreadyExistsException", f"{kind} {name} already exists.")


def invalid(message: str) -> GlueApiError:
    """The error for input that contradicts itself or the current state."""
    return GlueApiError("InvalidInputException", message)


def concurrent_runs(kind: str, name: str, limit: int) -> GlueApiError:
    """The error for a run beyond the allowed number of concurrent runs."""
    return GlueApiError(
        "ConcurrentRunsExceededException", f"Concurrent runs exceeded for {name}: {kind} allows {limit} at a time."
    )


def unsupported(operation: str, why: str = "") -> GlueApiError:
    """The error for an operation that local_glue does not emulate."""
    reason = f": {why}" if why else ""
    return GlueApiError("UnsupportedOperationException", f"local_glue does not emulate {operation}{reason}.")
