"""Relationalize: structs become columns with dots in their names, arrays become tables of their own."""

from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from local_glue.job.frames import choices
from local_glue.job.names import column

_KEY = "__glue_key"


def relationalized(frame: DataFrame, root: str) -> dict[str, DataFrame]:
    """Tables without structs and arrays, by name.

    An array's column holds a key instead; the array's table `<root>_<column>` holds it as `id`, with `index`, the place
    in the array, and the values as `<column>.val` or, of structs, `<column>.val.<field>`.

    Raises:
        NotImplementedError: a column is a choice or a map.
    """
    choices.refuse(frame, "relationalize")
    tables: dict[str, DataFrame] = {}
    waiting = [(root, frame)]
    while waiting:
        name, table = waiting.pop(0)
        flat = unnested(table)
        arrays = [field.name for field in flat.schema.fields if isinstance(field.dataType, T.ArrayType)]
        _refuse_maps(flat)
        if not arrays:
            tables[name] = flat
            continue
        # Kept, because the keys must be the same in each table, and Spark would number the rows anew for each.
        keyed = flat.withColumn(_KEY, F.monotonically_increasing_id() + 1).persist(StorageLevel.MEMORY_AND_DISK)
        key = F.col(_KEY)
        tables[name] = keyed.select(
            [F.when(column(c).isNotNull(), key).alias(c) if c in arrays else column(c) for c in flat.columns]
        )
        for array in arrays:
            rows = keyed.where(column(array).isNotNull())
            values = F.posexplode(column(array)).alias("index", f"{array}.val")
            waiting.append((f"{root}_{array}", rows.select(key.alias("id"), values)))
    return tables


def unnested(frame: DataFrame) -> DataFrame:
    """The frame with a column `struct.field` for each field of a struct, also of structs in structs."""
    while any(_is_struct(field) for field in frame.schema.fields):
        columns = []
        for field in frame.schema.fields:
            if _is_struct(field):
                inner = field.dataType.fieldNames()  # type: ignore[attr-defined]
                columns += [column(field.name)[name].alias(f"{field.name}.{name}") for name in inner]
            else:
                columns.append(column(field.name))
        frame = frame.select(columns)
    return frame


def _is_struct(field: T.StructField) -> bool:
    return isinstance(field.dataType, T.StructType) and not choices.is_choice(field)


def _refuse_maps(frame: DataFrame) -> None:
    for field in frame.schema.fields:
        if isinstance(field.dataType, T.MapType):
            raise NotImplementedError(
                f"local_glue does not support relationalize of the map {field.name!r}: make it an array of structs "
                "with map_entries before"
            )
