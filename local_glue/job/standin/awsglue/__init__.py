"""`awsglue` on a laptop: the same names as in AWS Glue 5.1, over S3A, PostgreSQL and job bookmarks of local_glue.

Written from AWS's documentation. What it does not support raises NotImplementedError.
"""

from awsglue.dynamicframe import DynamicFrame

__all__ = ["DynamicFrame"]
