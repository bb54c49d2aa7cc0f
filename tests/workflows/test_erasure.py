"""A user is erased from both workflows: nothing names them any more, and all else is as if they had never been."""

import json

import pytest
import samples
from erasure_world import BOTH, DAY, FIRST_PLAYS, PLAYS, TRACKS, USER, ErasureWorld, theirs
from killing import Killer, killing
from pipeline import LAKE

from glue_jobs.lib.erasure import requests

pytestmark = [pytest.mark.stack, pytest.mark.spark, pytest.mark.timeout(900)]


@pytest.fixture
def world(spark, project_stack, tmp_path):
    """Both workflows have loaded; then a file came that nobody has taken in."""
    world = ErasureWorld(project_stack, tmp_path)
    world.deliver()
    world.load()
    world.put("streams/late.csv", samples.plays(samples.more_plays(5)), theirs((TRACKS[3], "06:00:00")))
    return world


@pytest.mark.nightly
def test_nothing_is_left_of_the_user_and_all_else_is_as_without_them(world, monkeypatch):
    tables = {"music.users", "music.streams", "music.pending_streams", "music.load_files", "sparkify.songplays"}
    assert {*tables, "public.users", "public.load_files"} <= world.mentions()
    before = world.of_others()

    _refuse_past_a_file_that_waits(world)
    world.eraser.run("streams_validate_files")
    _die(world, monkeypatch, at=(27, 45))
    receipt = world.eraser.erase(USER, BOTH)

    assert receipt["outcome"] == "erased"
    found = {"rds.users": 1, "music.streams": 8, "music.pending_streams": 1, "sparkify.songplays": 3}
    assert receipt["found"] | found | {"rejected files": 1, "error logs": 1} == receipt["found"]
    assert world.mentions() == set()
    assert world.of_others() == before
    (book,) = world.streams.rows("SELECT measures, read FROM music.load_runs WHERE run_id = %s", receipt["run_id"])
    assert (json.loads(book[0])["erasure"], book[1]) == ({"users": 1, "found": receipt["found"]}, 0)
    assert world.streams.keys(LAKE, requests.REQUESTS) == []

    # The same file again is a repeated one, though the archive has it without the user's lines.
    world.put("streams/again.csv", FIRST_PLAYS, PLAYS, counts=False)
    assert world.streams.file_books(world.streams.run())["streams/again.csv"]["state"] == "REPEATED"
    world.streams.run({"from_date": DAY, "to_date": DAY, "recompute": "true"})
    world.star.run({"from_date": "2018-11-05", "to_date": "2018-11-07"})
    world.assert_exact()
    world.streams.assert_tidy()

    state = world.state()
    assert world.eraser.erase(USER, ["streams"])["outcome"] == "unknown"
    assert world.state() == state


@pytest.mark.slow
def test_an_erasure_that_dies_anywhere_is_finished_by_the_next(world, monkeypatch):
    world.streams.run()
    world.eraser.ask(USER, BOTH)
    _die(world, monkeypatch, at=range(2, 60, 3))
    assert world.stack.run_job("erase_user")["JobRunState"] == "SUCCEEDED"
    assert world.streams.keys(LAKE, requests.REQUESTS) == []
    assert world.mentions() == set()
    world.load()
    world.assert_exact()


def _refuse_past_a_file_that_waits(world):
    """Asks; the job refuses, and leaves everything as it is."""
    ledger, request = world.entries(), world.eraser.ask(USER, BOTH)
    run = world.stack.run_job("erase_user")
    assert (run["JobRunState"], "streams/late.csv" in run["ErrorMessage"]) == ("FAILED", True)
    assert world.entries() == ledger
    assert world.streams.keys(LAKE, requests.REQUESTS) == [request]


def _die(world, monkeypatch, *, at):
    """Lets runs of the job die before these side effects; one has fewer the more those before it have done."""
    deaths = 0
    for point in at:
        with killing(Killer(at=point), monkeypatch) as killer:
            run = world.stack.run_job("erase_user")
        assert run["JobRunState"] == ("FAILED" if killer.dead else "SUCCEEDED")
        deaths += killer.dead
    assert deaths > 1
