"""`make report` where there is nothing to report, and where `make run` finds its page."""

import io
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from demo import html_report
from glue_jobs.lib.quality.suites import SUITES


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(html_report, "FOLDER", tmp_path / "reports")
    return tmp_path / "reports"


def stack_of(get_object):
    config = SimpleNamespace(values={"lake_bucket": "music-lake"})
    return SimpleNamespace(client=lambda name: SimpleNamespace(get_object=get_object), config=config)


def test_it_says_what_to_do_when_no_stack_is_up(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path / "none"))
    assert html_report.main([]) == 1
    assert "make run" in capsys.readouterr().out


def test_a_warehouse_without_tables_has_no_page(folder):
    empty = SimpleNamespace(execute=lambda *given: SimpleNamespace(fetchone=lambda: (None,)))
    assert html_report.rebuild(empty, SUITES[0]) is None
    assert not folder.exists()


def test_the_page_of_the_last_run_comes_to_this_machine(folder):
    def get_object(*, Bucket, Key):
        assert (Bucket, Key) == ("music-lake", "reports/streams/latest.html")
        return {"Body": io.BytesIO(b"<!doctype html>")}

    path = html_report.fetch(stack_of(get_object), "streams")
    assert path == folder / "streams.html"
    assert path.read_bytes() == b"<!doctype html>"


def test_a_run_without_a_page_is_told(folder):
    def get_object(**given):
        raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")

    assert html_report.fetch(stack_of(get_object), "streams") is None
    console = Console(width=80, record=True, file=io.StringIO())
    html_report.print_place(console, None)
    assert "the log of check_quality says why" in console.export_text()


def test_the_place_is_the_last_line_whole():
    console = Console(width=40, record=True, file=io.StringIO())
    html_report.print_place(console, html_report.FOLDER / ("long " * 30) / "streams.html")
    assert console.export_text().splitlines()[-1].endswith("streams.html")
