"""What can go wrong outside a job run; every message is one sentence that names the thing and the remedy."""


class LocalGlueError(Exception):
    """Base of all errors that the command line shows as one line."""


class ConfigError(LocalGlueError):
    """[tool.local_glue] or the workflows file is missing something or contradicts itself."""


class NotRunningError(LocalGlueError):
    """No stack is up for this home folder."""
