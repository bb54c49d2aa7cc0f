"""The checks of each workflow's tables, as data: a new one is one line. Imports no Spark."""

from collections.abc import Iterable
from dataclasses import dataclass

from glue_jobs.lib.books.book import OUTCOMES
from glue_jobs.lib.contracts import sparkify, tables
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.contracts.tables import SPARKIFY_TABLES
from glue_jobs.lib.quality.measure import Check, at_least, at_most, same_as
from glue_jobs.lib.run.errors import ConfigError
from glue_jobs.lib.warehouse import sql as ddl

TOLERANCE = 1e-6
"""How far a sum of shares may be from 1."""

STALE_HOURS = 36

RECOMPUTE = "run the workflow with --property recompute=true"
DELIVERY = "no file was ever delivered: put one into the landing bucket, below this prefix"


@dataclass(frozen=True)
class Suite:
    """The checks of one publisher's tables, measured when one of `datasets` is checked."""

    publisher: str
    datasets: tuple[str, ...]
    tables: tuple[Table, ...]
    checks: tuple[Check, ...]


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


def keys_are_unique(table: Table) -> Check:
    """No key occurs twice; Redshift enforces none."""
    names = ", ".join(ddl.identifier(name) for name in table.key)
    repeated = f"SELECT COUNT(*) AS n FROM {table.full_name} GROUP BY {names} HAVING COUNT(*) > 1"
    return Check(f"{table.name}_keys_unique", "error", f"SELECT COUNT(*) AS observed FROM ({repeated}) AS d")


def keys_are_present(table: Table) -> Check:
    """No key column is NULL."""
    missing = " OR ".join(f"{ddl.identifier(name)} IS NULL" for name in table.key)
    return Check(
        f"{table.name}_keys_present", "error", f"SELECT COUNT(*) AS observed FROM {table.full_name} WHERE {missing}"
    )


def refers_to(table: Table, parent: Table, column: str) -> Check:
    """Every row of `table` that names one has its row in `parent`."""
    return Check(
        f"{table.name}_{column}_in_{parent.name}",
        "error",
        f"SELECT COUNT(*) AS observed FROM {table.full_name} AS f LEFT JOIN {parent.full_name} AS d "
        f"ON f.{column} = d.{column} WHERE d.{column} IS NULL AND f.{column} IS NOT NULL",
    )


def was_delivered(dataset: str) -> Check:
    """A dataset that nobody ever delivered is worth a warning."""
    return Check(
        f"{dataset}_delivered",
        "warn",
        f"SELECT COUNT(*) AS observed FROM {tables.LOAD_FILES.full_name} WHERE dataset = '{dataset}'",
        at_least(1),
        f"{DELIVERY}: {dataset}/",
    )


def is_filled(table: Table, dataset: str) -> Check:
    """A table is not empty once rows of its dataset were loaded."""
    return Check(
        f"{table.name}_filled",
        "error",
        "SELECT CASE WHEN d.n > 0 AND t.n = 0 THEN 1 ELSE 0 END AS observed "
        f"FROM (SELECT COALESCE(SUM(loaded), 0) AS n FROM {tables.LOAD_FILES.full_name} "
        f"WHERE dataset = '{dataset}') AS d "
        f"CROSS JOIN (SELECT COUNT(*) AS n FROM {table.full_name}) AS t",
        hint=f"rows of {dataset} were loaded, but {table.full_name} is empty: was it emptied by hand?",
    )


def rows_of(table: Table) -> Check:
    """How many rows; for the record, and for others to compare with."""
    return Check(f"{table.name}_rows", "warn", f"SELECT COUNT(*) AS observed FROM {table.full_name}", at_least(0))


def adds_up(table: Table, column: str, other: str) -> Check:
    """The column's sum is what another check observed."""
    sql = f"SELECT COALESCE(SUM({column}), 0) AS observed FROM {table.full_name}"
    return Check(f"{table.name}_{column}_sum", "error", sql, same_as(other), RECOMPUTE)


def shares_sum_to_one(table: Table, column: str, period: str | None = None) -> Check:
    """The shares of each period, or of all rows, sum to 1; observed is the largest distance from it."""
    group = f" GROUP BY {period}" if period else ""
    totals = f"SELECT SUM({column}) AS total FROM {table.full_name}{group}"
    sql = f"SELECT COALESCE(MAX(ABS(t.total - 1)), 0) AS observed FROM ({totals}) AS t"
    return Check(f"{table.name}_{column}_shares", "error", sql, at_most(TOLERANCE), RECOMPUTE)


def ranks_have_no_gaps(table: Table, last: int, *period: str) -> Check:
    """Ranks of each period are 1..n, each once, n at most `last`; observed is how many periods break it."""
    by = ", ".join(period)
    wrong = (
        f"SELECT COUNT(*) AS n FROM {table.full_name} GROUP BY {by} HAVING MIN(rank) <> 1 OR MAX(rank) <> COUNT(*) "
        f"OR COUNT(DISTINCT rank) <> COUNT(*) OR MAX(rank) > {last}"
    )
    return Check(f"{table.name}_ranks", "error", f"SELECT COUNT(*) AS observed FROM ({wrong}) AS g", hint=RECOMPUTE)


def counts_within(table: Table, whole: Table) -> Check:
    """The counts of a top list, added up by day and genre, are at most those of the day and genre as a whole."""
    by = "listen_date, track_genre"
    top = f"SELECT {by}, SUM(listen_count) AS n FROM {table.full_name} GROUP BY {by}"
    return Check(
        f"{table.name}_within_{whole.name}",
        "error",
        f"SELECT COUNT(*) AS observed FROM ({top}) AS a LEFT JOIN {whole.full_name} AS b "
        "ON a.listen_date = b.listen_date AND a.track_genre = b.track_genre "
        "WHERE b.listen_count IS NULL OR a.n > b.listen_count",
        hint=RECOMPUTE,
    )


def books_balance(table: Table, more: str = "") -> Check:
    """What was read is what became of it; observed is how many books do not balance."""
    went = " + ".join(OUTCOMES)
    sql = f"SELECT COUNT(*) AS observed FROM {table.full_name} WHERE COALESCE(read{more} <> {went}, TRUE)"
    return Check(f"{table.name}_balance", "error", sql)


def do_not_overlap(table: Table, other: Table) -> Check:
    """No key of `table` is in `other`."""
    on = " AND ".join(f"a.{name} = b.{name}" for name in table.key)
    sql = f"SELECT COUNT(*) AS observed FROM {table.full_name} AS a JOIN {other.full_name} AS b ON {on}"
    return Check(f"{table.name}_not_in_{other.name}", "error", sql)


def is_fresh(publisher: str, hours: float) -> Check:
    """Hours since the last publish."""
    return Check(
        "hours_since_publish",
        "warn",
        "SELECT ({now} - EXTRACT(EPOCH FROM MAX(published_at))) / 3600.0 AS observed "
        f"FROM {tables.PUBLICATION.full_name} WHERE name = '{publisher}'",
        at_most(hours),
        "nothing was published for long: look at the workflow's runs",
    )


MUSIC = Suite(
    publisher="music",
    datasets=("users", "songs", "streams"),
    tables=tables.MUSIC_TABLES,
    checks=(
        *(was_delivered(dataset) for dataset in ("users", "songs", "streams")),
        is_filled(tables.USERS, "users"),
        is_filled(tables.SONGS, "songs"),
        is_filled(tables.STREAMS, "streams"),
        *(rows_of(table) for table in (tables.USERS, tables.SONGS, tables.STREAMS, tables.PENDING_STREAMS)),
        *(keys_are_unique(table) for table in tables.MUSIC_TABLES),
        *(keys_are_present(table) for table in tables.MUSIC_TABLES),
        refers_to(tables.STREAMS, tables.USERS, "user_id"),
        refers_to(tables.STREAMS, tables.SONGS, "track_id"),
        adds_up(tables.HOURLY_KPIS, "total_plays", "streams_rows"),
        adds_up(tables.GENRE_KPIS, "listen_count", "streams_rows"),
        adds_up(tables.GENRE_DAILY_KPIS, "listen_count", "streams_rows"),
        adds_up(tables.USER_FEATURES, "total_plays", "streams_rows"),
        adds_up(tables.TRACK_TOTALS, "plays", "streams_rows"),
        adds_up(tables.USER_TRACK_TOTALS, "plays", "streams_rows"),
        adds_up(tables.USER_DAYS, "plays", "streams_rows"),
        shares_sum_to_one(tables.GENRE_KPIS, "popularity_index"),
        shares_sum_to_one(tables.GENRE_DAILY_KPIS, "popularity_index", "listen_date"),
        ranks_have_no_gaps(tables.DAILY_TOP_TRACKS, 3, "listen_date", "track_genre"),
        ranks_have_no_gaps(tables.DAILY_TOP_GENRES, 5, "listen_date"),
        counts_within(tables.DAILY_TOP_TRACKS, tables.GENRE_DAILY_KPIS),
        counts_within(tables.DAILY_TOP_GENRES, tables.GENRE_DAILY_KPIS),
        do_not_overlap(tables.PENDING_STREAMS, tables.STREAMS),
        books_balance(tables.LOAD_RUNS, " + pending_before"),
        books_balance(tables.LOAD_FILES),
        is_fresh("music", STALE_HOURS),
    ),
)

STAR = tuple(table for table in SPARKIFY_TABLES if table not in (sparkify.STAGING_EVENTS, sparkify.STAGING_SONGS))

SPARKIFY = Suite(
    publisher="sparkify",
    datasets=("log_data", "song_data"),
    tables=SPARKIFY_TABLES,
    checks=(
        *(was_delivered(dataset) for dataset in ("log_data", "song_data")),
        *(is_filled(table, "log_data") for table in (sparkify.SONGPLAYS, sparkify.USERS, sparkify.TIME)),
        *(is_filled(table, "song_data") for table in (sparkify.SONGS, sparkify.ARTISTS)),
        *(rows_of(table) for table in STAR),
        *(keys_are_unique(table) for table in SPARKIFY_TABLES),
        *(keys_are_present(table) for table in SPARKIFY_TABLES),
        refers_to(sparkify.SONGPLAYS, sparkify.SONGS, "song_id"),
        refers_to(sparkify.SONGPLAYS, sparkify.ARTISTS, "artist_id"),
        refers_to(sparkify.SONGPLAYS, sparkify.USERS, "user_id"),
        refers_to(sparkify.SONGPLAYS, sparkify.TIME, "start_time"),
        refers_to(sparkify.SONGS, sparkify.ARTISTS, "artist_id"),
        refers_to(sparkify.TIME, sparkify.SONGPLAYS, "start_time"),
        refers_to(sparkify.USERS, sparkify.SONGPLAYS, "user_id"),
        is_fresh("sparkify", STALE_HOURS),
    ),
)

SUITES = (MUSIC, SPARKIFY)
