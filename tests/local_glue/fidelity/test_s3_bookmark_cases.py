"""The cases of bookmarks, and of bookmarks of files on S3, on listings written by hand."""

import pytest
from bookmark_story import Story, moment
from fidelity_cases import stories

from local_glue.job.sources.s3 import unread
from local_glue.job.sources.s3_listing import S3Object


@pytest.mark.parametrize("case", [*stories("bookmarks"), *stories("s3_bookmarks")])
def test_each_case_of_files(case, tmp_path, monkeypatch):
    monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
    bucket = {}

    def read(run, ctx, options):
        folder = options.get("paths", "")
        listed = [bucket[key] for key in sorted(bucket) if key.startswith(folder)]
        return sorted(item.key for item in unread(listed, run, options, ctx))

    def change(step):
        if "put" in step:
            written = moment(step.get("at", "0s")).replace(microsecond=0)
            tag = step.get("content", "first")
            bucket[step["put"]] = S3Object("b", step["put"], step.get("size", 1), tag, written)
        else:
            del bucket[step["delete"]]

    Story(tmp_path, read, change).play(case.steps)
