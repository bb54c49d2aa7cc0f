"""See the package."""

from awsglueml import __getattr__  # noqa: F401
