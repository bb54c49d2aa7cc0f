"""uv takes from pip's settings what pip would do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local_glue import pip_settings, uv
from local_glue.uv import uv_command, uv_environment

MAKEFILE = Path(__file__).parents[2] / "Makefile"
HERE = {"VIRTUAL_ENV": "/other/venv", "CONDA_PREFIX": "/conda", "UV_PYTHON": "3.9", "HOME": "/home/me"}


def describe_pip_settings():
    def it_weighs_files_and_variables_as_pip_does():
        listed = "\n".join([
            "global.index-url='https://global.example/simple'", "global.timeout='60'", "install.index-url='https://b.example'",
            ":env:.extra-index-url='https://c.example\\nhttps://d.example'", "download.index-url='https://no.example'",
        ])  # fmt: skip
        assert pip_settings.parsed(listed) == {
            "index-url": "https://b.example", "timeout": "60", "extra-index-url": "https://c.example\nhttps://d.example",
        }  # fmt: skip


def describe_the_environment_of_uv():
    def it_has_the_indexes(tmp_path):
        settings = {"index-url": "https://a.example", "extra-index-url": "https://b.example\nhttps://c.example",
                    "find-links": f"{tmp_path} /not/there", "trusted-host": "a.example b.example"}  # fmt: skip
        found = uv_environment(settings, {})
        assert found["UV_DEFAULT_INDEX"] == "https://a.example"
        assert found["UV_INDEX"] == "https://b.example https://c.example"
        assert found["UV_INDEX_STRATEGY"] == "unsafe-best-match"
        assert found["UV_FIND_LINKS"] == str(tmp_path)
        assert found["UV_INSECURE_HOST"] == "a.example b.example"

    @pytest.mark.parametrize(
        ("settings", "environ"),
        [
            ({"cert": "ca.pem"}, {"SSL_CERT_FILE": "system.pem", "REQUESTS_CA_BUNDLE": "other.pem"}),
            ({}, {"REQUESTS_CA_BUNDLE": "ca.pem"}),
            ({}, {"CURL_CA_BUNDLE": "ca.pem", "SSL_CERT_FILE": "system.pem"}),
            ({}, {"SSL_CERT_FILE": "ca.pem"}),
        ],
    )
    def it_has_pips_certificates(settings, environ):
        assert uv_environment(settings, environ)["SSL_CERT_FILE"] == "ca.pem"

    def it_has_pips_proxy():
        assert uv_environment({"proxy": "http://p:1"}, {"https_proxy": "http://q:1"})["https_proxy"] == "http://p:1"

    def it_leaves_what_is_set_for_uv_itself():
        settings, theirs = {"index-url": "https://a.example"}, {"UV_DEFAULT_INDEX": "https://mine.example"}
        assert uv_environment(settings, theirs) == theirs

    def it_leads_to_no_other_environment():
        assert uv_environment({}, HERE) == {"HOME": "/home/me"}
        assert uv_command(["pip", "install", "x"], {"no-index": "true"}, "/here/python") == [
            "pip", "install", "x", "--python", "/here/python", "--no-index",
        ]  # fmt: skip
        assert uv_command(["pip", "install", "--require-hashes"], {}, "/here/python")[2:] == [
            "--require-hashes", "--python", "/here/python", "--no-deps",
        ], "a lock names all packages"  # fmt: skip
        assert uv_command(["pip", "compile", "x"], {}, "/here/python") == ["pip", "compile", "x"]


def test_without_uv_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(pip_settings, "read", dict)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"uv is not installed: run '.*/python -m pip install uv'"):
        uv.main(["pip", "install", "x"])


@pytest.mark.skipif(not Path(sys.executable).with_name("uv").exists(), reason="uv stands in the main environment only")
def describe_uv():
    def it_is_asked_of_the_index_that_pip_has(tmp_path):
        (tmp_path / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:9/of-pip/simple\nretries = 0\n")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_"))}
        variables = {**clean, "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "UV_HTTP_RETRIES": "0"}
        command = [sys.executable, "-m", "local_glue.uv", "pip", "install", "--dry-run", "no-such-package-here"]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)
        assert done.returncode
        assert "127.0.0.1:9/of-pip/simple" in done.stderr

    def it_is_never_run_otherwise():
        assert not re.search(r"\$\(BIN\)/uv ", MAKEFILE.read_text())
