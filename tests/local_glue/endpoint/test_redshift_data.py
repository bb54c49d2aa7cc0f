"""The Redshift Data API, used with boto3 as on AWS."""

import pytest
from botocore.exceptions import ClientError
from endpoint_support import DATA_API, ended

from local_glue.job.redshift.parameters import ParameterError, with_values


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
            api.execute_statement(**DATA_API, Sql="SELECT 1", SecretArn=secret.replace("shop", "no"))

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

    @pytest.mark.parametrize("given", [{"WithEvent": True}, {"SessionKeepAliveSeconds": 60}, {"ResultFormat": "CSV"}])
    def it_names_what_it_lacks(api, given):
        for call, text in ((api.execute_statement, {"Sql": "S"}), (api.batch_execute_statement, {"Sqls": ["S"]})):
            with pytest.raises(ClientError, match=f"local_glue .* {next(iter(given))} .*leave it out"):
                call(**DATA_API, **text, **given)


@pytest.mark.stack
def describe_a_batch():
    @pytest.fixture
    def table(api):
        ended(api, Sql="DROP TABLE IF EXISTS public.b")
        ended(api, Sql="CREATE TABLE public.b (a BIGINT)")

    def it_runs_in_one_transaction_and_has_a_result_for_each_statement(api, table):
        texts = ["INSERT INTO public.b VALUES (1), (2);", "SELECT SUM(a) FROM public.b", "SELECT 1 WHERE 1 = 0"]
        batch = ended(api, Sqls=texts)
        assert (batch["Status"], batch["ResultRows"], batch["HasResultSet"]) == ("FINISHED", 3, True)
        assert "QueryString" not in batch
        parts = batch["SubStatements"]
        assert [part["Id"] for part in parts] == [f"{batch['Id']}:{number}" for number in (1, 2, 3)]
        assert [part["QueryString"] for part in parts] == texts
        assert [(part["Status"], part["ResultRows"], part["HasResultSet"]) for part in parts] == [
            ("FINISHED", 2, False), ("FINISHED", 1, True), ("FINISHED", 0, True),
        ]  # fmt: skip
        assert api.get_statement_result(Id=parts[1]["Id"])["Records"] == [[{"stringValue": "3"}]]
        assert api.get_statement_result(Id=parts[2]["Id"])["Records"] == []
        assert api.describe_statement(Id=parts[1]["Id"])["QueryString"] == texts[1]
        with pytest.raises(ClientError, match="does not have result"):
            api.get_statement_result(Id=parts[0]["Id"])
        with pytest.raises(ClientError, match="can only be retrieved with sub-statement id"):
            api.get_statement_result(Id=batch["Id"])

    def it_undoes_everything_when_a_statement_fails_and_runs_no_other(api, table):
        insert = "INSERT INTO public.b VALUES (1)"
        batch = ended(api, Sqls=[insert, "SELECT zz FROM public.b", "SELECT 1", "SELECT 2"])
        why = 'ERROR: column "zz" does not exist'
        assert (batch["Status"], batch["Error"]) == ("FAILED", f"Query #2 failed with {why}")
        assert [(part["Status"], part.get("Error")) for part in batch["SubStatements"]] == [
            ("FINISHED", None), ("FAILED", why), ("ABORTED", None), ("ABORTED", None),
        ]  # fmt: skip
        assert records(api, Sql="SELECT COUNT(*) FROM public.b") == [[0]]

    def it_commits_what_a_truncate_commits_as_redshift_does(api, table):
        ended(api, Sql="INSERT INTO public.b VALUES (1)")
        batch = ended(api, Sqls=["TRUNCATE public.b", "INSERT INTO public.b VALUES (2)", "SELECT zz"])
        assert [part["Status"] for part in batch["SubStatements"]] == ["FINISHED", "FINISHED", "FAILED"]
        assert records(api, Sql="SELECT COUNT(*) FROM public.b") == [[0]]

    def it_loads_files_within_its_transaction_and_notes_their_errors_beyond_it(api, table, shop_stack):
        s3 = shop_stack.client("s3")
        s3.put_object(Bucket="landing", Key="batch/good", Body=b"7\n")
        s3.put_object(Bucket="landing", Key="batch/bad", Body=b"8\nseven\n")
        copy = "COPY public.b FROM 's3://landing/batch/{}' IAM_ROLE default CSV MAXERROR {}"
        sum_of = "SELECT SUM(a)::BIGINT FROM public.b"
        batch = ended(api, Sqls=[copy.format("good", 1), copy.format("bad", 5), sum_of])
        assert api.get_statement_result(Id=f"{batch['Id']}:3")["Records"] == [[{"longValue": 15}]]
        noted = "SELECT COUNT(*) FROM stl_load_errors WHERE filename LIKE '%batch/bad%'"
        assert records(api, Sql=noted) == [[1]]
        batch = ended(api, Sqls=[copy.format("good", 1), copy.format("bad", 1)])
        assert batch["Error"].startswith("Query #2 failed with ERROR: Load into table 'b' failed.")
        assert records(api, Sql=sum_of) == [[15]]
        assert records(api, Sql=noted) == [[2]]

    def it_aborts_all_if_nothing_can_begin(api):
        batch = ended(api, Sqls=["SELECT 1"], Database="nowhere")
        assert batch["Error"] == 'ERROR: FATAL: database "nowhere" does not exist'
        assert [part["Status"] for part in batch["SubStatements"]] == ["ABORTED"]

    def it_takes_forty_statements_and_no_parameters(api):
        assert len(ended(api, Sqls=["SELECT 1"] * 40)["SubStatements"]) == 40
        with pytest.raises(ClientError, match="Sqls has 41 statements, and a batch at most 40"):
            api.batch_execute_statement(**DATA_API, Sqls=["SELECT 1"] * 41)
        assert "Parameter a has no value" in ended(api, Sqls=["SELECT :a"])["Error"]
