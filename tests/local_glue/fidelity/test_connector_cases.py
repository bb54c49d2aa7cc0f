"""The cases of the Redshift connector: how actions are split, and loads from frames of Spark."""

import pytest
from fidelity_cases import examples, outcome, plain
from standin_support import BUCKET

from local_glue.job.redshift.actions import split_actions
from local_glue.job.redshift.errors import ConnectorError, RedshiftError, RefusedError

STAGE = "public.stage_t"
ERRORS = {"fails": ConnectorError, "refused": RedshiftError, "unsupported": NotImplementedError}
SPLITS = [given for given in examples("connector") if "split" in given.values[1]]
LOADS = [given for given in examples("connector") if "frame" in given.values[1]]


@pytest.mark.parametrize(("case", "example"), SPLITS)
def test_actions_are_split_as_the_connector_does(case, example):
    if "rows" in example:
        assert split_actions(example["split"], "preactions", '"public"."stage_t"') == example["rows"]
        return
    with pytest.raises(RefusedError, match=example["refused"]):
        split_actions(example["split"], "preactions", "t")


@pytest.mark.spark
@pytest.mark.stack
@pytest.mark.parametrize(("case", "example"), LOADS)
def test_loads_end_as_through_the_connector(case, example, load, standin_warehouse):
    for statement in case.setup:
        standin_warehouse.execute(f"SET ROLE loader; {statement}; RESET ROLE")
    if error := ERRORS.get(outcome(example)):
        with pytest.raises(error, match=rf"(?s){example[outcome(example)]}"):
            load(example)
    else:
        load(example)
    if "select" in example:
        rows = standin_warehouse.execute(example["select"].replace("svv_", "information_schema.")).fetchall()
        assert [list(map(plain, row)) for row in rows] == example.get("rows", example.get("left"))


@pytest.fixture
def load(standin_runs, standin_prefix):
    """Writes the frame of an example."""
    from awsglue.dynamicframe import DynamicFrame

    def write(example):
        context = standin_runs.start()
        rows = [tuple(None if value == "NULL" else value for value in row) for row in example["data"]]
        frame = standin_runs.spark.createDataFrame(rows, example["frame"])
        options = {
            "useConnectionProperties": "true",
            "connectionName": "redshift",
            "dbtable": STAGE,
            "redshiftTmpDir": f"s3://{BUCKET}/{standin_prefix}/tmp",
            **example["options"],
        }
        context.write_dynamic_frame.from_options(DynamicFrame.fromDF(frame, context), "redshift", options)

    return write
