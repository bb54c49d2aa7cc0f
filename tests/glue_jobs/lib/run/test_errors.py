"""Reasons dug out of errors as Spark and the Redshift connector word them."""

import pytest

from glue_jobs.lib.run.errors import reason

NESTED = """An error occurred while calling o94.pyWriteDynamicFrame.
: java.sql.SQLException: Exception thrown in awaitResult:
\tat io.github.spark_redshift_community.spark.redshift.RedshiftWriter.saveToRedshift(RedshiftWriter.scala:370)
\t... 41 more
Caused by: java.sql.SQLException:
Error (code 1204) while loading data into Redshift: "String length exceeds DDL length"
Table name: public.stage_songs
Column name: artists
Raw field value: Ada
\tat io.github.spark_redshift_community.spark.redshift.RedshiftWriter.copy(RedshiftWriter.scala:210)
Caused by: com.amazon.redshift.util.RedshiftException: ERROR: Load into table 'stage_songs' failed.
\tat com.amazon.redshift.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2586)
\t... 12 more
"""


def it_gives_the_details_that_the_connector_found():
    assert reason(Exception(NESTED)) == (
        'Error (code 1204) while loading data into Redshift: "String length exceeds DDL length" '
        "Table name: public.stage_songs Column name: artists Raw field value: Ada"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "An error occurred while calling o1.load.\n: java.sql.SQLException: Exception thrown in awaitResult: \n"
            '\tat a.B.c(B.scala:1)\nCaused by: com.amazon.redshift.util.RedshiftException: ERROR: relation "x" does '
            "not exist\n\tat d.E.f(E.java:2)\n\t... 3 more",
            'ERROR: relation "x" does not exist',
        ),
        ("An error occurred while calling o1.load.\n: java.io.IOException: no space\n\tat a.B.c(B.java:1)", "no space"),
        ("[UNRESOLVED_COLUMN] a column\nand more", "[UNRESOLVED_COLUMN] a column and more"),
        (
            "An error occurred (AccessDenied) when calling PutObject",
            "An error occurred (AccessDenied) when calling PutObject",
        ),
        ("", "ValueError"),
    ],
)
def it_gives_the_cause_and_not_what_wraps_it(text, why):
    assert reason(ValueError(text)) == why
