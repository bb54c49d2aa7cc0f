"""The modules of local_glue import only what is below them; imports inside functions count, too."""

import ast
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import local_glue
from local_glue.job import STANDIN

PACKAGE = Path(local_glue.__file__).parent
LAYERS = (
    {"errors", "config", "home", "java", "faults", "bookmarks", "access"},
    {"postgres"}, {"job"}, {"runner"}, {"endpoint"}, {"provision"}, {"lifecycle", "stack"}, {"cli"},
)  # fmt: skip


def module_name(file):
    parts = file.relative_to(STANDIN if file.is_relative_to(STANDIN) else PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_name(file): ast.parse(file.read_text()) for file in PACKAGE.rglob("*.py")}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in TREES)
        elif isinstance(node, ast.ImportFrom) and node.module in TREES:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in TREES else node.module for name in names)


def layer(module):
    top, _, rest = module.partition(".")
    name = "job" if top == "awsglue" else rest.partition(".")[0]
    return next(index for index, names in enumerate(LAYERS) if name in names)


def test_there_is_no_import_circle():
    TopologicalSorter({module: set(imported(tree)) for module, tree in TREES.items()}).prepare()


def test_no_import_leads_to_a_layer_above():
    modules = {module: tree for module, tree in TREES.items() if module != "local_glue"}
    upwards = [(m, other) for m, tree in modules.items() for other in imported(tree) if layer(other) > layer(m)]
    assert upwards == []


def test_no_two_classes_have_the_same_name():
    names = Counter(node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1] == []
