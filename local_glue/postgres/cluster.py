"""PostgreSQL over TCP with password login: the databases that stand in for RDS and Redshift."""
# ruff: noqa: S603 (all commands are built here, without input from outside)

import hashlib
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_glue import environment
from local_glue.config import Database
from local_glue.errors import LocalGlueError
from local_glue.home import process_alive
from local_glue.postgres import named, redshift
from local_glue.postgres.account import Account, account_for_postgres, reachable_data_folder, reachable_installation

if TYPE_CHECKING:
    import psycopg

HOST = "127.0.0.1"
SUPERUSER = "postgres"
JDBC_SCHEME = {"redshift": "jdbc:redshift", "postgresql": "jdbc:postgresql"}
SETTINGS = {
    "synchronous_commit": "on",
    "autovacuum": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "unix_socket_directories": "''",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    # Passwords are random and new for each cluster; see `_initialise`.
    "scram_iterations": "1",
}


# What is committed outlives a server that is killed in both cases; that a machine loses power, only in the first. A
# stack within a test process ends with it.
LASTING = {"fsync": "on", "full_page_writes": "on"}
FLEETING = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL, as written into state.json."""

    host: str
    port: int
    pid: int
    user: str
    password: str
    data: str
    binaries: str
    passwords: dict[str, str]
    """Passwords of the users of the databases."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def connect(self, dbname: str, *, user: str | None = None) -> "psycopg.Connection":
        """A connection that commits each statement, as the superuser or as one of the databases' users."""
        import psycopg

        password = self.passwords[user] if user else self.password
        try:
            with environment.without(environment.POSTGRES):
                return psycopg.connect(
                    host=self.host, port=self.port, dbname=dbname, user=user or self.user, password=password,
                    autocommit=True, connect_timeout=10,
                )  # fmt: skip
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            raise LocalGlueError(f"database {dbname} on {self.host}:{self.port} does not answer ({reason}): "
                                 "run 'local-glue up'") from error  # fmt: skip


def jdbc_url(database: Database, server: Server) -> str:
    """The address that a Glue connection to this database has."""
    return f"{JDBC_SCHEME[database.engine]}://{server.host}:{server.port}/{database.dbname}"


def credentials(database: Database, server: Server) -> dict[str, Any]:
    """The content of a secret for this database."""
    return {"username": database.user, "password": server.passwords[database.user]}


def start(home: Path, databases: Iterable[Database], *, lasting: bool = True) -> Server:
    """Creates and starts a new cluster for this home, with its users and databases.

    Args:
        home: The state folder.
        databases: What to create in it.
        lasting: What is committed outlives a loss of power, too.

    Raises:
        LocalGlueError: PostgreSQL cannot be installed, initialised or started.
    """
    account = account_for_postgres()
    binaries = reachable_installation(account)
    key = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    folder = reachable_data_folder(account, home.resolve() / "pg", key)
    password = secrets.token_urlsafe(18)
    data = _initialise(account, binaries, folder, password, LASTING if lasting else FLEETING)
    port = free_port()
    pid = launch(account, binaries, data, port)
    databases = list(databases)
    passwords = {database.user: secrets.token_urlsafe(18) for database in databases}
    server = Server(HOST, port, pid, SUPERUSER, password, str(data), str(binaries), passwords)
    create_databases(server, databases)
    return server


def create_databases(server: Server, databases: Iterable[Database]) -> None:
    """Creates the users, groups and databases that are missing."""
    from psycopg import sql

    databases = list(databases)
    with server.connect("postgres") as connection:
        for database in databases:
            for group in database.groups:
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [group]).fetchone():
                    connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(group)))
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [database.user]).fetchone():
                statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                password = sql.Literal(server.passwords[database.user])
                connection.execute(statement.format(sql.Identifier(database.user), password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database.dbname]).fetchone():
                names = sql.Identifier(database.dbname), sql.Identifier(database.user)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(*names))
    for database in databases:
        if database.engine == "redshift":
            with server.connect(database.dbname) as connection:
                redshift.install(connection, database.dbname)


def empty_database(server: Server, database: Database) -> None:
    """Drops everything in the database; closes connections that have open transactions."""
    from psycopg import sql

    with server.connect(database.dbname) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        rows = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        ).fetchall()
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '10s'")
            for (schema,) in rows:
                connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
            connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
            connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def restore_passwords(server: Server) -> None:
    """Sets the users' passwords back to those in the secrets."""
    from psycopg import sql

    with server.connect("postgres") as connection:
        for user, password in server.passwords.items():
            statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(user), sql.Literal(password)))


def end(state: dict[str, Any], mode: str = "fast") -> None:
    """Stops the server of a state, if it still runs; its data stays."""
    data = Path(state["data"])
    if (data / "postmaster.pid").exists() and process_alive(state["pid"]):
        with suppress(LocalGlueError):  # it may have ended in the meantime
            _control(account_for_postgres(), Path(state["binaries"]), data, "stop", "-m", mode, "-w", "-t", "30")


def stop(state: dict[str, Any]) -> None:
    """Stops the server of a state, if it still runs, and removes its data."""
    end(state, "immediate")
    shutil.rmtree(Path(state["data"]).parent, ignore_errors=True)


def is_running(state: dict[str, Any]) -> bool:
    """Whether the server of a state accepts TCP connections."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((state["host"], state["port"])) == 0


def free_port() -> int:
    """A TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _initialise(account: Account, binaries: Path, folder: Path, password: str, safety: dict[str, str]) -> Path:
    data, password_file = folder / "data", folder / "password"
    shutil.rmtree(data, ignore_errors=True)
    password_file.touch(mode=0o600)
    password_file.write_text(password + "\n", encoding="utf-8")
    account.own(password_file)
    try:
        # "password" sends passwords in clear text, within this machine: a job logs in a hundred times, and the
        # computation that SCRAM needs for a login takes longer than the job's queries.
        command = [binaries / "bin" / "initdb", "-D", data, "-U", SUPERUSER, "--locale=C", "-E", "UTF8", "--no-sync",
                   "-A", "password", "-c", "scram_iterations=1", f"--pwfile={password_file}"]  # fmt: skip
        _run(account, account.with_name(command), folder)
    finally:
        password_file.unlink()
    with (data / "postgresql.conf").open("a", encoding="utf-8") as out:
        out.writelines(f"{name} = {value}\n" for name, value in {**SETTINGS, **safety}.items())
    return data


def launch(account: Account, binaries: Path, data: Path, port: int) -> int:
    """Starts the server, waits until it answers, returns its process id."""
    _control(account, binaries, data, "start", "-w", "-l", str(data.parent / "log"), "-o", f"-h {HOST} -p {port}")
    return int((data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split()[0])


def _control(account: Account, binaries: Path, data: Path, action: str, *options: str) -> None:
    _run(account, [binaries / "bin" / "pg_ctl", action, "-D", data, "-s", *options], data.parent)


def _run(account: Account, command: list[Any], folder: Path) -> None:
    """Runs a PostgreSQL program; writes its output to a file, because the started server would keep a pipe open."""
    log = folder / "control.log"
    with log.open("wb") as out:
        options = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out, "cwd": "/", "start_new_session": True}
        done = subprocess.run([str(part) for part in command], **options, **account.run_options())
    if done.returncode == named.REFUSED:
        raise LocalGlueError(
            f"user id {os.geteuid()} has no entry in /etc/passwd, without which PostgreSQL's initdb does not run: "
            "add one as root, or run as a user that has one"
        )
    if done.returncode:
        said = " ".join(log.read_text(encoding="utf-8", errors="replace").split())
        own_log = folder / "log"
        tail = own_log.read_text(encoding="utf-8", errors="replace")[-500:] if own_log.exists() else ""
        raise LocalGlueError(f"{Path(command[0]).name} failed with code {done.returncode}: {said} {tail}".strip())
