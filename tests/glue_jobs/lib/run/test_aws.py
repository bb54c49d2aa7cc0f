import pytest
from botocore.stub import Stubber

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import PipelineError


@pytest.fixture
def s3(monkeypatch):
    """A client that answers only what a test has told it, in order."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setattr(aws.time, "sleep", lambda seconds: None)
    with Stubber(aws.client("s3")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def expect(s3, asked, *failed):
    """One call that deletes the keys `asked`, answered with errors (key, code)."""
    errors = [{"Key": key, "Code": code, "Message": "why"} for key, code in failed]
    wanted = {"Bucket": "lake", "Delete": {"Objects": [{"Key": key} for key in asked], "Quiet": True}}
    s3.add_response("delete_objects", {"Errors": errors} if errors else {}, wanted)


def describe_delete_objects():
    def it_tries_again_what_s3_did_not_delete_and_nothing_else(s3):
        expect(s3, "abc", ("b", "InternalError"), ("c", "SlowDown"))
        expect(s3, "bc", ("c", "InternalError"))
        expect(s3, "c")
        assert aws.delete_objects("lake", "abc") == 3

    def it_names_the_keys_that_are_still_there(s3):
        for _ in range(aws.DELETE_ATTEMPTS):
            expect(s3, "ab", ("a", "InternalError"), ("b", "InternalError"))
        with pytest.raises(PipelineError, match=r"'a', 'b' cannot be deleted from bucket 'lake' \(InternalError\)"):
            aws.delete_objects("lake", "ab")

    def it_tells_at_once_what_s3_denies(s3):
        expect(s3, "abcdefg", *((key, "AccessDenied") for key in "bcdefg"))
        with pytest.raises(PipelineError, match=r"'b', .*'f' and 1 more cannot be deleted .* \(AccessDenied\)"):
            aws.delete_objects("lake", "abcdefg")
