"""A Glue job that asks Glue what AWS does not document, and writes the answers to S3 as JSON lines.

It uses nothing of this project: what it sees is Glue's own connector, raw. Each question is a function that returns a
short answer; a question that fails answers with the error. `smoke/answers.py` says what the pipeline relies on.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

MOMENT = datetime(2024, 6, 25, 17, 43, 13, 123456)  # noqa: DTZ001 (Spark's timestamps; the job runs in UTC)
LONGEST = 600


class Asker:
    """The questions, on one connection to the warehouse."""

    def __init__(self, glue: GlueContext, args: dict[str, str]) -> None:
        self.glue, self.spark, self.args = glue, glue.spark_session, args
        self.options = {
            "useConnectionProperties": "true",
            "connectionName": args["redshift_connection"],
            "redshiftTmpDir": f"{args['TempDir']}redshift/",
            "aws_iam_role": args["redshift_role"],
        }

    def read(self, query: str, **more: str) -> list[Any]:
        """The rows of a SELECT, by `sampleQuery` alone."""
        frame = self.glue.create_dynamic_frame.from_options(
            connection_type="redshift", connection_options={**self.options, "sampleQuery": query, **more}
        )
        return frame.toDF().collect()

    def write(self, frame: Any, table: str, **more: str) -> None:
        """Loads a DataFrame by column names."""
        options = {**self.options, "dbtable": table, "include_column_list": "true", **more}
        self.glue.write_dynamic_frame.from_options(
            frame=DynamicFrame.fromDF(frame, self.glue, "frame"), connection_type="redshift", connection_options=options
        )

    def null_column_in_a_frame(self) -> str:
        """Does a column that is NULL in every row keep its place in a DynamicFrame?"""
        frame = self.spark.createDataFrame([(1, None)], "k int, nothing string")
        return ", ".join(DynamicFrame.fromDF(frame, self.glue, "frame").toDF().columns)

    def null_column_in_the_warehouse(self) -> str:
        """Does a write with such a column load?"""
        frame = self.spark.createDataFrame([(1, None, 2)], "k int, nothing string, n int")
        make = "CREATE TABLE public.smoke_nulls (k INTEGER, nothing VARCHAR(9), n INTEGER)"
        self.write(frame, "public.smoke_nulls", preactions=f"DROP TABLE IF EXISTS public.smoke_nulls;{make}")
        (row,) = self.read("SELECT k, nothing, n FROM public.smoke_nulls")
        return f"k={row['k']} nothing={row['nothing']} n={row['n']}"

    def microseconds(self) -> str:
        """Do microseconds survive a write and a read?"""
        frame = self.spark.createDataFrame([(1, MOMENT)], "k int, at timestamp")
        make = "CREATE TABLE public.smoke_times (k INTEGER, at TIMESTAMP)"
        self.write(frame, "public.smoke_times", preactions=f"DROP TABLE IF EXISTS public.smoke_times;{make}")
        (row,) = self.read("SELECT k, at FROM public.smoke_times")
        return row["at"].isoformat(sep=" ")

    def empty_frame(self) -> str:
        """Do the actions of a write run if its frame is empty?"""
        empty = self.spark.createDataFrame([], "k int")
        self.write(
            empty,
            "public.smoke_empty",
            preactions="DROP TABLE IF EXISTS public.smoke_acted;DROP TABLE IF EXISTS public.smoke_empty;"
            "CREATE TABLE public.smoke_empty (k INTEGER)",
            postactions="CREATE TABLE public.smoke_acted (k INTEGER)",
        )
        try:
            self.read("SELECT k FROM public.smoke_acted")
        except Exception:
            return "not run"
        return "run"

    def error_text(self) -> str:
        """What does the error of a value that is too long say?"""
        frame = self.spark.createDataFrame([(1, "far too long")], "k int, short string")
        make = "CREATE TABLE public.smoke_short (k INTEGER, short VARCHAR(3))"
        try:
            self.write(
                frame, "public.smoke_short", preactions=f"DROP TABLE IF EXISTS public.smoke_short;{make}",
                copyretrycount="0",
            )  # fmt: skip
        except Exception as error:
            return str(error)
        return "no error"

    def select_without_a_table(self) -> str:
        """Can UNLOAD take a SELECT that names no table?"""
        return f"{self.read('SELECT 1 AS one')[0]['one']}"

    def table_and_query(self) -> str:
        """Are `dbtable` and `sampleQuery` accepted together?"""
        return f"{len(self.read('SELECT k FROM public.smoke_times', dbtable='public.smoke_times'))} row"

    def stl_load_errors(self) -> str:
        """Is there stl_load_errors?"""
        self.read("SELECT COUNT(*) AS n FROM stl_load_errors")
        return "there"

    def sys_load_error_detail(self) -> str:
        """Is there sys_load_error_detail?"""
        self.read("SELECT COUNT(*) AS n FROM sys_load_error_detail")
        return "there"

    def connection_secret(self) -> str:
        """Does extract_jdbc_conf resolve the connection's secret?"""
        found = self.glue.extract_jdbc_conf(self.args["redshift_connection"])
        return "user and password" if found.get("user") and found.get("password") else "no user, no password"


QUESTIONS = (
    *("null_column_in_a_frame", "null_column_in_the_warehouse", "microseconds", "empty_frame", "error_text"),
    *("select_without_a_table", "table_and_query", "stl_load_errors", "sys_load_error_detail", "connection_secret"),
)


def answer(question: Callable[[], str]) -> str:
    """The question's answer, or the error that came instead."""
    try:
        return question()
    except Exception as error:
        return f"error: {error}"


def main(argv: list[str]) -> None:
    """Asks every question, drops the tables, writes the answers to --answers."""
    args = getResolvedOptions(argv, ["JOB_NAME", "TempDir", "redshift_connection", "redshift_role", "answers"])
    glue = GlueContext(SparkContext.getOrCreate())
    job = Job(glue)
    job.init(args["JOB_NAME"], args)
    asker = Asker(glue, args)
    answers = {name: answer(getattr(asker, name))[:LONGEST] for name in QUESTIONS}
    job.commit()
    answers["bookmark_rights"] = "granted"  # neither init nor commit was refused
    lines = "\n".join(json.dumps({"question": name, "answer": text}) for name, text in answers.items())
    place = urlsplit(args["answers"])
    boto3.client("s3").put_object(Bucket=place.netloc, Key=place.path.lstrip("/"), Body=lines.encode())


if __name__ == "__main__":
    main(sys.argv)
