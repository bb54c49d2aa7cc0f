"""Frames of Python records: the type of each field is found from its values, as Glue does."""

from collections.abc import Callable
from typing import Any

from pyspark import RDD, cloudpickle
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from local_glue.job.frames import choices, record

# Spark's Python workers need not be able to import this package.
cloudpickle.register_pickle_by_value(record)

ATOMS: dict[str, T.DataType] = {
    "null": T.NullType(), "boolean": T.BooleanType(), "int": T.IntegerType(), "long": T.LongType(),
    "double": T.DoubleType(), "string": T.StringType(), "decimal": T.DecimalType(38, 18), "date": T.DateType(),
    "timestamp": T.TimestampType(), "binary": T.BinaryType(),
}  # fmt: skip
# A column keeps the type it had when all its values still fit it.
_FITTING: dict[type[T.DataType], set[str]] = {
    T.LongType: {"int", "long"}, T.IntegerType: {"int"}, T.ShortType: {"int"}, T.ByteType: {"int"},
    T.FloatType: {"double"}, T.DoubleType: {"double"}, T.StringType: {"string"}, T.BooleanType: {"boolean"},
    T.DecimalType: {"decimal"}, T.DateType: {"date"}, T.TimestampType: {"timestamp"}, T.TimestampNTZType: {"timestamp"},
    T.BinaryType: {"binary"},
}  # fmt: skip


def filtered(frame: DataFrame, function: Callable[[record.DynamicRecord], Any]) -> DataFrame:
    """The rows for whose record the function is true."""
    found, to_record = choices.names(frame.schema), record.to_record
    kept = frame.rdd.filter(lambda row: bool(function(to_record(row, found))))
    return frame.sparkSession.createDataFrame(kept, frame.schema, verifySchema=False)


def mapped(frame: DataFrame, function: Callable[[record.DynamicRecord], Any]) -> DataFrame:
    """The records that the function makes of those of the frame; without rows, the frame itself.

    Raises:
        NotImplementedError: a field within a struct or array has values of several types.
    """
    records = frame.rdd.map(record.mapped(function, choices.names(frame.schema)))
    return of_records(frame.sparkSession, records, frame.schema) or frame


def of_records(spark: SparkSession, records: "RDD[dict[str, Any]]", before: T.StructType) -> DataFrame | None:
    """A frame of dictionaries; None without any.

    Args:
        spark: The session.
        records: They are computed once and kept, since their types must be known before they are used.
        before: A field that this schema has keeps its type if all its values fit, and its place.

    Raises:
        NotImplementedError: a field within a struct or array has values of several types.
    """
    records.cache()
    shape_of, merge = record.shape_of, record.merge
    shape = records.map(shape_of).treeReduce(merge) if not records.isEmpty() else None
    if shape is None:
        return None
    schema = _schema(shape["fields"], before)
    how, to_values = layout(schema), record.to_values
    return spark.createDataFrame(records.map(lambda item: to_values(item, how)), schema, verifySchema=False)


def layout(schema: T.StructType) -> list[tuple[str, Any]]:
    """What `record.to_values` needs of a schema: for each field its name, and how its values become Spark's."""
    return [(field.name, _how(field.dataType, is_choice=choices.is_choice(field))) for field in schema.fields]


def _how(kind: T.DataType, *, is_choice: bool = False) -> Any:
    if is_choice:
        return ("choice", [member.name for member in kind.fields])  # type: ignore[attr-defined]
    if isinstance(kind, T.StructType):
        return ("struct", layout(kind))
    if isinstance(kind, T.ArrayType):
        return ("array", _how(kind.elementType))
    return None


def _schema(fields: dict[str, Any], before: T.StructType | None) -> T.StructType:
    known = {field.name: field for field in before.fields} if before else {}
    order = [*(name for name in known if name in fields), *(name for name in fields if name not in known)]
    made = [_field(name, fields[name], known.get(name), top=before is not None) for name in order]
    return T.StructType(made)


def _field(name: str, shape: dict[str, Any], before: T.StructField | None, *, top: bool) -> T.StructField:
    kinds = shape["kinds"] - {"null"}
    if before and (not kinds or kinds <= _FITTING.get(type(before.dataType), set())):
        return T.StructField(name, before.dataType)
    if before and isinstance(before.dataType, T.MapType) and kinds == {"struct"}:
        return T.StructField(name, before.dataType)
    if {"int", "long"} <= kinds:
        kinds = kinds - {"int"}
    if len(kinds) > 1:
        if not top or kinds & {"struct", "array"}:
            raise NotImplementedError(
                f"local_glue does not support that the field {name!r} has values of the types "
                f"{', '.join(sorted(kinds))}: only columns of plain values can be a choice"
            )
        return choices.field(name, {kind: ATOMS[kind] for kind in sorted(kinds)})
    inner = before.dataType if before else None
    return T.StructField(name, _data_type(name, next(iter(kinds), "null"), shape, inner))


def _data_type(name: str, kind: str, shape: dict[str, Any], before: T.DataType | None) -> T.DataType:
    if kind == "struct":
        known = before if isinstance(before, T.StructType) else T.StructType([])
        fields = {field.name: field for field in known.fields}
        return T.StructType(
            [_field(inner, found, fields.get(inner), top=False) for inner, found in shape["fields"].items()]
        )
    if kind == "array":
        known_element = before.elementType if isinstance(before, T.ArrayType) else None
        if shape["element"] is None:
            return T.ArrayType(known_element or T.NullType())
        hint = T.StructField(name, known_element) if known_element else None
        return T.ArrayType(_field(name, shape["element"], hint, top=False).dataType)
    return ATOMS[kind]
