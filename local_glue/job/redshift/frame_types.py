"""The column types that the connector uses when it creates a table for a frame."""

from pyspark.sql import types as T

from local_glue.job.redshift.errors import RedshiftError

_TYPES: dict[type[T.DataType], str] = {
    T.ByteType: "SMALLINT",
    T.ShortType: "SMALLINT",
    T.IntegerType: "INTEGER",
    T.LongType: "BIGINT",
    T.FloatType: "REAL",
    T.DoubleType: "DOUBLE PRECISION",
    T.BooleanType: "BOOLEAN",
    T.DateType: "DATE",
    T.TimestampType: "TIMESTAMP",
    T.TimestampNTZType: "TIMESTAMP",
    T.NullType: "VARCHAR(MAX)",
    T.ArrayType: "SUPER",
    T.MapType: "SUPER",
    T.StructType: "SUPER",
}


def columns(schema: T.StructType) -> str:
    """The column list for CREATE TABLE, with names in lower case."""
    return ", ".join(f'"{field.name.lower()}" {_type(field)}' for field in schema.fields)


def _type(field: T.StructField) -> str:
    if field.metadata.get("redshift_type"):
        return field.metadata["redshift_type"]
    if isinstance(field.dataType, T.StringType):
        return f"VARCHAR({field.metadata.get('maxlength', 'MAX')})"
    if isinstance(field.dataType, T.DecimalType):
        return f"DECIMAL({field.dataType.precision},{field.dataType.scale})"
    kind = _TYPES.get(type(field.dataType))
    if kind is None:
        raise RedshiftError(
            f"column {field.name} is {field.dataType.simpleString()}, which the connector cannot load: cast it first"
        )
    return kind
