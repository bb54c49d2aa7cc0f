"""A worker whose disk is full: the run fails with a message and changes nothing; the next one loads everything.

The JVM may not write beyond some bytes of a file, which is what a full disk does to it.
"""

import resource
from contextlib import contextmanager

import pytest
import samples

pytestmark = [pytest.mark.nightly, pytest.mark.stack, pytest.mark.spark]

NO_ROOM_BYTES = 2_000
PLAYS = 3_000


@contextmanager
def full_disk(pid):
    """Within the block no file that the process writes becomes larger than NO_ROOM_BYTES."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (NO_ROOM_BYTES, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux sets limits of another process")
def test_a_run_without_room_to_work_changes_nothing(pipeline, spark):
    pipeline.put("users/users.csv", samples.users())
    pipeline.put("songs/songs.csv", samples.songs())
    pipeline.run()

    pipeline.put("streams/plays.csv", samples.plays(samples.more_plays(PLAYS)))
    with full_disk(spark.sparkContext._gateway.proc.pid):
        failures = pipeline.failures(pipeline.start_and_wait())
    assert list(failures) == ["load_streams"]
    assert "File too large" in failures["load_streams"], failures
    assert pipeline.rows("SELECT count(*) FROM music.streams") == [(0,)]

    pipeline.run()
    pipeline.assert_exact()
    pipeline.assert_tidy()
