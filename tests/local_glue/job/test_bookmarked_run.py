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

    def it_cannot_commit_what_another_run_overtook(home):
        """Two runs of one job: the second began from the same bookmark, so only it may save."""
        first, second = _start(ENABLE), _start(ENABLE)
        first.record("a", {"n": 1})
        second.record("a", {"n": 2})
        with pytest.raises(VersionMismatchError, match="Expected version 1 but found version 2"):
            first.commit()
        second.commit()
        second.commit()  # committing twice is no other run
        assert home.states("job") == {"a": {"n": 2}}

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

    def it_reads_between_two_runs_when_paused_with_a_range(home):
        for n in (1, 2, 3):
            home.save("job", f"jr_{n}", 0, {"a": {"n": n}})
        run = _start(PAUSE, job_bookmark_from="jr_1", job_bookmark_to="jr_2")
        assert run.bounds("a") == ({"n": 1}, {"n": 2})

    def it_says_what_is_missing_without_a_home(monkeypatch):
        monkeypatch.delenv("LOCAL_GLUE_HOME")
        with pytest.raises(RuntimeError, match="LOCAL_GLUE_HOME"):
            _start(ENABLE)
