"""`awsglue` on a laptop: the names of AWS Glue 5.1, with S3A, PostgreSQL and the job bookmarks of local_glue.

Written from AWS's documentation. Anything that is not supported raises NotImplementedError.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsglue.dynamicframe import DynamicFrame

__all__ = ["DynamicFrame"]


def __getattr__(name: str) -> Any:
    """Imports DynamicFrame when it is asked for: `awsglue.utils` is for Python shell jobs, too, which have no Spark."""
    if name != "DynamicFrame":
        raise AttributeError(f"module 'awsglue' has no attribute {name!r}")
    from awsglue.dynamicframe import DynamicFrame

    return DynamicFrame
