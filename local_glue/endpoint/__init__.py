"""The endpoint: moto, with a Glue that executes."""
