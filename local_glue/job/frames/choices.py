"""Choice columns: values of several types, which Glue's readers keep apart until `resolveChoice`.

A choice is a struct with a member for each type, as `toDF()` shows it on AWS, marked in the column's metadata.
"""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from local_glue.job.names import backquoted, column

MARK = "glue_choice"
_SQL_TYPES = {"long": "bigint", "short": "smallint", "byte": "tinyint", "bool": "boolean"}


def is_choice(field: T.StructField) -> bool:
    """Whether the column is a choice."""
    return bool(field.metadata.get(MARK))


def names(schema: T.StructType) -> list[str]:
    """The names of the choice columns."""
    return [field.name for field in schema.fields if is_choice(field)]


def field(name: str, members: Mapping[str, T.DataType]) -> T.StructField:
    """A choice column with a member for each of Glue's type names."""
    inner = T.StructType([T.StructField(kind, data_type) for kind, data_type in members.items()])
    return T.StructField(name, inner, metadata={MARK: True})


def marked(value: Column, name: str) -> Column:
    """The struct as a choice column."""
    return value.alias(name, metadata={MARK: True})


def unmarked(frame: DataFrame) -> DataFrame:
    """The frame with its choices as structs, as `toDF()` gives them."""
    found = names(frame.schema)
    if not found:
        return frame
    return frame.select([column(n).alias(n, metadata={}) if n in found else column(n) for n in frame.columns])


def cast(name: str, kind: str) -> Column:
    """A column cast to one of Glue's types; what cannot be cast becomes null."""
    return cast_reference(backquoted(name), kind)


def cast_reference(reference: str, kind: str) -> Column:
    """The same of a column or a field of a struct, as SQL names it."""
    return F.expr(f"try_cast({reference} AS {_SQL_TYPES.get(kind.lower(), kind)})")


def resolve(frame: DataFrame, actions: Mapping[str, str]) -> DataFrame:
    """The frame with the named columns resolved: cast:type, project:type, make_cols or make_struct.

    Columns that are no choice can be cast; make_cols and make_struct leave them as they are.

    Raises:
        ValueError: the action is unknown, or projects to a type that the column does not have.
        NotImplementedError: a projection of a column that is no choice.
    """
    columns = []
    for item in frame.schema.fields:
        action = actions.get(item.name)
        columns += [column(item.name)] if action is None else _resolved(item, action)
    return frame.select(columns)


def check_action(what: str, action: str) -> None:
    """Checks that an action is one of Glue's.

    Raises:
        ValueError: it is not.
    """
    verb, _, kind = action.partition(":")
    if verb not in ("cast", "project", "make_cols", "make_struct") or (verb in ("cast", "project")) != bool(kind):
        raise ValueError(
            f"resolveChoice: unknown action {action!r} for {what}; it takes cast:type, project:type, make_cols and "
            "make_struct, and as choice also match_catalog"
        )


def _resolved(item: T.StructField, action: str) -> list[Column]:
    name, (verb, _, kind) = item.name, action.partition(":")
    check_action(name, action)
    if not is_choice(item):
        return [_plain_column(item, verb, kind)]
    members = [member.name for member in item.dataType.fields]  # type: ignore[attr-defined]
    value = {member: f"{backquoted(name)}.{backquoted(member)}" for member in members}
    if verb == "make_struct":
        return [column(name).alias(name, metadata={})]
    if verb == "make_cols":
        return [F.col(value[member]).alias(f"{name}_{member}") for member in members]
    if verb == "cast":
        target = _SQL_TYPES.get(kind.lower(), kind)
        return [F.coalesce(*(F.expr(f"try_cast({path} AS {target})") for path in value.values())).alias(name)]
    if kind not in members:
        raise ValueError(f"resolveChoice: column {name!r} is a choice of {', '.join(members)}, not {kind!r}")
    return [F.col(value[kind]).alias(name)]


def _plain_column(item: T.StructField, verb: str, kind: str) -> Column:
    if verb == "cast":
        return cast(item.name, kind).alias(item.name)
    if verb == "project":
        raise NotImplementedError(
            f"local_glue does not support project:{kind} of {item.name!r}, which is no choice but "
            f"{item.dataType.simpleString()}: use cast:{kind}"
        )
    return column(item.name)


def refuse(frame: DataFrame, what: str, columns: Sequence[str] | None = None) -> None:
    """Checks that no column, or none of these, is a choice.

    Raises:
        NotImplementedError: names the column and the remedy.
    """
    for name in names(frame.schema):
        if columns is None or name in columns:
            raise NotImplementedError(
                f"local_glue does not support {what} with the choice column {name!r}: use resolveChoice before"
            )
