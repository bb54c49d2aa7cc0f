"""The jars for S3 and PostgreSQL that Spark does not ship: `python -m local_glue.job.jars` fetches them.

Python fetches them, as pip does its packages: over the same proxy and certificates, each with the hash in jars.toml.
"""

import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from local_glue import pip_settings, toml
from local_glue.environment import own_folder
from local_glue.errors import LocalGlueError

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

LOCK = Path(__file__).with_name("jars.toml")
MIRROR = "LOCAL_GLUE_MAVEN_MIRROR"
CENTRAL = "https://repo1.maven.org/maven2"
TIMEOUT_S, ATTEMPTS, AT_A_TIME = 60, 3, 4

Open = Callable[..., object]


@dataclass(frozen=True)
class Jar:
    """A jar in Maven's terms, and the SHA-256 of its file."""

    group: str
    artifact: str
    version: str
    digest: str

    @property
    def name(self) -> str:
        """Its file's name."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def place(self) -> str:
        """Its path in a Maven repository."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.name}"


def locked(spark: str, lock: Path = LOCK) -> list[Jar]:
    """The jars for a version of Spark: those of the Hadoop that it ships, without what it ships itself."""
    section = toml.loads(lock.read_text(encoding="utf-8"))[f"spark-{spark.partition('.')[0]}"]
    return [Jar(*name.split(":"), digest) for name, digest in section.items()]


def jars_conf() -> dict[str, str]:
    """Spark's settings for the jars, which are fetched if they are not there.

    Raises:
        LocalGlueError: see `fetch_jars`.
    """
    paths = fetch_jars()
    # Spark asks Java for Ivy's folder even if Ivy has nothing to do: Java takes the home folder from the account, not
    # from HOME, and fails if there is no account.
    return {
        "spark.jars.ivy": str(own_folder() / ".ivy2"),
        "spark.driver.extraClassPath": os.pathsep.join(map(str, paths)),
    }


def fetch_jars(jars: list[Jar] | None = None, folder: Path | None = None) -> list[Path]:
    """Fetches the jars that are not there yet; returns where they all are.

    Args:
        jars: those of the lock file for the Spark that is installed, unless given.
        folder: where they are kept; the user's cache, unless given.

    Raises:
        LocalGlueError: one could not be fetched, or is not the file that the lock file names; the message has the
            address and a remedy.
    """
    jars = locked(metadata.version("pyspark")) if jars is None else jars
    folder = folder or _cache()
    missing = [jar for jar in jars if not (folder / jar.name).is_file()]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        settings = pip_settings.read()
        fetch = opener(settings, os.environ).open
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            list(pool.map(lambda jar: _fetch(jar, folder, fetch), missing))
    return [folder / jar.name for jar in jars]


def opener(settings: Mapping[str, str], environ: Mapping[str, str]) -> "OpenerDirector":
    """What opens addresses: with the proxies of the shell or of pip, and the certificates of pip or of the system.

    Args:
        settings: pip's, by their names.
        environ: the user's shell.
    """
    # Not above: every job imports this module, and hardly any fetches a jar.
    import ssl
    from urllib.request import HTTPSHandler, ProxyHandler, build_opener

    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    place = pip_settings.certificates(settings, environ)
    if place:
        context.load_verify_locations(**{"capath" if Path(place).is_dir() else "cafile": place})
    proxies = dict.fromkeys(("http", "https"), settings["proxy"]) if settings.get("proxy") else None
    return build_opener(ProxyHandler(proxies), HTTPSHandler(context=context))


def _fetch(jar: Jar, folder: Path, fetch: Open) -> None:
    address = f"{(os.environ.get(MIRROR) or CENTRAL).rstrip('/')}/{jar.place}"
    content = _download(address, fetch)
    found = sha256(content).hexdigest()
    if found != jar.digest:
        raise LocalGlueError(
            f"{address} is not the file that {LOCK.name} names: its SHA-256 is {found}, not {jar.digest}. Does a proxy "
            f"or mirror answer with a page of its own? {MIRROR} names another Maven repository."
        )
    unfinished = folder / f"{jar.name}.{os.getpid()}"
    unfinished.write_bytes(content)
    unfinished.rename(folder / jar.name)


def _download(address: str, fetch: Open) -> bytes:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with fetch(address, timeout=TIMEOUT_S) as answer:  # type: ignore[attr-defined]
                return answer.read()
        except OSError as error:
            if attempt < ATTEMPTS and getattr(error, "code", 500) >= 500 and "CERTIFICATE" not in str(error):
                continue
            raise LocalGlueError(
                f"{address} could not be fetched: {error}. Behind a proxy set HTTPS_PROXY; if that has certificates "
                f"of its own, set PIP_CERT to a file with them; {MIRROR} names another Maven repository."
            ) from error
    raise AssertionError("unreachable")


def _cache() -> Path:
    return own_folder() / ".cache" / "local-glue" / "jars"


if __name__ == "__main__":
    try:
        fetch_jars()
    except LocalGlueError as failed:
        sys.exit(str(failed))
