"""The file check killed anywhere, and files that fail or change while it reads them."""

from contextlib import suppress

import pytest
from checked_files import DAY, USERS, DeathError, ledger_files, named, run
from files_support import LAKE, LANDING, PLAYS, account, deliver, keys, read

from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.files.ledger import ACCEPTED, REJECTED, REPEATED
from glue_jobs.lib.run.errors import PipelineError


def describe_deaths():
    def _dies_at(monkeypatch, number: int):
        """Kills the run at its `number`th write to S3 or DynamoDB; the writes before it happen."""
        import botocore.client

        original, calls = botocore.client.BaseClient._make_api_call, [0]
        writes = {"CopyObject", "PutObject", "DeleteObjects", "BatchWriteItem"}

        def call(self, operation, arguments):
            if operation in writes:
                calls[0] += 1
                if calls[0] >= number:
                    raise DeathError
            return original(self, operation, arguments)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)

    @pytest.mark.parametrize("at", range(1, 15))
    def it_ends_as_if_nothing_had_happened(bucket, at):
        deliver("users/old.csv", USERS)
        run(run_id="jr_0")
        for key, body in (
            ("streams/a.csv", PLAYS),
            ("streams/b.csv", PLAYS),
            ("streams/c.csv", b"{}"),
            ("users/a.csv", USERS),
        ):
            deliver(key, body)
        with pytest.MonkeyPatch.context() as patch:
            _dies_at(patch, at)
            with suppress(DeathError):
                run(run_id="jr_1")
        run(run_id="jr_2")
        states = {file.landing_key: file.state for name in ("streams", "users") for file in ledger_files(name)}
        assert states == {
            "users/old.csv": REPEATED,
            "users/a.csv": ACCEPTED,
            "streams/a.csv": ACCEPTED,
            "streams/b.csv": REPEATED,
            "streams/c.csv": REJECTED,
        }
        accepted = [
            file.archive_key for name in ("streams", "users") for file in ledger_files(name) if file.archive_key
        ]
        assert sorted(keys(LAKE, "archive/")) == sorted(accepted)
        waiting = {file.file_key for name in ("streams", "users") for file in ledger_files(name) if file.archive_key}
        assert waiting <= {file_key for name in ("streams", "users") for file_key in named(name)}
        assert keys(LANDING) == []

    def it_reads_a_failing_object_again(bucket, monkeypatch):
        from botocore.exceptions import ReadTimeoutError

        from glue_jobs.lib.intake import inspection

        deliver("streams/a.csv")
        original, calls = inspection.check, []

        def flaky(*args, **kwargs):
            calls.append(1)
            if len(calls) == 1:
                raise ReadTimeoutError(endpoint_url="s3")
            return original(*args, **kwargs)

        monkeypatch.setattr(inspection, "check", flaky)
        assert run() == {ACCEPTED: 1}
        assert b"retried_call" in read(LAKE, f"logs/errors/{DAY}/jr_1.jsonl")

    def it_says_that_a_file_changed_under_its_hands(monkeypatch):
        from glue_jobs.lib.intake import landing

        with account(monkeypatch, versioning=False):
            deliver("streams/a.csv")
            waiting = landing.list_landing(LANDING, [STREAM_FILES])
            deliver("streams/a.csv", PLAYS + b"x")
            monkeypatch.setattr(landing, "list_landing", lambda *_: waiting)
            with pytest.raises(PipelineError, match=r"'streams/a.csv' was replaced"):
                run()
