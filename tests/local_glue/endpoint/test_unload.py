"""UNLOAD through the Redshift Data API; DuckDB and pyarrow read the same files."""

import gzip
import io
import json

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bulk_support import ROLE, ROWS, arrow_rows


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

    @pytest.fixture
    def large(warehouse):
        """A warehouse with 42 MB in 700 rows of public.t."""
        warehouse.table("id BIGINT, name VARCHAR(65535)")
        with warehouse.stack.connect() as connection:
            connection.execute("INSERT INTO public.t SELECT n, repeat('x', 60000) FROM generate_series(1, 700) n")
        return warehouse

    @pytest.mark.parametrize(
        ("options", "names"),
        [
            ("CSV HEADER", ["0000_part_00", "0000_part_01", "0000_part_02"]),
            ("JSON PARALLEL OFF", ["000.json", "001.json", "002.json"]),
        ],
    )
    def it_writes_files_no_larger_than_told(large, options, names):
        query = "SELECT id, name FROM public.t WHERE id <= 200 ORDER BY id"
        large(f"UNLOAD ('{query}') TO 's3://landing/parts/' {ROLE} {options} MAXFILESIZE 5 MB")
        assert large.keys("parts/") == [f"parts/{name}" for name in names]
        bodies = [large.body(key) for key in large.keys("parts/")]
        assert max(map(len, bodies)) <= 5 * 2**20 < max(map(len, bodies)) + 60_100
        if "JSON" in options:
            ids = [json.loads(line)["id"] for body in bodies for line in body.splitlines()]
        else:
            assert all(body.startswith(b"id,name\n") for body in bodies)
            ids = [int(line.split(b",")[0]) for body in bodies for line in body.splitlines()[1:]]
        assert ids == list(range(1, 201))

    def it_rounds_the_size_of_parquet_files_down_to_row_groups(large):
        query = "SELECT * FROM public.t ORDER BY id"
        large(f"UNLOAD ('{query}') TO 's3://landing/groups/' {ROLE} PARQUET MAXFILESIZE AS 63 MB")
        one, two = [pq.ParquetFile(io.BytesIO(large.body(key))) for key in large.keys("groups/")]
        assert (one.num_row_groups, one.metadata.num_rows + two.metadata.num_rows) == (1, 700)
        large(f"UNLOAD ('{query}') TO 's3://landing/group/' {ROLE} PARQUET ROWGROUPSIZE 64")
        (whole,) = [pq.ParquetFile(io.BytesIO(large.body(key))) for key in large.keys("group/")]
        assert whole.num_row_groups == 1

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
