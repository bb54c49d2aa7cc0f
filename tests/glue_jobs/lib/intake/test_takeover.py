"""A lake and a ledger as version 0.1 left them are taken over by the first run of validate_files."""

import hashlib
import json

import pytest
from files_support import LAKE, PLAYS, TABLE, USERS_HEADER, account, keys, make_config, read

from glue_jobs import validate_files
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, Ledger
from glue_jobs.lib.run import aws

USERS = f"{USERS_HEADER}\n1,Ann,30,France,2024-01-01\n".encode()
ACCEPTED_AT = "2024-07-01T04:00:00.000000+00:00"


@pytest.fixture
def former(monkeypatch):
    """Puts a file as version 0.1 kept it before it was archived."""
    with account(monkeypatch):

        def put(landing_key, body, *, state, has_object=True):
            checksum, dataset = hashlib.sha256(body).hexdigest(), landing_key.partition("/")[0]
            key = f"accepted/{dataset}/2024-07-01/{checksum}.csv"
            if has_object:
                aws.client("s3").put_object(Bucket=LAKE, Key=key, Body=body)
            item = {
                **{"file_key": f"{landing_key}@v1", "dataset": dataset, "landing_key": landing_key, "header": "h"},
                **{"checksum": checksum, "state": state, "accepted_key": key, "accepted_at": ACCEPTED_AT},
                **({"run_id": "jr_0"} if state == LOADED else {}),
            }
            texts = {name: {"S": value} for name, value in (item | {"open_dataset": dataset}).items()}
            numbers = {"lines": {"N": "2"}, "bytes": {"N": str(len(body))}}
            aws.client("dynamodb").put_item(TableName=TABLE, Item=texts | numbers)
            return item["file_key"]

        yield put


def validate():
    validate_files.run(make_config(run_id="jr_9"))
    return Ledger(TABLE)


def describe_take_over():
    def it_moves_files_to_the_archive_and_names_those_that_wait(former):
        waiting = former("streams/2024-06-25.csv", PLAYS, state=ACCEPTED)
        loaded = former("users/a.csv", USERS, state=LOADED)
        files = validate().get([waiting, loaded])
        assert {key: (file.state, file.run_id) for key, file in files.items()} == {
            waiting: (ACCEPTED, None),
            loaded: (LOADED, "jr_0"),
        }
        assert files[waiting].archive_key == f"archive/streams/2024/06/25/{files[waiting].checksum}.csv"
        assert (read(LAKE, files[waiting].archive_key), read(LAKE, files[loaded].archive_key)) == (PLAYS, USERS)
        assert keys(LAKE, "accepted/") == []
        assert keys(LAKE, "manifests/") == ["manifests/streams/jr_9.json"]
        assert json.loads(read(LAKE, "manifests/streams/jr_9.json"))["file_key"] == waiting

    def it_closes_loaded_files(former):
        former("users/a.csv", USERS, state=LOADED)
        assert validate().open_files("users") == []

    def it_moves_an_object_that_two_files_share(former):
        both = [former("users/a.csv", USERS, state=LOADED), former("users/b.csv", USERS, state=ACCEPTED)]
        (key,) = {file.archive_key for file in validate().get(both).values()}
        assert read(LAKE, key) == USERS

    def it_leaves_a_file_whose_object_is_gone_to_its_load(former):
        lost = former("streams/a.csv", PLAYS, state=ACCEPTED, has_object=False)
        assert validate().get([lost])[lost].archive_key.startswith("archive/streams/2024/07/01/")
        assert keys(LAKE, "manifests/") == ["manifests/streams/jr_9.json"]
