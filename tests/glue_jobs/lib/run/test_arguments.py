from datetime import UTC, date, datetime

import pytest

from glue_jobs.lib.run import arguments
from glue_jobs.lib.run.errors import ConfigError

BASE = {
    "JOB_NAME": "load_streams",
    "JOB_RUN_ID": "jr_1",
    "datasets": "users, songs,streams",
    "landing_bucket": "landing",
    "lake_bucket": "lake",
    "ledger_table": "ProcessedFiles",
    "defaults": (
        "from_date=none to_date=none recompute=false dry_run=false full=false replay=none max_reject_rate=0.5 "
        "pending_days=30 new_columns=warn"
    ),
}
WORKFLOW = {"WORKFLOW_NAME": "streams", "WORKFLOW_RUN_ID": "wr_1"}
STARTED = datetime(2024, 6, 25, 4, tzinfo=UTC)


def resolve(**overrides):
    given = {name: value for name, value in (BASE | overrides).items() if value is not None}
    argv = ["job.py"] + [word for name, value in given.items() for word in (f"--{name}", value)]
    return arguments.resolve(argv, started_at=STARTED)


@pytest.fixture
def run_properties(monkeypatch):
    properties = {}

    class Glue:
        def get_workflow_run_properties(self, Name, RunId):
            return {"RunProperties": properties}

    monkeypatch.setattr(arguments.aws, "client", lambda service: Glue())
    return properties


def describe_resolve():
    def it_takes_the_defaults_of_the_workflow_file():
        config = resolve()
        assert (config.max_reject_rate, config.pending_days, config.recompute) == (0.5, 30, False)
        assert (config.from_date, config.to_date, config.is_backfill) == (None, None, False)
        assert config.datasets == ("users", "songs", "streams")

    def it_prefers_a_workflow_run_property_to_a_default(run_properties):
        run_properties["max_reject_rate"] = "0.1"
        assert resolve(**WORKFLOW).max_reject_rate == 0.1

    def it_prefers_a_job_argument_to_a_workflow_run_property(run_properties):
        run_properties["max_reject_rate"] = "0.1"
        assert resolve(**WORKFLOW, max_reject_rate="0.2").max_reject_rate == 0.2

    def it_takes_none_as_not_given(run_properties):
        run_properties["pending_days"] = "7"
        assert resolve(**WORKFLOW, pending_days="none").pending_days == 7

    def it_ignores_the_properties_that_glue_itself_sets(run_properties):
        run_properties["aws:eventIds"] = "[1]"
        assert resolve(**WORKFLOW).pending_days == 30

    def it_reads_a_backfill_of_one_day():
        config = resolve(from_date="2024-06-25", to_date="2024-06-25")
        assert (config.from_date, config.to_date, config.is_backfill) == (date(2024, 6, 25), date(2024, 6, 25), True)

    @pytest.mark.parametrize(
        ("overrides", "saves"),
        [
            ({}, True),
            ({"dry_run": "true"}, False),
            ({"from_date": "2024-06-25"}, False),
            ({"replay": "quarantine/streams/run_id=jr_1/"}, False),
        ],
    )
    def it_leaves_the_bookmark_to_ordinary_runs(overrides, saves):
        assert resolve(**overrides).saves_bookmark == saves

    def it_ignores_the_arguments_that_belong_to_glue():
        argv = {"job-bookmark-option": "job-bookmark-enable", "enable-metrics": "true", "conf": "spark.x=1"}
        assert resolve(**argv).run_id == "jr_1"

    def it_only_names_an_argument_that_glue_may_have_added():
        config = resolve(**{"quantum_worker_mode": "on", "conf": "spark.x=1", "enable-metrics": "true"})
        assert config.run_id == "jr_1"
        assert config.unknown_arguments == ("quantum_worker_mode",)

    def it_gives_each_run_a_temp_prefix_of_its_own():
        assert resolve().temp_prefix == "s3://lake/temp/load_streams/jr_1/"

    @pytest.mark.parametrize(
        ("overrides", "message"),
        [
            (
                {"from_date": "2024-02-30"},
                "--from_date takes a date that exists, YYYY-MM-DD; it was given '2024-02-30'",
            ),
            ({"to_date": "25.06.2024"}, "--to_date takes a date, YYYY-MM-DD; it was given '25.06.2024'"),
            ({"max_reject_rate": "50%"}, "--max_reject_rate takes a number from 0 to 1; it was given '50%'"),
            ({"max_reject_rate": "1.5"}, "--max_reject_rate takes a number from 0 to 1; it was given '1.5'"),
            ({"max_reject_rate": "nan"}, "--max_reject_rate takes a number from 0 to 1; it was given 'nan'"),
            (
                {"new_columns": "drop"},
                "--new_columns takes ignore, warn, reject, or that for each dataset, such as "
                "streams:reject,users:warn; it was given 'drop'",
            ),
            ({"pending_days": "-1"}, "--pending_days takes a whole number of days, 0 or more; it was given '-1'"),
            ({"replay": "quarantine/files/2024-06-25/"}, "--replay takes a prefix of rows in the lake bucket, such as"),
            ({"replay": "quarantine/streams/", "to_date": "2024-06-25"}, "--replay reads the quarantine, --from_date"),
            ({"dry_run": "maybe"}, "--dry_run takes true or false; it was given 'maybe'"),
            ({"recompute": "yes"}, "--recompute takes true or false; it was given 'yes'"),
            ({"from_date": "2024-06-26", "to_date": "2024-06-25"}, "--from_date 2024-06-26 lies after --to_date"),
            ({"max_reject_rat": "0.1"}, "unknown argument --max_reject_rat; did you mean --max_reject_rate?"),
            ({"datesets": "users"}, "unknown argument --datesets; did you mean --datasets?"),
            ({"lake_bucket": None}, "argument --lake_bucket is missing"),
            ({"defaults": "max_reject_rate=0.5"}, "no value for --recompute"),
            ({"defaults": "speed=high"}, "--defaults names an unknown option 'speed'"),
        ],
    )
    def it_names_what_is_wrong_and_what_it_takes(overrides, message):
        with pytest.raises(ConfigError) as raised:
            resolve(**overrides)
        assert message in str(raised.value)

    def it_refuses_an_unknown_workflow_run_property(run_properties):
        run_properties["max_reject_rat"] = "0.1"
        with pytest.raises(ConfigError, match="unknown run property 'max_reject_rat' of workflow streams"):
            resolve(**WORKFLOW)
