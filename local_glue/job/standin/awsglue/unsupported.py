"""Methods that AWS documents and the stand-in does not support: they raise an error when called."""

from typing import Any

REMEDIES = {
    "getSink": "write_dynamic_frame.from_options",
    "getSource": "create_dynamic_frame.from_options",
    "write_from_options": "write_dynamic_frame.from_options",
    "write_from_jdbc_conf": "write_dynamic_frame.from_jdbc_conf",
    # AWS documents it for Hudi, Iceberg and Delta Lake only, whose jars are not here.
    "write_data_frame_from_catalog": "DynamicFrame.fromDF, and write_dynamic_frame.from_catalog",
    "purge_table": "purge_s3_path with the table's location",
    "transition_table": "a lifecycle rule of the bucket",
    "transition_s3_path": "a lifecycle rule of the bucket",
    "get_catalog_schema_as_spark_schema": "from_catalog, and toDF().schema",
    "create_sample_dynamic_frame_from_catalog": "from_catalog, and toDF().limit",
    "create_sample_dynamic_frame_from_options": "from_options, and toDF().limit",
    "mapPartitions": "map, or toDF().rdd",
    "mapPartitionsWithIndex": "map, or toDF().rdd",
    "split_rows": "filter, once for each frame",
    "unbox": "toDF() and from_json",
    "spigot": "toDF().limit, and write_dynamic_frame",
    "mergeDynamicFrame": "toDF() and a join",
    "flatmap": "map",
    "FlatMap": "MapToCollection",
    "SplitRows": "Filter, once for each frame",
    "Unbox": "toDF() and from_json",
    "Spigot": "toDF().limit, and write_dynamic_frame",
    "ErrorsAsDynamicFrame": "nothing: a record that cannot be read or changed ends the run here",
    "errorsAsDynamicFrame": "nothing: a record that cannot be read or changed ends the run here",
}
"""What to use instead."""


def unsupported(cls: type, *names: str) -> None:
    """Adds methods to a class that raise NotImplementedError with their name."""
    for name in names:
        setattr(cls, name, _method(cls.__name__, name))


def message(what: str, name: str) -> str:
    """The sentence about what is not supported, with what to use instead if there is something."""
    remedy = REMEDIES.get(name)
    return f"local_glue does not support {what}" + (f": use {remedy}" if remedy else "")


def _method(owner: str, name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(message(f"{owner}.{name}", name))

    method.__name__ = name
    method.unsupported = True  # type: ignore[attr-defined]
    return method
