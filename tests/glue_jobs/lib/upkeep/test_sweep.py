import json
from datetime import UTC, datetime, timedelta

import pytest
from files_support import LAKE, account, keys, make_config

from glue_jobs.lib.run import aws, session
from glue_jobs.lib.upkeep import sweep
from glue_jobs.lib.upkeep.sweep import DeadRun

DEAD, BOOKED = "jr_dead", "jr_booked"
TOMORROW = datetime.now(UTC) + timedelta(days=2)


class Warehouse:
    """A warehouse whose books have one run; it records which stages are dropped."""

    def __init__(self):
        self.dropped = []

    def drop(self, stages):
        self.dropped += stages

    def read(self, sql, schema):
        assert DEAD in sql
        return self

    def collect(self):
        return [{"run_id": BOOKED}]


@pytest.fixture
def lake(monkeypatch):
    with account(monkeypatch):
        yield aws.client("s3")


def put(s3, key: str, body: bytes = b"x") -> None:
    s3.put_object(Bucket=LAKE, Key=key, Body=body)


def describe_find_dead_runs():
    def it_finds_runs_whose_folder_is_a_day_old(lake):
        put(lake, f"temp/load_streams/{DEAD}/stages.json", json.dumps(["public.stage_x"]).encode())
        put(lake, f"temp/load_streams/{DEAD}/classified/part-0")
        put(lake, f"quarantine/streams/run_id={DEAD}/part-0")
        put(lake, f"temp/load_streams/{make_config().run_id}/stages.json")
        found = DeadRun(DEAD, f"temp/load_streams/{DEAD}/", ["public.stage_x"], [f"quarantine/streams/run_id={DEAD}/"])
        assert sweep.find_dead_runs(make_config(), now=TOMORROW) == [found]
        assert sweep.find_dead_runs(make_config()) == []

    def it_finds_the_quarantine_of_another_workflows_run(lake):
        put(lake, f"temp/load_streams/{DEAD}/stages.json", b"[]")
        put(lake, f"quarantine/streams/run_id={DEAD}/part-0")
        (found,) = sweep.find_dead_runs(make_config(datasets=("log_data", "song_data")), now=TOMORROW)
        assert found.quarantines == [f"quarantine/streams/run_id={DEAD}/"]

    def it_marks_open_runs_in_the_file_that_names_stages(lake):
        session.mark_open(make_config())
        assert keys(LAKE, "temp/") == ["temp/streams_validate_files/jr_1/stages.json"]
        (found,) = sweep.find_dead_runs(make_config(run_id="jr_2"), now=TOMORROW)
        assert found.stages == []


def describe_sweep():
    def it_removes_all_but_quarantine_that_is_booked(lake):
        dead = []
        for run in (DEAD, BOOKED):
            put(lake, f"temp/load_streams/{run}/x")
            put(lake, f"quarantine/streams/run_id={run}/part-0")
            dead.append(
                DeadRun(
                    run, f"temp/load_streams/{run}/", [f"public.stage_{run}"], [f"quarantine/streams/run_id={run}/"]
                )
            )
        found = Warehouse()
        sweep.sweep(make_config(), dead, lambda: found)
        assert found.dropped == [f"public.stage_{DEAD}", f"public.stage_{BOOKED}"]
        assert keys(LAKE) == [f"quarantine/streams/run_id={BOOKED}/part-0"]

    def it_opens_no_warehouse_for_files_alone(lake):
        put(lake, f"temp/load_streams/{DEAD}/x")
        sweep.sweep(make_config(), [DeadRun(DEAD, f"temp/load_streams/{DEAD}/")], lambda: pytest.fail("opened"))
        assert keys(LAKE) == []
