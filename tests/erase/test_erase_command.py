"""`make erase` says by its exit code what became of the user."""

import io
import json
import sys
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from erase import __main__ as command
from erase.asking import Eraser
from glue_jobs.lib.erasure import requests


class Account:
    """Glue and S3 of an account; the job erase_user answers requests with `outcome`, or fails."""

    def __init__(self, outcome="erased", error=None):
        self.outcome, self.error, self.objects, self.started = outcome, error, {}, []

    def __call__(self, service):
        return self

    def get_job(self, JobName):
        datasets = {"streams_validate_files": "users,songs,streams", "sparkify_validate_files": "log_data,song_data"}
        return {"Job": {"DefaultArguments": {"--lake_bucket": "lake", "--datasets": datasets.get(JobName, "")}}}

    def put_object(self, Bucket, Key, Body):
        self.asked = json.loads(Body)
        self.objects[Key] = Body

    def start_job_run(self, JobName, Arguments):
        self.started.append((JobName, Arguments))
        return {"JobRunId": "jr_1"}

    def get_job_run(self, JobName, RunId):
        if JobName == "erase_user" and self.error:
            return {"JobRun": {"JobRunState": "FAILED", "ErrorMessage": self.error}}
        if JobName == "erase_user":
            is_dry = bool(self.started[-1][1])
            receipt = {"outcome": "dry run" if is_dry else self.outcome, "found": {"rds.users": 1}, "run_id": RunId}
            kept = self.objects if is_dry else {}
            self.objects = {**kept, requests.receipt_key(RunId): json.dumps(receipt).encode()}
        return {"JobRun": {"JobRunState": "SUCCEEDED"}}

    def head_object(self, Bucket, Key):
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")

    def get_object(self, Bucket, Key):
        return {"Body": io.BytesIO(self.objects[Key])}

    def list_object_versions(self, Bucket, Prefix):
        return {"Versions": [{"Key": key, "VersionId": "1"} for key in self.objects if key == Prefix]}

    def delete_object(self, Bucket, Key, VersionId):
        del self.objects[Key]


@pytest.fixture
def erase(monkeypatch):
    def run(account, *argv):
        monkeypatch.setattr(command, "_here", lambda: account)
        monkeypatch.setattr(command.boto3, "client", account)
        monkeypatch.setattr(Eraser, "poll_s", 0)
        return command.main(argv)

    return run


def test_erased(erase, capsys):
    account = Account()
    assert erase(account, "42", "--yes") == 0
    assert [job for job, _ in account.started] == ["streams_validate_files", "sparkify_validate_files", "erase_user"]
    assert account.asked == {"user_id": 42, "datasets": ["users", "streams", "log_data"]}
    said = capsys.readouterr().out
    assert "1  rds.users" in said
    assert "42" not in json.dumps(account.started) + said.replace("jr_1", "")


def test_unknown(erase, capsys):
    assert erase(Account("unknown"), "42", "--yes", "--workflow", "streams") == 1
    assert "nothing was changed" in capsys.readouterr().out


def test_failed(erase, capsys):
    account = Account(error="job load_streams is running")
    assert erase(account, "42", "--yes") == 2
    assert "load_streams is running" in capsys.readouterr().err
    assert any(key.startswith(requests.REQUESTS) for key in account.objects)


def test_a_dry_run_leaves_no_request_even_if_it_fails(erase, capsys):
    for account, code in ((Account(), 0), (Account(error="no warehouse"), 2)):
        assert erase(account, "42", "--dry-run") == code
        assert account.started == [("erase_user", {"--dry_run": "true"})]
        assert [key for key in account.objects if key.startswith(requests.REQUESTS)] == []
    assert "1  rds.users\ndry run (jr_1): nothing was changed" in capsys.readouterr().out


@pytest.mark.parametrize(("is_person", "answer", "code"), [(True, "42", 0), (True, "yes", 2), (False, "42", 2)])
def test_nobody_is_erased_by_mistake(erase, monkeypatch, is_person, answer, code):
    account = Account()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: is_person))
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert erase(account, "42") == code
    assert bool(account.started) == (code == 0)


@pytest.mark.parametrize("user_id", ["-1", "forty-two", str(2**63)])
def test_what_is_no_id_is_refused_before_anything_is_asked(erase, user_id):
    account = Account()
    with pytest.raises(SystemExit):
        erase(account, "--", user_id)
    assert account.objects == {}


def describe_an_environment_on_aws():
    @pytest.fixture
    def terraform(monkeypatch, tmp_path):
        """A `make` that says what Terraform has, or fails."""
        made = tmp_path / "make"
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

        def says(text, code=0):
            made.write_text(f"#!/bin/sh\necho \"$@\" > {tmp_path}/asked\ncat <<'END'\n{text}\nEND\nexit {code}\n")
            made.chmod(0o755)

        says.asked = lambda: (tmp_path / "asked").read_text().split()
        return says

    def it_is_erased_from_with_its_own_credentials(erase, terraform, capsys):
        terraform('{"buckets": {"value": {"lake": "lake"}}}')
        account = Account()
        assert erase(account, "42", "--yes", "--env", "dev") == 0
        assert terraform.asked() == ["-s", "outputs", "ENV=dev"]
        assert "erased (jr_1)" in capsys.readouterr().out

    def those_of_another_change_nothing(erase, terraform, capsys):
        terraform('{"buckets": {"value": {"lake": "dev-lake"}}}')
        account = Account()
        assert erase(account, "42", "--yes", "--env", "dev") == 2
        assert (account.started, account.objects) == ([], {})
        said = capsys.readouterr().err
        assert "lead to a stack with the lake bucket lake, that of environment dev is dev-lake" in said
        assert "nothing was changed; set AWS_PROFILE and AWS_REGION to those of dev" in said

    def one_that_terraform_does_not_know_is_an_error(erase, terraform, capsys):
        terraform("", code=2)
        account = Account()
        assert erase(account, "42", "--yes", "--env", "dev") == 2
        assert (account.started, account.objects) == ([], {})
        assert "Terraform has no outputs of environment dev" in capsys.readouterr().err
