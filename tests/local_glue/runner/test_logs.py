"""Logs of job runs in CloudWatch Logs."""

import pytest
from endpoint_support import wait_for

from local_glue.runner.logs import BATCH_BYTES, BATCH_EVENTS, ERROR, EVENT_BYTES, OUTPUT, batches, pieces


def messages(tiny, group, run_id):
    client = tiny.endpoint.access.client("logs")
    found, token = [], {}
    while True:
        page = client.get_log_events(logGroupName=group, logStreamName=run_id, startFromHead=True, **token)
        if not page["events"]:
            return found
        found += [event["message"] for event in page["events"]]
        token = {"nextToken": page["nextForwardToken"]}


@pytest.mark.stack
def describe_the_log_of_a_run():
    def it_arrives_while_the_run_goes_on(tiny, tmp_path):
        flag = tmp_path / "go on"
        code = (
            "import pathlib, sys, time\nprint('begun')\nprint('trouble', file=sys.stderr)\n"
            f"while not pathlib.Path({str(flag)!r}).exists():\n    time.sleep(0.05)\nprint('done')"
        )
        job = tiny.job("slow", code)
        run_id = tiny.start(job)
        wait_for(lambda: tiny.state(job, run_id) == "RUNNING")
        wait_for(lambda: messages(tiny, OUTPUT, run_id) == ["begun"])
        wait_for(lambda: messages(tiny, ERROR, run_id) == ["trouble"])
        assert tiny.state(job, run_id) == "RUNNING"
        flag.touch()
        tiny.finished(job, run_id)
        assert messages(tiny, OUTPUT, run_id) == ["begun", "done"]

    def it_is_whole(tiny):
        run = tiny.run(tiny.job("long", "print('first')\nfor n in range(12_000): print(n)\nprint('x' * 300_000)"))
        found = messages(tiny, OUTPUT, run["Id"])
        assert found[:12_001] == ["first", *map(str, range(12_000))]
        assert "".join(found[12_001:]) == "x" * 300_000
        assert tiny.log(run["Id"]).count("\n") == 12_002

    def it_has_the_reason_of_a_failure_among_the_errors(tiny):
        run = tiny.run(tiny.job("bad", "print('here')\nraise ValueError('no such thing')"))
        assert messages(tiny, OUTPUT, run["Id"]) == ["here"]
        assert messages(tiny, ERROR, run["Id"])[-1] == "ValueError: no such thing"

    def it_says_what_was_missing_at_launch(tiny):
        run = tiny.run(tiny.job("missing"), Arguments={"--extra-py-files": "s3://scripts-bucket/absent.zip"})
        assert "absent.zip" in messages(tiny, ERROR, run["Id"])[0]


def describe_events():
    @pytest.mark.parametrize("text", ["", "short", "x" * EVENT_BYTES, "ü€" * EVENT_BYTES])
    def it_cuts_nothing_off(text):
        parts = list(pieces(text))
        assert "".join(parts) == text
        assert all(0 < len(part.encode()) <= EVENT_BYTES for part in parts)

    @pytest.mark.parametrize("size", [1, 1000, EVENT_BYTES])
    def it_stays_within_the_limits_of_a_batch(size):
        events = [{"message": "x" * size}] * (25_000 if size < 1000 else 2_000 if size == 1000 else 9)
        made = list(batches(events))
        assert [event for batch in made for event in batch] == events
        for batch in made:
            assert len(batch) <= BATCH_EVENTS
            assert sum(len(event["message"]) + 26 for event in batch) <= BATCH_BYTES
