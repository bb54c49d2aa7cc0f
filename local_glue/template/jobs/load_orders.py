"""Loads new files of orders into the warehouse: the bookmark knows which are new, MERGE makes a repeat harmless."""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

COLUMNS = "order_id BIGINT, customer VARCHAR(100), amount DECIMAL(10, 2)"
arguments = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket", "TempDir"])
glue = GlueContext(SparkContext.getOrCreate())
job = Job(glue)
job.init(arguments["JOB_NAME"], arguments)

orders = glue.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": [f"s3://{arguments['bucket']}/orders/"]},
    format="csv",
    format_options={"withHeader": True},
    transformation_ctx="orders",
)
if orders.toDF().columns:  # none if no file is new
    typed = orders.apply_mapping(
        [("order_id", "string", "order_id", "long"), ("customer", "string", "customer", "string"),
         ("amount", "string", "amount", "decimal(10,2)")]
    )  # fmt: skip
    glue.write_dynamic_frame.from_options(
        frame=typed,
        connection_type="redshift",
        connection_options={
            "useConnectionProperties": "true",
            "connectionName": "orders-redshift",
            "redshiftTmpDir": arguments["TempDir"],
            "dbtable": "public.stage_orders",
            "preactions": f"DROP TABLE IF EXISTS public.stage_orders; CREATE TABLE public.stage_orders ({COLUMNS}); "
            f"CREATE TABLE IF NOT EXISTS public.orders ({COLUMNS})",
            "postactions": "MERGE INTO public.orders USING public.stage_orders AS s "
            "ON public.orders.order_id = s.order_id "
            "WHEN MATCHED THEN UPDATE SET customer = s.customer, amount = s.amount "
            "WHEN NOT MATCHED THEN INSERT VALUES (s.order_id, s.customer, s.amount); DROP TABLE public.stage_orders",
        },
    )
job.commit()
