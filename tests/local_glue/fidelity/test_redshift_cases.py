"""The cases of Redshift's SQL, translated and run as actions are."""

import re

import psycopg
import pytest
from fidelity_cases import examples, plain

from local_glue.job.redshift.connector import redshift_error
from local_glue.job.redshift.dialect import translate
from local_glue.job.redshift.errors import RefusedError, not_supported

SQL = ("merge", "statements", "transactions", "types", "expressions", "copy")


def statements(example):
    return [example["sql"]] if isinstance(example["sql"], str) else example["sql"]


@pytest.mark.parametrize(("case", "example"), examples(*SQL, outcomes=("refused",)))
def test_what_redshift_refuses_is_refused(case, example):
    *before, last = statements(example)
    for statement in before:
        translate(statement)
    with pytest.raises(RefusedError, match=example["refused"]):
        translate(last)


@pytest.mark.parametrize(("case", "example"), examples(*SQL, outcomes=("unsupported",)))
def test_what_the_stand_in_lacks_is_named(case, example, request):
    *before, last = statements(example)
    if not example.get("in_database"):
        with pytest.raises(NotImplementedError, match=example["unsupported"]):
            translate(last)
        return
    run = request.getfixturevalue("run")
    run([*case.setup, *before])
    with pytest.raises(psycopg.Error) as caught:
        run([last])
    missing = not_supported(caught.value.sqlstate, caught.value.diag.message_primary, last)
    assert re.search(f"local_glue does not support .*{example['unsupported']}", str(missing)), missing


@pytest.fixture
def run(database_server):
    """Runs statements in one transaction, which is rolled back; the rows of the last."""
    with database_server.connect("dwh", user="loader") as connection:
        connection.autocommit = False

        def execute(texts):
            cursor = None
            for text in texts:
                for translated in translate(text).sql:
                    cursor = connection.execute(translated)
            return [list(map(plain, row)) for row in cursor.fetchall()] if cursor and cursor.description else None

        yield execute
        connection.rollback()
        for name in ("shop", "other"):
            connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        connection.commit()


@pytest.mark.stack
@pytest.mark.parametrize(("case", "example"), examples(*SQL, outcomes=("rows", "works", "fails")))
def test_what_redshift_runs_has_its_outcome(case, example, run):
    run(case.setup)
    if "fails" not in example:
        rows = run(statements(example))
        assert rows == example.get("rows", rows)
        return
    *before, last = statements(example)
    run(before)
    with pytest.raises(psycopg.Error) as caught:
        run([last])
    message = str(redshift_error(caught.value))
    assert re.search(example["fails"], message), message
