"""The configuration of a project: `[tool.local_glue]` in its pyproject.toml."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_glue import toml
from local_glue.errors import ConfigError

HOME_VARIABLE = "LOCAL_GLUE_HOME"
ENGINES = ("redshift", "postgresql")


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket to provide."""

    name: str
    versioning: bool = False


@dataclass(frozen=True)
class Library:
    """A package folder that is zipped into the scripts bucket, for --extra-py-files."""

    package: str
    key: str


@dataclass(frozen=True)
class Database:
    """A PostgreSQL database that stands in for RDS (`postgresql`) or Redshift (`redshift`)."""

    name: str
    engine: str
    dbname: str
    user: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Connection:
    """A Glue connection to one of the databases; its secret holds username and password."""

    name: str
    database: str
    secret: str


@dataclass(frozen=True)
class DynamoIndex:
    """A global secondary index of a DynamoDB table; keys are strings."""

    name: str
    hash_key: str
    range_key: str | None = None


@dataclass(frozen=True)
class DynamoTable:
    """A DynamoDB table to provide; keys are strings."""

    name: str
    hash_key: str
    range_key: str | None = None
    indexes: tuple[DynamoIndex, ...] = ()


@dataclass(frozen=True)
class Config:
    """All of `[tool.local_glue]`, with the folder it was read from."""

    project: Path
    region: str = "us-east-1"
    landing_bucket: str | None = None
    scripts_bucket: str | None = None
    workflows: str | None = None
    buckets: tuple[Bucket, ...] = ()
    libraries: tuple[Library, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    databases: dict[str, Database] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    dynamodb_tables: tuple[DynamoTable, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that `local-glue env` prints in addition to AWS's; `${…}` are the stack's addresses."""
    glue_versions: dict[str, str] = field(default_factory=dict)
    """The lock file of each version of Glue that has an environment of its own."""
    explain: str | None = None
    """A command of the project's that tells more of a run in which jobs warned; `${run}` is the run's id."""
    minute_seconds: float = 60.0
    """How long a minute of a job's timeout lasts; only tests shorten it."""

    def known_databases(self) -> dict[str, dict[str, str]]:
        """What a stack's state says of each database."""
        return {n: {"engine": d.engine, "dbname": d.dbname, "user": d.user} for n, d in self.databases.items()}

    def locks(self) -> dict[str, Path]:
        """The lock files of `glue_versions`, by the name of the version."""
        return {name: self.project / file for name, file in self.glue_versions.items()}


def find_project(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: the current one) whose pyproject.toml has [tool.local_glue]."""
    folder = (start or Path.cwd()).resolve()
    for candidate in (folder, *folder.parents):
        file = candidate / "pyproject.toml"
        if file.is_file() and "local_glue" in _read(file).get("tool", {}):
            return candidate
    raise ConfigError(
        f"no pyproject.toml with [tool.local_glue] in {folder} or above it: change into the project's folder"
    )


def home_for(project: Path | None) -> Path:
    """The state folder: $LOCAL_GLUE_HOME, or `.local_glue` in the project."""
    if os.environ.get(HOME_VARIABLE):
        return Path(os.environ[HOME_VARIABLE]).expanduser().resolve()
    return (project or find_project()).resolve() / ".local_glue"


def load_config(project: Path) -> Config:
    """Reads `[tool.local_glue]` of the project.

    Raises:
        ConfigError: a key is unknown or missing, or names something that is not defined.
    """
    file = project / "pyproject.toml"
    if not file.is_file():
        raise ConfigError(f"{file} is missing: local_glue reads [tool.local_glue] there")
    section = dict(_read(file).get("tool", {}).get("local_glue", {}))
    try:
        section["buckets"] = tuple(Bucket(**b) for b in section.get("buckets", ()))
        section["libraries"] = tuple(Library(**x) for x in section.get("libraries", ()))
        section["values"] = {k: str(v) for k, v in section.get("values", {}).items()}
        section["environment"] = {k: str(v) for k, v in section.get("environment", {}).items()}
        section["databases"] = {k: _database(k, v) for k, v in section.get("databases", {}).items()}
        section["connections"] = {k: Connection(name=k, **v) for k, v in section.get("connections", {}).items()}
        section["dynamodb_tables"] = tuple(_table(t) for t in section.get("dynamodb_tables", ()))
        config = Config(project=project.resolve(), **section)
    except (TypeError, AttributeError) as error:
        raise ConfigError(f"[tool.local_glue] in {file}: {error}") from error
    _check(config, file)
    return config


def _read(file: Path) -> dict[str, Any]:
    try:
        return toml.loads(file.read_text(encoding="utf-8"))
    except toml.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from error


def _database(name: str, raw: dict[str, Any]) -> Database:
    return Database(name=name, **{**raw, "groups": tuple(raw.get("groups", ()))})


def _table(raw: dict[str, Any]) -> DynamoTable:
    return DynamoTable(**{**raw, "indexes": tuple(DynamoIndex(**i) for i in raw.get("indexes", ()))})


def _check(config: Config, file: Path) -> None:
    for database in config.databases.values():
        if database.engine not in ENGINES:
            raise ConfigError(f"{file}: engine of database {database.name} must be one of {', '.join(ENGINES)}")
    for connection in config.connections.values():
        if connection.database not in config.databases:
            raise ConfigError(f"{file}: connection {connection.name} names unknown database {connection.database}")
    names = {bucket.name for bucket in config.buckets}
    for key in ("landing_bucket", "scripts_bucket"):
        name = getattr(config, key)
        if name and name not in names:
            raise ConfigError(f"{file}: {key} {name} is not among the buckets: add it to buckets")
    if (config.workflows or config.libraries) and not config.scripts_bucket:
        raise ConfigError(f"{file}: scripts_bucket is missing: jobs' scripts and libraries are uploaded there")
