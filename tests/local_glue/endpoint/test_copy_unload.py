"""COPY and UNLOAD through the Redshift Data API; DuckDB and pyarrow read and write the same files."""

import bz2
import gzip
import io
import json
import time
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from endpoint_support import make_project

from local_glue.endpoint.bulk.grammar import kind_of, parse, without_secrets
from local_glue.job.redshift.errors import RefusedError
from local_glue.stack import Stack

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


def describe_the_grammar():
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("COPY t FROM 's3://b/p' CSV", "needs credentials: add IAM_ROLE default"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default CSV JSON 'auto'", "conflicting formats in COPY: CSV and JSON"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default PARQUET GZIP", "GZIP option is not supported for PARQUET COPY"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default JSON 'auto' QUOTE '|'", "QUOTE option is not supported for JSON"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default CSV GZIP BZIP2", "COPY takes one of GZIP, BZIP2, ZSTD"),
            ("COPY t 's3://b/p' IAM_ROLE default", "FROM belongs there"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default MAXERROR 'x'", "a number follows MAXERROR"),
            ("UNLOAD (SELECT 1) TO 's3://b/p' IAM_ROLE default", "a quoted text follows"),
        ],
    )
    def it_refuses_what_redshift_refuses(text, message):
        with pytest.raises(RefusedError, match=message.replace("(", r"\(")):
            parse(text)

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("COPY t FROM 's3://b/p' IAM_ROLE default FORMAT AVRO 'auto'", "FORMAT AVRO"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default FIXEDWIDTH 'a:1'", "FIXEDWIDTH"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default CSV LZOP", "LZOP"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default CSV NOLOAD", "NOLOAD"),
            ("COPY t FROM 'emr://b/p' IAM_ROLE default CSV", "S3 only"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default CSV ENCODING UTF16", "ENCODING UTF16"),
            ("UNLOAD ('SELECT 1') TO 's3://b/p' IAM_ROLE default MAXFILESIZE 5 MB", "MAXFILESIZE"),
            ("UNLOAD ('SELECT 1') TO 's3://b/p' IAM_ROLE default MANIFEST VERBOSE", "MANIFEST VERBOSE"),
            ("UNLOAD ('SELECT 1') TO 's3://b/p' IAM_ROLE default ENCRYPTED", "ENCRYPTED"),
        ],
    )
    def it_names_what_is_missing(text, name):
        with pytest.raises(NotImplementedError, match=name):
            parse(text)

    @pytest.mark.parametrize(
        "keys",
        [
            "CREDENTIALS 'aws_access_key_id=AKIAHUSH;aws_secret_access_key=hush'",
            "WITH CREDENTIALS AS 'aws_access_key_id=AKIAHUSH;aws_secret_access_key=hush'",
            "ACCESS_KEY_ID 'AKIAHUSH' SECRET_ACCESS_KEY 'hush' SESSION_TOKEN 'hush'",
        ],
    )
    def it_tells_nothing_of_keys(keys):
        text = f"COPY t FROM 's3://b/p' {keys} CSV"
        with pytest.raises(NotImplementedError, match="name a role with IAM_ROLE") as raised:
            parse(text)
        assert "hush" not in f"{raised.value} {without_secrets(text)}".lower()
        assert "s3://b/p" in without_secrets(text)

    def it_knows_them_after_comments_only():
        assert kind_of("/* load */ -- now\nCOPY t FROM") == "copy"
        assert kind_of("SELECT 'copy'") is None


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bulk")
    stack = Stack.start(make_project(folder), folder / "home")
    yield stack
    stack.stop()


class Warehouse:
    """Runs statements through the Data API, and reads results with the database's own client."""

    def __init__(self, stack):
        self.stack, self.api, self.s3 = stack, stack.client("redshift-data"), stack.client("s3")

    def __call__(self, sql, *, fails=False):
        statement = self.api.execute_statement(WorkgroupName="any", Database="dwh", Sql=sql)["Id"]
        while (described := self.api.describe_statement(Id=statement))["Status"] not in ("FINISHED", "FAILED"):
            time.sleep(0.02)
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


@pytest.fixture
def warehouse(stack):
    warehouse = Warehouse(stack)
    for key in warehouse.keys(""):
        warehouse.s3.delete_object(Bucket="landing", Key=key)
    warehouse.table()
    return warehouse


@pytest.fixture
def filled(warehouse):
    """A warehouse with ROWS in public.t."""
    with warehouse.stack.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO public.t VALUES (%s, %s, %s, %s, %s, %s)", ROWS)
    return warehouse


def arrow_rows():
    kinds = [pa.int64(), pa.string(), pa.decimal128(8, 2), pa.date32(), pa.timestamp("us"), pa.bool_()]
    names = [column.split()[0] for column in COLUMNS.split(", ")]
    columns = [pa.array(values, kind) for values, kind in zip(zip(*ROWS, strict=True), kinds, strict=True)]
    return pa.table(columns, names=names)


def parquet_file():
    out = io.BytesIO()
    pq.write_table(arrow_rows(), out)
    return out.getvalue()


@pytest.mark.stack
def describe_copy():
    def it_loads_csv_as_duckdb_reads_it(warehouse, tmp_path):
        given = arrow_rows()  # noqa: F841 (DuckDB finds it by its name)
        file = tmp_path / "x.csv"
        duckdb.sql(f"COPY (SELECT * REPLACE (coalesce(name, '@') AS name) FROM given) TO '{file}' (HEADER)")
        warehouse.put("in/a.csv", file.read_bytes())
        done = warehouse(f"COPY public.t FROM 's3://landing/in/' {ROLE} FORMAT AS CSV IGNOREHEADER 1 NULL AS '@'")
        assert (warehouse.rows(), done["ResultRows"]) == (ROWS, 4)

    @pytest.mark.parametrize(
        ("packed", "word"),
        [(gzip.compress, "GZIP"), (bz2.compress, "BZIP2"), (lambda b: pa.compress(b, "zstd", asbytes=True), "ZSTD")],
    )
    def it_loads_compressed_files_by_prefix(warehouse, packed, word):
        warehouse.table("a INTEGER, b VARCHAR(9)")
        for number in range(3):
            warehouse.put(f"in/part{number}", packed(f"{number};'x;{number}'\n".encode()))
        warehouse.put("other/part", b"no")
        warehouse(f"COPY t (a, b) FROM 's3://landing/in/part' {ROLE} CSV DELIMITER ';' QUOTE '''' {word};")
        assert warehouse.rows() == [(0, "x;0"), (1, "x;1"), (2, "x;2")]

    @pytest.mark.parametrize(
        ("options", "line", "row"),
        [
            ("CSV", "1,,  ,", (1, "", "  ", None)),
            ("CSV EMPTYASNULL", "1,,  ,", (1, None, "  ", None)),
            ("CSV BLANKSASNULL", "1,,  ,", (1, "", None, None)),
            ("CSV NULL AS 'none'", "none,a,none,", (None, "a", None, None)),
            ("CSV TRIMBLANKS", "1,a  ,  b ,", (1, "a", "  b", None)),
            ("CSV FILLRECORD", "1,a", (1, "a", None, None)),
            ("CSV DATEFORMAT 'DD.MM.YYYY'", "1,a,b,25.06.2024", (1, "a", "b", date(2024, 6, 25))),
            ("CSV DATEFORMAT auto", "1,a,b,June 25 2024", (1, "a", "b", date(2024, 6, 25))),
            ("DELIMITER '\\t'", "1\ta\tb\t", (1, "a", "b", None)),
            ("", "1|\\N|b|2024-06-25", (1, None, "b", date(2024, 6, 25))),
        ],
    )
    def it_reads_values_as_the_options_say(warehouse, options, line, row):
        warehouse.table("a INTEGER, b VARCHAR(9), c VARCHAR(9), d DATE")
        warehouse.put("in", f"{line}\n")
        warehouse(f"COPY t FROM 's3://landing/in' {ROLE} {options} COMPUPDATE OFF STATUPDATE ON REGION 'us-east-1'")
        assert warehouse.rows() == [row]

    def it_reads_seconds_and_times(warehouse):
        warehouse.table("at TIMESTAMP")
        forms = {
            "epochsecs": "1719277393",
            "epochmillisecs": "1719277393000",
            "auto": "2024-06-25T01:03:13",
            "DD/MM/YYYY HH24:MI:SS": "25/06/2024 01:03:13",
        }
        for form, text in forms.items():
            warehouse.put("in", f"{text}\n")
            warehouse(f"COPY t FROM 's3://landing/in' {ROLE} CSV TIMEFORMAT '{form}'")
        assert warehouse.rows() == [(datetime.fromisoformat("2024-06-25 01:03:13"),)] * 4

    def it_loads_json_by_name_and_by_path(warehouse):
        warehouse.table("id BIGINT, name VARCHAR(40), price DECIMAL(8,2)")
        text = (
            '{"id": 1, "name": "a\\nb", "more": 1, "price": 1.10}\n\n{"id":2, "NAME":{"x":[1]}} {"name": null, "id": 3}'
        )
        warehouse.put("in.json", text)
        warehouse(f"COPY t FROM 's3://landing/in.json' {ROLE} FORMAT JSON 'auto'")
        assert warehouse.rows() == [(1, "a\nb", Decimal("1.10")), (2, None, None), (3, None, None)]
        warehouse("DELETE FROM t")
        warehouse(f"COPY t FROM 's3://landing/in.json' {ROLE} JSON 'auto ignorecase'")
        assert warehouse.rows()[1] == (2, '{"x":[1]}', None)
        warehouse("DELETE FROM t")
        warehouse.put("paths", json.dumps({"jsonpaths": ["$['k'][1]", "$.n.m", "$.p"]}))
        warehouse.put("deep.json", '{"k": [7, 8], "n": {"m": true}, "p": "0.5"}')
        warehouse(f"COPY t FROM 's3://landing/deep.json' {ROLE} JSON 's3://landing/paths'")
        assert warehouse.rows() == [(8, "true", Decimal("0.50"))]

    def it_loads_parquet_by_position(warehouse):
        warehouse.put("in/a.parquet", parquet_file())
        warehouse(f"COPY public.t FROM 's3://landing/in/a.parquet' {ROLE} FORMAT AS PARQUET")
        assert warehouse.rows() == ROWS
        failed = warehouse(f"COPY t (id, price) FROM 's3://landing/in/' {ROLE} PARQUET", fails=True)
        assert (
            "Unmatched number of columns between table and file. Table columns: 2, Data columns: 6" in failed["Error"]
        )
        warehouse.table(COLUMNS.replace("id BIGINT", "id DATE"))
        failed = warehouse(f"COPY t FROM 's3://landing/in/' {ROLE} PARQUET", fails=True)
        assert "incompatible Parquet schema for column 'id'. Column type: date" in failed["Error"]

    def it_loads_what_a_manifest_lists(warehouse):
        warehouse.table("a INTEGER")
        warehouse.put("in/1", "1\n")
        warehouse.put("in/2", "2\n")
        entries = [{"url": "s3://landing/in/2", "mandatory": True}, {"url": "s3://landing/in/9"}]
        warehouse.put("m", json.dumps({"entries": entries}))
        warehouse(f"COPY t FROM 's3://landing/m' {ROLE} CSV MANIFEST")
        assert warehouse.rows() == [(2,)]
        warehouse.put("m", json.dumps({"entries": [{**entries[1], "mandatory": True}, entries[0]]}))
        failed = warehouse(f"COPY t FROM 's3://landing/m' {ROLE} CSV MANIFEST", fails=True)
        assert "s3://landing/in/9, which is mandatory, is missing" in failed["Error"]
        assert warehouse.rows() == [(2,)]

    @pytest.mark.parametrize(
        ("text", "line", "column", "code", "reason"),
        [
            ("1,a\nx,b\n", 2, "a", 1207, "Invalid digit, Value 'x', Pos 0, Type: Integer"),
            ('1,"a\nb"\n2,toolongtext\n', 3, "b", 1204, "String length exceeds DDL length"),
            ("1,a,b\n", 1, "", 1202, "Extra column(s) found"),
            ("1,a\n2\n", 2, "", 1214, "Delimiter not found"),
            ("99999999999,a\n", 1, "a", 1216, "Overflow"),
        ],
    )
    def it_says_where_a_value_is_wrong_and_loads_nothing(warehouse, text, line, column, code, reason):
        warehouse.table("a INTEGER, b VARCHAR(9)")
        with warehouse.stack.connect() as connection:
            connection.execute("DELETE FROM stl_load_errors")
        warehouse.put("in/good", "7,fine\n")
        warehouse.put("in/wrong", text)
        failed = warehouse(f"COPY public.t FROM 's3://landing/in/' {ROLE} CSV", fails=True)
        assert (
            "ERROR: Load into table 't' failed.  Check 'stl_load_errors' system table for details." in failed["Error"]
        )
        assert f"(file s3://landing/in/wrong, line {line}, column {column}: {reason}" in failed["Error"]
        assert warehouse.rows() == []
        noted = warehouse.rows("SELECT filename, line_number, colname, err_code, err_reason FROM stl_load_errors")
        assert [row[:4] for row in noted] == [("s3://landing/in/wrong", line, column, code)]
        assert noted[0][4].startswith(reason)

    def it_leaves_out_as_many_rows_as_allowed(warehouse):
        warehouse.table("a INTEGER NOT NULL, b VARCHAR(9)")
        warehouse.put("in", "1,a\nx,b\n2,c,d\n,e\n3,f\n")
        failed = warehouse(f"COPY t FROM 's3://landing/in' {ROLE} CSV MAXERROR 3", fails=True)
        assert "line 3" in failed["Error"]
        assert warehouse.rows() == []
        assert warehouse(f"COPY t FROM 's3://landing/in' {ROLE} CSV MAXERROR 4")["ResultRows"] == 2
        assert warehouse.rows() == [(1, "a"), (3, "f")]

    @pytest.mark.parametrize(
        ("statement", "message"),
        [
            ("COPY t FROM 's3://landing/nothing' IAM_ROLE default CSV", "S3 prefix 'nothing' does not exist"),
            ("COPY t FROM 's3://nowhere/x' IAM_ROLE default CSV", "specified bucket nowhere does not exist"),
            ("COPY missing FROM 's3://landing/in' IAM_ROLE default CSV", 'relation "missing" does not exist'),
            ("COPY t (zz) FROM 's3://landing/in' IAM_ROLE default CSV", 'column "zz" of relation "t" does not exist'),
            ("COPY t FROM 's3://landing/in' IAM_ROLE default CSV GZIP", "is not compressed with GZIP"),
            ("COPY t FROM 's3://landing/in' IAM_ROLE default PARQUET", "or is no Parquet"),
            ("COPY t FROM 's3://landing/in' ACCESS_KEY_ID 'AKIAHUSH' CSV", "name a role with IAM_ROLE"),
        ],
    )
    def it_fails_by_name(warehouse, statement, message):
        warehouse.put("in", "1,a\n")
        failed = warehouse(statement, fails=True)
        assert message in failed["Error"]
        assert "HUSH" not in json.dumps(failed, default=str)


@pytest.mark.stack
def describe_unload():
    def it_writes_csv_that_duckdb_reads(filled, tmp_path):
        options = "CSV HEADER NULL AS '@' PARALLEL OFF GZIP"
        filled(f"UNLOAD ('SELECT * FROM public.t') TO 's3://landing/out/x_' {ROLE} {options}")
        assert filled.keys("out") == ["out/x_000.gz"]
        file = tmp_path / "x.csv"
        file.write_bytes(gzip.decompress(filled.body("out/x_000.gz")))
        kinds = "{'id':'BIGINT','name':'VARCHAR','price':'DECIMAL(8,2)','day':'DATE','at':'TIMESTAMP','ok':'BOOLEAN'}"
        read = duckdb.sql(f"SELECT * FROM read_csv('{file}', header=true, nullstr='@', columns={kinds}) ORDER BY id")
        assert read.fetchall() == ROWS

    def it_writes_json_and_parquet(filled):
        filled(f"UNLOAD ('SELECT * FROM public.t ORDER BY id') TO 's3://landing/j/' {ROLE} FORMAT JSON")
        lines = [json.loads(line) for line in filled.body("j/0000_part_00.json").decode().splitlines()]
        assert lines[0] == {"id": 1, "name": ROWS[0][1], "price": 1.5, "day": "2024-06-25",
                            "at": "2024-06-25 01:02:03.5", "ok": True}  # fmt: skip
        assert (lines[1]["name"], lines[2]["name"], lines[2]["ok"]) == ("", None, None)
        filled(f"UNLOAD ('SELECT * FROM public.t ORDER BY id') TO 's3://landing/p/' {ROLE} PARQUET MANIFEST")
        (key,) = [key for key in filled.keys("p/") if key.endswith(".parquet")]
        assert pq.read_table(io.BytesIO(filled.body(key))).equals(
            arrow_rows().set_column(2, "price", arrow_rows()["price"].cast(pa.decimal128(38, 2)))
        )
        filled("DELETE FROM t")
        filled(f"COPY t FROM 's3://landing/p/manifest' {ROLE} PARQUET MANIFEST")
        assert filled.rows() == ROWS
        filled("DELETE FROM t")
        filled(f"COPY t FROM 's3://landing/j/' {ROLE} JSON 'auto'")
        assert filled.rows() == ROWS

    def it_writes_a_folder_for_each_partition(filled):
        query = "SELECT id, ok FROM public.t WHERE name <> \\'x\\' OR name IS NULL ORDER BY id"
        filled(f"UNLOAD ('{query}') TO 's3://landing/by/' {ROLE} CSV PARTITION BY (ok)")
        found = {key: filled.body(key) for key in filled.keys("by/")}
        assert found == {
            "by/ok=t/0000_part_00": b"1\n4\n",
            "by/ok=f/0000_part_00": b"2\n",
            "by/ok=__HIVE_DEFAULT_PARTITION__/0000_part_00": b"3\n",
        }
        filled(f"UNLOAD ('{query}') TO 's3://landing/in/' {ROLE} CSV PARTITION BY (ok) INCLUDE EXTENSION 'csv'")
        assert filled.body("in/ok=f/0000_part_00.csv") == b"2,f\n"

    def it_overwrites_only_if_told_so(filled):
        unload = f"UNLOAD ('SELECT 1 AS a, ''it''''s'' AS b') TO 's3://landing/o/' {ROLE}"
        filled(unload)
        assert filled.body("o/0000_part_00") == b"1|it's\n"
        filled.put("o/old", "x")
        assert "destination on S3 is not empty" in filled(unload, fails=True)["Error"]
        filled(f"{unload} ALLOWOVERWRITE DELIMITER ';'")
        assert (filled.body("o/0000_part_00"), filled.keys("o/")) == (b"1;it's\n", ["o/0000_part_00", "o/old"])
        filled(f"{unload} CLEANPATH")
        assert filled.keys("o/") == ["o/0000_part_00"]

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("SELECT * FROM t LIMIT 5", "does not take LIMIT in the outer SELECT"),
            ("DELETE FROM t", "UNLOAD takes a SELECT"),
            ("SELECT zz FROM t", 'column "zz" does not exist'),
            ("SELECT DISTINCT ON (id) id FROM t", "DISTINCT ON"),
        ],
    )
    def it_refuses_queries_and_writes_nothing(filled, query, message):
        assert message in filled(f"UNLOAD ('{query}') TO 's3://landing/no/' {ROLE} CSV", fails=True)["Error"]
        assert filled.keys("no/") == []
