"""SELECTs that count what publishing would do, for dry runs; valid in Redshift and PostgreSQL. Imports no Spark.

Each function has the name and arguments of the one in `sql` whose statements it counts. A row counts as changed if its
key stays and another column becomes different: MERGE writes rows that stay the same too, and nobody sees it.
"""

from collections.abc import Iterable, Mapping

from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.warehouse.sql import identifier, literal, match

COLUMNS = "name string, inserted bigint, changed bigint, deleted bigint"
"""What each SELECT answers; a table may have several rows, to be added."""


def merge(table: Table, stage: str) -> str:
    """SELECT that counts for `sql.merge`."""
    old = f"{table.name}.{identifier(table.key[0])}"  # key columns of targets are NOT NULL
    others = [name for name in table.column_names if name not in table.key]
    differs = " OR ".join(_differs(table, name) for name in others) or "1 = 0"
    changed = f"COUNT(CASE WHEN {old} IS NOT NULL AND ({differs}) THEN 1 END)"
    return (
        f"{_counts(table, inserted=f'COUNT(CASE WHEN {old} IS NULL THEN 1 END)', changed=changed)} "
        f"FROM {stage} AS s LEFT JOIN {table.full_name} ON {match(table, table.key)}"
    )


def insert(table: Table, stage: str, of_run: Mapping[str, str]) -> str:
    """SELECT that counts for `sql.insert`: every row of the stage is new."""
    return f"{_counts(table, inserted='COUNT(*)')} FROM {stage} AS s"


def replace_slices(table: Table, stage: str, slices_stage: str) -> list[str]:
    """SELECTs that count for `sql.replace_slices`."""
    slices = ", ".join(f"c.{identifier(name)}" for name in table.slices)
    within = " AND ".join(f"{table.name}.{identifier(name)} = k.{identifier(name)}" for name in table.slices)
    named = f"JOIN (SELECT DISTINCT {slices} FROM {slices_stage} AS c) AS k ON {within}"
    return [merge(table, stage), f"{_deleted(table, stage, named)} WHERE {_is_gone(table)}"]


def replace_all(table: Table, stage: str, *, if_rows_in: str) -> list[str]:
    """SELECTs that count for `sql.replace_all`."""
    guard = f"EXISTS (SELECT 1 FROM {if_rows_in})"
    return [merge(table, stage), f"{_deleted(table, stage)} WHERE {_is_gone(table)} AND {guard}"]


def all_of(selects: Iterable[str]) -> str:
    """One SELECT of the answers of all."""
    return " UNION ALL ".join(selects)


def _counts(table: Table, *, inserted: str = "0", changed: str = "0", deleted: str = "0") -> str:
    counts = {"inserted": inserted, "changed": changed, "deleted": deleted}
    columns = ", ".join(f"CAST({count} AS BIGINT) AS {name}" for name, count in counts.items())
    return f"SELECT CAST({literal(table.full_name)} AS VARCHAR(255)) AS name, {columns}"


def _deleted(table: Table, stage: str, named: str = "") -> str:
    rows = " ".join(part for part in (table.full_name, named) if part)
    return f"{_counts(table, deleted='COUNT(*)')} FROM {rows} LEFT JOIN {stage} AS s ON {match(table, table.key)}"


def _is_gone(table: Table) -> str:
    return f"s.{identifier(table.key[0])} IS NULL"


def _differs(table: Table, name: str) -> str:
    """Whether a column becomes another value; Redshift has no IS DISTINCT FROM."""
    old, new = f"{table.name}.{identifier(name)}", f"s.{identifier(name)}"
    return f"{old} <> {new} OR ({old} IS NULL AND {new} IS NOT NULL) OR ({old} IS NOT NULL AND {new} IS NULL)"
