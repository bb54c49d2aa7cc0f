"""A dry run changes nothing, and what it says is what the following run does."""

import json

import pytest
import samples
import star_samples
import world_state

pytestmark = [pytest.mark.nightly, pytest.mark.stack, pytest.mark.spark]

PLAYS = samples.all_plays()
DRY = {"--dry_run": "true"}


def _job(pipeline, name, arguments=None):
    run = pipeline.stack.run_job(name, arguments)
    assert (name, run["JobRunState"], run.get("ErrorMessage")) == (name, "SUCCEEDED", None)
    return run["Id"]


def _foretold(pipeline, job, *, database="warehouse", books="music.load_files"):
    """Runs the job dry, then really; compares what it said with what it did, and returns it."""
    before = world_state.state_of(pipeline)
    whole, files, report = world_state.told(pipeline, _job(pipeline, job, DRY))
    assert world_state.state_of(pipeline) == before
    then = world_state.rows_of(pipeline, database=database)
    run_id = _job(pipeline, job)
    done = world_state.changes(then, world_state.rows_of(pipeline, database=database))
    done.pop("music.publication", None)  # the fence of every publish, which a dry run has no need of
    assert {name: counts for name, counts in whole["tables"].items() if any(counts.values())} == done
    names = ("read", "loaded", "already_loaded", "repeated", "quarantined", "pending_after", "out_of_window")
    booked = pipeline.rows(
        f"SELECT source_file, state, {', '.join(names)}, quarantined_by_rule FROM {books} WHERE run_id = %s",
        run_id,
        database=database,
    )
    assert booked or not files
    for source_file, state, *counts, rules in booked:
        said = files.pop(source_file)
        assert (said["state"], [said[name] for name in names]) == (state, counts)
        assert said["quarantined_by_rule"] == json.loads(rules)
    assert files == {}
    return whole, report


@pytest.mark.timeout(600)
def test_streams(pipeline):
    pipeline.put("users/users.csv", samples.users())
    pipeline.put("songs/songs.csv", samples.songs())
    late = "\n901,notInAnyCatalogue00001,2025-03-02 10:00:00\n"
    pipeline.put("streams/first.csv", samples.plays(PLAYS[:120]) + late.lstrip("\n"))
    pipeline.run()

    users = [{**row, "user_country": "Iceland"} for row in samples.world().users.values()][:9]
    pipeline.put("users/changed.csv", samples.users(users) + "901,New,30,Chile,2025-01-01\nx,,,,\n")
    pipeline.put("streams/second.csv", samples.plays(PLAYS[100:200]) + "x,,soon\n902,T,2025-03-02 10:00:00\n")
    pipeline.put("streams/second again.csv", samples.plays(PLAYS[100:200]) + "x,,soon\n902,T,2025-03-02 10:00:00\n")
    pipeline.put("streams/empty.csv", b"", valid=False)

    before = world_state.state_of(pipeline)
    pipeline.run({"dry_run": "true"})
    assert world_state.state_of(pipeline) == before
    whole, files, report = world_state.told(pipeline, _job(pipeline, "streams_validate_files", DRY))
    assert (whole["ACCEPTED"], whole["REPEATED"], whole["REJECTED"]) == (2, 1, 1)
    assert files["streams/empty.csv"]["reason"] == "empty"
    assert "streams/empty.csv" in report

    _job(pipeline, "streams_validate_files")
    whole, _ = _foretold(pipeline, "load_metadata", database="rds", books="load_files")
    assert whole["tables"]["users"] == {"inserted": 1, "changed": 9, "deleted": 0}
    whole, _ = _foretold(pipeline, "load_catalog")
    assert whole["tables"]["music.users"] == {"inserted": 1, "changed": 9, "deleted": 0}
    whole, report = _foretold(pipeline, "load_streams")
    assert whole["tables"]["music.streams"] == {"inserted": 80, "changed": 0, "deleted": 0}
    assert whole["tables"]["music.genre_kpis"]["changed"] > 0
    assert whole["tables"]["music.pending_streams"] == {"inserted": 1, "changed": 1, "deleted": 0}
    assert "listen_time_invalid 1, track_id_empty 1, user_id_invalid 1" in report
    pipeline.assert_exact()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_sparkify(sparkify):
    plays = [star_samples.play(number) for number in range(40)]
    sparkify.put("log_data/2018/11/a.json", star_samples.lines(plays))
    sparkify.run()
    sparkify.put("log_data/2018/11/b.json", star_samples.lines([star_samples.play(n) for n in range(30, 60)] + ["{}}"]))
    sparkify.put("song_data/A/a.json", star_samples.lines([star_samples.song(3)]))
    _job(sparkify, "sparkify_validate_files")
    whole, _ = _foretold(sparkify, "load_sparkify")
    assert whole["tables"]["sparkify.songplays"]["inserted"] == 20
    assert whole["tables"]["sparkify.songplays"]["changed"] > 0
    assert whole["quarantined_by_rule"] == {"not_json": 1}
    sparkify.assert_exact()
