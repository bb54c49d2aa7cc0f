"""Frames on their way into the warehouse."""

from collections.abc import Sequence

from pyspark.sql import DataFrame

from glue_jobs.lib.contracts.model import Column
from glue_jobs.lib.run.errors import ContractError


def conformed(frame: DataFrame, name: str, columns: Sequence[Column]) -> DataFrame:
    """The frame's columns in table order.

    Args:
        name: What the frame is to become, for the message.

    Raises:
        ContractError: Names or types differ.
    """
    found = dict(frame.dtypes)
    wanted = {column.name: column.spark_type for column in columns}
    if found != wanted:
        differing = sorted(item[0] for item in set(found.items()) ^ set(wanted.items()))
        details = ", ".join(
            f"{column} is {found.get(column, 'missing')} instead of {wanted.get(column, 'absent')}"
            for column in dict.fromkeys(differing)
        )
        raise ContractError(name, f"the frame to stage has not the table's columns: {details}; select and cast them")
    return frame.select(*(column.name for column in columns))
