"""`make run`: the first time, again, and when something is wrong."""

import pytest
from rich.console import Console

from demo import report, run
from demo.generate import generate

pytestmark = [pytest.mark.stack, pytest.mark.spark]

SMALL = {"days": 1, "plays": 300, "users": 60, "tracks": 90}


@pytest.fixture
def make_run(pipeline, monkeypatch, tmp_path):
    """Runs a small demo on the inline stack; returns the exit code and what was printed."""
    monkeypatch.setattr(report, "home", lambda: pipeline.stack.home.path)
    monkeypatch.setattr(run, "PROJECT", tmp_path)
    monkeypatch.setattr(run, "generate", lambda folder, workflow: generate(folder, workflow, **SMALL))

    def call():
        console = Console(width=150)
        with console.capture() as capture:
            code = run.run(console, "streams")
        return code, capture.get()

    return call


def describe_make_run():
    @pytest.mark.ci
    def it_loads_the_demo_once_and_then_only_what_is_new(make_run, pipeline):
        code, text = make_run()
        assert code == 0
        assert "Delivered" in text
        assert "streams/wrong-export.csv" in text
        assert "reject_rate_exceeded" in text
        assert "music.genre_kpis" in text
        code, text = make_run()
        assert code == 0
        assert "delivered to this stack before" in text
        assert "Nothing new" in text

    def it_fails_with_the_jobs_message(make_run, pipeline):
        pipeline.glue.delete_connection(ConnectionName="music-rds")
        code, text = make_run()
        assert code == 1
        assert "music-rds" in text
        assert "local-glue logs" in text
