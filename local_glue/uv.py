"""Runs uv as pip would run on this machine: same indexes, certificates and proxy, and always for this interpreter.

uv does not read pip's settings, and installs into whatever environment the user's shell has activated. `python -m
local_glue.uv pip install …`; only the standard library is imported here, because nothing else is installed yet.
"""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_glue import pip_settings
from local_glue.environment import own_folder

LISTS = {"extra-index-url": ("UV_INDEX", " "), "find-links": ("UV_FIND_LINKS", ","),
         "trusted-host": ("UV_INSECURE_HOST", " ")}  # fmt: skip
VALUES = {"index-url": "UV_DEFAULT_INDEX", "client-cert": "SSL_CLIENT_CERT", "timeout": "UV_HTTP_TIMEOUT",
          "default-timeout": "UV_HTTP_TIMEOUT"}  # fmt: skip
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
STORED = ("--config-settings-package", "pyspark:--build-option=--compression=stored")
"""PyPI has Spark as source only, and its 300 MB of jars are compressed already."""
FOREIGN = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET",
           "UV_PREFIX")  # fmt: skip
"""Variables that would lead uv to another environment than this interpreter's."""


def uv_environment(settings: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: what the user has set for uv itself wins over pip's settings.

    Args:
        settings: pip's, by their names.
        environ: the user's shell.
    """
    given = {VALUES[key]: value for key, value in settings.items() if key in VALUES}
    for key, (name, separator) in LISTS.items():
        # A folder that is not there is a warning to pip, and an error to uv.
        items = [item for item in settings.get(key, "").split() if not item.startswith("/") or Path(item).exists()]
        if items:
            given[name] = separator.join(items)
    if "UV_INDEX" in given:
        # pip takes a package from any index; the hashes in the lock files say whether it is the right one.
        given["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    kept = {name: value for name, value in environ.items() if name not in FOREIGN}
    proxy = dict.fromkeys(PROXIES, settings["proxy"]) if settings.get("proxy") else {}
    return {**given, **kept, **proxy, **_certificates(settings, environ)}


def uv_command(argv: Sequence[str], settings: Mapping[str, str], python: str) -> list[str]:
    """The arguments for uv: with the interpreter to install for, and with those settings that have no variable."""
    if list(argv[:2]) != ["pip", "install"]:
        return list(argv)
    here = [] if "--python" in argv else ["--python", python]
    # A lock names all packages; uv would ask Spark's source for its own, and fetch its 300 MB for that once more.
    whole = ["--no-deps"] if "--require-hashes" in argv else []
    alone = ["--no-index"] if settings.get("no-index", "").lower() in ("1", "true", "yes", "on") else []
    return [*argv, *here, *whole, *alone]


def _certificates(settings: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    place = pip_settings.certificates(settings, environ)
    return {"SSL_CERT_DIR" if Path(place).is_dir() else "SSL_CERT_FILE": place} if place else {}


def main(argv: list[str]) -> None:
    """Becomes uv: the one that was installed beside this interpreter, else that of the machine."""
    settings = pip_settings.read()
    variables = uv_environment(settings, os.environ)
    variables.setdefault("UV_CACHE_DIR", str(_cache()))
    beside = Path(sys.executable).with_name("uv")
    uv = beside if beside.exists() else shutil.which("uv")
    if not uv:
        sys.exit(f"uv is not installed: run '{sys.executable} -m pip install uv'")
    stored = STORED if argv[:2] == ["pip", "install"] else ()
    os.execve(uv, [str(uv), *uv_command(argv, settings, sys.executable), *stored], variables)  # noqa: S606


def _cache() -> Path:
    """uv's usual cache, or one in a folder that this user can write to."""
    return Path(os.environ.get("XDG_CACHE_HOME") or own_folder() / ".cache") / "uv"


if __name__ == "__main__":
    main(sys.argv[1:])
