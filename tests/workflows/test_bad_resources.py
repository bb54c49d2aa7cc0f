"""What is missing or wrong fails the job with one sentence that names it, and leaves nothing half-loaded."""

import re

import pytest
import samples

pytestmark = [pytest.mark.stack, pytest.mark.spark]

ACCOUNT_JOBS = ("load_metadata", "load_catalog", "load_streams")


def _fail(pipeline, job, arguments=None):
    """Runs a job that must fail; its message, which must be a single short sentence without a stack trace."""
    run = pipeline.stack.run_job(job, arguments)
    assert run["JobRunState"] == "FAILED"
    message = run["ErrorMessage"]
    assert "\n" not in message
    assert "Traceback" not in message
    assert len(message) < 600, message
    return message


def _deliver(pipeline):
    pipeline.put("users/users.csv", samples.users())
    pipeline.put("songs/songs.csv", samples.songs())
    pipeline.put("streams/plays.csv", samples.plays(samples.all_plays()[:40]))


def describe_wrong_arguments():
    @pytest.mark.parametrize(
        ("properties", "words"),
        [
            ({"pending_days": "soon"}, "--pending_days .*whole number of days.*'soon'"),
            ({"max_reject_rate": "2"}, "--max_reject_rate .*0 to 1.*'2'"),
            ({"from_date": "2025-02-30"}, "--from_date .*date that exists.*'2025-02-30'"),
            ({"from_date": "2025-03-02", "to_date": "2025-03-01"}, "2025-03-02 lies after --to_date 2025-03-01"),
            ({"form_date": "2025-03-02"}, "unknown .*property 'form_date'"),
        ],
    )
    def it_fails_the_first_job_and_starts_no_other(pipeline, properties, words):
        pipeline.put("users/users.csv", samples.users())
        job, message = pipeline.run_failing(properties)
        assert job == "streams_validate_files"
        assert message.startswith("ConfigError: ")
        assert re.search(words, message), message
        assert pipeline.keys("music-landing") == ["users/users.csv"]

    def it_names_an_unknown_job_argument(pipeline):
        assert "--pending_day" in _fail(pipeline, "load_streams", {"--pending_day": "3"})


def describe_a_missing_connection():
    @pytest.mark.parametrize(
        ("job", "connection"),
        [("load_metadata", "music-rds"), ("load_catalog", "music-redshift"), ("load_streams", "music-redshift")],
    )
    def it_is_named(pipeline, job, connection):
        _deliver(pipeline)
        pipeline.stack.run_job("streams_validate_files")
        pipeline.glue.delete_connection(ConnectionName=connection)
        assert connection in _fail(pipeline, job)


def describe_a_missing_secret():
    @pytest.mark.parametrize(("job", "secret"), [("load_metadata", "music/rds"), ("load_streams", "music/redshift")])
    def it_is_named(pipeline, job, secret):
        _deliver(pipeline)
        pipeline.stack.run_job("streams_validate_files")
        pipeline.stack.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
        assert secret in _fail(pipeline, job)


def describe_a_wrong_password():
    @pytest.mark.parametrize(("job", "secret"), [("load_metadata", "music/rds"), ("load_streams", "music/redshift")])
    def it_is_said_without_showing_it(pipeline, job, secret):
        _deliver(pipeline)
        pipeline.stack.run_job("streams_validate_files")
        secrets = pipeline.stack.client("secretsmanager")
        secrets.put_secret_value(SecretId=secret, SecretString='{"username": "loader", "password": "Wr0ng-one"}')
        message = _fail(pipeline, job)
        assert re.search("secret|password|authentication", message), message
        assert "Wr0ng-one" not in message


def describe_a_stopped_database():
    @pytest.mark.parametrize(
        ("job", "connection"), [("load_metadata", "music-rds"), ("load_streams", "music-redshift")]
    )
    def it_is_said_with_the_connection_or_address(pipeline, job, connection, unused_tcp_port):
        _deliver(pipeline)
        pipeline.stack.run_job("streams_validate_files")
        right = pipeline.glue.get_connection(Name=connection)["Connection"]
        properties = dict(right["ConnectionProperties"])
        url = properties["JDBC_CONNECTION_URL"]
        properties["JDBC_CONNECTION_URL"] = re.sub(r":\d+/", f":{unused_tcp_port}/", url)
        _update(pipeline, connection, properties)
        message = _fail(pipeline, job)
        assert connection in message or str(unused_tcp_port) in message, message


def describe_a_missing_bucket():
    @pytest.mark.parametrize("job", ["streams_validate_files", "load_streams", "streams_archive_files"])
    def it_is_named(pipeline, job):
        pipeline.s3.delete_bucket(Bucket="music-lake")
        if job == "streams_validate_files":
            _deliver(pipeline)
        assert "music-lake" in _fail(pipeline, job)

    def it_is_named_when_it_is_the_landing_bucket(pipeline):
        message = _fail(pipeline, "streams_validate_files", {"--landing_bucket": "no-such-landing"})
        assert message.startswith("MissingResourceError: ")
        assert "no-such-landing" in message


def describe_a_missing_table():
    @pytest.mark.parametrize("job", ["streams_validate_files", "load_metadata", "load_streams"])
    def it_is_named_when_it_is_the_ledger(pipeline, job):
        pipeline.dynamodb.delete_table(TableName="ProcessedFiles")
        message = _fail(pipeline, job)
        assert message.startswith("MissingResourceError: ")
        assert "ProcessedFiles" in message

    def it_is_made_again_when_it_is_a_warehouse_table(pipeline):
        pipeline.stack.run_job("load_catalog")
        pipeline.execute("DROP TABLE music.daily_top_genres")
        run = pipeline.stack.run_job("load_streams")
        assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None)
        assert pipeline.rows("SELECT count(*) FROM music.daily_top_genres") == [(0,)]


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
    """A port of this machine on which nobody listens."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
