"""Runs uv as pip would run on this machine: same indexes, certificates and proxy, and always for this interpreter.

uv does not read pip's settings, and installs into whatever environment the user's shell has activated. `python -m
local_glue.uv pip install …`; only the standard library is imported here, because nothing else is installed yet.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_glue.environment import own_folder

LISTS = {"extra-index-url": ("UV_INDEX", " "), "find-links": ("UV_FIND_LINKS", ","),
         "trusted-host": ("UV_INSECURE_HOST", " ")}  # fmt: skip
VALUES = {"index-url": "UV_DEFAULT_INDEX", "client-cert": "SSL_CLIENT_CERT", "timeout": "UV_HTTP_TIMEOUT",
          "default-timeout": "UV_HTTP_TIMEOUT"}  # fmt: skip
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
FOREIGN = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET",
           "UV_PREFIX")  # fmt: skip
"""Variables that would lead uv to another environment than this interpreter's."""


def pip_settings(listed: str) -> dict[str, str]:
    """The settings in what `pip config list` prints; those for `install` win over global ones, variables over both."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        name, equals, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if equals and section in found:
            found[section][key] = str(ast.literal_eval(value))
    return {**found["global"], **found["install"], **found[":env:"]}


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
    alone = ["--no-index"] if settings.get("no-index", "").lower() in ("1", "true", "yes", "on") else []
    return [*argv, *here, *alone]


def _certificates(settings: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Where pip looks for certificates: its own setting, else requests' variables."""
    for place in (settings.get("cert"), *(environ.get(name) for name in BUNDLES)):
        if place:
            return {"SSL_CERT_DIR" if Path(place).is_dir() else "SSL_CERT_FILE": place}
    return {}


def main(argv: list[str]) -> None:
    """Becomes uv, which was installed beside this interpreter."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False).stdout  # noqa: S603
    settings = pip_settings(listed)
    variables = uv_environment(settings, os.environ)
    variables.setdefault("UV_CACHE_DIR", str(_cache()))
    # Else the first runs compile what they import; where PYTHONDONTWRITEBYTECODE is set every run does, for seconds.
    variables.setdefault("UV_COMPILE_BYTECODE", "1")
    uv = Path(sys.executable).with_name("uv")
    os.execve(uv, [str(uv), *uv_command(argv, settings, sys.executable)], variables)  # noqa: S606


def _cache() -> Path:
    """uv's usual cache, or one in a folder that this user can write to."""
    return Path(os.environ.get("XDG_CACHE_HOME") or own_folder() / ".cache") / "uv"


if __name__ == "__main__":
    main(sys.argv[1:])
