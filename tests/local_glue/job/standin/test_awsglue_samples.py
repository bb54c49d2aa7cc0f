"""Scripts of the shapes that AWS's samples have, run as processes: nothing in them knows of this stand-in."""

import json

import pytest
from standin_support import BUCKET

pytestmark = [pytest.mark.ci, pytest.mark.spark, pytest.mark.stack]
START = """
import sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql.functions import udf
from pyspark.sql.types import StringType

args = getResolvedOptions(sys.argv, ["JOB_NAME", "database", "out"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
db_name, out = args["database"], args["out"]
"""

JOIN_AND_RELATIONALIZE = (
    START
    + """
persons = glueContext.create_dynamic_frame.from_catalog(database=db_name, table_name="persons_json")
memberships = glueContext.create_dynamic_frame.from_catalog(database=db_name, table_name="memberships_json")
orgs = glueContext.create_dynamic_frame.from_catalog(database=db_name, table_name="organizations_json")

orgs = orgs.drop_fields(["other_names"]).rename_field("id", "org_id").rename_field("name", "org_name")
l_history = Join.apply(
    orgs, Join.apply(persons, memberships, "id", "person_id"), "org_id", "organization_id"
).drop_fields(["person_id", "org_id"])
print("Count:", l_history.count())
l_history.printSchema()

glueContext.write_dynamic_frame.from_options(
    frame=l_history, connection_type="s3", connection_options={"path": out + "history"}, format="parquet"
)
s_history = l_history.toDF().repartition(1)
s_history.write.parquet(out + "by_org", partitionBy=["org_name"])

dfc = l_history.relationalize("hist_root", out + "temp-dir/")
for df_name in dfc.keys():
    m_df = dfc.select(df_name)
    glueContext.write_dynamic_frame.from_options(
        frame=m_df, connection_type="s3", connection_options={"path": out + "tables/" + df_name}, format="parquet"
    )
job.commit()
"""
)

DATA_CLEANING = (
    START
    + """
medicare = glueContext.create_dynamic_frame.from_catalog(database=db_name, table_name="medicare")
medicare_res = medicare.resolveChoice(specs=[("provider id", "cast:long")])
medicare_df = medicare_res.toDF().where("`provider id` is NOT NULL")
chop = udf(lambda x: x[1:], StringType())
medicare_df = medicare_df.withColumn("ACC", chop(medicare_df["average covered charges"]))
medicare_tmp = DynamicFrame.fromDF(medicare_df, glueContext, "nested")
medicare_nest = medicare_tmp.apply_mapping([
    ("provider id", "long", "provider_id", "long"), ("ACC", "string", "covered", "double"),
])
glueContext.write_dynamic_frame.from_options(
    frame=medicare_nest, connection_type="s3", connection_options={"path": out + "medicare"}, format="parquet"
)
job.commit()
"""
)

FILTER_AND_MAP = (
    START
    + """
glueContext.purge_s3_path(out + "orders", {"retentionPeriod": 0})
orders = glueContext.create_dynamic_frame.from_catalog(
    database=db_name, table_name="orders", push_down_predicate="day == '2'", transformation_ctx="orders"
)
if orders.count():
    def with_total(record):
        record["total"] = record["price"] * record["number"]
        del record["price"]
        return record

    kept = Filter.apply(frame=orders, f=lambda x: x["number"] > 0, transformation_ctx="kept")
    totals = Map.apply(frame=kept, f=with_total, transformation_ctx="totals")
    chosen = ResolveChoice.apply(frame=totals, choice="make_struct", transformation_ctx="chosen")
    full = DropNullFields.apply(frame=chosen, transformation_ctx="full")
    glueContext.write_dynamic_frame.from_options(
        frame=full, connection_type="s3", connection_options={"path": out + "orders"}, format="json",
        transformation_ctx="sink",
    )
job.commit()
"""
)

PERSONS = [
    {"id": "p1", "name": "Ann", "contact_details": [{"type": "fax", "value": "1"}, {"type": "phone", "value": "2"}]},
    {"id": "p2", "name": "Bob", "contact_details": [{"type": "phone", "value": "3"}]},
]
MEMBERSHIPS = [
    {"person_id": "p1", "organization_id": "o1", "role": "member"},
    {"person_id": "p2", "organization_id": "o2", "role": "member"},
]
ORGANIZATIONS = [
    {"id": "o1", "name": "House", "seats": 435, "other_names": [{"name": "HoR"}]},
    {"id": "o2", "name": "Senate", "seats": 100, "other_names": []},
]


class Lake:
    """A database of the Data Catalog for one test, and jobs that use it."""

    def __init__(self, stack, prefix):
        self.stack, self.prefix, self.database = stack, prefix, f"db_{prefix}"
        self.glue, self.s3 = stack.client("glue"), stack.client("s3")
        self.glue.create_database(DatabaseInput={"Name": self.database})

    def table(self, name, text, classification, columns=(), keys=(), folder=""):
        """A table with one file."""
        location = f"s3://{BUCKET}/{self.prefix}/{name}/"
        listed = [{"Name": column, "Type": kind} for column, kind in columns]
        storage = {"Columns": listed, "Location": location, "SerdeInfo": {"Parameters": {"field.delim": ","}}}
        table = {"Name": name, "StorageDescriptor": storage, "Parameters": {"classification": classification}}
        partition_keys = [{"Name": key, "Type": "string"} for key in keys]
        self.glue.create_table(DatabaseName=self.database, TableInput={**table, "PartitionKeys": partition_keys})
        self.s3.put_object(Bucket=BUCKET, Key=f"{self.prefix}/{name}/{folder}a", Body=text.encode())

    def run(self, script):
        """Runs a script as a job; returns the run."""
        key, name = f"{self.prefix}.py", f"job_{self.prefix}"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=script.encode())
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/{key}", "PythonVersion": "3"}
        arguments = {"--database": self.database, "--out": f"s3://{BUCKET}/{self.prefix}/out/"}
        arguments |= {"--job-bookmark-option": "job-bookmark-enable"}
        self.glue.create_job(Name=name, Role="role", Command=command, DefaultArguments=arguments)
        run = self.stack.run_job(name)
        self.glue.delete_job(JobName=name)
        assert run["JobRunState"] == "SUCCEEDED", run.get("ErrorMessage")
        return run

    def read(self, spark, path, format="parquet"):
        """What a job wrote."""
        return spark.read.format(format).load(f"s3://{BUCKET}/{self.prefix}/out/{path}")


@pytest.fixture
def lake(standin, standin_prefix):
    return Lake(standin, standin_prefix)


def lines(items):
    return "\n".join(map(json.dumps, items))


def describe_samples():
    def it_joins_and_relationalizes(lake, standin_runs):
        spark = standin_runs.start("disable").spark_session
        lake.table("persons_json", lines(PERSONS), "json")
        lake.table("memberships_json", lines(MEMBERSHIPS), "json")
        lake.table("organizations_json", lines(ORGANIZATIONS), "json")
        run = lake.run(JOIN_AND_RELATIONALIZE)
        assert "Count: 2" in lake.stack.home.log_of(run["Id"]).read_text()
        assert lake.read(spark, "by_org").where("org_name = 'House'").first()["name"] == "Ann"
        root, contacts = lake.read(spark, "tables/hist_root"), lake.read(spark, "tables/hist_root_contact_details")
        both = root.join(contacts, root["contact_details"] == contacts["id"])
        found = both.select("name", "org_name", "index", "`contact_details.val.value`").collect()
        assert sorted(map(tuple, found)) == [("Ann", "House", 0, "1"), ("Ann", "House", 1, "2"),
                                             ("Bob", "Senate", 0, "3")]  # fmt: skip

    def it_cleans_data(lake, standin_runs):
        spark = standin_runs.start("disable").spark_session
        columns = [("provider id", "bigint"), ("average covered charges", "string")]
        lake.table("medicare", "10001,$5.50\nunknown,$6.50\n", "csv", columns)
        lake.run(DATA_CLEANING)
        assert [tuple(row) for row in lake.read(spark, "medicare").collect()] == [(10001, 5.5)]

    def it_filters_maps_and_drops(lake, standin_runs):
        spark = standin_runs.start("disable").spark_session
        orders = [{"id": n, "price": 1.5, "number": n, "note": None} for n in range(3)]
        lake.table("orders", lines(orders), "json", keys=["day"], folder="day=2/")
        lake.glue.create_partition(
            DatabaseName=lake.database,
            TableName="orders",
            PartitionInput={"Values": ["2"], "StorageDescriptor": {
                "Columns": [], "Location": f"s3://{BUCKET}/{lake.prefix}/orders/day=2"}},
        )  # fmt: skip
        lake.run(FILTER_AND_MAP)
        found = lake.read(spark, "orders", "json")
        assert sorted(found.columns) == ["day", "id", "number", "total"]
        assert sorted(row["total"] for row in found.collect()) == [1.5, 3.0]
