"""What checkov finds is corrected, or skipped in place with the reason. `make security` runs all of this."""

import re
import subprocess
from pathlib import Path

import pytest
from environments import installed

PROJECT = Path(__file__).parents[2]
SKIP = re.compile(r"#\s*checkov:skip=(\w*)(?::(.*))?")


def skips():
    """File and line of each skip, the check's id, the reason."""
    for file in sorted((PROJECT / "terraform").rglob("*.tf")):
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            if found := SKIP.search(line):
                yield f"{file.name}:{number}", found[1], (found[2] or "").strip()


@pytest.fixture(scope="session")
def checkov():
    """Checkov, in a separate environment because its requirements conflict with those of the jobs."""
    return installed("security") / "checkov"


def describe_skips():
    def it_has_a_reason_for_each():
        unexplained = [place for place, check, reason in skips() if not check.startswith("CKV") or len(reason) < 3]
        assert unexplained == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def describe_checkov():
    def it_finds_nothing_unexplained(checkov):
        found = subprocess.run([checkov, "--config-file", ".checkov.yaml"], cwd=PROJECT, capture_output=True, text=True)
        assert found.returncode == 0, found.stdout + found.stderr

    def it_would_find_something(checkov, tmp_path):
        (tmp_path / "open.tf").write_text('resource "aws_s3_bucket_public_access_block" "this" { bucket = "x" }\n')
        command = [checkov, "--config-file", PROJECT / ".checkov.yaml", "-d", tmp_path]
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert found.returncode == 1
        assert "CKV_AWS_53" in found.stdout
