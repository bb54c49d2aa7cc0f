"""GlueContext: sources and sinks."""

import functools
import time
import warnings
from typing import Any

from awsglue.dataframereader import DataFrameReader
from awsglue.dataframewriter import DataFrameWriter
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection, DynamicFrameReader, DynamicFrameWriter
from awsglue.logger import GlueLogger
from awsglue.sinks import write_frame, write_table
from awsglue.sources import read_frame
from awsglue.unsupported import unsupported
from local_glue.job import purge
from local_glue.job import spark as session
from local_glue.job.bookmarked_run import BookmarkedRun
from local_glue.job.connections import from_connection
from local_glue.job.options import refuse
from local_glue.job.sources import catalog_read

# Here, because scripts create their SparkContext after they have imported this module.
session.prepare_environment()

from pyspark import SparkContext  # noqa: E402
from pyspark.sql import SparkSession, SQLContext  # noqa: E402

PARTITIONS = ("minPartitions", "targetPartitions")
"""Options that change only in how many parts Glue reads."""


def _as_data_frame(create):
    """A method like `create`, with its signature, whose result is a DataFrame."""

    @functools.wraps(create)
    def created(self, *arguments, **named):
        return create(self, *arguments, **named).toDF()

    return created


class GlueContext(SQLContext):
    """Glue's sources and sinks, with one Spark session."""

    def __init__(self, sparkContext=None, **options):
        refuse("GlueContext", **{name: value for name, value in options.items() if name not in PARTITIONS})
        spark = sparkContext if isinstance(sparkContext, SparkSession) else None
        context = spark.sparkContext if spark else (sparkContext or SparkContext.getOrCreate())
        spark = spark or SparkSession.builder.getOrCreate()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            super().__init__(context, spark)
        session.follow_endpoint(spark)
        self.spark_session = spark
        self.job_run: BookmarkedRun | None = None
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.create_data_frame = DataFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)
        self.write_data_frame = DataFrameWriter(self)

    def create_dynamic_frame_from_options(
        self,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
        push_down_predicate="",
        **kwargs,
    ):
        """Reads from "s3", "postgresql" or "redshift"; with a transformation_ctx, what the bookmark leaves to read."""
        refuse("create_dynamic_frame.from_options", push_down_predicate=push_down_predicate, **kwargs)
        frame = read_frame(
            self.spark_session,
            self.job_run,
            connection_type,
            connection_options or {},
            format,
            format_options or {},
            transformation_ctx,
        )
        return DynamicFrame(frame, self, transformation_ctx)

    create_data_frame_from_options = _as_data_frame(create_dynamic_frame_from_options)

    def create_dynamic_frame_from_rdd(self, data, name, schema=None, sample_ratio=None, transformation_ctx=""):
        """A DynamicFrame of an RDD."""
        return DynamicFrame.fromDF(self.spark_session.createDataFrame(data, schema, sample_ratio), self, name)

    def create_dynamic_frame_from_catalog(
        self,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        push_down_predicate="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        """Reads a table of the Data Catalog whose files are on S3; see catalog_read.read."""
        database = _database(database, kwargs)
        refuse("create_dynamic_frame.from_catalog", **kwargs)
        frame = catalog_read.read(
            self.spark_session,
            self.job_run,
            database,
            table_name,
            additional_options or {},
            transformation_ctx,
            push_down_predicate or "",
            catalog_id,
        )
        return DynamicFrame(frame, self, transformation_ctx)

    create_data_frame_from_catalog = _as_data_frame(create_dynamic_frame_from_catalog)

    def write_dynamic_frame_from_options(
        self,
        frame,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
    ):
        """Writes to "redshift", "postgresql" or "s3"; returns the frame."""
        write_frame(_data_frame(frame), connection_type, connection_options or {}, format, format_options or {})
        return frame

    def write_dynamic_frame_from_catalog(
        self,
        frame,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        """Adds files to a table of the Data Catalog on S3; the catalog learns of no new partition, as on AWS."""
        database = _database(database, kwargs)
        refuse("write_dynamic_frame.from_catalog", **kwargs)
        write_table(_data_frame(frame), database, table_name, additional_options or {}, catalog_id)
        return frame

    def purge_s3_path(self, s3_path, options={}, transformation_ctx=""):
        """Deletes the objects under a path that are older than options["retentionPeriod"] hours, by default 168."""
        purge.purge(s3_path, options or {})

    def write_dynamic_frame_from_jdbc_conf(
        self,
        frame,
        catalog_connection,
        connection_options={},
        redshift_tmp_dir="",
        transformation_ctx="",
        catalog_id=None,
    ):
        """Writes through a Glue connection; `database` and `dbtable` in the options name the table."""
        refuse("from_jdbc_conf", catalog_id=catalog_id)
        options = dict(connection_options or {})
        target = from_connection(catalog_connection, database=options.pop("database", None))
        if redshift_tmp_dir:
            options["redshiftTmpDir"] = redshift_tmp_dir
        write_frame(_data_frame(frame), target.vendor, options, None, {}, target)
        return frame

    def extract_jdbc_conf(self, connection_name, catalog_id=None):
        """The connection's url (without database), fullUrl, vendor, user and password."""
        refuse("extract_jdbc_conf", catalog_id=catalog_id)
        jdbc = from_connection(connection_name)
        url = f"jdbc:{jdbc.vendor}://{jdbc.host}:{jdbc.port}"
        return {
            "enforceSSL": "false",
            "skipCustomJDBCCertValidation": "false",
            "url": url,
            "customJDBCCertString": "",
            "user": jdbc.user,
            "customJDBCCert": "",
            "password": jdbc.password,
            "vendor": jdbc.vendor,
            "fullUrl": f"{url}/{jdbc.database}",
        }

    def get_logger(self):
        """The job's logger: info, warn, error, debug."""
        return GlueLogger()

    def currentTimeMillis(self):
        """Milliseconds since 1970."""
        return int(time.time() * 1000)


unsupported(
    GlueContext,
    *("getSource", "getSink", "getStreamingSource", "get_catalog_schema_as_spark_schema"),
    *("create_sample_dynamic_frame_from_catalog", "create_sample_dynamic_frame_from_options", "write_from_options"),
    "write_data_frame_from_catalog",
    *("write_from_jdbc_conf", "convert_resolve_option", "purge_table", "transition_table"),
    *("transition_s3_path", "getSampleStreamingDynamicFrame", "forEachBatch", "add_ingestion_time_columns"),
    *("start_transaction", "commit_transaction", "cancel_transaction"),
)


def _database(database: str | None, others: dict[str, Any]) -> str | None:
    """The database, which old scripts call name_space."""
    if "name_space" not in others:
        return database
    if database is not None:
        raise ValueError("name_space and database are both given: name one of them")
    return others.pop("name_space")


def _data_frame(frame: Any) -> Any:
    if isinstance(frame, DynamicFrameCollection):
        raise NotImplementedError("local_glue does not write a DynamicFrameCollection: write its frames one by one")
    if not isinstance(frame, DynamicFrame):
        raise TypeError(
            f"write_dynamic_frame takes a DynamicFrame, not a {type(frame).__name__}: use DynamicFrame.fromDF"
        )
    return frame.toDF()
