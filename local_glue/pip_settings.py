"""What pip was told about the user's network: others who download here do as pip does. Only the standard library is
imported here, because at first nothing else is installed."""

import ast
import subprocess
import sys
from collections.abc import Mapping

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def read() -> dict[str, str]:
    """pip's settings, from its files and from variables."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    return parsed(subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False).stdout)  # noqa: S603 (a fixed command)


def parsed(listed: str) -> dict[str, str]:
    """The settings in what `pip config list` prints; those for `install` win over global ones, variables over both."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        name, equals, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if equals and section in found:
            found[section][key] = str(ast.literal_eval(value))
    return {**found["global"], **found["install"], **found[":env:"]}


def certificates(settings: Mapping[str, str], environ: Mapping[str, str]) -> str | None:
    """The file or folder where pip looks for certificates: its own setting, else requests' variables."""
    places = (settings.get("cert"), *(environ.get(name) for name in BUNDLES))
    return next((place for place in places if place), None)
