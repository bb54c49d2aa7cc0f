"""Drives Terraform as a person would, on a copy of the module."""

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
MIRROR = PROJECT.parent / "shared" / "tools" / "terraform-mirror"
LOCAL = ("-var-file=environments/local.tfvars",)
UNTOUCHED = ("noop", "read")


class UnavailableError(Exception):
    """Terraform or its provider is not available."""


class Terraform:
    """Terraform in a folder, with the provider from a copy on this machine or downloaded; variables by TF_VAR_…."""

    def __init__(self, folder: Path, **variables: Any) -> None:
        self.folder = folder
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TF_"))}
        given = {f"TF_VAR_{name}": json.dumps(value) for name, value in variables.items()}
        given |= {f"TF_VAR_{name}": value for name, value in variables.items() if isinstance(value, str)}
        # The provider makes its 1,500 schemas at each start; collecting garbage less often saves a third of that time.
        quiet = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "GOGC": "200"}
        self.environment = {**kept, **quiet, **provider_source(), **given}

    def __call__(self, *arguments: str, codes: tuple[int, ...] = (0,), timeout_s: float = 600) -> str:
        """Runs a command; returns its output.

        Raises:
            AssertionError: The exit code is not one of `codes`; the message has the errors.
        """
        done = subprocess.run(
            ["terraform", *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True,
            timeout=timeout_s, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said = done.stdout + done.stderr
        errors = said[said.find("Error:") :] if "Error:" in said else said[-5000:]
        assert done.returncode in codes, f"terraform {' '.join(arguments)} ended with {done.returncode}:\n{errors}"
        self.code = done.returncode
        return done.stdout

    def init(self) -> "Terraform":
        """Prepares the folder.

        Raises:
            UnavailableError: There is no Terraform, or its provider cannot be reached.
        """
        if not shutil.which("terraform"):
            raise UnavailableError("Terraform is not installed: https://developer.hashicorp.com/terraform/install")
        try:
            self("init", "-backend=false", "-input=false", "-no-color", timeout_s=240)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            raise UnavailableError(
                f"Terraform's AWS provider cannot be installed: {' '.join(str(error).split())}"
            ) from error
        return self

    def apply(self, *options: str) -> str:
        """Creates what the configuration says."""
        return self("apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=20", *options)

    def plan(self, *options: str) -> dict[str, str]:
        """What would change: the action by resource or output; empty if nothing would."""
        common = ("-input=false", "-json", "-parallelism=20", "-detailed-exitcode", "-out=next.tfplan")
        said = self("plan", *common, *options, codes=(0, 2))
        events = [json.loads(line) for line in said.splitlines()]
        resources = [event["change"] for event in events if event["type"] == "planned_change"]
        changes = {change["resource"]["addr"]: change["action"] for change in resources}
        outputs = next((event["outputs"] for event in events if event["type"] == "outputs"), {})
        changes |= {f"output.{name}": output["action"] for name, output in outputs.items() if "action" in output}
        changes = {where: action for where, action in changes.items() if action not in UNTOUCHED}
        assert bool(changes) == (self.code == 2), (
            f"plan ended with {self.code}, but would change {changes or 'nothing'}"
        )
        return changes

    def apply_plan(self) -> str:
        """Applies the last `plan`."""
        return self("apply", "-input=false", "-no-color", "-parallelism=20", "next.tfplan")

    def outputs(self) -> dict[str, Any]:
        """Values of the outputs."""
        return {name: output["value"] for name, output in json.loads(self("output", "-json")).items()}

    def destroy(self, *options: str) -> str:
        """Deletes everything."""
        return self("destroy", "-auto-approve", "-input=false", "-no-color", "-parallelism=20", *options)


@contextmanager
def local_environment(make_folder: Callable[[str], Path]) -> Iterator[tuple[Any, Path]]:
    """An empty stack, and a copy of the module that can be applied to it.

    Raises:
        UnavailableError: There is no Terraform, or its provider cannot be reached.
    """
    from local_glue.stack import Stack

    folder = make_folder("deployed")
    package(folder / "build")
    module = copy_module(folder)
    Terraform(module).init()
    stack = Stack.start(PROJECT, make_folder("stack") / "home", empty=True)
    try:
        yield stack, module
    finally:
        stack.stop()


def addresses(stack: Any) -> dict[str, Any]:
    """The variables that are known only once the stack is up."""
    from local_glue.postgres.cluster import jdbc_url

    urls = {name: jdbc_url(database, stack.postgres) for name, database in stack.config.databases.items()}
    databases = {"rds": urls["rds"], "redshift": urls["warehouse"]}
    existing = {name: {"mode": "existing", "jdbc_url": url} for name, url in databases.items()}
    return {"endpoint_url": stack.endpoint_url, **existing}


def provider_source() -> dict[str, str]:
    """Where the provider comes from: a copy on this machine, otherwise a download that is kept for the next time."""
    if MIRROR.exists():
        said = subprocess.run([str(MIRROR)], capture_output=True, text=True).stdout
        found = re.search(r"TF_CLI_CONFIG_FILE='([^']+)'", said)
        if found:
            return {"TF_CLI_CONFIG_FILE": found[1]}
    cache = PROJECT / "build" / "terraform-plugins"
    cache.mkdir(parents=True, exist_ok=True)
    return {"TF_PLUGIN_CACHE_DIR": str(cache), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}


def copy_module(folder: Path) -> Path:
    """A copy of what Terraform reads, so that neither state nor changes touch the project; returns the module."""
    for name in ("terraform", "glue_jobs"):
        ignored = shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfplan", "__pycache__")
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    return folder / "terraform"


def package(folder: Path) -> None:
    """Makes what `make package` puts into build/: the library archive, and one wheel from an installed distribution."""
    from local_glue.provision.code import package as package_libraries

    package_libraries(PROJECT, folder)
    (folder / "wheels").mkdir()
    driver = distribution("pg8000")
    with zipfile.ZipFile(folder / "wheels" / f"pg8000-{driver.version}-py3-none-any.whl", "w") as wheel:
        for file in driver.files or ():
            if not str(file).startswith("..") and file.suffix != ".pyc":
                wheel.write(driver.locate_file(file), str(file))
