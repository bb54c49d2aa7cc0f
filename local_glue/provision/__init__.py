"""Creates what a project's configuration lists in the endpoint."""
