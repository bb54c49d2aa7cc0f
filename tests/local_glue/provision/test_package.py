import zipfile
from pathlib import Path

from local_glue.provision.package import package

PROJECT = Path(__file__).parents[3]


def describe_package():
    def it_builds_the_same_bytes_from_the_same_sources(tmp_path):
        (first,), (second,) = package(PROJECT, tmp_path / "a"), package(PROJECT, tmp_path / "b")
        assert first.read_bytes() == second.read_bytes()

    def it_keeps_the_import_path_and_no_caches(tmp_path):
        names = zipfile.ZipFile(package(PROJECT, tmp_path)[0]).namelist()
        assert {"glue_jobs/__init__.py", "glue_jobs/lib/__init__.py", "glue_jobs/lib/contracts/__init__.py"} <= set(
            names
        )
        assert all(name.startswith("glue_jobs/") and name.endswith(".py") for name in names)
