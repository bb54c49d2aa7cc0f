"""The checks of each workflow's tables; they follow from the contracts. Imports no Spark."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import singledispatch

from glue_jobs.lib.contracts.books import LOAD_FILES, OUTCOMES, PUBLICATION
from glue_jobs.lib.contracts.columns import LOADED_AT
from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.contracts.identities import (
    BooksBalance,
    CountsWithin,
    RanksHaveNoGaps,
    Reference,
    SharesNoKeyWith,
    SharesSumToOne,
    SumIsRowsOf,
    Touched,
)
from glue_jobs.lib.contracts.model import TIMES, Table
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES
from glue_jobs.lib.quality.measure import HOURS_SINCE_PUBLISH, Check, at_least, at_most, same_as
from glue_jobs.lib.run.errors import ConfigError
from glue_jobs.lib.warehouse import sql

TOLERANCE = 1e-6
"""How far a sum of shares may be from 1."""

STALE_HOURS = 36

SINCE = f"f.{LOADED_AT.name} >= {{since}}"

RECOMPUTE = "run the workflow with --property recompute=true"
DELIVERY = "no file was ever delivered: put one into the landing bucket, below this prefix"


@dataclass(frozen=True)
class Suite:
    """The tables of one publisher and the datasets that fill them; a job with any of these checks all tables."""

    publisher: str
    tables: tuple[Table, ...]

    @property
    def datasets(self) -> tuple[str, ...]:
        """The names of the datasets, in the order of DATASETS."""
        filled = {table.dataset for table in self.tables}
        return tuple(name for name in DATASETS if name in filled)

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks of the suite."""
        delivered = [was_delivered(dataset) for dataset in self.datasets]
        measured = [check for table in self.tables for check in checks_of(table)]
        return (*delivered, *measured, is_fresh(self.publisher, STALE_HOURS))


SUITES = (Suite("music", MUSIC_TABLES), Suite("sparkify", SPARKIFY_TABLES))


def get_suite(datasets: Iterable[str]) -> Suite:
    """The suite of the workflow that loads `datasets`.

    Raises:
        ConfigError: No suite has any of them.
    """
    wanted = set(datasets)
    for suite in SUITES:
        if wanted & set(suite.datasets):
            return suite
    known = ", ".join(name for suite in SUITES for name in suite.datasets)
    raise ConfigError(f"there are no checks for --datasets {','.join(sorted(wanted))}; it takes any of: {known}")


def checks_of(table: Table) -> Iterator[Check]:
    """The checks that follow from the table's contract."""
    if table.dataset:
        yield is_filled(table, table.dataset)
    if table.counted:
        yield rows_of(table)
    yield keys_are_unique(table)
    yield keys_are_present(table)
    yield from (refers_to(table, reference) for reference in table.references if reference.checked)
    yield from (holds(identity, table) for identity in table.identities)


@singledispatch
def holds(identity: object, table: Table) -> Check:
    """The check of an identity in the table's contract."""
    raise TypeError(f"{table.full_name}: there is no check for {identity}")


def keys_are_unique(table: Table) -> Check:
    """No key occurs twice; Redshift enforces none."""
    names = ", ".join(sql.identifier(name) for name in table.key)
    repeated = f"SELECT COUNT(*) AS n FROM {table.full_name} GROUP BY {names} HAVING COUNT(*) > 1"
    return Check(
        f"{table.name}_keys_unique",
        "error",
        f"SELECT COUNT(*) AS observed FROM ({repeated}) AS d",
        narrow=_touched_keys_repeated(table, table.touched) if table.touched else "",
    )


def _touched_keys_repeated(table: Table, touched: Touched) -> str:
    """The keys that loads touched and that occur more than once in the whole table."""
    keys = ", ".join(f"{key} AS k{index}" for index, key in enumerate(touched.keys))
    new_rows = f"{table.schema}.{touched.table} AS f WHERE {SINCE}"
    on = " AND ".join(f"f.{sql.identifier(name)} = t.k{index}" for index, name in enumerate(table.key))
    bounds = ""
    if table.sort[0] in table.key and table.column(table.sort[0]).type in TIMES:
        bounds = f"WHERE {_within(f'f.{table.sort[0]}', touched.keys[table.key.index(table.sort[0])], new_rows)} "
    names = ", ".join(f"f.{sql.identifier(name)}" for name in table.key)
    repeated = (
        f"SELECT COUNT(*) AS n FROM {table.full_name} AS f JOIN (SELECT DISTINCT {keys} FROM {new_rows}) AS t "
        f"ON {on} {bounds}GROUP BY {names} HAVING COUNT(*) > 1"
    )
    return f"SELECT COUNT(*) AS observed FROM ({repeated}) AS d"


def _within(time: str, name: str, rows: str) -> str:
    """A condition that makes no difference but that blocks before and after the times of `rows` need not be read."""
    return f"{time} BETWEEN (SELECT MIN({name}) FROM {rows}) AND (SELECT MAX({name}) FROM {rows})"


def _of_new_rows(table: Table, query: str) -> str:
    """The query, which ends with a condition on f, of rows that loads added; empty if the rows do not say when."""
    return f"{query} AND {SINCE}" if table.touched and table.touched.table == table.name else ""


def keys_are_present(table: Table) -> Check:
    """No key column is NULL."""
    missing = " OR ".join(f"{sql.identifier(name)} IS NULL" for name in table.key)
    query = f"SELECT COUNT(*) AS observed FROM {table.full_name} AS f WHERE ({missing})"
    return Check(f"{table.name}_keys_present", "error", query, narrow=_of_new_rows(table, query))


def refers_to(table: Table, reference: Reference) -> Check:
    """Every row of the parent that a row of `table` refers to exists."""
    parent = f"{table.schema}.{reference.parent}"
    on = " AND ".join(f"f.{name} = d.{name}" for name in reference.columns)
    first = reference.columns[0]
    named = " AND ".join(f"f.{name} IS NOT NULL" for name in reference.columns)
    query = (
        f"SELECT COUNT(*) AS observed FROM {table.full_name} AS f LEFT JOIN {parent} AS d "
        f"ON {on} WHERE d.{first} IS NULL AND {named}"
    )
    name = f"{table.name}_{'_'.join(reference.columns)}_in_{reference.parent}"
    return Check(name, "error", query, narrow=_of_new_rows(table, query))


def was_delivered(dataset: str) -> Check:
    """Warns of a dataset that was never delivered."""
    return Check(
        f"{dataset}_delivered",
        "warn",
        f"SELECT COUNT(*) AS observed FROM {LOAD_FILES.full_name} WHERE dataset = '{dataset}'",
        at_least(1),
        f"{DELIVERY}: {dataset}/",
    )


def is_filled(table: Table, dataset: str) -> Check:
    """A table is not empty once rows of its dataset were loaded."""
    return Check(
        f"{table.name}_filled",
        "error",
        "SELECT CASE WHEN d.n > 0 AND t.n = 0 THEN 1 ELSE 0 END AS observed "
        f"FROM (SELECT COALESCE(SUM(loaded), 0) AS n FROM {LOAD_FILES.full_name} "
        f"WHERE dataset = '{dataset}') AS d "
        f"CROSS JOIN (SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM {table.full_name} LIMIT 1) AS f) AS t",
        hint=f"rows of {dataset} were loaded, but {table.full_name} is empty: was it emptied by hand?",
    )


def rows_of(table: Table) -> Check:
    """The number of rows; never fails, other checks compare with it."""
    return Check(f"{table.name}_rows", "warn", f"SELECT COUNT(*) AS observed FROM {table.full_name}", at_least(0))


@holds.register
def _(identity: SumIsRowsOf, table: Table) -> Check:
    """The column's sum is what another check observed."""
    column = identity.column
    query = f"SELECT COALESCE(SUM({column}), 0) AS observed FROM {table.full_name}"
    return Check(f"{table.name}_{column}_sum", "error", query, same_as(f"{identity.table}_rows"), RECOMPUTE)


@holds.register
def _(identity: SharesSumToOne, table: Table) -> Check:
    """Observed is the largest distance from 1."""
    column, period = identity.column, identity.period
    group = f" GROUP BY {period}" if period else ""
    totals = f"SELECT SUM({column}) AS total FROM {table.full_name}{group}"
    query = f"SELECT COALESCE(MAX(ABS(t.total - 1)), 0) AS observed FROM ({totals}) AS t"
    return Check(f"{table.name}_{column}_shares", "error", query, at_most(TOLERANCE), RECOMPUTE)


@holds.register
def _(identity: RanksHaveNoGaps, table: Table) -> Check:
    """Observed is how many periods break it."""
    by = ", ".join(identity.period)
    wrong = (
        f"SELECT COUNT(*) AS n FROM {table.full_name} GROUP BY {by} HAVING MIN(rank) <> 1 OR MAX(rank) <> COUNT(*) "
        f"OR COUNT(DISTINCT rank) <> COUNT(*) OR MAX(rank) > {identity.last}"
    )
    return Check(f"{table.name}_ranks", "error", f"SELECT COUNT(*) AS observed FROM ({wrong}) AS g", hint=RECOMPUTE)


@holds.register
def _(identity: CountsWithin, table: Table) -> Check:
    """Observed is how many periods have more than the whole."""
    by, column = ", ".join(identity.period), identity.column
    parts = f"SELECT {by}, SUM({column}) AS n FROM {table.full_name} GROUP BY {by}"
    on = " AND ".join(f"a.{name} = b.{name}" for name in identity.period)
    return Check(
        f"{table.name}_within_{identity.whole}",
        "error",
        f"SELECT COUNT(*) AS observed FROM ({parts}) AS a LEFT JOIN {table.schema}.{identity.whole} AS b "
        f"ON {on} WHERE b.{column} IS NULL OR a.n > b.{column}",
        hint=RECOMPUTE,
    )


@holds.register
def _(identity: SharesNoKeyWith, table: Table) -> Check:
    """Observed is how many keys are in both tables."""
    on = " AND ".join(f"a.{name} = b.{name}" for name in table.key)
    other = f"{table.schema}.{identity.table}"
    times = [name for name in table.key if table.column(name).type in TIMES]
    bounds = " AND ".join(_within(f"b.{name}", name, table.full_name) for name in times) or "TRUE"
    query = f"SELECT COUNT(*) AS observed FROM {table.full_name} AS a JOIN {other} AS b ON {on} WHERE {bounds}"
    return Check(f"{table.name}_not_in_{identity.table}", "error", query)


@holds.register
def _(identity: BooksBalance, table: Table) -> Check:
    """Observed is how many books do not balance."""
    came, went = " + ".join(identity.came), " + ".join(OUTCOMES)
    query = f"SELECT COUNT(*) AS observed FROM {table.full_name} WHERE COALESCE({came} <> {went}, TRUE)"
    return Check(f"{table.name}_balance", "error", query)


def is_fresh(publisher: str, hours: float) -> Check:
    """Hours since the last publish."""
    return Check(
        HOURS_SINCE_PUBLISH,
        "warn",
        "SELECT ({now} - EXTRACT(EPOCH FROM MAX(published_at))) / 3600.0 AS observed "
        f"FROM {PUBLICATION.full_name} WHERE name = '{publisher}'",
        at_most(hours),
        "nothing was published for long: look at the workflow's runs",
    )
