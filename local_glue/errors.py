"""Errors outside job runs; every message is one sentence that names the cause and the remedy."""


class LocalGlueError(Exception):
    """Base class of the errors that the command line shows as one line."""


class ConfigError(LocalGlueError):
    """[tool.local_glue] or the workflows file is incomplete or contradicts itself."""


class NotRunningError(LocalGlueError):
    """No stack is up for this home folder."""
