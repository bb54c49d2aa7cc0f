"""S3 sources through the stand-in, as a script uses them."""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from standin_support import BUCKET

from local_glue.job.sources import json_texts, s3_formats
from local_glue.job.sources.s3_listing import S3SourceError

pytestmark = [pytest.mark.spark, pytest.mark.stack]
RAW = {"withHeader": False, "separator": "\x01", "quoteChar": -1}


@pytest.fixture
def put(standin_s3, standin_prefix):
    def write(key, body):
        standin_s3.put_object(Bucket=BUCKET, Key=f"{standin_prefix}/{key}", Body=body)
        return f"s3://{BUCKET}/{standin_prefix}/{key}"

    return write


@pytest.fixture
def read(standin_runs, standin_prefix):
    """Reads the prefix in a new run, and commits."""

    def run(format="csv", options=RAW, ctx="", commit=True, mode="enable", connection=None, **bounds):
        context = standin_runs.start(mode, **bounds)
        source = {"paths": [f"s3://{BUCKET}/{standin_prefix}/"], "recurse": True, **(connection or {})}
        frame = context.create_dynamic_frame.from_options("s3", source, format, options, transformation_ctx=ctx).toDF()
        rows = [tuple(row) for row in frame.collect()] if frame.columns else []
        if commit:
            context.job.commit()
        return frame.columns, rows

    return run


def lines(answer):
    return sorted(row[0] for row in answer[1])


def describe_raw_lines():
    def it_keeps_every_character_and_drops_blank_lines(put, read):
        text = ['a,"b', "", "  lead and trail ", "ü\\n\t'x'", "nul\0byte", ""]
        put("a.csv", "\r\n".join(text).encode())
        columns, rows = read()
        assert columns == ["col0"]
        assert sorted(row[0] for row in rows) == sorted(line for line in text if line)

    def it_takes_lines_of_megabytes(put, read):
        put("a.csv", b"x" * 3_000_000 + b"\ny\n")
        assert [len(line) for line in lines(read())] == [3_000_000, 1]

    def it_unpacks_gzip_by_name(put, read):
        put("a.csv.gz", gzip.compress(b"one\ntwo\n"))
        assert lines(read()) == ["one", "two"]

    @pytest.mark.parametrize("copied", [False, True], ids=["from S3", "copied, for no path can express them"])
    def it_brings_the_objects_address_exactly(put, read, copied):
        names = ["sp ace/ü+%20=a.csv", "x%2Fy.csv", "q#z.csv.gz"]
        if copied:
            names += ["a*b?[c]{d,e}.csv", "two//slashes.csv", "back\\slash.csv", "deep/" * 30 + "long.csv"]
        body = {name: gzip.compress(b"l\n") if name.endswith(".gz") else b"l\n" for name in names}
        uris = [put(name, body[name]) for name in names]
        columns, rows = read(options={**RAW, "attachFilename": "source"})
        assert columns == ["col0", "source"]
        assert sorted(rows) == sorted(("l", uri) for uri in uris)

    def it_names_no_file_where_glue_reads_several_as_one(put, read):
        put("a.csv", b"x\n")
        with pytest.raises(NotImplementedError, match="attachFilename with grouped files"):
            read(options={**RAW, "attachFilename": "source"}, connection={"groupFiles": "inPartition"})

    def it_reads_in_the_next_run_what_the_band_cannot_hold(put, read):
        put("a.csv", b"x\n")
        put("b.csv", b"y\n")
        both = [line for _ in range(2) for line in lines(read(ctx="band", connection={"maxFilesInBand": "1"}))]
        assert len(both) == 1

    def it_cuts_at_a_separator_that_occurs(put, read):
        put("a.csv", b"a|b\nc\nd|e|f\n")
        columns, rows = read(options={**RAW, "separator": "|"})
        assert columns == ["col0", "col1"]
        assert sorted(rows) == [("a", "b"), ("c", None), ("d", "e|f")]


def describe_formats():
    def it_reads_csv_with_its_header_as_strings(put, read):
        put("a.csv", b'id,name\n1,"a ""b"", c"\n002,\n')
        columns, rows = read(options={"withHeader": True})
        assert columns == ["id", "name"]
        assert sorted(rows) == [("002", None), ("1", 'a "b", c')]

    def it_numbers_csv_columns_without_a_header(put, read):
        put("a.csv", b"1,2\n")
        assert read(options={}) == (["col0", "col1"], [("1", "2")])

    @pytest.mark.parametrize(
        ("body", "is_quick"),
        [
            (b'{"b": "1", "a": "x"}\r\n\n{"a": "", "c": "2025-01-01"}', True),
            (b'{"a": "\xe2\x80\xa8\\n", "d e.f": "NaN"}\n', True),
            (b'{"a": "x"}\n{"a": null}\n', False),
            (b'{"a": "x"}\n{"a": 1}\n', False),
            (b'{"a": {"b": "x"}}\n', False),
            (b"{}\n", False),
            (b"", False),
        ],
    )
    def it_knows_columns_of_strings_without_asking_spark(put, read, monkeypatch, body, is_quick):
        put("a.json", body)
        asked = []

        def text_columns(objects):
            asked.append(json_texts.text_columns(objects))
            return asked[0]

        monkeypatch.setattr(s3_formats, "json_texts", SimpleNamespace(text_columns=text_columns))
        quick = read("json", {})
        assert [names is not None for names in asked] == [is_quick] * bool(body)
        monkeypatch.setattr(s3_formats, "json_texts", SimpleNamespace(text_columns=lambda _: None))
        assert read("json", {}) == quick

    def it_reads_json_lines_with_types(put, read):
        put("a.json", b'{"id": 1, "name": "x"}\n{"id": 2}\n')
        columns, rows = read("json", {"attachFilename": "source"})
        assert columns == ["id", "name", "source"]
        assert sorted(row[:2] for row in rows) == [(1, "x"), (2, None)]

    def it_reads_parquet_as_written(read, standin_prefix, standin_runs):
        path = f"s3a://{BUCKET}/{standin_prefix}/p"
        standin_runs.start()
        standin_runs.spark.range(3).write.parquet(path)
        assert lines(read("parquet", {})) == [0, 1, 2]

    def it_writes_to_buckets_encrypted_by_kms(standin_s3, standin_runs, standin_prefix):
        bucket, key_id = f"kms-{standin_prefix}", "arn:aws:kms:us-east-1:123456789012:key/some"
        standin_s3.create_bucket(Bucket=bucket)
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_id}}
        standin_s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        standin_runs.start("disable")  # points Spark at this endpoint
        standin_runs.spark.range(3).coalesce(1).write.parquet(f"s3://{bucket}/p/")
        keys = [entry["Key"] for entry in standin_s3.list_objects_v2(Bucket=bucket)["Contents"]]
        written = next(key for key in keys if key.endswith(".parquet"))
        assert standin_s3.head_object(Bucket=bucket, Key=written)["SSEKMSKeyId"] == key_id

    @pytest.mark.parametrize(
        ("format", "options", "named"),
        [("avro", {}, "avro"), ("csv", {"noSuch": 1}, "noSuch"), ("json", {"jsonPath": "$.x"}, "jsonPath")],
    )
    def it_names_what_is_not_supported(read, format, options, named):
        with pytest.raises(NotImplementedError, match=named):
            read(format, options)

    def it_names_source_options_that_are_not_supported(read):
        with pytest.raises(NotImplementedError, match="noSuch"):
            read(connection={"noSuch": "5"})


def describe_what_is_read():
    def it_leaves_out_hidden_and_excluded_files(put, read):
        for name in ("a.csv", ".hidden", "_tmp/b.csv", ".ipynb_checkpoints/c.csv", "x/d.pdf", "folder/"):
            put(name, b"" if name.endswith("/") else name.encode())
        assert lines(read(connection={"exclusions": '["**.pdf"]'})) == ["a.csv"]

    def it_goes_into_folders_only_when_told(put, read):
        put("a.csv", b"a")
        put("x/b.csv", b"b")
        assert lines(read(connection={"recurse": False})) == ["a"]

    def it_gives_nothing_as_a_frame_without_columns(put, read):
        assert read() == ([], [])
        put("empty.csv", b"")
        assert read() == ([], [])

    def it_names_a_missing_bucket(read):
        with pytest.raises(S3SourceError, match=r"'no-such-bucket' does not exist: create it"):
            read(connection={"paths": ["s3://no-such-bucket/x"]})


def describe_bookmarks():
    def it_reads_each_object_once(put, read):
        put("a.csv", b"a")
        assert lines(read(ctx="c")) == ["a"]
        put("b.csv", b"b")
        assert lines(read(ctx="c")) == ["b"]
        assert read(ctx="c") == ([], [])

    def it_saves_on_commit_only(put, read):
        put("a.csv", b"a")
        read(ctx="c", commit=False)
        assert lines(read(ctx="c")) == ["a"]

    def it_a_range_reads_again_what_those_runs_read(put, read, standin_runs):
        runs = []
        for name in "abc":
            put(f"{name}.csv", name.encode())
            read(ctx="c")
            runs.append(standin_runs.last_run_id)
        assert lines(read(ctx="c", mode="pause", from_run=runs[0], to_run=runs[1])) == ["b"]

    def it_lets_what_arrives_during_a_run_wait(put, read, standin_runs, standin_prefix):
        context = standin_runs.start()
        time.sleep(1.1)
        put("late.csv", b"late")
        source = {"paths": [f"s3://{BUCKET}/{standin_prefix}/"], "recurse": True}
        frame = context.create_dynamic_frame.from_options("s3", source, "csv", RAW, transformation_ctx="c")
        assert frame.toDF().columns == []
        context.job.commit()
        assert lines(read(ctx="c")) == ["late"]


@pytest.mark.ci
def test_many_small_objects(standin_s3, standin_prefix, read):
    """More objects than a page of the listing has."""

    def put_small(number):
        standin_s3.put_object(Bucket=BUCKET, Key=f"{standin_prefix}/{number:05d}.csv", Body=b"line\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put_small, range(1_200)))
    many = {"maxFilesInBand": "5000"}
    assert len(read(ctx="c", connection=many)[1]) == 1_200
    assert read(ctx="c", connection=many) == ([], [])
