"""Large deliveries: Spark's workers read and check them, with the driver's verdicts."""

import gzip
import os

import pytest
from checked_files import ledger_files, run
from files_support import LAKE, LANDING, PLAYS, TABLE, deliver, keys, read

from glue_jobs.lib.files.ledger import ACCEPTED, REJECTED, REPEATED, Ledger
from glue_jobs.lib.intake import inspection, reading

pytestmark = pytest.mark.spark

DELIVERED = {
    "streams/a.csv": PLAYS,
    "streams/again.csv": PLAYS,
    "streams/packed.csv.gz": gzip.compress(PLAYS + b"3,t3,2024-06-25 12:00:00\n", mtime=0) + bytes(512),
    "streams/semicolons.csv": PLAYS.replace(b",", b";"),
    "streams/cut off.csv.gz": gzip.compress(PLAYS * 50, mtime=0)[:-9],
    "streams/é+%41.csv": PLAYS + b'"4",t4,2024-06-25 12:00:00\n',
}


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch):
    monkeypatch.setattr(reading, "LARGE", 100)


def deliver_all():
    for key, body in DELIVERED.items():
        deliver(key, body)


def found():
    """What the ledger has of the run's files, whatever their versions (behind the @ of a reason) and times."""
    return {
        file.landing_key: (file.checksum, file.lines, file.bytes, file.state, (file.reason or "").partition("@")[0])
        for file in Ledger(TABLE).files_of("streams")
    }


@pytest.mark.stack
def test_they_have_the_drivers_verdicts(stack, spark, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(reading, "LARGE", 1 << 40)
        deliver_all()
        run()
    by_driver = found()
    stack.reset()
    deliver_all()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # which workers have from the JVM of their run
        monkeypatch.setitem(spark.sparkContext.environment, name, os.environ[name])
    monkeypatch.setattr(inspection, "check", lambda *_, **__: pytest.fail("the driver checked a file"))
    assert run() == {ACCEPTED: 3, REPEATED: 1, REJECTED: 2}
    assert found() == by_driver
    archived = {read(LAKE, file.archive_key) for file in ledger_files() if file.state == ACCEPTED}
    packed = DELIVERED["streams/packed.csv.gz"].rstrip(b"\0")
    assert {body.rstrip(b"\0") for body in archived} == {PLAYS, packed, DELIVERED["streams/é+%41.csv"]}


@pytest.fixture
def warned(monkeypatch):
    """The texts of the run's warnings."""
    texts = []
    monkeypatch.setattr(reading.logs, "warning", lambda text, **_: texts.append(text))
    return texts


def test_the_driver_reads_what_workers_may_not(bucket, spark, warned):
    # The account is in this process's memory, where no worker reaches it.
    deliver_all()
    assert run() == {ACCEPTED: 3, REPEATED: 1, REJECTED: 2}
    assert warned[0] == "Spark's workers could not read files; the driver does"
    assert keys(LANDING) == []


def test_the_driver_reads_what_spark_cannot(bucket, monkeypatch, warned):
    def fail():
        raise RuntimeError("no worker came")

    monkeypatch.setattr("pyspark.SparkContext.getOrCreate", fail)
    deliver_all()
    assert run() == {ACCEPTED: 3, REPEATED: 1, REJECTED: 2}
    assert warned[0] == "Spark's workers could not read files; the driver does"


@pytest.mark.parametrize(("sizes", "large"), [([100], False), ([60, 40], True), ([60, 39], False), ([], False)])
def test_spark_is_started_for_several_that_are_large_together(sizes, large):
    class OfSize:
        def __init__(self, size):
            self.size = size

    assert reading.are_large([OfSize(size) for size in sizes]) is large
