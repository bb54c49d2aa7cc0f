"""Loads through the connector: order, transactions, errors, and what is left after a failure."""

import json

import psycopg
import pytest
from standin_support import BUCKET

from local_glue import faults
from local_glue.job.redshift.errors import ConnectorError, RedshiftError, RefusedError

pytestmark = [pytest.mark.spark, pytest.mark.stack]
STAGE = "public.stage_t"
CREATE = f"DROP TABLE IF EXISTS {STAGE}; CREATE TABLE {STAGE} (id BIGINT, name VARCHAR(5)) DISTSTYLE EVEN"
PUBLISH = f"DELETE FROM shop.t; INSERT INTO shop.t SELECT * FROM {STAGE}; DROP TABLE {STAGE}"


@pytest.fixture
def load(standin_runs, standin_warehouse, standin_prefix):
    """Writes rows (or a frame) to a table."""

    def write(rows, schema="id bigint, name string", dbtable=STAGE, **options):
        from awsglue.dynamicframe import DynamicFrame

        context = standin_runs.start()
        frame = standin_runs.spark.createDataFrame(rows, schema) if isinstance(rows, list) else rows
        connection = {
            "useConnectionProperties": "true",
            "connectionName": "redshift",
            "dbtable": dbtable,
            "redshiftTmpDir": f"s3://{BUCKET}/{standin_prefix}/tmp",
            "aws_iam_role": "arn:aws:iam::123456789012:role/copy",
            **options,
        }
        context.write_dynamic_frame.from_options(DynamicFrame.fromDF(frame, context, "x"), "redshift", connection)

    return write


@pytest.fixture
def rows(standin_warehouse):
    def select(table=STAGE):
        return standin_warehouse.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()

    return select


@pytest.fixture
def target(standin_warehouse):
    standin_warehouse.execute("CREATE TABLE shop.t (id BIGINT, name VARCHAR(5))")
    standin_warehouse.execute("INSERT INTO shop.t VALUES (0, 'old')")
    standin_warehouse.execute("ALTER TABLE shop.t OWNER TO loader")


def exists(connection, table):
    return connection.execute("SELECT to_regclass(%s)", [table]).fetchone()[0] is not None


def describe_a_load():
    def it_publishes_in_one_transaction(load, rows, target, standin_warehouse):
        load([(1, "a"), (2, None)], preactions=CREATE, postactions=PUBLISH)
        assert rows("shop.t") == [(1, "a"), (2, None)]
        assert not exists(standin_warehouse, STAGE)

    def it_leaves_files_and_a_manifest_on_s3(load, standin_s3, standin_prefix):
        load([(1, "a"), (2, "b")], preactions=CREATE)
        keys = [
            o["Key"] for o in standin_s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{standin_prefix}/tmp/")["Contents"]
        ]
        (manifest,) = [key for key in keys if key.endswith("manifest.json")]
        entries = json.loads(standin_s3.get_object(Bucket=BUCKET, Key=manifest)["Body"].read())["entries"]
        assert sorted(e["url"] for e in entries) == sorted(f"s3://{BUCKET}/{key}" for key in keys if key != manifest)

    def it_writes_through_a_connection_by_name(standin_runs, rows, standin_warehouse):
        from awsglue.dynamicframe import DynamicFrame

        context = standin_runs.start()
        frame = DynamicFrame.fromDF(standin_runs.spark.sql("SELECT 1L AS id, 'a' AS name"), context)
        options = {"dbtable": STAGE, "database": "warehouse", "preactions": CREATE}
        context.write_dynamic_frame.from_jdbc_conf(frame, "redshift", options, f"s3://{BUCKET}/tmp/")
        assert rows() == [(1, "a")]

    def it_merges(load, rows, target):
        merge = (
            f"MERGE INTO shop.t USING {STAGE} AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name "
            "WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)"
        )
        load([(0, "new"), (1, "a")], preactions=CREATE, postactions=merge)
        assert rows("shop.t") == [(0, "new"), (1, "a")]
        with pytest.raises(RedshiftError, match="multiple matches to update the same tuple"):
            load([(0, "x"), (0, "y")], preactions=CREATE, postactions=merge)


def describe_a_failed_load():
    @pytest.mark.parametrize(
        ("action", "named"),
        [
            ("UPDATE shop.t SET name = NVL(name, id)", "COALESCE types"),
            ("DELETE FROM shop.t WHERE name = 1", "operator does not exist"),
            ("DELETE FROM shop.t WHERE LEFT(name, (id - 1)::int) = 'a'", "LEFT with a negative length"),
            ("INSERT INTO shop.t SELECT id + 1 AS n, CHR(n) FROM shop.t", "the name n within the SELECT list"),
        ],
    )
    def it_names_what_the_stand_in_lacks_and_tries_once(load, target, action, named):
        begun = []
        with faults.hook(begun.append), pytest.raises(NotImplementedError, match=named):
            load([(1, "a")], postactions=action)
        assert begun.count(f"redshift:{STAGE}:begin") == 1

    def it_is_tried_three_times(load, target):
        begun = []
        with faults.hook(begun.append), pytest.raises(RedshiftError):
            load([(1, "a")], postactions="DELETE FROM shop.nope")
        assert begun.count(f"redshift:{STAGE}:begin") == 3

    def it_loses_to_another_transaction_in_a_serializable_database_and_is_repeated(load, rows, standin_warehouse):
        dbname = standin_warehouse.info.dbname
        for name in ("a", "b"):
            standin_warehouse.execute(f"CREATE TABLE shop.{name} (n BIGINT)")
            standin_warehouse.execute(f"ALTER TABLE shop.{name} OWNER TO loader")
        other, begun = [], []

        def meet(name):
            begun.append(name)
            if name.endswith(":commit") and not other:
                other.append(name)
                with standin_warehouse.transaction():
                    standin_warehouse.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                    standin_warehouse.execute("INSERT INTO shop.a SELECT COUNT(*) FROM shop.b")

        standin_warehouse.execute(f"ALTER DATABASE {dbname} SET default_transaction_isolation = 'serializable'")
        try:
            with faults.hook(meet):
                load([(1, "a")], preactions=CREATE, postactions="INSERT INTO shop.b SELECT COUNT(*) FROM shop.a")
            level = "SELECT isolation_level FROM stv_db_isolation_level"
            with psycopg.connect(standin_warehouse.info.dsn, password=standin_warehouse.info.password) as later:
                assert later.execute(level).fetchone() == ("Serializable",)
        finally:
            standin_warehouse.execute(f"ALTER DATABASE {dbname} RESET default_transaction_isolation")
        assert begun.count(f"redshift:{STAGE}:begin") == 2
        assert (rows("shop.a"), rows("shop.b")) == ([(0,)], [(1,)])

    def it_is_repeated_when_the_reply_to_the_commit_is_lost(load, rows, target):
        lost = []

        def lose(name):
            if name.endswith(":committed") and not lost:
                lost.append(name)
                raise psycopg.OperationalError("server closed the connection")

        with faults.hook(lose):
            load([(1, "a")], preactions=CREATE, postactions=PUBLISH)
        assert lost
        assert rows("shop.t") == [(1, "a")]

    @pytest.mark.parametrize("step", ["begin", "commit"])
    def it_leaves_nothing_when_killed(load, rows, target, standin_warehouse, step):
        def kill(name):
            if name == f"redshift:{STAGE}:{step}":
                raise KeyboardInterrupt

        with faults.hook(kill), pytest.raises(KeyboardInterrupt):
            load([(1, "a")], preactions=CREATE, postactions=PUBLISH)
        assert rows("shop.t") == [(0, "old")]
        assert not exists(standin_warehouse, STAGE)

    def it_names_the_value_that_does_not_fit(load, standin_prefix):
        wide = "CREATE TABLE public.w (id INT, name VARCHAR(5), at TIMESTAMP)"
        good = ("1", "a", "2026-01-01 00:00:00")
        cases = {
            ("12abc", "a", None): ("id", "12abc", "integer"),
            ("99999999999", "a", None): ("id", "99999999999", "out of range|Overflow"),
            ("1", "éééa", None): ("name", "éééa", "String length exceeds DDL length"),
            ("1", "a\0b", None): ("name", "a\0b", "NUL"),
            ("1", "line\nbreak", None): ("name", "line\nbreak", "String length"),
            ("1", "a", "2026-02-30"): ("at", "2026-02-30", "Invalid date or timestamp"),
        }
        for row, (column, value, reason) in cases.items():
            with pytest.raises(ConnectorError, match=reason) as caught:
                load([good, row], "id string, name string, at string", "public.w",
                     preactions=f"DROP TABLE IF EXISTS public.w; {wide}", copyretrycount="0")  # fmt: skip
            error = caught.value.__cause__
            assert (error.column, error.value, error.table) == (column, value, '"public"."w"')
            assert error.file.startswith(f"s3://{BUCKET}/{standin_prefix}/tmp/")
            assert error.line >= 1
            assert "\n" not in str(error)

    @pytest.mark.parametrize(
        ("kind", "last"),
        [
            ("provisioned", "Check 'stl_load_errors' system table for details."),
            ("serverless", "Check 'sys_load_error_detail' system table for details."),
        ],
    )
    def it_is_worded_as_unkindly_as_the_connector_does(load, standin_warehouse, monkeypatch, kind, last):
        monkeypatch.setenv("LOCAL_GLUE_REDSHIFT", kind)
        with pytest.raises(ConnectorError) as caught:
            load([(1, "much too long")], preactions=CREATE, copyretrycount="0")
        text = str(caught.value)
        assert text.splitlines()[1] == ": java.sql.SQLException: Exception thrown in awaitResult: "
        assert text.rpartition("Caused by: ")[2].splitlines()[0].endswith(last)
        details = 'Error (code 1204) while loading data into Redshift: "String length exceeds DDL length'
        assert (details in text) == (kind == "provisioned")
        noted = (
            "SELECT column_name, error_code, line_number FROM sys_load_error_detail ORDER BY start_time DESC LIMIT 1"
        )
        assert standin_warehouse.execute(noted).fetchone() == ("name", 1204, 1)


def describe_what_is_refused_before_anything_happens():
    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"preactions": "SELECT FNV_HASH(1)"}, NotImplementedError, "FNV_HASH"),
            ({"preactions": "a;\nb"}, RefusedError, "line break"),
            ({"redshiftTmpDir": "s3://no-such-bucket/x"}, RedshiftError, "'no-such-bucket' does not exist"),
        ],
    )
    def it_says_why(load, standin_warehouse, options, error, message):
        begun = []
        with faults.hook(begun.append), pytest.raises(error, match=message):
            load([(1, "a")], **options)
        assert not [name for name in begun if name.startswith("redshift:")]

    def it_wants_columns(load, standin_runs):
        from pyspark.sql.types import StructType

        with pytest.raises(RedshiftError, match="no columns"):
            load(standin_runs.spark.createDataFrame([], StructType([])))
        with pytest.raises(RedshiftError, match="differ only in case: id"):
            load(standin_runs.spark.range(1).selectExpr("id", "id AS ID"))


def describe_reading():
    @pytest.fixture
    def read(standin_runs):
        def run(**options):
            source = {"useConnectionProperties": "true", "connectionName": "redshift"}
            source |= {"redshiftTmpDir": f"s3://{BUCKET}/tmp/", **options}
            return standin_runs.start().create_dynamic_frame.from_options("redshift", source).toDF()

        return run

    def it_refuses_a_table_and_a_query_together(read, target):
        with pytest.raises(RedshiftError, match="cannot specify both the 'dbtable' and 'query' parameters"):
            read(dbtable="shop.t", sampleQuery="SELECT id FROM shop.t")

    def it_has_load_errors_by_the_kind_of_redshift(read, monkeypatch):
        assert read(sampleQuery="SELECT COUNT(*) AS n FROM stl_load_errors").columns == ["n"]
        monkeypatch.setenv("LOCAL_GLUE_REDSHIFT", "serverless")
        assert read(sampleQuery="SELECT COUNT(*) AS n FROM sys_load_error_detail").columns == ["n"]
        with pytest.raises(RefusedError, match="permission denied for relation stl_load_errors"):
            read(sampleQuery="SELECT COUNT(*) AS n FROM stl_load_errors")

    def it_reads_a_table_or_a_query(read, target):
        assert [tuple(row) for row in read(dbtable="shop.t").collect()] == [(0, "old")]
        frame = read(sampleQuery='SELECT NVL(MAX(id), -1) AS "Most", COUNT(*) AS n FROM shop.t')
        assert frame.columns == ["most", "n"]
        assert [tuple(row) for row in frame.collect()] == [(0, 1)]

    def it_refuses_what_redshift_would(read):
        with pytest.raises(RefusedError, match="DISTINCT ON"):
            read(sampleQuery="SELECT DISTINCT ON (id) id FROM shop.t")
        with pytest.raises(RedshiftError, match="dbtable"):
            read()

    def it_names_what_the_stand_in_lacks(read, target):
        with pytest.raises(NotImplementedError, match="CRC32"):
            read(sampleQuery="SELECT CRC32(name) AS c FROM shop.t")
        with pytest.raises(NotImplementedError, match="operator does not exist: character varying = integer"):
            read(sampleQuery="SELECT id FROM shop.t WHERE name = 1")
        with pytest.raises(NotImplementedError, match="repeat the expression"):
            read(sampleQuery="SELECT id + 1 AS m, m * 2 AS k FROM shop.t")
