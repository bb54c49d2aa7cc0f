"""What a job run reads and saves in each bookmark mode."""

import pytest

from local_glue.bookmarks import BookmarkStore, VersionMismatchError
from local_glue.job.bookmarked_run import DISABLE, ENABLE, PAUSE, BookmarkedRun


def describe_BookmarkedRun():
    @pytest.fixture(autouse=True)
    def home(tmp_path, monkeypatch):
        monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
        return BookmarkStore(tmp_path)

    def _start(mode, **options):
        return BookmarkedRun.start("job", {"job_bookmark_option": mode, "JOB_RUN_ID": "jr_now", **options})

    def it_saves_all_contexts_on_commit_only(home):
        run = _start(ENABLE)
        run.record("a", {"n": 1})
        run.record("b", {"n": 2})
        assert home.states("job") == {}
        run.commit()
        assert home.states("job") == {"a": {"n": 1}, "b": {"n": 2}}

    def it_neither_sees_nor_undoes_a_reset_while_it_runs(home):
        home.save("job", "jr_1", 0, {"a": {"n": 1}})
        run = _start(ENABLE)
        home.reset("job")
        assert run.bounds("a") == ({"n": 1}, None)
        run.record("a", {"n": 2})
        with pytest.raises(VersionMismatchError, match="reset"):
            run.commit()
        assert home.states("job") == {}

    def it_does_not_bring_back_the_bookmark_of_a_deleted_job(home):
        run = _start(ENABLE)
        home.delete("job")
        with pytest.raises(VersionMismatchError, match="found version 0"):
            run.commit()
        assert home.get("job") is None

    @pytest.mark.parametrize("mode", [DISABLE, PAUSE])
    def it_saves_nothing_when_disabled_or_paused(home, mode):
        run = _start(mode)
        run.record("a", {"n": 1})
        run.commit()
        assert home.get("job") is None

    def it_says_what_is_missing_without_a_home(monkeypatch):
        monkeypatch.delenv("LOCAL_GLUE_HOME")
        with pytest.raises(RuntimeError, match="LOCAL_GLUE_HOME"):
            _start(ENABLE)
