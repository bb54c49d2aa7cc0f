"""`awsglue` on a laptop: the names of AWS Glue 5.1, with S3A, PostgreSQL and the job bookmarks of local_glue.

Written from AWS's documentation. Anything that is not supported raises NotImplementedError.
"""

from awsglue.dynamicframe import DynamicFrame

__all__ = ["DynamicFrame"]
