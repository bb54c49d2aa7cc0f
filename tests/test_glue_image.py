"""`make test-glue`: what it asks of Docker, what it says without one, and what runs in the container."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
IMAGE = "public.ecr.aws/glue/aws-glue-libs:5"
WORKSPACE = "/home/hadoop/workspace"
COMMAND = "sh tests/glue_image/inside.sh"
ARGUMENTS = (
    *("run", "--rm", "--user", "hadoop", "--volume", f"{PROJECT}:{WORKSPACE}:ro", "--workdir", WORKSPACE),
    *(IMAGE, "-c", COMMAND),
)
STUB = '#!/bin/sh\ncase "$*" in *"ps --quiet") {ps}; exit;; esac\nprintf "%s\\n" "$@" >"{asked}"\nexit 3\n'
DOWN = 'echo "Cannot connect to the Docker daemon. Is the docker daemon running?" >&2; exit 1'


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Runs `make test-glue` where the programs are a shell's own and a docker whose `ps` does what is given."""
    programs, asked = tmp_path / "bin", tmp_path / "asked"
    programs.mkdir()
    for name in ("sh", "bash", "tail"):
        (programs / name).symlink_to(shutil.which(name))
    (programs / "python3").symlink_to(sys.executable)  # a machine may have it as python3.11 only

    def run(*variables, ps="true", **options):
        if ps is not None:
            docker = programs / "docker"
            docker.write_text(STUB.format(ps=ps, asked=asked))
            docker.chmod(0o755)
        command = [shutil.which("make"), "--no-print-directory", "test-glue", *variables]
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE} | options
        done = subprocess.run(
            command, cwd=PROJECT, env={"PATH": str(programs)}, stderr=subprocess.PIPE, text=True, check=False, **options
        )
        assert done.returncode == 2, done.stderr  # make's own, whatever the docker's
        return asked.read_text().splitlines() if asked.exists() else done.stderr.splitlines()[0]

    return run


def describe_with_an_engine():
    def it_asks_for_what_aws_documents_without_credentials(make):
        assert make() == list(ARGUMENTS)

    def it_takes_another_image_and_another_engine(make):
        asked = make("GLUE_IMAGE=example/glue:6", "DOCKER=docker --debug")
        assert asked[:2] == ["--debug", "run"]
        assert asked[-3:] == ["example/glue:6", "-c", COMMAND]

    def it_gives_the_container_a_terminal_if_there_is_one(make):
        ours, terminal = pty.openpty()
        try:
            asked = make(stdin=terminal, stdout=terminal)
        finally:
            os.close(ours)
            os.close(terminal)
        assert asked == [*ARGUMENTS[:-3], "-it", *ARGUMENTS[-3:]]


def describe_without_an_engine():
    @pytest.mark.parametrize(("ps", "reason"), [(None, "not found"), (DOWN, "Is the docker daemon running?")])
    def it_says_in_one_sentence_what_it_needs(make, ps, reason):
        said = make(ps=ps)
        assert said.startswith('make test-glue needs a container engine, and "docker ps" fails (')
        assert reason in said
        assert said.endswith("or run make test-wheel, which needs none")


def test_the_lock_file_leaves_alone_what_the_image_has():
    lock = (PROJECT / "requirements" / "glue-image.lock").read_text(encoding="utf-8").lower().splitlines()
    names = {line.partition("==")[0] for line in lock if "==" in line}
    shipped = (PROJECT / "requirements" / "glue-5.0.in").read_text(encoding="utf-8").lower().splitlines()
    assert {"chispa", "ftfy", "hypothesis", "moto", "pg8000", "pytest"} <= names
    assert not names & {"py4j", "botocore", "s3transfer", *(line.partition("==")[0] for line in shipped)}


@pytest.mark.parametrize(("glue", "others"), [("image", 1), ("wheel", 0)])
def test_what_is_left_out_is_named_with_its_reason(glue, others):
    files = [f"tests/glue_jobs/test_{name}.py" for name in ("load_sparkify", "on_glue")]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--glue={glue}", "--collect-only", *files]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "LEFT OUT: 2 tests need connections, bookmarks or S3, for which the local stack stands in" in said
    assert "    2 tests/glue_jobs/test_load_sparkify.py" in said
    assert said.count("::test_load_sparkify_builds_the_star") == others
    assert ("LEFT OUT: 1 test needs Glue's Java classes" in said) == (not others)


@pytest.mark.slow
@pytest.mark.spark
def test_the_containers_command_runs_where_only_the_images_packages_are(tmp_path):
    from local_glue.java import java_home

    python, uv = tmp_path / "bin" / "python", [sys.executable, "-m", "local_glue.uv"]
    subprocess.run([*uv, "venv", "-q", "--seed", "--python", "3.11", str(tmp_path), "--allow-existing"], check=True)
    shipped = ["-r", "requirements/glue-5.0.in", "-c", "requirements/run-5.0.lock"]
    subprocess.run([*uv, "pip", "install", "-q", "--python", str(python), *shipped], cwd=PROJECT, check=True)
    some = f"{COMMAND} --glue=wheel -k 'test_on_glue or test_songs or test_validate_files or test_rds_connection'"
    done = subprocess.run(
        ["sh", "-c", some],
        cwd=PROJECT,
        env={"PATH": f"{python.parent}:{os.environ['PATH']}", "JAVA_HOME": str(java_home()), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert f"awsglue: {tmp_path}" in done.stdout
    assert "tests need connections, bookmarks or S3" in done.stdout
    assert "LEFT OUT: 1 test needs Glue's Java classes" in done.stdout
