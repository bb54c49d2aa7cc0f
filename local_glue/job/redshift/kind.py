"""Which kind of Redshift the stand-in is: LOCAL_GLUE_REDSHIFT is `provisioned` (if not set) or `serverless`."""

import os

from local_glue.errors import ConfigError

VARIABLE = "LOCAL_GLUE_REDSHIFT"
KINDS = ("provisioned", "serverless")


def is_serverless() -> bool:
    """Whether this is a workgroup of Redshift Serverless, which has no `stl_` tables.

    Raises:
        ConfigError: The variable has another value.
    """
    kind = os.environ.get(VARIABLE) or KINDS[0]
    if kind not in KINDS:
        raise ConfigError(f"{VARIABLE} is '{kind}': choose one of {', '.join(KINDS)}")
    return kind == "serverless"
