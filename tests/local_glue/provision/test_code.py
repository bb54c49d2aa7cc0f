"""The library archives of a project; no stack needed."""

import zipfile
from pathlib import Path

import pytest
from endpoint_support import make_project

from local_glue.config import Library
from local_glue.provision.code import main, package, zip_library

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


def describe_library_zips():
    def it_keeps_the_path_and_the_parents(project):
        (project / "shop/lib/__pycache__").mkdir()
        (project / "shop/lib/__pycache__/x.pyc").write_text("")
        (project / "shop/lib/terms.json").write_text("{}")
        file = project / "lib.zip"
        file.write_bytes(zip_library(project, Library("shop/lib", "lib.zip")))
        assert zipfile.ZipFile(file).namelist() == [
            "shop/__init__.py", "shop/lib/__init__.py", "shop/lib/prices.py", "shop/lib/terms.json",
        ]  # fmt: skip

    def it_is_the_same_for_the_same_content(project):
        library = Library("shop/lib", "lib.zip")
        before = zip_library(project, library)
        (project / "shop/lib/prices.py").touch()
        assert zip_library(project, library) == before


def describe_package():
    def it_builds_the_same_bytes_from_the_same_sources(tmp_path):
        (first,), (second,) = package(PROJECT, tmp_path / "a"), package(PROJECT, tmp_path / "b")
        assert first.read_bytes() == second.read_bytes()

    def it_keeps_the_import_path_and_no_caches(tmp_path):
        names = zipfile.ZipFile(package(PROJECT, tmp_path)[0]).namelist()
        assert {"glue_jobs/__init__.py", "glue_jobs/lib/__init__.py", "glue_jobs/lib/contracts/__init__.py"} <= set(
            names
        )
        assert all(name.startswith("glue_jobs/") and name.endswith((".py", ".pem")) for name in names)


def describe_the_command_line():
    def it_writes_the_archives_into_the_folder(project, tmp_path_factory, monkeypatch):
        folder = tmp_path_factory.mktemp("build")
        monkeypatch.chdir(project)
        main([str(folder)])
        assert (folder / "lib/shop.zip").is_file()

    def it_has_help(capsys):
        with pytest.raises(SystemExit):
            main(["--help"])
        assert "library archives" in capsys.readouterr().out
