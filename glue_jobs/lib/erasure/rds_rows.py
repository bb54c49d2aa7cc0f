"""Users in RDS: their rows of the catalogue, and what the books there say of files that were rewritten."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import pg8000.native

from glue_jobs.lib.catalogue import rds_connection, rds_sql
from glue_jobs.lib.catalogue.rds import RdsError, drop_stages
from glue_jobs.lib.catalogue.rds_connection import driver_reason
from glue_jobs.lib.contracts.columns import USER_ID
from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.erasure.archived import Archived
from glue_jobs.lib.erasure.lines import checksums_of_quoted
from glue_jobs.lib.run.arguments import JobConfig, require
from glue_jobs.lib.run.session import GlueRun

OF_USERS = "CAST(:users AS bigint[])"
BOOKS = rds_sql.BOOKS["load_files"].full_name


class UsersInRds:
    """The database behind `config.rds_connection`, where it holds a catalogue about users."""

    def __init__(self, glue: GlueRun, config: JobConfig, datasets: Sequence[Dataset], users: Collection[int]) -> None:
        self._glue, self._config, self._datasets, self._users = glue, config, datasets, sorted(users)
        names = {dataset.name for dataset in datasets}
        self._tables = [
            table for table in rds_sql.CATALOGUE.values()
            if table.dataset in names and USER_ID.name in table.column_names
        ]  # fmt: skip

    def count(self) -> dict[str, int]:
        """How many rows each table has of the users; a table that is not there has none."""
        if not self._tables:
            return {}
        with self._transaction("counting the users' rows") as db:
            return {
                f"rds.{table.name}": db.run(
                    f"SELECT count(*) FROM {table.full_name} WHERE user_id = ANY({OF_USERS})", users=self._users
                )[0][0]
                for table in self._tables
                if _is_there(db, table.full_name)
            }

    def erase(self, files: Sequence[Archived]) -> None:
        """Deletes the rows, and what dead loads staged, and has the books name the files without the users' lines."""
        if not self._tables:
            return
        with self._transaction("deleting the users' rows") as db:
            db.run(rds_sql.lock())
            drop_stages(db)
            for table in self._tables:
                if _is_there(db, table.full_name):
                    db.run(f"DELETE FROM {table.full_name} WHERE user_id = ANY({OF_USERS})", users=self._users)
            if _is_there(db, BOOKS):
                self._correct_books(db, files)

    def _correct_books(self, db: pg8000.native.Connection, files: Sequence[Archived]) -> None:
        names = {table.dataset for table in self._tables}
        for file in (file for file in files if file.dataset.name in names):
            values = "archive_key = CAST(:new AS varchar), checksum = COALESCE(CAST(:sum AS varchar), checksum)"
            statement = f"UPDATE {BOOKS} SET {values} WHERE archive_key = :old"
            db.run(statement, new=file.new_key, sum=file.checksum or None, old=file.key)
        rejected = db.run(f"SELECT dataset, checksum, header FROM {BOOKS} WHERE state = 'REJECTED' AND header <> ''")
        quoted = checksums_of_quoted(rejected, self._datasets, self._users)
        db.run(f"UPDATE {BOOKS} SET header = '' WHERE checksum = ANY(CAST(:sums AS varchar[]))", sums=quoted)

    @contextmanager
    def _transaction(self, purpose: str) -> Iterator[pg8000.native.Connection]:
        place = rds_connection.find(self._glue, require(self._config, "rds_connection"))
        db = rds_connection.connect(place, self._config.job_name)
        try:
            db.run("BEGIN")
            yield db
            db.run("COMMIT")
        except (pg8000.exceptions.Error, OSError) as cause:
            raise RdsError(f"{place} failed while {purpose}: {driver_reason(cause)}; run the job again") from cause
        finally:
            db.close()


def _is_there(db: pg8000.native.Connection, name: str) -> bool:
    return db.run("SELECT to_regclass(:name) IS NOT NULL", name=name)[0][0]
