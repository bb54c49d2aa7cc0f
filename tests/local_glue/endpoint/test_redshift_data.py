"""The Redshift Data API, used with boto3 as on AWS."""

import time

import pytest
from botocore.exceptions import ClientError

from local_glue.job.redshift.parameters import ParameterError, with_values

WHERE = {"WorkgroupName": "any", "Database": "dwh"}


def describe_parameters():
    def they_become_literals_and_nothing_else_changes():
        text = "SELECT ':a', x::int FROM t WHERE a = :a AND b = :b"
        filled = with_values(text, {"a": "it's", "b": "2"})
        assert filled == "SELECT ':a', x::int FROM t WHERE a = 'it''s' AND b = '2'"

    @pytest.mark.parametrize(
        ("values", "message"),
        [({}, "Parameter a has no value"), ({"a": "1", "z": "2"}, r"Unused parameters: \['z'\]")],
    )
    def their_names_must_be_those_of_the_statement(values, message):
        with pytest.raises(ParameterError, match=message):
            with_values("SELECT :a", values)


@pytest.fixture
def api(shop_stack):
    return shop_stack.client("redshift-data")


def ended(api, **given):
    """The statement once it has ended."""
    statement = api.execute_statement(**{**WHERE, **given})["Id"]
    while (described := api.describe_statement(Id=statement))["Status"] not in ("FINISHED", "FAILED"):
        time.sleep(0.02)
    return described


def records(api, **given):
    """Every row, over all pages, as the first value of each field."""
    pages = api.get_paginator("get_statement_result").paginate(Id=ended(api, **given)["Id"])
    return [[next(iter(field.values())) for field in row] for page in pages for row in page["Records"]]


@pytest.mark.stack
def describe_the_data_api():
    def it_runs_redshifts_sql_and_types_the_fields(api):
        ended(api, Sql="CREATE TABLE public.kept (a BIGINT, at TIMESTAMP, t VARCHAR(9)) DISTSTYLE ALL")
        insert = ended(
            api,
            Sql="INSERT INTO public.kept VALUES (1, '2024-06-25 17:43:13.5', :text)",
            Parameters=[{"name": "text", "value": "it's"}],
        )
        assert (insert["Status"], insert["ResultRows"], insert["HasResultSet"]) == ("FINISHED", 1, False)
        described = ended(api, Sql="SELECT a, at, t, NULL AS n, a > 0 AS b, 1.5::FLOAT8 AS f FROM public.kept;")
        result = api.get_statement_result(Id=described["Id"])
        assert result["Records"] == [
            [
                {"longValue": 1},
                {"stringValue": "2024-06-25 17:43:13.500000"},
                {"stringValue": "it's"},
                {"isNull": True},
                {"booleanValue": True},
                {"doubleValue": 1.5},
            ]
        ]
        kinds = {column["name"]: column["typeName"] for column in result["ColumnMetadata"]}
        assert kinds == {"a": "int8", "at": "timestamp", "t": "varchar", "n": "varchar", "b": "bool", "f": "float8"}

    def it_gives_many_rows_in_pages(api):
        numbers = "SELECT a FROM (SELECT ROW_NUMBER() OVER (ORDER BY x.column_name, y.column_name) AS a FROM "
        numbers += "information_schema.columns x CROSS JOIN information_schema.columns y) WHERE a <= 2500 ORDER BY a"
        assert records(api, Sql=numbers) == [[number] for number in range(1, 2501)]

    def it_tells_the_isolation_level_of_the_database(api):
        level = "SELECT db_name, isolation_level FROM stv_db_isolation_level"
        assert records(api, Sql=level) == [["dwh", "Snapshot Isolation"]]

    def it_connects_as_the_user_of_the_secret(api, shop_stack):
        secret = shop_stack.client("secretsmanager").describe_secret(SecretId="shop/dwh")["ARN"]
        ended(api, Sql="CREATE SCHEMA other")
        assert records(api, Sql="SELECT COUNT(*) FROM information_schema.tables", SecretArn=secret)
        with pytest.raises(ClientError, match="cannot be read"):
            api.execute_statement(**WHERE, Sql="SELECT 1", SecretArn=secret.replace("shop", "no"))

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"Sql": "SELECT a FROM public.nothing"}, 'ERROR: relation "public.nothing" does not exist'),
            ({"Sql": "SELECT a FROM public.kept ON CONFLICT"}, "ERROR: "),
            ({"Sql": "SELECT 1", "Database": "nowhere"}, 'FATAL: database "nowhere" does not exist'),
        ],
    )
    def it_says_why_a_statement_failed(api, given, message):
        described = ended(api, **given)
        assert described["Status"] == "FAILED"
        assert message in described["Error"]
        with pytest.raises(ClientError, match="Query does not have result"):
            api.get_statement_result(Id=described["Id"])

    def it_wants_one_workgroup_or_cluster(api):
        with pytest.raises(ClientError, match="Either ClusterIdentifier or WorkgroupName"):
            api.execute_statement(Database="dwh", Sql="SELECT 1")
