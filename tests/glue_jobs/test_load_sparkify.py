"""load_sparkify on real S3, DynamoDB and PostgreSQL, without the workflow's other jobs except validate_files."""

import json

import pytest

from tests.workflows.star_samples import BROKEN, lines, play, song, twice, visit

pytestmark = [pytest.mark.ci, pytest.mark.spark, pytest.mark.stack]

TABLES = ("staging_events", "staging_songs", "songplays", "users", "songs", "artists", "time")
COUNTS = ("read", "loaded", "already_loaded", "repeated", "quarantined")


class World:
    """The landing bucket before load_sparkify, and the warehouse behind it."""

    def __init__(self, stack):
        self.stack, self.s3 = stack, stack.client("s3")
        self.new_columns = "warn"

    def load(self, **files):
        """Delivers files, checks and loads them; returns the run's counts and measures."""
        for name, records in files.items():
            folder = "song_data" if name.startswith("song") else "log_data"
            self.s3.put_object(Bucket="music-landing", Key=f"{folder}/{name}.json", Body=lines(records).encode())
        for job in ("sparkify_validate_files", "load_sparkify"):
            run = self.stack.run_job(job, {"--new_columns": self.new_columns})
            assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None)
        books = self.rows(f"SELECT measures, {', '.join(COUNTS)} FROM music.load_runs WHERE run_id = '{run['Id']}'")
        for measures, *counts in books:
            found = {name: count for name, count in zip(COUNTS, counts, strict=True) if count}
            kept = {name: value for name, value in json.loads(measures).items() if name not in ("seconds", "spark")}
            return found, kept
        return None

    def rows(self, sql):
        with self.stack.connect("warehouse") as connection:
            return connection.execute(sql).fetchall()

    def errors(self, job):
        """What the job's last run that said something has handled."""
        found = self.s3.list_objects_v2(Bucket="music-lake", Prefix="logs/errors/").get("Contents", [])
        for item in sorted(found, key=lambda item: item["LastModified"], reverse=True):
            entries = self.s3.get_object(Bucket="music-lake", Key=item["Key"])["Body"].read().decode().splitlines()
            if (entries := [json.loads(entry) for entry in entries]) and entries[0]["job_name"] == job:
                return entries
        return []

    def sizes(self):
        """The number of rows by table, for tables that have any."""
        counts = {table: self.rows(f"SELECT count(*) FROM sparkify.{table}")[0][0] for table in TABLES}
        return {table: count for table, count in counts.items() if count}


@pytest.fixture
def world(stack, spark):
    return World(stack)


@pytest.mark.timeout(600)
def test_runs_without_anything_to_load_and_what_the_measures_say(world):
    assert world.load() == ({}, {})  # The books of a run without files show that it ran.
    assert world.sizes() == {}

    # Lines of byte order marks only are in no count; text behind a value and halves of characters are in quarantine.
    behind = [json.dumps(play(8)) + "]", json.dumps(play(9)) + "] x"]
    odd = ["\ufeff", "\ufeff ", *behind, visit(2), play(7, song="\ud800")]
    counts, _ = world.load(odd=odd)
    assert counts == {"read": 4, "loaded": 1, "quarantined": 3}

    counts, _ = world.load(broken=[line for line, _ in BROKEN[3:6]], home=[visit(1)])
    assert counts == {"read": 4, "loaded": 1, "quarantined": 3}
    assert world.sizes() == {"staging_events": 1}

    counts, measures = world.load(
        song1=[song(1, artist_name=twice("Björk"))], song2=[song(2)], plays=[play(1), play(2), play(3)]
    )
    assert counts == {"read": 5, "loaded": 5}
    assert (measures["new_songplays"], measures["matched"], measures["matched_before_repair"]) == (3, 2, 1)
    everything = {"staging_events": 3, "staging_songs": 2, "songplays": 3, "users": 3, "songs": 2, "artists": 2}
    assert world.sizes() == everything | {"time": 3}
    assert world.rows("SELECT artist_name, repaired_from FROM sparkify.staging_songs WHERE song_id = 'SO01'") == [
        ("Björk", '{"artist_name":"BjÃ¶rk"}')
    ]

    counts, measures = world.load(song3=[song(3)])
    assert (counts, measures["rematched_songplays"]) == ({"read": 1, "loaded": 1}, 1)
    assert world.rows("SELECT count(song_id) FROM sparkify.songplays") == [(3,)]
    assert (world.sizes()["staging_songs"], "staging_events" in world.sizes()) == (1, False)


@pytest.mark.timeout(600)
def test_fields_that_no_contract_knows(world):
    """Each line of JSON may bring some: a file has those of its line that has most; the alarm counts lines."""
    wider = [play(1), play(2) | {"device": "phone"}, play(3) | {"device": "car", "app": {"version": 7}}]
    counts, _ = world.load(wider=wider, plain=[play(4)])
    assert counts == {"read": 4, "loaded": 4}
    (entry,) = world.errors("load_sparkify")
    told = {"kind": "new_columns", "dataset": "log_data", "file": "log_data/wider.json", "columns": ["device", "app"]}
    assert told.items() <= entry.items()
    books = "SELECT warnings_by_rule::json ->> 'new_columns' FROM music.load_files WHERE source_file LIKE '%%/{}.json'"
    assert [world.rows(books.format(name)) for name in ("wider", "plain")] == [[("2",)], [(None,)]]

    world.new_columns = "ignore,song_data:reject"
    counts, _ = world.load(song1=[song(1) | {"isrc": "x"}], song2=[song(2)], later=[play(5) | {"device": "tv"}])
    assert counts == {"read": 3, "loaded": 2, "quarantined": 1}
    assert world.rows("SELECT song_id FROM sparkify.songs") == [(song(2)["song_id"],)]
    assert world.rows("SELECT reason FROM music.load_files WHERE state = 'REJECTED'") == [("new_columns",)]
    (rejected,) = world.errors("load_sparkify")
    assert "'song_data/song1.json' has fields that nobody here knows: isrc" in rejected["message"]
