"""Users in the warehouse: every table with a column `user_id`, and what the books say of files that were rewritten."""

from collections.abc import Collection, Iterable, Sequence

from glue_jobs.lib.contracts import sparkify
from glue_jobs.lib.contracts.books import LOAD_FILES
from glue_jobs.lib.contracts.columns import USER_ID
from glue_jobs.lib.contracts.model import Column, Dataset, Table
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES
from glue_jobs.lib.erasure.archived import Archived
from glue_jobs.lib.erasure.lines import checksums_of_quoted
from glue_jobs.lib.load.load_run import WarehouseRun
from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.warehouse import sql

MOVE = (Column("old_key", "VARCHAR(1024)"), Column("new_key", "VARCHAR(1024)"), Column("new_checksum", "VARCHAR(64)"))
NO_MOMENT = f"start_time NOT IN (SELECT p.start_time FROM {sparkify.SONGPLAYS.full_name} AS p)"


def tables_about_users(datasets: Iterable[Dataset]) -> list[Table]:
    """The tables that say of a row which user it is about, of the schemas that the datasets fill."""
    names = {dataset.name for dataset in datasets}
    schemas = {table.schema for table in (*MUSIC_TABLES, *SPARKIFY_TABLES) if table.dataset in names}
    return [
        table
        for table in (*MUSIC_TABLES, *SPARKIFY_TABLES)
        if table.schema in schemas and USER_ID.name in table.column_names
    ]


def stage_users(run: WarehouseRun, users: Collection[int]) -> str:
    """A stage with the ids, so that no statement, which databases keep in their logs, has them."""
    ids = frame_of(run.glue.spark, [(user,) for user in sorted(users)], "user_id bigint")
    return run.warehouse.stage_keys(ids, "erased_users", (USER_ID,))


def count_rows(run: WarehouseRun, tables: Sequence[Table], users: str) -> dict[str, int]:
    """How many rows each table has of the users in the stage."""
    counts = " UNION ALL ".join(
        f"SELECT '{table.full_name}' AS name, COUNT(*) AS found FROM {table.full_name} AS t "
        f"JOIN {users} AS k ON k.user_id = t.user_id"
        for table in tables
    )
    return {row.name: row.found for row in run.ask((counts, "name string, found bigint"))}


def deletions(tables: Sequence[Table], users: str) -> list[str]:
    """DELETE of the users' rows, then of the moments that no other songplay has."""
    statements = [
        f"DELETE FROM {table.full_name} USING {users} AS s WHERE {sql.match(table, (USER_ID.name,))}"
        for table in tables
    ]
    if sparkify.SONGPLAYS in tables:
        statements.append(f"DELETE FROM {sparkify.TIME.full_name} WHERE {NO_MOMENT}")
    return statements


def corrections(
    run: WarehouseRun, files: Sequence[Archived], datasets: Sequence[Dataset], users: Collection[int]
) -> list[str]:
    """UPDATE of the books: where files are now, and no line of the users that was taken for a header."""
    statements = []
    if files:
        rows = [(file.key, file.new_key, file.checksum or None) for file in files]
        frame = frame_of(run.glue.spark, rows, ", ".join(f"{column.name} string" for column in MOVE))
        stage = run.warehouse.stage_keys(frame, "erased_files", MOVE)
        statements.append(
            f"UPDATE {LOAD_FILES.full_name} SET archive_key = s.new_key, "
            f"checksum = COALESCE(s.new_checksum, load_files.checksum) FROM {stage} AS s "
            "WHERE load_files.archive_key = s.old_key"
        )
    query = f"SELECT f.dataset, f.checksum, f.header FROM {LOAD_FILES.full_name} AS f WHERE f.state = 'REJECTED'"
    rejected = run.ask((query, "dataset string, checksum string, header string"))
    if quoted := checksums_of_quoted(rejected, datasets, users):
        sums = ", ".join(map(sql.literal, quoted))
        statements.append(f"UPDATE {LOAD_FILES.full_name} SET header = '' WHERE checksum IN ({sums})")
    return statements
