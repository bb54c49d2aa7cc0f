"""One run over hostile names, values and arguments on a stack of its own; then: what was delivered, and no secret."""

import json
import stat
import threading
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from local_glue.stack import Stack
from tests.workflows import samples
from tests.workflows.pipeline import LAKE, Pipeline

pytestmark = [pytest.mark.ci, pytest.mark.stack, pytest.mark.spark]

PROJECT = Path(__file__).parents[2]
DROPS = "'; DROP TABLE music.streams; --"
TEXTS = (
    *(
        DROPS,
        '"; DROP TABLE users; --',
        "\\N",
        "\\",
        "@NULL@",
        "%s %(a)s {0} ${HOME}",
        "$$; DELETE FROM music.users; $$",
    ),
    *(
        "<script>alert(1)</script>",
        "');--",
        "/*",
        "a\tb",
        "NULL",
        "E'\\''",
        "ʼ; --",
        '"',
        "''",
        "=1+1",
        "../../x",
        "`id`",
    ),
)
KEYS = (
    *("streams/'; DROP TABLE music.streams; --.csv", "streams/a..;..\\..%5c.csv", "streams/%2e%2e%2f%00.csv"),
    *('streams/"quoted" $(id) `id`.csv', "streams/a;b&c=d+e #?.csv", "streams/{a,b}*?[c].csv", "streams/\\N %s.csv"),
)
"""File names as nobody should give them; each is the name of one file of plays."""


class Processes(threading.Thread):
    """Looks at the command lines of all processes, time and again."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.ended = set(), threading.Event()

    def run(self):
        while not self.ended.wait(0.05):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    self.seen.add(file.read_bytes())


class Story:
    """A stack after a run that loaded hostile input, and one that was refused for a hostile argument."""

    def __init__(self, stack, folder):
        self.stack, self.pipeline = stack, Pipeline(stack, folder)
        self.processes = Processes()
        self.processes.start()
        self._deliver()
        self.pipeline.run()
        self.failure = self.pipeline.run_failing({"from_date": DROPS})
        self.processes.ended.set()
        self.processes.join()
        server = stack.state["postgres"]
        self.passwords = {server["password"], *server["passwords"].values()}

    def _deliver(self):
        people = list(samples.world().users.values())
        tracks = samples.tracks()
        users = [row | {"user_name": text, "user_country": text} for row, text in zip(people, TEXTS, strict=False)]
        songs = [
            row | {"track_genre": text, "artists": f"{text};Ann", "album_name": text, "track_name": text}
            for row, text in zip(tracks, TEXTS, strict=False)
        ]
        self.pipeline.put("users/'; DROP TABLE users; --.csv", samples.users(users + people[len(users) :]))
        self.pipeline.put("songs/%s\\N.csv", samples.songs(songs + tracks[len(songs) :]))
        plays = samples.all_plays()
        for number, key in enumerate(KEYS):
            self.pipeline.put(key, samples.plays(plays[number :: len(KEYS)]))

    def own_notes(self):
        """What a stack must keep to come back: its note of the passwords, and what its Secrets Manager holds."""
        return [self.stack.home.state_file, *self.stack.home.kept.parent.iterdir()]

    def everything_kept(self):
        """(place, bytes) of all that a stack keeps or says, but for `own_notes`."""
        for file in self.stack.home.path.rglob("*"):
            if file.is_file() and file not in self.own_notes():
                yield str(file), file.read_bytes()
        for bucket in self.pipeline.s3.list_buckets()["Buckets"]:
            for key in self.pipeline.keys(bucket["Name"]):
                yield key, self.pipeline.s3.get_object(Bucket=bucket["Name"], Key=key)["Body"].read()
        logs = self.stack.client("logs")
        for group in logs.describe_log_groups()["logGroups"]:
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                yield group["logGroupName"], json.dumps(page["events"]).encode()
        yield "ledger", json.dumps(self.pipeline.ledger()).encode()
        for job in self.pipeline.glue.get_jobs()["Jobs"]:
            runs = self.pipeline.glue.get_job_runs(JobName=job["Name"])["JobRuns"]
            yield job["Name"], json.dumps([job, runs], default=str).encode()
        yield "connections", json.dumps(self.pipeline.glue.get_connections()["ConnectionList"], default=str).encode()
        yield from (("a process", line) for line in self.processes.seen)


@pytest.fixture(scope="session")  # a describe block counts as a module
def story(tmp_path_factory):
    stack = Stack.start(PROJECT, tmp_path_factory.mktemp("hostile") / "home")
    try:
        yield Story(stack, tmp_path_factory.mktemp("delivered"))
    finally:
        stack.stop()


def describe_hostile_input():
    def it_is_loaded_as_it_was_delivered(story):
        story.pipeline.assert_exact()
        story.pipeline.assert_tidy()
        names = {name for (name,) in story.pipeline.rows("SELECT user_name FROM music.users")}
        assert set(TEXTS) <= names
        files = {key for (key,) in story.pipeline.rows("SELECT DISTINCT source_file FROM music.streams")}
        assert files == set(KEYS)

    def it_stays_below_the_folders_of_its_dataset(story):
        keys = story.pipeline.keys(LAKE)
        assert [key for key in keys if ".." in key or "%" in key or "'" in key] == []

    def it_is_refused_as_an_argument(story):
        job, message = story.failure
        assert job == "streams_validate_files"
        assert DROPS in message
        assert "from_date" in message
        assert "YYYY-MM-DD" in message

    @pytest.mark.parametrize(
        ("job", "argument", "value", "says"),
        [
            ("streams_validate_files", "--datasets", f"users,{DROPS}", f"there is no dataset '{DROPS}'"),
            ("load_streams", "--reader_group", f"readers{DROPS}", f"'readers{DROPS}' is no name for the warehouse"),
            ("load_streams", "--redshift_connection", f"x{DROPS}", f"Glue connection 'x{DROPS}' does not exist"),
        ],
    )
    def it_is_refused_as_an_argument_of_a_job(story, job, argument, value, says):
        before = story.pipeline.rows("SELECT count(*) FROM music.streams")
        run = story.stack.run_job(job, {argument: value})
        assert (run["JobRunState"], says in run["ErrorMessage"]) == ("FAILED", True), run["ErrorMessage"]
        assert story.pipeline.rows("SELECT count(*) FROM music.streams") == before


def describe_secrets():
    def it_is_they_that_open_the_databases(story):
        secrets = story.stack.client("secretsmanager")
        values = [
            json.loads(secrets.get_secret_value(SecretId=f"music/{of}")["SecretString"]) for of in ("redshift", "rds")
        ]
        assert {value["password"] for value in values} <= story.passwords
        assert all(len(password) > 20 for password in story.passwords)

    def they_are_kept_where_only_the_owner_reads(story):
        assert {stat.S_IMODE(file.stat().st_mode) for file in story.own_notes()} == {0o600}

    def they_are_in_no_log_error_bookmark_stage_report_or_process_list(story):
        found, places = [], 0
        for place, content in story.everything_kept():
            places += 1
            found += [place for password in story.passwords if password.encode() in content]
        assert found == []
        assert places > 100
        assert any(b"load_streams" in line for line in story.processes.seen)

    def they_are_kept_from_other_accounts(story):
        modes = {file: file.stat().st_mode & 0o077 for file in (story.stack.home.state_file,)}
        assert modes == {story.stack.home.state_file: 0}


def describe_ports():
    @pytest.fixture
    def ports(story):
        endpoint = int(story.stack.state["endpoint_url"].rpartition(":")[2])
        return {"endpoint": endpoint, "PostgreSQL": story.stack.state["postgres"]["port"]}

    def they_listen_on_loopback_only(ports):
        listening = [
            line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        ]
        addresses = {
            port: {a[1].rpartition(":")[0] for a in listening if a[1].endswith(f":{port:04X}") and a[3] == "0A"}
            for port in ports.values()
        }
        assert addresses == {port: {"0100007F"} for port in ports.values()}

    @pytest.mark.parametrize("password", [None, "", "loader", "wrong"])
    def it_takes_a_password_to_enter_a_database(story, ports, password):
        for user in ("loader", story.stack.state["postgres"]["user"]):
            with pytest.raises(psycopg.OperationalError, match=r"password|no password supplied"):
                psycopg.connect(
                    host="127.0.0.1", port=ports["PostgreSQL"], dbname="warehouse", user=user, password=password
                )
