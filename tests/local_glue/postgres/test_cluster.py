"""PostgreSQL as RDS and Redshift: installation, start, passwords, emptying."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from local_glue.config import Database
from local_glue.postgres import account, cluster, named

pytestmark = pytest.mark.stack

WAREHOUSE = Database("warehouse", "redshift", "dwh", "loader", ("readers",))
RDS = Database("rds", "postgresql", "shop", "loader")


@pytest.fixture(scope="session")  # pytest-describe sets up module fixtures again for each block
def server(tmp_path_factory):
    server = cluster.start(tmp_path_factory.mktemp("home"), [WAREHOUSE, RDS])
    yield server
    cluster.stop(server.as_dict())


def connect(server, **changes):
    options = {"host": server.host, "port": server.port, "dbname": "dwh", "user": "loader",
               "password": server.passwords["loader"], **changes}  # fmt: skip
    return psycopg.connect(**options)


def describe_a_server():
    def it_lets_in_only_with_the_password(server):
        connect(server).close()
        connect(server, dbname="shop").close()
        for wrong in ({"password": "wrong"}, {"password": ""}, {"user": "postgres"}, {"user": "nobody"}):
            with pytest.raises(psycopg.OperationalError):
                connect(server, **wrong)

    def it_is_reached_whatever_the_user_has_set_for_another(server, monkeypatch):
        theirs = {"PGSERVICE": "ghost", "PGHOSTADDR": "10.255.255.1", "PGSSLMODE": "verify-full", "PGOPTIONS": "-c x=1"}
        for name, value in theirs.items():
            monkeypatch.setenv(name, value)
        server.connect("dwh").close()
        assert {name: os.environ[name] for name in theirs} == theirs

    def it_is_set_up_as_promised(server):
        with server.connect("dwh") as connection:
            for name, value in {"fsync": "on", "TimeZone": "UTC", "lc_collate": "C", "listen_addresses": "127.0.0.1",
                                "password_encryption": "scram-sha-256", "server_encoding": "UTF8"}.items():  # fmt: skip
                row = connection.execute("SELECT current_setting(%s, true)", [name]).fetchone()
                if name == "lc_collate":
                    row = connection.execute("SELECT datcollate FROM pg_database WHERE datname = 'dwh'").fetchone()
                assert row == (value,), name

    def it_makes_users_that_own_their_database_and_are_not_superusers(server):
        with server.connect("dwh", user="loader") as connection:
            connection.execute("CREATE SCHEMA shop")
            connection.execute("CREATE TABLE shop.t AS SELECT 1 AS x")
            connection.execute("GRANT SELECT ON shop.t TO GROUP readers")
            assert connection.execute("SELECT usesuper FROM pg_user WHERE usename = 'loader'").fetchone() == (False,)

    def it_creates_only_what_is_missing(server):
        cluster.create_databases(server, [WAREHOUSE, RDS, Database("more", "postgresql", "more", "loader")])
        server.connect("more").close()

    def it_names_a_database_that_does_not_answer(server):
        gone = cluster.Server(**{**server.as_dict(), "port": cluster.free_port()})
        with pytest.raises(cluster.LocalGlueError, match="dwh"):
            gone.connect("dwh")


def describe_empty_database():
    def it_drops_all_but_the_database(server):
        with server.connect("dwh", user="loader") as connection:
            connection.execute("CREATE SCHEMA a")
            connection.execute("CREATE TABLE a.t (x int)")
            connection.execute("CREATE TABLE public.t (x int)")
        cluster.empty_database(server, WAREHOUSE)
        with server.connect("dwh", user="loader") as connection:
            schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|inf)'").fetchall()
            assert schemas == [("public",)]
            connection.execute("CREATE TABLE public.t (x int)")

    def it_does_not_wait_for_a_forgotten_transaction(server):
        open_one, idle_one = connect(server), server.connect("dwh")
        open_one.execute("CREATE TABLE public.locked (x int)")
        open_one.execute("LOCK TABLE public.locked")
        cluster.empty_database(server, WAREHOUSE)
        assert idle_one.execute("SELECT 1").fetchone() == (1,)
        idle_one.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL needs another account only for root")
def describe_as_root():
    def it_runs_as_another_account(server):
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0

    def it_works_from_folders_that_account_cannot_enter(tmp_path, monkeypatch):
        closed = tmp_path / "closed"
        package = account.installation().parent
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, closed / folder.name, ignore=shutil.ignore_patterns("include", "pginstall18"))
        closed.chmod(0o700)
        public = Path(tempfile.mkdtemp(dir="/tmp"))
        public.chmod(0o755)
        monkeypatch.setattr(account, "installation", lambda: closed / package.name / "pginstall")
        monkeypatch.setattr(account, "_public_folders", lambda: iter([public]))
        server = cluster.start(closed / "home", [WAREHOUSE])
        try:
            assert Path(server.binaries).is_relative_to(public)
            assert Path(server.data).is_relative_to(public)
            assert Path(server.data).parent.stat().st_mode & 0o777 == 0o700
            server.connect("dwh").close()
        finally:
            cluster.stop(server.as_dict())
            assert not Path(server.data).exists()
            shutil.rmtree(public)

    def it_opens_a_copy_of_what_umask_077_installed(tmp_path, monkeypatch):
        closed, public = tmp_path / "closed", Path(tempfile.mkdtemp(dir="/tmp"))
        package = account.installation().parent
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, closed / folder.name, ignore=shutil.ignore_patterns("include", "pginstall18"))
        for path in (closed, *closed.rglob("*")):
            path.chmod(path.stat().st_mode & 0o700)
        public.chmod(0o755)
        monkeypatch.setattr(account, "installation", lambda: closed / package.name / "pginstall")
        monkeypatch.setattr(account, "_public_folders", lambda: iter([public]))
        stale = public / f"local-glue-postgres-{account.version(account.PACKAGE)}-0"
        stale.mkdir(mode=0o700)  # as an earlier attempt left it
        before = os.umask(0o077)
        try:
            assert account.reachable_installation(account.account_for_postgres()).is_relative_to(public)
        finally:
            os.umask(before)
            shutil.rmtree(public)

    def it_does_not_trust_a_copy_that_is_not_ours(tmp_path):
        target = tmp_path / "copy"
        target.symlink_to("/etc")
        assert not account._copied(account.installation().parent, target)


def describe_file_systems_without_permissions():
    @pytest.mark.parametrize("refuses", [True, False])
    def it_keeps_its_data_elsewhere(tmp_path, monkeypatch, refuses):
        wanted, public = tmp_path / "stick" / "pg", tmp_path / "public"
        wanted.parent.mkdir()
        tmp_path.chmod(0o755)
        public.mkdir(mode=0o755)
        make, chmod = Path.mkdir, Path.chmod

        def mkdir(self, *_, **options):
            make(self, **options)
            if self == wanted:
                chmod(self, 0o777)

        def change(self, mode):
            if self != wanted:
                chmod(self, mode)
            elif refuses:
                raise PermissionError("Operation not permitted")

        monkeypatch.setattr(account.Path, "mkdir", mkdir)
        monkeypatch.setattr(account.Path, "chmod", change)
        monkeypatch.setattr(account, "_public_folders", lambda: iter([public]))
        assert account.reachable_data_folder(account.Account(), wanted, "key").parent == public
        assert not wanted.exists()

    def it_says_so_where_there_is_no_other(tmp_path, monkeypatch):
        monkeypatch.setattr(account, "_made_private", lambda *_: False)
        with pytest.raises(cluster.LocalGlueError, match="TMPDIR"):
            account.reachable_data_folder(account.Account(), tmp_path / "pg", "key")


def describe_a_user_without_a_name():
    def it_has_one_for_initdb(monkeypatch):
        monkeypatch.setattr(account.environment, "has_name", lambda: False)
        command = [str(part) for part in account.Account().with_name(["/usr/bin/env", "id", "-un"])]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == named.REFUSED:
            pytest.skip("this machine allows no user namespaces")
        assert done.stdout.strip() in account.UNPRIVILEGED

    def it_is_told_where_that_is_not_allowed(monkeypatch, tmp_path):
        refused = [sys.executable, "-c", f"raise SystemExit({named.REFUSED})"]
        with pytest.raises(cluster.LocalGlueError, match="/etc/passwd"):
            cluster._run(account.Account(), refused, tmp_path)


def describe_stop():
    def it_accepts_a_server_that_is_gone(tmp_path):
        server = cluster.start(tmp_path, [WAREHOUSE])
        cluster.stop(server.as_dict())
        cluster.stop(server.as_dict())
        assert not cluster.is_running(server.as_dict())

    def it_cleans_up_after_a_kill(tmp_path):
        server = cluster.start(tmp_path, [WAREHOUSE])
        os.kill(server.pid, 9)
        cluster.stop(server.as_dict())
        assert not Path(server.data).exists()
