"""A missing or wrong resource fails the job with one sentence that names it, and leaves nothing half-loaded."""

import re

import pytest
import samples

pytestmark = [pytest.mark.stack, pytest.mark.spark]


def _fail(pipeline, job, arguments=None):
    """Runs a job that must fail; returns its message, which must be one short sentence without a stack trace."""
    run = pipeline.stack.run_job(job, arguments)
    assert run["JobRunState"] == "FAILED"
    message = run["ErrorMessage"]
    assert "\n" not in message
    assert "Traceback" not in message
    assert len(message) < 600, message
    return message


SECRETS = {"load_metadata": "music/rds", "load_streams": "music/redshift"}


@pytest.fixture
def accepted(pipeline):
    """The workflow with small files that wait to be loaded."""
    _deliver(pipeline)
    pipeline.stack.run_job("streams_validate_files")
    return pipeline


def _deliver(pipeline):
    pipeline.put("users/users.csv", samples.users())
    pipeline.put("songs/songs.csv", samples.songs())
    pipeline.put("streams/plays.csv", samples.plays(samples.all_plays()[:40]))


WRONG_PROPERTIES = (
    ({"pending_days": "soon"}, "--pending_days .*whole number of days.*'soon'"),
    ({"max_reject_rate": "2"}, "--max_reject_rate .*0 to 1.*'2'"),
    ({"from_date": "2025-02-30"}, "--from_date .*date that exists.*'2025-02-30'"),
    ({"from_date": "2025-03-02", "to_date": "2025-03-01"}, "2025-03-02 lies after --to_date 2025-03-01"),
    ({"form_date": "2025-03-02"}, "unknown .*property 'form_date'"),
)


def describe_wrong_arguments():
    def it_fails_the_first_job_and_starts_no_other(pipeline):
        pipeline.put("users/users.csv", samples.users())
        for properties, words in WRONG_PROPERTIES:
            job, message = pipeline.run_failing(properties)
            assert job == "streams_validate_files"
            assert message.startswith("ConfigError: ")
            assert re.search(words, message), message
            assert pipeline.keys("music-landing") == ["users/users.csv"]

    def it_names_an_unknown_job_argument(pipeline):
        assert "--pending_day" in _fail(pipeline, "load_streams", {"--pending_day": "3"})


@pytest.mark.ci
def describe_a_missing_connection():
    def it_is_named(accepted):
        accepted.glue.delete_connection(ConnectionName="music-redshift")
        assert "music-redshift" in _fail(accepted, "load_catalog")
        assert "music-redshift" in _fail(accepted, "load_streams")
        accepted.glue.delete_connection(ConnectionName="music-rds")
        assert "music-rds" in _fail(accepted, "load_metadata")


@pytest.mark.ci
def describe_a_missing_secret():
    def it_is_named(accepted):
        for job, secret in SECRETS.items():
            accepted.stack.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
            assert secret in _fail(accepted, job)


@pytest.mark.ci
def describe_a_wrong_password():
    def it_is_said_without_showing_it(accepted):
        secrets = accepted.stack.client("secretsmanager")
        for job, secret in SECRETS.items():
            secrets.put_secret_value(SecretId=secret, SecretString='{"username": "loader", "password": "Wr0ng-one"}')
            message = _fail(accepted, job)
            assert re.search("secret|password|authentication", message), message
            assert "Wr0ng-one" not in message


@pytest.mark.ci
def describe_a_stopped_database():
    def it_is_said_with_the_connection_or_address(accepted, unused_tcp_port):
        for job, connection in {"load_metadata": "music-rds", "load_streams": "music-redshift"}.items():
            right = accepted.glue.get_connection(Name=connection)["Connection"]
            properties = dict(right["ConnectionProperties"])
            url = properties["JDBC_CONNECTION_URL"]
            properties["JDBC_CONNECTION_URL"] = re.sub(r":\d+/", f":{unused_tcp_port}/", url)
            _update(accepted, connection, properties)
            message = _fail(accepted, job)
            assert connection in message or str(unused_tcp_port) in message, message


def describe_a_missing_bucket():
    def it_is_named(pipeline):
        pipeline.s3.delete_bucket(Bucket="music-lake")
        _deliver(pipeline)
        for job in ("streams_validate_files", "load_streams", "streams_clean_up"):
            assert "music-lake" in _fail(pipeline, job)

    def it_is_named_when_it_is_the_landing_bucket(pipeline):
        message = _fail(pipeline, "streams_validate_files", {"--landing_bucket": "no-such-landing"})
        assert message.startswith("MissingResourceError: ")
        assert "no-such-landing" in message


@pytest.mark.ci
def describe_a_missing_table():
    def it_is_named_when_it_is_the_ledger(pipeline):
        pipeline.dynamodb.delete_table(TableName="ProcessedFiles")
        for job in ("streams_validate_files", "load_metadata", "load_streams"):
            message = _fail(pipeline, job)
            assert message.startswith("MissingResourceError: ")
            assert "ProcessedFiles" in message

    def it_is_made_again_when_it_is_a_warehouse_table(pipeline):
        pipeline.stack.run_job("load_catalog")
        pipeline.execute("DROP TABLE music.daily_top_genres")
        run = pipeline.stack.run_job("load_streams")
        assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None)
        assert pipeline.rows("SELECT count(*) FROM music.daily_top_genres") == [(0,)]


@pytest.mark.ci
def describe_a_key_column_of_another_type():
    def it_is_a_contract_error_that_names_table_and_column(pipeline):
        pipeline.execute("CREATE SCHEMA music")
        pipeline.execute("CREATE TABLE music.streams (user_id TEXT, track_id VARCHAR(64), listen_time TIMESTAMP)")
        pipeline.execute("GRANT ALL ON SCHEMA music TO loader")
        pipeline.execute("ALTER TABLE music.streams OWNER TO loader")
        message = _fail(pipeline, "load_streams")
        assert message.startswith("ContractError: ")
        assert "streams" in message
        assert "user_id" in message


def _update(pipeline, name, properties):
    pipeline.glue.update_connection(
        Name=name,
        ConnectionInput={"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": dict(properties)},
    )


@pytest.fixture
def unused_tcp_port():
    """A port of this machine that nothing listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
