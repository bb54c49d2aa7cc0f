"""Metrics of a run: they can be read back from CloudWatch, and publishing them never fails a run."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from files_support import account, deliver

from glue_jobs import validate_files
from glue_jobs.lib.books import book, metrics
from glue_jobs.lib.contracts.books import OUTCOMES
from glue_jobs.lib.run import aws, logs
from tests.files_support import make_config as make_files_config
from tests.glue_jobs.lib.configs import make_config

HOUR = timedelta(hours=1)


@pytest.fixture
def cloudwatch(monkeypatch):
    with account(monkeypatch):
        yield aws.client("cloudwatch")


def make_book(**counts):
    config = make_config(started_at=datetime.now(UTC) - timedelta(seconds=90))
    return replace(book.close_books(config, []), **counts)


def read_back(cloudwatch, job):
    """Every metric of the job as its sum over the last hour."""
    now = datetime.now(UTC)
    names = [item["MetricName"] for item in cloudwatch.list_metrics(Namespace="MusicLoader")["Metrics"]]
    found = {}
    for name in names:
        points = cloudwatch.get_metric_statistics(
            Namespace="MusicLoader",
            MetricName=name,
            Dimensions=[{"Name": "Job", "Value": job}],
            StartTime=now - HOUR,
            EndTime=now + HOUR,
            Period=7200,
            Statistics=["Sum"],
        )["Datapoints"]
        if points:
            found[name] = points[0]["Sum"]
    return found


def describe_publish_run():
    def it_gives_the_whole_book(cloudwatch):
        metrics.publish_run(
            make_book(
                read=20,
                pending_before=4,
                outcomes=dict(zip(OUTCOMES, (8, 5, 1, 6, 1, 3), strict=True)),
            )
        )
        found = read_back(cloudwatch, "load_streams")
        assert 90 <= found.pop("DurationSeconds") < 120
        assert found == {
            "RowsRead": 20,
            "RowsPendingBefore": 4,
            "RowsLoaded": 8,
            "RowsAlreadyLoaded": 5,
            "RowsRepeated": 1,
            "RowsQuarantined": 6,
            "RowsOutOfWindow": 1,
            "RowsPendingAfter": 3,
            "RejectedShare": 0.25,
            "RowsWithNewFields": 0,
            "Published": 1,
        }

    def it_tells_no_share_of_nothing(cloudwatch):
        metrics.publish_run(make_book())
        found = read_back(cloudwatch, "load_streams")
        assert "RejectedShare" not in found
        assert found["Published"] == 1

    def it_is_one_call(cloudwatch, monkeypatch):
        calls = []
        monkeypatch.setattr(
            aws.client("cloudwatch", patient=False), "put_metric_data", lambda **call: calls.append(call)
        )
        metrics.publish_run(make_book(read=1, outcomes={"loaded": 1}))
        assert [call["Namespace"] for call in calls] == ["MusicLoader"]


def describe_publish_files():
    def it_counts_files_by_what_became_of_them(cloudwatch):
        deliver("streams/a.csv")
        deliver("streams/copy_of_a.csv")
        deliver("streams/empty.csv", b"")
        config = make_files_config(datasets=("streams",), started_at=datetime.now(UTC))
        validate_files.run(config)
        found = read_back(cloudwatch, "streams_validate_files")
        assert {name: count for name, count in found.items() if name.startswith("Files")} == {
            "FilesAccepted": 1,
            "FilesRepeated": 1,
            "FilesRejected": 1,
            "FilesWithNewColumns": 0,
        }


def describe_publish_counts():
    def it_adds_how_long_the_run_took(cloudwatch):
        config = make_config(job_name="streams_clean_up", started_at=datetime.now(UTC) - timedelta(seconds=7))
        metrics.publish_counts(config, {"FilesArchived": 3})
        found = read_back(cloudwatch, "streams_clean_up")
        assert found["FilesArchived"] == 3
        assert 7 <= found["DurationSeconds"] < 20


def describe_a_cloudwatch_that_does_not_work():
    def it_leaves_a_warning_and_the_run_alive(cloudwatch, monkeypatch, capsys):
        def refuse(**_):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, "PutMetricData")

        monkeypatch.setattr(aws.client("cloudwatch", patient=False), "put_metric_data", refuse)
        logs.configure(run_id="jr_1")
        metrics.publish_run(make_book(read=1, outcomes={"loaded": 1}))
        line = json.loads(capsys.readouterr().out)
        assert line["level"] == "WARNING"
        assert "AccessDenied" in line["cause"]

    def it_does_not_hold_the_run_up(monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        config = aws.client("cloudwatch", patient=False).meta.config
        assert (config.connect_timeout, config.read_timeout) == (3, 5)
        assert config.retries["total_max_attempts"] == 2
        metrics.publish_run(make_book(read=1, outcomes={"loaded": 1}))
