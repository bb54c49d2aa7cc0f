"""Which COPY and UNLOAD statements are read, and which are refused by name."""

import pytest

from local_glue.endpoint.bulk.grammar import kind_of, parse, without_secrets
from local_glue.job.redshift.errors import RefusedError

UNLOAD = "UNLOAD ('SELECT 1') TO 's3://b/p' IAM_ROLE default"


def describe_the_grammar():
    @pytest.mark.parametrize(("size", "megabytes"), [("5", 5), ("AS 7.5 MB GZIP", 7.5), ("6.2 GB", 6348.8)])
    def it_reads_sizes_in_megabytes_unless_told_otherwise(size, megabytes):
        assert parse(f"{UNLOAD} MAXFILESIZE {size} ENCRYPTED AUTO").options["MAXFILESIZE"] == int(megabytes * 2**20)

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
            (f"{UNLOAD} MAXFILESIZE 4.9 MB", "MAXFILESIZE must be between 5 MB and 6.2 GB, not 4.9 MB"),
            (f"{UNLOAD} MAXFILESIZE 7 GB", "MAXFILESIZE must be between 5 MB and 6.2 GB, not 7168 MB"),
            (f"{UNLOAD} MAXFILESIZE CSV", "a number follows MAXFILESIZE"),
            (f"{UNLOAD} PARQUET ROWGROUPSIZE 16", "ROWGROUPSIZE must be between 32 MB and 128 MB, not 16 MB"),
            (f"{UNLOAD} CSV ROWGROUPSIZE 32", "ROWGROUPSIZE option is not supported for CSV UNLOAD"),
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
            ("UNLOAD ('SELECT 1') TO 's3://b/p' IAM_ROLE default MANIFEST VERBOSE", "MANIFEST VERBOSE"),
            ("UNLOAD ('SELECT 1') TO 's3://b/p' IAM_ROLE default KMS_KEY_ID 'k' ENCRYPTED", "KMS_KEY_ID"),
            ("UNLOAD ('SELECT 1') TO 's3://b/p' IAM_ROLE default ESCAPE", "ESCAPE"),
            ("COPY t FROM 's3://b/p' IAM_ROLE default CSV MAXFILESIZE 5 MB", "MAXFILESIZE in COPY"),
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
