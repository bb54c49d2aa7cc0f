from datetime import UTC, datetime, timedelta

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws
from moto.core import serialize

from local_glue.endpoint.patches import plain_values

TIMES = [
    "2024-06-25T17:43:13Z",
    "2024-06-25T17:43:13.250Z",
    "2024-06-25T17:43:13.25+02:00",
    "2024-06-25T17:43:13-07:00",
]
OTHERS = ["2024-06-25", "2024-06-25T17:43:13", "Tue, 25 Jun 2024 17:43:13 GMT", "1719337393", 1719337393, 0.5]


def describe_times():
    @pytest.mark.parametrize("value", [*TIMES, *OTHERS, datetime(2024, 6, 25, tzinfo=UTC)])
    def they_are_those_that_moto_reads(value):
        plain_values.install()
        assert serialize.parse_to_aware_datetime(value) == serialize._parse_any_time(value)
        assert serialize.parse_to_aware_datetime(value).utcoffset() == timedelta()


def values():
    scalars = st.one_of(
        st.builds(lambda text: {"S": text}, st.text(max_size=20)),
        st.builds(lambda number: {"N": str(number)}, st.integers(-(10**20), 10**20)),
        st.builds(lambda content: {"B": content}, st.binary(min_size=1, max_size=20)),
        st.builds(lambda truth: {"BOOL": truth}, st.booleans()),
        st.just({"NULL": True}),
        st.builds(
            lambda texts: {"SS": sorted(texts)}, st.sets(st.text(min_size=1, max_size=5), min_size=1, max_size=3)
        ),
    )
    return st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.builds(lambda items: {"L": items}, st.lists(inner, max_size=3)),
            st.builds(lambda items: {"M": items}, st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3)),
        ),
        max_leaves=5,
    )


def test_a_value_comes_back_as_it_was_put():
    plain_values.install()
    with mock_aws():
        client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
        key = {"AttributeName": "key", "AttributeType": "S"}
        client.create_table(
            TableName="values", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[key],
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        )  # fmt: skip

        @given(value=values())
        @settings(max_examples=100, deadline=None)
        def put_and_read(value):
            client.put_item(TableName="values", Item={"key": {"S": "one"}, "value": value})
            assert client.get_item(TableName="values", Key={"key": {"S": "one"}})["Item"]["value"] == value
            assert client.scan(TableName="values")["Items"] == [{"key": {"S": "one"}, "value": value}]

        put_and_read()
