"""What of the user's shell reaches our processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_glue import environment
from local_glue.access import Access
from local_glue.home import Home

PACKAGE = Path("/somewhere/local_glue")
FOREIGN = ["AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN", "PGSERVICE", "PGHOSTADDR", "SPARK_HOME",
           "SPARK_CONF_DIR", "HADOOP_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "PYTHONPATH", "PYTHONSTARTUP",
           "PYTHONIOENCODING", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "BASH_ENV", "CDPATH",
           "BASH_FUNC_cd%%", "LC_NUMERIC", "LANG"]  # fmt: skip


def describe_the_environment_of_a_process():
    @pytest.mark.parametrize("name", FOREIGN)
    def it_has_nothing_that_is_meant_for_other_programs(name):
        assert environment.of_process({name: "theirs"}).get(name) != "theirs"

    def it_has_what_else_the_user_has_set():
        theirs = {"HOME": "/home/me", "PATH": "/mine", "HTTPS_PROXY": "http://proxy:1", "AWS_CA_BUNDLE": "ca.pem"}
        assert theirs.items() <= environment.of_process(theirs).items()

    def it_is_the_same_everywhere_in_time_language_and_interpreter():
        found = environment.of_process({"LC_ALL": "C", "TZ": "Asia/Tokyo", "PYSPARK_PYTHON": "/other/python"})
        assert found["LC_ALL"].endswith(".UTF-8")
        assert (found["TZ"], found["PYTHONUTF8"], found["PYSPARK_PYTHON"]) == ("UTC", "1", sys.executable)

    def it_has_a_path_even_if_the_user_has_none():
        assert "/bin" in environment.of_process({})["PATH"]
        assert "/bin" in environment.of_postgres({})["PATH"]

    def it_gives_postgres_only_what_that_needs():
        assert set(environment.of_postgres(dict.fromkeys([*FOREIGN, "LD_LIBRARY_PATH", "HOME"], "x"))) == {
            "PATH", "LC_ALL", "TZ",
        }  # fmt: skip

    @pytest.mark.parametrize(("theirs", "expected"), [({}, "{own}/matplotlib"), ({"MPLCONFIGDIR": "/mine"}, "/mine")])
    def it_lets_matplotlib_be_silent_where_nobody_can_write_to_the_home(theirs, expected, monkeypatch, tmp_path):
        monkeypatch.setenv("HOME", "/proc/nowhere")
        monkeypatch.setattr(environment.tempfile, "gettempdir", lambda: str(tmp_path))
        found = environment.of_process({**theirs, "HOME": "/proc/nowhere"})
        assert found["MPLCONFIGDIR"] == expected.format(own=environment.own_folder())

    def it_leaves_matplotlib_alone_in_a_home_of_ones_own(monkeypatch, tmp_path):
        monkeypatch.setenv("HOME", str(tmp_path))
        assert "MPLCONFIGDIR" not in environment.of_process({})


def test_matplotlib_warns_at_a_home_that_cannot_be_written_unless_it_is_told_of_another(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/proc/nowhere")
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(environment.tempfile, "gettempdir", lambda: str(tmp_path))
    command = [sys.executable, "-c", "import matplotlib; matplotlib.get_cachedir()"]
    for variables, warns in ((os.environ, True), (environment.of_process(os.environ), False)):
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
        assert ("temporary cache directory" in done.stderr) == warns, done.stderr


def describe_no_proxy():
    @pytest.mark.parametrize(
        ("given", "listed"),
        [
            ({}, "127.0.0.1,localhost"),
            ({"NO_PROXY": "corp.example"}, "corp.example,127.0.0.1,localhost"),
            ({"no_proxy": " a , localhost", "NO_PROXY": "b"}, "b,a,localhost,127.0.0.1"),
            ({"no_proxy": "*"}, "*"),
        ],
    )
    def it_adds_this_machine_to_what_the_user_has(given, listed):
        assert environment.no_proxy(given) == {"NO_PROXY": listed, "no_proxy": listed}


def describe_variables_for_a_time():
    def it_restores_what_was_set_changed_and_removed(monkeypatch):
        monkeypatch.setenv("PGSERVICE", "theirs")
        monkeypatch.setenv("KEPT", "before")
        with environment.variables({"GIVEN": "1"}, dropped=environment.POSTGRES):
            assert "PGSERVICE" not in os.environ
            os.environ.update(KEPT="after", LEFT="behind")
        assert (os.environ["PGSERVICE"], os.environ["KEPT"]) == ("theirs", "before")
        assert not {"GIVEN", "LEFT"} & set(os.environ)


def describe_the_command_line():
    def it_starts_as_it_is_where_nothing_disturbs():
        clean = {"HOME": "/home/me", "PYTHONDONTWRITEBYTECODE": "1"}
        assert environment.of_command_line(clean, "utf-8", PACKAGE) == clean

    def it_starts_afresh_without_the_users_python_settings():
        wanted = environment.of_command_line({"PYTHONPATH": "/theirs", "PYTHONWARNINGS": "error"}, "utf-8", PACKAGE)
        assert wanted == {}

    def it_starts_afresh_in_utf_8_and_then_is_content():
        once = environment.of_command_line({}, "iso8859-1", PACKAGE)
        assert once == {"PYTHONUTF8": "1"}
        assert environment.of_command_line(once, "utf-8", PACKAGE) == once

    def it_keeps_the_path_that_leads_to_itself():
        theirs = {"PYTHONPATH": os.pathsep.join(["/theirs", str(PACKAGE.parent)])}
        once = environment.of_command_line(theirs, "utf-8", PACKAGE)
        assert once == {"PYTHONPATH": str(PACKAGE.parent)}
        assert environment.of_command_line(once, "utf-8", PACKAGE) == once

    def it_repeats_its_own_command(monkeypatch):
        called = []
        monkeypatch.setenv("PYTHONPATH", "/theirs")
        monkeypatch.setattr(sys, "orig_argv", ["python", "local-glue", "up"])
        environment.start_afresh(lambda *arguments: called.append(arguments))
        ((program, arguments, variables),) = called
        assert (program, arguments[1:]) == (sys.executable, ["local-glue", "up"])
        assert "PYTHONPATH" not in variables


def describe_the_users_folder():
    @pytest.mark.parametrize("home", ["/", "/no/such/home"])
    def it_is_another_where_the_home_is_of_no_use(home, monkeypatch, tmp_path):
        monkeypatch.setenv("HOME", home)
        monkeypatch.setattr(environment.tempfile, "gettempdir", lambda: str(tmp_path))
        folder = environment.own_folder()
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700

    def it_is_another_for_a_user_without_a_name(monkeypatch, tmp_path):
        def no_home():
            raise RuntimeError("Could not determine home directory.")

        monkeypatch.setattr(environment.Path, "home", no_home)
        monkeypatch.setattr(environment.tempfile, "gettempdir", lambda: str(tmp_path))
        assert environment.own_folder().is_dir()

    def it_is_none_that_another_user_has_prepared(monkeypatch, tmp_path):
        (tmp_path / "theirs").mkdir()
        (tmp_path / f"local-glue-home-{os.geteuid()}").symlink_to(tmp_path / "theirs")
        monkeypatch.setenv("HOME", "/")
        monkeypatch.setattr(environment.tempfile, "gettempdir", lambda: str(tmp_path))
        assert environment.own_folder().resolve() != tmp_path / "theirs"


def describe_clients():
    @pytest.mark.parametrize(
        ("name", "value"),
        [("AWS_PROFILE", "ghost"), ("AWS_DEFAULTS_MODE", "nonsense"), ("AWS_STS_REGIONAL_ENDPOINTS", "nonsense"),
         ("AWS_CONFIG_FILE", "broken"), ("AWS_SHARED_CREDENTIALS_FILE", "broken"),
         ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1"), ("HTTP_PROXY", "http://127.0.0.1:1")],
    )  # fmt: skip
    def it_reads_nothing_of_the_users_aws_settings(name, value, monkeypatch, tmp_path):
        (tmp_path / "broken").write_text("[default\nregion = ")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv(name, value)
        url = f"http://127.0.0.1:9/{name}"  # a client of its own: they are kept by address
        client = Access(Home(tmp_path), url, "eu-west-3").client("s3")
        assert (client.meta.endpoint_url, client.meta.region_name) == (url, "eu-west-3")
        assert client.meta.config.proxies == {}
