"""An erasure refuses to run beside another job on the same lake, and minds no other jobs."""

import pytest

from glue_jobs.lib.erasure import loads
from glue_jobs.lib.run import aws
from tests.glue_jobs.lib.configs import make_config

CONFIG = make_config(job_name="erase_user", lake_bucket="lake")


class Glue:
    """Jobs by name: their lake, and the states of their runs."""

    def __init__(self, jobs):
        self.jobs = jobs

    def get_paginator(self, operation):
        assert operation == "get_jobs"
        return self

    def paginate(self):
        for name, (lake, _) in self.jobs.items():
            yield {"Jobs": [{"Name": name, "DefaultArguments": {"--lake_bucket": lake} if lake else {}}]}

    def get_job_runs(self, JobName, MaxResults):
        states = self.jobs[JobName][1]
        return {"JobRuns": [{"Id": f"jr_{n}", "JobRunState": state} for n, state in enumerate(states)][:MaxResults]}


def beside(monkeypatch, **jobs):
    monkeypatch.setattr(aws, "client", lambda service: Glue({"erase_user": ("lake", ["RUNNING"])} | jobs))
    loads.refuse_beside_others(CONFIG)


@pytest.mark.parametrize("state", ["STARTING", "RUNNING", "STOPPING", "WAITING"])
def test_a_job_that_runs_is_named(monkeypatch, state):
    with pytest.raises(loads.LoadRunningError, match=r"load_streams is running \(jr_1\)"):
        beside(monkeypatch, load_streams=("lake", ["SUCCEEDED", state]))


def test_runs_that_ended_and_jobs_of_other_lakes_do_not_matter(monkeypatch):
    ended = ["SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR"]
    beside(monkeypatch, load_streams=("lake", ended), another=("pond", ["RUNNING"]), foreign=(None, ["RUNNING"]))
