import pytest
from files_support import LAKE, account, make_config, read

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.error_log import ErrorLog


@pytest.fixture
def lake(monkeypatch):
    with account(monkeypatch):
        yield aws.client("s3")


def describe_error_log():
    def it_writes_lines_once_for_all(lake):
        log = ErrorLog(make_config())
        assert log.flush() is None
        log.add("rejected_rows", file="é", rule="ragged_row", rows=2)
        log.flush()
        log.add("retried_call", call="s3:GetObject")
        assert log.flush() == "logs/errors/2024-07-01/jr_1.jsonl"
        first, second = read(LAKE, log.key).decode().splitlines()
        assert '"file": "é", "rule": "ragged_row", "rows": 2' in first
        assert '"kind": "retried_call"' in second

    def it_refuses_an_unknown_kind(lake):
        with pytest.raises(ValueError, match="'oops'"):
            ErrorLog(make_config()).add("oops")
