"""Rows, and a warehouse, for the tests of COPY and UNLOAD."""

import io
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
from endpoint_support import ended

ROLE = "IAM_ROLE default"
COLUMNS = "id BIGINT, name VARCHAR(30), price DECIMAL(8,2), day DATE, at TIMESTAMP, ok BOOLEAN"
ROWS = [
    (
        1,
        'say "hi", twice\nand again',
        Decimal("1.50"),
        date(2024, 6, 25),
        datetime.fromisoformat("2024-06-25 01:02:03.5"),
        True,
    ),
    (2, "", None, None, None, False),
    (3, None, Decimal("-0.01"), date(1999, 12, 31), datetime.fromisoformat("1999-12-31 23:59:59"), None),
    (4, "größer | 日本", Decimal("999999.99"), date(2024, 2, 29), datetime.fromisoformat("2024-02-29"), True),
]


class Warehouse:
    """Runs statements through the Data API, and reads results with the database's own client."""

    def __init__(self, stack):
        self.stack, self.api, self.s3 = stack, stack.client("redshift-data"), stack.client("s3")

    def __call__(self, sql, *, fails=False):
        described = ended(self.api, Sql=sql)
        assert (described["Status"] == "FAILED") == fails, described.get("Error")
        return described

    def table(self, columns=COLUMNS):
        self("DROP TABLE IF EXISTS public.t")
        self(f"CREATE TABLE public.t ({columns})")

    def rows(self, query="SELECT * FROM public.t ORDER BY 1"):
        with self.stack.connect() as connection:
            return connection.execute(query).fetchall()

    def put(self, key, body):
        self.s3.put_object(Bucket="landing", Key=key, Body=body if isinstance(body, bytes) else body.encode())

    def keys(self, prefix):
        return [o["Key"] for o in self.s3.list_objects_v2(Bucket="landing", Prefix=prefix).get("Contents", [])]

    def body(self, key):
        return self.s3.get_object(Bucket="landing", Key=key)["Body"].read()


def arrow_rows():
    kinds = [pa.int64(), pa.string(), pa.decimal128(8, 2), pa.date32(), pa.timestamp("us"), pa.bool_()]
    names = [column.split()[0] for column in COLUMNS.split(", ")]
    columns = [pa.array(values, kind) for values, kind in zip(zip(*ROWS, strict=True), kinds, strict=True)]
    return pa.table(columns, names=names)


def parquet_file():
    out = io.BytesIO()
    pq.write_table(arrow_rows(), out)
    return out.getvalue()
