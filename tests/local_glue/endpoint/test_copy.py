"""COPY through the Redshift Data API; DuckDB and pyarrow write the same files."""

import bz2
import gzip
import json
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from bulk_support import COLUMNS, ROLE, ROWS, arrow_rows, parquet_file


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
