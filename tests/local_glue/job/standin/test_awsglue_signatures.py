"""The stand-in has the signatures of the official wheel, which a separate process reads from the wheel."""

import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest
from standin_support import standin_imports

CLASSES = {
    "awsglue.context": ["GlueContext"],
    "awsglue.job": ["Job"],
    "awsglue.dynamicframe": ["DynamicFrame", "DynamicFrameReader", "DynamicFrameWriter", "DynamicFrameCollection"],
    "awsglue.dataframereader": ["DataFrameReader"],
    "awsglue.dataframewriter": ["DataFrameWriter"],
    "awsglue.gluetypes": ["ArrayType", "BinaryType", "BooleanType", "ByteType", "ChoiceType", "DateType", "DecimalType",
                          "DoubleType", "Field", "FloatType", "IntegerType", "LongType", "MapType", "NullType",
                          "SetType", "ShortType", "StringType", "StructType", "TimestampType", "UnknownType"],
    "awsglue.transforms": ["ApplyMapping", "SelectFields", "DropFields", "RenameField", "Join", "Union", "Repartition",
                           "Coalesce", "ResolveChoice", "SelectFromCollection", "Filter", "Map", "DropNullFields",
                           "Relationalize", "UnnestFrame", "SplitFields", "MapToCollection"],
}  # fmt: skip
# Used only between the wheel's modules, and not documented.
INTERNAL = {"GlueTransform", "continuation_options", "job_bookmark_options", "job_bookmark_range_options", "id_params",
            "encryption_type_options", "data_lineage_options", "describe", "describeArgs", "describeErrors",
            "describeReturn", "describeTransform"}  # fmt: skip

DESCRIBE = """
import importlib, inspect, json, sys
def describe(cls):
    found = {}
    for name in dir(cls):
        public = not name.startswith("_") or name in ("__init__", "__call__")
        owner = next((c for c in cls.__mro__ if name in vars(c)), None)
        if public and owner is not None and owner.__module__.startswith("awsglue"):
            member = getattr(cls, name)
            if callable(member):
                parameters = inspect.signature(member).parameters.values()
                found[name] = [[p.name, p.kind.name, repr(p.default)] for p in parameters]
    return found
classes = json.loads(sys.argv[1])
names = [(m, n) for m, ns in classes.items() for n in ns]
print(json.dumps({f"{m}.{n}": describe(getattr(importlib.import_module(m), n)) for m, n in names}))
"""


@pytest.fixture(scope="module")
def official():
    answer = subprocess.run(
        [sys.executable, "-I", "-c", DESCRIBE, json.dumps(CLASSES)], capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def ours():
    with standin_imports():
        modules = {name: importlib.import_module(name) for name in CLASSES}
        assert "standin" in Path(modules["awsglue.context"].__file__).parts
        yield {
            f"{module}.{name}": getattr(modules[module], name) for module, names in CLASSES.items() for name in names
        }


@pytest.mark.parametrize("name", [f"{module}.{name}" for module, names in CLASSES.items() for name in names])
def test_every_public_method_has_the_official_signature(official, ours, name):
    differences = {}
    for method, parameters in official[name].items():
        if method in INTERNAL:
            continue
        mine = getattr(ours[name], method, None)
        if mine is None:
            differences[method] = "missing"
        elif not getattr(mine, "unsupported", False):
            found = [[p.name, p.kind.name, repr(p.default)] for p in inspect.signature(mine).parameters.values()]
            if found != parameters:
                differences[method] = (found, parameters)
    assert differences == {}


def test_an_unsupported_method_names_itself(ours):
    context = object.__new__(ours["awsglue.context.GlueContext"])
    with pytest.raises(NotImplementedError, match=r"GlueContext\.purge_table: use purge_s3_path"):
        context.purge_table("database", "table")


def test_an_unsupported_transform_names_itself(ours):
    transforms = sys.modules[ours["awsglue.transforms.Filter"].__module__]
    with pytest.raises(NotImplementedError, match="the transform SplitRows: use Filter"):
        transforms.SplitRows.apply(frame=None, comparison_dict={})


def test_getResolvedOptions_has_the_official_signature():
    code = "import inspect, awsglue.utils as u; print(inspect.signature(u.getResolvedOptions))"
    theirs = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    with standin_imports():
        utils = importlib.import_module("awsglue.utils")
        mine = inspect.signature(utils.getResolvedOptions)
    assert list(mine.parameters) == [name.strip().partition("=")[0] for name in theirs.strip().strip("()").split(",")]
