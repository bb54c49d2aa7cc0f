"""The store of the bookmarks."""

import json

import pytest

from local_glue import faults
from local_glue.bookmarks import BookmarkError, BookmarkStore


def describe_BookmarkStore():
    def it_has_no_entry_before_the_first_run(tmp_path):
        assert BookmarkStore(tmp_path).get("job") is None

    def it_answers_as_get_job_bookmark(tmp_path):
        store = BookmarkStore(tmp_path)
        store.begin("job", "jr_1")
        store.save("job", "jr_1", None, {"ctx": {"x": 1}})
        entry = store.get("job")
        assert entry == {"JobName": "job", "Version": 2, "Run": 1, "Attempt": 0, "RunId": "jr_1",
                         "JobBookmark": '{"ctx": {"x": 1}}'}  # fmt: skip
        store.begin("job", "jr_2")
        assert store.get("job")["PreviousRunId"] == "jr_1"

    def it_keeps_the_states_of_contexts_that_a_run_did_not_read(tmp_path):
        store = BookmarkStore(tmp_path)
        store.save("job", "jr_1", 0, {"a": {"n": 1}, "b": {"n": 1}})
        store.save("job", "jr_2", 0, {"b": {"n": 2}})
        assert store.states("job") == {"a": {"n": 1}, "b": {"n": 2}}

    def it_resets_and_rewinds(tmp_path):
        store = BookmarkStore(tmp_path)
        for n in (1, 2, 3):
            store.save("job", f"jr_{n}", 0, {"a": {"n": n}})
        assert json.loads(store.reset("job", "jr_2")["JobBookmark"]) == {"a": {"n": 2}}
        assert store.states("job") == {"a": {"n": 2}}
        assert store.reset("job")["JobBookmark"] == "{}"
        assert store.states("job") == {}

    def it_names_a_run_that_saved_nothing(tmp_path):
        store = BookmarkStore(tmp_path)
        store.save("job", "jr_1", 0, {})
        with pytest.raises(BookmarkError, match=r"jr_9.*jr_1"):
            store.reset("job", "jr_9")
        with pytest.raises(BookmarkError, match="other"):
            store.reset("other")

    def it_keeps_jobs_with_any_names_apart(tmp_path):
        store = BookmarkStore(tmp_path)
        store.save("a/b", "jr_1", 0, {"c": {}})
        assert store.get("a") is None
        assert store.states("a/b") == {"c": {}}

    def it_changes_nothing_when_killed_before_the_save(tmp_path):
        def kill(name):
            raise KeyboardInterrupt(name)

        store = BookmarkStore(tmp_path)
        with faults.hook(kill), pytest.raises(KeyboardInterrupt, match="bookmark:save"):
            store.save("job", "jr_1", 0, {"a": {}})
        assert store.get("job") is None
