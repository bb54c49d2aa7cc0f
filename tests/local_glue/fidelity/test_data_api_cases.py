"""The cases of the Redshift Data API, called with boto3."""

import re

import pytest
from botocore.exceptions import ClientError
from endpoint_support import ended
from fidelity_cases import examples

pytestmark = pytest.mark.stack


@pytest.fixture
def batch(shop_stack):
    """Runs statements as a batch to its end; gives its description."""
    api = shop_stack.client("redshift-data")

    def run(texts):
        return ended(api, Sqls=list(texts))

    run.api = api
    yield run
    run(["DROP SCHEMA IF EXISTS shop CASCADE"])


def rows(batch, statement):
    records = batch.api.get_statement_result(Id=statement)["Records"]
    return [[next(iter(field.values())) for field in row] for row in records]


@pytest.mark.parametrize(("case", "example"), examples("data_api"))
def test_batches_end_as_on_aws(case, example, batch):
    assert batch(case.setup)["Status"] == "FINISHED"
    if "refused" in example:
        with pytest.raises(ClientError, match=example["refused"]):
            rows(batch, batch(example["sqls"] * example.get("times", 1))["Id"])
        return
    ended = batch(example["sqls"])
    assert [part["Status"] for part in ended["SubStatements"]] == example["statuses"]
    if "fails" in example:
        assert re.match(example["fails"], ended["Error"])
        left = batch(["SELECT n FROM shop.t ORDER BY n"])
        assert rows(batch, f"{left['Id']}:1") == example["left"]
    else:
        assert rows(batch, ended["SubStatements"][-1]["Id"]) == example["rows"]
