"""The doctor finds nothing on a machine on which tests run, and the remedy for each thing that may be wrong."""

import json
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from local_glue import doctor
from local_glue.cli.main import app
from local_glue.errors import LocalGlueError
from local_glue.job import jars
from local_glue.machine import Machine


def _findings(tmp_path):
    return {finding.what: finding for finding in doctor.examine(tmp_path)}


def _wrong(tmp_path):
    return {what: finding.remedy for what, finding in _findings(tmp_path).items() if finding.is_wrong}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """Neither a proxy nor a full memory of this machine counts."""
    for name in doctor.PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(doctor, "MEMORY_BYTES", 1)


def describe_a_good_machine():
    def it_has_nothing_wrong(tmp_path):
        assert _wrong(tmp_path) == {}
        assert _findings(tmp_path)["Java"].found.startswith("17 in ")

    def it_is_told_line_by_line(tmp_path, monkeypatch):
        monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
        answer = CliRunner().invoke(app, ["doctor"])
        assert answer.exit_code == 0
        assert [line.split()[0] for line in answer.output.splitlines()] == ["ok"] * len(_findings(tmp_path))

    def it_tells_programs(tmp_path, monkeypatch):
        monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
        answer = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).output)
        assert [finding["what"] for finding in answer] == list(_findings(tmp_path))


def describe_what_is_wrong():
    def it_ends_with_exit_code_1_and_the_remedy(tmp_path, monkeypatch):
        monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
        monkeypatch.setattr(doctor, "DISK_BYTES", 10**18)
        answer = CliRunner().invoke(app, ["doctor"])
        assert answer.exit_code == 1
        assert "WRONG disk for the state" in answer.output
        assert "make room" in answer.output

    def it_may_be_the_machine(tmp_path, monkeypatch):
        monkeypatch.setattr(doctor, "this_machine", lambda: Machine("Linux", "x86_64", "musl"))
        assert "glibc" in _wrong(tmp_path)["machine"]

    def it_may_be_the_network(tmp_path, monkeypatch):
        def fail():
            raise LocalGlueError("a.jar could not be fetched: set HTTPS_PROXY")

        monkeypatch.setattr(jars, "fetch_jars", fail)
        assert _wrong(tmp_path) == {"jars for S3 and PostgreSQL": "a.jar could not be fetched: set HTTPS_PROXY"}

    def it_may_be_memory(tmp_path, monkeypatch):
        monkeypatch.setattr(doctor, "MEMORY_BYTES", 10**18)
        monkeypatch.setattr(doctor, "MEMORY", tmp_path / "meminfo")
        assert _wrong(tmp_path) == {}
        (tmp_path / "meminfo").write_text("MemTotal: 900 kB\nMemAvailable:  500 kB\n")
        assert _findings(tmp_path)["free memory"].found == "0.0 GB"
        assert "end other programs" in _wrong(tmp_path)["free memory"]

    def it_may_be_a_folder(tmp_path, monkeypatch):
        monkeypatch.setattr(doctor.os, "access", lambda *_: False)
        assert "set LOCAL_GLUE_HOME" in _wrong(tmp_path)["disk for the state"]

    def it_may_be_a_proxy(tmp_path, monkeypatch):
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
        assert "HTTPS_PROXY beside ALL_PROXY" in _wrong(tmp_path)["proxy"]
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
        assert _findings(tmp_path)["proxy"].found == "HTTPS_PROXY, ALL_PROXY"
        assert _wrong(tmp_path) == {}

    def it_may_be_the_disk(tmp_path, monkeypatch):
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
        assert set(_wrong(tmp_path)) == {"disk for the state", "disk for temporary files"}
