import re

import pytest

from local_glue.job.sources.s3_listing import _glob_to_regex


@pytest.mark.parametrize(
    ("pattern", "matches", "misses"),
    [
        ("**.pdf", "s3://b/x/y.pdf", "s3://b/x/y.csv"),
        ("s3://b/*.csv", "s3://b/a.csv", "s3://b/x/a.csv"),
        ("s3://b/{x,y}/?.[!c]sv", "s3://b/x/a.tsv", "s3://b/x/a.csv"),
    ],
)
def test_exclusions_are_globs(pattern, matches, misses):
    assert re.fullmatch(_glob_to_regex(pattern), matches)
    assert not re.fullmatch(_glob_to_regex(pattern), misses)
