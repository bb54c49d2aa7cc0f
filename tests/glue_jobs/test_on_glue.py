"""Jobs without connection and bookmark, on the stand-in and, by `make test-glue`, on the real awsglue."""

import json
import tomllib
from itertools import count
from pathlib import Path
from string import Template

import pytest

from glue_jobs import load_sparkify
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.sparkify import LOG_DATA, SONG_DATA, SONGPLAYS, USERS
from tests.glue_jobs.local_files import LocalFiles
from tests.workflows.star_samples import play, play_id, song, twice, visit

PROJECT = Path(load_sparkify.__file__).parents[1]
VALUES = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["local_glue"]["values"]
DEFINED = (PROJECT / "glue_jobs" / "workflows.json").read_text(encoding="utf-8")
WORKFLOWS = json.loads(Template(DEFINED).substitute(VALUES))
JOBS = {name: job for workflow in WORKFLOWS["workflows"].values() for name, job in workflow["jobs"].items()}
GLUES_OWN = {
    **{
        "--job-bookmark-option": "job-bookmark-disable",
        "--TempDir": "s3://music-lake/temp/",
        "--job-language": "python",
    },
    **{"--enable-metrics": "true", "--extra-py-files": "s3://s/lib.zip", "--conf": "spark.sql.session.timeZone=UTC"},
}
"""Arguments that Glue or Terraform add to those of workflows.json."""


def command_line(job, run_id="jr_1"):
    """What Glue calls a job's script with."""
    given = {"--JOB_NAME": job, "--JOB_RUN_ID": run_id} | GLUES_OWN
    given |= WORKFLOWS["defaults"]["arguments"] | JOBS[job]["arguments"]
    return [JOBS[job]["script"], *(word for pair in given.items() for word in pair)]


@pytest.mark.parametrize("job", JOBS)
def test_glue_finds_the_name_of_a_job_among_all_its_arguments(awsglue, job):
    from awsglue.utils import getResolvedOptions

    found = getResolvedOptions(command_line(job), ["JOB_NAME"])
    assert (found["JOB_NAME"], found["job_bookmark_option"]) == (job, "job-bookmark-disable")


@pytest.fixture
def files(spark, awsglue, tmp_path, monkeypatch):
    return LocalFiles(tmp_path, monkeypatch)


@pytest.fixture
def load(files):
    """Runs the job; returns what it booked: lines by outcome, and measures."""
    runs = count(1)

    def run():
        load_sparkify.main(command_line("load_sparkify", f"jr_{next(runs)}"))
        lines = {outcome: number for outcome, number in files.book.outcomes.items() if number}
        return lines, {name: value for name, value in files.book.measures.items() if name not in ("seconds", "spark")}

    return run


@pytest.mark.spark
@pytest.mark.glue_java
@pytest.mark.ci
def test_load_sparkify_builds_the_star_and_knows_again_what_passed_through_glues_frames(files, load):
    def deliver():
        # The songs' latitude is NULL in every row; Glue may lose such a column.
        files.deliver(LOG_DATA, play(0, location=None), play(1, artist=twice("Björk")), visit(2))
        files.deliver(SONG_DATA, song(1))

    deliver()
    counted, measures = load()
    assert counted == {Count.LOADED: 4}
    assert (measures["new_songplays"], measures["matched"], measures["matched_before_repair"]) == (2, 1, 0)
    wanted = {
        **{"songplay_id": play_id(1), "start_time": "2018-11-05 19:07:00.796000", "user_id": 1, "level": "free"},
        **{"song_id": "SO01", "artist_id": "AR1", "session_id": 101, "item_in_session": 0, "location": "Zürich"},
        **{"user_agent": '"Mozilla/5.0"', "song_title": "Song 1", "artist_name": "Björk", "length_s": 91.5},
        **{"repaired_from": '{"artist_name":"BjÃ¶rk"}', "run_id": "jr_1"},
    }
    first, second = files.rows(SONGPLAYS)
    assert {name: second[name] for name in wanted} == wanted
    assert (first["location"], first["song_id"], first["repaired_from"]) == (None, None, None)
    assert [row["last_name"] for row in files.rows(USERS)] == ["Müller", "Müller"]

    deliver()
    counted, measures = load()
    assert counted == {Count.ALREADY_LOADED: 3, Count.LOADED: 1}  # Visits are loaded again, into staging.
    assert (measures["new_songplays"], measures["changed_songs"]) == (0, 0)
