"""The environment variables of the processes that this package starts: what the user's shell sets for other programs
stays outside, and what leads to the stack and to equal results on every machine is set.

Only the standard library is imported here: the command line needs this before anything that PYTHONPATH could replace.
"""

import os
import pwd
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost")
NO_PROXY = ("NO_PROXY", "no_proxy")
KEPT = (
    "AWS_CA_BUNDLE",  # for calls that a script makes to other places
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONUTF8"),
)
AWS = ("AWS_", "MOTO_")
POSTGRES = ("PG",)
PYTHON = ("PYTHON",)
JVM = (
    *("SPARK_", "PYSPARK_", "HADOOP_", "HDFS_", "YARN_", "HIVE_", "MAPRED_"),
    *("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"),
    # Spark is started by shell scripts, which these change.
    *("BASH_ENV", "BASH_FUNC_", "BASHOPTS", "SHELLOPTS", "CDPATH"),
)
LOCALE = ("LC_", "LANG")
MATPLOTLIB = "MPLCONFIGDIR"
DROPPED = (*AWS, *POSTGRES, *PYTHON, *JVM, *LOCALE)
"""Beginnings of the names of variables that no process gets from the user's shell."""

UTF_8 = {"LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8", "PYTHONUTF8": "1"}
SPARK = {
    # Spark's Python workers must be this interpreter, with its packages, not the python3 on PATH.
    "PYSPARK_PYTHON": sys.executable,
    "PYSPARK_DRIVER_PYTHON": sys.executable,
    # Otherwise Spark asks for the address of this machine's name, which not every machine can resolve.
    "SPARK_LOCAL_IP": LOOPBACK[0],
    "SPARK_LOCAL_HOSTNAME": LOOPBACK[0],
}
NO_AWS_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

_changing = threading.RLock()


def is_dropped(name: str, dropped: tuple[str, ...] = DROPPED) -> bool:
    """Whether a variable of the user's shell stays outside."""
    return name.startswith(dropped) and name not in KEPT


def kept(environ: Mapping[str, str], dropped: tuple[str, ...] = DROPPED) -> dict[str, str]:
    """The variables of a shell without those that are dropped."""
    return {name: value for name, value in environ.items() if not is_dropped(name, dropped)}


def drop(environ: MutableMapping[str, str], dropped: tuple[str, ...] = DROPPED) -> None:
    """Removes the variables that are dropped."""
    for name in [name for name in environ if is_dropped(name, dropped)]:
        del environ[name]


def no_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """NO_PROXY and no_proxy with this machine added to what they list; tools differ in which of them they read."""
    listed = [part.strip() for name in NO_PROXY for part in environ.get(name, "").split(",") if part.strip()]
    if "*" in listed:  # no proxy at all, which Python understands only alone
        return dict.fromkeys(NO_PROXY, "*")
    return dict.fromkeys(NO_PROXY, ",".join(dict.fromkeys([*listed, *LOOPBACK])))


def of_process(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the endpoint and, with what leads to it, of job processes. Proxies stay, for other places."""
    path = environ.get("PATH") or os.defpath
    own = {**kept(environ), **for_matplotlib(environ), **no_proxy(environ)}
    return {**own, **NO_AWS_FILES, **UTF_8, **SPARK, "PATH": path, "TZ": "UTC"}


def for_matplotlib(environ: Mapping[str, str]) -> dict[str, str]:
    """Where matplotlib, which Glue preinstalls, keeps what it knows of fonts, if that cannot be the user's home.

    Without it each import would warn of that, and look for all fonts again.
    """
    if environ.get(MATPLOTLIB) or (folder := own_folder()) == _home():
        return {}
    return {MATPLOTLIB: str(folder / "matplotlib")}


def of_postgres(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of PostgreSQL's programs, without the user's libraries, which could replace the wheel's."""
    found = {name: environ[name] for name in ("PATH", "TMPDIR") if environ.get(name)}
    return {"PATH": os.defpath, **found, "LC_ALL": "C", "TZ": "UTC"}


@contextmanager
def without(dropped: tuple[str, ...]) -> Iterator[None]:
    """Sets variables of this process aside, for libraries that read them whatever they are told."""
    with _changing:
        aside = {name: value for name, value in os.environ.items() if is_dropped(name, dropped)}
        drop(os.environ, dropped)
        try:
            yield
        finally:
            os.environ.update(aside)


@contextmanager
def variables(given: Mapping[str, str], dropped: tuple[str, ...]) -> Iterator[None]:
    """Gives this process other variables for a time; afterwards restores all, also those that were changed within."""
    with _changing:
        before = dict(os.environ)
        drop(os.environ, dropped)
        os.environ.update(given)
    try:
        yield
    finally:
        with _changing:
            for key in set(os.environ) - set(before):
                del os.environ[key]
            os.environ.update({k: v for k, v in before.items() if os.environ.get(k) != v})


def of_command_line(environ: Mapping[str, str], encoding: str, package: Path) -> dict[str, str]:
    """The environment that the command line should have been started with.

    Args:
        environ: the one that it was started with.
        encoding: that of file names in this process.
        package: the folder of local_glue; the entry of PYTHONPATH that leads to it stays.
    """
    wanted = kept(environ, PYTHON)
    parts = environ.get("PYTHONPATH", "").split(os.pathsep)
    if str(package.parent) in parts:
        wanted["PYTHONPATH"] = str(package.parent)
    if encoding.lower().replace("-", "") != "utf8":
        wanted["PYTHONUTF8"] = "1"
    return wanted


def start_afresh(execute: Callable[..., object] = os.execve) -> None:
    """Starts this command again if the user's shell changes how Python works: its import path, encoding, warnings."""
    wanted = of_command_line(os.environ, sys.getfilesystemencoding(), Path(__file__).resolve().parent)
    if wanted != dict(os.environ):
        sys.stdout.flush()
        execute(sys.executable, [sys.executable, *sys.orig_argv[1:]], wanted)


def has_name() -> bool:
    """Whether the list of accounts has the user of this process; containers may run with any id."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


@lru_cache(maxsize=1)
def knows_itself() -> bool:
    """Whether the name of this machine leads to an address."""
    try:
        return bool(socket.getaddrinfo(socket.gethostname(), None))
    except OSError:
        return False


def own_folder() -> Path:
    """The user's home folder, or one in the system's temporary folder for users who have none or cannot write to it."""
    home = _home()
    if home and home != Path("/") and os.access(home, os.W_OK | os.X_OK):
        return home
    folder = Path(tempfile.gettempdir()) / f"local-glue-home-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        # Jars and packages that are kept here are executed: nobody else may put any there.
        return Path(tempfile.mkdtemp(prefix=f"{folder.name}-"))
    return folder


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and no entry in the list of accounts
        return None
