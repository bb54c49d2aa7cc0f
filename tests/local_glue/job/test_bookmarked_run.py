"""What a job run reads and saves in each bookmark mode."""

import pytest

from local_glue.bookmarks import BookmarkStore
from local_glue.job.bookmarked_run import DISABLE, ENABLE, PAUSE, BookmarkedRun


def describe_BookmarkedRun():
    @pytest.fixture(autouse=True)
    def home(tmp_path, monkeypatch):
        monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
        return BookmarkStore(tmp_path)

    def _start(mode, **options):
        return BookmarkedRun.start("job", {"job_bookmark_option": mode, "JOB_RUN_ID": "jr_now", **options})

    def it_has_no_bookmark_without_a_context_or_when_disabled(home):
        assert _start(ENABLE).bounds("") is None
        assert _start(DISABLE).bounds("ctx") is None

    def it_saves_all_contexts_on_commit_only(home):
        run = _start(ENABLE)
        run.record("a", {"n": 1})
        run.record("b", {"n": 2})
        assert home.states("job") == {}
        run.commit()
        assert home.states("job") == {"a": {"n": 1}, "b": {"n": 2}}

    @pytest.mark.parametrize("mode", [DISABLE, PAUSE])
    def it_saves_nothing_when_disabled_or_paused(home, mode):
        run = _start(mode)
        run.record("a", {"n": 1})
        run.commit()
        assert home.get("job") is None

    def it_reads_between_two_runs_when_paused_with_a_range(home):
        for n in (1, 2, 3):
            home.save("job", f"jr_{n}", 0, {"a": {"n": n}})
        run = _start(PAUSE, job_bookmark_from="jr_1", job_bookmark_to="jr_2")
        assert run.bounds("a") == ({"n": 1}, {"n": 2})

    def it_says_what_is_missing_without_a_home(monkeypatch):
        monkeypatch.delenv("LOCAL_GLUE_HOME")
        with pytest.raises(RuntimeError, match="LOCAL_GLUE_HOME"):
            _start(ENABLE)
