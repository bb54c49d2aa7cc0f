"""The types of Redshift's columns: their sizes and limits, and PostgreSQL's type for each."""

from sqlglot import exp

from local_glue.job.redshift.errors import RefusedError

_T = exp.DataType.Type
MAX_BYTES = 65535
MAX_CHAR_BYTES = 4096
MAX_VARBYTE, DEFAULT_VARBYTE = 16_777_216, 64_000
_DEFAULT_SIZES = {_T.TEXT: 256, _T.VARCHAR: 256, _T.NVARCHAR: 256, _T.BPCHAR: 256, _T.CHAR: 1, _T.NCHAR: 1}
_FIXED = (_T.CHAR, _T.NCHAR, _T.BPCHAR)
_PLAIN = {
    _T.SMALLINT: "smallint",
    _T.INT: "integer",
    _T.BIGINT: "bigint",
    _T.FLOAT: "real",
    _T.DOUBLE: "double precision",
    _T.BOOLEAN: "boolean",
    _T.DATE: "date",
    _T.TIMESTAMP: "timestamp",
    _T.TIMESTAMPNTZ: "timestamp",
    _T.TIMESTAMPTZ: "timestamptz",
    _T.TIME: "time",
    _T.TIMETZ: "timetz",
    _T.SUPER: "jsonb",
}
_UNSUPPORTED = (_T.GEOMETRY, _T.GEOGRAPHY, _T.INTERVAL, _T.HLLSKETCH)


def is_type(kind: exp.DataType) -> bool:
    """Whether Redshift has the type."""
    known = (*_DEFAULT_SIZES, *_PLAIN, *_UNSUPPORTED, _T.DECIMAL, _T.VARBINARY)
    return kind.this in known or isinstance(kind.this, exp.Interval)


def column_type(kind: exp.DataType, column: str) -> tuple[str, int | None]:
    """The PostgreSQL type, and the limit of bytes in Redshift, if any.

    Raises:
        RefusedError: Redshift does not have the type.
    """
    sizes = [int(size.name) for size in kind.expressions] if kind.expressions else []
    if kind.this in _DEFAULT_SIZES:
        fixed, limit = kind.this in _FIXED, sizes[0] if sizes else _DEFAULT_SIZES[kind.this]
        most = MAX_CHAR_BYTES if fixed else MAX_BYTES
        if not 0 < limit <= most:
            name = "CHAR" if fixed else "VARCHAR"
            raise RefusedError(f"Redshift's {name} holds {most} bytes at most: column {column} asks for {limit}")
        return f"{'char' if fixed else 'varchar'}({limit})", limit
    if kind.this == _T.VARBINARY:
        limit = sizes[0] if sizes else DEFAULT_VARBYTE
        if not 0 < limit <= MAX_VARBYTE:
            raise RefusedError(
                f"Redshift's VARBYTE holds {MAX_VARBYTE} bytes at most: column {column} asks for {limit}"
            )
        return "bytea", limit
    if kind.this == _T.DECIMAL:
        precision, scale = [*sizes, 0][:2] if sizes else (18, 0)
        if precision > 38 or scale > min(precision, 37):
            raise RefusedError(
                f"Redshift's DECIMAL has 38 digits at most, up to 37 of them behind the point: column "
                f"{column} asks for ({precision}, {scale})"
            )
        return f"numeric({precision}, {scale})", None
    if kind.this in _PLAIN and sizes:
        raise RefusedError(
            f"Redshift's {_PLAIN[kind.this].upper()} takes no size: column {column}, leave ({sizes[0]}) out"
        )
    if kind.this in _PLAIN:
        return _PLAIN[kind.this], None
    if kind.this in _UNSUPPORTED or isinstance(kind.this, exp.Interval):
        raise NotImplementedError(f"local_glue does not support the type {kind.sql('redshift')}: column {column}")
    raise RefusedError(f"Redshift has no type {kind.sql('postgres')}: column {column}")
