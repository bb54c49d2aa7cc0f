"""The questions of a report: their form, and that they know the workflows' jobs."""

import json
from pathlib import Path

import pytest

import glue_jobs
from glue_jobs.lib.quality.suites import SUITES
from glue_jobs.lib.report import ask
from glue_jobs.lib.report.rows import COLUMNS, NUMBERS, TEXTS
from glue_jobs.lib.report.subjects import SUBJECTS, subject_of
from tests.glue_jobs.lib.report import samples

WORKFLOWS = json.loads((Path(glue_jobs.__file__).parent / "workflows.json").read_text())["workflows"]
suites = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.publisher)


@suites
def test_a_subject_names_jobs_and_a_check_of_its_workflow(suite):
    subject = subject_of(suite)
    assert subject.jobs == tuple(name for name in WORKFLOWS[subject.workflow]["jobs"] if name.startswith("load_"))
    assert subject.check in {check.name for check in suite.checks}
    (other,) = set(SUBJECTS) - {suite.publisher}
    assert not [
        check for one in SUITES if one.publisher == other for check in one.checks if check.name == subject.check
    ]


@suites
def test_the_question_is_one_that_the_connector_takes(suite):
    text = ask.question(subject_of(suite), suite.checks, now=samples.NOW)
    assert text.count("SELECT 'checks' AS figure") == 1
    assert not set(text) & set(";%?\\\n")
    assert COLUMNS.count(",") == TEXTS + NUMBERS


@suites
def test_no_question_reads_the_plays_in_full(suite):
    for query in subject_of(suite).queries(now=samples.NOW):
        assert "music.streams" not in query.sql
        assert "FROM sparkify.songplays AS" not in query.sql
        assert len(query.texts) <= TEXTS
        assert len(query.numbers) <= NUMBERS
