"""local-glue without this project: its wheel in an environment that has nothing else, far from this folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local_glue import versions

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "local_glue"
NOT_INSTALLED = {"pyproject.toml", "LICENSE", "README.md", "docs"}
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
OTHERS = [version for version in ("3.10", "3.11", "3.12", "3.13") if version != HERE]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PACKAGE, check=True, capture_output=True)
    return next(folder.glob("local_glue-*.whl"))


def _uv(*arguments):
    command = [str(PROJECT / ".venv" / "bin" / "python"), "-m", "local_glue.uv", *arguments]
    subprocess.run(command, check=True, cwd=PROJECT)


def _installed(wheel, python, folder):
    """The programs of a new environment with the wheel: the packages of this one, or those that any user would get."""
    _uv("venv", "-q", "--python", sys.executable if python == HERE else versions.find_python(python), str(folder))
    glue = "" if (version := versions.running().name) == "5.1" else f"-{version}"
    locked = ["-c", f"requirements/dev{glue}.lock"] if python == HERE else []
    _uv("pip", "install", "-q", "--python", str(folder), f"{wheel}[debug,test]", *locked)
    return folder / "bin"


def describe_the_wheel():
    def it_has_every_file_of_the_package_and_no_other(wheel):
        files = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if path.is_file()]
        wanted = [path for path in files if "__pycache__" not in path.parts and not path.parts[0].startswith(".")]
        with zipfile.ZipFile(wheel) as archive:
            inside = {name.removeprefix("local_glue/") for name in archive.namelist() if ".dist-info/" not in name}
        assert inside == {str(path) for path in wanted if path.parts[0] not in NOT_INSTALLED}

    def it_brings_its_licence(wheel):
        with zipfile.ZipFile(wheel) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith("licenses/LICENSE"))
            assert archive.read(name) == (PROJECT / "LICENSE").read_bytes()

    @pytest.mark.nightly
    @pytest.mark.stack
    @pytest.mark.spark
    @pytest.mark.parametrize("python", [HERE, *(pytest.param(other, marks=pytest.mark.slow) for other in OTHERS)])
    def it_is_all_that_a_new_project_needs(wheel, python, tmp_path):
        programs = _installed(wheel, python, tmp_path / "venv")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_HOME") if name in os.environ}
        project = tmp_path / "orders"

        def call(*command, folder=project):
            done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        glue = programs / "local-glue"
        call(glue, "init", "orders", folder=tmp_path)
        where = call(programs / "python", "-c", "import local_glue; print(local_glue.__file__)")
        assert where.startswith(str(tmp_path / "venv"))
        assert "1 passed" in call(programs / "python", "-m", "pytest", "-q")

        (project / "new" / "orders").mkdir(parents=True)
        (project / "new" / "orders" / "1.csv").write_text("order_id,customer,amount\n1,Ann,9.5\n")
        call(glue, "up")
        try:
            call(glue, "put", "new")
            assert "orders SUCCEEDED" in call(glue, "run", "orders")
            said = call(glue, "query", "--csv", "SELECT * FROM orders")
            assert said.split() == ["order_id,customer,amount", "1,Ann,9.50"]
        finally:
            call(glue, "down")
