"""Each module imports only what is below it; imports inside functions and for type checkers count too."""

import ast
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import glue_jobs
import local_glue
from local_glue.job import STANDIN

PACKAGES = {package.__name__: Path(package.__file__).parent for package in (glue_jobs, local_glue)}
SCRIPTS = sorted(file.stem for file in PACKAGES["glue_jobs"].glob("*.py") if file.stem != "__init__")
LAYERS = {
    "glue_jobs": (
        *("lib.run", "lib.contracts", "lib.files", "lib.books", "lib.intake", "lib.rows", "lib.warehouse", "lib.load"),
        *(
            "lib.upkeep",
            "lib.quality",
            "lib.catalogue",
            "lib.plays",
            "lib.sparkify",
            "lib.erasure",
            "lib.report",
            SCRIPTS,
        ),
    ),
    "local_glue": (
        (
            "errors",
            "environment",
            "machine",
            "pip_settings",
            "uv",
            "toml",
            "config",
            "home",
            "java",
            "versions",
            "faults",
            "bookmarks",
            "access",
            "runs",
            "waiting",
            "warned",
        ),
        *(
            "postgres",
            "job",
            "runner",
            "provision",
            "console",
            "endpoint",
            ("lifecycle", "stack", "resume"),
            ("doctor", "precompile", "pytest"),
            "cli",
            "template",
        ),
    ),
}
"""From bottom to top; modules of one layer may import each other, but not in a circle."""


def module_name(file):
    parts = file.relative_to(STANDIN if file.is_relative_to(STANDIN) else file_root(file)).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def file_root(file):
    return next(folder.parent for folder in PACKAGES.values() if file.is_relative_to(folder))


def trees(package):
    return {module_name(file): ast.parse(file.read_text()) for file in PACKAGES[package].rglob("*.py")}


TREES = {package: trees(package) for package in PACKAGES}
MODULES = {name for modules in TREES.values() for name in modules}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in names)


def layer(package, module):
    """The module's place in LAYERS; -1 for the packages around them, which have no code."""
    path = module.removeprefix(f"{package}.") if not module.startswith("awsglue") else "job"
    layers = [[layer] if isinstance(layer, str) else layer for layer in LAYERS[package]]
    places = [n for n, names in enumerate(layers) for name in names if path == name or path.startswith(f"{name}.")]
    assert places or module in (package, f"{package}.lib"), f"{module} stands in no layer"
    return places[0] if places else -1


@pytest.mark.parametrize("package", PACKAGES)
def describe_imports():
    def it_has_no_circle(package):
        TopologicalSorter({module: set(imported(tree)) for module, tree in TREES[package].items()}).prepare()

    def it_never_runs_back_up(package):
        modules = TREES[package]
        found = [(name, other) for name, tree in modules.items() for other in imported(tree) if other in modules]
        assert [pair for pair in found if layer(package, pair[1]) > layer(package, pair[0])] == []

    def it_knows_nothing_of_the_other_package(package):
        (other,) = set(PACKAGES) - {package}
        assert [name for name, tree in TREES[package].items() if any(m.startswith(other) for m in imported(tree))] == []

    def it_has_no_two_classes_of_one_name(package):
        trees = TREES[package].values()
        names = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
        assert [name for name, count in names.items() if count > 1] == []
