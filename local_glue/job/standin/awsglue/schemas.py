"""The schema of a DataFrame as Glue shows it."""

from typing import Any

from pyspark.sql import types as T

from awsglue import gluetypes
from local_glue.job.frames import choices


def glue_schema(schema: T.StructType) -> gluetypes.StructType:
    """Glue's type for a frame; marked structs are choices."""
    return gluetypes.StructType([gluetypes.Field(field.name, _of_field(field)) for field in schema.fields])


def tree(kind: gluetypes.DataType, depth: int = 0) -> list[str]:
    """The lines that `printSchema` prints below `root`."""
    bars, lines = "|    " * depth, []
    if isinstance(kind, gluetypes.StructType):
        for field in kind.fields:
            lines.append(f"{bars}|-- {field.name}: {field.dataType.typeName()}")
            lines += tree(field.dataType, depth + 1)
    elif isinstance(kind, gluetypes.ChoiceType):
        for choice in kind.choices.values():
            lines.append(f"{bars}|-- {choice.typeName()}")
            lines += tree(choice, depth + 1)
    elif isinstance(kind, gluetypes.ArrayType):
        lines.append(f"{bars}|-- element: {kind.elementType.typeName()}")
        lines += tree(kind.elementType, depth + 1)
    elif isinstance(kind, gluetypes.MapType):
        lines.append(f"{bars}|-- keyType: string")
        lines.append(f"{bars}|-- valueType: {kind.valueType.typeName()}")
        lines += tree(kind.valueType, depth + 1)
    return lines


def _of_field(field: T.StructField) -> gluetypes.DataType:
    if choices.is_choice(field):
        return gluetypes.ChoiceType([_of(inner.dataType) for inner in field.dataType.fields])  # type: ignore[attr-defined]
    return _of(field.dataType)


def _of(kind: T.DataType) -> Any:
    if isinstance(kind, T.StructType):
        return glue_schema(kind)
    if isinstance(kind, T.ArrayType):
        return gluetypes.ArrayType(_of(kind.elementType))
    if isinstance(kind, T.MapType):
        return gluetypes.MapType(_of(kind.valueType))
    if isinstance(kind, T.DecimalType):
        return gluetypes.DecimalType(kind.precision, kind.scale)
    named = gluetypes.StringType if isinstance(kind, T.StringType | T.VarcharType | T.CharType) else None
    return (named or getattr(gluetypes, type(kind).__name__, gluetypes.UnknownType))()
