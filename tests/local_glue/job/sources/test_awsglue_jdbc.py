"""JDBC sources and sinks through a Glue connection, with bookmarks."""

import pytest

from local_glue.job.connections import ConnectionFailedError
from local_glue.job.sources.jdbc import JdbcSourceError

pytestmark = [pytest.mark.spark, pytest.mark.stack]
RDS = {"useConnectionProperties": "true", "connectionName": "rds"}


@pytest.fixture
def read(standin_runs):
    """Reads public.t in a new run, and commits; gives the first column, sorted."""

    def run(ctx="c", mode="enable", **options):
        context = standin_runs.start(mode, from_run=options.pop("from_run", None), to_run=options.pop("to_run", None))
        source = {**RDS, "dbtable": "public.t", **options}
        frame = context.create_dynamic_frame.from_options("postgresql", source, transformation_ctx=ctx).toDF()
        rows = sorted(row[0] for row in frame.collect())
        context.job.commit()
        return rows

    return run


@pytest.fixture
def table(standin_rds):
    """public.t (seq, part), and a way to add rows to it."""
    standin_rds.execute("CREATE TABLE public.t (seq BIGINT, part INT)")
    standin_rds.execute("ALTER TABLE public.t OWNER TO loader")

    def add(*rows):
        for row in rows:
            standin_rds.execute("INSERT INTO public.t VALUES (%s, %s)", row if isinstance(row, tuple) else (row, 0))

    return add


def describe_bookmarks():
    def it_reads_new_rows_only(table, read):
        table(1, 2, 5)
        assert read(jobBookmarkKeys=["seq"]) == [1, 2, 5]
        table(4, 9)
        assert read(jobBookmarkKeys=["seq"]) == [9]
        assert read(jobBookmarkKeys=["seq"]) == []

    def it_ignores_the_bookmark_for_a_sample_query(table, read):
        table(1, 2)
        query = {"jobBookmarkKeys": ["seq"], "sampleQuery": "SELECT seq FROM public.t WHERE seq > 1"}
        assert read(**query) == read(**query) == [2]

    def it_reads_again_what_a_range_of_runs_read(table, read, standin_runs):
        runs = []
        for n in (1, 2, 3):
            table(n)
            read(jobBookmarkKeys=["seq"])
            runs.append(standin_runs.last_run_id)
        assert read(mode="pause", from_run=runs[0], to_run=runs[1], jobBookmarkKeys=["seq"]) == [2]

    def it_takes_keys_and_hash_fields_named_like_words_of_sql(read, standin_rds):
        standin_rds.execute('CREATE TABLE public.t ("user" BIGINT, "order" INT, "Group" INT)')
        standin_rds.execute("ALTER TABLE public.t OWNER TO loader")
        standin_rds.execute("INSERT INTO public.t VALUES (1, 1, 1), (2, 1, NULL)")
        options = {"jobBookmarkKeys": ["user", "order"], "hashfield": "order", "hashpartitions": "2"}
        assert read(**options) == [1, 2]
        standin_rds.execute("INSERT INTO public.t VALUES (2, 2, 2)")
        assert read(**options) == [2]
        assert read(ctx="", hashfield="USER") == read(ctx="", hashfield="Group") == [1, 2, 2]
        with pytest.raises(JdbcSourceError, match=r"hashfield: .* no column 'nope', only user, order, Group"):
            read(hashfield="nope")


def describe_reading():
    def it_splits_by_a_hash_without_losing_a_row(table, read):
        table(*range(20), (None, None))
        assert read(hashfield="part", hashpartitions="3", sampleQuery="SELECT 1 AS one, part FROM public.t") == [1] * 21
        assert len(read(hashexpression="seq", hashpartitions=3, sampleQuery="SELECT 1 AS one, seq FROM public.t")) == 21

    def it_names_what_it_cannot_read(read):
        with pytest.raises(JdbcSourceError, match=r"cannot read public.nope: relation .* does not exist"):
            read(dbtable="public.nope")
        with pytest.raises(JdbcSourceError, match="dbtable"):
            read(dbtable="")
        with pytest.raises(NotImplementedError, match="noSuch"):
            read(noSuch="1")

    def it_appends_rows_to_a_table(table, read, standin_runs):
        from awsglue.dynamicframe import DynamicFrame

        table(1)
        context = standin_runs.start()
        frame = DynamicFrame.fromDF(standin_runs.spark.sql("SELECT 7L AS seq, 1 AS part"), context)
        context.write_dynamic_frame.from_options(frame, "postgresql", {**RDS, "dbtable": "public.t"})
        assert read(ctx="") == [1, 7]


def describe_connections():
    def it_extracts_what_scripts_ask_for(standin_runs):
        conf = standin_runs.start().extract_jdbc_conf("redshift")
        assert conf["vendor"] == "redshift"
        assert conf["user"] == "loader"
        assert conf["password"]
        assert conf["fullUrl"] == conf["url"] + "/warehouse"
        assert conf["url"].startswith("jdbc:redshift://127.0.0.1:")

    def it_names_a_missing_connection(read):
        with pytest.raises(ConnectionFailedError, match=r"Glue connection 'nope' does not exist: create it"):
            read(connectionName="nope")

    def it_names_a_connection_of_another_kind(read):
        with pytest.raises(ConnectionFailedError, match="leads to redshift"):
            read(connectionName="redshift")

    @pytest.mark.parametrize(
        ("secret", "url", "message"),
        [
            (None, None, r"secret 'other' of Glue connection 'other' does not exist: create it"),
            ('{"user": "x"}', None, r"secret 'other' .* must be JSON with username and password"),
            ('{"username": "loader", "password": "wrong"}', None, r"refuses user 'loader' .* correct username"),
            (
                '{"username": "loader", "password": "x"}',
                "jdbc:postgresql://127.0.0.1:1/shop",
                "does not answer: start",
            ),
        ],
        ids=["no secret", "half a secret", "wrong password", "database down"],
    )
    def it_says_what_is_wrong(standin, read, secret, url, message):
        glue, secrets = standin.client("glue"), standin.client("secretsmanager")
        url = url or glue.get_connection(Name="rds")["Connection"]["ConnectionProperties"]["JDBC_CONNECTION_URL"]
        properties = {"JDBC_CONNECTION_URL": url, "SECRET_ID": "other"}
        entry = {"Name": "other", "ConnectionType": "JDBC", "ConnectionProperties": properties}
        glue.create_connection(ConnectionInput=entry)
        if secret:
            secrets.create_secret(Name="other", SecretString=secret)
        try:
            with pytest.raises(ConnectionFailedError, match=message):
                read(connectionName="other")
        finally:
            glue.delete_connection(ConnectionName="other")
            if secret:
                secrets.delete_secret(SecretId="other", ForceDeleteWithoutRecovery=True)
