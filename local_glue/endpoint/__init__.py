"""The endpoint: moto, with a Glue that runs jobs and workflows."""
